"""What Amp says about an account, and the snapshot made of it."""

from __future__ import annotations

import math
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import MAXYEAR, UTC, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from codexbar_qt.provider_api import (
    DetailRow,
    DetailSection,
    Identity,
    NamedWindow,
    RateWindow,
    Snapshot,
    clamp_percent,
    format_money,
)

FREE = "Amp Free"
_MONTH_MINUTES = 43_200
_MOST_MINUTES = 10 * 366 * 1440
_MOST_ROWS = 24
_DAILY_RESET = time(20)


@dataclass(frozen=True, slots=True)
class FreeTier:
    """The free allowance in dollars, percent or the page's own unit; `hourly` in the same unit, 0 when unknown.

    `window_minutes` None when unknown. `rate_text` is the hourly replenishment in words, "" when unknown.
    """

    quota: float
    used: float
    hourly: float = 0.0
    window_minutes: int | None = None
    resets_daily: bool = False
    rate_text: str = ""


@dataclass(frozen=True, slots=True)
class Subscription:
    """A plan; percentages 0-100 are what is left, it renews in `count` units."""

    plan: str
    other_left: float
    orb_left: float
    count: int
    unit: Literal["day", "month"]


@dataclass(frozen=True, slots=True)
class AmpUsage:
    """Everything known about an account; credits in US dollars."""

    free: FreeTier | None = None
    subscription: Subscription | None = None
    individual: float | None = None
    workspaces: tuple[tuple[str, float], ...] = ()
    email: str | None = field(default=None, repr=False)
    organization: str | None = None


def build_snapshot(usage: AmpUsage, *, now: datetime) -> Snapshot:
    """Return the snapshot of an account; one with credits alone has no windows."""
    free = _free_window(usage.free, now) if usage.free else None
    plan = usage.subscription
    primary, secondary = _plan_windows(plan, now) if plan else (free, None)
    login_method = plan.plan if plan else FREE if primary else "Amp"
    return Snapshot(
        updated_at=now,
        primary=primary,
        secondary=secondary,
        extra_windows=(NamedWindow("amp-free", FREE, free),) if plan and free else (),
        details=_details(usage),
        identity=Identity(usage.email, usage.organization, login_method),
    )


def minutes_of(hours: float) -> int | None:
    """Return the length of a window, None for one that is no length."""
    return math.floor(hours * 60 + 0.5) if 0 < hours * 60 <= _MOST_MINUTES else None


def next_daily_reset(now: datetime) -> datetime | None:
    """Return the next 20:00 in New York after `now`, aware UTC; None on a machine without time zones."""
    try:
        zone = ZoneInfo("America/New_York")
    except ZoneInfoNotFoundError:
        return None
    day = now.astimezone(zone).date()
    reset = datetime.combine(day, _DAILY_RESET, zone).astimezone(UTC)
    if reset <= now:
        reset = datetime.combine(day + timedelta(days=1), _DAILY_RESET, zone).astimezone(UTC)
    return reset


def renewal(count: int, unit: Literal["day", "month"], now: datetime) -> datetime | None:
    """Return the moment a number of days or calendar months after `now`, None outside the calendar."""
    if unit == "day":
        return _later(now, count * 24.0)
    year, month = divmod(now.year * 12 + now.month - 1 + count, 12)
    if year > MAXYEAR:
        return None
    return now.replace(year=year, month=month + 1, day=min(now.day, monthrange(year, month + 1)[1]))


def _free_window(free: FreeTier, now: datetime) -> RateWindow:
    used = max(0.0, free.used)
    percent = clamp_percent(used * 100 / free.quota) if free.quota > 0 else 0.0
    resets_at, told = None, None
    if free.resets_daily:
        resets_at, told = next_daily_reset(now), "resets daily"
    elif free.hourly > 0 and free.quota > 0:
        resets_at = _later(now, used / free.hourly)
    return RateWindow(percent, free.window_minutes, resets_at, told)


def _plan_windows(plan: Subscription, now: datetime) -> tuple[RateWindow, RateWindow]:
    at = renewal(plan.count, plan.unit, now)
    told = f"renews in {plan.count} {plan.unit}{'' if plan.count == 1 else 's'}"

    def window(left: float, label: str) -> RateWindow:
        return RateWindow(clamp_percent(100 - left), _MONTH_MINUTES, at, told, label=label)

    return window(plan.other_left, "Other usage"), window(plan.orb_left, "Orb usage")


def _details(usage: AmpUsage) -> tuple[DetailSection, ...]:
    rows = [] if usage.individual is None else [DetailRow("Individual credits", format_money(usage.individual))]
    rows += [DetailRow(f"Workspace {name}", format_money(amount)) for name, amount in usage.workspaces]
    sections = [DetailSection(tuple(rows[:_MOST_ROWS]), title="Credits")] if rows else []
    if usage.free and usage.free.rate_text:
        sections.append(DetailSection((DetailRow("Hourly replenishment", usage.free.rate_text),), title=FREE))
    return tuple(sections)


def _later(now: datetime, hours: float) -> datetime | None:
    try:
        return now + timedelta(hours=hours)
    except OverflowError:
        return None
