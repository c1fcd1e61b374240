"""Everything that can go wrong with the files of a case."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from codexbar_qt.provider_testing import fault_contents
from codexbar_qt.provider_testing.case import RecordedFile
from codexbar_qt.provider_testing.fault_contents import LOGIN_PAGE
from codexbar_qt.provider_testing.fault_injection import Injection
from codexbar_qt.provider_testing.fault_programs import GARBAGE, damaged

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from codexbar_qt.provider_testing.case import Case, RecordedTable
    from codexbar_qt.provider_testing.fault_injection import Seen

HUGE_CHARACTERS = 20 * 1024 * 1024
_READABLE_CHARACTERS = 1024 * 1024
_MANY_ROWS = 1500
_MOST_ROWS = 20
_CELLS: tuple[object, ...] = (None, 7, 1e308, -1, b"\xff\x00", "", "text", "[]", '{"a": 1}', "null")
_HUGE = RecordedFile((" " * HUGE_CHARACTERS,))


def file_faults(case: Case, seen: Seen) -> Iterator[Injection]:
    """Put every fault into every recorded file and directory of a case, one at a time."""
    for path, recorded in case.files.items():
        left = {other: file for other, file in case.files.items() if other != path}
        yield Injection("file missing", path, replace(case, files=left))
        for fault, name, made in _faulty(recorded, path.rsplit("/", 1)[-1], seen):
            yield Injection(fault, f"{path}: {name}", replace(case, files={**case.files, path: made}))
    for path, wanted in case.writes.items():
        denied = {**case.writes, path: {**wanted, "fails": True}}
        yield Injection("file unreadable", f"{path} cannot be written", replace(case, writes=denied))


def _faulty(recorded: RecordedFile, name: str, seen: Seen) -> Iterator[tuple[str, str, RecordedFile]]:
    at = recorded.modified_at
    yield "file unreadable", "no rights", RecordedFile(modified_at=at, fault="unreadable")
    yield "file unreadable", "a directory", RecordedFile(is_dir=True, modified_at=at)
    yield "file empty", "no bytes", RecordedFile(modified_at=at)
    yield "file empty", "white space", RecordedFile((" \n\n ",), modified_at=at)
    yield "file binary", "not UTF-8", RecordedFile(modified_at=at, fault="not_utf8")
    yield "file binary", "control characters", RecordedFile((GARBAGE,), modified_at=at)
    yield "file huge", "20 MB", replace(_HUGE, modified_at=at)
    if recorded.is_dir or recorded.fault:
        return
    if recorded.tables is not None:
        yield from _tables(recorded, recorded.tables, seen)
        return
    text = recorded.texts[-1]
    yield "file huge", "padded", RecordedFile((text + " " * _READABLE_CHARACTERS,), modified_at=at)
    yield "file's content damaged", "a page", RecordedFile((LOGIN_PAGE,), modified_at=at)
    cut = fault_contents.decode(text) is None
    for place, other in fault_contents.truncated(text) if cut else damaged(text, thorough=seen.is_new(name, text)):
        yield "file's content damaged", place, RecordedFile((other,), modified_at=at)


def _tables(
    recorded: RecordedFile, tables: Mapping[str, RecordedTable], seen: Seen
) -> Iterator[tuple[str, str, RecordedFile]]:
    for name, table in tables.items():
        without = {other: kept for other, kept in tables.items() if other != name}
        yield "file's content damaged", f"no table {name}", replace(recorded, tables=without)
        empty = replace(table, rows=())
        yield "file empty", f"no rows in {name}", replace(recorded, tables={**tables, name: empty})
        full = replace(table, rows=table.rows * (_MANY_ROWS // max(1, len(table.rows)) + 1))
        yield "file huge", f"many rows in {name}", replace(recorded, tables={**tables, name: full})
        for place, made in _cells(table, seen):
            changed = {**tables, name: made}
            yield "file's content damaged", f"{name}{place}", replace(recorded, tables=changed)


def _cells(table: RecordedTable, seen: Seen) -> Iterator[tuple[str, RecordedTable]]:
    for number, row in enumerate(table.rows[:_MOST_ROWS]):
        for column, cell in enumerate(row):
            place = f"[{number}].{table.columns[column]}"
            others: list[tuple[str, object]] = [(repr(other), other) for other in _CELLS]
            if isinstance(cell, str):
                others += damaged(cell, thorough=seen.is_new(place, cell))
            for name, other in others:
                changed = (*row[:column], other, *row[column + 1 :])
                rows = (*table.rows[:number], changed, *table.rows[number + 1 :])
                yield f"{place}: {name}", replace(table, rows=rows)
