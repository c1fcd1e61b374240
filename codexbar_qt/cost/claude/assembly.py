"""Adds Claude logs up, each request once over all files (token-cost.md 3.2)."""

from __future__ import annotations

from array import array
from itertools import compress, islice
from operator import eq
from typing import TYPE_CHECKING

from codexbar_qt.cost.bucket_sums import BucketSums
from codexbar_qt.cost.claude.packed_log import CLAUDE, VERTEX, amounts_without, bucket_key
from codexbar_qt.cost.claude.reading import unpack
from codexbar_qt.cost.columns import unpack_column
from codexbar_qt.cost.values import Ledger, LeftOut, TokenCounts, UsageRow

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from codexbar_qt.cost.claude.packed_log import RowGroup
    from codexbar_qt.cost.claude.rows import Row
    from codexbar_qt.cost.family import FileStates
    from codexbar_qt.cost.log_files import LogFile


def assemble(states: FileStates) -> Ledger:
    """Return the ledger: rows of main conversations win over those of sidechains, then parents over subagents.

    Then the smaller path wins. Raises msgspec.DecodeError for state that cannot be read. All rows are added up first;
    only keys that may be there twice, by their hashes, are then looked at one by one. So memory holds a number a key.
    """
    sums, hashes = BucketSums(), array("I")
    rows = long_lines = broken_lines = 0
    ends: dict[str, int] = {}
    for file in states.files():
        packed = unpack(states.load(file))
        long_lines += packed.long_lines + packed.is_tail_long
        broken_lines += packed.broken_lines
        for group in (packed.main, packed.side):
            sums.add_buckets(group.buckets)
            rows += sum(bucket.requests for bucket in group.buckets)
            hashes.extend(iter(unpack_column(group.hashes)))
        ends[file.path] = len(hashes)
    suspects = _met_twice(hashes)
    copies = _take_copies_out(states, sums, suspects, _files_with(suspects, hashes, ends)) if suspects else 0
    left_out = (LeftOut("long_line", long_lines), LeftOut("broken_line", broken_lines))
    return Ledger(
        family="claude",
        buckets=sums.buckets(),
        left_out=tuple(item for item in left_out if item.count),
        files=len(states.files()),
        rows=rows - copies,
        duplicates=copies,
    )


def _met_twice(hashes: array[int]) -> set[int]:
    ordered = sorted(hashes)
    return set(compress(ordered, map(eq, ordered, islice(ordered, 1, None))))


def _files_with(suspects: set[int], hashes: array[int], ends: Mapping[str, int]) -> set[str]:
    """Return the paths of the files that have one of these hashes; those of each file end where `ends` says."""
    found: set[str] = set()
    start = 0
    for path, end in ends.items():
        if not suspects.isdisjoint(hashes[start:end]):
            found.add(path)
        start = end
    return found


def _take_copies_out(states: FileStates, sums: BucketSums, suspects: set[int], paths: Container[str]) -> int:
    """Take all but the winning row of each key out of the sums; return how many that were."""
    seen: set[bytes] = set()
    copies = 0
    for _, group in _ranked_groups(states, paths):
        losers: list[int] = []
        for place, (key, hashed) in enumerate(zip(group.key_list(), unpack_column(group.hashes), strict=True)):
            if hashed in suspects:
                if key in seen:
                    losers.append(place)
                seen.add(key)
        copies += len(losers)
        for row in group.rows_at(losers):
            sums.add(bucket_key(row), amounts_without(row))
    return copies


def counted_rows(states: FileStates, source: str, first: int, last: int) -> Sequence[UsageRow]:
    """Return the rows that count between two moments, the earliest first."""
    wanted = {row.key for row, _ in _all_rows(states) if first <= row.at < last and row.key}
    winners: dict[str, tuple[Row, str]] = {}
    copies: dict[str, int] = {}
    counted: list[tuple[Row, str]] = []
    for row, path in _all_rows(states):
        if row.key in wanted:
            copies[row.key] = copies.get(row.key, -1) + 1
            winners.setdefault(row.key, (row, path))
        elif not row.key and first <= row.at < last:
            counted.append((row, path))
    counted.extend(winners.values())
    found = [
        UsageRow(
            source=source,
            at=row.at,
            model=row.model,
            is_long=row.is_long,
            is_fast=False,
            tokens=TokenCounts(row.input, row.output, row.cache_read, row.cache_write, row.cache_write_1h),
            file=path,
            copies=copies.get(row.key, 0),
        )
        for row, path in counted
        if first <= row.at < last and source == (VERTEX if row.is_vertex else CLAUDE)
    ]
    return sorted(found, key=lambda row: (row.at, row.file))


def _all_rows(states: FileStates) -> Iterator[tuple[Row, str]]:
    """Go through all rows, those that win before those that lose."""
    for file, group in _ranked_groups(states, {file.path for file in states.files()}):
        for row in group.rows():
            yield row, file.path


def _ranked_groups(states: FileStates, paths: Container[str]) -> Iterator[tuple[LogFile, RowGroup]]:
    """Go through the groups of rows of these files, those that win before those that lose."""
    wanted = (file for file in states.files() if file.path in paths)
    ranked = sorted(wanted, key=lambda file: (_is_subagent(file.path), file.path))
    with_sidechains: list[LogFile] = []
    for file in ranked:
        packed = unpack(states.load(file))
        yield file, packed.main
        if packed.side.columns:
            with_sidechains.append(file)
    for file in with_sidechains:
        yield file, unpack(states.load(file)).side


def _is_subagent(path: str) -> bool:
    return "/subagents/" in path.replace("\\", "/")
