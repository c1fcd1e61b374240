"""One program that is kept running: its users, its times, its end.

Like a run it has a supervisor thread of its own; the thread also keeps the times, so that nothing is left to do when no
program is held, whichever event loop asks.
"""

from __future__ import annotations

import concurrent.futures
import errno
import threading
import time
from typing import TYPE_CHECKING

from codexbar_qt.adapters.process_capture import TailCapture
from codexbar_qt.adapters.process_race import JOIN_SECONDS, start_failure
from codexbar_qt.adapters.process_running import SHUT_DOWN
from codexbar_qt.provider_api import ToolFailed

if TYPE_CHECKING:
    from collections.abc import Callable

    from codexbar_qt.adapters.process_capture import Attempt, Transport
    from codexbar_qt.adapters.process_race import StartAttempt

_TRANSPORTS: tuple[Transport, ...] = ("pty", "pipe")  # no terminal to be had: better without one than not at all
_NEVER = float("inf")
_LONGEST_WAIT = 3600.0


class Holding:
    """One held program and the number of blocks that use it. `supervise` blocks; the rest returns at once.

    `begun` ends when the program runs, with ToolNotInstalled or ToolFailed when it does not; `gone` and `done` when
    nothing of it is left. A Holding is made with one user.
    """

    def __init__(self, program: str, limit_seconds: float, start: StartAttempt) -> None:
        self._program = program
        self._start = start
        self._changed = threading.Condition()
        self._capture = TailCapture(self._changed)
        self._attempt: Attempt | None = None
        self._deadline = time.monotonic() + limit_seconds
        self._idle_until = _NEVER
        self._users = 1
        self._stopped = False
        self.begun = _started_future()
        self.gone = _started_future()
        self.done = threading.Event()

    @property
    def pid(self) -> int:
        """The guard's process id, without a guard the program's own; 0 before the start."""
        attempt = self._attempt
        return attempt.pid if attempt is not None else 0

    @property
    def text(self) -> str:
        """The end of what was printed."""
        return self._capture.text

    def take(self) -> bool:
        """Count one more user; False when the program has ended or is about to."""
        with self._changed:
            if self._is_over():
                return False
            self._users += 1
            self._idle_until = _NEVER
            return True

    def release(self, keep_seconds: float) -> bool:
        """Count one user less. Without users it is kept for `keep_seconds`, 0 ends it; whether it goes on."""
        with self._changed:
            self._users -= 1
            if self._users == 0:
                self._idle_until = time.monotonic() + keep_seconds
                self._changed.notify_all()
            return not self._is_over()

    def stop(self) -> None:
        """Ask for the end, whoever uses it."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def stop_unused(self) -> bool:
        """Ask for the end if no block uses it; whether it is ending."""
        with self._changed:
            if self._users == 0:
                self._stopped = True
                self._changed.notify_all()
            return self._is_over()

    def supervise(self) -> None:
        """Start the program, watch over it, end it with its whole tree."""
        try:
            self._attempt = self._open()
            self._wait_until(self._has_begun)
            self._check_start()
            self.begun.set_result(None)
            self._wait_until(lambda: False)
        except BaseException as problem:  # whatever it was, the waiting blocks must hear of it
            self.give_up(problem)
        finally:
            if self._attempt is not None:
                self._attempt.stop()
                self._attempt.join(JOIN_SECONDS)
            self._note_gone()

    def give_up(self, problem: BaseException) -> None:
        """Tell the blocks that wait for the start why there is none."""
        self.stop()
        if not self.begun.done():
            self.begun.set_exception(problem)
        if self._attempt is None:
            self._note_gone()

    def _open(self) -> Attempt:
        number = errno.ENOSYS
        for transport in _TRANSPORTS:
            try:
                attempt = self._start(transport, self._capture)
            except OSError as problem:
                number = problem.errno or errno.EINVAL
                continue
            if attempt is not None:
                return attempt
        raise start_failure(self._program, number)

    def _has_begun(self) -> bool:
        capture = self._capture
        return capture.has_started or capture.start_errno != 0 or capture.exited_at is not None

    def _check_start(self) -> None:
        if self._capture.start_errno:
            raise start_failure(self._program, self._capture.start_errno)
        if not self._has_begun():
            late = time.monotonic() >= self._deadline
            raise start_failure(self._program, errno.ETIMEDOUT) if late else ToolFailed(SHUT_DOWN)

    def _wait_until(self, condition: Callable[[], bool]) -> None:
        """Return when the condition holds or the program's time is over."""
        with self._changed:
            while not condition() and not self._is_over():
                moment = min(self._deadline, self._idle_until)
                self._changed.wait(min(_LONGEST_WAIT, max(0.0, moment - time.monotonic())))

    def _is_over(self) -> bool:
        """Whether it was stopped, has ended or must end; stays so. Call with the lock."""
        if self._capture.exited_at is not None or time.monotonic() >= min(self._deadline, self._idle_until):
            self._stopped = True
        return self._stopped

    def _note_gone(self) -> None:
        self.done.set()
        if not self.gone.done():
            self.gone.set_result(None)


def _started_future() -> concurrent.futures.Future[None]:
    """Return a future that a cancelled waiter cannot cancel."""
    future: concurrent.futures.Future[None] = concurrent.futures.Future()
    future.set_running_or_notify_cancel()
    return future
