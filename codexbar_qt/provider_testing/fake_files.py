"""A home directory held in memory, SQLite files included."""

from __future__ import annotations

import re
from contextlib import closing
from typing import TYPE_CHECKING

from codexbar_qt.provider_api import FileInfo, HomeFiles, ParseError
from codexbar_qt.provider_testing.case import RecordedFile
from codexbar_qt.provider_testing.fake_http import matches_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from codexbar_qt.provider_api import Platform
    from codexbar_qt.provider_testing.case import RecordedTable

HOMES: dict[Platform, str] = {"linux": "/home/user", "macos": "/Users/user", "windows": "C:/Users/user"}
_MOST_ROWS = 1000
_MOST_MATCH_BYTES = 256
_MOST_ENTRIES = 10_000


class FakeFiles(HomeFiles):
    """Serves recorded files. A file without a recorded time was modified at `now`.

    `problems` holds one sentence for every write that was not announced.
    """

    def __init__(
        self,
        files: Mapping[str, RecordedFile],
        writes: Mapping[str, Mapping[str, object]],
        *,
        platform: Platform,
        now: datetime,
    ) -> None:
        self._home = HOMES[platform]
        self._now = now
        self._files = {self.expand(path): recorded for path, recorded in files.items()}
        self._expected = {self.expand(path): wanted for path, wanted in writes.items()}
        self._reads: dict[str, int] = {}
        self.written: dict[str, str] = {}
        self.problems: list[str] = []

    @property
    def home(self) -> str:
        """The home directory of the recorded platform."""
        return self._home

    def expand(self, path: str) -> str:
        """Return `path` with `~` expanded and forward slashes."""
        plain = path.replace("\\", "/").rstrip("/") or "/"
        return self._home + plain[1:] if plain == "~" or plain.startswith("~/") else plain

    async def read_text(self, path: str, *, max_bytes: int = 4 * 1024 * 1024) -> str | None:
        """Return the recorded text; see the port for the errors."""
        place = self.expand(path)
        recorded = self._files.get(place)
        if recorded is None:
            return None
        if recorded.fault == "unreadable" or recorded.is_dir or recorded.tables is not None:
            raise ParseError("The file cannot be read.")
        if recorded.fault == "not_utf8":
            raise ParseError("The file is not UTF-8 text.")
        turn = self._reads.get(place, 0)
        self._reads[place] = turn + 1
        text = recorded.texts[min(turn, len(recorded.texts) - 1)]
        if len(text.encode()) > max_bytes:
            raise ParseError("The file is too large.")
        return text

    async def stat(self, path: str) -> FileInfo | None:
        """Return what is recorded at `path`; the parents of recorded files are directories."""
        place = self.expand(path)
        recorded = self._files.get(place)
        if recorded is None:
            inside = any(other.startswith(f"{place}/") for other in self._files)
            return FileInfo(place, _name(place), True, self._now) if inside else None
        modified = None if recorded.fault == "unreadable" else recorded.modified_at or self._now
        return FileInfo(place, _name(place), recorded.is_dir, modified)

    async def list_dir(self, path: str) -> tuple[FileInfo, ...]:
        """Return the entries by name."""
        start = f"{self.expand(path)}/"
        names = {place[len(start) :].split("/")[0] for place in self._files if place.startswith(start)}
        found = [await self.stat(start + name) for name in sorted(names)[:_MOST_ENTRIES]]
        return tuple(info for info in found if info is not None)

    async def query(self, path: str, sql: str, params: Sequence[str] = ()) -> tuple[tuple[object, ...], ...] | None:
        """Run `sql` over the recorded tables; None when that fails or nothing is recorded."""
        recorded = self._files.get(self.expand(path))
        if recorded is None or recorded.tables is None or recorded.fault is not None:
            return None
        import sqlite3  # few cases need it, and the demo pays for it with 1.4 MB

        with closing(sqlite3.connect(":memory:")) as database:
            try:
                for name, table in recorded.tables.items():
                    _fill(database, name, table)
                return tuple(tuple(row) for row in database.execute(sql, tuple(params)).fetchmany(_MOST_ROWS))
            except sqlite3.Error:
                return None

    async def search(self, path: str, pattern: str, *, most: int = 8) -> tuple[str, ...]:
        """Return the distinct matches in the recorded text."""
        recorded = self._files.get(self.expand(path))
        if recorded is None or recorded.fault is not None or recorded.is_dir:
            return ()
        found = (match[0] for match in re.finditer(pattern.encode("ascii"), recorded.texts[0].encode()))
        usable = (text.decode() for text in found if 0 < len(text) <= _MOST_MATCH_BYTES and text.isascii())
        return tuple(dict.fromkeys(usable))[:most]

    async def write_private_text(self, path: str, text: str) -> bool:
        """Keep the text unless something is there, or the case says {"fails": true}."""
        return self.expand(path) not in self._files and self._write(path, text)

    async def replace_private_text(self, path: str, text: str) -> bool:
        """Keep the text, unless the case says {"fails": true}."""
        return self._write(path, text)

    async def read_private_text(self, path: str, *, max_bytes: int = 4 * 1024 * 1024) -> str | None:
        """Return the recorded text."""
        return await self.read_text(path, max_bytes=max_bytes)

    async def remove_private_text(self, path: str) -> bool:
        """Drop a file that is announced in `writes` as {"removed": true}; nothing to drop needs no announcement."""
        place = self.expand(path)
        wanted = self._expected.get(place, {})
        if place not in self._files or self._files[place].is_dir:
            return place not in self._files
        self.written[place] = ""
        if wanted.get("fails") is True:
            return False
        if wanted.get("removed") is not True:
            self.problems.append(f"unexpected removal: {path}")
        del self._files[place]
        return True

    def _write(self, path: str, text: str) -> bool:
        place = self.expand(path)
        wanted = self._expected.get(place)
        if wanted is None:
            self.problems.append(f"unexpected write: {path}")
        elif wanted.get("fails") is True:
            self.written.setdefault(place, "")
            return False
        elif not matches_text(text, wanted if "matches" in wanted else wanted.get("text")):
            self.problems.append(f"the text written to {path} is different")
        self.written[place] = text
        self._files[place] = RecordedFile((text,))
        return True

    def unused(self) -> list[str]:
        """Say which announced writes did not happen."""
        return [f"expected write did not happen: {place}" for place in self._expected if place not in self.written]


def _fill(database: sqlite3.Connection, name: str, table: RecordedTable) -> None:
    columns = ", ".join(_quoted(column) for column in table.columns)
    marks = ", ".join("?" for _ in table.columns)
    database.execute(f"CREATE TABLE {_quoted(name)} ({columns})")
    database.executemany(f"INSERT INTO {_quoted(name)} VALUES ({marks})", table.rows)  # noqa: S608 - quoted


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _name(place: str) -> str:
    return place.rsplit("/", 1)[-1]
