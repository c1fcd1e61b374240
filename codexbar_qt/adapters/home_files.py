"""Files of the user, read in a thread: bounded, regular files only, never waiting for a pipe or a device."""

from __future__ import annotations

import asyncio
import os
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from codexbar_qt.adapters.private_files import (
    create_private,
    make_private,
    remove_private,
    replace_private,
)
from codexbar_qt.provider_api import FileInfo, HomeFiles, ParseError

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_ENTRIES = 10_000
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class LocalHomeFiles(HomeFiles):
    """HomeFiles over the real file system; `home` is what `~` stands for."""

    def __init__(self, home: str) -> None:
        self._home = home

    @property
    def home(self) -> str:
        """The home directory."""
        return self._home

    def expand(self, path: str) -> str:
        """Return `path` with a leading `~` expanded; `~name` of another user stays as it is."""
        return self._home + path[1:] if path == "~" or path.startswith(("~/", "~\\")) else path

    async def read_text(self, path: str, *, max_bytes: int = 4 * 1024 * 1024) -> str | None:
        """Return the UTF-8 text without a byte order mark; None when there is no file.

        A file that changes or is replaced meanwhile is read once more.

        Raises ParseError for a file that is unreadable, larger than `max_bytes` or not UTF-8.
        """
        return await asyncio.to_thread(_read_text, self.expand(path), max_bytes)

    async def stat(self, path: str) -> FileInfo | None:
        """Return what stands at `path`, None when nothing does."""
        return await asyncio.to_thread(_stat, self.expand(path))

    async def list_dir(self, path: str) -> tuple[FileInfo, ...]:
        """Return at most 10 000 entries of a directory by name; empty when it is missing or unreadable."""
        return await asyncio.to_thread(_list_dir, self.expand(path))

    async def query(self, path: str, sql: str, params: Sequence[str] = ()) -> tuple[tuple[object, ...], ...] | None:
        """Read at most 1 000 rows of an SQLite file without changing or creating any; None when it cannot be read."""
        from codexbar_qt.adapters.sqlite_reader import read_rows  # few providers need SQLite: it takes 1.4 MB

        return await asyncio.to_thread(read_rows, self.expand(path), sql, tuple(params))

    async def search(self, path: str, pattern: str, *, most: int = 8) -> tuple[str, ...]:
        """Return at most `most` distinct ASCII matches of a regular expression, in the order of the file.

        Read in pieces in a thread, at most 512 MiB of a regular file; empty when there is none or it cannot be read.
        """
        from codexbar_qt.adapters.file_search import search_file  # seldom needed

        return await search_file(self.expand(path), pattern, most)

    async def write_private_text(self, path: str, text: str) -> bool:
        """Create a file (0600, new directories 0700) unless it exists; whether it was written. Never raises."""
        return await asyncio.to_thread(create_private, Path(self.expand(path)), text)

    async def replace_private_text(self, path: str, text: str) -> bool:
        """Create or replace a file at once (0600, new directories 0700); whether it was written. Never raises.

        A symbolic link stays, the file it leads to is replaced.
        """
        return await asyncio.to_thread(replace_private, Path(self.expand(path)), text)

    async def read_private_text(self, path: str, *, max_bytes: int = 4 * 1024 * 1024) -> str | None:
        """Return the text of a file of ours; rights that others have to it are taken away first.

        Raises ParseError as `read_text` does, and when the rights cannot be taken away.
        """
        place = self.expand(path)
        if not await asyncio.to_thread(make_private, Path(place)):
            raise ParseError(f"The file {Path(place).name} is open to others. Remove it, it is written again.")
        return await self.read_text(place, max_bytes=max_bytes)

    async def remove_private_text(self, path: str) -> bool:
        """Remove a file of ours; whether it is gone. Anything but a regular file stays. Never raises."""
        return await asyncio.to_thread(remove_private, Path(self.expand(path)))


class _ReplacedError(Exception):
    """The file changed while it was read."""


def _read_text(path: str, max_bytes: int) -> str | None:
    name = Path(path).name
    try:
        try:
            data = _read_bytes(path, max_bytes, name)
        except (_ReplacedError, FileNotFoundError):
            data = _read_bytes(path, max_bytes, name, patient=True)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError):
        raise ParseError(f"The file {name} could not be read. Check that it is a file you may read.") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ParseError(f"The file {name} is not UTF-8 text. Let its program write it again.") from None


def _read_bytes(path: str, max_bytes: int, name: str, *, patient: bool = False) -> bytes:
    """Read a regular file; raises _ReplacedError when it changed meanwhile, unless `patient`."""
    with open(os.open(path, _FLAGS), "rb") as file:  # noqa: PTH123  # the flags keep a FIFO from blocking
        before = os.fstat(file.fileno())
        if not stat.S_ISREG(before.st_mode):
            raise ParseError(f"What stands at {name} is not a file. Remove it.")
        data = file.read(max_bytes + 1)
        after = Path(path).stat()
    if not patient and _signature(before) != _signature(after):
        raise _ReplacedError
    if len(data) > max_bytes:
        told = f"The file {name} is larger than {max_bytes} bytes and was not read. Let its program write it again."
        raise ParseError(told)
    return data


def _signature(info: os.stat_result) -> tuple[int, int, int, int]:
    return info.st_dev, info.st_ino, info.st_size, info.st_mtime_ns


def _stat(path: str) -> FileInfo | None:
    try:
        info = Path(path).stat()
    except PermissionError:
        return FileInfo(path, Path(path).name, is_dir=False, modified_at=None)
    except (OSError, ValueError):
        return None
    return FileInfo(path, Path(path).name, is_dir=stat.S_ISDIR(info.st_mode), modified_at=_moment(info.st_mtime))


def _list_dir(path: str) -> tuple[FileInfo, ...]:
    found: list[FileInfo] = []
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                found.append(_describe(entry))
                if len(found) >= MOST_ENTRIES:
                    break
    except (OSError, ValueError):
        return ()
    return tuple(sorted(found, key=lambda info: info.name))


def _describe(entry: os.DirEntry[str]) -> FileInfo:
    try:
        info = entry.stat()
    except OSError:
        return FileInfo(entry.path, entry.name, is_dir=False, modified_at=None)
    return FileInfo(entry.path, entry.name, is_dir=stat.S_ISDIR(info.st_mode), modified_at=_moment(info.st_mtime))


def _moment(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OSError, OverflowError, ValueError):
        return None
