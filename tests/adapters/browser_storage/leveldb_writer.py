"""Writes LevelDB logs, tables and manifests by the format's description, with no code of the reader."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import cramjam

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

BLOCK = 32 * 1024
NONE, SNAPPY, ZSTANDARD = 0, 1, 2
MAGIC = 0xDB4775248B80FB57

Change = tuple[bytes, bytes | None]
Row = tuple[bytes, int, bytes | None]


def _make_table() -> list[int]:
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return table


_TABLE = _make_table()


def masked_crc(data: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in data:
        crc = _TABLE[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    crc ^= 0xFFFFFFFF
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def varint(number: int) -> bytes:
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def sliced(data: bytes) -> bytes:
    return varint(len(data)) + data


def batch(sequence: int, changes: Sequence[Change]) -> bytes:
    out = struct.pack("<QI", sequence, len(changes))
    for key, value in changes:
        out += b"\x00" + sliced(key) if value is None else b"\x01" + sliced(key) + sliced(value)
    return out


def log(records: Iterable[bytes]) -> bytes:
    out = bytearray()
    for record in records:
        rest, is_first = record, True
        while True:
            room = BLOCK - len(out) % BLOCK
            if room < 7:
                out += bytes(room)
                room = BLOCK
            part, rest = rest[: room - 7], rest[room - 7 :]
            kind = (1 if not rest else 2) if is_first else (4 if not rest else 3)
            out += struct.pack("<IHB", masked_crc(bytes([kind]) + part), len(part), kind) + part
            is_first = False
            if not rest:
                break
    return bytes(out)


def block(entries: Sequence[tuple[bytes, bytes]], interval: int = 16) -> bytes:
    out, restarts, before = bytearray(), [], b""
    for number, (key, value) in enumerate(entries):
        shared = 0
        if number % interval == 0:
            restarts.append(len(out))
        else:
            while shared < min(len(before), len(key)) and before[shared] == key[shared]:
                shared += 1
        out += varint(shared) + varint(len(key) - shared) + varint(len(value)) + key[shared:] + value
        before = key
    restarts = restarts or [0]
    return bytes(out) + b"".join(struct.pack("<I", start) for start in restarts) + struct.pack("<I", len(restarts))


def packed(content: bytes, compression: int) -> bytes:
    data = content
    if compression == SNAPPY:
        data = bytes(memoryview(cramjam.snappy.compress_raw(content)))
    elif compression == ZSTANDARD:
        data = bytes(memoryview(cramjam.zstd.compress(content)))
    data += bytes([compression])
    return data + struct.pack("<I", masked_crc(data))


def internal(key: bytes, sequence: int, value: bytes | None) -> bytes:
    return key + struct.pack("<Q", sequence << 8 | (value is not None))


def table(rows: Iterable[Row], compression: int = NONE, block_bytes: int = 4096) -> bytes:
    """Rows are sorted here: keys as bytes, later sequence numbers first."""
    out, index, entries, size = bytearray(), [], list[tuple[bytes, bytes]](), 0

    def finish() -> None:
        nonlocal entries, size
        data = packed(block(entries), compression)
        index.append((entries[-1][0], varint(len(out)) + varint(len(data) - 5)))
        out.extend(data)
        entries, size = [], 0

    for key, sequence, value in sorted(rows, key=lambda row: (row[0], -row[1])):
        entries.append((internal(key, sequence, value), value or b""))
        size += len(key) + len(value or b"")
        if size >= block_bytes:
            finish()
    if entries:
        finish()
    handles = b""
    for content in (block([]), block(index, 1)):
        data = packed(content, compression)
        handles += varint(len(out)) + varint(len(data) - 5)
        out.extend(data)
    return bytes(out) + handles.ljust(40, b"\0") + struct.pack("<Q", MAGIC)


def edit(*, log_number: int = 0, new: Sequence[int] = (), deleted: Sequence[int] = ()) -> bytes:
    """A manifest record with everything a browser's has in it."""
    out = varint(1) + sliced(b"leveldb.BytewiseComparator") + varint(3) + varint(99) + varint(4) + varint(1000)
    if log_number:
        out += varint(2) + varint(log_number) + varint(9) + varint(0)
    out += varint(5) + varint(1) + sliced(internal(b"pointer", 3, b""))
    for number in deleted:
        out += varint(6) + varint(0) + varint(number)
    for number in new:
        smallest, largest = internal(b"a", 1, b""), internal(b"z", 2, b"")
        out += varint(7) + varint(1) + varint(number) + varint(4096) + sliced(smallest) + sliced(largest)
    return out
