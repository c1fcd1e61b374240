"""Lines worth decoding, whatever the blocks they come in."""

from __future__ import annotations

import io
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codexbar_qt.cost import line_blocks
from codexbar_qt.cost.line_blocks import BLOCK_BYTES, LONGEST_LINE, Tally, lines_with

NEEDLES = (b"needle", b"pin")
HOT = b"a needle"


def lines(content: bytes, *, offset: int = 0) -> tuple[list[bytes], Tally]:
    tally = Tally(offset)
    stream = io.BytesIO(content)
    stream.seek(offset)
    return list(chain.from_iterable(lines_with(stream, NEEDLES, tally, lambda _: None))), tally


def long(size: int, *, hot: bool = True) -> bytes:
    """Return a line of a length, with a needle in its middle if wanted."""
    return (HOT if hot else b"xxxxxxxx").center(size, b".")


def test_lines_with_and_without_needles() -> None:
    content = b"one\nneedle\n\ntwo pins\r\nneedle pin needle\nthree\nlast pin"
    found, tally = lines(content)
    assert found == [b"needle", b"two pins\r", b"needle pin needle"]
    assert tally == Tally(offset=len(content) - len(b"last pin"), tail=b"last pin")


def test_nothing_and_only_line_ends() -> None:
    assert lines(b"") == ([], Tally())
    assert lines(b"\n\n") == ([], Tally(offset=2))


def test_goes_on_from_an_offset() -> None:
    assert lines(b"pin 1\npin 2\n", offset=6) == ([b"pin 2"], Tally(offset=12))


def test_the_longest_line_is_one_of_512_kib() -> None:
    content = b"\n".join((long(LONGEST_LINE), long(LONGEST_LINE + 1), long(LONGEST_LINE), b""))
    found, tally = lines(content)
    assert [len(line) for line in found] == [LONGEST_LINE, LONGEST_LINE]
    assert tally == Tally(offset=len(content), long_lines=1)


@pytest.mark.parametrize("hot", [True, False])
@pytest.mark.parametrize("size", [LONGEST_LINE + 1, *(5 * BLOCK_BYTES + more for more in (-1, 0, 1, 7))])
@pytest.mark.parametrize("before", [0, 10, BLOCK_BYTES - 10, LONGEST_LINE - 5])
def test_a_long_line_across_blocks(size: int, before: int, hot: bool) -> None:
    filling = b"." * before + b"\n"
    found, tally = lines(filling + b"pin 1\n" + long(size, hot=hot) + b"\npin 2\n")
    assert found == [b"pin 1", b"pin 2"]
    assert tally == Tally(offset=len(filling) + 6 + size + 1 + 6, long_lines=int(hot))


@pytest.mark.parametrize("place", range(-8, 3))
def test_a_needle_on_the_border_of_two_blocks_of_a_long_line(place: int) -> None:
    begin = 2 * BLOCK_BYTES + place
    _, tally = lines(b"." * begin + b"needle" + b"." * BLOCK_BYTES + b"\n")
    assert tally.long_lines == 1


@pytest.mark.parametrize("hot", [True, False])
@pytest.mark.parametrize("size", [LONGEST_LINE + 1, 3 * BLOCK_BYTES - 20, 3 * BLOCK_BYTES, 9 * BLOCK_BYTES])
@pytest.mark.parametrize("before", [b"", b"pin 1\n"])
def test_a_long_line_without_an_end_stays_for_the_next_time(before: bytes, size: int, hot: bool) -> None:
    found, tally = lines(before + long(size, hot=hot))
    assert found == [b"pin 1"] * bool(before)
    assert tally == Tally(offset=len(before), is_tail_long=hot)
    found, tally = lines(before + long(size, hot=hot) + b"\npin 2\n", offset=tally.offset)
    assert found == [b"pin 2"]
    assert tally == Tally(offset=len(before) + size + 7, long_lines=int(hot))


def test_two_long_lines_and_a_long_tail_in_a_row() -> None:
    sizes = (4 * BLOCK_BYTES, LONGEST_LINE + 1)
    content = b"\n".join(map(long, sizes)) + b"\n" + long(4 * BLOCK_BYTES)
    assert lines(content) == ([], Tally(offset=sum(sizes) + 2, long_lines=2, is_tail_long=True))


def test_the_checkpoint_hears_of_every_byte_and_may_end_it() -> None:
    seen: list[int] = []
    content = b"pin\n" * BLOCK_BYTES

    def checkpoint(size: int) -> None:
        seen.append(size)
        if len(seen) == 3:
            raise InterruptedError

    found = lines_with(io.BytesIO(content), NEEDLES, Tally(), checkpoint)
    with pytest.raises(InterruptedError):
        list(found)
    assert seen == [BLOCK_BYTES] * 3


class Endless(io.BytesIO):
    """The same block many times, out of no memory."""

    def __init__(self, block: bytes, blocks: int) -> None:
        super().__init__()
        self._block, self._left = block, blocks

    def read(self, size: int | None = -1, /) -> bytes:
        self._left -= 1
        return self._block if self._left >= 0 else b""


def test_memory_does_not_grow_with_a_line() -> None:
    """Half a gigabyte in one line, from a file that is nowhere."""
    import tracemalloc

    stream = Endless(b"x" * BLOCK_BYTES, 512)
    tally = Tally()
    tracemalloc.start()
    assert list(lines_with(stream, NEEDLES, tally, lambda _: None)) == []
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * BLOCK_BYTES
    assert tally == Tally()


PIECES = st.lists(
    st.sampled_from([b"needle", b"pin", b"\n", b"\n", b"x", b"xxxxxxxxx", b"nee", b"dle", b"\r\n"]), max_size=60
)


@settings(max_examples=200)
@given(PIECES, st.integers(1, 30), st.integers(0, 20))
def test_the_size_of_blocks_changes_nothing(pieces: list[bytes], block: int, more: int) -> None:
    longest = max(block, len(NEEDLES[0])) + more
    content = b"".join(pieces)
    *whole, tail = content.split(b"\n")
    hot = [line for line in whole if any(needle in line for needle in NEEDLES)]
    is_tail_hot = any(needle in tail for needle in NEEDLES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(line_blocks, "BLOCK_BYTES", block)
        patch.setattr(line_blocks, "LONGEST_LINE", longest)
        found, tally = lines(content)
    assert found == [line for line in hot if len(line) <= longest]
    assert tally == Tally(
        offset=len(content) - len(tail),
        tail=tail if len(tail) <= longest else b"",
        long_lines=sum(len(line) > longest for line in hot),
        is_tail_long=len(tail) > longest and is_tail_hot,
    )
