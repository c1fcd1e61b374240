"""Keys of Chromium browsers in KDE's wallet, over D-Bus: Plasma 6 first, then 5.

Opening a closed wallet shows a dialog, and so may reading an open one if people chose to be asked per application.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from codexbar_qt.adapters.browser_cookies.key_sources import PasswordLookup, StoredPassword
from codexbar_qt.adapters.browser_cookies.session_bus import (
    DIALOG_SECONDS,
    BusError,
    call,
    is_offered,
    open_session_bus,
)
from codexbar_qt.adapters.browser_cookies.small_file import read_ini

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from codexbar_qt.adapters.browser_cookies.browser import Browser
    from codexbar_qt.adapters.browser_cookies.session_bus import BusConnection

APPLICATION = "CodexBar"
_VERSIONS = ("6", "5")


class WalletPasswords:
    """A password source over KWallet; `settings` is KDE's `kwalletrc`, `connect` opens the bus or raises BusError."""

    def __init__(self, settings: Path, connect: Callable[[], BusConnection] = open_session_bus) -> None:
        self._settings = settings
        self._connect = connect

    def find(self, browser: Browser, *, interactive: bool) -> PasswordLookup:
        """Look for the entries of a browser; `interactive` allows one dialog, to open the wallet."""
        lookup = PasswordLookup("unavailable")
        try:
            with contextlib.closing(self._connect()) as connection:
                for version in _VERSIONS:
                    with contextlib.suppress(BusError):
                        if is_offered(connection, f"org.kde.kwalletd{version}"):
                            lookup = self._ask(_Wallet(connection, version), browser, interactive=interactive)
                    if lookup.state not in ("missing", "unavailable"):
                        return lookup
        except BusError:
            return PasswordLookup("unavailable")
        return lookup

    def _ask(self, wallet: _Wallet, browser: Browser, *, interactive: bool) -> PasswordLookup:
        name = wallet.text("networkWallet")
        present = [
            (f"{brand} Keys", f"{brand} Safe Storage")
            for brand in browser.wallets
            if not wallet.call("keyDoesNotExist", "sss", name, f"{brand} Keys", f"{brand} Safe Storage")
        ]
        if not present:
            return PasswordLookup("missing")
        may_ask = not wallet.call("isOpen", "s", name) or self._asks_first(name)
        if may_ask and not interactive:
            return PasswordLookup("locked")
        handle = wallet.call("open", "sxs", name, 0, APPLICATION, timeout=DIALOG_SECONDS)
        if handle < 0:
            return PasswordLookup("denied")
        try:
            texts = [(entry, wallet.text("readPassword", "isss", handle, *entry, APPLICATION)) for entry in present]
        finally:
            with contextlib.suppress(BusError):
                wallet.call("close", "ibs", handle, False, APPLICATION)
        passwords = tuple(StoredPassword(text.encode(), f"KWallet: {entry[1]}") for entry, text in texts if text)
        return PasswordLookup("found" if passwords else "missing", passwords)

    def _asks_first(self, wallet: str) -> bool:
        settings = read_ini(self._settings)
        if settings.get("Wallet", "Prompt on Open", fallback="false").strip().lower() != "true":
            return False
        allowed = settings.get("Auto Allow", wallet, fallback="").split(",")
        return APPLICATION not in [name.strip() for name in allowed]


class _Wallet:
    """One wallet service. Raises BusError."""

    def __init__(self, connection: BusConnection, version: str) -> None:
        self._connection = connection
        self._where = (f"org.kde.kwalletd{version}", f"/modules/kwalletd{version}", "org.kde.KWallet")

    def call(self, method: str, signature: str = "", *body: object, timeout: float | None = None) -> Any:
        """Call a method and return the one value it answers."""
        more = {} if timeout is None else {"timeout": timeout}
        answer = call(self._connection, self._where, method, signature, body, **more)
        if len(answer) == 1:
            return answer[0]
        raise BusError(method)

    def text(self, method: str, signature: str = "", *body: object) -> str:
        """Call a method that answers with a text."""
        answer = self.call(method, signature, *body)
        return answer if isinstance(answer, str) else ""
