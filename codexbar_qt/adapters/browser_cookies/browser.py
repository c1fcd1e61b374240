"""What is known of one browser: names, places and the names of its keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from codexbar_qt.provider_api import Platform

Family = Literal["chromium", "firefox", "safari"]


@dataclass(frozen=True, slots=True)
class KeychainItem:
    """A generic password of the macOS Keychain."""

    service: str
    account: str


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser. Roots are patterns as described above; empty where the browser does not exist on a system.

    `applications` are values of the Secret Service attribute of that name, `wallets` the X of KWallet's "X Keys" and of
    the label "X Safe Storage". `bundles` and `bundle_ids` name the application on macOS. `remoting` are the names by
    which a Firefox channel knows its profiles.
    """

    id: str
    label: str
    family: Family
    linux: tuple[str, ...] = ()
    macos: tuple[str, ...] = ()
    windows: tuple[str, ...] = ()
    keychain: tuple[KeychainItem, ...] = ()
    applications: tuple[str, ...] = ()
    wallets: tuple[str, ...] = ()
    bundles: tuple[str, ...] = ()
    bundle_ids: tuple[str, ...] = ()
    remoting: tuple[str, ...] = ()
    profile_in_root: bool = False

    def patterns(self, platform: Platform) -> tuple[str, ...]:
        """Return the patterns of its roots on a system."""
        return {"linux": self.linux, "macos": self.macos, "windows": self.windows}[platform]
