"""Pipes first, then a pseudo-terminal: the race of two attempts within one limit."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.provider_api import Command

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from codexbar_qt.adapters.process_runner import SupervisedRunner
    from codexbar_qt.provider_api import CommandResult

    Attempts = Callable[[], list[str]]
    Racer = Callable[..., str]
    Script = Callable[[str], str]
    Survivors = Callable[[], list[str]]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals of POSIX")


@pytest.fixture
def attempts(tmp_path: Path) -> Attempts:
    """Tell which transports the programs of a test saw, in order."""
    return lambda: (tmp_path / "attempts").read_text().split()


@pytest.fixture
def racer(script: Script, tmp_path: Path) -> Racer:
    """Make a program that does one thing on pipes and another on a terminal."""

    def make(*, pipe: str, pty: str) -> str:
        note = f'>>"{tmp_path}/attempts"'
        return script(f"if test -t 1; then echo pty {note}; {pty}\nelse echo pipe {note}; {pipe}\nfi")

    return make


def race(tool: str, *words: str, limit: float = 10.0, idle: float | None = None) -> Command:
    return Command(
        (tool, *words),
        limit,
        idle_limit=None if idle is None else lambda _: idle,
        accept=lambda result: "report" in result.text,
        pty_fallback=True,
    )


async def test_pipes_come_first(runner: SupervisedRunner, racer: Racer, attempts: Attempts) -> None:
    result = await runner.run(race(racer(pipe="echo report", pty="echo report")))
    assert (result.transport, result.exit_code, result.stdout) == ("pipe", 0, "report\n")
    assert attempts() == ["pipe"]


async def test_a_program_that_prints_only_to_a_terminal(
    runner: SupervisedRunner, racer: Racer, attempts: Attempts
) -> None:
    result = await runner.run(race(racer(pipe="exit 0", pty="stty size; tty; echo report >/dev/tty; echo end >&2")))
    lines = result.stdout.split("\n")
    assert (result.transport, result.exit_code, result.stderr) == ("pty", 0, "")
    assert lines[0] == "50 200"
    assert lines[1].startswith("/dev/")
    assert lines[2:] == ["report", "end", ""]
    assert attempts() == ["pipe", "pty"]


async def test_a_silent_pipe_run_is_overtaken_and_killed(
    runner: SupervisedRunner, racer: Racer, token: str, survivors: Survivors
) -> None:
    tool = racer(pipe="trap '' TERM; sleep 60", pty="echo report")
    result = await runner.run(race(tool, token, limit=1.0))
    assert (result.transport, result.stdout) == ("pty", "report\n")
    assert survivors() == []


async def test_a_slow_pipe_run_overtakes_a_terminal_run_that_never_ends(
    runner: SupervisedRunner,
    racer: Racer,
    attempts: Attempts,
    token: str,
    survivors: Survivors,
) -> None:
    tool = racer(pipe="sleep 1; echo report", pty="echo report; sleep 60")
    result = await runner.run(race(tool, token, limit=1.6))
    assert (result.transport, result.exit_code, result.stdout) == ("pipe", 0, "report\n")
    assert attempts() == ["pipe", "pty"]
    assert survivors() == []


async def test_neither_acceptable_reports_the_pipe_run(
    runner: SupervisedRunner, racer: Racer, token: str, survivors: Survivors
) -> None:
    tool = racer(pipe="echo from pipe; exit 4", pty="echo from terminal; sleep 60")
    result = await runner.run(race(tool, token, limit=0.6))
    assert (result.transport, result.exit_code, result.stdout) == ("pipe", 4, "from pipe\n")
    assert survivors() == []


async def test_both_silent_until_the_limit(
    runner: SupervisedRunner,
    racer: Racer,
    attempts: Attempts,
    token: str,
    survivors: Survivors,
) -> None:
    result = await runner.run(race(racer(pipe="sleep 60", pty="sleep 60"), token, limit=0.6))
    assert (result.transport, result.text, result.stopped_by) == ("pipe", "", "limit")
    assert attempts() == ["pipe", "pty"]
    assert survivors() == []


async def test_acceptable_text_with_a_failure_ends_the_race(
    runner: SupervisedRunner, racer: Racer, attempts: Attempts
) -> None:
    result = await runner.run(race(racer(pipe="echo report; exit 7", pty="echo report")))
    assert (result.transport, result.exit_code) == ("pipe", 7)
    assert attempts() == ["pipe"]


@pytest.mark.parametrize("status", [0, 3])
async def test_a_pipe_run_without_acceptable_text_is_followed(
    runner: SupervisedRunner, racer: Racer, status: int
) -> None:
    result = await runner.run(race(racer(pipe=f"echo not a terminal; exit {status}", pty="echo report")))
    assert (result.transport, result.stdout) == ("pty", "report\n")


@pytest.mark.parametrize("ending", ["exit 1", "sleep 60"])
async def test_a_terminal_run_needs_status_0(runner: SupervisedRunner, racer: Racer, ending: str) -> None:
    result = await runner.run(race(racer(pipe="true", pty=f"echo report; {ending}"), idle=0.2, limit=5))
    assert (result.transport, result.exit_code, result.text) == ("pipe", 0, "")


@pytest.mark.parametrize(("text", "transport"), [("report", "pipe"), ("half", "pty")])
async def test_a_pipe_run_stopped_for_idleness_counts_by_its_text(
    runner: SupervisedRunner, racer: Racer, text: str, transport: str
) -> None:
    result = await runner.run(race(racer(pipe=f"echo {text}; sleep 60", pty="echo report"), idle=0.2, limit=5))
    assert (result.transport, result.stopped_by) == (transport, "idle" if transport == "pipe" else None)


async def test_acceptable_text_counts_at_the_limit(runner: SupervisedRunner, racer: Racer) -> None:
    result = await runner.run(race(racer(pipe="echo report; sleep 60", pty="true"), limit=0.4))
    assert (result.transport, result.stopped_by, result.stdout) == ("pipe", "limit", "report\n")


async def test_endless_output_is_not_tried_again(runner: SupervisedRunner, racer: Racer, attempts: Attempts) -> None:
    result = await runner.run(race(racer(pipe="yes", pty="echo report"), limit=30))
    assert (result.transport, result.stopped_by) == ("pipe", "limit")
    assert attempts() == ["pipe"]


async def test_endless_output_on_a_terminal(runner: SupervisedRunner, racer: Racer) -> None:
    result = await runner.run(race(racer(pipe="echo no", pty="yes report"), limit=30))
    assert (result.transport, result.stdout) == ("pipe", "no\n")


async def test_without_fallback_there_is_no_second_attempt(
    runner: SupervisedRunner, racer: Racer, attempts: Attempts
) -> None:
    tool = racer(pipe="echo no", pty="echo report")
    result = await runner.run(Command((tool,), 10, accept=lambda _: False))
    assert result.stdout == "no\n"
    assert attempts() == ["pipe"]


async def test_without_accept_status_0_is_acceptable(runner: SupervisedRunner, racer: Racer) -> None:
    result = await runner.run(Command((racer(pipe="exit 1", pty="echo hi"),), 10, pty_fallback=True))
    assert (result.transport, result.exit_code) == ("pty", 0)


async def test_accept_sees_each_finished_attempt_once(runner: SupervisedRunner, racer: Racer) -> None:
    seen: list[CommandResult] = []

    def accept(result: CommandResult) -> bool:
        seen.append(result)
        return "report" in result.text

    tool = racer(pipe="echo no", pty="sleep 0.2; echo report")
    await runner.run(Command((tool,), 10, accept=accept, pty_fallback=True))
    assert [(result.transport, result.text) for result in seen] == [("pipe", "no"), ("pty", "report")]


async def test_a_terminal_without_a_guard(make_runner: Callable[..., SupervisedRunner], racer: Racer) -> None:
    runner = make_runner(guard_command=())
    result = await runner.run(race(racer(pipe="true", pty="stty size; echo report")))
    assert (result.transport, result.stdout) == ("pty", "50 200\nreport\n")
