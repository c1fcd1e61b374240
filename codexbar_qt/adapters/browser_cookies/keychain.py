"""Keys of Chromium browsers in the macOS Keychain. In the background a query never shows a dialog."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_qt.adapters.browser_cookies.key_sources import KeyState, PasswordLookup, StoredPassword, most_useful

if TYPE_CHECKING:
    from collections.abc import Callable

    from codexbar_qt.adapters.browser_cookies.browser import Browser, KeychainItem

SUCCESS = 0
NOT_FOUND = -25300
_STATES: dict[int, KeyState] = {
    NOT_FOUND: "missing",
    -25308: "prompt",  # errSecInteractionNotAllowed
    -25315: "prompt",  # errSecInteractionRequired
    -25293: "denied",  # errSecAuthFailed
    -128: "denied",  # errSecUserCanceled
}


class KeychainPasswords:
    """A password source over the Keychain.

    Args:
        query: Looks one item up, with or without a dialog, and returns the status of the Security framework and the
            password; any failure to ask is a status too.
    """

    def __init__(self, query: Callable[[KeychainItem, bool], tuple[int, bytes | None]]) -> None:
        self._query = query

    def find(self, browser: Browser, *, interactive: bool) -> PasswordLookup:
        """Look for the items of a browser; `interactive` allows one dialog, for the first item that needs one."""
        found: list[StoredPassword] = []
        waiting: list[KeychainItem] = []
        states: list[KeyState] = []
        for item in browser.keychain:
            status, password = self._query(item, False)
            if status == SUCCESS and password:
                found.append(_stored(item, password))
                continue
            state = _STATES.get(status, "unavailable")
            if state in ("prompt", "denied"):  # without a dialog a refusal is the Keychain's, not a person's
                waiting.append(item)
                state = "prompt"
            states.append(state)
        if found:
            return PasswordLookup("found", tuple(found))
        if waiting and interactive:
            return self._ask(waiting[0])
        return PasswordLookup(most_useful(states))

    def _ask(self, item: KeychainItem) -> PasswordLookup:
        status, password = self._query(item, True)
        if status == SUCCESS and password:
            return PasswordLookup("found", (_stored(item, password),))
        return PasswordLookup(_STATES.get(status, "unavailable"))


def _stored(item: KeychainItem, password: bytes) -> StoredPassword:
    return StoredPassword(password, f"Keychain: {item.service}")
