"""Where instances of the app of one user meet."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from codexbar_qt.provider_api import Platform

_LONGEST_PATH = 100
"""Bytes; macOS allows 104 for the path of a socket with its end mark, Linux 108."""


def instance_address(config_path: Path, user: str, platform: Platform, folders: tuple[Path, ...]) -> str:
    """Return a socket path, or a pipe name on Windows, that is the same for the same user and config file.

    `folders` are folders only this user can write to, best first (the runtime folder of the session, a folder of the
    app, a temporary folder); the first that exists and leads to a short enough path is taken, else the last one.
    """
    identity = f"{user}\0{config_path}".encode("utf-8", "surrogateescape")
    name = f"codexbar-qt-{hashlib.sha256(identity).hexdigest()[:16]}"
    if platform == "windows":
        return name
    paths = [folder / f"{name}.sock" for folder in folders]
    fitting = [path for path in paths if path.parent.is_dir() and len(bytes(path)) <= _LONGEST_PATH]
    return str(fitting[0] if fitting else paths[-1])
