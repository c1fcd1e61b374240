"""Recorded processes and held programs behave as real ones do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.provider_api import Command, LocalProcess, Provider, ProviderDescriptor, ToolFailed, ToolNotInstalled
from codexbar_qt.provider_testing import CasePorts, parse_case

if TYPE_CHECKING:
    from codexbar_qt.provider_api import FetchContext, ProcessTable

PROVIDER = Provider(ProviderDescriptor("acme", "Acme", "#112233", 1), ())
SERVER = {
    "pid": 20,
    "command_line": "/opt/ls --csrf_token test-token-1",
    "executable": "/opt/ls",
    "ports": [9002, 9001],
}
FAMILY = [
    {"pid": 40, "command_line": "leaf", "parent": 30},
    SERVER,
    {"pid": 30, "command_line": "branch", "parent": 20},
    {"pid": 31, "parent": 20},
    {"pid": 1, "command_line": "init"},
]


def ports(**parts: object) -> CasePorts:
    text = json.dumps({"why": "Any.", "now": "2030-01-08T12:00:00Z", **parts})
    return CasePorts.from_case(parse_case("case", text), PROVIDER)


def table(*processes: object) -> ProcessTable:
    return ports(processes=list(processes)).context.process_table


def held(argv: str, seconds: float = 60.0) -> Command:
    return Command(tuple(argv.split()), seconds)


async def test_processes_are_found_by_their_command_line() -> None:
    found = await table(*FAMILY).find(lambda line: line != "init")
    assert found == (
        LocalProcess(20, str(SERVER["command_line"]), "/opt/ls"),
        LocalProcess(30, "branch"),
        LocalProcess(40, "leaf"),
    )
    assert await table(*FAMILY).find(lambda line: "nothing" in line) == ()
    assert [item.pid for item in await table(*FAMILY).find(lambda line: True)] == [1, 20, 30, 40]


async def test_descendants_are_children_and_theirs() -> None:
    processes = table(*FAMILY)
    assert [item.pid for item in await processes.descendants(20)] == [30, 31, 40]
    assert await processes.descendants(40) == ()
    assert await processes.descendants(99) == ()
    assert {item.pid for item in await processes.descendants(1)} == {20, 30, 31, 40}  # its own parent, by default


async def test_ports_of_exactly_one_process() -> None:
    processes = table(*FAMILY, {"pid": 50, "ports": None})
    assert await processes.listening_ports(20) == (9001, 9002)
    assert await processes.listening_ports(30) == ()
    assert await processes.listening_ports(99) == ()
    with pytest.raises(ToolFailed):
        await processes.listening_ports(50)


async def test_ports_open_some_time_after_the_start() -> None:
    ctx = ports(processes=[{**SERVER, "ports_after": 2}]).context
    assert await ctx.process_table.listening_ports(20) == ()
    await ctx.clock.sleep(1.5)
    assert await ctx.process_table.listening_ports(20) == ()
    await ctx.clock.sleep(0.5)
    assert await ctx.process_table.listening_ports(20) == (9001, 9002)


async def hold(ctx: FetchContext, argv: str) -> tuple[int, bool, str, bool]:
    async with ctx.processes.hold(held(argv), keep_seconds=5) as program:
        running = program.is_running
        await program.stop()
        return program.pid, running, program.text, program.is_running


async def test_a_held_program() -> None:
    used = ports(holds=[{"argv": ["agy", "serve"], "pid": 7, "text": "Ready"}])
    assert await hold(used.context, "/opt/bin/agy serve") == (7, True, "Ready", False)
    assert used.processes.commands == [held("/opt/bin/agy serve")]
    assert used.problems() == []


async def test_a_held_program_that_ended_at_once() -> None:
    used = ports(holds=[{"argv": ["agy"], "pid": 7, "ended": True}])
    assert await hold(used.context, "/opt/bin/agy") == (7, False, "", False)


@pytest.mark.parametrize(("fault", "kind"), [("missing", ToolNotInstalled), ("cannot_start", ToolFailed)])
async def test_a_held_program_that_does_not_start(fault: str, kind: type[Exception]) -> None:
    used = ports(holds=[{"argv": ["agy"], "pid": 7, "fault": fault}])
    waiting = used.context.processes.hold(held("/opt/bin/agy"), keep_seconds=5)
    with pytest.raises(kind):
        await waiting.__aenter__()
    assert used.problems() == []


async def test_holds_that_were_not_recorded_and_not_asked_for() -> None:
    used = ports(
        holds=[
            {"argv": ["agy", "serve"], "pid": 7},
            {"argv": ["agy", "other"], "pid": 8, "optional": True},
        ]
    )
    with pytest.raises(ToolFailed):
        await hold(used.context, "/opt/bin/agy")
    assert used.problems() == ["unexpected hold: agy for 5 s", "recorded hold not used: agy serve"]
