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

    Without `advice` it is a downloaded file that nobody else looks after: then the app itself says when there is a
    newer one. With it, somebody else does, and `advice` is one line about how.
    """

    name: str
    advice: str = ""

    @property
    def looks_for_updates(self) -> bool:
        """Whether the app may look for newer versions itself."""
        return not self.advice


ORIGINS: Final[Mapping[OriginName, InstallOrigin]] = {
    "deb": InstallOrigin("Debian package"),
    "rpm": InstallOrigin("RPM package"),
    "tarball": InstallOrigin("Archive"),
    "appimage": InstallOrigin("AppImage"),
    "inno": InstallOrigin("Installer"),
    "dmg": InstallOrigin("Disk image"),
    "flatpak": InstallOrigin("Flatpak", "Flatpak updates it. By hand: flatpak update"),
    "snap": InstallOrigin("Snap", "Snap updates it by itself. By hand: snap refresh"),
    "msix": InstallOrigin("Windows package", "Windows updates it by itself. By hand: Microsoft Store > Downloads"),
    "homebrew": InstallOrigin("Homebrew", "Homebrew updates it. Run: brew upgrade codexbar-qt"),
    "distribution": InstallOrigin("System package", "The package manager of the system updates it."),
    "pipx": InstallOrigin("pipx", "pipx updates it. Run: pipx upgrade codexbar-qt"),
    "uv": InstallOrigin("uv", "uv updates it. Run: uv tool upgrade codexbar-qt"),
    "python": InstallOrigin("Python package", "pip updates it. Run: pip install --upgrade codexbar-qt"),
    "source": InstallOrigin("Source", "Built from source. Take the newer source and build it again."),
    "unknown": InstallOrigin("Unknown", "Update it the way it was installed."),
}
DEMO: Final = InstallOrigin("Demo", "The demo looks for no updates.")
