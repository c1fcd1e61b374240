"""Local cost in demo mode: no log of this machine is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_qt.cost.values import RowsPage, ScanResult

if TYPE_CHECKING:
    from collections.abc import Callable

    from codexbar_qt.cost.values import ScanProgress
    from codexbar_qt.provider_api import Clock


class DemoCostLogs:
    """The CostLogs port, answered from nothing."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def scan(
        self, *, refresh: bool = False, jobs: int = 1, progress: Callable[[ScanProgress], None] | None = None
    ) -> ScanResult:
        """Return what the demo has."""
        return ScanResult((), self._clock.now().timestamp())

    async def rows(self, source: str, first: int, last: int, limit: int = 2000) -> RowsPage:
        """Return the requests behind it."""
        return RowsPage((), 0)

    async def clear(self) -> int:
        """Nothing is kept."""
        return 0
