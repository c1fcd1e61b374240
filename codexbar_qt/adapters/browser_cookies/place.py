"""Which machine is looked at: system, home directory and environment, all given from outside."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

    from codexbar_qt.provider_api import Platform

Sandbox = Literal["", "Flatpak", "Snap"]


def _no_variable(_name: str) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Place:
    """A machine as the browsers see it.

    `env` answers for environment variables. `root` stands for `/` of Linux and macOS, `program` is our own executable:
    both decide only whether this app runs inside a Flatpak or Snap and which applications are installed.
    """

    platform: Platform
    home: Path
    env: Callable[[str], str | None] = _no_variable
    root: Path = Path("/")
    program: Path = Path()

    @property
    def sandbox(self) -> Sandbox:
        """The kind of package this app itself runs in. A Snap's variables are inherited, so the program must match."""
        if self.platform != "linux":
            return ""
        if is_present(self.root / ".flatpak-info"):
            return "Flatpak"
        snap = self._folder("SNAP")
        return "Snap" if snap is not None and self.program.is_relative_to(snap) else ""

    @property
    def user_home(self) -> Path:
        """The home directory that the browsers use; inside a Snap the own one is another."""
        real = self._folder("SNAP_REAL_HOME") if self.sandbox == "Snap" else None
        return real or self.home

    @property
    def config_home(self) -> Path:
        """$XDG_CONFIG_HOME of the session, even where a package changed it for us."""
        name = {"": "XDG_CONFIG_HOME", "Flatpak": "HOST_XDG_CONFIG_HOME", "Snap": ""}[self.sandbox]
        return (self._folder(name) if name else None) or self.user_home / ".config"

    @property
    def chromium_config_homes(self) -> tuple[Path, ...]:
        """$CHROME_CONFIG_HOME, which Chromium takes instead of $XDG_CONFIG_HOME, then the other one."""
        own = self._folder("CHROME_CONFIG_HOME")
        return (self.config_home,) if own is None else (own, self.config_home)

    @property
    def chrome_user_data(self) -> Path | None:
        """$CHROME_USER_DATA_DIR."""
        return self._folder("CHROME_USER_DATA_DIR")

    @property
    def local_app_data(self) -> Path:
        """%LOCALAPPDATA%."""
        return self._folder("LOCALAPPDATA") or self.home / "AppData" / "Local"

    @property
    def roaming_app_data(self) -> Path:
        """%APPDATA%."""
        return self._folder("APPDATA") or self.home / "AppData" / "Roaming"

    def _folder(self, name: str) -> Path | None:
        text = (self.env(name) or "").strip()
        return Path(text) if text and Path(text).is_absolute() else None


def is_present(path: Path) -> bool:
    """Whether something stands there; False as well when it may not be looked at."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def is_folder(path: Path) -> bool:
    """Whether a directory stands there; False as well when it may not be looked at."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False
