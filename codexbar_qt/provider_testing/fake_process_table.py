"""Processes that only exist in a recording."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from codexbar_qt.provider_api import HeldProgram, LocalProcess, ProcessTable, ToolFailed, ToolNotInstalled

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence
    from datetime import datetime

    from codexbar_qt.provider_api import Clock
    from codexbar_qt.provider_testing.case import RecordedHold, RecordedProcess


class FakeProcessTable(ProcessTable):
    """Shows the recorded processes, ports from `ports_after` seconds after the start of the case."""

    def __init__(self, processes: Sequence[RecordedProcess], clock: Clock) -> None:
        self._processes = {process.pid: process for process in processes}
        self._clock = clock
        self._begun: datetime = clock.now()

    async def find(self, matches: Callable[[str], bool]) -> tuple[LocalProcess, ...]:
        """Return the recorded processes whose command line matches, by process id."""
        found = (self._processes[pid] for pid in sorted(self._processes))
        return tuple(_shown(item) for item in found if item.command_line and matches(item.command_line))

    async def descendants(self, pid: int) -> tuple[LocalProcess, ...]:
        """Return the recorded children and theirs."""
        family = [pid]
        for ancestor in family:
            family += [
                item.pid for item in self._processes.values() if item.parent == ancestor and item.pid not in family
            ]
        return tuple(_shown(self._processes[child]) for child in family[1:])

    async def listening_ports(self, pid: int) -> tuple[int, ...]:
        """Return the recorded ports; ToolFailed for a process whose recording has "ports": null."""
        process = self._processes.get(pid)
        if process is None:
            return ()
        if process.ports is None:
            raise ToolFailed("The system does not tell on which ports programs listen.")
        passed = (self._clock.now() - self._begun).total_seconds()
        return tuple(sorted(process.ports)) if passed >= process.ports_after else ()


class FakeHold(HeldProgram):
    """A recorded held program."""

    def __init__(self, recorded: RecordedHold) -> None:
        self._recorded = recorded
        self._stopped = False

    @property
    def pid(self) -> int:
        """The recorded process id."""
        return self._recorded.pid

    @property
    def is_running(self) -> bool:
        """Whether it runs: until it is stopped, or never with "ended"."""
        return not (self._stopped or self._recorded.ended)

    @property
    def text(self) -> str:
        """The recorded output."""
        return self._recorded.text

    async def stop(self) -> None:
        """End it."""
        self._stopped = True


@asynccontextmanager
async def play_hold(recorded: RecordedHold, name: str) -> AsyncGenerator[HeldProgram]:
    """Hold a recorded program; its fault is raised on entering."""
    if recorded.fault == "missing":
        raise ToolNotInstalled(f"The program {name} is not installed.")
    if recorded.fault == "cannot_start":
        raise ToolFailed(f"The program {name} could not be started.")
    yield FakeHold(recorded)


def _shown(process: RecordedProcess) -> LocalProcess:
    return LocalProcess(process.pid, process.command_line, process.executable)
