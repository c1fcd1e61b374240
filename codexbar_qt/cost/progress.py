"""Counts what a scan has read and tells it, a few times a second at most."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from codexbar_qt.cost.values import ScanProgress

if TYPE_CHECKING:
    from collections.abc import Callable

_PAUSE_SECONDS = 0.2


class Progress:
    """Adds up over all families. `told` gets every first and last value, and not all between."""

    def __init__(self, told: Callable[[ScanProgress], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._told, self._clock = told, clock
        self._files = self._all_files = self._bytes = self._all_bytes = 0
        self._next = 0.0

    def expect(self, files: int, size: int) -> None:
        """There is so much more to read."""
        self._all_files += files
        self._all_bytes += size
        if files:
            self._tell()

    def read(self, size: int) -> None:
        """So many bytes more are done. A file that grows meanwhile has more of them than expected."""
        self._bytes = min(self._all_bytes, self._bytes + size)
        if self._clock() >= self._next:
            self._tell()

    def file_done(self) -> None:
        """One more file is done."""
        self._files += 1
        if self._files == self._all_files:
            self._tell()

    def _tell(self) -> None:
        self._next = self._clock() + _PAUSE_SECONDS
        self._told(ScanProgress(self._files, self._all_files, self._bytes, self._all_bytes))
