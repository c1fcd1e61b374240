"""Where the config file is: the precedence of config.md section 2 on three systems."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from codexbar_qt.provider_api import Platform

CONFIG_NAME = "config.json"
SETTINGS_NAME = "settings.json"


@dataclass(frozen=True, slots=True)
class ConfigLocation:
    """The file in use, read and written at the same path. `shadowed` is a second existing file that is not used."""

    path: Path
    shadowed: Path | None = None

    @property
    def settings_path(self) -> Path:
        """Where the app preferences are, beside the config file."""
        return self.path.with_name(SETTINGS_NAME)


def locate_config(read_env: Callable[[str], str | None], home: Path, platform: Platform) -> ConfigLocation:
    """Return the config file in use; it need not exist.

    Order: CODEXBAR_CONFIG, an absolute XDG_CONFIG_HOME, on Windows an existing file under APPDATA, an existing
    `~/.config/codexbar/config.json`, an existing `~/.codexbar/config.json`, the place of a new install.
    """
    named = (read_env("CODEXBAR_CONFIG") or "").strip()
    if named:
        return ConfigLocation(expand_home(named, home).absolute())
    usual = _usual_places(read_env, home, platform)
    existing = [path for path in usual if _is_file(path)]
    fallback = usual[0] if platform == "windows" else usual[-1]
    path = _xdg_place(read_env, home) or (existing[0] if existing else fallback)
    shadowed = next((other for other in existing if other != path), None) if len(existing) > 1 else None
    return ConfigLocation(path, shadowed)


def expand_home(text: str, home: Path) -> Path:
    """Return `text` as a path with a leading `~` replaced by `home`, or by the home of the user named after it."""
    path = Path(text)
    first = path.parts[0] if path.parts else ""
    if first == "~":
        return home.joinpath(*path.parts[1:])
    if not first.startswith("~"):
        return path
    try:
        return path.expanduser()
    except RuntimeError:
        return path


def _usual_places(read_env: Callable[[str], str | None], home: Path, platform: Platform) -> list[Path]:
    places = [home / ".config" / "codexbar" / CONFIG_NAME, home / ".codexbar" / CONFIG_NAME]
    if platform == "windows":
        roaming = (read_env("APPDATA") or "").strip()
        base = Path(roaming) if roaming else home / "AppData" / "Roaming"
        places.insert(0, base / "codexbar" / CONFIG_NAME)
    return places


def _xdg_place(read_env: Callable[[str], str | None], home: Path) -> Path | None:
    base = (read_env("XDG_CONFIG_HOME") or "").strip()
    folder = expand_home(base, home) if base else Path()
    return folder / "codexbar" / CONFIG_NAME if folder.is_absolute() else None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False
