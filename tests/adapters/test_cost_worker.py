"""The CostLogs port with real workers: results, progress, and every way in which a worker can end."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.adapters.cost_worker import WorkerCostLogs, WorkerPlace, worker_command
from codexbar_qt.core.cost_logs import CostScanError
from codexbar_qt.cost.places import Places
from codexbar_qt.cost.process_flags import READER_FLAG, WORKER_FLAG
from codexbar_qt.cost.values import TokenCounts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from codexbar_qt.cost.values import ScanProgress, ScanResult

NOT_WINDOWS = pytest.mark.skipif(
    os.name == "nt", reason="files with holes and process numbers are not those of Windows"
)
LINE = (
    '{"type":"assistant","timestamp":"2031-01-05T10:20:30Z","requestId":"r%s","message":{"id":"m","model":"m%d",'
    '"usage":{"input_tokens":%d}}}\n'
)


class Machine:
    """A home folder with logs, and the port to them."""

    def __init__(self, folder: Path) -> None:
        self.home, self.folder, self.marker = folder / "home", folder / "cost-usage", folder / "marker"

    def write(self, name: str, *numbers: int) -> None:
        """Make a log with requests of so many tokens, each of a model of its own."""
        self.path(name).write_text("".join(LINE % (f"{name}{number}", number, number) for number in numbers))

    def dig(self) -> None:
        """Make a log that takes seconds to read."""
        with self.path("hole").open("w") as stream:
            stream.truncate(64 << 30)

    def path(self, name: str) -> Path:
        root = self.home / ".claude" / "projects"
        root.mkdir(parents=True, exist_ok=True)
        return root / f"{name}.jsonl"

    def logs(self, code: str | None = None, *, limit: float = 100.0, is_background: bool = False) -> WorkerCostLogs:
        """Return the port; `code` is what the process does instead of being a worker, after leaving its number."""
        script = f"import os, sys, time\nopen({str(self.marker)!r}, 'w').write(str(os.getpid()))\n{code}"
        made = (sys.executable, "-P", "-c", script)
        place = WorkerPlace(
            places=lambda: Places("linux", str(self.home)),
            folder=self.folder,
            environment=lambda: os.environ,
            is_background=is_background,
            limit_seconds=limit,
            command=(lambda _: made) if code is not None else worker_command,
        )
        return WorkerCostLogs(place)

    def wait_for_start(self) -> int:
        """Return the number of the process, once there is one."""
        wait_until(lambda: self.marker.exists() and self.marker.read_text() != "")
        return int(self.marker.read_text())

    def assert_gone(self) -> None:
        """See that the process has ended and was waited for."""
        number = self.wait_for_start()
        wait_until(lambda: not is_there(number))


def is_there(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until(met: Callable[[], bool]) -> None:
    limit = time.monotonic() + 60
    while not met():
        assert time.monotonic() < limit, "a condition was not met"
        time.sleep(0.01)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


WORK = "from codexbar_qt.cost.worker import main; sys.exit(main())"


def input_of(result: ScanResult) -> int:
    buckets = [bucket for ledger in result.ledgers for bucket in ledger.buckets]
    return sum((bucket.tokens for bucket in buckets), TokenCounts()).input


async def test_a_scan_and_its_rows(machine: Machine) -> None:
    machine.write("a", 1, 2, 3)
    machine.write("b", 10)
    logs = machine.logs()
    told: list[ScanProgress] = []
    began = time.time()
    result = await logs.scan(progress=told.append)
    assert input_of(result) == 16
    assert began <= result.scanned_at <= time.time()
    assert {ledger.family for ledger in result.ledgers} == {"claude", "codex"}
    assert told[0].files_done == 0
    assert (told[-1].files_done, told[-1].files_total) == (2, 2)
    told.clear()
    assert input_of(await logs.scan(progress=told.append)) == 16
    assert told == []
    page = await logs.rows("claude", 0, 1 << 40, limit=3)
    assert (len(page.rows), page.total) == (3, 4)


async def test_a_refresh_in_the_background_with_helpers(machine: Machine) -> None:
    for name in "abc":
        machine.write(name, 1, 2)
    told: list[ScanProgress] = []
    logs = machine.logs(is_background=True)
    await logs.scan()
    assert input_of(await logs.scan(refresh=True, jobs=3, progress=told.append)) == 9
    assert told[-1].files_total == 3


async def test_more_buckets_than_go_into_one_message(machine: Machine) -> None:
    machine.write("a", *range(1, 1202))
    result = await machine.logs().scan()
    assert len(result.ledgers[0].buckets) == 1201
    assert input_of(result) == 1201 * 601


@pytest.mark.skipif(os.name == "nt" or sys.platform == "darwin", reason="names are text there")
async def test_a_home_folder_whose_name_is_no_text(tmp_path: Path) -> None:
    machine = Machine(tmp_path / os.fsdecode(b"caf\xe9"))
    machine.write("a", 5)
    logs = machine.logs()
    assert input_of(await logs.scan()) == 5
    (row,) = (await logs.rows("claude", 0, 1 << 40)).rows
    assert row.file.endswith("a.jsonl")


async def test_clearing(machine: Machine) -> None:
    machine.write("a", 5)
    logs = machine.logs()
    assert await logs.clear() == 0
    await logs.scan()
    assert await logs.clear() == 2
    assert list(machine.folder.iterdir()) == []
    assert input_of(await logs.scan()) == 5


async def test_clearing_that_fails(machine: Machine) -> None:
    (machine.folder / "a.sqlite").mkdir(parents=True)
    with pytest.raises(CostScanError, match=r"What is kept could not be removed: .*Try again") as caught:
        await machine.logs().clear()
    assert str(machine.folder) not in caught.value.message


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("", "the reader ended early"),
        ("sys.stdin.readline(); sys.exit(3)", "the reader ended early"),
        ("sys.stdin.readline(); print('garbage')", "DecodeError"),
        ("sys.stdin.readline(); print('[]')", "ValidationError"),
        ('sys.stdin.readline(); print(\'{"type":"failed","reason":"OddError"}\')', "OddError"),
        ('sys.stdin.readline(); print(\'{"type":"rows","page":{"rows":[],"total":0}}\')', "no result"),
        ("sys.stdin.readline(); sys.stdout.buffer.write(bytes([255, 10]))", "DecodeError"),
    ],
)
async def test_a_worker_that_fails(machine: Machine, code: str, reason: str) -> None:
    with pytest.raises(CostScanError) as caught:
        await machine.logs(code).scan()
    assert caught.value.message.startswith(f"The logs could not be read ({reason}). Try again")
    assert not caught.value.timed_out
    machine.assert_gone()


async def test_rows_of_a_worker_that_answers_something_else(machine: Machine) -> None:
    code = 'sys.stdin.readline(); print(\'{"type":"scanned","result":{"ledgers":[],"scanned_at":0}}\')'
    with pytest.raises(CostScanError, match="no result"):
        await machine.logs(code).rows("claude", 0, 1)


async def test_a_worker_that_cannot_start(machine: Machine) -> None:
    place = WorkerPlace(
        places=lambda: Places("linux", str(machine.home)),
        folder=machine.folder,
        environment=lambda: {},
        command=lambda _: ("/nowhere/at/all",),
    )
    with pytest.raises(CostScanError, match="FileNotFoundError"):
        await WorkerCostLogs(place).scan()


@NOT_WINDOWS
@pytest.mark.parametrize("code", [WORK, "time.sleep(600)"], ids=["a worker", "one that does not listen"])
async def test_the_time_limit(machine: Machine, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codexbar_qt.adapters.cost_worker._LAST_SECONDS", 1.0)
    machine.dig()
    with pytest.raises(CostScanError, match="took more than 10 minutes") as caught:
        await machine.logs(code, limit=0.5).scan()
    assert caught.value.timed_out
    machine.assert_gone()


@NOT_WINDOWS
async def test_a_scan_that_is_cancelled_ends_its_worker_and_keeps_what_it_has_read(machine: Machine) -> None:
    machine.write("a", 5)
    machine.dig()
    reached = asyncio.Event()

    def progress(found: ScanProgress) -> None:
        if found.files_done == 1:
            reached.set()

    task = asyncio.create_task(machine.logs(WORK).scan(progress=progress))
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.to_thread(machine.assert_gone)
    machine.path("hole").write_text("")
    told: list[ScanProgress] = []
    assert input_of(await machine.logs().scan(progress=told.append)) == 5
    assert told == []


@NOT_WINDOWS
async def test_a_cancelled_worker_that_does_not_listen_is_killed(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("codexbar_qt.adapters.cost_worker._LAST_SECONDS", 0.2)
    task = asyncio.create_task(machine.logs("time.sleep(600)").scan())
    await asyncio.to_thread(machine.wait_for_start)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.to_thread(machine.assert_gone)


@NOT_WINDOWS
async def test_cancelling_before_the_worker_has_started(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process is made while nobody waits any more; it ends all the same."""
    import subprocess
    import threading

    may_start, started = threading.Event(), threading.Event()
    real = subprocess.Popen

    def start(*arguments: object, **options: object) -> object:
        may_start.wait(60)
        process = real(*arguments, **options)  # type: ignore[call-overload]
        started.set()
        return process

    monkeypatch.setattr("codexbar_qt.adapters.cost_worker.subprocess.Popen", start)
    machine.dig()
    task = asyncio.create_task(machine.logs("sys.stdin.read()").scan())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    may_start.set()
    await asyncio.to_thread(started.wait, 60)
    await asyncio.to_thread(machine.wait_for_start)
    await asyncio.to_thread(machine.assert_gone)


def test_what_starts_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    assert worker_command(WORKER_FLAG) == (sys.executable, "-P", "-m", "codexbar_qt.cost.worker")
    assert worker_command(READER_FLAG) == (sys.executable, "-P", "-m", "codexbar_qt.cost.reading_process")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert worker_command(READER_FLAG) == (sys.executable, READER_FLAG)


@pytest.mark.parametrize(("is_background", "flags"), [(False, 8), (True, 24)])
async def test_flags_on_windows(machine: Machine, is_background: bool, flags: int) -> None:
    seen: list[object] = []

    def start(*_: object, creationflags: int, **__: object) -> None:
        seen.append(creationflags)
        raise OSError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("codexbar_qt.adapters.cost_worker.subprocess.CREATE_NO_WINDOW", 8, raising=False)
        patch.setattr("codexbar_qt.adapters.cost_worker.subprocess.BELOW_NORMAL_PRIORITY_CLASS", 16, raising=False)
        patch.setattr("codexbar_qt.adapters.cost_worker.subprocess.Popen", start)
        with pytest.raises(CostScanError):
            await machine.logs(is_background=is_background).scan()
    assert seen == [flags]
