"""Files of other programs that we write for them: whole or not at all, readable by their owner only.

The config has the same rules in core (PrivateFile, with a lock of ours beside the file); adapters do not see core, and
a lock file means nothing to the programs whose files these are.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
import time
from typing import TYPE_CHECKING

from codexbar_qt.adapters.private_rights import restrict_to_owner

if TYPE_CHECKING:
    from pathlib import Path

_RETRIES = 0 if os.name == "posix" else 5
_PAUSE_SECONDS = 0.05


def create_private(path: Path, text: str) -> bool:
    """Create a file (0600, new directories 0700) unless something is there; whether it was written."""
    try:
        _make_private_directories(path.parent)
        _write_new(path, text.encode())
    except (OSError, ValueError):
        return False
    return True


def replace_private(path: Path, text: str) -> bool:
    """Create or replace a regular file at once (0600, new directories 0700); whether it was written.

    A symbolic link is followed: the file it leads to is replaced, the link stays. Readers and a crash see the old or
    the new text; of several writers the last one wins.
    """
    try:
        data, target = text.encode(), path.resolve()
        _make_private_directories(target.parent)
        if target.exists() and not stat.S_ISREG(target.stat().st_mode):
            return False
        temporary = target.with_name(f".{target.name}.{secrets.token_hex(6)}.tmp")
        _write_new(temporary, data)
        try:
            _replace(temporary, target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _flush_folder(target.parent)
    except (OSError, ValueError, RuntimeError):  # a loop of links is a RuntimeError before Python 3.13
        return False
    return True


def make_private(path: Path) -> bool:
    """Take the rights of others to a regular file away; whether none has any. Nothing there, or no file, is fine."""
    try:
        mode = path.stat().st_mode
        # On Windows the bits say nothing about others: there the access list is set every time.
        if stat.S_ISREG(mode) and (os.name != "posix" or mode & 0o077):
            restrict_to_owner(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError):
        return False
    return True


def remove_private(path: Path) -> bool:
    """Remove a regular file, or a symbolic link to whatever it leads to; whether nothing is there now."""
    try:
        if stat.S_ISREG(path.lstat().st_mode) or path.is_symlink():
            path.unlink()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError):
        return False
    return not os.path.lexists(path)


def _write_new(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123  # the descriptor carries mode and exclusiveness
            restrict_to_owner(path)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _replace(temporary: Path, target: Path) -> None:
    for _ in range(_RETRIES):  # on Windows a program that has the file open is in the way
        try:
            temporary.replace(target)
        except PermissionError:
            time.sleep(_PAUSE_SECONDS)
        else:
            return
    temporary.replace(target)


def _flush_folder(folder: Path) -> None:
    """Make the rename itself durable. Windows has no such call; some file systems refuse it, which changes nothing."""
    if os.name != "posix":
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _make_private_directories(folder: Path) -> None:
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    for place in reversed(missing):
        place.mkdir(mode=0o700, exist_ok=True)
