"""Reads rows of another program's SQLite file and leaves no trace beside it.

Even a connection opened with `mode=ro` creates `-wal` and `-shm` files beside a database in WAL mode. So such a file
is read as immutable while there is no log (nothing is missing then), in place when log and index both exist already,
and otherwise as a private copy. A file that changed meanwhile is read again.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

BUSY_SECONDS = 0.25
MOST_ROWS = 1_000
LONGEST_VALUE = 4 * 1024 * 1024
LARGEST_COPY = 256 * 1024 * 1024
_QUERY_SECONDS = 3.0
_TRIES = 3

_Rows = tuple[tuple[object, ...], ...]
_Signature = tuple[tuple[int, int, int] | None, ...]


def read_rows(path: str, sql: str, params: Sequence[str] = ()) -> _Rows | None:
    """Return at most MOST_ROWS rows; None when the file is missing, locked for 250 ms, broken or keeps changing.

    A query that takes longer than 3 s or meets a value above 4 MiB counts as unreadable.
    """
    database = Path(path)
    with contextlib.suppress(sqlite3.Error, OSError, ValueError):
        for _ in range(_TRIES):
            before = _signature(database)
            if before[0] is None:
                return None
            rows, must_be_still = _read(database, before, sql, params)
            if not must_be_still or _signature(database) == before:
                return rows
    return None


def _read(database: Path, signature: _Signature, sql: str, params: Sequence[str]) -> tuple[_Rows, bool]:
    """Return the rows, and whether they count only if nothing changed meanwhile."""
    _, log, index = signature
    if not _uses_log(database):
        return _query(database, "mode=ro", sql, params), False
    if log is None or log[1] == 0:
        return _query(database, "mode=ro&immutable=1", sql, params), True
    if index is not None:
        with contextlib.suppress(sqlite3.OperationalError):
            return _query(database, "mode=ro", sql, params), False
    return _query_copy(database, sql, params), True


def _query(database: Path, options: str, sql: str, params: Sequence[str]) -> _Rows:
    give_up_at = time.monotonic() + _QUERY_SECONDS
    uri = f"{database.absolute().as_uri()}?{options}"
    with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS)) as connection:
        connection.text_factory = _decode
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
        connection.set_progress_handler(lambda: int(time.monotonic() > give_up_at), 10_000)
        return tuple(tuple(row) for row in connection.execute(sql, tuple(params)).fetchmany(MOST_ROWS))


def _query_copy(database: Path, sql: str, params: Sequence[str]) -> _Rows:
    log = _beside(database, "-wal")
    if database.stat().st_size + log.stat().st_size > LARGEST_COPY:
        raise sqlite3.OperationalError("too large to copy")
    with tempfile.TemporaryDirectory(prefix="codexbar-", ignore_cleanup_errors=True) as folder:
        copy = Path(folder) / "copy.sqlite3"
        shutil.copyfile(database, copy)
        shutil.copyfile(log, _beside(copy, "-wal"))
        return _query(copy, "mode=rw", sql, params)


def _uses_log(database: Path) -> bool:
    """Whether the header says WAL (bytes 18 and 19 of the file format are 2)."""
    with database.open("rb") as file:
        header = file.read(20)
    return len(header) == 20 and 2 in header[18:20]


def _signature(database: Path) -> _Signature:
    kinds: tuple[Literal["", "-wal", "-shm"], ...] = ("", "-wal", "-shm")
    main, log, index = (_look(_beside(database, kind)) for kind in kinds)
    return main, log, None if index is None else (index[0], 0, 0)  # every reader touches the index


def _look(path: Path) -> tuple[int, int, int] | None:
    try:
        info = path.stat()
    except OSError:
        return None
    return (info.st_ino, info.st_size, info.st_mtime_ns) if path.is_file() else None


def _beside(database: Path, ending: str) -> Path:
    return database.with_name(database.name + ending)


def _decode(data: bytes) -> str:
    return data.decode("utf-8", "replace")
