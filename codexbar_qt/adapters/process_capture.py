"""What one attempt at a program printed and how it ended: filled by reader threads, read by the supervisor."""

from __future__ import annotations

import codecs
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from codexbar_qt.provider_api import CommandResult

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Mapping

OUTPUT_LIMIT = 1024 * 1024
TAIL_LIMIT = 64 * 1024
_PACE_BYTES, _PACE_SECONDS = 256 * 1024, 0.1
_CONTINUATION = bytes(range(0x80, 0xC0))
Transport = Literal["pipe", "pty"]


@dataclass(frozen=True, slots=True)
class Spawn:
    """What to start: absolute program and arguments, whole environment, working directory, transport."""

    argv: tuple[str, ...]
    env: Mapping[str, str] = field(repr=False)
    cwd: str
    transport: Transport


class Attempt(Protocol):
    """A running program with its whole tree."""

    @property
    def pid(self) -> int:
        """The process below which the program runs: its guard, or the program itself."""
        ...

    def stop(self) -> None:
        """Ask for the end of the tree; returns at once."""
        ...

    def join(self, seconds: float) -> bool:
        """Wait until the tree is gone and all output is read; False when that took longer."""
        ...


class Capture:
    """Output of one attempt, at most `limit` bytes of both streams together; times are monotonic seconds.

    `changed` is notified on every change. Fields are read without a lock: each is replaced whole. `heard` gets every
    piece of text as it comes, on the thread that read it.
    """

    def __init__(
        self, changed: threading.Condition, *, limit: int = OUTPUT_LIMIT, heard: Callable[[str], None] | None = None
    ) -> None:
        self._changed = changed
        self._limit = limit
        self._heard = heard
        self._decoders = {error: codecs.getincrementaldecoder("utf-8")("replace") for error in (False, True)}
        self._out = bytearray()
        self._err = bytearray()
        self.changes = 0
        self.last_output: float | None = None
        self.exit_code: int | None = None
        self.exited_at: float | None = None
        self.has_started = False
        self.ended = False
        self.full = False
        self.start_errno = 0

    def feed(self, data: bytes, *, error: bool = False) -> bool:
        """Add output; False when there is no room for more, what fits is kept."""
        with self._changed:
            room = self._limit - len(self._out) - len(self._err)
            (self._err if error else self._out).extend(data[:room])
            if self._heard is not None and (text := self._decoders[error].decode(data[:room])):
                self._heard(text)
            self.last_output = time.monotonic()
            self.full = self.full or len(data) > room
            self._note()
            return not self.full

    def started(self) -> None:
        """Note that the program itself runs, not only what holds it."""
        with self._changed:
            self.has_started = True
            self._changed.notify_all()

    def exited(self, code: int) -> None:
        """Note the exit code of the program itself; its children may still be printing."""
        with self._changed:
            if self.exited_at is None:
                self.exit_code = code
                self.exited_at = time.monotonic()
                self._note()

    def end_of_output(self) -> None:
        """Note that nobody holds the output any more."""
        with self._changed:
            self.ended = True
            self._note()

    def not_started(self, number: int) -> None:
        """Note the errno with which the program could not be executed."""
        with self._changed:
            self.start_errno = number
            self._note()

    def result(self, transport: Transport, stopped_by: Literal["idle", "limit"] | None) -> CommandResult:
        """Return what is known now, as UTF-8 with replacement marks and plain line ends."""
        with self._changed:
            out, err = bytes(self._out), bytes(self._err)
        return CommandResult(
            exit_code=None if stopped_by else self.exit_code,
            stdout=_decode(out),
            stderr=_decode(err),
            stopped_by=stopped_by,
            transport=transport,
        )

    def _note(self) -> None:
        self.changes += 1
        self._changed.notify_all()


class TailCapture(Capture):
    """The last 64 KiB of a program that is kept running, both streams in one.

    Output is taken at 2.5 MiB/s at most, so that a program that never stops printing costs next to no processor time:
    it has to wait until its terminal is read.
    """

    def __init__(self, changed: threading.Condition) -> None:
        super().__init__(changed)
        self._cut = False
        self._window = 0.0
        self._in_window = 0

    @property
    def text(self) -> str:
        """What is kept, as UTF-8 with replacement marks and plain line ends."""
        with self._changed:
            data, cut = bytes(self._out), self._cut
        return _decode(data.lstrip(_CONTINUATION) if cut else data)

    def feed(self, data: bytes, *, error: bool = False) -> bool:
        """Add output; there is always room. May block for a tenth of a second."""
        del error
        now = time.monotonic()
        with self._changed:  # nobody waits for output: no notice
            self._out += data
            self._cut = self._cut or len(self._out) > TAIL_LIMIT
            del self._out[:-TAIL_LIMIT]
            self.last_output = now
        if now - self._window >= _PACE_SECONDS:
            self._window, self._in_window = now, 0
        self._in_window += len(data)
        if self._in_window > _PACE_BYTES:
            time.sleep(max(0.0, self._window + _PACE_SECONDS - now))
            self._window, self._in_window = time.monotonic(), 0
        return True


def _decode(data: bytes) -> str:
    return data.decode("utf-8", "replace").replace("\r\n", "\n")
