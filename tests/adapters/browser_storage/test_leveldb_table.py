"""Tables: compressed blocks, shared prefixes, checksums, skipped blocks, and bytes that are no table."""

from __future__ import annotations

import io
import random
import struct
from contextlib import suppress

import cramjam
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codexbar_qt.adapters.browser_storage import leveldb_format
from codexbar_qt.adapters.browser_storage.leveldb_format import DamagedData, read_varint, unpack
from codexbar_qt.adapters.browser_storage.leveldb_table import read_table
from codexbar_qt.adapters.browser_storage.reading import Reading
from tests.adapters.browser_storage.leveldb_writer import (
    MAGIC,
    NONE,
    SNAPPY,
    ZSTANDARD,
    Row,
    block,
    internal,
    packed,
    table,
    varint,
)

ROWS: list[Row] = [
    (b"_https://%s.example.com\0\1key%03d" % (site, number), 1000 + number, b"value %d " % number * 20)
    for site in (b"a", b"b", b"c")
    for number in range(150)
]


class CountingFile(io.BytesIO):
    """Counts the bytes read."""

    count = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.count += len(data)
        return data


def read(data: bytes, prefixes: tuple[bytes, ...] | None = None) -> tuple[list[Row], int]:
    reading = Reading()
    return list(read_table(io.BytesIO(data), reading, prefixes)), reading.damaged


@pytest.mark.parametrize("compression", [NONE, SNAPPY, ZSTANDARD])
@pytest.mark.parametrize("block_bytes", [1, 300, 4096, 1 << 20])
def test_all_rows_are_found(compression: int, block_bytes: int) -> None:
    rows: list[Row] = [*ROWS, (b"deleted", 5, None), (b"deleted", 4, b"old"), (b"", 3, b"no key"), (b"none", 2, b"")]
    found, damaged = read(table(rows, compression, block_bytes))
    assert (sorted(found, key=repr), damaged) == (sorted(rows, key=repr), 0)


def test_only_blocks_that_can_hold_wanted_keys_are_read() -> None:
    data = table(ROWS, block_bytes=1000)
    wanted = (b"_https://b.example.com",)
    file, reading = CountingFile(data), Reading()
    found = [row for row in read_table(file, reading, wanted) if row[0].startswith(wanted)]
    assert found == sorted((row for row in ROWS if row[0].startswith(wanted)), key=lambda row: row[0])
    assert file.count < len(data) / 2


@given(st.lists(st.binary(max_size=3), min_size=1, max_size=30, unique=True), st.binary(max_size=2), st.integers(1, 20))
def test_skipping_blocks_loses_nothing(keys: list[bytes], prefix: bytes, block_bytes: int) -> None:
    rows: list[Row] = [(key, version, b"v") for key in keys for version in (1, 2)]
    found, damaged = read(table(rows, block_bytes=block_bytes), (prefix,))
    assert {row for row in found if row[0].startswith(prefix)} == {row for row in rows if row[0].startswith(prefix)}
    assert damaged == 0


def test_a_damaged_block_is_skipped_and_the_others_are_read() -> None:
    data = bytearray(table(ROWS, block_bytes=4096))
    data[6000] ^= 1
    found, damaged = read(bytes(data))
    assert damaged == 1
    assert 0.7 * len(ROWS) < len(found) < len(ROWS)
    assert set(found) < set(ROWS)


def test_a_table_that_is_still_being_written_is_no_damage() -> None:
    data = table(ROWS)
    for length in (0, 10, 47, 48, 5000, len(data) - 1):
        assert read(data[:length]) == ([], 0)


def test_a_damaged_index_is_damage() -> None:
    data = bytearray(table(ROWS))
    data[-60] ^= 1
    assert read(bytes(data)) == ([], 1)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0\0\0",
        struct.pack("<I", 5),  # restarts beyond the block
        struct.pack("<I", 0xFFFFFFFF),
        varint(3) + varint(1) + varint(0) + b"k" + struct.pack("<II", 0, 1),  # shares more than there is
        varint(0) + varint(9) + varint(200) + b"k" * 9 + struct.pack("<II", 0, 1),  # value beyond the end
        varint(0) + varint(3) + varint(0) + b"key" + struct.pack("<II", 0, 1),  # no room for the sequence
        varint(0) + varint(9) + varint(0) + b"k\7" + bytes(7) + struct.pack("<II", 0, 1),  # unknown type
        b"\xff" * 12 + struct.pack("<II", 0, 1),
    ],
)
def test_a_block_with_a_right_checksum_and_wrong_content_is_damage(content: bytes) -> None:
    data = packed(content, NONE)
    index = packed(block([(internal(b"z", 1, b""), varint(0) + varint(len(content)))], 1), NONE)
    handles = varint(0) + varint(0) + varint(len(data)) + varint(len(index) - 5)
    assert read(data + index + handles.ljust(40, b"\0") + struct.pack("<Q", MAGIC)) == ([], 1)


def test_a_handle_that_leads_nowhere_is_damage() -> None:
    for handle in (
        varint(1 << 40) + varint(10),
        varint(1 << 63) + varint(1),
        varint(0) + varint(1 << 50),
        b"",
        b"\xff",
    ):
        index = packed(block([(internal(b"z", 1, b""), handle)], 1), NONE)
        handles = varint(0) + varint(0) + varint(0) + varint(len(index) - 5)
        assert read(index + handles.ljust(40, b"\0") + struct.pack("<Q", MAGIC)) == ([], 1)


def test_a_block_may_not_unpack_to_more_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leveldb_format, "LARGEST_BLOCK", 1000)
    for kind, data in (
        (SNAPPY, bytes(memoryview(cramjam.snappy.compress_raw(bytes(1001))))),
        (ZSTANDARD, bytes(memoryview(cramjam.zstd.compress(bytes(1001))))),
    ):
        monkeypatch.setattr(leveldb_format.unpack_snappy, "__defaults__", (1000,))
        with pytest.raises(DamagedData):
            unpack(data, kind)


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 65_791, 65_792, 300_000])
def test_zstandard_frames_of_every_size_field(size: int) -> None:
    content = random.Random(size).randbytes(size)
    for level in (1, 19):
        assert unpack(bytes(memoryview(cramjam.zstd.compress(content, level))), ZSTANDARD) == content


def test_a_zstandard_frame_that_lies_about_its_size_is_damage() -> None:
    frame = bytes(memoryview(cramjam.zstd.compress(b"abc" * 1000)))
    true, start = struct.pack("<H", 3000 - 256), frame.index(struct.pack("<H", 3000 - 256))
    for wrong in (2999 - 256, 3001 - 256):
        with pytest.raises(DamagedData):
            unpack(frame[:start] + struct.pack("<H", wrong) + frame[start + len(true) :], ZSTANDARD)


@pytest.mark.parametrize("kind", [3, 4, 255])
def test_other_compressions_are_damage(kind: int) -> None:
    with pytest.raises(DamagedData):
        unpack(b"data", kind)


def test_varints() -> None:
    for number in (0, 1, 127, 128, 300, 1 << 32, (1 << 64) - 1):
        assert read_varint(b"x" + varint(number) + b"y", 1) == (number, 1 + len(varint(number)))
    for wrong in (b"", b"\x80", b"\xff" * 10, b"\x80" * 11 + b"\x01"):
        with pytest.raises(DamagedData):
            read_varint(wrong, 0)


@given(st.binary(max_size=400), st.sampled_from([NONE, SNAPPY, ZSTANDARD, 7]))
def test_unpacking_any_bytes_raises_nothing_else(data: bytes, kind: int) -> None:
    with suppress(DamagedData):
        unpack(data, kind)


@given(st.binary(max_size=200), st.integers(0, 3))
def test_unpacking_almost_a_zstandard_frame_raises_nothing_else(tail: bytes, descriptor: int) -> None:
    with suppress(DamagedData):
        unpack(b"\x28\xb5\x2f\xfd" + bytes([descriptor << 6 | 0x20]) + tail, ZSTANDARD)


@given(st.binary(max_size=400))
def test_any_bytes_before_a_footer_are_read_without_an_error(data: bytes) -> None:
    read(data)
    read(data + struct.pack("<Q", MAGIC))


@given(st.binary(max_size=300))
def test_any_block_with_a_right_checksum_is_read_without_an_error(content: bytes) -> None:
    data = packed(content, NONE)
    handles = varint(0) + varint(0) + varint(0) + varint(len(content))
    read(data + handles.ljust(40, b"\0") + struct.pack("<Q", MAGIC))


@settings(max_examples=300)
@given(st.integers(0), st.integers(1, 255), st.sampled_from([NONE, SNAPPY, ZSTANDARD]))
def test_damage_anywhere_never_invents_a_row(place: int, mask: int, compression: int) -> None:
    data = bytearray(TABLES[compression])
    data[place % len(data)] ^= mask
    assert set(read(bytes(data))[0]) <= set(ROWS)


TABLES = {kind: table(ROWS, kind, 1500) for kind in (NONE, SNAPPY, ZSTANDARD)}
