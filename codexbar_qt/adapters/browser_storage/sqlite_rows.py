"""Reads rows of the private copy of a browser's SQLite file, bounded in time and size."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from typing import TYPE_CHECKING

from codexbar_qt.adapters.browser_storage.problem import ReadingStopped, StorageUnreadable
from codexbar_qt.adapters.browser_storage.reading import MOST_ENTRIES

if TYPE_CHECKING:
    from pathlib import Path

    from codexbar_qt.adapters.browser_storage.reading import Reading

_SECONDS = 5.0
# Older versions of SQLite refuse the whole table for one larger row, and a site may store about 10 MB.
_LARGEST_ROW = 64 * 1024 * 1024


def table_columns(copy: Path, table: str, reading: Reading) -> frozenset[str]:
    """Return the names of a table's columns, none when there is no such table. Raises StorageUnreadable."""
    rows = read_rows(copy, f"PRAGMA table_info({table})", reading)
    return frozenset(name.decode("utf-8", "replace") for row in rows if isinstance(name := row[1], bytes))


def read_rows(copy: Path, sql: str, reading: Reading) -> list[tuple[object, ...]]:
    """Return at most MOST_ENTRIES rows; texts come as bytes. Raises StorageUnreadable, and ReadingStopped.

    A log beside the copy is played back, so the copy is written to.
    """
    give_up_at = time.monotonic() + _SECONDS

    def must_stop() -> int:
        return int(reading.given_up.is_set() or time.monotonic() > give_up_at)

    try:
        uri = f"{copy.absolute().as_uri()}?mode=rw"
        with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=0)) as connection:
            connection.text_factory = bytes
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LARGEST_ROW)
            connection.set_progress_handler(must_stop, 10_000)
            connection.execute("PRAGMA trusted_schema=OFF")
            return connection.execute(sql).fetchmany(MOST_ENTRIES)
    except (sqlite3.Error, OverflowError, ValueError):
        if reading.given_up.is_set():
            raise ReadingStopped from None
        raise StorageUnreadable("unreadable") from None
