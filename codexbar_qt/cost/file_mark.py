"""Tells whether a file that has grown still begins with what was read of it."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import BinaryIO

_SAMPLE = 1024


def mark_of(stream: BinaryIO, offset: int) -> bytes:
    """Return a mark of the bytes before `offset`: check sums of the first and the last kilobyte. Moves the stream."""
    stream.seek(0)
    head = zlib.crc32(stream.read(min(_SAMPLE, offset)))
    stream.seek(max(0, offset - _SAMPLE))
    tail = zlib.crc32(stream.read(min(_SAMPLE, offset)))
    return head.to_bytes(4, "little") + tail.to_bytes(4, "little")
