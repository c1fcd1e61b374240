"""Finds log files below a root: recursive, without hidden entries and empty files, each file once."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

SUFFIX = ".jsonl"


class LogFile(msgspec.Struct, frozen=True):
    """One log: size in bytes, modification time in nanoseconds, and the number the system tells files apart by."""

    path: str
    size: int
    modified_ns: int
    identity: int = 0


class Inventory(msgspec.Struct):
    """The logs that were found, and how many folders and files could not be looked at."""

    files: list[LogFile] = []
    unreadable_folders: int = 0
    unreadable_files: int = 0
    known: set[tuple[int, int]] = set()


def collect_logs(root: str, inventory: Inventory, *, skip: Collection[str] = (), deepest: int = 64) -> None:
    """Add the logs at and below `root` to an inventory, sorted by path; a root that does not exist adds nothing.

    Hidden entries and folders named in `skip` are left out below the root, not in the root's own path.
    """
    seen = inventory.known
    pending = [(root, 0)]
    while pending:
        folder, depth = pending.pop()
        below: list[str] = []
        for entry in _entries(folder, inventory):
            if entry.name.startswith("."):
                continue
            try:
                if entry.is_dir():
                    if depth < deepest and entry.name not in skip and _is_new(entry, seen):
                        below.append(entry.path)
                elif entry.name.lower().endswith(SUFFIX):
                    _add(entry, inventory)
            except OSError:
                inventory.unreadable_files += 1
        pending.extend((path, depth + 1) for path in reversed(below))


def _entries(folder: str, inventory: Inventory) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            yield from sorted(found, key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError:
        inventory.unreadable_folders += 1


def _is_new(entry: os.DirEntry[str], seen: set[tuple[int, int]]) -> bool:
    """Whether a folder or file was not met yet."""
    known = entry.stat()
    mark = (known.st_dev, known.st_ino)
    if not known.st_ino:  # Windows does not say
        return not entry.is_symlink()
    if mark in seen:
        return False
    seen.add(mark)
    return True


def _add(entry: os.DirEntry[str], inventory: Inventory) -> None:
    known = entry.stat()
    if known.st_size > 0 and _is_new(entry, inventory.known):
        inventory.files.append(LogFile(entry.path, known.st_size, known.st_mtime_ns, known.st_ino))
