"""Opens the private copy of an SQLite file, for reading, with limits on time and size."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from typing import TYPE_CHECKING

from codexbar_qt.adapters.browser_cookies.private_copy import copy_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from codexbar_qt.provider_api import Platform

LONGEST_VALUE = 4 * 1024 * 1024
_QUERY_SECONDS = 10.0


@contextlib.contextmanager
def open_copy(path: Path, platform: Platform) -> Iterator[sqlite3.Connection]:
    """Copy a database and open the copy; every text comes as bytes.

    Raises CopyError, and sqlite3.Error for a file that is none, is damaged or takes longer than 10 s.
    """
    with copy_database(path, platform) as copy:
        # Changes of an unfinished transaction are taken back from the journal, which needs writing: to the copy.
        mode = "rw" if copy.with_name(copy.name + "-journal").exists() else "ro"
        give_up_at = time.monotonic() + _QUERY_SECONDS
        with contextlib.closing(sqlite3.connect(f"{copy.as_uri()}?mode={mode}", uri=True)) as connection:
            connection.text_factory = bytes
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
            connection.set_progress_handler(lambda: int(time.monotonic() > give_up_at), 10_000)
            connection.execute("PRAGMA query_only=ON")
            connection.execute("PRAGMA trusted_schema=OFF")
            yield connection


def column_names(connection: sqlite3.Connection, table: str) -> frozenset[str]:
    """Return the columns of a table, none if there is no such table. Raises sqlite3.Error."""
    rows = connection.execute("SELECT name FROM pragma_table_info(?)", (table,))
    return frozenset(name.decode("utf-8", "replace") for (name,) in rows)


def host_filter(column: str, domains: tuple[str, ...]) -> tuple[str, list[str | int]]:
    """Return SQL and its parameters for "equals a domain, with or without leading dot, or is below it"."""
    parts: list[str] = []
    parameters: list[str | int] = []
    for domain in domains:
        parts.append(f"lower({column}) = ? OR substr(lower({column}), ?) = ?")
        ending = f".{domain}"
        parameters += [domain, -len(ending), ending]
    return f"({' OR '.join(parts)})", parameters
