"""Notices that an upgrade has replaced the program that runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

if TYPE_CHECKING:
    from pathlib import Path

_LOOK_MS = 30_000
_Mark = tuple[int, int, int]


class ProgramWatcher(QObject):
    """`replaced` comes at every look (30 s) at which the file is not that of the start, but that of the look before.

    A package manager writes thousands of files; one look later it is through. What was loaded before stays in memory,
    but modules and QML that are loaded from then on would be those of the new version.
    """

    replaced = Signal()

    def __init__(self, program: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._program = program
        self._first = self._last = self._mark()
        timer = QTimer(self, interval=_LOOK_MS, timerType=Qt.TimerType.VeryCoarseTimer)
        timer.timeout.connect(self.look)
        timer.start()

    def look(self) -> None:
        """Look at the file now."""
        before, self._last = self._last, self._mark()
        if self._last is not None and self._last == before and self._last != self._first:
            self.replaced.emit()

    def _mark(self) -> _Mark | None:
        try:
            found = self._program.stat()
        except OSError:  # removed, or between two versions
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns
