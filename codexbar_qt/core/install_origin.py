"""Where this installation came from, and so who brings it up to date (packaging/README.md, "Where it came from")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codexbar_qt.core.ports import OriginName


@dataclass(frozen=True, slots=True)
class InstallOrigin:
    """What people read about an installation.

    Without `updated_by` it is a downloaded file that nobody else looks after: then the app itself says when there is a
    newer one. With it, somebody else does, and `how` is one line about it.
    """

    name: str
    updated_by: str = ""
    how: str = ""

    @property
    def looks_for_updates(self) -> bool:
        """Whether the app may look for newer versions itself."""
        return not self.updated_by


ORIGINS: Final[Mapping[OriginName, InstallOrigin]] = {
    "deb": InstallOrigin("Debian package"),
    "rpm": InstallOrigin("RPM package"),
    "tarball": InstallOrigin("Archive"),
    "appimage": InstallOrigin("AppImage"),
    "inno": InstallOrigin("Installer"),
    "dmg": InstallOrigin("Disk image"),
    "flatpak": InstallOrigin("Flatpak", "Updated by Flatpak", "By hand: flatpak update"),
    "snap": InstallOrigin("Snap", "Updated by Snap", "By hand: snap refresh"),
    "msix": InstallOrigin("Windows package", "Updated by Windows", "By hand: Microsoft Store > Downloads"),
    "homebrew": InstallOrigin("Homebrew", "Updated by Homebrew", "Run: brew upgrade codexbar-qt"),
    "distribution": InstallOrigin(
        "System package", "Updated by the system", "The package manager of the system brings new versions."
    ),
    "pipx": InstallOrigin("pipx", "Updated by pipx", "Run: pipx upgrade codexbar-qt"),
    "uv": InstallOrigin("uv", "Updated by uv", "Run: uv tool upgrade codexbar-qt"),
    "python": InstallOrigin("Python package", "Updated by pip", "Run: pip install --upgrade codexbar-qt"),
    "source": InstallOrigin("Source", "Built from source", "Take the newer source and build it again."),
    "unknown": InstallOrigin("Unknown", "Not checked", "Update it the way it was installed."),
}
DEMO: Final = InstallOrigin("Demo", "Not checked", "The demo looks for no updates.")
