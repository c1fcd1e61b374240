"""One program under the supervisor, with real child processes: limits, output, environment, cancellation, shutdown."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from codexbar_qt.adapters.process_capture import OUTPUT_LIMIT
from codexbar_qt.adapters.process_runner import MOST_RUNS, SupervisedRunner
from codexbar_qt.provider_api import Command, ToolFailed, ToolNotInstalled

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from codexbar_qt.provider_api import CommandResult

    MakeRunner = Callable[..., SupervisedRunner]
    Script = Callable[[str], str]
    Survivors = Callable[[], list[str]]
    Until = Callable[[Callable[[], bool]], Awaitable[None]]

LIBRARY_SIGNALS = 1 << 31 | 1 << 32
"""Signals 32 and 33 belong to the C library: no program can change how they are taken."""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the programs of these tests are POSIX scripts")


async def test_gives_both_streams_and_the_exit_code(runner: SupervisedRunner, script: Script) -> None:
    result = await runner.run(Command((script("echo out; echo err >&2; exit 3"),), 5))
    assert (result.exit_code, result.stdout, result.stderr) == (3, "out\n", "err\n")
    assert (result.stopped_by, result.transport, result.text) == (None, "pipe", "out\nerr")


async def test_passes_arguments_untouched(runner: SupervisedRunner, script: Script) -> None:
    tool = script('for word in "$@"; do printf "[%s]" "$word"; done')
    result = await runner.run(Command((tool, "$HOME", "a b", "", "; exit 1", "ü"), 5))
    assert result.stdout == "[$HOME][a b][][; exit 1][ü]"


async def test_input_is_at_its_end(runner: SupervisedRunner) -> None:
    assert (await runner.run(Command(("/bin/cat",), 5))).exit_code == 0


async def test_stops_at_the_limit_and_keeps_what_was_printed(
    runner: SupervisedRunner, script: Script, token: str, survivors: Survivors
) -> None:
    result = await runner.run(Command((script("echo half; sleep 60 & wait"), token), 0.3))
    assert (result.exit_code, result.stdout, result.stopped_by) == (None, "half\n", "limit")
    assert survivors() == []


async def test_silence_is_bounded_by_the_limit_only(runner: SupervisedRunner, script: Script) -> None:
    result = await runner.run(Command((script("sleep 60"),), 0.3, idle_limit=lambda _: 0.01))
    assert (result.text, result.stopped_by) == ("", "limit")


async def test_death_half_way(runner: SupervisedRunner, script: Script) -> None:
    result = await runner.run(Command((script("echo half; kill -9 $$"),), 5))
    assert (result.exit_code, result.stdout, result.stopped_by) == (-signal.SIGKILL, "half\n", None)


async def test_output_that_is_not_utf8(runner: SupervisedRunner, script: Script) -> None:
    result = await runner.run(Command((script(r"printf 'a\377b\r\nc\342\226\210'"),), 5))
    assert result.stdout == "a\ufffdb\nc\u2588"


@pytest.mark.parametrize("text", ["yes", "yes >&2", "yes & yes >&2"])
async def test_endless_output_ends_the_run(runner: SupervisedRunner, script: Script, text: str) -> None:
    result = await runner.run(Command((script(text),), 60))
    assert (result.exit_code, result.stopped_by) == (None, "limit")
    assert len(result.stdout) + len(result.stderr) == OUTPUT_LIMIT


async def test_idle_limit_depends_on_the_text(
    runner: SupervisedRunner, script: Script, token: str, survivors: Survivors
) -> None:
    texts: list[str] = []

    def idle(text: str) -> float:
        texts.append(text)
        return 0.1 if "whole" in text else 30

    tool = script("echo part; sleep 0.3; echo whole >&2; exec sleep 60")
    result = await runner.run(Command((tool, token), 20, idle_limit=idle))
    assert (result.exit_code, result.stopped_by) == (None, "idle")
    assert texts == ["part", "part\nwhole"]
    assert survivors() == []


async def test_output_resets_the_idle_clock(runner: SupervisedRunner, script: Script) -> None:
    tool = script("for i in 1 2 3 4 5 6 7 8; do echo $i; sleep 0.1; done")
    result = await runner.run(Command((tool,), 20, idle_limit=lambda _: 0.6))
    assert (result.exit_code, result.stdout.split()) == (0, list("12345678"))


async def test_a_program_that_is_not_there(runner: SupervisedRunner, tmp_path: Path) -> None:
    with pytest.raises(ToolNotInstalled) as caught:
        await runner.run(Command((str(tmp_path / "some-tool"),), 5))
    assert caught.value.message == "The program some-tool was not found. Install it, then refresh."


@pytest.mark.parametrize(("content", "mode"), [(b"#!/bin/sh\n", 0o600), (b"\x00\x01\x02", 0o700)])
async def test_a_file_that_is_no_program(runner: SupervisedRunner, tmp_path: Path, content: bytes, mode: int) -> None:
    tool = tmp_path / "some-tool"
    tool.write_bytes(content)
    tool.chmod(mode)
    with pytest.raises(ToolFailed) as caught:
        await runner.run(Command((str(tool),), 5))
    assert caught.value.message.startswith("The program some-tool could not be started because")
    assert str(tmp_path) not in caught.value.message


async def test_environment_of_a_program(
    make_runner: MakeRunner, home: Path, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_API_KEY", "test-key-1")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.com:1")
    runner = make_runner()
    result = await runner.run(Command((script("env; pwd"),), 5, env=(("OTHER_TOKEN", "test-key-2"),)))
    lines = result.stdout.splitlines()
    assert {"TERM=xterm-256color", "OTHER_TOKEN=test-key-2", f"HOME={home}"} <= set(lines)
    assert "HTTPS_PROXY=http://proxy.example.com:1" in lines
    assert not [line for line in lines if line.startswith(("SOME_API_KEY=", "COLUMNS="))]
    assert lines[-1] == str(home)


@pytest.mark.parametrize("guarded", [True, False])
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
async def test_signals_of_a_program_are_those_of_a_fresh_one(make_runner: MakeRunner, guarded: bool) -> None:
    runner = make_runner(**({} if guarded else {"guard_command": ()}))
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGCHLD, signal.SIGUSR1})
    try:
        result = await runner.run(Command(("/bin/cat", "/proc/self/status"), 5))
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    masks = dict(line.split(":\t") for line in result.stdout.splitlines() if line.startswith(("SigBlk", "SigIgn")))
    assert int(masks["SigBlk"], 16) == 0
    if guarded:  # without a guard a signal that the app itself was told to ignore stays ignored
        assert int(masks["SigIgn"], 16) & ~LIBRARY_SIGNALS == 0


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
async def test_a_program_inherits_no_descriptor(runner: SupervisedRunner) -> None:
    reader, writer = os.pipe()
    try:
        result = await runner.run(Command(("/bin/ls", "/proc/self/fd"), 5))
    finally:
        os.close(reader)
        os.close(writer)
    assert result.stdout.split() == ["0", "1", "2", "3"]  # 3 is the directory being listed


async def test_at_most_four_at_once(runner: SupervisedRunner, script: Script, tmp_path: Path) -> None:
    (tmp_path / "now").mkdir()
    tool = script(f'touch "{tmp_path}/now/$$"; ls "{tmp_path}/now" | wc -l; sleep 0.3; rm "{tmp_path}/now/$$"')
    results = await asyncio.gather(*(runner.run(Command((tool,), 10)) for _ in range(7)))
    assert max(int(result.stdout) for result in results) == MOST_RUNS


async def test_an_error_of_the_caller_comes_back(
    runner: SupervisedRunner, script: Script, token: str, survivors: Survivors
) -> None:
    def broken(_: CommandResult) -> bool:
        raise KeyError("mistake")

    with pytest.raises(KeyError, match="mistake"):
        await runner.run(Command((script("sleep 60 & echo hi"), token), 5, accept=broken))
    assert survivors() == []


async def test_cancelling_the_task_ends_the_programs(
    runner: SupervisedRunner, script: Script, token: str, survivors: Survivors, until: Until
) -> None:
    task = asyncio.create_task(runner.run(Command((script("trap '' TERM INT HUP; sleep 60; sleep 60"), token), 60)))
    await until(lambda: len(survivors()) >= 2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert survivors() == []


async def test_shutdown_ends_the_programs_and_refuses_more(
    make_runner: MakeRunner, script: Script, token: str, survivors: Survivors, until: Until
) -> None:
    runner = make_runner()
    tool = script("sleep 60")
    tasks = [asyncio.create_task(runner.run(Command((tool, token), 60))) for _ in range(MOST_RUNS + 1)]
    await until(lambda: len(survivors()) >= 2 * MOST_RUNS)
    assert runner.shutdown()  # called in the loop's own thread, as at quit
    assert survivors() == []
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert {str(answer) for answer in answers} == {"The program was stopped because the app is closing."}
    with pytest.raises(ToolFailed):
        await runner.run(Command((tool,), 5))


async def test_leaves_no_descriptor_and_no_thread_behind(
    runner: SupervisedRunner, script: Script, until: Until
) -> None:
    tool = script("test -t 1")
    await runner.run(Command((tool,), 5, pty_fallback=True))
    await until(lambda: threading.active_count() <= 1 + len([t for t in threading.enumerate() if "asyncio" in t.name]))
    before = psutil.Process().num_fds()
    for _ in range(5):
        await runner.run(Command((tool,), 5, pty_fallback=True))
        with pytest.raises(ToolNotInstalled):
            await runner.run(Command(("/no/such/tool",), 5))
    assert psutil.Process().num_fds() == before


def test_the_same_under_qasync(make_runner: MakeRunner, script: Script, qapp: object) -> None:
    import qasync  # only this test needs Qt

    tool = script("echo out; exit 2")
    with qasync.QEventLoop(qapp) as loop:
        result = loop.run_until_complete(make_runner().run(Command((tool,), 5)))
    assert (result.exit_code, result.stdout) == (2, "out\n")


async def test_output_is_heard_as_it_comes_and_before_the_end(runner: SupervisedRunner, script: Script) -> None:
    program = script(
        "printf 'open https://example.com/dev'; sleep 0.3; printf '\\nthanks\\303'; printf '\\244\\n'; printf oops >&2"
    )
    heard: list[str] = []
    first = asyncio.Event()

    def hear(text: str) -> None:
        heard.append(text)
        first.set()

    waiting = asyncio.ensure_future(runner.run(Command((program,), 5, on_output=hear)))
    async with asyncio.timeout(5):
        await first.wait()
    assert heard == ["open https://example.com/dev"]
    assert not waiting.done()
    result = await waiting
    assert "".join(heard).count("ä") == 1
    assert sorted("".join(heard)) == sorted(result.stdout + result.stderr)
