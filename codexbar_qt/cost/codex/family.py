"""The family of Codex logs: finds, reads and adds up."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from codexbar_qt.cost.codex.ledger import SOURCE, ledger_of, rows_of
from codexbar_qt.cost.codex.lines import NEEDLES, OWNER_NEEDLE, SessionFact, read_line
from codexbar_qt.cost.codex.log import CodexLog
from codexbar_qt.cost.family import FileState
from codexbar_qt.cost.file_mark import mark_of
from codexbar_qt.cost.line_blocks import Tally, lines_with
from codexbar_qt.cost.log_files import Inventory, collect_logs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codexbar_qt.cost.family import FileStates
    from codexbar_qt.cost.log_files import LogFile
    from codexbar_qt.cost.places import Places
    from codexbar_qt.cost.values import Ledger, UsageRow


class CodexFamily:
    """Logs below `$CODEX_HOME`, or `~/.codex`: `sessions` with everything below it, and `archived_sessions` itself.

    All logs are read, however old: a session may go on for long after its first day, and a fork needs its parent.
    """

    name = "codex"
    version = 1
    bytes_per_scan = 512 << 20

    def find(self, places: Places) -> Inventory:
        """Return the logs, the latest change first."""
        chosen = places.value("CODEX_HOME")
        home = Path(chosen) if chosen else places.folder(".codex")
        inventory = Inventory()
        collect_logs(str(home / "sessions"), inventory)
        collect_logs(str(home / "archived_sessions"), inventory, deepest=0)
        inventory.files.sort(key=lambda file: (-file.modified_ns, file.path))
        return inventory

    def read(self, file: LogFile, earlier: FileState | None, checkpoint: Callable[[int], None]) -> FileState:
        """Read a log, or what was added to it."""
        with Path(file.path).open("rb") as stream:
            log = CodexLog(earlier.packed if earlier else None)
            tally = Tally(earlier.offset if earlier else 0)
            _read_lines(stream, log, tally, checkpoint)
            return FileState(tally.offset, mark_of(stream, tally.offset), log.packed())

    def assemble(self, states: FileStates) -> Ledger:
        """Add all sessions up, each once and each without what it has copied."""
        return ledger_of(states)

    def rows(self, states: FileStates, source: str, first: int, last: int) -> Sequence[UsageRow]:
        """Return the increments between two moments."""
        return rows_of(states, first, last) if source == SOURCE else ()


def _read_lines(stream: BinaryIO, log: CodexLog, tally: Tally, checkpoint: Callable[[int], None]) -> None:
    stream.seek(tally.offset)
    tally.long_lines = log.state.long_lines
    for line in chain.from_iterable(lines_with(stream, NEEDLES, tally, checkpoint)):
        fact = read_line(line)
        if fact == "broken":
            log.state.broken_lines += 1
            if OWNER_NEEDLE in line:
                log.miss_owner()
        elif fact is not None:
            if tally.long_lines and isinstance(fact, SessionFact):
                log.miss_owner()
            log.add(fact)
    log.state.long_lines = tally.long_lines
    if any(needle in tally.tail for needle in NEEDLES):
        fact = read_line(tally.tail)
        log.state.tail = fact if fact != "broken" else None
