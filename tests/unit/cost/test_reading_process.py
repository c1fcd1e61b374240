"""The process that helps reading, alone."""

from __future__ import annotations

import io
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.cost.claude import CLAUDE_FAMILY
from codexbar_qt.cost.log_files import LogFile
from codexbar_qt.cost.reading_wire import (
    Answer,
    Done,
    Failed,
    Order,
    Passed,
    order_for,
    receive_answer,
    receive_order,
    send,
)

if TYPE_CHECKING:
    from pathlib import Path

LINE = b'{"type":"assistant","timestamp":"2031-01-05T10:20:30Z","message":{"model":"m","usage":{"input_tokens":5}}}\n'
COMMAND = (sys.executable, "-P", "-m", "codexbar_qt.cost.reading_process")


@pytest.fixture
def log(tmp_path: Path) -> LogFile:
    path = tmp_path / "a.jsonl"
    path.write_bytes(LINE * 30_000)
    return LogFile(str(path), path.stat().st_size, 1, 2)


def serve(*orders: Order) -> tuple[int, list[Answer]]:
    """Run a process on some orders; return how it ended and what it said."""
    stream = io.BytesIO()
    for order in orders:
        send(stream, order)
    done = subprocess.run(COMMAND, input=stream.getvalue(), capture_output=True, check=False)
    answers, found = io.BytesIO(done.stdout), []
    while (answer := receive_answer(answers)) is not None:
        found.append(answer)
    assert done.stderr == b""
    return done.returncode, found


def test_reads_in_blocks_until_there_is_no_more_to_do(log: LogFile) -> None:
    kept = CLAUDE_FAMILY.read(log, None, lambda _: None)
    code, answers = serve(order_for("claude", log, None), order_for("claude", log, kept))
    passed = [answer.size for answer in answers if isinstance(answer, Passed)]
    assert code == 0
    assert sum(passed) == log.size
    assert len(passed) > 1
    assert [answer for answer in answers if not isinstance(answer, Passed)] == [
        Done(kept.offset, kept.mark, kept.packed)
    ] * 2


def test_says_why_a_log_cannot_be_read(tmp_path: Path) -> None:
    assert serve(order_for("claude", LogFile(str(tmp_path / "x"), 1, 0), None)) == (0, [Failed(2)])


def test_ends_when_nobody_listens(log: LogFile) -> None:
    process = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdout.close()
    send(process.stdin, order_for("claude", log, None))
    assert process.wait(60) != 0
    process.stdin.close()
    assert process.stderr is not None
    process.stderr.close()


def test_orders_travel_whole_with_any_path() -> None:
    file = LogFile("/logs/\udcff", 1, -5, (1 << 63) - 1)
    stream = io.BytesIO()
    send(stream, order_for("claude", file, None))
    stream.seek(0)
    order = receive_order(stream)
    assert order is not None
    assert (order.file, order.earlier) == (file, None)
    assert receive_order(stream) is None


def test_half_a_message_is_none(log: LogFile) -> None:
    stream = io.BytesIO()
    send(stream, order_for("claude", log, None))
    for size in (0, 3, 4, len(stream.getvalue()) - 1):
        assert receive_order(io.BytesIO(stream.getvalue()[:size])) is None
