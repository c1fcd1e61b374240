"""Write-ahead logs: fragments, checksums, torn tails, and bytes that are no log."""

from __future__ import annotations

import io
import random
import struct
from threading import Event

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codexbar_qt.adapters.browser_storage import leveldb_log
from codexbar_qt.adapters.browser_storage.leveldb_log import read_log
from codexbar_qt.adapters.browser_storage.problem import ReadingStopped
from codexbar_qt.adapters.browser_storage.reading import Reading
from tests.adapters.browser_storage.leveldb_writer import BLOCK, batch, log, masked_crc

Records = list[tuple[bytes, int, bytes | None]]


def read(data: bytes) -> tuple[Records, int]:
    reading = Reading()
    return list(read_log(io.BytesIO(data), reading)), reading.damaged


def test_the_checksum_is_the_published_one() -> None:
    assert masked_crc(b"123456789") == (((0xE3069283 >> 15) | (0xE3069283 << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def test_changes_of_a_batch_are_numbered() -> None:
    data = log([batch(7, [(b"a", b"1"), (b"b", None), (b"a", b"")]), batch(10, [(b"c", b"x" * 200)])])
    assert read(data) == ([(b"a", 7, b"1"), (b"b", 8, None), (b"a", 9, b""), (b"c", 10, b"x" * 200)], 0)


@pytest.mark.parametrize("size", [0, BLOCK - 40, BLOCK - 30, BLOCK - 26, BLOCK - 25, BLOCK - 20, BLOCK, 3 * BLOCK + 5])
def test_records_go_on_in_the_next_block(size: int) -> None:
    values = [random.Random(size).randbytes(size), b"next", random.Random(1).randbytes(70_000), b"last"]
    data = log(batch(number, [(b"k", value)]) for number, value in enumerate(values))
    assert read(data) == ([(b"k", number, value) for number, value in enumerate(values)], 0)


def test_every_torn_tail_leaves_what_was_complete() -> None:
    first, second = batch(1, [(b"a", b"1")]), batch(2, [(b"b", b"22")])
    whole = log([first, second])
    complete = len(log([first]))
    for length in range(len(whole)):
        expected: Records = [(b"a", 1, b"1")] if length >= complete else []
        assert read(whole[:length]) == (expected, 0), length
        assert read(whole[:length] + bytes(len(whole) - length))[0] == expected, "zeros where bytes are to come"


def test_a_torn_record_of_several_blocks_is_dropped() -> None:
    whole = log([batch(1, [(b"a", b"1")]), batch(2, [(b"b", bytes(100_000))])])
    for length in (BLOCK - 1, BLOCK, BLOCK + 6, 2 * BLOCK, len(whole) - 1):
        assert read(whole[:length]) == ([(b"a", 1, b"1")], 0)


def test_space_that_was_set_aside_is_no_damage() -> None:
    whole = log([batch(1, [(b"a", b"1")])])
    for length in (len(whole) + 7, BLOCK, 3 * BLOCK + 99):
        assert read(whole.ljust(length, b"\0")) == ([(b"a", 1, b"1")], 0)


def test_a_wrong_checksum_costs_the_rest_of_its_block_only() -> None:
    data = bytearray(log(batch(number, [(b"%d" % number, bytes(10_000))]) for number in range(9)))
    data[15_000] ^= 1  # in the second record
    found, damaged = read(bytes(data))
    # 0 precedes it; 1, 2 and the beginning of 3 share its block.
    assert [key for key, _, _ in found] == [b"0", b"4", b"5", b"6", b"7", b"8"]
    assert damaged == 1


def test_a_wrong_checksum_in_the_middle_of_a_record_drops_that_record() -> None:
    data = bytearray(log([batch(1, [(b"a", bytes(3 * BLOCK))]), batch(2, [(b"b", b"2")])]))
    data[BLOCK + 100] ^= 1
    assert read(bytes(data)) == ([(b"b", 2, b"2")], 1)


def test_a_length_beyond_the_block_is_damage() -> None:
    good = log([batch(1, [(b"a", b"1")])])
    bad = struct.pack("<IHB", 0, 0xFFFF, 1)
    data = (good + bad).ljust(BLOCK, b"\1") + good
    assert read(data) == ([(b"a", 1, b"1"), (b"a", 1, b"1")], 1)


@pytest.mark.parametrize(
    "wrong",
    [
        b"short",
        struct.pack("<QI", 1, 2) + b"\x01\x01a\x011",  # says two, holds one
        struct.pack("<QI", 1, 1) + b"\x07\x01a\x011",  # unknown tag
        struct.pack("<QI", 1, 1) + b"\x01\x01a\x7f1",  # value beyond the end
        struct.pack("<QI", 1, 1) + b"\x00" + b"\xff" * 11,  # endless length
    ],
)
def test_a_batch_that_is_none_is_counted_and_the_next_is_read(wrong: bytes) -> None:
    found, damaged = read(log([wrong, batch(9, [(b"z", b"9")])]))
    assert found[-1] == (b"z", 9, b"9")
    assert damaged == 1


def test_a_record_above_the_limit_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leveldb_log, "LARGEST_BLOCK", 100_000)
    found, damaged = read(log([batch(1, [(b"a", bytes(200_000))]), batch(2, [(b"b", bytes(90_000))])]))
    assert ([key for key, _, _ in found], damaged) == ([b"b"], 1)


def test_it_stops_when_given_up() -> None:
    given_up = Event()
    records = read_log(io.BytesIO(log(batch(n, [(b"k", bytes(9000))]) for n in range(20))), Reading(given_up))
    next(records)
    given_up.set()
    with pytest.raises(ReadingStopped):
        list(records)


@given(st.binary(max_size=2000))
def test_any_bytes_are_read_without_an_error(data: bytes) -> None:
    read(data)


@given(st.binary(max_size=300))
def test_any_record_with_a_right_checksum_is_read_without_an_error(record: bytes) -> None:
    read(log([record]))


@settings(max_examples=300)
@given(st.lists(st.tuples(st.binary(max_size=20), st.none() | st.binary(max_size=9_000)), max_size=12), st.data())
def test_damage_anywhere_never_invents_a_record(changes: list[tuple[bytes, bytes | None]], data: st.DataObject) -> None:
    whole = log(batch(number, [change]) for number, change in enumerate(changes))
    expected = [(key, number, value) for number, (key, value) in enumerate(changes)]
    assert read(whole) == (expected, 0)
    if whole:
        place = data.draw(st.integers(0, len(whole) - 1))
        broken = whole[:place] + bytes([whole[place] ^ data.draw(st.integers(1, 255))]) + whole[place + 1 :]
        assert set(read(broken)[0]) <= set(expected)
