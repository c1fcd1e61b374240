"""Nothing of a program survives: its limit, its own end, the end of the app in every form."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING

import psutil
import pytest

from codexbar_qt.adapters import process_guard
from codexbar_qt.provider_api import Command

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    from codexbar_qt.adapters.process_runner import SupervisedRunner

    Tree = Callable[[str], str]
    Family = Callable[[Path], Awaitable[list[psutil.Process]]]
    Until = Callable[..., Awaitable[None]]

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the whole tree is found on Linux only")

APP = """
import asyncio, os, sys
from codexbar_qt.adapters.environment import ProcessEnv
from codexbar_qt.adapters.process_runner import SupervisedRunner
from codexbar_qt.provider_api import Command

async def main():
    runner = SupervisedRunner(ProcessEnv(), home=os.environ["HOME"])
    task = asyncio.create_task(runner.run(Command((sys.argv[1], sys.argv[2]), 60)))
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    {ending}

asyncio.run(main())
"""


@pytest.fixture
def app(repo_root: Path) -> Iterator[Callable[[str, str, Path], subprocess.Popen[bytes]]]:
    """Start a program that uses the runner and, after one line of input, comes to the given end."""
    started: list[subprocess.Popen[bytes]] = []

    def start(ending: str, tool: str, ids: Path) -> subprocess.Popen[bytes]:
        text = APP.replace("{ending}", textwrap.dedent(ending).strip())
        process = subprocess.Popen(
            [sys.executable, "-c", text, tool, str(ids)],
            stdin=subprocess.PIPE,
            cwd=repo_root,
            env={**os.environ, "SHELL": "/bin/false"},
        )
        started.append(process)
        return process

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


async def test_the_whole_tree_ends_at_the_limit(
    runner: SupervisedRunner, tree: Tree, family: Family, tmp_path: Path
) -> None:
    ids = tmp_path / "ids"
    task = asyncio.create_task(runner.run(Command((tree("time.sleep(60)"), str(ids)), 1.0)))
    processes = await family(ids)
    assert len(living(processes)) == 5
    result = await task
    assert (result.stopped_by, result.stdout) == ("limit", "ready\n")
    assert living(processes) == []


async def test_children_that_keep_the_output_open_are_killed_after_the_grace(
    make_runner: Callable[..., SupervisedRunner], tree: Tree, family: Family, tmp_path: Path
) -> None:
    ids = tmp_path / "ids"
    runner = make_runner(eof_grace=0.4)
    ending = "while not os.path.exists(sys.argv[1] + '.go'): time.sleep(0.01)\nsys.exit(3)"
    task = asyncio.create_task(runner.run(Command((tree(ending), str(ids)), 30)))
    processes = await family(ids)
    (tmp_path / "ids.go").touch()
    result = await asyncio.wait_for(task, 5)
    assert (result.exit_code, result.stdout, result.stopped_by) == (3, "ready\n", None)
    assert living(processes) == []


async def test_what_children_print_within_the_grace_counts(
    runner: SupervisedRunner, script: Callable[[str], str]
) -> None:
    result = await runner.run(Command((script("(sleep 0.2; echo late) & echo early"),), 30))
    assert (result.exit_code, result.stdout) == (0, "early\nlate\n")


async def test_children_that_closed_the_output_are_killed_too(
    runner: SupervisedRunner, script: Callable[[str], str], token: str, survivors: Callable[[], list[str]]
) -> None:
    tool = script(f'(exec setsid sh -c "sleep 60; : {token}" >/dev/null 2>&1) & echo done')
    result = await runner.run(Command((tool,), 30))
    assert (result.exit_code, result.stdout) == (0, "done\n")
    assert survivors() == []


async def test_the_whole_tree_ends_when_the_task_is_cancelled(
    runner: SupervisedRunner, tree: Tree, family: Family, tmp_path: Path
) -> None:
    ids = tmp_path / "ids"
    task = asyncio.create_task(runner.run(Command((tree("time.sleep(60)"), str(ids)), 60)))
    processes = await family(ids)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert living(processes) == []


async def test_the_whole_tree_ends_at_shutdown(
    make_runner: Callable[..., SupervisedRunner], tree: Tree, family: Family, tmp_path: Path
) -> None:
    ids = tmp_path / "ids"
    runner = make_runner()
    task = asyncio.create_task(runner.run(Command((tree("time.sleep(60)"), str(ids)), 60)))
    processes = await family(ids)
    assert runner.shutdown()
    assert living(processes) == []
    await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize("name", ["SIGKILL", "SIGTERM", "SIGSEGV"])
async def test_the_whole_tree_ends_when_the_app_is_killed(
    app: Callable[[str, str, Path], subprocess.Popen[bytes]],
    tree: Tree,
    family: Family,
    until: Until,
    tmp_path: Path,
    name: str,
) -> None:
    ids = tmp_path / "ids"
    process = app("", tree("time.sleep(60)"), ids)
    processes = [*await family(ids), *psutil.Process(process.pid).children()]
    assert len(living(processes)) == 6  # with the guard
    process.send_signal(signal.Signals[name])
    await until(lambda: not living(processes), 2.0)


@pytest.mark.parametrize("ending", ["sys.exit(0)", "raise RuntimeError", "os._exit(0)", "task = None; return"])
async def test_the_whole_tree_ends_when_the_app_ends_without_shutdown(
    app: Callable[[str, str, Path], subprocess.Popen[bytes]],
    tree: Tree,
    family: Family,
    until: Until,
    tmp_path: Path,
    ending: str,
) -> None:
    ids = tmp_path / "ids"
    process = app(ending, tree("time.sleep(60)"), ids)
    processes = [*await family(ids), *psutil.Process(process.pid).children()]
    assert process.stdin is not None
    process.stdin.write(b"\n")
    process.stdin.flush()
    await until(lambda: not living(processes), 5.0)


@pytest.mark.parametrize(("name", "all_gone"), [("SIGTERM", True), ("SIGKILL", False)])
async def test_a_killed_guard_takes_the_program_along(
    runner: SupervisedRunner, tree: Tree, family: Family, tmp_path: Path, name: str, all_gone: bool
) -> None:
    ids = tmp_path / "ids"
    task = asyncio.create_task(runner.run(Command((tree("time.sleep(60)"), str(ids)), 30)))
    processes = await family(ids)
    guard = psutil.Process(processes[0].ppid())
    guard.send_signal(signal.Signals[name])
    result = await asyncio.wait_for(task, 10)
    assert result.exit_code == -signal.SIGKILL
    left = living(processes)
    assert processes[0] not in left
    assert not all_gone or not left
    for process in left:
        process.kill()


async def test_a_guard_that_does_not_answer_is_killed_with_everything_below(
    runner: SupervisedRunner, tree: Tree, family: Family, tmp_path: Path
) -> None:
    ids = tmp_path / "ids"
    task = asyncio.create_task(runner.run(Command((tree("time.sleep(60)"), str(ids)), 1.0)))
    processes = await family(ids)
    psutil.Process(processes[0].ppid()).suspend()
    result = await asyncio.wait_for(task, 10)
    assert result.stopped_by == "limit"
    assert living(processes) == []


@pytest.mark.parametrize("guard", [(), ("/no/such/guard",)])
async def test_without_a_guard_the_group_and_the_descendants_end(
    make_runner: Callable[..., SupervisedRunner], script: Callable[[str], str], token: str,
    survivors: Callable[[], list[str]], until: Until, guard: tuple[str, ...],
) -> None:  # fmt: skip
    runner = make_runner(guard_command=guard)
    tool = script(
        "trap '' TERM; sh -c 'trap \"\" TERM; sleep 60; :' $1 & setsid sh -c 'sleep 60; :' $1 & echo hi; wait"
    )
    task = asyncio.create_task(runner.run(Command((tool, token), 0.8)))
    await until(lambda: len(survivors()) >= 3)
    result = await task
    assert (result.stopped_by, result.stdout) == ("limit", "hi\n")
    assert survivors() == []


async def test_without_a_guard_a_finished_program_leaves_no_group(
    make_runner: Callable[..., SupervisedRunner], script: Callable[[str], str], token: str,
    survivors: Callable[[], list[str]],
) -> None:  # fmt: skip
    runner = make_runner(guard_command=(), eof_grace=0.2)
    result = await runner.run(Command((script("sh -c 'sleep 60; :' $1 & echo hi; exit 2"), token), 10))
    assert (result.exit_code, result.stdout) == (2, "hi\n")
    assert survivors() == []


def test_both_ways_to_list_processes_agree() -> None:
    with subprocess.Popen(["/bin/sleep", "60"]) as child:
        tables = process_guard.parent_table(), process_guard.parent_table_of_ps()
        child.kill()
    assert [table[child.pid] for table in tables] == [os.getpid(), os.getpid()]


def test_descendants_are_found_at_any_depth() -> None:
    parents = {2: 1, 3: 2, 4: 3, 5: 1, 9: 8, 8: 9}
    assert process_guard.descendants(1, parents) == [2, 5, 3, 4]
    assert process_guard.descendants(8, parents) == [9, 8]  # a table read while ids were reused may hold a circle


def test_guard_command(monkeypatch: pytest.MonkeyPatch) -> None:
    assert process_guard.default_guard_command() == (sys.executable, "-I", "-S", process_guard.__file__)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert process_guard.default_guard_command() == (sys.executable, "--process-guard")
    monkeypatch.setattr(sys, "executable", "")
    assert process_guard.default_guard_command() == ()
