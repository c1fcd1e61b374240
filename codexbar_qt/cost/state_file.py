"""What scans keep between runs: one SQLite file a family. It can be made again, so trouble with it means empty."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from typing import TYPE_CHECKING, Self

import msgspec

from codexbar_qt.cost.family import FileState
from codexbar_qt.cost.kept_files import remove_state
from codexbar_qt.cost.log_files import LogFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from types import TracebackType

    from codexbar_qt.cost.family import LogFamily

FORMAT = 1
_MEMORY = ":memory:"
_BUSY_SECONDS = 10.0
_ATTEMPTS = 100
_PAUSE_SECONDS = 0.05
_TABLES = (
    "CREATE TABLE log (path BLOB PRIMARY KEY, size INTEGER, modified_ns INTEGER, identity INTEGER, offset INTEGER,"
    " mark BLOB, packed BLOB) WITHOUT ROWID",
    "CREATE TABLE total (name BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID",
)


class Known(msgspec.Struct, frozen=True):
    """A file as it was when it was read, where the next reading goes on, and the mark of what is before that."""

    file: LogFile
    offset: int
    mark: bytes


class StateFile:
    """State of the logs of one family, in a file or, without a path or where the file cannot be had, in memory.

    `is_kept` turns False when something could not be written: the state is in memory then, and right all the same.
    Several processes may use one file; each transaction leaves it whole. Paths are kept as bytes of the file system.
    """

    def __init__(self, path: Path | None, version: int) -> None:
        self._path, self._stamp = path, FORMAT * 1000 + version
        self.is_kept = path is not None
        self._base = self._opened(_MEMORY) if path is None else self._open_file(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._base.close()

    def known(self) -> dict[str, Known]:
        """Return the files that are known, by path."""
        rows = self._base.execute("SELECT path, size, modified_ns, identity, offset, mark FROM log")
        return {
            name: Known(LogFile(name, size, modified, identity), offset, mark)
            for name, size, modified, identity, offset, mark in ((os.fsdecode(row[0]), *row[1:]) for row in rows)
        }

    def load(self, path: str) -> FileState | None:
        """Return the state of a file, None when it is not known."""
        row = self._base.execute("SELECT offset, mark, packed FROM log WHERE path = ?", (os.fsencode(path),)).fetchone()
        return None if row is None else FileState(*row)

    def save(self, states: Iterable[tuple[LogFile, FileState]]) -> None:
        """Keep the states of some files, all of them or none."""
        rows = [
            (os.fsencode(file.path), file.size, file.modified_ns, file.identity, state.offset, state.mark, state.packed)
            for file, state in states
        ]
        self._write(lambda base: base.executemany("INSERT OR REPLACE INTO log VALUES (?, ?, ?, ?, ?, ?, ?)", rows))

    def drop(self, paths: Iterable[str]) -> None:
        """Forget files."""
        rows = [(os.fsencode(path),) for path in paths]
        if rows:
            self._write(lambda base: base.executemany("DELETE FROM log WHERE path = ?", rows))

    def total(self, name: bytes) -> bytes | None:
        """Return a result kept under a name."""
        row = self._base.execute("SELECT value FROM total WHERE name = ?", (name,)).fetchone()
        return None if row is None else bytes(row[0])

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """Let everything that is looked up meanwhile be of one moment, whatever other processes write."""
        self._base.execute("BEGIN")
        try:
            yield
        finally:
            self._base.execute("ROLLBACK")

    def set_total(self, name: bytes, value: bytes) -> None:
        """Keep the one result there is: older ones go."""

        def write(base: sqlite3.Connection) -> None:
            base.execute("DELETE FROM total")
            base.execute("INSERT INTO total VALUES (?, ?)", (name, value))

        self._write(write)

    def _write(self, change: Callable[[sqlite3.Connection], object]) -> None:
        try:
            with self._base:
                self._base.execute("BEGIN IMMEDIATE")
                change(self._base)
        except sqlite3.Error:
            if not self.is_kept:
                raise
            self._move_to_memory()
            with self._base:
                change(self._base)

    def _open_file(self, path: Path) -> sqlite3.Connection:
        """Open the file, made anew if it is unusable, or go on in memory."""
        for _ in range(_ATTEMPTS):
            try:
                return self._opened(str(path))
            except sqlite3.OperationalError as error:
                if not is_busy(error):
                    break
                time.sleep(_PAUSE_SECONDS)  # another process is making it, which no time limit of SQLite waits for
            except sqlite3.DatabaseError:
                try:
                    remove_state(path)
                except OSError:
                    break
        self.is_kept = False
        return self._opened(_MEMORY)

    def _opened(self, name: str) -> sqlite3.Connection:
        base = sqlite3.connect(name, timeout=_BUSY_SECONDS, isolation_level=None)
        try:
            base.execute("PRAGMA journal_mode = WAL")
            base.execute("PRAGMA synchronous = NORMAL")
            base.execute("PRAGMA cache_size = -2000")
            if not self._is_ours(base):
                with base:
                    base.execute("BEGIN IMMEDIATE")
                    if not self._is_ours(base):  # nor has another process made it ours meanwhile
                        for table in _TABLES:
                            base.execute(table)
                        base.execute(f"PRAGMA user_version = {self._stamp}")
        except BaseException:
            base.close()
            raise
        return base

    def _is_ours(self, base: sqlite3.Connection) -> bool:
        """Whether this is our file, False for an empty one. Raises sqlite3.DatabaseError for any other."""
        (stamp,) = base.execute("PRAGMA user_version").fetchone()
        (tables,) = base.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if stamp != self._stamp and (stamp or tables):
            raise sqlite3.DatabaseError("made by something else")
        return bool(stamp)

    def _move_to_memory(self) -> None:
        """Go on in memory with what is there: the disk is full, or the file was taken away."""
        memory = self._opened(_MEMORY)
        with contextlib.suppress(sqlite3.Error):
            rows = self._base.execute("SELECT * FROM log")
            memory.executemany("INSERT OR REPLACE INTO log VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        with contextlib.suppress(sqlite3.Error):
            self._base.close()
        self._base, self.is_kept = memory, False


def is_busy(error: BaseException) -> bool:
    """Whether only another process stood in the way."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def state_path(folder: Path, family: LogFamily) -> Path:
    """Return where the state of a family is; each form has its own name, so that releases never undo each other's."""
    return folder / f"{family.name}-{FORMAT}.{family.version}.sqlite"


def open_state(folder: Path, family: LogFamily) -> StateFile:
    """Open the state of a family."""
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return StateFile(state_path(folder, family), family.version)
