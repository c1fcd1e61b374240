"""What all LevelDB files are made of: varints, masked CRC-32C checksums, compressed blocks.

Source: `doc/log_format.md`, `doc/table_format.md` and `util/crc32c.h` of LevelDB; RFC 8878 for the header of
Zstandard frames.
"""

from __future__ import annotations

LARGEST_BLOCK = 16 * 1024 * 1024
"""Bytes of a block or batch, on disk and unpacked. Local storage holds 10 MB per site, IndexedDB keeps more outside."""

Record = tuple[bytes, int, bytes | None]
"""User key, sequence number, value; None is a deletion."""

_NONE, _SNAPPY, _ZSTANDARD = 0, 1, 2
_MASK_DELTA = 0xA282EAD8
_ZSTANDARD_MAGIC = b"\x28\xb5\x2f\xfd"


class DamagedData(Exception):
    """Bytes are not what the format says. Never leaves this package and holds nothing that was read."""


def read_varint(data: bytes, position: int) -> tuple[int, int]:
    """Return the number of at most 64 bits and the position after it. Raises DamagedData."""
    result = shift = 0
    while position < len(data) and shift < 70:
        byte = data[position]
        position += 1
        result |= (byte & 0x7F) << shift
        if byte < 0x80:
            return result, position
        shift += 7
    raise DamagedData


def read_slice(data: bytes, position: int) -> tuple[bytes, int]:
    """Return the bytes behind their length, and the position after them. Raises DamagedData."""
    length, start = read_varint(data, position)
    end = start + length
    if end > len(data):
        raise DamagedData
    return data[start:end], end


def has_checksum(data: bytes, stored: int) -> bool:
    """Whether `stored` is the masked CRC-32C of `data`."""
    import google_crc32c

    crc: int = google_crc32c.value(data)
    return (((crc >> 15) | (crc << 17)) + _MASK_DELTA) & 0xFFFFFFFF == stored


def unpack(data: bytes, compression: int) -> bytes:
    """Return the content of a block. Raises DamagedData, also for one that would exceed LARGEST_BLOCK."""
    if compression == _NONE:
        return data
    if compression == _SNAPPY:
        return unpack_snappy(data)
    if compression == _ZSTANDARD:
        return _unpack_zstandard(data)
    raise DamagedData


def unpack_snappy(data: bytes, most: int = LARGEST_BLOCK) -> bytes:
    """Return the content of raw Snappy data (no framing). Raises DamagedData, also when it exceeds `most` bytes."""
    import cramjam

    try:
        if not data or cramjam.snappy.decompress_raw_len(data) > most:
            raise DamagedData
        return bytes(memoryview(cramjam.snappy.decompress_raw(data)))
    except cramjam.DecompressionError:
        raise DamagedData from None


def _unpack_zstandard(data: bytes) -> bytes:
    """The frame must tell its size, as LevelDB's own always do: what does not fit cannot be written."""
    import cramjam

    content = bytearray(_zstandard_size(data))
    try:
        if cramjam.zstd.decompress_into(data, content) != len(content):
            raise DamagedData
    except cramjam.DecompressionError:
        raise DamagedData from None
    return bytes(content)


def _zstandard_size(data: bytes) -> int:
    """Return the frame content size; the fields before it are window (0 or 1 byte) and dictionary id (0 to 4)."""
    if len(data) < 6 or not data.startswith(_ZSTANDARD_MAGIC):
        raise DamagedData
    descriptor = data[4]
    is_single_segment = bool(descriptor & 0x20)
    start = 5 + (not is_single_segment) + (0, 1, 2, 4)[descriptor & 3]
    width = (int(is_single_segment), 2, 4, 8)[descriptor >> 6]
    size = int.from_bytes(data[start : start + width], "little") + (256 if width == 2 else 0)
    if width == 0 or len(data) < start + width or size > LARGEST_BLOCK:
        raise DamagedData
    return size
