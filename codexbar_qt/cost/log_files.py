"""Finds log files below a root: recursive, without hidden entries and empty files, each file once."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

SUFFIX = ".jsonl"
_MOST = (1 << 63) - 1
"""Numbers of files and times may have more bits than what keeps them."""


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
    known: set[tuple[int, int] | str] = set()


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
            is_log = entry.name.lower().endswith(SUFFIX)
            try:
                if entry.is_dir():
                    if depth < deepest and entry.name not in skip and _is_new(entry.path, _facts(entry), seen):
                        below.append(entry.path)
                elif is_log:
                    _add(entry, inventory)
            except FileNotFoundError:  # gone meanwhile, or a link to nothing
                continue
            except OSError:
                inventory.unreadable_files += is_log
                inventory.unreadable_folders += not is_log
        pending.extend((path, depth + 1) for path in reversed(below))


def _entries(folder: str, inventory: Inventory) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            yield from sorted(found, key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError:
        inventory.unreadable_folders += 1


def _facts(entry: os.DirEntry[str]) -> os.stat_result:
    """Return what the system says of an entry, or of what it links to. Windows has to be asked again for its number."""
    facts = entry.stat()
    return facts if facts.st_ino else os.stat(entry.path)  # noqa: PTH116 - an object for every log is too slow


def _is_new(path: str, facts: os.stat_result, seen: set[tuple[int, int] | str]) -> bool:
    """Whether a folder or file was not met yet, by whatever path."""
    mark = (facts.st_dev, facts.st_ino) if facts.st_ino else os.path.normcase(os.path.realpath(path))
    if mark in seen:
        return False
    seen.add(mark)
    return True


def _add(entry: os.DirEntry[str], inventory: Inventory) -> None:
    facts = _facts(entry)
    if facts.st_size > 0 and stat.S_ISREG(facts.st_mode) and _is_new(entry.path, facts, inventory.known):
        modified = min(facts.st_mtime_ns, _MOST)
        inventory.files.append(LogFile(entry.path, facts.st_size, modified, facts.st_ino & _MOST))
