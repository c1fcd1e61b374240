"""Goes through a log in blocks and yields the lines worth decoding; memory does not depend on the file's size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

BLOCK_BYTES = 1 << 18
"""As much as the caches of a processor hold, for each block is gone through more than once. Not more than a line: so
only the first line that ends in a block can be too long, and long lines are counted before the lines behind them."""
LONGEST_LINE = 512 * 1024
"""Longer lines are left out whole (token-cost.md 2)."""


class ByteStream(Protocol):
    """An open file."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes, none at the end."""
        ...


class Tally(msgspec.Struct):
    """What a reading leaves behind. `offset` is where whole lines end, as a place in the file; give it where to begin.

    `tail` is the last line when it has no end yet, b"" for none or for one that is too long. `long_lines` counts the
    lines that were too long and had a needle in them; `is_tail_long`: the last one without an end is such a line, too.
    """

    offset: int = 0
    tail: bytes = b""
    long_lines: int = 0
    is_tail_long: bool = False


def lines_with(
    stream: ByteStream, needles: Sequence[bytes], tally: Tally, checkpoint: Callable[[int], None]
) -> Iterator[Sequence[bytes]]:
    """Yield the whole lines that hold one of the needles, without their ends, in order, those of a block at a time.

    `stream` stands at `tally.offset`. `checkpoint` gets the number of bytes of every block and may raise. After the
    last line `tally` says where to go on.
    """
    blocks = _blocks(stream, checkpoint)
    data = b""
    for block in blocks:
        data += block
        last = data.rfind(b"\n")
        if last < 0 and len(data) > LONGEST_LINE:
            data = _behind_long_line(blocks, data, needles, tally)
            last = data.rfind(b"\n")
        if last >= 0:
            yield _hits(data, last, needles, tally)
            data = data[last + 1 :]
            tally.offset += last + 1
    if len(data) > LONGEST_LINE:
        tally.is_tail_long = any(needle in data for needle in needles)
    else:
        tally.tail = data


def _blocks(stream: ByteStream, checkpoint: Callable[[int], None]) -> Iterator[bytes]:
    while block := stream.read(BLOCK_BYTES):
        checkpoint(len(block))
        yield block


def _hits(data: bytes, last: int, needles: Sequence[bytes], tally: Tally) -> Sequence[bytes]:
    """Return the lines of `data` up to its line end at `last`."""
    spans = _spans(data, last, needles[0])
    if len(needles) > 1:
        spans = sorted({*spans, *(span for needle in needles[1:] for span in _spans(data, last, needle))})
    hits = [data[start:end] for start, end in spans]
    if hits and len(hits[0]) > LONGEST_LINE:
        tally.long_lines += 1
        return hits[1:]
    return hits


def _spans(data: bytes, last: int, needle: bytes) -> list[tuple[int, int]]:
    """Return where the lines with a needle begin and end."""
    find, rfind = data.find, data.rfind
    spans: list[tuple[int, int]] = []
    begin = 0
    while (place := find(needle, begin, last)) >= 0:
        start = rfind(b"\n", begin, place) + 1 or begin
        end = find(b"\n", place)
        spans.append((start, end))
        begin = end + 1
    return spans


def _behind_long_line(blocks: Iterator[bytes], data: bytes, needles: Sequence[bytes], tally: Tally) -> bytes:
    """Return what follows a line that is too long, b"" when it has no end yet; that one stays where `tally` stands."""
    overlap = max(map(len, needles)) - 1
    is_hot, passed = False, 0
    while True:
        end = data.find(b"\n")
        is_hot = is_hot or any(data.find(needle, 0, end if end >= 0 else len(data)) >= 0 for needle in needles)
        if end >= 0:
            tally.long_lines += is_hot
            tally.offset += passed + end + 1
            return data[end + 1 :]
        block = next(blocks, b"")
        if not block:
            tally.is_tail_long = is_hot
            return b""
        passed += len(data) - overlap
        data = data[-overlap:] + block
