"""The texts inside a snapshot: changed one by one, and made fit for screens and terminals."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from codexbar_qt.provider_api import Snapshot

_Value = TypeVar("_Value")
LONGEST_TEXT = 500
# Controls, line and paragraph separators, marks that turn the direction of what follows.
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


def map_texts(value: _Value, change: Callable[[str], str]) -> _Value:
    """Return `value` (a snapshot or a part of one) with `change` applied to every text; what stays equal is kept."""
    return cast("_Value", _mapped(value, change))


def fit_to_show(snapshot: Snapshot) -> Snapshot:
    """Return a snapshot whose texts are single lines of at most 500 characters without anything that steers a screen.

    What a service or a tool sends is shown in windows, tooltips and terminals, whoever wrote it.
    """
    return map_texts(snapshot, fit_text)


def fit_text(text: str) -> str:
    """Return a text as one line of at most 500 characters without anything that steers a screen."""
    # Half a character, which JSON can smuggle in, becomes a question mark.
    shown = _UNFIT.sub(" ", text[: 2 * LONGEST_TEXT].encode("utf-8", "replace").decode())
    if shown == text and len(text) <= LONGEST_TEXT:
        return text
    shown = shown.strip()
    return shown if len(shown) <= LONGEST_TEXT else f"{shown[: LONGEST_TEXT - 1]}…"


def _mapped(value: object, change: Callable[[str], str]) -> object:
    if isinstance(value, str):
        return change(value)
    if value is None or isinstance(value, (int, float)):
        return value  # most of the values, and the tests below take their time
    if isinstance(value, tuple):
        items = cast("tuple[object, ...]", value)
        mapped = tuple(_mapped(item, change) for item in items)
        return items if all(new is old for new, old in zip(mapped, items, strict=True)) else mapped
    if is_dataclass(value) and not isinstance(value, type):
        changes: dict[str, Any] = {}
        for name in _names(type(value)):
            old = getattr(value, name)
            new = _mapped(old, change)
            if new is not old:
                changes[name] = new
        return replace(value, **changes) if changes else value
    return value


@lru_cache(maxsize=64)
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
