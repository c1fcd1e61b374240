"""The process that reads logs: right with any state, and gone when nobody waits for it."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from codexbar_qt.cost.claude import CLAUDE_FAMILY
from codexbar_qt.cost.claude.packed_log import PackedLog, RowGroup
from codexbar_qt.cost.family import FileState
from codexbar_qt.cost.places import Places
from codexbar_qt.cost.state_file import StateFile, state_path
from codexbar_qt.cost.values import LeftOut, TokenCounts
from codexbar_qt.cost.worker import find_rows, run_scan
from codexbar_qt.cost.worker_wire import (
    FailedMessage,
    PartMessage,
    ProgressMessage,
    RowsMessage,
    RowsRequest,
    ScanMessage,
    ScanRequest,
    decode_message,
    encode_line,
    put_together,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codexbar_qt.cost.values import Ledger, ScanProgress

NOT_WINDOWS = pytest.mark.skipif(os.name == "nt", reason="signals and limits are not those of Windows")
COMMAND = (sys.executable, "-P", "-m", "codexbar_qt.cost.worker")
LINE = (
    '{"type":"assistant","timestamp":"2031-01-05T10:20:30Z","requestId":"r%s","message":{"id":"m","model":"m",'
    '"usage":{"input_tokens":%d}}}\n'
)
UNSAVED = LeftOut("unsaved_state", 1)


class Machine:
    """A home folder with logs of 1, 2, 3 ... input tokens, and a folder for state."""

    def __init__(self, folder: Path) -> None:
        self.home, self.folder = folder / "home", folder / "cost-usage"
        self.total = 0

    def fill(self, files: int) -> None:
        """Add logs."""
        for number in range(1, files + 1):
            self.path(f"{number:03}").write_text(LINE % (number, number))
            self.total += number

    def dig(self, name: str) -> Path:
        """Add a log that takes seconds to read and no room: a hole of 16 GB."""
        path = self.path(name)
        with path.open("w") as stream:
            stream.truncate(16 << 30)
        return path

    def path(self, name: str) -> Path:
        """Return the path of a log, its folder made."""
        root = self.home / ".claude" / "projects"
        root.mkdir(parents=True, exist_ok=True)
        return root / f"{name}.jsonl"

    @property
    def places(self) -> Places:
        return Places("linux", str(self.home))

    @property
    def state(self) -> Path:
        return state_path(self.folder, CLAUDE_FAMILY)

    def scan(self) -> tuple[Ledger, list[ScanProgress]]:
        """Scan in this process; return the ledger of Claude and what was told of progress."""
        told: list[ScanProgress] = []
        return run_scan(ScanRequest(self.places, str(self.folder)), told.append).ledgers[0], told

    def scan_apart(self, **options: Any) -> Ledger:
        """Scan in a process of its own."""
        with closing(Worker(ScanRequest(self.places, str(self.folder)), **options)) as worker:
            return worker.result()


class Worker:
    """A worker that was given a request."""

    def __init__(self, request: ScanRequest | RowsRequest | bytes, **options: Any) -> None:
        self.process = subprocess.Popen(
            COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options
        )
        assert self.process.stdin is not None
        self.process.stdin.write(request if isinstance(request, bytes) else encode_line(request))
        self.process.stdin.flush()

    def messages(self) -> Iterator[object]:
        assert self.process.stdout is not None
        yield from map(decode_message, self.process.stdout)

    def result(self) -> Ledger:
        parts: list[PartMessage] = []
        for message in self.messages():
            if isinstance(message, PartMessage):
                parts.append(message)
            elif isinstance(message, ScanMessage):
                return put_together(message, parts).ledgers[0]
            else:
                assert isinstance(message, ProgressMessage)
        raise AssertionError("no result")

    def close(self) -> None:
        self.process.communicate(timeout=60)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def input_of(ledger: Ledger) -> int:
    return sum((bucket.tokens for bucket in ledger.buckets), TokenCounts()).input


def change(statement: str) -> Callable[[Path], None]:
    def spoil(path: Path) -> None:
        base = sqlite3.connect(path)
        base.executescript(statement)
        base.close()

    return spoil


def garbage(path: Path) -> None:
    path.write_bytes(b"garbage" * 5000)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:4200])


def overwritten(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xa5" * (len(content) - 4096))


SPOILT = {
    "garbage": garbage,
    "cut": cut,
    "overwritten": overwritten,
    "other tables": change("DROP TABLE log; CREATE TABLE log (id, name);"),
    "no tables": change("DROP TABLE log; DROP TABLE total;"),
    "no packed": change("DELETE FROM total; UPDATE log SET packed = x'00';"),
    "text": change("DELETE FROM total; UPDATE log SET packed = 'text';"),
    "null": change("DELETE FROM total; UPDATE log SET packed = NULL;"),
    "null path": change("DROP TABLE log; CREATE TABLE log (path, size, modified_ns, identity, offset, mark, packed);"
                        "INSERT INTO log VALUES (NULL, 1, 1, 1, 1, x'', x'');"),
    "bad total": change("UPDATE total SET value = x'c1';"),
    "of another version": change("PRAGMA user_version = 99;"),
}  # fmt: skip


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT.keys())
def test_state_that_is_unusable_is_made_anew(machine: Machine, spoil: Callable[[Path], None]) -> None:
    machine.fill(30)
    assert input_of(machine.scan()[0]) == machine.total
    spoil(machine.state)
    ledger, told = machine.scan()
    assert (input_of(ledger), ledger.left_out) == (machine.total, ())
    assert told
    ledger, told = machine.scan()
    assert (input_of(ledger), told) == (machine.total, [])


def other_columns(path: Path) -> None:
    packed = msgspec.msgpack.encode(PackedLog(RowGroup(keys=b"k", models=("m",), columns=(b"?",) * 8)))
    with StateFile(path, CLAUDE_FAMILY.version) as state:
        state.save([(known.file, FileState(known.offset, known.mark, packed)) for known in state.known().values()])


def rows_request(machine: Machine, source: str = "claude") -> RowsRequest:
    return RowsRequest(machine.places, str(machine.folder), source, 0, 1 << 40, 1000)


def test_rows_with_state_that_is_unusable(machine: Machine) -> None:
    machine.fill(10)
    machine.scan()
    for spoil in (SPOILT["no packed"], SPOILT["cut"], other_columns):
        spoil(machine.state)
        assert find_rows(rows_request(machine)).total == 10


def test_rows_of_sources_there_are_not(machine: Machine) -> None:
    machine.fill(1)
    for source, total in (("Claude", 1), ("vertexai", 0), ("codex", 0), ("nobody", 0)):
        assert find_rows(rows_request(machine, source)).total == total


def test_state_that_cannot_be_kept_is_told(machine: Machine) -> None:
    machine.fill(5)
    machine.folder.parent.mkdir(exist_ok=True)
    machine.folder.write_text("a file in place of the folder")
    for _ in range(2):
        ledger, told = machine.scan()
        assert (input_of(ledger), ledger.left_out) == (15, (UNSAVED,))
        assert told
    assert find_rows(rows_request(machine)).total == 5


def test_state_that_another_process_drops_meanwhile_is_kept(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.fill(5)
    machine.scan()
    SPOILT["bad total"](machine.state)
    change("DELETE FROM total")(machine.state)
    identity, load, lost = machine.state.stat().st_ino, StateFile.load, [True]

    def load_once_lost(state: StateFile, path: str) -> FileState | None:
        return None if lost and lost.pop() else load(state, path)

    monkeypatch.setattr(StateFile, "load", load_once_lost)
    ledger, told = machine.scan()
    assert (input_of(ledger), ledger.left_out, told) == (15, (), [])
    assert machine.state.stat().st_ino == identity


@NOT_WINDOWS
def test_a_full_disk(machine: Machine) -> None:
    """No file may grow beyond 16 KiB."""
    import resource

    machine.fill(300)
    ledger = machine.scan_apart(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (16384, 16384)))
    assert (input_of(ledger), ledger.left_out) == (machine.total, (UNSAVED,))
    ledger = machine.scan_apart()
    assert (input_of(ledger), ledger.left_out) == (machine.total, ())


def test_two_processes_at_once(machine: Machine) -> None:
    machine.fill(60)
    for attempt in range(4):
        workers = [Worker(ScanRequest(machine.places, str(machine.folder), refresh=attempt == 3)) for _ in range(3)]
        ledgers = [worker.result() for worker in workers]
        for worker in workers:
            worker.close()
        assert [(input_of(ledger), ledger.left_out) for ledger in ledgers] == [(machine.total, ())] * 3
        assert machine.scan()[1] == []
        if attempt < 2:
            for path in machine.folder.iterdir():
                path.unlink()


def wait_for_hole(worker: Worker, files: int) -> None:
    """Wait until a worker has read so many logs and is on its way through a hole."""
    for message in worker.messages():
        assert isinstance(message, ProgressMessage)
        if message.progress.files_done == files:
            return


@NOT_WINDOWS
def test_a_lifeline_that_is_cut_ends_the_scan_which_keeps_what_it_has_read(machine: Machine) -> None:
    machine.fill(3)
    hole = machine.dig("999")
    worker = Worker(ScanRequest(machine.places, str(machine.folder)))
    wait_for_hole(worker, 3)
    worker.close()
    assert worker.process.returncode == 1
    with StateFile(machine.state, CLAUDE_FAMILY.version) as state:
        assert [path[-9:] for path in state.known()] == ["001.jsonl", "002.jsonl", "003.jsonl"]
    hole.write_text(LINE % (9, 9))
    ledger, told = machine.scan()
    assert input_of(ledger) == machine.total + 9
    assert told[0].files_total == 1


@NOT_WINDOWS
def test_an_answer_that_nobody_hears_is_no_trouble_of_the_log(machine: Machine) -> None:
    """The scan ends with the log it is at, instead of leaving that one out."""
    machine.dig("000")
    machine.fill(2)
    worker = Worker(ScanRequest(machine.places, str(machine.folder)))
    wait_for_hole(worker, 0)
    assert worker.process.stdout is not None
    worker.process.stdout.close()
    assert worker.process.wait(60) == 1
    with StateFile(machine.state, CLAUDE_FAMILY.version) as state:
        assert state.known() == {}
    worker.process.stdout = None
    worker.close()


@NOT_WINDOWS
def test_an_interrupt_of_the_terminal_ends_it_in_silence(machine: Machine) -> None:
    machine.fill(1)
    machine.dig("999")
    worker = Worker(ScanRequest(machine.places, str(machine.folder)))
    wait_for_hole(worker, 1)
    worker.process.send_signal(signal.SIGINT)
    assert worker.process.wait(60) == 1
    assert worker.process.communicate()[1] == b""


@NOT_WINDOWS
def test_a_parent_that_is_killed_takes_worker_and_helper_along(machine: Machine, tmp_path: Path) -> None:
    """Both are on their way through a hole."""
    for name in ("1", "2"):
        machine.dig(name)
    marker = tmp_path / "helper"
    helper = (
        f"import os; open({str(marker)!r} + '-', 'w').write(str(os.getpid())); os.rename({str(marker)!r} + '-',"
        f" {str(marker)!r}); from codexbar_qt.cost.reading_process import main; main()"
    )
    request = ScanRequest(
        machine.places, str(machine.folder), jobs=2, helper_command=(sys.executable, "-P", "-c", helper)
    )
    code = (
        "import subprocess, sys, time\n"
        f"worker = subprocess.Popen({COMMAND!r}, stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n"
        f"worker.stdin.write({encode_line(request)!r})\n"
        "worker.stdin.flush()\n"
        "print(worker.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    parent = subprocess.Popen((sys.executable, "-c", code), stdout=subprocess.PIPE)
    assert parent.stdout is not None
    numbers = [int(parent.stdout.readline())]
    wait_until(marker.exists)
    numbers.append(int(marker.read_text()))
    assert not any(map(is_gone, numbers))
    parent.kill()
    parent.communicate()
    wait_until(lambda: all(map(is_gone, numbers)))


def is_gone(number: int) -> bool:
    """Whether a process that is not our child has ended; one that nobody waits for has, too."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        pass
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    return False


def wait_until(met: Callable[[], bool]) -> None:
    limit = time.monotonic() + 60
    while not met():
        assert time.monotonic() < limit, "a condition was not met"
        time.sleep(0.01)


@pytest.mark.parametrize(
    "request_line", [b"\n", b"{}\n", b'{"type":"sing"}\n', b'{"type":"scan"}\n', b"\xff\n", b"[" * 100_000 + b"\n", b""]
)
def test_an_unknown_request(request_line: bytes) -> None:
    done = subprocess.run(COMMAND, input=request_line, capture_output=True, check=False)
    message = decode_message(done.stdout)
    assert isinstance(message, FailedMessage)
    assert (done.returncode, done.stderr) == (1, b"")


@NOT_WINDOWS
def test_a_failure_tells_its_kind_and_no_path(machine: Machine) -> None:
    request = msgspec.to_builtins(ScanRequest(Places("linux", str(machine.home) + "\0secret"), str(machine.folder)))
    worker = Worker(json.dumps(request).encode() + b"\n")
    (message,) = worker.messages()
    worker.close()
    assert isinstance(message, FailedMessage)
    assert message.reason.isidentifier()


def test_rows_in_a_process_of_its_own(machine: Machine) -> None:
    machine.fill(3)
    with closing(Worker(rows_request(machine))) as worker:
        (message,) = worker.messages()
    assert isinstance(message, RowsMessage)
    assert sorted(row.tokens.input for row in message.page.rows) == [1, 2, 3]
