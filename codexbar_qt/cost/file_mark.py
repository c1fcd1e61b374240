"""Tells whether a file that has grown still begins with what was read of it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import BinaryIO

_SAMPLE = 1024


def mark_of(stream: BinaryIO, offset: int) -> bytes:
    """Return a mark of the bytes before `offset`: made of the first and the last kilobyte. Moves the stream."""
    stream.seek(0)
    digest = hashlib.blake2b(stream.read(min(_SAMPLE, offset)), digest_size=16)
    stream.seek(max(0, offset - _SAMPLE))
    digest.update(stream.read(min(_SAMPLE, offset)))
    digest.update(offset.to_bytes(8, "little"))
    return digest.digest()
