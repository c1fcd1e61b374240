"""Made-up browsers, kept sessions and reads for the pictures of the settings."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from codexbar_qt.core.browser_access import AccessRecord, BrowserAccess, CachedSession

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

BROWSERS = (
    BrowserAccess("chrome", "Chrome", "allowed", found=True),
    BrowserAccess("edge", "Edge", "refused", found=True),
    BrowserAccess("brave", "Brave", "unasked", found=True),
    BrowserAccess("vivaldi", "Vivaldi", "allowed", found=False),
    BrowserAccess("firefox", "Firefox", "allowed", found=True),
    BrowserAccess("opera", "Opera", "unasked", found=False),
)
WANTED = BROWSERS[2]
IMPORTED = "Imported from Chrome, profile Work."
NOT_IMPORTED = "The cookies of Chrome could not be read: the keyring is locked. Unlock it and import again."
PASTED = "auth=test-value-1; session=test-value-2; theme=test-value-3"
_CHROME = "~/.config/google-chrome"
_FIREFOX = "~/.mozilla/firefox/k3v9x2qa.default-release"
_SNAP = "~/snap/chromium/common/chromium/Profile 12/Local Storage/leveldb"
_MINUTES = (3, 3, 3, 64, 64, 190, 1500, 4400)


def kept_session(place: int, now: datetime, *, in_memory: bool) -> CachedSession:
    """Return the session kept for the provider at a place of the list."""
    label = "Firefox default-release" if place % 2 else "Chrome Default"
    return CachedSession(label, now - timedelta(minutes=3 + place * 70), in_memory=in_memory)


def reads(provider_ids: Sequence[str], now: datetime) -> tuple[AccessRecord, ...]:
    """Return a ledger about the providers, the latest first, longer than one page of it."""
    kinds = (
        ("Cookies", f"{_CHROME}/Default/Network/Cookies", "3 cookies", 12),
        ("Key", "Chrome Safe Storage (Secret Service)", "found", 1),
        ("Cookies", f"{_CHROME}/Profile 1/Network/Cookies", "nothing", 4),
        ("Cookies", f"{_FIREFOX}/cookies.sqlite", "1 cookie", 2),
        ("Page storage", _SNAP, "2 entries", 1),
        ("Cookies", f"{_CHROME}/Default/Network/Cookies", "locked", 1),
        ("Page storage", f"{_FIREFOX}/storage/default/https+++example.com/ls/data.sqlite", "nothing", 1),
        ("Cookies", f"{_FIREFOX}/cookies.sqlite", "file cannot be read", 3),
    )
    records = [
        AccessRecord(what, item, name, now - timedelta(minutes=minutes + 11 * place), result, times)
        for place, name in enumerate(provider_ids)
        for (what, item, result, times), minutes in zip(kinds, _MINUTES, strict=True)
    ]
    return tuple(sorted(records, key=lambda record: record.at, reverse=True))
