"""Reading what the service sends loosely: numbers as texts, snake_case or camelCase, milliseconds or seconds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from codexbar_qt.provider_api import parse_epoch_seconds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

Fields = Mapping[str, object]
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_LARGEST = 1e15
_LAST_MOMENT = 32_503_680_000.0
_MILLISECONDS_FROM, _SECONDS_FROM = 1e12, 1e9
_MOST_VISITED = 50_000


def as_fields(value: object) -> Fields:
    """Return a JSON object, an empty one for anything else."""
    return cast("Fields", value) if isinstance(value, Mapping) else {}


def as_items(value: object) -> Sequence[object]:
    """Return a JSON array, an empty one for anything else."""
    return cast("list[object]", value) if isinstance(value, list) else ()


def read(fields: Fields, name: str) -> object:
    """Return the value of a snake_case name, also where it is written in camelCase; None when there is none."""
    value = fields.get(name)
    return fields.get(_camel(name)) if value is None else value


def number(value: object) -> float | None:
    """Read a number that may be a text, a per cent sign behind it or not; None for anything else and beyond 1e15."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        text = value.strip().removesuffix("%").strip()
        value = float(text) if len(text) <= 40 and _NUMBER.fullmatch(text) else None
    if not isinstance(value, int | float) or not -_LARGEST <= value <= _LARGEST:
        return None
    return float(value)


def whole(value: object) -> int | None:
    """Read a whole number; a fraction is cut off."""
    found = number(value)
    return None if found is None else int(found)


def text(value: object) -> str | None:
    """Read a text, trimmed; None when blank or something else."""
    return (value.strip() or None) if isinstance(value, str) else None


def epoch(value: object) -> datetime | None:
    """Read milliseconds (beyond 1e12) or seconds (beyond 1e9) since 1970; smaller numbers are no times."""
    found = number(value)
    if found is None or found <= _SECONDS_FROM:
        return None
    return moment(found / 1000 if found > _MILLISECONDS_FROM else found)


def moment(seconds: float) -> datetime | None:
    """Return the moment of seconds since 1970; None before that year and after 2999."""
    return parse_epoch_seconds(seconds) if seconds <= _LAST_MOMENT else None


def walk(document: object) -> Iterator[tuple[str, object]]:
    """Give key and value of every place depth first, at most 50 000; the key is "" in an array and at the top."""
    waiting: list[tuple[str, object]] = [("", document)]
    for _ in range(_MOST_VISITED):
        if not waiting:
            return
        key, value = waiting.pop()
        yield key, value
        below = [*as_fields(value).items()] or [("", item) for item in as_items(value)]
        waiting.extend(reversed(below))


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
