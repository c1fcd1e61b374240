"""Reads one Claude log, whole or from where the last reading ended (token-cost.md 2, 3.1 and 8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from codexbar_qt.cost.claude.lines import NEEDLES
from codexbar_qt.cost.claude.packed_log import PackedLog, RowGroup, pack_rows
from codexbar_qt.cost.family import FileState
from codexbar_qt.cost.file_mark import mark_of
from codexbar_qt.cost.line_blocks import Tally, lines_with

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from codexbar_qt.cost.claude.rows import FoundRows, RowReader, RowValues

_DECODER = msgspec.msgpack.Decoder(PackedLog)
_ENCODER = msgspec.msgpack.Encoder()


class LogRows:
    """The rows of a log while it is read; of the lines with one key the last counts."""

    def __init__(self) -> None:
        self.keyed: dict[str, RowValues] = {}
        self.keyless: list[RowValues] = []

    def take(self, found: FoundRows) -> None:
        """Add rows."""
        self.keyed.update(found.keyed)
        self.keyless.extend(found.keyless)

    def take_group(self, group: RowGroup, *, is_sidechain: bool) -> None:
        """Add the rows of an earlier reading."""
        for row in group.rows():
            if row.key:
                self.keyed[row.key] = row._replace(is_sidechain=is_sidechain)
            else:
                self.keyless.append(row._replace(is_sidechain=is_sidechain))

    def packed(self) -> tuple[RowGroup, RowGroup]:
        """Return the groups to keep."""
        return pack_rows(self.keyed.values(), self.keyless)


def unpack(state: FileState) -> PackedLog:
    """Return what was kept of a log. Raises msgspec.DecodeError."""
    return _DECODER.decode(state.packed)


def read_log(
    stream: BinaryIO, earlier: FileState | None, reader: RowReader, checkpoint: Callable[[int], None]
) -> FileState:
    """Read a log from `earlier.offset` on, or whole. Raises OSError and what `checkpoint` raises."""
    known = unpack(earlier) if earlier is not None else PackedLog()
    rows = LogRows()
    main, side = known.without_tail()
    rows.take_group(main, is_sidechain=False)
    rows.take_group(side, is_sidechain=True)
    tally = Tally(offset=earlier.offset if earlier is not None else 0)
    broken = known.broken_lines
    stream.seek(tally.offset)
    for lines in lines_with(stream, NEEDLES, tally, checkpoint):
        found = reader.read(lines)
        rows.take(found)
        broken += found.broken
    kept = msgspec.structs.replace(
        _packed(rows, _tail_rows(tally.tail, reader)),
        long_lines=known.long_lines + tally.long_lines,
        broken_lines=broken,
        is_tail_long=tally.is_tail_long,
    )
    return FileState(tally.offset, mark_of(stream, tally.offset), _ENCODER.encode(kept))


def _tail_rows(tail: bytes, reader: RowReader) -> FoundRows | None:
    """Return the row of a line without an end, None when it has none or is not complete yet."""
    if not any(needle in tail for needle in NEEDLES):
        return None
    found = reader.read([tail])
    return found if found.keyed or found.keyless else None


def _packed(rows: LogRows, tail: FoundRows | None) -> PackedLog:
    groups = rows.packed()
    if tail is None:
        return PackedLog(*groups)
    rows.take(tail)
    return PackedLog(*rows.packed(), committed=groups)
