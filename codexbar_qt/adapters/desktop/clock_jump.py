"""Notices afterwards that the machine has slept, by comparing two clocks."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class ClockJumpWatcher:
    """Says on every look whether the machine slept since the last one.

    While it sleeps, the monotonic clock of Linux and macOS stands still and the wall clock goes on. The one of Windows
    goes on too; there the look itself comes late. `interval` is the usual time between looks and `tolerance` what may
    be missing, both in seconds. A wall clock set forward looks the same and costs one refresh; set back, it is ignored.
    """

    def __init__(
        self,
        interval: float = 60.0,
        tolerance: float = 30.0,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._monotonic, self._wall = monotonic, wall
        self._late = interval + tolerance
        self._tolerance = tolerance
        self._seen = (monotonic(), wall())

    def has_jumped(self) -> bool:
        """Return whether the machine slept since the last call, or since the start."""
        monotonic, wall = self._monotonic(), self._wall()
        passed, passed_outside = monotonic - self._seen[0], wall - self._seen[1]
        self._seen = (monotonic, wall)
        return passed > self._late or passed_outside - passed > self._tolerance
