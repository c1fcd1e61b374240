"""Reads LevelDB tables block by block; where keys are sorted as bytes, only the blocks that can hold wanted keys.

Source: `doc/table_format.md`, `table/block.cc` and `db/dbformat.h` of LevelDB.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from codexbar_qt.adapters.browser_storage.leveldb_format import (
    LARGEST_BLOCK,
    DamagedData,
    Record,
    has_checksum,
    read_varint,
    unpack,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from codexbar_qt.adapters.browser_storage.reading import Reading

_FOOTER_BYTES = 48
_MAGIC = bytes.fromhex("57fb808b247547db")
_TRAILER = struct.Struct("<BI")
_NUMBER = struct.Struct("<I")
_INTERNAL = struct.Struct("<Q")
_DELETION, _VALUE = 0, 1


def read_table(file: BinaryIO, reading: Reading, prefixes: tuple[bytes, ...] | None = None) -> Iterator[Record]:
    """Give the records of every block that can hold a key beginning with one of `prefixes`; None: of all blocks.

    Give prefixes only where the database compares keys as bytes. Blocks that are damaged are skipped and counted. A
    file without a footer is still being written: its content stands in a log, too.
    """
    try:
        index = _read_index(file)
    except DamagedData:
        reading.damaged += 1
        return
    if index is None:
        return
    low: bytes | None = None
    try:
        for key, handle in _entries(index):
            reading.check()
            high = key[: -_INTERNAL.size]
            if prefixes is None or _overlaps(prefixes, low, high):
                yield from _records(file, handle, reading)
            low = high
    except DamagedData:
        reading.damaged += 1


def _overlaps(prefixes: tuple[bytes, ...], low: bytes | None, high: bytes) -> bool:
    """Whether keys from `low` to `high`, both included, can begin with a prefix."""
    return any(high >= prefix and (low is None or low[: len(prefix)] <= prefix) for prefix in prefixes)


def _read_index(file: BinaryIO) -> bytes | None:
    size = file.seek(0, 2)
    if size < _FOOTER_BYTES:
        return None
    file.seek(size - _FOOTER_BYTES)
    footer = file.read(_FOOTER_BYTES)
    if not footer.endswith(_MAGIC):
        return None
    _, position = read_varint(footer, 0)  # offset and size of the metaindex, which holds filters only
    _, position = read_varint(footer, position)
    return _read_block(file, footer[position:])


def _records(file: BinaryIO, handle: bytes, reading: Reading) -> Iterator[Record]:
    try:
        for key, value in _entries(_read_block(file, handle)):
            if len(key) < _INTERNAL.size:
                raise DamagedData
            (tail,) = _INTERNAL.unpack_from(key, len(key) - _INTERNAL.size)
            if tail & 0xFF not in (_DELETION, _VALUE):
                raise DamagedData
            yield key[: -_INTERNAL.size], tail >> 8, value if tail & 0xFF == _VALUE else None
    except DamagedData:
        reading.damaged += 1


def _read_block(file: BinaryIO, handle: bytes) -> bytes:
    offset, position = read_varint(handle, 0)
    length, _ = read_varint(handle, position)
    if length > LARGEST_BLOCK or offset > 1 << 62:
        raise DamagedData
    file.seek(offset)
    data = file.read(length + _TRAILER.size)
    if len(data) < length + _TRAILER.size:
        raise DamagedData
    compression, stored = _TRAILER.unpack_from(data, length)
    if not has_checksum(data[: length + 1], stored):
        raise DamagedData
    return unpack(data[:length], compression)


def _entries(block: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Give keys and values; each key repeats a part of the one before. The restart points are not needed."""
    if len(block) < _NUMBER.size:
        raise DamagedData
    (restarts,) = _NUMBER.unpack_from(block, len(block) - _NUMBER.size)
    limit = len(block) - _NUMBER.size * (1 + restarts)
    if limit < 0:
        raise DamagedData
    key = b""
    position = 0
    while position < limit:
        shared, own, length, position = _lengths(block, position)
        middle, end = position + own, position + own + length
        if shared > len(key) or end > limit:
            raise DamagedData
        key = key[:shared] + block[position:middle]
        yield key, block[middle:end]
        position = end


def _lengths(block: bytes, position: int) -> tuple[int, int, int, int]:
    """Return the three lengths before an entry and the position after them; mostly they take one byte each."""
    head = block[position : position + 3]
    if len(head) == 3 and head.isascii():
        return head[0], head[1], head[2], position + 3
    shared, position = read_varint(block, position)
    own, position = read_varint(block, position)
    length, position = read_varint(block, position)
    return shared, own, length, position
