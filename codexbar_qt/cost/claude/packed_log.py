"""What is kept of one Claude log: its rows, each key once, and what they add up to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from codexbar_qt.cost.bucket_sums import BucketSums
from codexbar_qt.cost.claude.lines import Row
from codexbar_qt.cost.columns import pack_column, unpack_column
from codexbar_qt.cost.values import SLOT_SECONDS, UsageBucket

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from codexbar_qt.cost.bucket_sums import Amounts, BucketKey

VERSION = 1
CLAUDE, VERTEX = "claude", "vertexai"


class RowGroup(msgspec.Struct, frozen=True, array_like=True):
    """Rows in columns. Those with a key come first: `keys` holds them, a line each, in the order of the rows."""

    keys: bytes = b""
    models: tuple[str, ...] = ()
    columns: tuple[bytes, ...] = ()
    buckets: tuple[UsageBucket, ...] = ()

    def key_list(self) -> list[bytes]:
        """Return the keys in the order of their rows."""
        return self.keys.split(b"\n") if self.keys else []

    def rows(self) -> Iterator[Row]:
        """Go through the rows. Sidechain rows have a group of their own, so none says it is one."""
        keys = [key.decode() for key in self.key_list()]
        columns = [unpack_column(column) for column in self.columns]
        for place, (at, model, vertex, *numbers) in enumerate(zip(*columns, strict=True)):
            key = keys[place] if place < len(keys) else ""
            yield Row(key, at, self.models[model], bool(vertex), False, *numbers)


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


def pack_rows(keyed: Iterable[Row], keyless: Iterable[Row]) -> tuple[RowGroup, RowGroup]:
    """Return the groups of the main conversation and of sidechains."""
    groups: tuple[tuple[list[Row], list[Row]], tuple[list[Row], list[Row]]] = (([], []), ([], []))
    for row in keyed:
        groups[row.is_sidechain][0].append(row)
    for row in keyless:
        groups[row.is_sidechain][1].append(row)
    return _pack_group(*groups[False]), _pack_group(*groups[True])


def bucket_key(row: Row) -> BucketKey:
    """Return which bucket a row is in."""
    source = VERTEX if row.is_vertex else CLAUDE
    return source, row.at // SLOT_SECONDS, row.model, row.is_long, False


def amounts_of(row: Row, sign: int = 1) -> Amounts:
    """Return what a row adds to its bucket, or takes out of it with `sign` -1."""
    return (
        sign,
        sign * row.input,
        sign * row.output,
        sign * row.cache_read,
        sign * row.cache_write,
        sign * row.cache_write_1h,
        0,
    )


def _pack_group(keyed: Sequence[Row], keyless: Sequence[Row]) -> RowGroup:
    rows = (*keyed, *keyless)
    if not rows:
        return RowGroup()
    keys, at, names, vertex, _, *numbers = zip(*rows, strict=True)
    models = {name: place for place, name in enumerate(dict.fromkeys(names))}
    columns = (at, [models[name] for name in names], vertex, *numbers)
    return RowGroup(
        keys="\n".join(keys[: len(keyed)]).encode(),
        models=tuple(models),
        columns=tuple(pack_column(column) for column in columns),
        buckets=_buckets(rows),
    )


def _buckets(rows: Sequence[Row]) -> tuple[UsageBucket, ...]:
    """Return what rows add up to; whole buckets at once, for there are many rows."""
    alike: dict[tuple[bool, int, str, bool], list[Row]] = {}
    for row in rows:
        key = (row.is_vertex, row.at // SLOT_SECONDS, row.model, row.is_long)
        if key in alike:
            alike[key].append(row)
        else:
            alike[key] = [row]
    sums = BucketSums()
    for found in alike.values():
        _, _, _, _, _, *numbers = zip(*found, strict=True)
        fresh, output, read, write, hour = map(sum, numbers)
        sums.add(bucket_key(found[0]), (len(found), fresh, output, read, write, hour, 0))
    return sums.buckets()
