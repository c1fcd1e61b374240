"""Reading what the service sends loosely: numbers as texts, several names for one thing, objects inside objects."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from codexbar_qt.provider_api import parse_epoch_seconds, parse_iso_time

if TYPE_CHECKING:
    from datetime import datetime

Fields = Mapping[str, object]
MICROS = 1_000_000
_DEEPEST = 2
_MOST_CONTEXTS = 500
_LARGEST = 1e15
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_YES = frozenset({"true", "1", "yes", "enabled", "on"})
_NO = frozenset({"false", "0", "no", "disabled", "off"})
_SMALLEST_MILLISECONDS = 10_000_000_000


def as_fields(value: object) -> Fields | None:
    """Return a JSON object, None for anything else."""
    return cast("Fields", value) if isinstance(value, Mapping) else None


def as_items(value: object) -> Sequence[object] | None:
    """Return a JSON array, None for anything else."""
    return cast("list[object]", value) if isinstance(value, list) else None


def contexts(payload: object) -> tuple[Fields, ...]:
    """Return an object and those inside it, also inside arrays, down to two levels, breadth first; at most 500."""
    level = [payload]
    found: list[Fields] = []
    for _ in range(_DEEPEST + 1):
        here = [fields for item in level if (fields := as_fields(item)) is not None]
        found += here
        if len(found) >= _MOST_CONTEXTS:
            break
        level = [inner for fields in here for value in fields.values() for inner in as_items(value) or (value,)]
    return tuple(found[:_MOST_CONTEXTS])


def number(value: object) -> float | None:
    """Read a number that may be a text; None for anything else and beyond all measure."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        text = value.strip()
        value = float(text) if len(text) <= 40 and _NUMBER.fullmatch(text) else None
    if not isinstance(value, int | float) or not -_LARGEST <= value <= _LARGEST:
        return None
    return float(value)


def flag(value: object) -> bool | None:
    """Read a switch that may be a number or a word; None for anything else."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return value != 0
    word = value.strip().lower() if isinstance(value, str) else ""
    return True if word in _YES else False if word in _NO else None


def moment(value: object) -> datetime | None:
    """Read a time: ISO 8601, or seconds or milliseconds since 1970, also as a text."""
    seconds = number(value)
    if seconds is not None:
        return parse_epoch_seconds(seconds / 1000 if abs(seconds) > _SMALLEST_MILLISECONDS else seconds)
    return parse_iso_time(value) if isinstance(value, str) else None


def text(value: object) -> str | None:
    """Read a text, trimmed; None when blank or something else."""
    return (value.strip() or None) if isinstance(value, str) else None


def first_number(places: Sequence[Fields], keys: Sequence[str]) -> float | None:
    """Return the first readable number, place by place and key by key."""
    return next((found for raw in _values(places, keys) if (found := number(raw)) is not None), None)


def first_flag(places: Sequence[Fields], keys: Sequence[str]) -> bool | None:
    """Return the first readable switch, place by place and key by key."""
    return next((found for raw in _values(places, keys) if (found := flag(raw)) is not None), None)


def first_moment(places: Sequence[Fields], keys: Sequence[str]) -> datetime | None:
    """Return the first readable time, place by place and key by key."""
    return next((found for raw in _values(places, keys) if (found := moment(raw)) is not None), None)


def first_text(places: Sequence[Fields], keys: Sequence[str]) -> str | None:
    """Return the first text that is not blank, place by place and key by key."""
    return next((found for raw in _values(places, keys) if (found := text(raw)) is not None), None)


def first_items(places: Sequence[Fields], key: str) -> Sequence[object] | None:
    """Return the first array of that name."""
    return next((found for raw in _values(places, (key,)) if (found := as_items(raw)) is not None), None)


def money(
    places: Sequence[Fields], cents: Sequence[str] = (), micros: Sequence[str] = (), plain: Sequence[str] = ()
) -> float | None:
    """Return an amount in dollars: one named in cents before one in millionths before a plain one."""
    for keys, share in ((cents, 100), (micros, MICROS), (plain, 1)):
        found = first_number(places, keys)
        if found is not None:
            return found / share
    return None


def inner_text(fields: Fields, *path: str) -> str | None:
    """Return the text at a path of keys, None when there is none."""
    value: object = fields
    for key in path:
        value = (as_fields(value) or {}).get(key)
    return text(value)


def _values(places: Sequence[Fields], keys: Sequence[str]) -> list[object]:
    return [place[key] for place in places for key in keys if key in place]
