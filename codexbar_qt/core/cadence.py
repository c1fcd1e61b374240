"""When the next automatic refresh is due. Pure; seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

MANUAL = "manual"
ADAPTIVE = "adaptive"
_MINUTE = 60.0
_CONSTRAINED = _LONG_IDLE = 30 * _MINUTE
CONNECTIVITY_RETRIES = (15.0, 45.0, 120.0, 300.0)
_BACK_OFF_CAP = 60 * _MINUTE
BOUNDARY_DELAY = 30.0
BOUNDARY_LEAD = 5.0


@dataclass(frozen=True, slots=True)
class Cadence:
    """The chosen interval: "manual", "adaptive" or minutes as text (at least 1). `constrained` is low power or heat."""

    choice: str = ADAPTIVE
    constrained: bool = False

    @property
    def is_adaptive(self) -> bool:
        """Whether the interval follows the use of the popup."""
        return self.choice == ADAPTIVE

    def delay(self, now: datetime, popup_opened_at: datetime | None) -> float | None:
        """Return the seconds to the next batch, None for never."""
        if self.choice == MANUAL:
            return None
        if self.choice != ADAPTIVE:
            fixed = max(_MINUTE, float(self.choice) * _MINUTE)
            return max(fixed, _CONSTRAINED) if self.constrained else fixed
        if self.constrained:
            return _CONSTRAINED
        return _adaptive(now, popup_opened_at)


def _adaptive(now: datetime, opened_at: datetime | None) -> float:
    if opened_at is None:
        return _LONG_IDLE
    age = (now - opened_at).total_seconds()
    if age <= 5 * _MINUTE:
        return 2 * _MINUTE
    if age <= 60 * _MINUTE:
        return 5 * _MINUTE
    return 15 * _MINUTE if age < 240 * _MINUTE else _LONG_IDLE


def back_off(interval: float, failures: int) -> float:
    """Return how long an account that keeps failing waits: the interval doubled per failure, at most an hour."""
    return min(max(interval, _BACK_OFF_CAP), interval * 2.0 ** min(failures, 16)) if failures else 0.0


def boundary_delay(reset: datetime, now: datetime, next_tick: float | None) -> float | None:
    """Return the seconds to the extra batch after a reset, None when it is too near or the next tick covers it."""
    ahead = (reset - now).total_seconds()
    if ahead < BOUNDARY_LEAD:
        return None
    due = ahead + BOUNDARY_DELAY
    return due if next_tick is None or due < next_tick else None
