"""Keys of Chromium browsers in the Secret Service (GNOME Keyring, KeePassXC), found by attributes in all collections.

The browsers write items with `xdg:schema` and `application`; a search by service and user name finds none of them.
"""

from __future__ import annotations

import contextlib
from itertools import islice
from typing import TYPE_CHECKING

from codexbar_qt.adapters.browser_cookies.key_sources import KeyState, PasswordLookup, StoredPassword
from codexbar_qt.adapters.browser_cookies.session_bus import (
    DIALOG_SECONDS,
    BusError,
    is_offered,
    open_session_bus,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from secretstorage import Collection, Item

    from codexbar_qt.adapters.browser_cookies.browser import Browser
    from codexbar_qt.adapters.browser_cookies.session_bus import BusConnection

SCHEMAS = ("chrome_libsecret_os_crypt_password_v2", "chrome_libsecret_os_crypt_password_v1")
_SERVICE = "org.freedesktop.secrets"
_MOST_ITEMS = 2_000


class SecretServicePasswords:
    """A password source over the Secret Service; `connect` opens the session bus or raises BusError."""

    def __init__(self, connect: Callable[[], BusConnection] = open_session_bus) -> None:
        self._connect = connect

    def find(self, browser: Browser, *, interactive: bool) -> PasswordLookup:
        """Look for the items of a browser; `interactive` allows one dialog, to unlock them."""
        from jeepney import DBusErrorResponse  # type: ignore[import-untyped]  # ships no types
        from secretstorage.exceptions import SecretStorageException

        try:
            with contextlib.closing(self._connect()) as connection:
                if not is_offered(connection, _SERVICE):
                    return PasswordLookup("unavailable")
                return _find(connection, browser, interactive=interactive)
        except (BusError, SecretStorageException, DBusErrorResponse, OSError, RuntimeError, ValueError, AssertionError):
            return PasswordLookup("unavailable")


def _find(connection: BusConnection, browser: Browser, *, interactive: bool) -> PasswordLookup:
    if not _has_open_collection(connection):
        # KeePassXC shows its unlock dialog for a mere search while all of its databases are closed.
        state = _open_any_collection(connection, interactive=interactive)
        if state != "found":
            return PasswordLookup(state)
        interactive = False  # people have seen the one dialog
    items = list(_items(connection, browser))
    open_items = [item for item in items if not item.is_locked()]
    if open_items:
        return PasswordLookup("found", tuple(_passwords(open_items)))
    locked: list[Item] | list[Collection] = items or list(_locked_collections(connection))
    if not locked:
        return PasswordLookup("missing")
    if not interactive:
        return PasswordLookup("locked")
    state = _unlock(locked[0])
    if state != "found":
        return PasswordLookup(state)
    passwords = tuple(_passwords(item for item in _items(connection, browser) if not item.is_locked()))
    return PasswordLookup("found" if passwords else "missing", passwords)


def _items(connection: BusConnection, browser: Browser) -> Iterator[Item]:
    """Give the items by attributes, newest schema first; those by label only where there is none."""
    import secretstorage

    found = False
    for application in browser.applications:
        for schema in SCHEMAS:
            wanted = {"xdg:schema": schema, "application": application}
            for item in secretstorage.search_items(connection, wanted):
                found = True
                yield item
    if not found:
        yield from _labelled(connection, {f"{name} Safe Storage" for name in browser.wallets})


def _labelled(connection: BusConnection, labels: set[str]) -> Iterator[Item]:
    import secretstorage

    for collection in secretstorage.get_all_collections(connection):
        if collection.is_locked():
            continue
        with contextlib.suppress(secretstorage.ItemNotFoundException):  # removed meanwhile
            for item in islice(collection.get_all_items(), _MOST_ITEMS):
                if item.get_label() in labels:
                    yield item


def _has_open_collection(connection: BusConnection) -> bool:
    import secretstorage

    return any(not collection.is_locked() for collection in secretstorage.get_all_collections(connection))


def _open_any_collection(connection: BusConnection, *, interactive: bool) -> KeyState:
    collection = next(_locked_collections(connection), None)
    if collection is None:
        return "missing"
    return _unlock(collection) if interactive else "locked"


def _locked_collections(connection: BusConnection) -> Iterator[Collection]:
    import secretstorage

    for collection in secretstorage.get_all_collections(connection):
        if collection.is_locked():
            yield collection


def _unlock(what: Item | Collection) -> KeyState:
    try:
        return "denied" if what.unlock(timeout=DIALOG_SECONDS) else "found"
    except TimeoutError:
        return "locked"


def _passwords(items: Iterator[Item] | list[Item]) -> Iterator[StoredPassword]:
    seen: set[bytes] = set()
    for item in items:
        password = item.get_secret()
        if password not in seen:
            seen.add(password)
            yield StoredPassword(password, f"Secret Service: {item.get_label()}")
