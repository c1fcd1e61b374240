"""One line on the terminal that says how far a scan is, and is gone afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from codexbar_qt.cost.values import ScanProgress

_MEGABYTE = 1_000_000


class ProgressLine:
    """Writes over itself; `write` takes text without a line end. Only carriage returns are asked of the terminal."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._length = 0

    def show(self, progress: ScanProgress) -> None:
        """Show how far it is."""
        text = progress_text(progress)
        self._write("\r" + text.ljust(self._length))
        self._length = max(self._length, len(text))

    def erase(self) -> None:
        """Leave the line as if nothing had been written; without `show` nothing is."""
        if self._length:
            self._write("\r" + " " * self._length + "\r")
            self._length = 0


def progress_text(progress: ScanProgress) -> str:
    """Return "Reading logs: 412 of 900 files, 310 of 577 MB"."""
    done, total = (round(count / _MEGABYTE) for count in (progress.bytes_done, progress.bytes_total))
    noun = "file" if progress.files_total == 1 else "files"
    return f"Reading logs: {progress.files_done:,} of {progress.files_total:,} {noun}, {done:,} of {total:,} MB"
