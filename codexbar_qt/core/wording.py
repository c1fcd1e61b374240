"""Times and percentages in words. Pure: everything relative to a given now."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta, tzinfo

_RESET_PREFIXES = ("resets in ", "resets ")
# Not strftime's: Qt sets the locale of the process, and these stand in English sentences.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def percent_text(value: float) -> str:
    """Round a percentage 0-100; something between 0 and 1 is "<1%"."""
    clamped = min(100.0, max(0.0, value))
    return "<1%" if 0 < clamped < 1 else f"{math.floor(clamped + 0.5)}%"


def countdown(until: datetime, now: datetime) -> str:
    """Return "3d 4h", "3d 12m", "2h 14m" or "45m", minutes rounded up, at least 1; "" below one second."""
    seconds = (until - now).total_seconds()
    if seconds < 1:
        return ""
    minutes = max(1, math.ceil(seconds / 60))
    days, rest = divmod(minutes, 1440)
    hours, minutes = divmod(rest, 60)
    if days:
        tail = f" {hours}h" if hours else (f" {minutes}m" if minutes else "")
        return f"{days}d{tail}"
    if hours:
        return f"{hours}h {minutes}m" if minutes else f"{hours}h"
    return f"{minutes}m"


def local_time(moment: datetime, zone: tzinfo) -> datetime:
    """Return `moment` in `zone`, as it is where that would leave the calendar: "never" is often sent as 9999-12-31."""
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment


def day_text(local: date) -> str:
    """Return "Jan 4"."""
    return f"{_MONTHS[local.month - 1]} {local.day}"


def absolute_reset(until: datetime, now: datetime, zone: tzinfo) -> str:
    """Return "14:15" today, "tomorrow, 09:00", else "Jan 4, 09:00", in local time."""
    local, today = local_time(until, zone), local_time(now, zone).date()
    clock = local.strftime("%H:%M")
    if local.date() == today:
        return clock
    if local.date() == today + timedelta(days=1):
        return f"tomorrow, {clock}"
    return f"{day_text(local)}, {clock}"


def reset_text(
    resets_at: datetime | None, description: str | None, now: datetime, zone: tzinfo, *, absolute: bool = False
) -> str:
    """Return the reset sentence of a window, "" when nothing is known."""
    if resets_at is not None:
        left = countdown(resets_at, now)
        if not left:
            return "Resets now"
        return f"Resets {absolute_reset(resets_at, now, zone)}" if absolute else f"Resets in {left}"
    text = (description or "").strip()
    for prefix in _RESET_PREFIXES:
        if text.lower().startswith(prefix):
            return f"Resets {'in ' if prefix == 'resets in ' else ''}{text[len(prefix) :].strip()}"
    return f"Resets {text}" if text else ""


def age_text(at: datetime, now: datetime, zone: tzinfo) -> str:
    """Return how long ago something was: "just now", "5m ago", "3h ago", from 24 h on the local day and time."""
    age = (now - at).total_seconds()
    if age < 60:
        return "just now"
    if age < 3600:
        return f"{int(age // 60)}m ago"
    if age < 86400:
        return f"{int(age // 3600)}h ago"
    local = local_time(at, zone)
    if (local_time(now, zone).date() - local.date()).days <= 1:
        return f"yesterday, {local.strftime('%H:%M')}"
    return f"{day_text(local)}, {local.strftime('%H:%M')}"


def updated_text(at: datetime, now: datetime, zone: tzinfo) -> str:
    """Return how old data is: "Updated just now", "Updated 3h ago", "Updated Jan 6, 11:00"."""
    return f"Updated {age_text(at, now, zone)}"


def token_text(count: float) -> str:
    """Return a count as "218M", "1.5K" or "734": below ten units one decimal, a trailing .0 dropped."""
    for unit, size in (("B", 1e9), ("M", 1e6), ("K", 1e3)):
        if count >= size:
            scaled = count / size
            return f"{scaled:.1f}".removesuffix(".0") + unit if scaled < 10 else f"{scaled:.0f}{unit}"
    return f"{count:.0f}"
