"""The quota of one service in one window: its name, its length, when it begins anew, in words. Pure."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from codexbar_qt.provider_api import clamp_percent

if TYPE_CHECKING:
    from collections.abc import Iterable

GENERAL, VIDEO, TEXT = "general", "video", "Text Generation"
TODAY, WEEKLY, UNLIMITED = "Today", "Weekly", "Unlimited"
# The service counts its days in Beijing time, which knows no summer time.
BEIJING = timezone(timedelta(hours=8))
DAY_MINUTES, WEEK_MINUTES = 1440, 10_080
_LONGEST_WAIT = timedelta(days=3660)
_MILLISECONDS_FROM = 1_000_000
_LONGEST_NAME = 80
_NAMED_WINDOW = re.compile(r"(\d{1,4})\s*(minutes?|mins?|hours?|hrs?|h|小时|days?|d|天)", re.IGNORECASE)
_UNIT_MINUTES = {"m": 1, "h": 60, "小": 60, "d": DAY_MINUTES, "天": DAY_MINUTES}


@dataclass(frozen=True, slots=True)
class Service:
    """One lane. Amounts are prompts or, with a quota told in per cent, hundredths of the plain quota; 0 of 0 unlimited.

    `used_percent` is 0-100, `minutes` the length of the window when known, `reset_description` a reset or a range.
    """

    name: str
    window: str
    used_percent: float
    used: float
    limit: float
    minutes: int | None = None
    resets_at: datetime | None = None
    reset_description: str | None = None
    is_unlimited: bool = False

    @property
    def is_text(self) -> bool:
        """Whether it counts text prompts, which the plan is bought for."""
        return is_text(self.name)

    @property
    def is_weekly(self) -> bool:
        """Whether it is the lane of a week."""
        return self.window.lower() == WEEKLY.lower()

    @property
    def title(self) -> str:
        """The name as people read it."""
        return self.name[:1].upper() + self.name[1:]


def service_name(model: str) -> str:
    """Return the service that a model belongs to; an unknown model stands for itself."""
    lower = model.strip().lower()
    if lower in (GENERAL, VIDEO):
        return lower
    rules = (
        ("minimax-m" in lower or lower.startswith("m2."), TEXT),
        ("speech" in lower, "Text to Speech"),
        ("hailuo" in lower and "fast" in lower, "Image to Video"),
        ("hailuo" in lower, "Text to Video"),
        (lower.startswith("image-"), "Image Generation"),
        ("music" in lower, "Music Generation"),
    )
    return next((name for matches, name in rules if matches), model.strip()[:_LONGEST_NAME])


def is_text(name: str) -> bool:
    """Whether a service counts text prompts."""
    return name.lower() in (GENERAL, TEXT.lower())


def window_of(start: datetime | None, end: datetime | None) -> tuple[str, int | None]:
    """Return the name and the minutes of a window by its length."""
    if start is None or end is None:
        return "Unknown", None
    hours = (end - start) / timedelta(hours=1)
    if 23 <= hours <= 25:
        return TODAY, DAY_MINUTES
    if 4 <= hours <= 6:
        return "5 hours", 300
    if 1 <= hours < 23:
        return counted(int(hours), "hour"), int(hours) * 60
    return "Custom", None


def window_name(window: str, minutes: int | None) -> str:
    """Return a window's name as the service gives it, one in Chinese in English."""
    if window.isascii() or minutes is None:
        return window
    names = {DAY_MINUTES: TODAY, WEEK_MINUTES: WEEKLY}
    return names.get(minutes) or (counted(minutes // 60, "hour") if minutes % 60 == 0 else window)


def named_window_minutes(window: str) -> int | None:
    """Return the minutes of a window by the name the service gives it ("5 hours", "Today"), None for other names."""
    lower = window.strip().lower()
    if lower in (TODAY.lower(), "今日"):
        return DAY_MINUTES
    if lower in (WEEKLY.lower(), "每周"):
        return WEEK_MINUTES
    found = _NAMED_WINDOW.match(lower)
    minutes = int(found[1]) * _UNIT_MINUTES[found[2][0]] if found else 0
    return minutes or None


def window_range(start: datetime | None, end: datetime | None, *, weekly: bool = False) -> str:
    """Return "10:00-15:00(UTC+8)", for a week with the days, "" when it is not known."""
    if start is None or end is None:
        return ""
    begins, ends = start.astimezone(BEIJING), end.astimezone(BEIJING)
    if weekly:
        return f"{begins:%m/%d %H:%M} - {ends:%m/%d %H:%M}(UTC+8)"
    return f"{begins:%H:%M}-{ends:%H:%M}(UTC+8)"


def reset_of(end: datetime | None, remains: float | None, now: datetime) -> datetime | None:
    """Return when a window begins anew: its end if that is to come, else `remains` from now.

    `remains` are milliseconds beyond 1 000 000, else seconds.
    """
    if end is not None and end > now:
        return end
    if remains is None or remains <= 0:
        return None
    seconds = remains / 1000 if remains > _MILLISECONDS_FROM else remains
    return now + timedelta(seconds=seconds) if seconds <= _LONGEST_WAIT.total_seconds() else None


def describe_reset(resets_at: datetime | None, window: str, span: str, now: datetime) -> str | None:
    """Return "Resets in 2 hours", or "<window>: <range>" when the reset is not known; None when nothing is."""
    if resets_at is not None and resets_at > now:
        seconds = math.floor((resets_at - now).total_seconds())
        units = ((86_400, "day"), (3600, "hour"), (60, "minute"))
        size, unit = next(((size, unit) for size, unit in units if seconds >= size), (1, "second"))
        return f"Resets in {counted(seconds // size, unit)}"
    return f"{window}: {span}" if span else None


def in_order(services: Iterable[Service]) -> tuple[Service, ...]:
    """Return text lanes first, and among equals those of a week last; otherwise as the service tells them."""
    return tuple(sorted(services, key=lambda service: (not service.is_text, service.is_weekly)))


def counted(count: int, unit: str) -> str:
    """Return "1 hour", "2 hours"."""
    return f"{count} {unit if count == 1 else f'{unit}s'}"


def used_share(used: float, limit: float) -> float:
    """Return what part of a limit is used, 0-100."""
    return clamp_percent(used / limit * 100) if limit > 0 else 0.0


def beijing_time(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime | None:
    """Return a Beijing time as UTC; hour 24 is the next midnight. None when there is no such time."""
    try:
        midnight = datetime(year, month, day, tzinfo=BEIJING)
        found = midnight + timedelta(hours=hour, minutes=minute)
    except (ValueError, OverflowError):
        return None
    return found.astimezone(UTC) if 0 <= hour <= 24 and 0 <= minute < 60 and 1970 <= year < 3000 else None
