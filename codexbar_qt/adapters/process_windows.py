"""Attempts at a program on Windows: a job object holds the whole tree; pipes, or ConPTY through pywinpty.

The job is created with KILL_ON_JOB_CLOSE and only this process has its handle, so the tree also ends when the app dies.
A program is started suspended and put into the job before it can start children.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import subprocess
import threading
from typing import IO, TYPE_CHECKING, Protocol

from codexbar_qt.adapters.process_job import system_job_calls

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from codexbar_qt.adapters.process_capture import Attempt, Capture, Spawn
    from codexbar_qt.adapters.process_job import JobCalls

_CREATE_SUSPENDED = 0x4
_CREATE_NO_WINDOW = 0x08000000
_CHUNK = 64 * 1024
_DRAIN_SECONDS = 1.0
_SHELL_CHARACTERS = frozenset('"%&|<>^!\r\n')


class Terminal(Protocol):
    """What is used of pywinpty's PtyProcess."""

    pid: int

    def read(self, size: int = 1024) -> str:
        """Return some output; raises EOFError at the end."""
        ...

    def wait(self) -> int:
        """Wait for the end; returns the exit code."""
        ...

    def close(self, force: bool = False) -> None:
        """Close the terminal."""
        ...


class _Job:
    """A job handle that is ended and closed once, from whichever thread comes first."""

    def __init__(self, calls: JobCalls) -> None:
        self._calls = calls
        self._lock = threading.Lock()
        self._handle: int | None = calls.create_job()

    def assign(self, process: int) -> None:
        with self._lock:
            if self._handle is not None:
                self._calls.assign(self._handle, process)

    def end(self) -> None:
        with self._lock:
            handle, self._handle = self._handle, None
            if handle is not None:
                with contextlib.suppress(OSError):
                    self._calls.terminate(handle)
                self._calls.close(handle)


class WindowsPipeAttempt:
    """A program on pipes, inside a job, without a console window. Raises OSError when it cannot be started."""

    def __init__(
        self, spawn: Spawn, capture: Capture, calls: JobCalls, start: Callable[[Spawn], subprocess.Popen[bytes]]
    ) -> None:
        refuse_shell_characters(spawn.argv)
        self._capture = capture
        self._job = _Job(calls)
        try:
            self._program = start(spawn)
        except OSError:
            self._job.end()
            raise
        handle = int(getattr(self._program, "_handle", self._program.pid))
        try:
            self._job.assign(handle)
            calls.resume(handle)
        except OSError:
            self._program.kill()
            self._program.communicate()
            self._job.end()
            raise
        self._readers = [
            _start_thread(self._read, self._program.stdout, False),
            _start_thread(self._read, self._program.stderr, True),
        ]
        self._waiter = _start_thread(self._wait)
        self.pid = self._program.pid
        capture.started()

    def stop(self) -> None:
        """Kill the job."""
        self._job.end()

    def join(self, seconds: float) -> bool:
        """Wait for the program and its output."""
        self._waiter.join(seconds)
        return not self._waiter.is_alive()

    def _read(self, stream: IO[bytes], error: bool) -> None:
        with stream:
            while data := stream.read1(_CHUNK):  # type: ignore[attr-defined]  # Popen's pipes are buffered readers
                if not self._capture.feed(data, error=error):
                    return

    def _wait(self) -> None:
        self._capture.exited(self._program.wait())
        for reader in self._readers:
            reader.join()
        self._capture.end_of_output()


class WindowsTerminalAttempt:
    """A program in a ConPTY, inside a job. Raises OSError when it cannot be started."""

    def __init__(self, spawn: Spawn, capture: Capture, calls: JobCalls, start: Callable[[Spawn], Terminal]) -> None:
        refuse_shell_characters(spawn.argv)
        self._capture = capture
        self._job = _Job(calls)
        self._terminal: Terminal | None = None
        try:
            self._terminal = terminal = start(spawn)
            handle = calls.open_process(terminal.pid)
            try:
                self._job.assign(handle)
            finally:
                calls.close(handle)
        except OSError:
            self._job.end()
            if self._terminal is not None:
                self._terminal.close(force=True)
            raise
        self._reader = _start_thread(self._read, terminal)
        self._waiter = _start_thread(self._wait, terminal)
        self.pid = terminal.pid
        capture.started()

    def stop(self) -> None:
        """Kill the job."""
        self._job.end()

    def join(self, seconds: float) -> bool:
        """Wait for the program and its output."""
        self._waiter.join(seconds)
        return not self._waiter.is_alive()

    def _read(self, terminal: Terminal) -> None:
        with contextlib.suppress(EOFError, OSError):
            while self._capture.feed(terminal.read(_CHUNK).encode()):
                pass

    def _wait(self, terminal: Terminal) -> None:
        self._capture.exited(terminal.wait())
        self._reader.join(_DRAIN_SECONDS)
        terminal.close(force=True)  # a ConPTY has no end of output of its own
        self._capture.end_of_output()


def start_windows_attempt(spawn: Spawn, capture: Capture) -> Attempt | None:
    """Start on this system; None for a terminal when pywinpty is not there."""
    calls = system_job_calls()
    if spawn.transport == "pipe":
        return WindowsPipeAttempt(spawn, capture, calls, start_suspended)
    try:
        winpty = importlib.import_module("winpty")  # exists on Windows only
    except ImportError:
        return None

    def start(spawn: Spawn) -> Terminal:
        try:
            terminal: Terminal = winpty.PtyProcess.spawn(
                list(spawn.argv), cwd=spawn.cwd, env=dict(spawn.env), dimensions=(50, 200)
            )
        except Exception as problem:  # pywinpty has an own error type that is no OSError
            raise OSError(errno.EIO, "no terminal could be opened") from problem
        return terminal

    return WindowsTerminalAttempt(spawn, capture, calls, start)


def start_suspended(spawn: Spawn) -> subprocess.Popen[bytes]:
    """Start a program that waits for `resume`, with closed input, both outputs as pipes and no window."""
    return subprocess.Popen(
        spawn.argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_without_empty_names(spawn.env),
        cwd=spawn.cwd,
        creationflags=_CREATE_SUSPENDED | _CREATE_NO_WINDOW,
    )


def refuse_shell_characters(argv: tuple[str, ...]) -> None:
    """Raise OSError for a batch file with arguments that cmd.exe would interpret: Windows runs those by a shell."""
    batch = argv[0].lower().endswith((".bat", ".cmd"))
    if batch and any(_SHELL_CHARACTERS & set(argument) for argument in argv[1:]):
        raise OSError(errno.EINVAL, "arguments not safe for a batch file")


def _without_empty_names(env: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if name and "=" not in name[1:]}


def _start_thread(target: Callable[..., None], *arguments: object) -> threading.Thread:
    thread = threading.Thread(target=target, args=arguments, name="program output", daemon=True)
    thread.start()
    return thread
