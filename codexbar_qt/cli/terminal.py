"""The streams of the process: bytes in UTF-8 out, no exception for a reader that went away."""

from __future__ import annotations

import contextlib
import sys
import time
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from codexbar_qt.cli.output import CommandError

if TYPE_CHECKING:
    from codexbar_qt.provider_api import Env

MAX_INPUT_BYTES = 64 * 1024


class OutputFailed(Exception):
    """Standard output cannot be written; the text says why, "" when its reader simply went away."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """Binary streams; one that is None (closed by whoever started the process) takes and gives nothing."""

    stdin: IO[bytes] | None
    stdout: IO[bytes] | None
    stderr: IO[bytes] | None

    def write(self, text: str) -> None:
        """Write to standard output. Raises OutputFailed."""
        if self.stdout is None or not text:
            return
        try:
            _write_whole(self.stdout, text)
        except BrokenPipeError:
            raise OutputFailed from None
        except OSError as error:
            raise OutputFailed(error.strerror or "unknown reason") from None

    def write_error(self, line: str) -> None:
        """Write a line to standard error, as well as that goes."""
        self.write_error_part(line + "\n")

    def write_error_part(self, text: str) -> None:
        """Write to standard error without ending the line, as well as that goes."""
        if self.stderr is None:
            return
        with contextlib.suppress(OSError):
            _write_whole(self.stderr, text)

    def shows_progress(self, env: Env) -> bool:
        """Whether standard error is a terminal on which a line can be written over."""
        return self.stderr is not None and self.stderr.isatty() and env.get("TERM") != "dumb"

    def read_input(self) -> str:
        """Read standard input to its end. Raises CommandError when it is too long or not text."""
        data = b"" if self.stdin is None else self.stdin.read(MAX_INPUT_BYTES + 1)
        if len(data) > MAX_INPUT_BYTES:
            raise CommandError("Standard input holds more than 64 KiB. Give one key.", "args")
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise CommandError("Standard input is not UTF-8 text. Give one key.", "args") from None

    def has_colors(self, env: Env, *, no_color: bool) -> bool:
        """Whether text may be colored: a terminal that is not dumb, and nobody said otherwise."""
        if no_color or self.stdout is None or env.get("NO_COLOR") is not None or env.get("TERM") == "dumb":
            return False
        return self.stdout.isatty()


def process_terminal() -> Terminal:
    """Return the streams of this process, those for output unbuffered: at its end nothing is left to flush."""
    return Terminal(
        None if sys.stdin is None else sys.stdin.buffer,
        None if sys.stdout is None else _unbuffered(sys.stdout.buffer),
        None if sys.stderr is None else _unbuffered(sys.stderr.buffer),
    )


def _unbuffered(stream: IO[bytes]) -> IO[bytes]:
    raw: IO[bytes] = getattr(stream, "raw", stream)  # under `python -u` it is the bare file already
    return raw


def _write_whole(stream: IO[bytes], text: str) -> None:
    """Write everything; halves of characters, which JSON can smuggle in, become question marks."""
    rest = memoryview(text.encode("utf-8", "replace"))
    while rest:
        # A bare file takes what fits; one that does not block says None while it is full.
        written: int | None = stream.write(rest)
        if written is None:
            time.sleep(0.01)
        rest = rest[written or 0 :]
    stream.flush()
