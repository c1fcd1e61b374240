"""How this installation got here: a file that our packages write, and what the system says about the place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from codexbar_qt.core.ports import OriginName

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codexbar_qt.provider_api import Platform

    ReadEnv = Callable[[str], str | None]

MARKER = "install-origin"
"""A file in the resource folder of a package; its content is one OriginName."""
CASKROOMS = (Path("/opt/homebrew/Caskroom/codexbar-qt"), Path("/usr/local/Caskroom/codexbar-qt"))
SYSTEM_FOLDERS = ("/usr/lib", "/usr/lib64", "/usr/share", "/nix/store", "/gnu/store")
"""Only package managers put Python packages there; pip as root has /usr/local."""
_LONGEST_WORD = 64
_KNOWN: dict[str, OriginName] = {name: name for name in get_args(OriginName)}


@dataclass(frozen=True, slots=True)
class Installation:
    """Where the running program is: its executable, the environment it belongs to, its resources, its code."""

    platform: Platform
    executable: Path
    prefix: Path
    resources: Path
    package: Path
    is_frozen: bool
    caskrooms: Sequence[Path] = CASKROOMS


def find_origin(place: Installation, read_env: ReadEnv) -> OriginName:
    """Return how the installation got here; reads a few files.

    Facts of the running process come before the marker, for packages are made of one another: an AppImage or a cask
    may hold what was marked otherwise. A variable counts only when it is about this very program, for all programs
    that are started from another package inherit its variables.
    """
    return _from_surroundings(place, read_env) or _from_marker(place) or _from_environment(place)


def own_appimage(executable: Path, read_env: ReadEnv) -> str:
    """Return the AppImage that this program runs from, "" when it runs from none."""
    return (read_env("APPIMAGE") or "") if _is_inside(executable, read_env("APPDIR")) else ""


def _from_surroundings(place: Installation, read_env: ReadEnv) -> OriginName | None:
    executable, on_windows = place.executable, place.platform == "windows"
    casks = place.caskrooms if place.platform == "macos" and place.is_frozen else ()
    signs: dict[OriginName, bool] = {
        "flatpak": bool(read_env("FLATPAK_ID")) and _is_inside(executable, "/app"),
        "snap": _is_inside(executable, read_env("SNAP")),
        "appimage": bool(own_appimage(executable, read_env)),
        "msix": on_windows and "windowsapps" in (part.lower() for part in executable.parts),
        "homebrew": "Cellar" in place.prefix.parts or any(folder.is_dir() for folder in casks),
    }
    return next((name for name, is_so in signs.items() if is_so), None)


def _from_marker(place: Installation) -> OriginName | None:
    try:
        with (place.resources / MARKER).open(encoding="utf-8") as stream:
            word = stream.read(_LONGEST_WORD).strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        return "unknown"
    return _KNOWN.get(word, "unknown")


def _from_environment(place: Installation) -> OriginName:
    if place.is_frozen or place.package not in place.resources.parents:
        return "source"
    if (place.prefix / "pipx_metadata.json").is_file():
        return "pipx"
    if (place.prefix / "uv-receipt.toml").is_file():
        return "uv"
    if place.platform == "linux" and any(_is_inside(place.package, folder) for folder in SYSTEM_FOLDERS):
        return "distribution"
    return "python"


def _is_inside(path: Path, folder: str | None) -> bool:
    return bool(folder) and Path(folder or "/") in path.parents
