"""An event loop whose waits pass at once: a stall of half a minute is measured exactly and costs nothing."""

from __future__ import annotations

import asyncio
import selectors
from typing import TYPE_CHECKING, Any, TypeVar, TypeVarTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

_Result = TypeVar("_Result")
_Arguments = TypeVarTuple("_Arguments")
_OWN_PIPE = 1


class _Selector(selectors.DefaultSelector):
    """Adds the time that would be waited to `skipped` instead of waiting, where nothing but time can end the wait."""

    def __init__(self) -> None:
        super().__init__()
        self.skipped = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or len(self.get_map()) > _OWN_PIPE:
            return super().select(timeout)
        self.skipped += max(0.0, timeout)
        return []


class SkippingLoop(asyncio.SelectorEventLoop):
    """For fetches through fakes: `time()` moves only when everybody waits, and then straight to the next timer.

    Work for threads (`asyncio.to_thread`) is done on the spot, so a busy machine makes nothing late. `made` are the
    tasks made so far; empty it between runs. Pass the class to `asyncio.Runner` as `loop_factory`.
    """

    def __init__(self) -> None:
        self._skipping = _Selector()
        self.made: list[asyncio.Task[Any]] = []
        super().__init__(self._skipping)
        self.set_task_factory(self._make)

    def time(self) -> float:
        """Return the seconds skipped so far."""
        return self._skipping.skipped

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[*_Arguments], _Result], *args: *_Arguments
    ) -> asyncio.Future[_Result]:
        """Call `func` now."""
        del executor
        future: asyncio.Future[_Result] = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:
            future.set_exception(error)
        return future

    def _make(self, loop: asyncio.AbstractEventLoop, coro: Any, **options: Any) -> asyncio.Task[Any]:
        task: asyncio.Task[Any] = asyncio.Task(coro, loop=loop, **options)
        self.made.append(task)
        return task
