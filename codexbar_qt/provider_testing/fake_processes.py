"""A process runner that plays back recorded attempts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_qt.provider_api import CommandResult, ProcessRunner, ToolFailed, ToolNotInstalled
from codexbar_qt.provider_testing.case import RecordedHold
from codexbar_qt.provider_testing.fake_process_table import play_hold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractAsyncContextManager

    from codexbar_qt.provider_api import Command, Env, HeldProgram
    from codexbar_qt.provider_testing.case import CommandAnswer


class FakeProcesses(ProcessRunner):
    """Finds the recorded programs and gives recorded attempts in order; `repeat` starts again at the end.

    A command with `pty_fallback` takes a pseudo-terminal attempt when one is recorded next and the pipe
    attempt was silent or unacceptable with status 0; without such a recording that attempt counts as silent.
    """

    def __init__(
        self,
        programs: Mapping[str, str],
        answers: Sequence[CommandAnswer],
        env: Env,
        home: str,
        *,
        repeat: bool = False,
        holds: Sequence[RecordedHold] = (),
    ) -> None:
        self._programs = dict(programs)
        self._answers = tuple(answers)
        self._env = env
        self._home = home
        self._repeat = repeat
        self._holds = tuple(holds)
        self._held: list[RecordedHold] = []
        self._given: list[CommandAnswer] = []
        self.commands: list[Command] = []
        self.problems: list[str] = []

    async def find(self, name: str, *, env: str = "", extra: Sequence[str] = ()) -> str | None:
        """Return a recorded path: that in variable `env`, else that of the name, else a place of `extra`."""
        installed = set(self._programs.values())
        named = self._env.get(env) if env else None
        if named in installed:
            return named
        if name in self._programs:
            return self._programs[name]
        places = (self._home + place[1:] if place.startswith("~") else place for place in extra)
        return next((place for place in places if place in installed), None)

    async def run(self, command: Command) -> CommandResult:
        """Play back the next attempt of the same program and arguments."""
        self.commands.append(command)
        piped = self._play(command, self._next(command))
        if not command.pty_fallback or command.accept is None or command.accept(piped):
            return piped
        follower = self._waiting(command)
        silent = not piped.text and piped.stopped_by is not None
        if not follower or follower[0].transport != "pty" or not (silent or piped.exit_code is not None):
            return piped
        self._given.append(follower[0])
        attempt = self._play(command, follower[0])
        return attempt if attempt.exit_code == 0 and command.accept(attempt) else piped

    def hold(self, command: Command, *, keep_seconds: float) -> AbstractAsyncContextManager[HeldProgram]:
        """Hold the recorded program of the same arguments."""
        self.commands.append(command)
        asked = (_base_name(command.argv[0]), *command.argv[1:])
        for recorded in self._holds:
            if (_base_name(recorded.argv[0]), *recorded.argv[1:]) == asked:
                self._held.append(recorded)
                return play_hold(recorded, asked[0])
        self.problems.append(f"unexpected hold: {' '.join(asked)} for {keep_seconds:g} s")
        return play_hold(RecordedHold(asked, 0, fault="cannot_start"), asked[0])

    def unused(self) -> list[str]:
        """Say which recorded attempts nobody ran."""
        left = [answer for answer in self._answers if not answer.optional and not _is_in(answer, self._given)]
        unheld = [hold for hold in self._holds if not hold.optional and not any(hold is held for held in self._held)]
        told = [f"recorded command not used: {' '.join(answer.argv)} ({answer.transport})" for answer in left]
        return told + [f"recorded hold not used: {' '.join(hold.argv)}" for hold in unheld]

    def _next(self, command: Command) -> CommandAnswer:
        waiting = self._waiting(command)
        if self._repeat and not waiting:
            recorded = self._recorded(command)
            self._given = [answer for answer in self._given if not _is_in(answer, recorded)]
            waiting = recorded
        if not waiting:
            shown = " ".join((_base_name(command.argv[0]), *command.argv[1:]))
            self.problems.append(f"unexpected command: {shown}")
            raise ToolFailed("The program could not be started: no attempt is recorded.")
        self._given.append(waiting[0])
        return waiting[0]

    def _waiting(self, command: Command) -> list[CommandAnswer]:
        return [answer for answer in self._recorded(command) if not _is_in(answer, self._given)]

    def _recorded(self, command: Command) -> list[CommandAnswer]:
        asked = (_base_name(command.argv[0]), *command.argv[1:])
        return [answer for answer in self._answers if (_base_name(answer.argv[0]), *answer.argv[1:]) == asked]

    def _play(self, command: Command, answer: CommandAnswer) -> CommandResult:
        name = _base_name(command.argv[0])
        if answer.fault == "missing":
            raise ToolNotInstalled(f"The program {name} is not installed.")
        if answer.fault == "cannot_start":
            raise ToolFailed(f"The program {name} could not be started.")
        if command.on_output is not None:
            for text in (answer.stdout, answer.stderr):
                if text:
                    command.on_output(text)
        return CommandResult(answer.exit_code, answer.stdout, answer.stderr, answer.stopped_by, answer.transport)


def _base_name(program: str) -> str:
    return program.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]


def _is_in(answer: CommandAnswer, answers: Sequence[CommandAnswer]) -> bool:
    return any(item is answer for item in answers)
