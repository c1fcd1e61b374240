"""Folders of this machine that need care: the home folder, and where instances of the app meet."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class NoHomeError(Exception):
    """Nobody says where the home folder is; the text is for people."""

    def __init__(self) -> None:
        super().__init__("Your home folder is not known. Set the variable HOME to its full path and start again.")


def home_folder() -> Path:
    """Return the home folder. Raises NoHomeError when it is unknown or not a full path."""
    try:
        home = Path.home()
    except RuntimeError:  # no variable, and the user is not in the list of users
        raise NoHomeError from None
    if not home.is_absolute():
        raise NoHomeError
    return home


def meeting_folders(user: str) -> Iterator[Path]:
    """Go through the folders for the socket of the app, best first; those of our own are made when they are reached.

    A temporary folder is shared with others, so it gets a folder of the user inside it; whether that one is really the
    user's is for the caller to check.
    """
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if os.path.isabs(runtime):  # noqa: PTH117 - no path yet
        yield Path(runtime)
    yield _made(home_folder() / ".cache" / "codexbar")
    import tempfile  # seldom needed before the icon is shown

    with contextlib.suppress(FileNotFoundError):  # there is no temporary folder at all
        yield _made(Path(tempfile.gettempdir()) / f"codexbar-{user}")


def cache_folder() -> Path:
    """Return where what can be made again is kept."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("codexbar", appauthor=False))


def data_folder() -> Path:
    """Return where what people or the app put down for good is kept."""
    import platformdirs

    return Path(platformdirs.user_data_dir("codexbar", appauthor=False))


def make_private(folder: Path) -> None:
    """Make a folder that only its owner can look into. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)


def _made(folder: Path) -> Path:
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
