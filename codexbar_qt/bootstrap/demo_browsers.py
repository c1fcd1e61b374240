"""The browsers of demo mode: none is read, and what is shown of them is made up."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from codexbar_qt.core.ports import (
    BrowserReader,
    BrowserTrouble,
    CookieReading,
    KnownBrowser,
    ProfileInfo,
    ReadSource,
    StorageReading,
)
from codexbar_qt.provider_api import CookieSourceSetting, Secret

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from codexbar_qt.core.browser_sessions import BrowserSessions
    from codexbar_qt.core.preferences_file import PreferencesFile
    from codexbar_qt.provider_api import BrowserOrder, Clock, CookieQuery, Env, Provider, StorageQuery

_BROWSERS = (
    KnownBrowser("chrome", "Chrome", "chromium"),
    KnownBrowser("brave", "Brave", "chromium"),
    KnownBrowser("vivaldi", "Vivaldi", "chromium"),
    KnownBrowser("firefox", "Firefox", "firefox"),
)
_ACCESS = {"firefox": "allowed", "chrome": "allowed", "vivaldi": "refused"}
_SESSIONS = (
    (
        "Firefox default-release",
        timedelta(minutes=3),
        (ReadSource("Cookies", "~/.mozilla/firefox/abcd.default-release/cookies.sqlite", "2 cookies"),),
    ),
    (
        "Chrome Work",
        timedelta(hours=5),
        (
            ReadSource("Cookies", "~/.config/google-chrome/Default/Cookies", "3 cookies"),
            ReadSource("Key", "Secret Service: Chrome Safe Storage", "used"),
        ),
    ),
)
"""Where a session was found, how long ago, and what was read for it."""


class DemoBrowserReader(BrowserReader):
    """Knows a few browsers and finds nothing in them."""

    def known(self) -> tuple[KnownBrowser, ...]:
        """Return the browsers."""
        return _BROWSERS

    async def candidates(
        self, order: BrowserOrder, *, keyring_allowed: bool = True
    ) -> tuple[tuple[KnownBrowser, ...], ...]:
        """Return all of them."""
        return (_BROWSERS,)

    async def profiles(self, browser_id: str) -> tuple[ProfileInfo, ...]:
        """Return none."""
        return ()

    async def cookies(
        self, profile: ProfileInfo, query: CookieQuery, now: datetime, *, interactive: bool = False
    ) -> CookieReading:
        """Return nothing."""
        return CookieReading()

    async def storage(self, profile: ProfileInfo, query: StorageQuery) -> StorageReading:
        """Return nothing."""
        return StorageReading()

    def surroundings(self) -> BrowserTrouble | None:
        """Return nothing."""
        return None

    def forget(self) -> None:
        """Nothing is remembered."""


def build_demo_browsers(clock: Clock, env: Env, preferences_file: PreferencesFile) -> BrowserSessions:
    """Return browsers that keep everything in memory."""
    from codexbar_qt.adapters.secret_store import MemoryStore
    from codexbar_qt.core.access_ledger import AccessLedger
    from codexbar_qt.core.browser_consent import BrowserConsent
    from codexbar_qt.core.browser_sessions import BrowserParts, BrowserSessions
    from codexbar_qt.core.cookie_cache import SERVICE, CookieCache
    from codexbar_qt.core.denial_cooldown import DenialCooldown

    return BrowserSessions(
        BrowserParts(
            reader=DemoBrowserReader(),
            cache=CookieCache(MemoryStore(), SERVICE, clock),
            ledger=AccessLedger(),
            cooldown=DenialCooldown(clock),
            consent=BrowserConsent(lambda: preferences_file.current, env),
            clock=clock,
        )
    )


async def show_access(
    shared: BrowserSessions, preferences_file: PreferencesFile, providers: Iterable[Provider]
) -> None:
    """Put made-up answers, sessions and readings in the place of those of a person."""
    from codexbar_qt.core.browser_consent import access_change

    changes: dict[str, object] = {}
    for browser_id, answer in _ACCESS.items():
        changes |= access_change(browser_id, allowed=answer == "allowed")
    await asyncio.to_thread(preferences_file.update, changes)
    now = shared.parts.clock.now()
    for number, provider in enumerate(item for item in providers if _uses_browsers(item)):
        label, age, sources = _SESSIONS[number % len(_SESSIONS)]
        await shared.cache.put(provider.id, Secret("session=demo"), label, stored_at=now - age)
        shared.ledger.add(sources, provider.id, now - age)


def _uses_browsers(provider: Provider) -> bool:
    return any(isinstance(setting, CookieSourceSetting) for setting in provider.descriptor.settings)
