"""Private copies of a profile's files: bounded in size, in a folder of ours only (0700), removed in all cases.

A browser may write meanwhile: a copy during which the original changed is made again, a few times.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import os
import shutil
import stat
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codexbar_qt.provider_api import Platform

CopyFailure = Literal["missing", "locked", "forbidden", "too_large", "unreadable"]
LARGEST_DATABASE = 256 * 1024 * 1024
LARGEST_FOLDER = 512 * 1024 * 1024
MOST_FILES = 5_000
PREFIX = "codexbar-browser-"
_TRIES = 3
_PIECE = 1024 * 1024
_LEFTOVER_SECONDS = 3600.0
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
_SHARING_VIOLATIONS = (32, 33)  # ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION


class CopyError(Exception):
    """A file could not be copied.

    `kind`: "missing"; "locked" (Windows: another program has it open without sharing); "forbidden" (the system does
    not let us); "too_large"; "unreadable" (anything else, such as a pipe in its place or a broken disk).
    """

    def __init__(self, kind: CopyFailure) -> None:
        super().__init__(kind)
        self.kind: CopyFailure = kind


@contextlib.contextmanager
def copy_database(path: Path, platform: Platform, *, most: int = LARGEST_DATABASE) -> Iterator[Path]:
    """Copy an SQLite file with its `-wal`, `-shm` and `-journal`, at most `most` bytes; give the copy's path.

    The logs go first: a checkpoint in between then leaves changes twice, never nowhere. Raises CopyError.
    """
    logs = tuple(path.with_name(path.name + ending) for ending in ("-wal", "-journal", "-shm"))
    with _private_folder() as folder:
        with _named(platform):
            for _ in range(_TRIES):
                before = _signatures(path, *logs[:2])
                budget = _Budget(most)
                for log in logs:
                    (folder / log.name).unlink(missing_ok=True)
                    with contextlib.suppress(FileNotFoundError):
                        _copy_one(log, folder / log.name, budget)
                _copy_one(path, folder / path.name, budget)
                if _signatures(path, *logs[:2]) == before:
                    break
        yield folder / path.name


@contextlib.contextmanager
def copy_file(path: Path, platform: Platform, *, most: int = LARGEST_DATABASE) -> Iterator[Path]:
    """Copy one file of at most `most` bytes; give the copy's path. Raises CopyError."""
    with _private_folder() as folder:
        with _named(platform):
            for _ in range(_TRIES):
                before = _signatures(path)
                _copy_one(path, folder / path.name, _Budget(most))
                if _signatures(path) == before:
                    break
        yield folder / path.name


@contextlib.contextmanager
def copy_folder(
    path: Path,
    platform: Platform,
    *,
    wanted: Callable[[str], bool] = lambda name: name != "LOCK",
    most: int = LARGEST_FOLDER,
) -> Iterator[Path]:
    """Copy the regular files of a folder whose names are `wanted`, at most `most` bytes and 5 000 files.

    For LevelDB: its `*.log` go first, so that a compaction in between leaves entries twice rather than nowhere. Gives
    the copy's path. Raises CopyError.
    """
    with _private_folder() as folder:
        copy = folder / "copy"
        with _named(platform):
            for _ in range(_TRIES):
                names = _names(path, wanted)
                shutil.rmtree(copy, ignore_errors=True)
                copy.mkdir(mode=0o700)
                budget = _Budget(most)
                for name in names:
                    with contextlib.suppress(FileNotFoundError):
                        _copy_one(path / name, copy / name, budget)
                if _names(path, wanted) == names:
                    break
        yield copy


def remove_leftovers(now_seconds: float | None = None) -> None:
    """Remove our copies of a process that was killed: those in the temporary directory older than one hour."""
    now = time.time() if now_seconds is None else now_seconds
    with contextlib.suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        for entry in entries:
            if entry.name.startswith(PREFIX) and _is_leftover(entry, now):
                shutil.rmtree(entry.path, ignore_errors=True)


@functools.cache
def _remove_leftovers_once() -> None:
    remove_leftovers()


def _is_leftover(entry: os.DirEntry[str], now: float) -> bool:
    try:
        info = entry.stat(follow_symlinks=False)
    except OSError:
        return False
    is_ours = not hasattr(os, "getuid") or info.st_uid == os.getuid()
    return is_ours and stat.S_ISDIR(info.st_mode) and now - info.st_mtime > _LEFTOVER_SECONDS


class _Budget:
    """Bytes that may still be copied."""

    def __init__(self, most: int) -> None:
        self._left = most

    def spend(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise CopyError("too_large")


@contextlib.contextmanager
def _private_folder() -> Iterator[Path]:
    _remove_leftovers_once()
    try:
        place = tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True)
    except OSError:
        raise CopyError("unreadable") from None
    with place as folder:
        yield Path(folder)


@contextlib.contextmanager
def _named(platform: Platform) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise CopyError(failure_kind(problem, platform)) from None


def failure_kind(problem: OSError, platform: Platform) -> CopyFailure:
    """Return what an error means. On Windows a refusal is a browser that shares its file with nobody."""
    if isinstance(problem, (FileNotFoundError, NotADirectoryError)):
        return "missing"
    if platform == "windows" and (
        problem.errno == errno.EACCES or getattr(problem, "winerror", None) in _SHARING_VIOLATIONS
    ):
        return "locked"
    return "forbidden" if problem.errno in (errno.EPERM, errno.EACCES) else "unreadable"


def _open(path: Path) -> BinaryIO:
    return open(os.open(path, _FLAGS), "rb")  # noqa: PTH123  # the flags keep a FIFO from blocking


def _copy_one(source: Path, target: Path, budget: _Budget) -> None:
    with _open(source) as original:
        if not stat.S_ISREG(os.fstat(original.fileno()).st_mode):
            raise CopyError("unreadable")
        with open(os.open(target, _CREATE, 0o600), "wb") as copy:  # noqa: PTH123  # private from its first byte on
            while piece := original.read(_PIECE):
                budget.spend(len(piece))
                copy.write(piece)


def _names(folder: Path, wanted: Callable[[str], bool]) -> list[str]:
    with os.scandir(folder) as entries:
        found = [entry.name for entry in entries if wanted(entry.name) and entry.is_file()]
    if len(found) > MOST_FILES:
        raise CopyError("too_large")
    return sorted(found, key=lambda name: (not name.endswith(".log"), name))


def _signatures(*paths: Path) -> list[tuple[int, int, int] | None]:
    return [_signature(path) for path in paths]


def _signature(path: Path) -> tuple[int, int, int] | None:
    try:
        info = path.stat()
    except OSError:
        return None
    return info.st_ino, info.st_size, info.st_mtime_ns
