"""The port to the logs that agents write on this machine; reading them is slow the first time, and cancellable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from codexbar_qt.cost.values import RowsPage, ScanProgress, ScanResult


class CostScanError(Exception):
    """A scan gave nothing; the text is for people. `timed_out`: it ran into its time limit."""

    def __init__(self, message: str, *, timed_out: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.timed_out = timed_out


class CostLogs(Protocol):
    """Reads the logs in a process of its own. Cancelling a call ends that process; what it has read stays kept."""

    async def scan(
        self, *, refresh: bool = False, jobs: int = 1, progress: Callable[[ScanProgress], None] | None = None
    ) -> ScanResult:
        """Return what all logs add up to; only what is new is read, everything with `refresh`.

        `jobs` processes may share the work. `progress` is called on the loop, a few times a second at most, and only
        while there is something to read. Raises CostScanError.
        """
        ...

    async def rows(self, source: str, first: int, last: int, limit: int = 2000) -> RowsPage:
        """Return the counted requests of a cost source between two moments (seconds since 1970, UTC).

        From the state of the last scan. Raises CostScanError.
        """
        ...

    async def clear(self) -> int:
        """Remove what scans have kept; return how many files that were. Raises CostScanError."""
        ...
