"""Runs local programs: found once, bounded in time and output, and never outliving the app."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import os
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

from codexbar_qt.adapters import process_lookup
from codexbar_qt.adapters.process_capture import Spawn
from codexbar_qt.adapters.process_environment import child_environment
from codexbar_qt.adapters.process_guard import default_guard_command
from codexbar_qt.adapters.process_hold import HeldPrograms
from codexbar_qt.adapters.process_race import EOF_GRACE, Race, RunStoppedError
from codexbar_qt.adapters.process_running import SHUT_DOWN, Running, start_supervisor
from codexbar_qt.provider_api import Command, ProcessRunner, ProviderError, ToolFailed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

    from codexbar_qt.adapters.process_capture import Attempt, Capture, Transport
    from codexbar_qt.adapters.process_race import StartAttempt
    from codexbar_qt.provider_api import CommandResult, Env, HeldProgram, Platform

MOST_RUNS = 4
SHUTDOWN_SECONDS = 1.0
_CANCEL_SECONDS = 2.0


class SupervisedRunner(ProcessRunner):
    """The ProcessRunner of the app, the same under asyncio and qasync: one supervisor thread per run, 4 runs at most.

    Args:
        env: Reads the variable that names a program.
        home: The home directory; programs start there, so that no project's own settings take part.
        environ: The process environment, read anew for every run.
        platform: The system; Windows gets job objects, the others process groups below a guard process.
        guard_command: Words that start the guard (see `process_guard`); empty runs programs without one.
        eof_grace: Seconds that a finished program's children may keep its output open.
        keeps_programs: Whether held programs are kept after their block, as `hold` says; False ends them with it.
    """

    def __init__(
        self,
        env: Env,
        *,
        home: str,
        environ: Mapping[str, str] = os.environ,
        platform: Platform = "linux",
        guard_command: Sequence[str] | None = None,
        eof_grace: float = EOF_GRACE,
        keeps_programs: bool = False,
    ) -> None:
        self._env = env
        self._keeps_programs = keeps_programs
        self._home = home
        self._environ = environ
        self._platform: Platform = platform
        self._guard = tuple(default_guard_command() if guard_command is None else guard_command)
        self._eof_grace = eof_grace
        self._slots = asyncio.Semaphore(MOST_RUNS)
        shell = "" if platform == "windows" else process_lookup.user_shell(environ)
        self._shell = process_lookup.LoginShell(shell, self._ask_shell)
        self._running = Running()
        self._held = HeldPrograms(self._running)
        # Runs at interpreter exit too. Threads are daemons: the exit does not wait for them before it comes here.
        self._finalizer = weakref.finalize(self, self._running.stop_all, SHUTDOWN_SECONDS)

    async def find(self, name: str, *, env: str = "", extra: Sequence[str] = ()) -> str | None:
        """Return the absolute path of a program, None when it is nowhere; asks anew each time.

        Order: variable `env` if executable, the login shell's PATH (asked once, at most 3 s), PATH, on Windows the
        registry's PATH, a shell alias, the file paths of `extra` (`~` allowed).
        """
        named = self._env.get(env) if env else None
        facts = await self._shell.facts()
        return await asyncio.to_thread(self._look, name, named, facts, tuple(extra))

    async def run(self, command: Command) -> CommandResult:
        """Run `command` as its fields say; no process of it is left when this returns or is cancelled.

        Beyond the contract: a pipe attempt that ended unacceptably with any status is followed by the pseudo-terminal
        attempt, and output beyond 1 MiB ends the run as its time limit does. Waiting for one of the four places does
        not count against the limit.

        Raises ToolNotInstalled or ToolFailed when nothing could be started.
        """
        facts = await self._shell.facts()
        return await self._supervise(command, self._search_path(facts))

    @contextlib.asynccontextmanager
    async def hold(self, command: Command, *, keep_seconds: float) -> AsyncIterator[HeldProgram]:
        """Hold `command.argv` as the contract says; where there is no pseudo-terminal, on pipes without a window.

        Blocks with the same `argv` share one program; the limit and the environment of the first count. A fifth
        program ends the oldest one that no block uses, ToolFailed is raised when there is none.

        Raises ToolNotInstalled or ToolFailed on entering when nothing could be started.
        """
        facts = await self._shell.facts()
        start = self._starter(command, self._search_path(facts))
        async with self._held.hold(command, start, keep_seconds if self._keeps_programs else 0.0) as program:
            yield program

    def held_processes(self) -> tuple[int, ...]:
        """Return the process ids below which held programs run now, those kept without a block too."""
        return self._held.pids()

    def shutdown(self) -> bool:
        """End all programs and refuse further runs; returns within 1 s, False when some were not gone by then."""
        return self._running.stop_all(SHUTDOWN_SECONDS)

    def _look(
        self, name: str, named: str | None, facts: process_lookup.ShellFacts, extra: tuple[str, ...]
    ) -> str | None:
        if named is not None and process_lookup.is_executable(self._expand(named)):
            return self._expand(named)
        return process_lookup.find_program(
            name,
            directories=self._directories(facts),
            aliases=facts.aliases,
            extra=[self._expand(place) for place in extra],
            extensions=process_lookup.program_extensions(self._platform, self._environ),
        )

    def _expand(self, path: str) -> str:
        return self._home + path[1:] if path == "~" or path.startswith(("~/", "~\\")) else path

    def _directories(self, facts: process_lookup.ShellFacts) -> tuple[str, ...]:
        own = self._environ.get("PATH", os.defpath).split(os.pathsep)
        return process_lookup.unique_directories((*facts.path, *own, *process_lookup.registry_path()))

    def _search_path(self, facts: process_lookup.ShellFacts) -> str:
        return os.pathsep.join(self._directories(facts))

    async def _ask_shell(self, argv: tuple[str, ...]) -> str:
        command = Command(argv, process_lookup.SHELL_LIMIT_SECONDS, env=(("TERM", "dumb"),))
        try:
            result = await self._supervise(command, self._environ.get("PATH", os.defpath))
        except ProviderError:
            return ""
        return result.stdout

    def _starter(self, command: Command, path: str) -> StartAttempt:
        environment = child_environment(
            self._environ, path=path, home=self._home, extra=command.env, platform=self._platform
        )
        cwd = self._home if Path(self._home).is_dir() else os.path.abspath(os.sep)  # noqa: PTH100

        def start(transport: Transport, capture: Capture) -> Attempt | None:
            return self._start_on_this_system(Spawn(command.argv, environment, cwd, transport), capture)

        return start

    async def _supervise(self, command: Command, path: str) -> CommandResult:
        start = self._starter(command, path)
        async with self._slots:
            race = Race(command, start, eof_grace=self._eof_grace, heard=_on_loop(command))
            self._running.add(race)
            return await _in_thread(race, self._running)

    def _start_on_this_system(self, spawn: Spawn, capture: Capture) -> Attempt | None:
        if self._platform == "windows":
            from codexbar_qt.adapters import process_windows

            return process_windows.start_windows_attempt(spawn, capture)
        from codexbar_qt.adapters import process_posix  # its modules do not exist on Windows

        return process_posix.PosixAttempt(spawn, capture, self._guard)


def _on_loop(command: Command) -> Callable[[str], None] | None:
    """Return what carries pieces of output from a reader thread to the loop, in order and before the result."""
    if command.on_output is None:
        return None
    loop, told = asyncio.get_running_loop(), command.on_output

    def heard(text: str) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is gone: nobody is listening any more
            loop.call_soon_threadsafe(told, text)

    return heard


async def _in_thread(race: Race, running: Running) -> CommandResult:
    future: concurrent.futures.Future[CommandResult] = concurrent.futures.Future()
    future.set_running_or_notify_cancel()  # from here on a cancelled waiter cannot cancel it: the thread will answer
    future.add_done_callback(lambda _: running.remove(race))
    try:
        start_supervisor("program run", _supervise, race, future)
    except ToolFailed:
        running.remove(race)
        raise
    try:
        return await asyncio.wrap_future(future)
    except asyncio.CancelledError:
        race.stop()
        with contextlib.suppress(Exception):
            await asyncio.wait_for(asyncio.wrap_future(future), _CANCEL_SECONDS)
        raise


def _supervise(race: Race, future: concurrent.futures.Future[CommandResult]) -> None:
    try:
        result = race.run()
    except RunStoppedError:
        future.set_exception(ToolFailed(SHUT_DOWN))
    except BaseException as problem:  # a provider's `accept` may raise anything; the waiting task gets it
        future.set_exception(problem)
    else:
        future.set_result(result)
