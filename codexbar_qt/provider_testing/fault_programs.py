"""Everything that can go wrong with the programs of a case: those it runs, those it holds, those that already run."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from codexbar_qt.provider_testing import fault_contents
from codexbar_qt.provider_testing.fake_processes import FakeProcesses
from codexbar_qt.provider_testing.fault_contents import PERSON
from codexbar_qt.provider_testing.fault_injection import Injection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codexbar_qt.provider_api import Command, CommandResult, Env
    from codexbar_qt.provider_testing.case import Case, CommandAnswer, RecordedHold, RecordedProcess
    from codexbar_qt.provider_testing.fault_injection import Seen

COMPLAINT = f"fatal: the session of {PERSON} has ended\n"
GARBAGE = "\x00\x01\x1b[2J\x1b]0;title\x07\ufffd\ufffd%s%n{0}\u202e\r\r\n\x7f" * 20
MOST_OUTPUT = 1024 * 1024
LESS_OUTPUT = 16 * 1024
MOST_HELD = 64 * 1024
_NEVER = 1e9
_NEIGHBOUR = 1_000_000


class FaultProcesses(FakeProcesses):
    """Plays back recorded attempts; the `stalled` one does not come back."""

    def __init__(self, case: Case, env: Env, home: str, *, stalled: object) -> None:
        super().__init__(case.programs, case.commands, env, home, holds=case.holds)
        self._stalled = stalled

    async def run(self, command: Command) -> CommandResult:
        """Play back the next attempt, or wait for ever."""
        waiting = self._waiting(command)
        if waiting and waiting[0] is self._stalled:
            self.commands.append(command)
            await asyncio.Event().wait()
        return await super().run(command)


def program_faults(case: Case, seen: Seen) -> Iterator[Injection]:
    """Put every fault into every program, attempt, held program and process of a case, one at a time."""
    for name in case.programs:
        left = {other: path for other, path in case.programs.items() if other != name}
        yield Injection("program missing", f"programs.{name}", replace(case, programs=left))
    for index, attempt in enumerate(case.commands):
        yield from _attempt_faults(case, index, attempt, seen)
    for index, hold in enumerate(case.holds):
        yield from _hold_faults(case, index, hold)
    for index, process in enumerate(case.processes):
        yield from _process_faults(case, index, process)


def _attempt_faults(case: Case, index: int, attempt: CommandAnswer, seen: Seen) -> Iterator[Injection]:
    place = f"commands[{index}] {' '.join(attempt.argv)}"

    def faulty(fault: str, made: CommandAnswer, *, stalls: bool = False) -> Injection:
        changed = replace(case, commands=(*case.commands[:index], made, *case.commands[index + 1 :]))
        return Injection(fault, place, changed, made if stalls else None)

    sound = replace(attempt, fault=None, exit_code=0, stopped_by=None, stdout="", stderr="")
    printed = attempt.stdout or attempt.stderr
    is_new = seen.is_new(" ".join(attempt.argv), printed)
    is_first, line = seen.turn(f"flood of {' '.join(attempt.argv)}") == 0, printed or "y\n"
    most = MOST_OUTPUT if is_first else LESS_OUTPUT
    flood = (line * (most // len(line) + 1))[:most]
    yield faulty("program missing", replace(sound, fault="missing"))
    yield faulty("program missing", replace(sound, fault="cannot_start"))
    yield faulty("program exits with 1", replace(sound, exit_code=1))
    yield faulty("program exits with 1", replace(sound, exit_code=1, stderr=COMPLAINT))
    yield faulty("program exits with 1", replace(attempt, fault=None, exit_code=1, stopped_by=None))
    yield faulty("program prints nothing", sound)
    yield faulty("program prints garbage", replace(sound, stdout=GARBAGE, stderr=GARBAGE))
    yield faulty("program prints garbage", replace(sound, stdout=_scattered(printed)))
    yield faulty("program prints for ever", replace(sound, stdout=flood, exit_code=None, stopped_by="limit"))
    yield faulty("program hangs", replace(sound, exit_code=None, stopped_by="limit"))
    half = printed[: len(printed) // 2]
    yield faulty("program hangs", replace(sound, stdout=half, exit_code=None, stopped_by="idle"))
    yield faulty("program hangs", replace(sound), stalls=True)
    yield faulty("program leaves a child", replace(attempt, fault=None, exit_code=None, stopped_by="limit"))
    for name, text in damaged(attempt.stdout, thorough=is_new):
        found = faulty("program's JSON damaged", replace(attempt, stdout=text))
        yield replace(found, place=f"{place}: {name}")


def _hold_faults(case: Case, index: int, hold: RecordedHold) -> Iterator[Injection]:
    place = f"holds[{index}] {' '.join(hold.argv)}"

    def faulty(fault: str, made: RecordedHold) -> Injection:
        return Injection(fault, place, replace(case, holds=(*case.holds[:index], made, *case.holds[index + 1 :])))

    sound = replace(hold, fault=None, ended=False)
    yield faulty("program missing", replace(sound, fault="missing"))
    yield faulty("program missing", replace(sound, fault="cannot_start"))
    yield faulty("program exits with 1", replace(sound, ended=True, text=COMPLAINT))
    yield faulty("program prints nothing", replace(sound, text=""))
    yield faulty("program prints garbage", replace(sound, text=GARBAGE))
    yield faulty("program prints for ever", replace(sound, text=("y\n" * MOST_HELD)[:MOST_HELD]))
    late = tuple(replace(process, ports_after=_NEVER) for process in case.processes)
    yield Injection("program hangs", place, replace(case, processes=late))
    orphans = tuple(replace(process, parent=1) for process in case.processes)
    left = replace(faulty("", replace(sound, ended=True)).case, processes=orphans)
    yield Injection("program leaves a child", place, left)


def _process_faults(case: Case, index: int, process: RecordedProcess) -> Iterator[Injection]:
    place = f"processes[{index}]"
    others = (*case.processes[:index], *case.processes[index + 1 :])

    def faulty(fault: str, *made: RecordedProcess) -> Injection:
        return Injection(fault, place, replace(case, processes=(*others, *made)))

    line = process.command_line
    yield faulty("program missing")
    yield faulty("program exits with 1", replace(process, ports=()))
    yield faulty("program prints nothing", replace(process, ports=None))
    yield faulty("program prints garbage", replace(process, command_line=line + GARBAGE))
    yield faulty("program prints garbage", replace(process, command_line=_scattered(line), executable=GARBAGE))
    yield faulty("program prints garbage", replace(process, command_line=line[: len(line) // 2]))
    many = tuple(replace(process, pid=process.pid + _NEIGHBOUR + number) for number in range(64))
    yield faulty("program prints for ever", process, *many)
    yield faulty("program prints for ever", replace(process, ports=tuple(range(20000, 20200))))
    yield faulty("program hangs", replace(process, ports_after=_NEVER))
    neighbour = replace(process, pid=process.pid + _NEIGHBOUR, ports=tuple(port + 1 for port in process.ports or ()))
    yield faulty("program leaves a child", process, neighbour)
    yield faulty("program leaves a child", process, replace(neighbour, parent=process.pid, command_line="child"))


def damaged(text: str, *, thorough: bool) -> Iterator[tuple[str, str]]:
    """Damage a text that is a JSON document in every way a document can be; nothing for other texts."""
    found = fault_contents.decode(text)
    if found is not None:
        yield from fault_contents.truncated(text)
        yield from fault_contents.wrong_types(found[0], thorough=thorough)
        yield from fault_contents.nulls(found[0], thorough=thorough)
        yield from fault_contents.deep_nesting(found[0], thorough=thorough)


def _scattered(text: str) -> str:
    """Spoil every seventh character of a text."""
    return "".join("\ufffd" if index % 7 == 3 else char for index, char in enumerate(text))
