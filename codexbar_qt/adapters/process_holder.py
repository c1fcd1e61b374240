"""Who holds a started program on Linux and macOS: a guard process, or nobody but its process group."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from typing import TYPE_CHECKING, Protocol

from codexbar_qt.adapters import process_guard

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codexbar_qt.adapters.process_capture import Capture, Spawn

FORCE_SECONDS = 1.0  # after this a guard that does not end is killed with everything below it


class Holder(Protocol):
    """Knows whether the program has ended and ends its tree."""

    @property
    def pid(self) -> int:
        """The process below which the program runs."""
        ...

    @property
    def status_fd(self) -> int | None:
        """What becomes readable when `look` has news; None when it must be asked again and again."""
        ...

    def look(self, capture: Capture) -> bool:
        """Tell `capture` how the program ended, if it has; True when the tree is gone as well."""
        ...

    def release(self) -> None:
        """Let the tree end."""
        ...

    def force(self) -> None:
        """Kill the tree, the holder included."""
        ...

    def close(self) -> None:
        """Release, and give descriptors and process entry back."""
        ...


class GuardHolder:
    """The program runs below a guard: closing the lifeline ends the tree, also when the app dies."""

    def __init__(self, guard: subprocess.Popen[bytes], lifeline: int, status_fd: int) -> None:
        self._guard = guard
        self.pid = guard.pid
        self._lifeline: int | None = lifeline
        self.status_fd = status_fd
        self._report = b""

    def look(self, capture: Capture) -> bool:
        """Read the guard's report; True when the guard is gone."""
        data = os.read(self.status_fd, 64)
        self._report += data
        for line in self._report.splitlines():
            number = int(line[1:])
            if line.startswith(b"E"):
                capture.not_started(number)
            elif line.startswith(b"S"):
                capture.started()
            else:
                capture.exited(number)
        if data:
            return False
        capture.exited(-signal.SIGKILL)  # counts only when the guard died before it could report
        return True

    def release(self) -> None:
        """Close the lifeline."""
        if self._lifeline is not None:
            os.close(self._lifeline)
            self._lifeline = None

    def force(self) -> None:
        """Kill the guard and everything below it."""
        process_guard.end_tree(self._guard.pid)

    def close(self) -> None:
        """Release, close the report, wait for the process."""
        self.release()
        os.close(self.status_fd)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._guard.wait(FORCE_SECONDS)


class GroupHolder:
    """The program runs in a session of its own without a guard: weaker, for systems where no guard can start."""

    def __init__(self, program: subprocess.Popen[bytes]) -> None:
        self._program = program
        self.pid = program.pid
        self._released = False
        self.status_fd = None

    def look(self, capture: Capture) -> bool:
        """Ask for the exit code; True when the program has ended after a release."""
        code = self._program.poll()
        if code is not None:
            capture.exited(code)
        return code is not None and self._released

    def release(self) -> None:
        """Kill the tree."""
        if not self._released:
            self._released = True
            self.force()

    def force(self) -> None:
        """Kill the descendants and the process group."""
        if self._program.poll() is None:
            process_guard.end_tree(self._program.pid)
        with contextlib.suppress(OSError):
            os.killpg(self._program.pid, signal.SIGKILL)

    def close(self) -> None:
        """Release, close the report, wait for the process."""
        self.release()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._program.wait(FORCE_SECONDS)


def start_guarded(spawn: Spawn, guard_command: Sequence[str], out: int, err: int) -> GuardHolder:
    """Start the program below a guard process; raises OSError when the guard cannot be started."""
    with contextlib.ExitStack() as on_failure, contextlib.ExitStack() as given_away:
        lifeline_reader, lifeline = os.pipe()
        given_away.callback(os.close, lifeline_reader)
        on_failure.callback(os.close, lifeline)
        status_reader, status_writer = os.pipe()
        given_away.callback(os.close, status_writer)
        on_failure.callback(os.close, status_reader)
        with _no_blocked_signals():
            guard = subprocess.Popen(
                [*guard_command, str(status_writer), spawn.transport, *spawn.argv],
                stdin=lifeline_reader,
                stdout=out,
                stderr=err,
                pass_fds=(status_writer,),
                env=dict(spawn.env),
                cwd=spawn.cwd,
                start_new_session=True,
            )
        on_failure.pop_all()
        return GuardHolder(guard, lifeline, status_reader)


def start_alone(spawn: Spawn, out: int, err: int) -> GroupHolder:
    """Start the program itself in a session of its own; raises OSError when it cannot be started."""
    with _no_blocked_signals():
        program = subprocess.Popen(
            spawn.argv,
            stdin=out if spawn.transport == "pty" else subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            env=dict(spawn.env),
            cwd=spawn.cwd,
            start_new_session=True,
        )
    return GroupHolder(program)


@contextlib.contextmanager
def _no_blocked_signals() -> Iterator[None]:
    """Start with an empty mask: a child inherits this thread's and might never see a polite request to end."""
    before = signal.pthread_sigmask(signal.SIG_SETMASK, ())
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
