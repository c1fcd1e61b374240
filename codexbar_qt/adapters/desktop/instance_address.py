"""Where instances of the app of one user meet."""

from __future__ import annotations

import hashlib
import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from codexbar_qt.provider_api import Platform

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_LONGEST_PATH = 100
"""Bytes; macOS allows 104 for the path of a socket with its end mark, Linux 108."""


def instance_address(config_path: Path, user: str, platform: Platform, folders: Iterable[Path]) -> str:
    """Return a socket path, or a pipe name on Windows, that is the same for the same user and config file.

    `folders` are possible places, best first (the runtime folder of the session, a folder of the app, a temporary
    folder). The first is taken that belongs to this user, that nobody else can write to, and that leads to a short
    enough path: elsewhere a stranger could answer in place of the app. "" when there is none.
    """
    identity = f"{user}\0{config_path}".encode("utf-8", "surrogateescape")
    name = f"codexbar-qt-{hashlib.sha256(identity).hexdigest()[:16]}"
    if platform == "windows":
        return name
    paths = (folder / f"{name}.sock" for folder in folders if _is_own(folder))
    return next((str(path) for path in paths if len(bytes(path)) <= _LONGEST_PATH), "")


def _is_own(folder: Path) -> bool:
    try:
        found = folder.stat()
    except OSError:
        return False
    mine = not hasattr(os, "getuid") or (found.st_uid == os.getuid() and not found.st_mode & _OTHERS_WRITE)
    return stat.S_ISDIR(found.st_mode) and mine and os.access(folder, os.W_OK | os.X_OK)
