"""Looks for short ASCII texts in files of any size and kind, such as programs: piece by piece, in a thread."""

from __future__ import annotations

import asyncio
import os
import re
import stat
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

MOST_BYTES = 512 * 1024 * 1024
MOST_MATCH_BYTES = 256
# Nobody else runs while a piece is searched: this one takes a few milliseconds.
_PIECE_BYTES = 256 * 1024
_CONTEXT_BYTES = 64
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


async def search_file(path: str, pattern: str, most: int, *, most_bytes: int = MOST_BYTES) -> tuple[str, ...]:
    """Return at most `most` distinct matches in the first `most_bytes` bytes, in the order of the file.

    Matches of no or of more than 256 bytes and those that are not ASCII are passed over. Empty when there is no regular
    file or it cannot be read. When the caller is cancelled, the thread ends with the piece it is at.
    """
    compiled = re.compile(pattern.encode("ascii"))
    given_up = threading.Event()
    try:
        return await asyncio.to_thread(_search, path, compiled, most, most_bytes, given_up)
    finally:
        given_up.set()


def _search(
    path: str, pattern: re.Pattern[bytes], most: int, most_bytes: int, given_up: threading.Event
) -> tuple[str, ...]:
    found: dict[str, None] = {}
    try:
        with open(os.open(path, _FLAGS), "rb", buffering=0) as file:  # noqa: PTH123  # a FIFO must not block
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return ()
            for text in _matches(_pieces(file, most_bytes, given_up), pattern):
                if len(found) >= most:
                    break
                found[text] = None
    except (OSError, ValueError):
        return ()
    return tuple(found)


def _pieces(file: BinaryIO, most_bytes: int, given_up: threading.Event) -> Iterator[bytes]:
    left = most_bytes
    while left > 0 and not given_up.is_set() and (piece := file.read(min(_PIECE_BYTES, left))):
        left -= len(piece)
        yield piece


def _matches(pieces: Iterator[bytes], pattern: re.Pattern[bytes]) -> Iterator[str]:
    """Iterate over the matches as if the pieces were one text."""
    held, start = b"", 0
    for piece in pieces:
        held += piece
        # What begins closer to the end than this may go on in the next piece.
        settled = len(held) - MOST_MATCH_BYTES - _CONTEXT_BYTES
        for match in pattern.finditer(held, start):
            if match.start() >= settled:
                break
            start = max(match.end(), start)
            yield from _text(match)
        start = max(start, settled, 0)
        cut = max(start - _CONTEXT_BYTES, 0)
        held, start = held[cut:], start - cut
    for match in pattern.finditer(held, start):
        yield from _text(match)


def _text(match: re.Match[bytes]) -> Iterator[str]:
    if 0 < len(match[0]) <= MOST_MATCH_BYTES and match[0].isascii():
        yield match[0].decode("ascii")
