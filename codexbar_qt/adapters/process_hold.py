"""Programs that are kept running while blocks use them, and for a while after."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING

from codexbar_qt.adapters.process_holding import Holding
from codexbar_qt.adapters.process_running import start_supervisor
from codexbar_qt.provider_api import HeldProgram, ToolFailed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from codexbar_qt.adapters.process_race import StartAttempt
    from codexbar_qt.adapters.process_running import Running
    from codexbar_qt.provider_api import Command

MOST_HELD = 4


class _Held(HeldProgram):
    """What a block sees of a holding."""

    def __init__(self, holding: Holding) -> None:
        self._holding = holding

    @property
    def pid(self) -> int:
        return self._holding.pid

    @property
    def is_running(self) -> bool:
        return not self._holding.done.is_set()  # from then on `text` is complete

    @property
    def text(self) -> str:
        return self._holding.text

    async def stop(self) -> None:
        self._holding.stop()
        await asyncio.wrap_future(self._holding.gone)


class HeldPrograms:
    """The held programs of one runner: at most one for each argv, at most 4 in all."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self._lock = threading.Lock()
        self._by_argv: dict[tuple[str, ...], Holding] = {}

    def pids(self) -> tuple[int, ...]:
        """Return the process ids below which the held programs run."""
        with self._lock:
            holdings = tuple(self._by_argv.values())
        return tuple(holding.pid for holding in holdings if holding.pid)

    @contextlib.asynccontextmanager
    async def hold(self, command: Command, start: StartAttempt, keep_seconds: float) -> AsyncIterator[HeldProgram]:
        """Hold the program of `command.argv`: the one that runs already, else a new one.

        The limit and the environment of the block that started it count. Without `keep_seconds` it is gone when the
        block of its last user has ended. A fifth program ends the oldest one that no block uses.

        Raises ToolNotInstalled or ToolFailed on entering.
        """
        holding = await self._take(command, start)
        try:
            await asyncio.wrap_future(holding.begun)
            yield _Held(holding)
        finally:
            if not holding.release(keep_seconds):
                await asyncio.wrap_future(holding.gone)

    async def _take(self, command: Command, start: StartAttempt) -> Holding:
        while True:
            holding, taken = self._choose(command, start)
            if taken:
                return holding
            await asyncio.wrap_future(holding.gone)  # bounded: its tree is ended with force after a second

    def _choose(self, command: Command, start: StartAttempt) -> tuple[Holding, bool]:
        """Return a holding and whether the caller is counted as its user; if not, it is ending and in the way."""
        with self._lock:
            held = self._by_argv.get(command.argv)
            if held is not None:
                return held, held.take()
            if len(self._by_argv) >= MOST_HELD:
                return self._make_room(), False
            new = Holding(command.argv[0], command.limit_seconds, start)
            self._running.add(new)
            self._by_argv[command.argv] = new
        new.gone.add_done_callback(lambda _: self._forget(command.argv, new))
        try:
            start_supervisor("held program", new.supervise)
        except ToolFailed as problem:
            new.give_up(problem)
        return new, True

    def _make_room(self) -> Holding:
        for held in self._by_argv.values():
            if held.stop_unused():
                return held
        raise ToolFailed("Too many programs are kept running at once. Refresh again in a minute.")

    def _forget(self, argv: tuple[str, ...], holding: Holding) -> None:
        self._running.remove(holding)
        with self._lock:
            if self._by_argv.get(argv) is holding:
                del self._by_argv[argv]
