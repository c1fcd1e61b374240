"""Reads of optional JSON members: a leaf of another type counts as missing, times may be texts or seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_qt.provider_api import JsonView, ParseError, clean, parse_epoch_seconds, parse_iso_time

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime


def member(view: JsonView | None, key: str) -> JsonView | None:
    """Return a member that is an object, None when there is none."""
    child = view.get(key) if view is not None and view.is_object() else None
    return child if child is not None and child.is_object() else None


def text(view: JsonView | None, key: str) -> str:
    """Return a trimmed text, "" when it is missing or something else."""
    child = view.get(key) if view is not None and view.is_object() else None
    return child.raw.strip() if child is not None and isinstance(child.raw, str) else ""


def number(view: JsonView | None, key: str) -> float | None:
    """Return a finite number, None when it is missing or something else."""
    child = view.get(key) if view is not None and view.is_object() else None
    try:
        return None if child is None else child.number()
    except ParseError:
        return None


def moment(view: JsonView | None, key: str) -> datetime | None:
    """Return a time written as ISO 8601, or as seconds since 1970 in a text or number; aware UTC."""
    seconds = number(view, key)
    written = text(view, key)
    if seconds is None and written:
        try:
            seconds = JsonView(written).loose_number()
        except ParseError:
            return parse_iso_time(written)
    return None if seconds is None else parse_epoch_seconds(seconds)


def entries(view: JsonView | None, key: str) -> Iterator[JsonView]:
    """Go through the objects of a list; ParseError when there is something other than a list."""
    child = None if view is None else view.get(key)
    return (item for item in child.items() if item.is_object()) if child is not None else iter(())


def first_text(view: JsonView | None, *keys: str) -> str | None:
    """Return the first of several texts that is not blank."""
    found = (clean(text(view, key)) for key in keys)
    return next((written for written in found if written), None)
