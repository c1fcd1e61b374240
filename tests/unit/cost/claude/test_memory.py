"""Memory depends on how many requests there are, not on how often they are written down."""

from __future__ import annotations

import io
import tracemalloc
from typing import TYPE_CHECKING

from codexbar_qt.cost.claude.assembly import assemble
from codexbar_qt.cost.claude.reading import read_log
from codexbar_qt.cost.claude.rows import RowReader
from codexbar_qt.cost.log_files import LogFile
from tests.unit.cost.claude.claude_world import line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codexbar_qt.cost.family import FileState

MB = 1 << 20


class Copies:
    """The same log many times."""

    def __init__(self, state: FileState, copies: int) -> None:
        self._state, self._files = state, [LogFile(f"/logs/{number:05}.jsonl", 1, 1) for number in range(copies)]

    def files(self) -> Sequence[LogFile]:
        return self._files

    def load(self, file: LogFile) -> FileState:
        return self._state


class Repeated(io.BytesIO):
    """A block of lines many times over, out of no memory."""

    def __init__(self, block: bytes, times: int) -> None:
        super().__init__(block)
        self._block, self._left = block, times

    def read(self, size: int | None = -1, /) -> bytes:
        self._left -= 1
        return self._block if self._left >= 0 else b""


def test_one_request_on_twenty_thousand_lines() -> None:
    block = line("1", 5) + b"\n"
    stream = Repeated(block * 1000, 20)
    tracemalloc.start()
    state = read_log(stream, None, RowReader(), lambda _: None)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert state.offset == len(block) * 20_000
    assert len(state.packed) < 1000
    assert peak < 2 * MB


def test_a_history_copied_into_fifty_logs() -> None:
    """25 000 rows of 500 requests; beside a number for each row, memory is for the requests."""
    content = b"\n".join(line(f"{number:030}", 5) for number in range(500)) + b"\n"
    state = read_log(io.BytesIO(content), None, RowReader(), lambda _: None)
    tracemalloc.start()
    ledger = assemble(Copies(state, 50))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (ledger.rows, ledger.duplicates) == (500, 24_500)
    assert sum(bucket.tokens.input for bucket in ledger.buckets) == 2500
    assert peak < 3 * MB
