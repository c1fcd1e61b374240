"""Reads the `cookies` table of Chromium browsers from a copy; only rows of the wanted hosts are decrypted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codexbar_qt.adapters.browser_cookies.chromium_ciphers import CipherError, Obstacle
from codexbar_qt.adapters.browser_cookies.cookie_rules import FoundCookie, expiry_moment, make_cookie
from codexbar_qt.adapters.browser_cookies.copied_database import column_names, host_filter, open_copy

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from codexbar_qt.adapters.browser_cookies.chromium_ciphers import ValueCipher
    from codexbar_qt.provider_api import Platform

MOST_ROWS = 5_000
_SECONDS_TO_1970 = 11_644_473_600
_Row = tuple[bytes, bytes, bytes, int, int, bytes, bytes, bytes]


@dataclass(frozen=True, slots=True)
class ChromiumRead:
    """Cookies of one store, those expired before `now` not decrypted; `obstacles` counts values that stayed closed."""

    cookies: tuple[FoundCookie, ...]
    obstacles: Counter[Obstacle] = field(default_factory=Counter)


def read_chromium(
    path: Path, platform: Platform, domains: tuple[str, ...], names: tuple[str, ...], cipher: ValueCipher, now: datetime
) -> ChromiumRead:
    """Read at most 5 000 cookies of normalised `domains` (and below), of the `names` if any.

    Raises CopyError, and sqlite3.Error for a file that is no such database.
    """
    cookies: list[FoundCookie] = []
    obstacles: Counter[Obstacle] = Counter()
    with open_copy(path, platform) as connection:
        schema = _schema(connection)
        for row in _rows(connection, domains, names):
            expires_at = _expiry(row[3])
            if expires_at is not None and expires_at < now:
                continue
            try:
                found = _cookie(row, schema, cipher, expires_at)
            except CipherError as problem:
                obstacles[problem.obstacle] += 1
                continue
            if found is not None:
                cookies.append(found)
    return ChromiumRead(tuple(cookies), obstacles)


def _schema(connection: sqlite3.Connection) -> int:
    if not column_names(connection, "meta"):
        return 0
    row = connection.execute("SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'version'").fetchone()
    return row[0] if row and isinstance(row[0], int) else 0


def _rows(connection: sqlite3.Connection, domains: tuple[str, ...], names: tuple[str, ...]) -> Iterator[_Row]:
    columns = column_names(connection, "cookies")
    secure = "is_secure" if "is_secure" in columns else "secure"  # the name before schema 12 or so
    partition = "top_frame_site_key" if "top_frame_site_key" in columns else "''"
    where, parameters = host_filter("host_key", domains)
    if names:
        where += f" AND name IN ({', '.join('?' * len(names))})"
    # Numbers and texts as declared: SQLite would keep whatever type was written.
    sql = (
        "SELECT CAST(host_key AS TEXT), CAST(name AS TEXT), CAST(path AS TEXT), CAST(expires_utc AS INTEGER),"  # noqa: S608
        f" CAST({secure} AS INTEGER), CAST(value AS TEXT), CAST(encrypted_value AS BLOB), CAST({partition} AS TEXT)"
        f" FROM cookies WHERE {where} LIMIT {MOST_ROWS}"
    )
    for row in connection.execute(sql, (*parameters, *names)):
        yield (
            row[0] or b"",
            row[1] or b"",
            row[2] or b"",
            row[3] or 0,
            row[4] or 0,
            row[5] or b"",
            row[6] or b"",
            row[7] or b"",
        )


def _expiry(microseconds: int) -> datetime | None:
    """Read microseconds since 1601; 0 is a session cookie."""
    return None if microseconds == 0 else expiry_moment(microseconds / 1_000_000 - _SECONDS_TO_1970)


def _cookie(row: _Row, schema: int, cipher: ValueCipher, expires_at: datetime | None) -> FoundCookie | None:
    host_key, name, path, _, secure, value, encrypted, partition = row
    try:
        text = value.decode("utf-8")
        if not text and encrypted:
            text = cipher.open_value(encrypted, host_key, schema)
        return make_cookie(
            name.decode("utf-8"),
            text,
            host_key.decode("utf-8"),
            path.decode("utf-8"),
            secure=bool(secure),
            expires_at=expires_at,
            is_partitioned=bool(partition),
        )
    except UnicodeDecodeError:
        return None
