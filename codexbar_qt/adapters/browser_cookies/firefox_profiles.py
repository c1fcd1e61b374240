"""Profiles of Firefox and its relatives: folders with cookies, `profiles.ini`, and the channel that owns each."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from codexbar_qt.adapters.browser_cookies.place import is_present
from codexbar_qt.adapters.browser_cookies.small_file import list_folders, read_ini

if TYPE_CHECKING:
    from collections.abc import Iterator

UNIDENTIFIED = "firefox"
"""A profile whose channel cannot be told belongs to Firefox itself."""

_MOST_SECTIONS = 500


def find_firefox_folders(root: Path, remoting: tuple[str, ...] = ()) -> tuple[tuple[Path, str], ...]:
    """Return (profile folder, name in `profiles.ini` or "") of the profiles below `root` that have cookies.

    Those of `profiles.ini` count wherever they are. With `remoting` only profiles whose channel has one of these names
    are given. Folders named "default-release" come first, then "default", then the others, each by name.
    """
    names: dict[Path, str] = dict.fromkeys(list_folders(root), "")
    names.update(_listed(root))
    owned = [
        (folder, name)
        for folder, name in names.items()
        if is_present(folder / "cookies.sqlite") and (not remoting or channel_of(folder) in remoting)
    ]
    return tuple(sorted(owned, key=lambda pair: (_rank(pair[0].name), pair[0].name)))


def channel_of(profile: Path) -> str:
    """Return the remoting name ("firefox-beta") of the application that used a profile last; "firefox" if unknown."""
    compatibility = read_ini(profile / "compatibility.ini")
    for key in ("LastAppDir", "LastPlatformDir"):
        text = compatibility.get("Compatibility", key, fallback="").strip()
        if not text or not Path(text).is_absolute():
            continue
        for folder in (Path(text), Path(text).parent):  # LastAppDir is `browser` inside the application
            name = read_ini(folder / "application.ini").get("App", "RemotingName", fallback="").strip().lower()
            if name:
                return name
    return UNIDENTIFIED


def _listed(root: Path) -> Iterator[tuple[Path, str]]:
    """Give the folders that `profiles.ini` names; on macOS and Windows the file is beside the folder of profiles."""
    for folder in (root, root.parent) if root.name == "Profiles" else (root,):
        ini = read_ini(folder / "profiles.ini")
        sections = list(islice(ini.sections(), _MOST_SECTIONS))
        for section in sorted(sections, key=lambda name: not name.startswith("Install")):  # names of profiles win
            if section.startswith("Install"):
                path, is_relative = ini.get(section, "Default", fallback=""), True
            elif section.startswith("Profile"):
                path, is_relative = (
                    ini.get(section, "Path", fallback=""),
                    ini.get(section, "IsRelative", fallback="1") != "0",
                )
            else:
                continue
            if path.strip() and (is_relative or Path(path).is_absolute()):
                yield folder / path, ini.get(section, "Name", fallback="")


def _rank(name: str) -> int:
    return 0 if "default-release" in name else 1 if "default" in name else 2
