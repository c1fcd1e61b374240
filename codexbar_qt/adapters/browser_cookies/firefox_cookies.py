"""Reads cookies of Firefox and its relatives from a copy: the table, and the open session where the table has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_qt.adapters.browser_cookies.cookie_rules import FoundCookie, expiry_moment, make_cookie
from codexbar_qt.adapters.browser_cookies.copied_database import column_names, host_filter, open_copy

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from codexbar_qt.provider_api import Platform

MOST_ROWS = 5_000
_MILLISECONDS_FROM = 100_000_000_000
"""Expiry from here on is in milliseconds (since Firefox 142, `user_version` 16); as seconds it were the year 5138."""

_SEPARATE = ("userContextId=", "partitionKey=", "privateBrowsingId=", "firstPartyDomain=")


def read_firefox(
    path: Path, platform: Platform, domains: tuple[str, ...], names: tuple[str, ...]
) -> tuple[FoundCookie, ...]:
    """Read at most 5 000 cookies of normalised `domains` (and below), of the `names` if any; containers come last.

    Raises CopyError, and sqlite3.Error for a file that is no such database.
    """
    with open_copy(path, platform) as connection:
        found = [cookie for row in _rows(connection, domains, names) if (cookie := _cookie(row)) is not None]
    return tuple(sorted(found, key=lambda one: one.is_partitioned))


def stored_expiry(value: int) -> datetime | None:
    """Read an `expiry` in seconds or milliseconds; 0 is a session cookie."""
    if value == 0:
        return None
    return expiry_moment(value / 1_000 if value >= _MILLISECONDS_FROM else value)


def _rows(
    connection: sqlite3.Connection, domains: tuple[str, ...], names: tuple[str, ...]
) -> Iterator[tuple[bytes | None, bytes | None, bytes | None, bytes | None, int | None, int | None, bytes | None]]:
    attributes = "originAttributes" if "originAttributes" in column_names(connection, "moz_cookies") else "''"
    where, parameters = host_filter("host", domains)
    if names:
        where += f" AND name IN ({', '.join('?' * len(names))})"
    sql = (
        "SELECT CAST(host AS TEXT), CAST(name AS TEXT), CAST(path AS TEXT), CAST(value AS TEXT),"  # noqa: S608
        f" CAST(expiry AS INTEGER), CAST(isSecure AS INTEGER), CAST({attributes} AS TEXT)"
        f" FROM moz_cookies WHERE {where} LIMIT {MOST_ROWS}"
    )
    yield from connection.execute(sql, (*parameters, *names))


def _cookie(
    row: tuple[bytes | None, bytes | None, bytes | None, bytes | None, int | None, int | None, bytes | None],
) -> FoundCookie | None:
    try:
        host, name, path, value, attributes = ((row[index] or b"") for index in (0, 1, 2, 3, 6))
        texts = [part.decode("utf-8") for part in (host, name, path, value, attributes) if isinstance(part, bytes)]
    except UnicodeDecodeError:
        return None
    return make_cookie(
        texts[1],
        texts[3],
        texts[0],
        texts[2],
        secure=bool(row[5]),
        expires_at=stored_expiry(row[4] or 0),
        is_partitioned=any(mark in texts[4] for mark in _SEPARATE),
    )
