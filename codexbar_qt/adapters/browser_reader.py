"""The browsers of this machine behind the BrowserReader port: blocking reads in threads, one at a time."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, TypeVar

from codexbar_qt.adapters.browser_findings import cookie_reading, storage_reading, trouble_of
from codexbar_qt.adapters.daemon_threads import DaemonThreads
from codexbar_qt.core.ports import (
    BrowserReader,
    BrowserTrouble,
    CookieReading,
    KnownBrowser,
    ProfileInfo,
    StorageReading,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from codexbar_qt.adapters.browser_cookies.browser import Browser
    from codexbar_qt.adapters.browser_cookies.candidates import BrowserCandidates
    from codexbar_qt.adapters.browser_cookies.key_sources import BrowserKeys
    from codexbar_qt.adapters.browser_cookies.place import Place
    from codexbar_qt.adapters.browser_cookies.profiles import BrowserProfile
    from codexbar_qt.provider_api import BrowserOrder, CookieQuery, StorageQuery

_Result = TypeVar("_Result")
READ_SECONDS = 30.0
DIALOG_SECONDS = 150.0
MOST_THREADS = 4


class SystemBrowserReader(BrowserReader):
    """Reads through `browser_cookies` and `browser_storage`, which are loaded when they are first needed.

    A read that does not end within 30 s (150 s with a dialog) is left to itself; with four of these nothing more
    is begun. Keys that were found stay in memory, so that people are asked at most once in the life of the process.

    Args:
        place: The machine.
        keys: Gives the key stores; default: those of the system.
        read_seconds: The time limit of a read without a dialog.
    """

    def __init__(
        self, place: Place, keys: Callable[[], BrowserKeys] | None = None, *, read_seconds: float = READ_SECONDS
    ) -> None:
        self._place = place
        self._make_keys = keys
        self._read_seconds = read_seconds
        self._keys: BrowserKeys | None = None
        self._filter: BrowserCandidates | None = None
        self._profiles: dict[str, BrowserProfile] = {}
        self._turn = asyncio.Lock()
        self._dialog = asyncio.Lock()
        self._threads = DaemonThreads()

    def known(self) -> tuple[KnownBrowser, ...]:
        """Return every browser of this system in the default order."""
        from codexbar_qt.adapters.browser_cookies.catalogue import BROWSERS

        return tuple(_known(one) for one in BROWSERS if one.patterns(self._place.platform))

    async def candidates(
        self, order: BrowserOrder, *, keyring_allowed: bool = True
    ) -> tuple[tuple[KnownBrowser, ...], ...]:
        """Return the browsers with cookies in an order, by groups."""
        groups = await self._run(lambda: self._candidates().groups(order, keyring_allowed=keyring_allowed))
        return tuple(tuple(_known(one) for one in group) for group in groups or ())

    async def profiles(self, browser_id: str) -> tuple[ProfileInfo, ...]:
        """Return the profiles of a browser in the order in which they are to be tried."""

        def find() -> tuple[BrowserProfile, ...]:
            from codexbar_qt.adapters.browser_cookies.catalogue import BY_ID
            from codexbar_qt.adapters.browser_cookies.profiles import find_profiles

            return find_profiles(BY_ID[browser_id], self._place) if browser_id in BY_ID else ()

        found = await self._run(find) or ()
        others = {key: profile for key, profile in self._profiles.items() if profile.browser != browser_id}
        self._profiles = others | {profile.id: profile for profile in found}
        return tuple(_info(profile) for profile in found)

    async def cookies(
        self, profile: ProfileInfo, query: CookieQuery, now: datetime, *, interactive: bool = False
    ) -> CookieReading:
        """Return the cookies of a query that have not expired; `interactive` allows one dialog for the key."""
        known = self._profiles.get(profile.id)
        if known is None:
            return CookieReading()

        def read() -> CookieReading:
            from codexbar_qt.adapters.browser_cookies.reading import read_cookies

            result = read_cookies(known, query, self._browser_keys(), now, interactive=interactive)
            return cookie_reading(known, result, self._place.home)

        found = await (self._run(read, self._dialog, DIALOG_SECONDS) if interactive else self._run(read))
        return found or CookieReading(troubles=(_too_slow(profile),))

    async def storage(self, profile: ProfileInfo, query: StorageQuery) -> StorageReading:
        """Return the page storage of a query."""
        known = self._profiles.get(profile.id)
        if known is None:
            return StorageReading()
        given_up = threading.Event()

        def read() -> StorageReading:
            from codexbar_qt.adapters.browser_storage.reader import BrowserStorageReader

            found = BrowserStorageReader(self._place.platform).read_profile(known, query, given_up)
            return storage_reading(found, self._place.home)

        try:
            return await self._run(read) or StorageReading(troubles=(_too_slow(profile),))
        finally:
            given_up.set()

    def surroundings(self) -> BrowserTrouble | None:
        """Return why no browser at all can be seen from here, None for nothing."""
        from codexbar_qt.adapters.browser_cookies.problems import sandboxed

        problem = sandboxed(self._place)
        return None if problem is None else trouble_of(problem)

    def forget(self) -> None:
        """Look anew for browsers; keys stay."""
        if self._filter is not None:
            self._filter.forget()

    def _candidates(self) -> BrowserCandidates:
        if self._filter is None:
            from codexbar_qt.adapters.browser_cookies.candidates import BrowserCandidates

            self._filter = BrowserCandidates(self._place, _registered(self._place))
        return self._filter

    def _browser_keys(self) -> BrowserKeys:
        if self._keys is None:
            from codexbar_qt.adapters.browser_cookies.system_keys import open_browser_keys

            self._keys = self._make_keys() if self._make_keys is not None else open_browser_keys(self._place)
        return self._keys

    async def _run(
        self, work: Callable[[], _Result], turn: asyncio.Lock | None = None, seconds: float | None = None
    ) -> _Result | None:
        """Return what `work` returns in a thread; None when it takes too long, fails, or too many still run.

        What waits for people has a `turn` of its own, so that others go on meanwhile.
        """
        async with turn or self._turn:
            if self._threads.count >= MOST_THREADS:
                return None
            future = self._threads.start(work)
            try:
                async with asyncio.timeout(seconds or self._read_seconds):
                    return await asyncio.wrap_future(future)
            except TimeoutError:
                return None


def _known(browser: Browser) -> KnownBrowser:
    return KnownBrowser(browser.id, browser.label, browser.family)


def _info(profile: BrowserProfile) -> ProfileInfo:
    from codexbar_qt.adapters.browser_cookies.catalogue import BY_ID

    name = profile.label.removeprefix(BY_ID[profile.browser].label).strip()
    return ProfileInfo(profile.id, profile.browser, profile.label, name)


def _too_slow(profile: ProfileInfo) -> BrowserTrouble:
    sentence = f"{profile.label} could not be read in time. Try again in a moment, or paste a Cookie header."
    return BrowserTrouble("unreadable", profile.browser, sentence)


def _registered(place: Place) -> Callable[[str], bool]:
    """Return what asks macOS whether it knows an application."""
    if place.platform != "macos":
        return lambda _bundle: False
    from codexbar_qt.adapters.browser_cookies.mac_frameworks import RegisteredApplications, load

    try:
        return RegisteredApplications(load("CoreServices"), load("CoreFoundation"))
    except (OSError, AttributeError):
        return lambda _bundle: False
