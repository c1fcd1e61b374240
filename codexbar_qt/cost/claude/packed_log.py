"""What is kept of one Claude log: its rows, each key once, and what they add up to."""

from __future__ import annotations

import zlib
from collections import defaultdict
from typing import TYPE_CHECKING

import msgspec

from codexbar_qt.cost.bucket_sums import BucketSums
from codexbar_qt.cost.claude.rows import LONG_PROMPT, Row
from codexbar_qt.cost.columns import pack_column, unpack_column
from codexbar_qt.cost.values import SLOT_SECONDS, UsageBucket

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from codexbar_qt.cost.bucket_sums import Amounts, BucketKey
    from codexbar_qt.cost.claude.rows import RowValues

VERSION = 2
CLAUDE, VERTEX = "claude", "vertexai"


class RowGroup(msgspec.Struct, frozen=True, array_like=True):
    """Rows in columns. Those with a key come first: `keys` holds them, a line each, in the order of the rows.

    `hashes` is a column with a number for each key, by which most of those that are not alike are told apart.
    """

    keys: bytes = b""
    hashes: bytes = pack_column(())
    models: tuple[str, ...] = ()
    columns: tuple[bytes, ...] = ()
    buckets: tuple[UsageBucket, ...] = ()

    def key_list(self) -> list[bytes]:
        """Return the keys in the order of their rows."""
        return self.keys.split(b"\n") if self.keys else []

    def rows(self) -> Iterator[Row]:
        """Go through the rows. Sidechain rows have a group of their own, so none says it is one."""
        keys = self.key_list()
        columns = [unpack_column(column) for column in self.columns]
        for place, (at, model, vertex, *numbers) in enumerate(zip(*columns, strict=True)):
            key = keys[place].decode() if place < len(keys) else ""
            yield Row(key, at, self.models[model], bool(vertex), False, *numbers)

    def rows_at(self, places: Sequence[int]) -> Iterator[Row]:
        """Go through the rows at some places, without their keys."""
        columns = [unpack_column(column) for column in self.columns]
        for place in places:
            at, model, vertex, *numbers = [column[place] for column in columns]
            yield Row("", at, self.models[model], bool(vertex), False, *numbers)


class PackedLog(msgspec.Struct, frozen=True, array_like=True):
    """A log: rows of the main conversation and of sidechains, and what was left out.

    `tail` is a last line without an end that is complete all the same. It is in the groups; when the file grows it is
    taken out and read again, for `committed` holds the groups without it. `is_tail_long`: it is left out.
    """

    main: RowGroup = RowGroup()
    side: RowGroup = RowGroup()
    long_lines: int = 0
    broken_lines: int = 0
    committed: tuple[RowGroup, RowGroup] | None = None
    is_tail_long: bool = False

    def without_tail(self) -> tuple[RowGroup, RowGroup]:
        """Return the groups of what is whole lines."""
        return self.committed or (self.main, self.side)


def pack_rows(keyed: Iterable[RowValues], keyless: Iterable[RowValues]) -> tuple[RowGroup, RowGroup]:
    """Return the groups of the main conversation and of sidechains."""
    groups: tuple[tuple[list[RowValues], list[RowValues]], ...] = (([], []), ([], []))
    for place, rows in enumerate((keyed, keyless)):
        for row in rows:
            groups[row[4]][place].append(row)
    return _pack_group(*groups[False]), _pack_group(*groups[True])


def bucket_key(row: Row) -> BucketKey:
    """Return which bucket a row is in."""
    source = VERTEX if row.is_vertex else CLAUDE
    return source, row.at // SLOT_SECONDS, row.model, row.is_long, False


def amounts_without(row: Row) -> Amounts:
    """Return what takes a row out of its bucket."""
    return -1, -row.input, -row.output, -row.cache_read, -row.cache_write, -row.cache_write_1h, 0


def _pack_group(keyed: Sequence[RowValues], keyless: Sequence[RowValues]) -> RowGroup:
    rows = (*keyed, *keyless)
    if not rows:
        return RowGroup()
    keys, at, names, vertex, _, *numbers = zip(*rows, strict=True)
    models = {name: place for place, name in enumerate(dict.fromkeys(names))}
    packed_keys = "\n".join(keys[: len(keyed)]).encode()
    columns = (at, [models[name] for name in names], vertex, *numbers)
    return RowGroup(
        keys=packed_keys,
        hashes=pack_column([*map(zlib.crc32, packed_keys.split(b"\n"))] if keyed else ()),
        models=tuple(models),
        columns=tuple(pack_column(column) for column in columns),
        buckets=_buckets(at, names, vertex, numbers),
    )


def _buckets(
    times: Sequence[int], models: Sequence[str], vertex: Sequence[bool], numbers: Sequence[Sequence[int]]
) -> tuple[UsageBucket, ...]:
    """Return what rows add up to; whole buckets at once, for there are many rows."""
    fresh, _, read, write, _ = numbers
    are_long = [prompt > LONG_PROMPT for prompt in map(sum, zip(fresh, read, write, strict=True))]
    keys = zip(vertex, [at // SLOT_SECONDS for at in times], models, are_long, strict=True)
    alike: dict[tuple[bool, int, str, bool], list[tuple[int, ...]]] = defaultdict(list)
    for key, row in zip(keys, zip(*numbers, strict=True), strict=True):
        alike[key].append(row)
    sums = BucketSums()
    for (is_vertex, slot, model, is_long), found in alike.items():
        sum_in, sum_out, sum_read, sum_write, sum_hour = map(sum, zip(*found, strict=True))
        source = VERTEX if is_vertex else CLAUDE
        amounts = (len(found), sum_in, sum_out, sum_read, sum_write, sum_hour, 0)
        sums.add((source, slot, model, is_long, False), amounts)
    return sums.buckets()
