"""Claude logs as the scanner sees them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from codexbar_qt.cost.claude.assembly import assemble, counted_rows
from codexbar_qt.cost.claude.discovery import find_logs
from codexbar_qt.cost.claude.packed_log import VERSION
from codexbar_qt.cost.claude.reading import read_log
from codexbar_qt.cost.claude.rows import RowReader

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codexbar_qt.cost.family import FileState, FileStates
    from codexbar_qt.cost.log_files import Inventory, LogFile
    from codexbar_qt.cost.places import Places
    from codexbar_qt.cost.values import Ledger, UsageRow


class ClaudeFamily:
    """Logs of Claude Code and Claude Desktop."""

    name = "claude"
    version = VERSION
    bytes_per_scan: int | None = None

    def __init__(self) -> None:
        self._reader = RowReader()

    def find(self, places: Places) -> Inventory:
        """Return the logs there are."""
        return find_logs(places)

    def read(self, file: LogFile, earlier: FileState | None, checkpoint: Callable[[int], None]) -> FileState:
        """Read a log."""
        with Path(file.path).open("rb", buffering=0) as stream:
            return read_log(stream, earlier, self._reader, checkpoint)

    def assemble(self, states: FileStates) -> Ledger:
        """Add the logs up."""
        return assemble(states)

    def rows(self, states: FileStates, source: str, first: int, last: int) -> Sequence[UsageRow]:
        """Return the counted requests between two moments."""
        return counted_rows(states, source, first, last)


CLAUDE_FAMILY = ClaudeFamily()
