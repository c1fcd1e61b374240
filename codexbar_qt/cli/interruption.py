"""Runs a coroutine to its end, or to the signal that ends the process, with everything it started cleaned up."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING, TypeVar

from codexbar_qt.cli.output import Terminated

if TYPE_CHECKING:
    from collections.abc import Coroutine

_T = TypeVar("_T")
_NAMES = ("SIGTERM", "SIGHUP")


def run_interruptible(work: Coroutine[object, object, _T]) -> _T:
    """Return what `work` returns. Raises Terminated, or KeyboardInterrupt after Ctrl-C."""
    return asyncio.run(_until_signal(work))


async def _until_signal(work: Coroutine[object, object, _T]) -> _T:
    task, loop = asyncio.ensure_future(work), asyncio.get_running_loop()
    caught: list[int] = []

    def stop(number: int) -> None:
        caught.append(number)
        task.cancel()

    for number in (getattr(signal, name) for name in _NAMES if hasattr(signal, name)):
        try:
            loop.add_signal_handler(number, stop, number)
        except (NotImplementedError, RuntimeError):
            continue  # Windows has no such handlers, threads have none either
    try:
        return await task
    except asyncio.CancelledError:
        if caught:
            raise Terminated(caught[0]) from None
        raise
