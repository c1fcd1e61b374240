"""Accounts with token limits (`/api/billing/limits`): 5 hours, a week, a month, and the same for the core models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codexbar_providers.factory.account import word
from codexbar_providers.factory.times import later, moment_of, reset_text
from codexbar_qt.provider_api import NamedWindow, ParseError, ProviderCost, RateWindow, clamp_percent

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from codexbar_qt.provider_api import JsonView

# Field of the answer, length in minutes, label of the standard lane ("": the declared one), core lane's id and title.
_WINDOWS: tuple[tuple[str, int | None, str, str, str], ...] = (
    ("fiveHour", 300, "5-hour", "factory-core-5h", "Core 5h"),
    ("weekly", 10080, "Weekly", "factory-core-7d", "Core 7-day"),
    ("monthly", None, "", "factory-core-monthly", "Core Monthly"),
)
BALANCE = "Extra usage balance"


@dataclass(frozen=True, slots=True)
class Limits:
    """The three lanes in the order 5 hours, week, month; `core` is empty while nothing is known of it."""

    lanes: tuple[RateWindow, ...]
    core: tuple[NamedWindow, ...]
    balance: ProviderCost
    overage_preference: str


@dataclass(frozen=True, slots=True)
class _Lane:
    used_percent: float
    window_end: datetime | None
    has_end: bool
    seconds_left: float | None

    @property
    def is_known(self) -> bool:
        return self.used_percent > 0 or self.has_end or self.seconds_left is not None

    def resets_at(self, now: datetime) -> datetime | None:
        if self.seconds_left is not None and self.seconds_left > 0:
            return later(now, self.seconds_left)
        return self.window_end if self.window_end is not None and self.window_end > now else None

    def shown(self, minutes: int | None, label: str | None, now: datetime, zone: tzinfo) -> RateWindow:
        resets_at = self.resets_at(now)
        # The service leaves the last percentage standing when a rolling window has run out.
        has_run_out = resets_at is None and self.has_end and self.seconds_left is None
        percent = 0.0 if has_run_out else clamp_percent(self.used_percent)
        return RateWindow(percent, minutes, resets_at, reset_text(resets_at, zone), label=label)


def parse_limits(body: JsonView, *, now: datetime, zone: tzinfo) -> Limits | None:
    """Read the limits; None for an account that is not billed by them. ParseError when they cannot be read."""
    billed = body.get("usesTokenRateLimitsBilling")
    limits = body.get("limits")
    if billed is None or not billed.boolean() or limits is None:
        return None
    standard = _lanes(limits["standard"])
    return Limits(
        lanes=tuple(
            lane.shown(minutes, label or None, now, zone)
            for lane, (_, minutes, label, _, _) in zip(standard, _WINDOWS, strict=True)
        ),
        core=_core(limits.get("core"), now, zone),
        balance=ProviderCost(_cents(body) / 100, 0.0, "USD", now, BALANCE),
        overage_preference=word(body, "overagePreference"),
    )


def _core(view: JsonView | None, now: datetime, zone: tzinfo) -> tuple[NamedWindow, ...]:
    try:
        lanes = _lanes(view) if view is not None else ()
    except ParseError:
        return ()
    if not any(lane.is_known for lane in lanes):
        return ()
    return tuple(
        NamedWindow(name, title, lane.shown(minutes, None, now, zone))
        for lane, (_, minutes, _, name, title) in zip(lanes, _WINDOWS, strict=True)
    )


def _lanes(pool: JsonView) -> tuple[_Lane, ...]:
    return tuple(_lane(pool[field]) for field, *_ in _WINDOWS)


def _lane(view: JsonView) -> _Lane:
    end, seconds = view.get("windowEnd"), view.get("secondsRemaining")
    return _Lane(
        used_percent=view["usedPercent"].number(),
        window_end=None if end is None else moment_of(end),
        has_end=end is not None,
        seconds_left=None if seconds is None else seconds.number(),
    )


def _cents(body: JsonView) -> float:
    view = body.get("extraUsageBalanceCents")
    try:
        return 0.0 if view is None else view.number()
    except ParseError:
        return 0.0
