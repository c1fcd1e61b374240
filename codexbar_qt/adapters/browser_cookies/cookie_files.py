"""Where the cookies of a profile are, and the one source that is asked only when they hold nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from codexbar_qt.adapters.browser_cookies.place import is_present
from codexbar_qt.adapters.browser_cookies.small_file import list_folders

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codexbar_qt.adapters.browser_cookies.profiles import BrowserProfile

SESSION_FILE = Path("sessionstore-backups", "recovery.jsonlz4")
_SAFARI_FILE = "Cookies.binarycookies"
_DEEPEST = 3


def cookie_files(profile: BrowserProfile) -> tuple[Path, ...]:
    """Return the files that hold a profile's cookies, those that win first; all of them form one profile.

    Chromium and Firefox: those that exist. Safari: also those that may not be looked at.
    """
    if profile.family == "chromium":
        return tuple(file for file in _chromium_files(profile.folder) if is_present(file))
    if profile.family == "firefox":
        file = profile.folder / "cookies.sqlite"
        return (file,) if is_present(file) else ()
    if profile.folder.parent.name == "WebsiteDataStore":
        return tuple(_below(profile.folder, _DEEPEST))
    return (profile.root / "Cookies" / _SAFARI_FILE, profile.folder / "Cookies" / _SAFARI_FILE)


def _chromium_files(folder: Path) -> tuple[Path, ...]:
    return folder / "Network" / "Cookies", folder / "Cookies"


def _below(folder: Path, depth: int) -> Iterator[Path]:
    if is_present(folder / _SAFARI_FILE):
        yield folder / _SAFARI_FILE
    if depth > 0:
        for inner in list_folders(folder):
            yield from _below(inner, depth - 1)
