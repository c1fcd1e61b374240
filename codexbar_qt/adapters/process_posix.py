"""Attempts at a program on Linux and macOS: pipes or a pseudo-terminal, under a guard process where there is one."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import selectors
import threading
import time
from typing import TYPE_CHECKING

from codexbar_qt.adapters.process_holder import FORCE_SECONDS, start_alone, start_guarded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codexbar_qt.adapters.process_capture import Capture, Spawn
    from codexbar_qt.adapters.process_holder import Holder

_log = logging.getLogger(__name__)

PTY_ROWS, PTY_COLUMNS = 50, 200
_CHUNK = 64 * 1024
_DRAIN_SECONDS = 0.2
_POLL_SECONDS = 0.02
_NEVER = float("inf")


class PosixAttempt:
    """A started program and the thread that reads it.

    Without a guard the end of the app does not end the program, and a descendant that left group and session after
    its parent's end is not found; a pseudo-terminal is then not the controlling one.

    Raises OSError when no process can be started.
    """

    def __init__(self, spawn: Spawn, capture: Capture, guard_command: Sequence[str]) -> None:
        self._capture = capture
        self._outputs: list[int] = []
        self._wake_reader, self._wake_writer = os.pipe()
        self._lock = threading.Lock()
        self._finished = False
        self._force_at = self._drain_until = _NEVER
        self._gone = False
        try:
            self._holder = self._launch(spawn, guard_command)
        except OSError:
            self._close_all()
            raise
        self._thread = threading.Thread(target=self._pump, name="program output", daemon=True)
        try:
            self._thread.start()
        except RuntimeError:
            self._holder.close()
            self._close_all()
            raise OSError(errno.EAGAIN, "no thread can be started") from None
        if self._holder.status_fd is None:  # a guard reports it
            capture.started()

    @property
    def pid(self) -> int:
        """The guard's process id, without a guard the program's."""
        return self._holder.pid

    def stop(self) -> None:
        """Ask for the end of the tree."""
        with self._lock:
            if not self._finished:
                os.write(self._wake_writer, b"s")

    def join(self, seconds: float) -> bool:
        """Wait until the tree is gone; False when that took longer."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _launch(self, spawn: Spawn, guard_command: Sequence[str]) -> Holder:
        with contextlib.ExitStack() as given_away:
            out, err = self._make_outputs(spawn, given_away)
            if guard_command:
                try:
                    return start_guarded(spawn, guard_command, out, err)
                except OSError as problem:
                    _log.info("no guard process (errno %s): the program runs without one", problem.errno)
            return start_alone(spawn, out, err)

    def _make_outputs(self, spawn: Spawn, given_away: contextlib.ExitStack) -> tuple[int, int]:
        """Return the descriptors for the program's output and errors; keeps the readable ends."""
        if spawn.transport == "pty":
            master, slave = _open_terminal()
            given_away.callback(os.close, slave)
            self._outputs = [master]
            return slave, slave
        writers: list[int] = []
        for _ in range(2):
            reader, writer = os.pipe()
            given_away.callback(os.close, writer)
            self._outputs.append(reader)
            writers.append(writer)
        return writers[0], writers[1]

    def _pump(self) -> None:
        try:
            with selectors.DefaultSelector() as selector:
                self._read_all(selector)
        finally:
            self._holder.close()
            self._close_all()
            self._capture.end_of_output()

    def _read_all(self, selector: selectors.BaseSelector) -> None:
        """Read until the program's holder is gone and its output has ended; ends the tree when asked to."""
        pending = set(self._outputs)
        for descriptor in (*pending, self._wake_reader, self._holder.status_fd):
            if descriptor is not None:
                selector.register(descriptor, selectors.EVENT_READ)
        while not self._gone or (pending and time.monotonic() < self._drain_until):
            ready = {int(key.fd) for key, _ in selector.select(self._patience())}
            for descriptor in ready & pending:
                if not self._read(descriptor):
                    selector.unregister(descriptor)
                    pending.discard(descriptor)
                    if not pending and not self._capture.full:
                        self._capture.end_of_output()
            if self._wake_reader in ready:
                selector.unregister(self._wake_reader)
                self._holder.release()
                self._force_at = time.monotonic() + FORCE_SECONDS
            self._look(selector, ready)

    def _look(self, selector: selectors.BaseSelector, ready: set[int]) -> None:
        """Ask the holder for news; use force when it has not ended the tree in time."""
        status_fd = self._holder.status_fd
        if self._gone:
            return
        if (status_fd is None or status_fd in ready) and self._holder.look(self._capture):
            self._gone = True
            self._drain_until = time.monotonic() + _DRAIN_SECONDS
            if status_fd is not None:
                selector.unregister(status_fd)
        elif time.monotonic() >= self._force_at:
            self._holder.force()
            self._force_at = _NEVER

    def _patience(self) -> float | None:
        if self._gone or self._holder.status_fd is None:
            return _POLL_SECONDS
        return None if self._force_at == _NEVER else max(0.0, self._force_at - time.monotonic())

    def _read(self, descriptor: int) -> bool:
        try:
            data = os.read(descriptor, _CHUNK)
        except OSError:  # a pseudo-terminal reports its end as an I/O error on Linux
            return False
        errors = len(self._outputs) == 2 and descriptor == self._outputs[1]
        return bool(data) and self._capture.feed(data, error=errors)

    def _close_all(self) -> None:
        with self._lock:
            self._finished = True
            for descriptor in (*self._outputs, self._wake_reader, self._wake_writer):
                os.close(descriptor)
            self._outputs = []


def _open_terminal() -> tuple[int, int]:
    import fcntl  # not on Windows
    import struct
    import termios

    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", PTY_ROWS, PTY_COLUMNS, 0, 0))
    return master, slave
