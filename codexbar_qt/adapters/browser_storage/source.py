"""A place in a profile that holds page storage, and how its private copy is read."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from codexbar_qt.adapters.browser_storage.reading import Reading
    from codexbar_qt.provider_api.browser import StoredEntry

MOST_NAMES = 20_000


@dataclass(frozen=True, slots=True)
class StorageSource:
    """`path` is a LevelDB directory or an SQLite file; `read` gets a copy, and raises OSError or StorageUnreadable."""

    path: Path
    is_leveldb: bool
    read: Callable[[Path, Reading], list[StoredEntry]]


def folder_names(folder: Path) -> list[str]:
    """Return the names in a directory, sorted; none when it is missing. Raises OSError, PermissionError above all."""
    names: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                names.append(entry.name)
                if len(names) >= MOST_NAMES:
                    break
    except (FileNotFoundError, NotADirectoryError):
        return []
    return sorted(names)
