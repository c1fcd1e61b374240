"""The rules of one run: limits, and the race between a pipe attempt and a pseudo-terminal attempt.

Everything here is blocking and runs in a supervisor thread of its own, never in an event loop's: the loops of the app
(qasync) and of the command line (asyncio) treat child processes differently on every system.
"""

from __future__ import annotations

import errno
import threading
import time
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Literal

from codexbar_qt.adapters.process_capture import Capture
from codexbar_qt.provider_api import ToolFailed, ToolNotInstalled

if TYPE_CHECKING:
    from collections.abc import Callable

    from codexbar_qt.adapters.process_capture import Attempt, Transport
    from codexbar_qt.provider_api import Command, CommandResult

    StartAttempt = Callable[[Transport, Capture], Attempt | None]

EOF_GRACE = 1.0
JOIN_SECONDS = 3.0
_SETTLE_SECONDS = 0.05  # silence shorter than this is not measured: a flood would be parsed for every piece
_LEAST_PTY_SECONDS = 0.05


class RunStoppedError(Exception):
    """The run was cancelled or the app is shutting down."""


@dataclass(slots=True)
class _Lane:
    transport: Transport
    capture: Capture
    attempt: Attempt
    result: CommandResult | None = None
    accepted: bool = False
    idle_seconds: float = 0.0
    judged_changes: int = -1


class Race:
    """One run of a command. `run` blocks until every process of it is gone; `stop` may be called from any thread.

    `start` starts an attempt or returns None where that transport does not exist.
    """

    def __init__(
        self,
        command: Command,
        start: StartAttempt,
        *,
        eof_grace: float = EOF_GRACE,
        heard: Callable[[str], None] | None = None,
    ) -> None:
        self._command = command
        self._start = start
        self._eof_grace = eof_grace
        self._heard = heard
        self._changed = threading.Condition()
        self._lanes: dict[Transport, _Lane | None] = {}
        self._stopped = False
        self._deadline = 0.0
        self.done = threading.Event()

    def stop(self) -> None:
        """Ask for the end; `done` is set when the processes are gone."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def run(self) -> CommandResult:
        """Run to the end or a limit.

        Raises RunStoppedError, ToolNotInstalled or ToolFailed; what `accept` and `idle_limit` raise passes through.
        """
        try:
            return self._run()
        finally:
            lanes = [lane for lane in self._lanes.values() if lane is not None]
            for lane in lanes:
                lane.attempt.stop()
            for lane in lanes:
                lane.attempt.join(JOIN_SECONDS)
            self.done.set()

    def _run(self) -> CommandResult:
        begun = time.monotonic()
        self._deadline = begun + self._command.limit_seconds
        pty_at = begun + min(5.0, self._command.limit_seconds / 2)
        if self._stopped:
            raise RunStoppedError
        self._open("pipe")
        while True:
            seen = self._count_changes()
            self._judge_lanes()
            result = self._decide(pty_at)
            if result is not None:
                return result
            self._wait(seen, pty_at)

    def _open(self, transport: Transport) -> None:
        capture = Capture(self._changed, heard=self._heard)
        try:
            attempt = self._start(transport, capture)
        except OSError as problem:
            if transport == "pipe":
                raise start_failure(self._command.argv[0], problem.errno or errno.EINVAL) from None
            attempt = None
        self._lanes[transport] = _Lane(transport, capture, attempt) if attempt is not None else None

    def _count_changes(self) -> int:
        return sum(lane.capture.changes for lane in self._lanes.values() if lane is not None)

    def _wait(self, seen: int, pty_at: float) -> None:
        now = time.monotonic()
        moments = [self._deadline, now + 1.0]
        if self._command.pty_fallback and "pty" not in self._lanes and pty_at > now:
            moments.append(pty_at)
        moments += [self._next_check(lane) for lane in self._lanes.values() if lane and lane.result is None]
        with self._changed:
            if not self._stopped and seen == self._count_changes():
                self._changed.wait(max(0.002, min(moments) - now))
            if self._stopped:
                raise RunStoppedError

    def _next_check(self, lane: _Lane) -> float:
        capture = lane.capture
        if capture.exited_at is not None:
            return capture.exited_at + self._eof_grace
        if capture.last_output is None or self._command.idle_limit is None:
            return self._deadline
        judged = lane.judged_changes == capture.changes
        return capture.last_output + (lane.idle_seconds if judged else _SETTLE_SECONDS)

    def _judge_lanes(self) -> None:
        for lane in [lane for lane in self._lanes.values() if lane is not None and lane.result is None]:
            if lane.capture.start_errno:
                self._note_start_failure(lane)
            elif self._has_exited(lane):
                self._close(lane, None)
            elif lane.capture.full or time.monotonic() >= self._deadline:
                self._close(lane, "limit")
            elif self._is_idle(lane):
                self._close(lane, "idle")

    def _note_start_failure(self, lane: _Lane) -> None:
        if lane.transport == "pipe":
            raise start_failure(self._command.argv[0], lane.capture.start_errno)
        lane.result = lane.capture.result("pty", "limit")

    def _has_exited(self, lane: _Lane) -> bool:
        capture = lane.capture
        if capture.exited_at is None or capture.full:
            return False
        return capture.ended or time.monotonic() >= min(capture.exited_at + self._eof_grace, self._deadline)

    def _is_idle(self, lane: _Lane) -> bool:
        capture = lane.capture
        if capture.exited_at is not None or capture.last_output is None or self._command.idle_limit is None:
            return False
        silence = time.monotonic() - capture.last_output
        if silence < _SETTLE_SECONDS:
            return False
        changes = capture.changes
        if lane.judged_changes != changes:
            lane.idle_seconds = self._command.idle_limit(capture.result(lane.transport, None).text)
            lane.judged_changes = changes
        return silence >= lane.idle_seconds

    def _close(self, lane: _Lane, stopped_by: Literal["idle", "limit"] | None) -> None:
        lane.attempt.stop()
        lane.attempt.join(JOIN_SECONDS)
        overflowed = lane.capture.full
        lane.result = lane.capture.result(lane.transport, "limit" if overflowed else stopped_by)
        lane.accepted = self._accepts(lane.result)

    def _accepts(self, result: CommandResult) -> bool:
        if result.transport == "pty" and result.exit_code != 0:
            return False
        if self._command.accept is not None:
            return self._command.accept(result)
        return result.exit_code == 0

    def _decide(self, pty_at: float) -> CommandResult | None:
        """Return the result that ends the race, or None; opens the pseudo-terminal lane when its time has come."""
        pipe = self._lanes["pipe"]
        if pipe is None:
            raise start_failure(self._command.argv[0], errno.ENOSYS)
        piped = pipe.result
        if piped is not None and (pipe.accepted or pipe.capture.full or not self._command.pty_fallback):
            return piped
        if "pty" in self._lanes:
            return self._decide_pty(piped)
        now = time.monotonic()
        silent = pipe.capture.last_output is None and now >= pty_at
        if self._command.pty_fallback and (piped is not None or silent):
            if self._deadline - now > _LEAST_PTY_SECONDS:
                self._open("pty")
            else:
                self._lanes["pty"] = None
            return self._decide_pty(piped)
        return None

    def _decide_pty(self, piped: CommandResult | None) -> CommandResult | None:
        pty = self._lanes["pty"]
        if pty is not None and pty.result is None:
            return None
        return pty.result if pty is not None and pty.accepted else piped


def start_failure(program: str, number: int) -> ToolNotInstalled | ToolFailed:
    """Return the error for a program that could not be executed with this errno; names the program, not its path."""
    name = PurePath(program).name
    if number in (errno.ENOENT, errno.ENOTDIR):
        return ToolNotInstalled(f"The program {name} was not found. Install it, then refresh.")
    if number in (errno.EACCES, errno.EPERM, errno.ENOEXEC):
        return ToolFailed(f"The program {name} could not be started because this user may not run it. Reinstall it.")
    return ToolFailed(f"The program {name} could not be started. Close other programs, then refresh.")
