"""One reading of a profile: whether it is still wanted, how much of it was damaged, and its bounds."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Event

from codexbar_qt.adapters.browser_storage.problem import ReadingStopped

MOST_ENTRIES = 2_000
LONGEST_TEXT = 64 * 1024
"""Characters of a value (and of a name) that are handed on; longer ones count as absent."""
LONGEST_STORED = 2 * LONGEST_TEXT + 1
"""The same in bytes: UTF-16 behind one byte that tells the encoding."""


@dataclass(slots=True)
class Reading:
    """Counts blocks and records that had to be skipped in `damaged`; `given_up` is set by whoever asked."""

    given_up: Event = field(default_factory=Event)
    damaged: int = 0

    def check(self) -> None:
        """Raise ReadingStopped when the result is not wanted any more. Called once per block."""
        if self.given_up.is_set():
            raise ReadingStopped
