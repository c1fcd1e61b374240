"""Puts the key stores of this system together, in the order in which they are asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_qt.adapters.browser_cookies.key_sources import BrowserKeys, PasswordLookup

if TYPE_CHECKING:
    from collections.abc import Callable

    from codexbar_qt.adapters.browser_cookies.browser import Browser
    from codexbar_qt.adapters.browser_cookies.key_sources import PasswordSource
    from codexbar_qt.adapters.browser_cookies.place import Place


def open_browser_keys(place: Place) -> BrowserKeys:
    """Return the keys of this system. Nothing is opened, loaded or asked yet."""
    if place.platform == "linux":
        return BrowserKeys("linux", _linux_sources(place))
    if place.platform == "macos":
        return BrowserKeys("macos", [LaterSource(_keychain)])
    from codexbar_qt.adapters.browser_cookies.dpapi import load_unprotect

    return BrowserKeys("windows", unprotect=load_unprotect())


def _linux_sources(place: Place) -> list[PasswordSource]:
    """Browsers choose by desktop, and people may force the other store: both are asked, the likely one first."""
    from codexbar_qt.adapters.browser_cookies.kwallet import WalletPasswords
    from codexbar_qt.adapters.browser_cookies.secret_service import SecretServicePasswords

    sources: list[PasswordSource] = [SecretServicePasswords(), WalletPasswords(place.config_home / "kwalletrc")]
    desktop = (place.env("XDG_CURRENT_DESKTOP") or place.env("XDG_SESSION_DESKTOP") or "").upper()
    is_kde = "KDE" in desktop.split(":") or "PLASMA" in desktop
    return sources[::-1] if is_kde else sources


def _keychain() -> PasswordSource:
    from codexbar_qt.adapters.browser_cookies.keychain import KeychainPasswords
    from codexbar_qt.adapters.browser_cookies.mac_frameworks import KeychainQuery, load

    return KeychainPasswords(KeychainQuery(load("Security"), load("CoreFoundation")))


class LaterSource:
    """A password source that is made when it is asked for the first time; one that cannot be made is unavailable."""

    def __init__(self, make: Callable[[], PasswordSource]) -> None:
        self._make = make
        self._source: PasswordSource | None = None

    def find(self, browser: Browser, *, interactive: bool) -> PasswordLookup:
        """Look for the passwords of a browser; `interactive` allows one dialog."""
        try:
            self._source = self._source or self._make()
        except (OSError, AttributeError):
            return PasswordLookup("unavailable")
        return self._source.find(browser, interactive=interactive)
