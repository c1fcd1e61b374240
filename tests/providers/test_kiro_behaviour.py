"""What no recorded answer can show: the order of commands, their limits, the login button."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from codexbar_providers.kiro import PROVIDER
from codexbar_providers.kiro.cli import context_command, usage_command, whoami_command
from codexbar_providers.kiro.tray import TRAY_VALUE, tray_text
from codexbar_qt.provider_api import (
    Command,
    CommandResult,
    FetchContext,
    HeldProgram,
    HttpRequest,
    HttpResponse,
    ProcessRunner,
    Snapshot,
    ToolFailed,
    ToolNotInstalled,
)
from codexbar_qt.provider_testing import CasePorts, FakeHttp, load_case, parse_case

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

REPORT = "Estimated Usage | resets on 2031-04-01 | KIRO PRO\n████ 31%\n"
CASES_FOLDER = "tests/providers/kiro"


class ScriptedProcesses(ProcessRunner):
    """Answers every command by a function; keeps what was started and what was running at the same time."""

    def __init__(self, answer: Callable[[Command], CommandResult], program: str | None = "/opt/bin/kiro-cli") -> None:
        self._answer = answer
        self._program = program
        self.events: list[str] = []
        self.commands: list[Command] = []

    async def find(self, name: str, *, env: str = "", extra: Sequence[str] = ()) -> str | None:
        return self._program

    async def run(self, command: Command) -> CommandResult:
        name = command.argv[-1]
        self.commands.append(command)
        self.events.append(f"start {name}")
        for _ in range(3):
            await asyncio.sleep(0)
        self.events.append(f"end {name}")
        result = self._answer(command)
        if command.on_output:
            for piece in (result.stdout, result.stderr):
                command.on_output(piece)
        return result

    def hold(self, command: Command, *, keep_seconds: float) -> AbstractAsyncContextManager[HeldProgram]:
        raise AssertionError(f"{command.argv[0]} is not to be held for {keep_seconds} s")


class ListeningHttp(FakeHttp):
    """Notes in the events of the processes when a request is sent."""

    def __init__(self, inner: FakeHttp, events: list[str]) -> None:
        super().__init__((), context_of("{}").clock)
        self._inner = inner
        self._events = events

    async def send(self, request: HttpRequest) -> HttpResponse:
        self._events.append("request")
        return await self._inner.send(request)


def context_of(text: str) -> FetchContext:
    case = parse_case("test", json.dumps({"why": "-", "now": "2030-01-01T00:00:00Z", "expect": {}, **json.loads(text)}))
    return CasePorts.from_case(case, PROVIDER).context


def context_with(processes: ProcessRunner) -> FetchContext:
    return replace(context_of("{}"), processes=processes)


def good(_: Command) -> CommandResult:
    return CommandResult(0, REPORT)


async def test_whoami_runs_beside_usage_and_the_service_is_asked_last(repo_root: Path) -> None:
    ports = CasePorts.from_case(load_case(repo_root / CASES_FOLDER / "api_adds_overage.json"), PROVIDER)
    processes = ScriptedProcesses(good)
    http = ListeningHttp(ports.http, processes.events)
    await PROVIDER.strategies[0].fetch(replace(ports.context, processes=processes, http=http))
    events = processes.events
    assert events.index("start whoami") < events.index("end /usage")
    assert events.index("start /usage") < events.index("end whoami")
    assert events[-3:] == ["start /context", "end /context", "request"]


async def test_no_context_and_no_request_after_a_failure() -> None:
    processes = ScriptedProcesses(lambda _: CommandResult(None, "", stopped_by="limit"))
    with pytest.raises(ToolFailed):
        await PROVIDER.strategies[0].fetch(context_with(processes))
    assert sorted(event for event in processes.events if event.startswith("start")) == [
        "start --version",
        "start /usage",
        "start whoami",
    ]


async def test_every_command_has_a_terminal_name_and_a_limit() -> None:
    processes = ScriptedProcesses(good)
    await PROVIDER.strategies[0].fetch(context_with(processes))
    limits = {command.argv[1:]: command.limit_seconds for command in processes.commands}
    assert limits == {
        ("chat", "--no-interactive", "/usage"): 20,
        ("whoami",): 3,
        ("--version",): 3,
        ("chat", "--no-interactive", "/context"): 8,
    }
    assert all(command.env == (("TERM", "xterm-256color"),) for command in processes.commands)


async def test_a_cancelled_fetch_leaves_nothing_running() -> None:
    gate, all_started = asyncio.Event(), asyncio.Event()
    running: set[str] = set()

    class Waiting(ScriptedProcesses):
        async def run(self, command: Command) -> CommandResult:
            running.add(command.argv[-1])
            if len(running) == 3:
                all_started.set()
            try:
                await gate.wait()
            finally:
                running.discard(command.argv[-1])
            return CommandResult(0, REPORT)

    fetch = asyncio.ensure_future(PROVIDER.strategies[0].fetch(context_with(Waiting(good))))
    await all_started.wait()
    fetch.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fetch
    assert running == set()


def test_silence_is_borne_shorter_once_the_report_is_complete() -> None:
    usage, whoami, context = usage_command("k"), whoami_command("k"), context_command("k")
    assert usage.idle_limit and whoami.idle_limit and context.idle_limit
    assert usage.idle_limit("Estimated Usage |") == 10
    assert usage.idle_limit(REPORT) == 4
    assert whoami.idle_limit("Logged") == 1.5
    assert context.idle_limit("Context") == 3
    assert usage.pty_fallback and whoami.pty_fallback and context.pty_fallback


@pytest.mark.parametrize(
    ("command", "result", "accepted"),
    [
        (usage_command("k"), CommandResult(0, REPORT), True),
        (usage_command("k"), CommandResult(1, REPORT), True),
        (usage_command("k"), CommandResult(None, REPORT, stopped_by="idle"), True),
        (usage_command("k"), CommandResult(0, "", REPORT), True),
        (usage_command("k"), CommandResult(0, ""), False),
        (usage_command("k"), CommandResult(0, "Welcome"), False),
        (usage_command("k"), CommandResult(1, "", "Not logged in"), True),
        (usage_command("k"), CommandResult(0, REPORT, transport="pty"), True),
        (usage_command("k"), CommandResult(1, REPORT, transport="pty"), False),
        (usage_command("k"), CommandResult(1, "Not logged in", transport="pty"), False),
        (usage_command("k"), CommandResult(None, REPORT, stopped_by="idle", transport="pty"), False),
        (whoami_command("k"), CommandResult(0, "Logged in with Google"), True),
        (whoami_command("k"), CommandResult(0, "user@example.com"), True),
        (whoami_command("k"), CommandResult(0, "Hello"), False),
        (whoami_command("k"), CommandResult(1, "login required"), True),
        (context_command("k"), CommandResult(0, "Context window: 1% used"), True),
        (context_command("k"), CommandResult(0, " \n"), True),
        (context_command("k"), CommandResult(1, ""), False),
        (context_command("k"), CommandResult(None, "", stopped_by="limit"), False),
        (context_command("k"), CommandResult(0, "Hello"), False),
    ],
)
def test_which_results_end_the_race(command: Command, result: CommandResult, accepted: bool) -> None:
    assert command.accept is not None
    assert command.accept(result) is accepted


async def sign_in(processes: ProcessRunner, reports: list[str]) -> str:
    return await PROVIDER.actions[0].run(context_with(processes), reports.append)


async def test_the_login_shows_the_code_as_the_cli_prints_it() -> None:
    reports: list[str] = []
    prompt = "\x1b[1mConfirm this code\x1b[0m\r\nCode: TEST-CODE\r\nOpen https://example.com/device\r\n"
    spinner = "\r- waiting\r\\ waiting\r- waiting\r"
    processes = ScriptedProcesses(lambda _: CommandResult(0, prompt, spinner))
    assert await sign_in(processes, reports) == "Signed in to Kiro."
    shown = "Confirm this code\nCode: TEST-CODE\nOpen https://example.com/device"
    assert reports == ["Waiting for the Kiro CLI…", shown, f"{shown}\n- waiting\n\\ waiting"]
    assert [(command.argv, command.limit_seconds) for command in processes.commands] == [
        (("/opt/bin/kiro-cli", "login"), 120)
    ]


async def test_the_login_text_stays_short() -> None:
    reports: list[str] = []
    flood = "".join(f"line {number}\n" for number in range(10_000))
    await sign_in(ScriptedProcesses(lambda _: CommandResult(0, flood)), reports)
    assert reports[-1].split("\n") == [f"line {number}" for number in range(9992, 10_000)]


@pytest.mark.parametrize(
    ("result", "told"),
    [
        (CommandResult(None, "Code: X", stopped_by="limit"), "not finished within 120 s"),
        (CommandResult(1, "", "error: access denied"), "The Kiro CLI reported: error: access denied."),
        (CommandResult(2, ""), "failed with status 2"),
    ],
)
async def test_a_login_that_fails_says_so(result: CommandResult, told: str) -> None:
    with pytest.raises(ToolFailed, match=told) as failure:
        await sign_in(ScriptedProcesses(lambda _: result), [])
    assert failure.value.timed_out is (result.stopped_by == "limit")


async def test_a_login_without_the_cli_says_how_to_get_it() -> None:
    with pytest.raises(ToolNotInstalled, match=r"Install it from kiro\.dev"):
        await sign_in(ScriptedProcesses(good, program=None), [])

    def vanished(_: Command) -> CommandResult:
        raise ToolNotInstalled("kiro-cli is not installed.")

    with pytest.raises(ToolNotInstalled, match=r"Install it from kiro\.dev"):
        await sign_in(ScriptedProcesses(vanished), [])


def test_only_a_finished_login_refreshes() -> None:
    assert [(action.label, action.refreshes) for action in PROVIDER.actions] == [("Re-authenticate", True)]


@pytest.mark.parametrize("value", [*(choice.value for choice in TRAY_VALUE.choices), "unknown"])
def test_the_tray_text_needs_data_to_say_anything(value: str) -> None:
    bare = Snapshot(updated_at=context_of("{}").clock.now())
    assert tray_text(bare, {TRAY_VALUE.key: value}) == ("" if value == "hidden" else None)


def test_the_nine_values_of_the_menu_bar() -> None:
    assert [choice.value for choice in TRAY_VALUE.choices] == [
        "automatic",
        "hidden",
        "creditsLeft",
        "percentLeft",
        "creditsAndPercent",
        "usedAndTotal",
        "overageCreditsWhenExhausted",
        "overageCostWhenExhausted",
        "overageCreditsAndCostWhenExhausted",
    ]
    assert TRAY_VALUE.is_preference and TRAY_VALUE.default == "automatic"
