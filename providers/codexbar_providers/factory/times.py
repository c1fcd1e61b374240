"""Times as the service writes them, and the text that tells a reset."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from codexbar_qt.provider_api import ParseError, parse_epoch_seconds

if TYPE_CHECKING:
    from codexbar_qt.provider_api import JsonView

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FIRST_MILLISECONDS = 1e12


def local_zone(name: str) -> tzinfo:
    """Return the named zone, UTC when it is not known."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError, ValueError):
        return UTC


def reset_text(moment: datetime | None, zone: tzinfo) -> str | None:
    """Return "Resets Jan 8 at 3:05PM" in local time, None without a reset."""
    if moment is None:
        return None
    try:
        local = moment.astimezone(zone)
    except OverflowError:
        local = moment
    return f"Resets {_MONTHS[local.month - 1]} {local.day} at {local.hour % 12 or 12}:{local:%M}{_half(local.hour)}"


def moment_of(view: JsonView) -> datetime | None:
    """Read a number or numeric text (seconds, milliseconds above 1e12) or an ISO time; aware UTC.

    None for a number that no date can hold. ParseError for anything else.
    """
    try:
        number = view.loose_number()
    except ParseError:
        return view.time()
    return parse_epoch_seconds(number / 1000 if number > _FIRST_MILLISECONDS else number)


def milliseconds_of(view: JsonView | None) -> datetime | None:
    """Read milliseconds since 1970; None when there are none."""
    if view is None:
        return None
    try:
        return parse_epoch_seconds(view.loose_number() / 1000)
    except ParseError:
        return None


def later(now: datetime, seconds: float) -> datetime | None:
    """Return the moment after some seconds, None when that is beyond what a date can hold."""
    try:
        return now + timedelta(seconds=seconds)
    except OverflowError:
        return None


def expires_before(claims: dict[str, object] | None, moment: datetime) -> bool:
    """Whether the payload of a token says that it ends before a moment."""
    end = (claims or {}).get("exp")
    return isinstance(end, int | float) and not isinstance(end, bool) and end < moment.timestamp()


def _half(hour: int) -> str:
    return "AM" if hour < 12 else "PM"
