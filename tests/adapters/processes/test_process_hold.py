"""Programs that are kept running: shared, kept for a while, bounded, and never outliving the app."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import subprocess
import sys
import threading
from contextlib import AsyncExitStack
from types import SimpleNamespace
from typing import TYPE_CHECKING

import psutil
import pytest

from codexbar_qt.adapters import process_capture, process_holding, process_windows
from codexbar_qt.adapters.process_capture import TAIL_LIMIT, Capture, Spawn, TailCapture
from codexbar_qt.adapters.process_hold import MOST_HELD, HeldPrograms
from codexbar_qt.adapters.process_holding import Holding
from codexbar_qt.adapters.process_running import Running
from codexbar_qt.adapters.process_table import SystemProcessTable
from codexbar_qt.provider_api import Command, ToolFailed, ToolNotInstalled

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    from codexbar_qt.adapters.process_capture import Attempt, Transport
    from codexbar_qt.adapters.process_runner import SupervisedRunner
    from codexbar_qt.provider_api import HeldProgram

    Family = Callable[[Path], Awaitable[list[psutil.Process]]]
    MakeRunner = Callable[..., SupervisedRunner]
    Script = Callable[[str], str]
    Survivors = Callable[[], list[str]]
    Tree = Callable[[str], str]
    Until = Callable[..., Awaitable[None]]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the programs of these tests are POSIX scripts")

KEEP = 60.0

# Listens late, in a grandchild, behind a shell: as a program started through a wrapper script does.
LISTENER = """
import socket, sys
made = socket.socket(); made.bind(("127.0.0.1", 0)); made.listen()
print("port", made.getsockname()[1], flush=True)
sys.stdin.read()
"""

APP = """
import asyncio, os, sys
from codexbar_qt.adapters.environment import ProcessEnv
from codexbar_qt.adapters.process_runner import SupervisedRunner
from codexbar_qt.provider_api import Command

async def main():
    runner = SupervisedRunner(ProcessEnv(), home=os.environ["HOME"], keeps_programs=True)
    wait = asyncio.get_running_loop().run_in_executor
    async with runner.hold(Command(tuple(sys.argv[2:]), 60), keep_seconds=60):
        if sys.argv[1] == "inside":
            await wait(None, sys.stdin.readline)
    if sys.argv[1] == "kept":
        await wait(None, sys.stdin.readline)

asyncio.run(main())
"""


@pytest.fixture
def keeper(make_runner: MakeRunner) -> SupervisedRunner:
    """A runner as the tray app has it."""
    return make_runner(keeps_programs=True)


@pytest.fixture
def app(repo_root: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start a program that holds a tool and, inside the block or after it, waits for a line of input and ends."""
    started: list[subprocess.Popen[bytes]] = []

    def start(where: str, *argv: str) -> subprocess.Popen[bytes]:
        environ = {**os.environ, "SHELL": "/bin/false"}
        words = [sys.executable, "-c", APP, where, *argv]
        started.append(subprocess.Popen(words, stdin=subprocess.PIPE, cwd=repo_root, env=environ))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def living(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those of the processes (by id and start time) that still run."""
    found = []
    for process in processes:
        try:
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.NoSuchProcess:
            continue
    return found


def supervisors() -> list[threading.Thread]:
    """The threads that watch over held programs."""
    return [thread for thread in threading.enumerate() if thread.name in ("held program", "program output")]


async def test_runs_in_a_terminal_until_the_block_ends(
    runner: SupervisedRunner, script: Script, token: str, survivors: Survivors, until: Until
) -> None:
    tool = script("stty size; tty; echo ü >/dev/tty; echo $OWN; exec sleep 60")
    command = Command((tool, token), 30, env=(("OWN", "given"),))
    async with runner.hold(command, keep_seconds=KEEP) as held:
        await until(lambda: "given" in held.text)
        lines = held.text.split("\n")
        assert (lines[0], lines[2:]) == ("50 200", ["ü", "given", ""])
        assert lines[1].startswith("/dev/")
    assert not held.is_running
    assert survivors() == []


async def test_ports_behind_a_wrapper_are_found_below_its_id(
    runner: SupervisedRunner, script: Script, tmp_path: Path, token: str, until: Until
) -> None:
    path = tmp_path / "listener.py"
    path.write_text(LISTENER)
    tool = script(f'sh -c \'"$@"; :\' wrapper {sys.executable} -IS {path} "$1"; :')
    table = SystemProcessTable(own_programs=runner.held_processes)
    async with runner.hold(Command((tool, token), 30), keep_seconds=KEEP) as held:
        await until(lambda: "port" in held.text)
        below = await table.descendants(held.pid)
        ports = [port for item in below for port in await table.listening_ports(item.pid)]
        assert ports == [int(held.text.split()[1])]
        assert await table.listening_ports(held.pid) == ()
        assert await table.find(lambda text: token in text) == ()
        assert len(await SystemProcessTable().find(lambda text: token in text)) == 3  # all but the guard
    assert runner.held_processes() == ()
    assert await table.descendants(held.pid) == ()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the whole tree is found on Linux only")
async def test_the_whole_tree_ends_with_the_block(
    runner: SupervisedRunner, tree: Tree, family: Family, tmp_path: Path
) -> None:
    ids = tmp_path / "ids"
    async with runner.hold(Command((tree("time.sleep(60)"), str(ids)), 30), keep_seconds=KEEP) as held:
        processes = await family(ids)
        assert len(living(processes)) == 5
        below = await SystemProcessTable().descendants(held.pid)
        assert {item.pid for item in below} == {process.pid for process in processes}  # the runaway too
    assert living(processes) == []


async def test_without_a_guard(
    make_runner: MakeRunner, script: Script, token: str, survivors: Survivors, until: Until
) -> None:
    runner = make_runner(guard_command=())
    tool = script("trap '' TERM HUP; stty size; sleep 60; :")
    async with runner.hold(Command((tool, token), 30), keep_seconds=KEEP) as held:
        await until(lambda: "50 200" in held.text)
        assert psutil.Process(held.pid).cmdline()[-1] == token
    assert survivors() == []


async def test_a_block_that_fails_ends_the_program_too(
    runner: SupervisedRunner, script: Script, token: str, survivors: Survivors
) -> None:
    with pytest.raises(LookupError):
        async with runner.hold(Command((script("sleep 60; :"), token), 30), keep_seconds=KEEP):
            raise LookupError
    assert survivors() == []


async def test_endless_output_is_kept_to_its_end(
    runner: SupervisedRunner, script: Script, token: str, survivors: Survivors, until: Until
) -> None:
    tool = script("trap '' TERM HUP; i=0; while :; do i=$((i+1)); echo line $i; done")
    async with runner.hold(Command((tool, token), 30), keep_seconds=KEEP) as held:
        await until(lambda: "line 20000\n" in held.text, 30.0)
        text = held.text
        assert held.is_running
    assert len(text) <= TAIL_LIMIT
    assert "line 1\n" not in text
    assert len(held.text) <= TAIL_LIMIT
    assert survivors() == []


def test_the_end_of_the_output_is_cut_between_characters() -> None:
    capture = TailCapture(threading.Condition())
    assert capture.feed("ü\r\n\udc80".encode("utf-8", "surrogateescape"))
    assert capture.text == "ü\n\ufffd"
    capture.feed("€".encode() * (TAIL_LIMIT // 3 + 1), error=True)
    assert set(capture.text) == {"€"}
    assert not capture.full


def test_a_flood_is_read_at_a_bounded_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    now, naps = [100.0], list[float]()

    def nap(seconds: float) -> None:
        naps.append(seconds)
        now[0] += seconds

    monkeypatch.setattr(process_capture, "time", SimpleNamespace(monotonic=lambda: now[0], sleep=nap))
    capture = TailCapture(threading.Condition())
    for _ in range(1000):
        capture.feed(b"x" * 4096)
    assert 1.4 < sum(naps) < 1.6  # 4 MiB at 2.5 MiB/s
    naps.clear()
    for _ in range(1000):
        now[0] += 0.01
        capture.feed(b"x" * 4096)
    assert naps == []


async def test_a_program_is_kept_and_taken_up_again(
    keeper: SupervisedRunner, script: Script, token: str, survivors: Survivors, until: Until
) -> None:
    tool = script('echo "started $2"; sleep 60; :')
    async with keeper.hold(Command((tool, token, "a"), 30), keep_seconds=KEEP) as first:
        await until(lambda: "started a" in first.text)
    assert first.is_running
    async with (
        keeper.hold(Command((tool, token, "a"), 30), keep_seconds=KEEP) as again,
        keeper.hold(Command((tool, token, "b"), 30), keep_seconds=0) as other,
    ):
        assert again.pid == first.pid != other.pid
        assert again.text == "started a\n"
        assert set(keeper.held_processes()) == {first.pid, other.pid}
    assert (again.is_running, other.is_running) == (True, False)
    assert keeper.held_processes() == (first.pid,)
    assert keeper.shutdown()
    assert survivors() == []


async def test_what_nobody_takes_up_again_ends(
    keeper: SupervisedRunner, script: Script, token: str, survivors: Survivors, until: Until
) -> None:
    command = Command((script("trap '' TERM HUP; sleep 60; :"), token), 30)
    async with keeper.hold(command, keep_seconds=0.2) as held:
        pass
    await until(lambda: not held.is_running)
    assert survivors() == []
    await until(lambda: not supervisors())
    async with keeper.hold(command, keep_seconds=0) as new:
        assert new.pid != held.pid


def test_the_times_of_a_holding(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(process_holding, "time", SimpleNamespace(monotonic=lambda: now[0]))

    def holding() -> Holding:
        now[0] = 100.0
        return Holding("tool", 50, lambda _, __: None)

    taken_again = holding()
    assert taken_again.release(10)
    now[0] = 109.0
    assert taken_again.take()
    now[0] = 130.0
    assert taken_again.take()
    assert taken_again.release(0)  # the other user goes on
    assert taken_again.release(10)
    now[0] = 140.0
    assert not taken_again.take()

    too_old = holding()
    assert too_old.release(100)
    now[0] = 149.0
    assert too_old.take()
    now[0] = 150.0
    assert not too_old.take()

    assert not holding().release(0)


async def test_a_program_can_be_stopped_instead_of_kept(
    keeper: SupervisedRunner, script: Script, token: str, survivors: Survivors
) -> None:
    command = Command((script("trap '' TERM HUP; sleep 60; :"), token), 30)
    async with keeper.hold(command, keep_seconds=KEEP) as held:
        await held.stop()
        assert not held.is_running
        assert survivors() == []
        async with keeper.hold(command, keep_seconds=KEEP) as new:  # not the one that ended
            assert new.is_running
    assert new.is_running
    assert new.pid != held.pid


async def test_blocks_at_the_same_time_share_the_program(
    runner: SupervisedRunner, script: Script, token: str, survivors: Survivors
) -> None:
    command = Command((script("echo on >>$2; sleep 60; :"), token, "starts"), 30)
    seen: list[HeldProgram] = []
    leave = [asyncio.Event() for _ in range(3)]

    async def use(number: int) -> None:
        async with runner.hold(command, keep_seconds=KEEP) as held:
            seen.append(held)
            await leave[number].wait()

    tasks = [asyncio.create_task(use(number)) for number in range(3)]
    while len(seen) < 3:  # noqa: ASYNC110 - three blocks, one condition
        await asyncio.sleep(0.01)
    assert len({held.pid for held in seen}) == 1
    for number in (1, 0):
        leave[number].set()
        await tasks[number]
        assert seen[0].is_running
    leave[2].set()
    await tasks[2]
    assert not seen[0].is_running
    assert survivors() == []


@pytest.mark.parametrize("kept", [False, True])
async def test_the_program_never_lives_longer_than_its_limit(
    keeper: SupervisedRunner, script: Script, token: str, survivors: Survivors, until: Until, kept: bool
) -> None:
    command = Command((script("trap '' TERM HUP; echo last words; sleep 60; :"), token), 2.0)
    async with AsyncExitStack() as block:
        held = await block.enter_async_context(keeper.hold(command, keep_seconds=KEEP))
        if kept:
            await block.aclose()
            assert held.is_running
        await until(lambda: not held.is_running)
    assert held.text == "last words\n"
    assert survivors() == []
    assert keeper.held_processes() == ()


async def test_a_program_that_ends_by_itself(
    keeper: SupervisedRunner, script: Script, token: str, survivors: Survivors, until: Until
) -> None:
    tool = script("(trap '' TERM HUP; sleep 60; :) & echo Select login method; exit 3")
    async with keeper.hold(Command((tool, token), 30), keep_seconds=KEEP) as held:
        await until(lambda: not held.is_running)
        assert held.text == "Select login method\n"
        assert survivors() == []
        await held.stop()
    assert keeper.held_processes() == ()
    async with keeper.hold(Command((tool, token), 30), keep_seconds=KEEP) as new:
        assert new.pid != held.pid


@pytest.mark.parametrize("keeps", [False, True])
async def test_a_cancelled_block_ends_as_any_other(
    make_runner: MakeRunner, script: Script, token: str, survivors: Survivors, keeps: bool
) -> None:
    runner = make_runner(keeps_programs=keeps)
    inside = asyncio.get_running_loop().create_future()

    async def use() -> None:
        async with runner.hold(Command((script("sleep 60; :"), token), 30), keep_seconds=KEEP) as held:
            inside.set_result(held)
            await asyncio.Event().wait()

    task = asyncio.create_task(use())
    held = await inside
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert held.is_running is keeps
    assert bool(survivors()) is keeps


async def test_nothing_is_left_of_a_block_cancelled_while_it_starts(
    runner: SupervisedRunner, script: Script, token: str, survivors: Survivors
) -> None:
    async def use() -> None:
        async with runner.hold(Command((script("sleep 60; :"), token), 30), keep_seconds=KEEP):
            raise AssertionError("it was cancelled before")

    task = asyncio.create_task(use())
    while not runner.held_processes():  # noqa: ASYNC110 - the guard runs, its report has not come
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert survivors() == []
    assert runner.held_processes() == ()


async def test_a_fifth_program_takes_the_place_of_the_oldest_unused(
    keeper: SupervisedRunner, script: Script, token: str, survivors: Survivors, until: Until
) -> None:
    tool = script("trap '' TERM HUP; exec sleep 60")

    def command(number: int) -> Command:
        return Command((tool, token, str(number)), 30)

    async with keeper.hold(command(0), keep_seconds=KEEP) as oldest:
        kept: list[HeldProgram] = []
        for number in range(1, 5):
            async with keeper.hold(command(number), keep_seconds=KEEP) as held:
                kept.append(held)
        assert oldest.is_running
        assert [held.is_running for held in kept] == [False, True, True, True]
    assert len(keeper.held_processes()) == MOST_HELD


async def test_more_programs_than_places_in_use(
    runner: SupervisedRunner, script: Script, token: str, survivors: Survivors
) -> None:
    tool = script("sleep 60; :")
    async with AsyncExitStack() as blocks:
        for number in range(MOST_HELD):
            await blocks.enter_async_context(runner.hold(Command((tool, token, str(number)), 30), keep_seconds=KEEP))
        with pytest.raises(ToolFailed, match="Too many programs"):
            await blocks.enter_async_context(runner.hold(Command((tool, token, "x"), 30), keep_seconds=KEEP))
        assert len(runner.held_processes()) == MOST_HELD
        await blocks.enter_async_context(runner.hold(Command((tool, token, "0"), 30), keep_seconds=KEEP))
    assert survivors() == []


@pytest.mark.parametrize("guard", [None, ()])
async def test_a_program_that_cannot_be_started(
    make_runner: MakeRunner, tmp_path: Path, guard: tuple[str, ...] | None
) -> None:
    runner = make_runner(guard_command=guard, keeps_programs=True)
    plain = tmp_path / "plain.txt"
    plain.write_text("text")
    for _ in range(2):
        with pytest.raises(ToolNotInstalled, match=r"^The program missing was not found\. Install it, then refresh\.$"):
            async with runner.hold(Command((str(tmp_path / "missing"),), 30), keep_seconds=KEEP):
                pass
        with pytest.raises(ToolFailed, match=r"^The program plain\.txt could not be started"):
            async with runner.hold(Command((str(plain),), 30), keep_seconds=KEEP):
                pass
    assert runner.held_processes() == ()


async def test_every_waiting_block_hears_of_a_failed_start(runner: SupervisedRunner) -> None:
    async def use() -> None:
        async with runner.hold(Command(("/no/such/program",), 30), keep_seconds=KEEP):
            pass

    results = await asyncio.gather(use(), use(), use(), return_exceptions=True)
    assert [type(result) for result in results] == [ToolNotInstalled] * 3


async def test_without_threads_nothing_is_held(
    keeper: SupervisedRunner, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_start(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    await keeper.find("sh")  # asks the shell while threads can be had
    command = Command((script("sleep 60; :"),), 30)
    with monkeypatch.context() as exhausted:
        exhausted.setattr(threading.Thread, "start", no_start)
        with pytest.raises(ToolFailed, match="No more programs can be started"):
            async with keeper.hold(command, keep_seconds=KEEP):
                pass
    assert keeper.held_processes() == ()
    async with keeper.hold(command, keep_seconds=0) as held:
        assert held.is_running


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the whole tree is found on Linux only")
@pytest.mark.parametrize("kept", [False, True])
async def test_shutdown_ends_what_is_held(
    keeper: SupervisedRunner, tree: Tree, family: Family, tmp_path: Path, kept: bool
) -> None:
    ids = tmp_path / "ids"
    command = Command((tree("time.sleep(60)"), str(ids)), 60)
    async with AsyncExitStack() as block:
        held = await block.enter_async_context(keeper.hold(command, keep_seconds=KEEP))
        processes = await family(ids)
        if kept:
            await block.aclose()
            assert held.is_running
        assert len(living(processes)) == 5
        assert keeper.shutdown()
        assert living(processes) == []
        assert not held.is_running
    with pytest.raises(ToolFailed, match="the app is closing"):
        async with keeper.hold(command, keep_seconds=KEEP):
            pass


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the whole tree is found on Linux only")
@pytest.mark.parametrize("where", ["inside", "kept"])
@pytest.mark.parametrize("name", ["SIGKILL", "SIGTERM"])
async def test_a_killed_app_leaves_nothing(
    app: Callable[..., subprocess.Popen[bytes]],
    tree: Tree,
    family: Family,
    until: Until,
    tmp_path: Path,
    where: str,
    name: str,
) -> None:
    ids = tmp_path / "ids"
    process = app(where, tree("time.sleep(60)"), str(ids))
    processes = [*await family(ids), *psutil.Process(process.pid).children()]
    assert len(living(processes)) == 6  # with the guard
    process.send_signal(signal.Signals[name])
    await until(lambda: not living(processes))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the whole tree is found on Linux only")
async def test_an_app_that_ends_without_shutdown_leaves_nothing(
    app: Callable[..., subprocess.Popen[bytes]], tree: Tree, family: Family, until: Until, tmp_path: Path
) -> None:
    ids = tmp_path / "ids"
    process = app("kept", tree("time.sleep(60)"), str(ids))
    processes = [*await family(ids), *psutil.Process(process.pid).children()]
    assert process.stdin is not None
    process.stdin.write(b"\n")
    process.stdin.flush()
    await until(lambda: not living(processes))
    assert process.wait(5) == 0


class FakeAttempt:
    """An attempt on a system without pseudo-terminals, or one of which nothing is heard."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.stopped = False

    def stop(self) -> None:
        self.stopped = True

    def join(self, seconds: float) -> bool:
        assert seconds > 0
        return self.stopped


@pytest.mark.parametrize("raises", [False, True])
async def test_pipes_serve_where_there_is_no_terminal(raises: bool) -> None:
    asked: list[Transport] = []
    attempt = FakeAttempt(41)

    def start(transport: Transport, capture: Capture) -> FakeAttempt | None:
        asked.append(transport)
        if transport == "pipe":
            capture.started()
            return attempt
        if raises:
            raise OSError(errno.EIO, "no terminal could be opened")
        return None

    async with HeldPrograms(Running()).hold(Command(("tool",), 30), start, KEEP) as held:
        assert (held.pid, held.is_running) == (41, True)
        await held.stop()
    assert asked == ["pty", "pipe"]
    assert attempt.stopped


class FakeJob:
    """A job object whose processes end with `end`."""

    def __init__(self, end: Callable[[], None]) -> None:
        self._end = end

    def create_job(self) -> int:
        return 7

    def assign(self, job: int, process: int) -> None:
        assert (job, process > 0) == (7, True)

    def terminate(self, job: int) -> None:
        assert job == 7
        self._end()

    def close(self, handle: int) -> None:
        assert handle in (7, 9)

    def resume(self, process: int) -> None:
        assert process > 0

    def open_process(self, pid: int) -> int:
        assert pid == 42
        return 9


class FakeTerminal:
    """A ConPTY whose program prints one line and runs until it is killed."""

    pid = 42

    def __init__(self) -> None:
        self.ended = threading.Event()
        self._pieces = ["from a terminal\r\n"]

    def read(self, size: int = 1024) -> str:
        assert size > 0
        if self._pieces:
            return self._pieces.pop()
        self.ended.wait()
        raise EOFError

    def wait(self) -> int:
        self.ended.wait()
        return 1

    def close(self, force: bool = False) -> None:
        assert force


async def test_a_terminal_of_windows(until: Until) -> None:
    terminal = FakeTerminal()

    def start(transport: Transport, capture: Capture) -> Attempt:
        spawn = Spawn(("tool.exe",), {}, ".", transport)
        calls = FakeJob(terminal.ended.set)
        return process_windows.WindowsTerminalAttempt(spawn, capture, calls, lambda _: terminal)

    async with HeldPrograms(Running()).hold(Command(("tool.exe",), 30), start, 0) as held:
        assert (held.pid, held.is_running) == (42, True)
        await until(lambda: held.text == "from a terminal\n")
    assert not held.is_running


async def test_a_windows_without_terminals(script: Script, until: Until) -> None:
    tool = script("echo from a pipe; exec sleep 60")
    pids: list[int] = []

    def start(transport: Transport, capture: Capture) -> Attempt | None:
        if transport == "pty":
            return None

        def begin(spawn: Spawn) -> subprocess.Popen[bytes]:
            program = subprocess.Popen(spawn.argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            pids.append(program.pid)
            return program

        calls = FakeJob(lambda: os.kill(pids[0], signal.SIGKILL))
        return process_windows.WindowsPipeAttempt(Spawn((tool,), {}, ".", transport), capture, calls, begin)

    async with HeldPrograms(Running()).hold(Command((tool,), 30), start, 0) as held:
        assert held.pid == pids[0]
        await until(lambda: held.text == "from a pipe\n")
    assert not held.is_running


async def test_a_start_of_which_nothing_is_heard_ends_at_the_limit() -> None:
    attempt, running = FakeAttempt(41), Running()
    programs = HeldPrograms(running)
    with pytest.raises(ToolFailed, match=r"^The program tool could not be started\."):
        async with programs.hold(Command(("tool",), 0.05), lambda _, __: attempt, KEEP):
            pass
    assert attempt.stopped
    assert programs.pids() == ()


async def test_a_start_interrupted_by_the_end_of_the_app() -> None:
    attempt, running = FakeAttempt(41), Running()
    programs = HeldPrograms(running)

    async def use() -> None:
        async with programs.hold(Command(("tool",), 30), lambda _, __: attempt, KEEP):
            pass

    task = asyncio.create_task(use())
    while not programs.pids():  # noqa: ASYNC110 - a thread's doing
        await asyncio.sleep(0.01)
    assert running.stop_all(5)
    with pytest.raises(ToolFailed, match="the app is closing"):
        await task
    assert attempt.stopped


async def test_a_mistake_in_the_start_is_passed_on() -> None:
    def start(transport: Transport, capture: Capture) -> FakeAttempt:
        raise ValueError(f"{transport} {capture}")

    programs = HeldPrograms(Running())
    with pytest.raises(ValueError, match="pty"):
        async with programs.hold(Command(("tool",), 30), start, KEEP):
            pass
    assert programs.pids() == ()
