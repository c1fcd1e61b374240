"""Reads LevelDB write-ahead logs: blocks of 32 KiB, records in fragments, batches of changes.

Source: `doc/log_format.md` and `db/write_batch.cc` of LevelDB. Manifests are logs, too.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from codexbar_qt.adapters.browser_storage.leveldb_format import (
    LARGEST_BLOCK,
    DamagedData,
    Record,
    has_checksum,
    read_slice,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from codexbar_qt.adapters.browser_storage.reading import Reading

BLOCK_BYTES = 32 * 1024
_HEADER = struct.Struct("<IHB")
_BATCH = struct.Struct("<QI")
_LOST, _FULL, _FIRST, _MIDDLE, _LAST = -1, 1, 2, 3, 4
_DELETE, _PUT = 0, 1


def read_log(file: BinaryIO, reading: Reading) -> Iterator[Record]:
    """Give every change in the order of the file. What is damaged is skipped and counted, a torn tail only skipped."""
    for batch in read_batches(file, reading):
        try:
            yield from _changes(batch)
        except DamagedData:
            reading.damaged += 1


def read_batches(file: BinaryIO, reading: Reading) -> Iterator[bytes]:
    """Give the records of a log, put together from their fragments."""
    parts: list[bytes] = []
    size = 0
    for kind, payload in _fragments(file, reading):
        if kind in (_FULL, _FIRST, _LOST):
            parts, size = [], 0
        elif not parts:
            continue  # the rest of a record whose beginning was lost
        if kind == _LOST:
            continue
        parts.append(payload)
        size += len(payload)
        if size > LARGEST_BLOCK:
            reading.damaged += 1
            parts = []
        elif kind in (_FULL, _LAST):
            yield b"".join(parts)
            parts = []


def _fragments(file: BinaryIO, reading: Reading) -> Iterator[tuple[int, bytes]]:
    while block := file.read(BLOCK_BYTES):
        reading.check()
        position = 0
        while position + _HEADER.size <= len(block):
            stored, length, kind = _HEADER.unpack_from(block, position)
            if kind == 0 and length == 0:
                break  # space that was set aside and not written yet
            end = position + _HEADER.size + length
            if end > len(block) and len(block) < BLOCK_BYTES:
                return  # the browser is in the middle of writing it
            covered = block[position + _HEADER.size - 1 : end]
            if end > len(block) or not _FULL <= kind <= _LAST or not has_checksum(covered, stored):
                reading.damaged += 1  # the length cannot be trusted, so the rest of the block is lost
                yield _LOST, b""
                break
            yield kind, covered[1:]
            position = end


def _changes(batch: bytes) -> Iterator[Record]:
    if len(batch) < _BATCH.size:
        raise DamagedData
    first, count = _BATCH.unpack_from(batch)
    position = _BATCH.size
    for number in range(count):
        tag = batch[position] if position < len(batch) else None
        if tag not in (_PUT, _DELETE):
            raise DamagedData
        key, position = read_slice(batch, position + 1)
        value = None
        if tag == _PUT:
            value, position = read_slice(batch, position)
        yield key, first + number, value
