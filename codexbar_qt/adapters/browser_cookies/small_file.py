"""Bounded looks at a profile's small files and directories; what cannot be read is not there."""

from __future__ import annotations

import configparser
import os
import stat
from itertools import islice
from pathlib import Path

LARGEST_FILE = 16 * 1024 * 1024
MOST_ENTRIES = 2_000
_LARGEST_INI = 1024 * 1024
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def read_small(path: Path, *, most: int = LARGEST_FILE) -> bytes | None:
    """Return the bytes of a regular file of at most `most` bytes, else None. A pipe or device is not waited for."""
    try:
        with open(os.open(path, _FLAGS), "rb") as file:  # noqa: PTH123  # the flags keep a FIFO from blocking
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return None
            data = file.read(most + 1)
    except (OSError, ValueError):
        return None
    return data if len(data) <= most else None


def read_ini(path: Path) -> configparser.ConfigParser:
    """Read an INI file of at most 1 MiB; an empty one where it is missing or broken."""
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string((read_small(path, most=_LARGEST_INI) or b"").decode("utf-8-sig"))
    except (configparser.Error, UnicodeDecodeError):
        return configparser.ConfigParser(interpolation=None)
    return parser


def list_folders(folder: Path) -> tuple[Path, ...]:
    """Return the directories in a directory by name, hidden ones left out; of at most 2 000 entries."""
    try:
        with os.scandir(folder) as entries:
            found = [Path(entry.path) for entry in islice(entries, MOST_ENTRIES) if _is_folder(entry)]
    except (OSError, ValueError):
        return ()
    return tuple(sorted(found, key=lambda path: path.name))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return not entry.name.startswith(".") and entry.is_dir()
    except OSError:
        return False
