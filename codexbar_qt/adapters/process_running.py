"""What is running now, so that the end of the app can end it, and the threads that watch over it."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Protocol

from codexbar_qt.provider_api import ToolFailed

if TYPE_CHECKING:
    from collections.abc import Callable

SHUT_DOWN = "The program was stopped because the app is closing."


class Supervised(Protocol):
    """A program with a supervisor thread: `done` is set when nothing of it is left."""

    done: threading.Event

    def stop(self) -> None:
        """Ask for the end; returns at once."""
        ...


class Running:
    """The programs under way. Kept apart from the runner so that the end of the interpreter can stop them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._programs: set[Supervised] = set()
        self._closed = False

    def add(self, program: Supervised) -> None:
        """Note a program before it starts; raises ToolFailed once `stop_all` was called."""
        with self._lock:
            if self._closed:
                raise ToolFailed(SHUT_DOWN)
            self._programs.add(program)

    def remove(self, program: Supervised) -> None:
        """Forget a program."""
        with self._lock:
            self._programs.discard(program)

    def stop_all(self, seconds: float) -> bool:
        """Stop every program for good; whether all processes were gone in time."""
        with self._lock:
            self._closed = True
            programs = tuple(self._programs)
        for program in programs:
            program.stop()
        deadline = time.monotonic() + seconds
        return all(program.done.wait(max(0.0, deadline - time.monotonic())) for program in programs)


def start_supervisor(name: str, target: Callable[..., None], *arguments: object) -> None:
    """Start a thread that the interpreter does not wait for at its end; raises ToolFailed when there is none left."""
    try:
        threading.Thread(target=target, args=arguments, name=name, daemon=True).start()
    except RuntimeError:
        raise ToolFailed("No more programs can be started. Close other programs, then refresh.") from None
