"""When the next automatic batch is due and why. Pure: told the time, it keeps no clock; times aware UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from codexbar_qt.core.cadence import BOUNDARY_DELAY, CONNECTIVITY_RETRIES, boundary_delay

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codexbar_qt.core.cadence import Cadence

RESUME_DELAY = timedelta(seconds=10)
REMEMBERED_BOUNDARIES = 64
_AFTER_RESET = timedelta(seconds=BOUNDARY_DELAY)
_RANK = ("resume", "tick", "boundary", "reconnect")


@dataclass(frozen=True, slots=True)
class Due:
    """The next batch: the cadence's own, an extra one after a reset, a retry of what is offline, or after a sleep."""

    at: datetime
    kind: Literal["resume", "tick", "boundary", "reconnect"]


class Timetable:
    """Holds the plan between batches. Every call of `due` may be followed by the batch and then `finished`."""

    def __init__(self, cadence: Cadence) -> None:
        self.cadence = cadence
        self._opened_at: datetime | None = None
        self._tick_at: datetime | None = None
        self._resume_at: datetime | None = None
        self._retry_at: datetime | None = None
        self._retries: list[float] = []
        self._boundary: datetime | None = None
        self._tried: dict[datetime, None] = {}
        self._paused = False

    def interval(self, now: datetime) -> float | None:
        """Return the seconds between batches as of now, None in manual mode."""
        return self.cadence.delay(now, self._opened_at)

    def started(self, now: datetime, *, offline: bool) -> None:
        """The start batch is over: the timer starts, and connectivity is tried again when something was `offline`."""
        self._advance(now)
        self._retries = list(CONNECTIVITY_RETRIES) if offline else []
        self._plan_retry(now)

    def set_cadence(self, cadence: Cadence) -> None:
        """Take another interval; the timer starts again."""
        self.cadence = cadence
        self._tick_at = None

    def popup_opened(self, now: datetime) -> None:
        """The popup was opened: the next tick may come earlier."""
        self._opened_at = now

    def pause(self) -> None:
        """Nothing is due until `resumed`."""
        self._paused = True

    def resumed(self, now: datetime) -> None:
        """Nothing is due before one batch a little later; in manual mode there is none."""
        self._paused = False
        self._resume_at = None if self.interval(now) is None else now + RESUME_DELAY

    def due(self, now: datetime, resets: Iterable[datetime]) -> Due | None:
        """Return the next batch, None while there is none; `resets` are the known resets of all accounts."""
        self._keep_tick_near(now)
        if self._paused:
            return None
        if self._resume_at is not None:
            return Due(self._resume_at, "resume")
        planned = [
            Due(self._tick_at, "tick") if self._tick_at else None,
            self._boundary_due(now, resets),
            Due(self._retry_at, "reconnect") if self._retry_at else None,
        ]
        return min((item for item in planned if item), key=lambda item: (item.at, _RANK.index(item.kind)), default=None)

    def finished(self, done: Due, now: datetime, *, offline: bool) -> None:
        """A batch ended; `offline` says whether an account still cannot reach its service."""
        if done.kind == "reconnect" or (self._retry_at is not None and self._retry_at <= now):
            self._plan_retry(now)
        # A tick that fell due while an extra batch fetched everything is a missed one.
        if done.kind == "tick" or (done.kind != "reconnect" and self._tick_at is not None and self._tick_at <= now):
            self._advance(now)
        if done.at == self._resume_at:
            self._resume_at = None
        if not offline:
            self._retries, self._retry_at = [], None
        if self._boundary is not None and self._boundary + _AFTER_RESET <= now:
            self._forget_boundary(self._boundary)

    def _keep_tick_near(self, now: datetime) -> None:
        """Start a missing tick; bring one forward when the interval shrank or the clock was set back."""
        interval = self.interval(now)
        if interval is None:
            self._tick_at = None
            return
        latest = now + timedelta(seconds=interval)
        self._tick_at = latest if self._tick_at is None else min(self._tick_at, latest)

    def _advance(self, now: datetime) -> None:
        interval = self.interval(now)
        if interval is None:
            self._tick_at = None
        elif self._tick_at is None or self.cadence.is_adaptive:
            self._tick_at = now + timedelta(seconds=interval)
        else:
            missed = (now - self._tick_at) // timedelta(seconds=interval)
            self._tick_at += (missed + 1) * timedelta(seconds=interval)

    def _plan_retry(self, now: datetime) -> None:
        self._retry_at = now + timedelta(seconds=self._retries.pop(0)) if self._retries else None

    def _boundary_due(self, now: datetime, resets: Iterable[datetime]) -> Due | None:
        if self._tick_at is None or self.cadence.constrained:
            self._boundary = None
            return None
        left = (self._tick_at - now).total_seconds()
        known = [reset for reset in resets if reset not in self._tried and boundary_delay(reset, now, left) is not None]
        # A boundary once chosen stays when its reset has come, unless the tick now comes first.
        if self._boundary is not None and self._boundary + _AFTER_RESET < self._tick_at:
            known.append(self._boundary)
        self._boundary = min(known, default=None)
        return None if self._boundary is None else Due(self._boundary + _AFTER_RESET, "boundary")

    def _forget_boundary(self, reset: datetime) -> None:
        self._boundary = None
        self._tried[reset] = None
        for old in list(self._tried)[:-REMEMBERED_BOUNDARIES]:
            del self._tried[old]
