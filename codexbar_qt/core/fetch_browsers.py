"""The browsers as one fetch sees them: the kept session first, then those of the browsers that people allowed."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codexbar_qt.core.browser_obstacles import Obstacles, cooling_sentence
from codexbar_qt.core.cached_header import header_digest
from codexbar_qt.core.ports import BrowserTrouble, CookieReading
from codexbar_qt.provider_api import BrowserStorage, CookieCandidate, CookieSessions, Secret, join_cookies

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from codexbar_qt.core.browser_sessions import BrowserParts, BrowserSessions
    from codexbar_qt.core.ports import KnownBrowser, ProfileInfo
    from codexbar_qt.provider_api import BrowserOrder, CookieQuery, StorageProfile, StorageQuery

_log = logging.getLogger(__name__)
_WANTS_AN_ANSWER = frozenset({"keyring_locked", "asks_first", "denied"})


@dataclass(slots=True)
class SessionImport:
    """An explicit wish to take a session out of a browser now.

    The kept session is not used, one browser may ask people once, and the kept one is replaced only if the fetch works.
    `browser` and `profile` name the place of the session that was taken last, "" for none.
    """

    browser: str = ""
    profile: str = ""


class FetchBrowsers(CookieSessions, BrowserStorage):
    """The two ports of one fetch of one provider."""

    def __init__(self, shared: BrowserSessions, provider_id: str, importing: SessionImport | None = None) -> None:
        self._shared = shared
        self._parts: BrowserParts = shared.parts
        self._provider_id = provider_id
        self._importing = importing
        self._obstacles = Obstacles(surface=shared.parts.surface)
        self._scopes: dict[str, str] = {}
        self._places: dict[str, tuple[str, str]] = {}
        self._may_ask = importing is not None
        self._asked = ""
        self._is_cooling = False
        self._has_read = False

    async def candidates(self, query: CookieQuery, *, use_cache: bool = True) -> AsyncIterator[CookieCandidate]:
        """Give the kept session first, then one candidate for every profile with a session, in browser order."""
        given: set[str] = set()
        if use_cache and self._importing is None:
            kept = (await self._parts.cache.load(self._provider_id, query.cache_scope)).entry
            if kept is not None:
                given.add(kept.digest)
                self._scopes[kept.digest] = query.cache_scope
                yield CookieCandidate(kept.header, kept.label, is_cached=True)
        walk = _Walk()
        async for browser, profile in self._profiles(query.browsers, walk):
            candidate = _candidate(await self._cookies(browser, profile, query), query, profile)
            if candidate is None:
                continue
            walk.has_found = True
            digest = header_digest(candidate.header)
            if digest not in given:  # the kept session, refused a moment ago, is often still in the browser
                given.add(digest)
                self._scopes[digest] = query.cache_scope
                self._places[digest] = (browser.label, profile.name)
                yield candidate

    async def accept(self, candidate: CookieCandidate) -> None:
        """A fetch with it succeeded: its header replaces the kept one."""
        digest = header_digest(candidate.header)
        self._shared.set_wanted(self._provider_id, None)
        if self._importing is not None and self._places:
            place = self._places.get(digest) or next(reversed(self._places.values()))
            self._importing.browser, self._importing.profile = place
        if candidate.is_cached and digest in self._scopes:
            return  # it is the one that is kept
        # A provider may have renewed a header: it belongs where the last one came from.
        scope = self._scopes.get(digest, next(reversed(self._scopes.values()), ""))
        await self._parts.cache.put(self._provider_id, candidate.header, candidate.label, scope)
        _log.debug("%s: kept the session of %s", self._provider_id, candidate.label)

    async def reject(self, candidate: CookieCandidate) -> None:
        """The service refused it: the kept header goes, if it is still this one."""
        scope = self._scopes.get(header_digest(candidate.header), "")
        await self._parts.cache.reject(self._provider_id, candidate.header, scope)

    def has_read(self) -> bool:
        """Whether a profile was read for cookies in this fetch, with a session in it or not."""
        return self._has_read

    async def profiles(self, query: StorageQuery) -> AsyncIterator[StorageProfile]:
        """Give every profile with an entry of the query, in browser order."""
        walk = _Walk()
        async for browser, profile in self._profiles(query.browsers, walk):
            reading = await self._parts.reader.storage(profile, query)
            self._shared.note(reading.sources, self._provider_id)
            self._obstacles.add(*reading.troubles)
            if reading.profile is not None:
                walk.has_found = walk.has_found or query.is_enough(reading.profile.entries)
                if self._importing is not None and not self._importing.browser:
                    self._importing.browser, self._importing.profile = browser.label, profile.name
                _log.debug("%s: %d entries in %s", self._provider_id, len(reading.profile.entries), profile.label)
                yield reading.profile

    def obstacle(self) -> str:
        """Return what a person can do about browsers that could not be read in this fetch, "" for nothing."""
        return self._obstacles.sentence()

    async def _profiles(self, order: BrowserOrder, walk: _Walk) -> AsyncIterator[tuple[KnownBrowser, ProfileInfo]]:
        """Go through the profiles that may be read. At the end it is known whether a browser waits for an answer."""
        reader, allowed = self._parts.reader, self._parts.keyring_allowed
        if self._importing is not None:
            reader.forget()
        await self._parts.consent.look_again()
        self._is_cooling = await self._parts.cooldown.is_active()
        groups = await reader.candidates(order, keyring_allowed=allowed)
        if not allowed:
            everything = await reader.candidates(order)
            self._obstacles.leaves_out = sum(map(len, everything)) > sum(map(len, groups))
        if surroundings := reader.surroundings():
            self._obstacles.add(surroundings)
        for group in groups:
            if walk.has_found:
                break
            for browser in group:
                if not self._may_read(browser):
                    continue
                for profile in await reader.profiles(browser.id):
                    yield browser, profile
        self._shared.set_wanted(self._provider_id, self._obstacles.unasked)

    def _may_read(self, browser: KnownBrowser) -> bool:
        state = self._parts.consent.state(browser.id)
        if state == "unasked":
            self._obstacles.unasked = self._obstacles.unasked or browser
        elif state == "refused":
            self._obstacles.refused = self._obstacles.refused or browser
        return state == "allowed"

    async def _cookies(self, browser: KnownBrowser, profile: ProfileInfo, query: CookieQuery) -> CookieReading:
        """Read a profile without a dialog, and once more with one where people asked for that."""
        if self._is_cooling and browser.family == "chromium" and not (self._may_ask or self._asked == browser.id):
            self._obstacles.add(BrowserTrouble("denied", browser.id, cooling_sentence(browser)))
            return CookieReading()
        reading = await self._read(profile, query)
        if self._may_ask and _wants_an_answer(reading):
            self._may_ask, self._asked = False, browser.id
            reading = await self._read(profile, query, interactive=True)
            await self._take_answer(browser, reading)
        elif not self._is_cooling and _is_denied(reading):
            await self._take_answer(browser, reading)
        self._obstacles.add(*reading.troubles)
        return reading

    async def _read(self, profile: ProfileInfo, query: CookieQuery, *, interactive: bool = False) -> CookieReading:
        reading = await self._parts.reader.cookies(profile, query, self._parts.clock.now(), interactive=interactive)
        self._shared.note(reading.sources, self._provider_id)
        self._has_read = self._has_read or bool(reading.sources)
        return reading

    async def _take_answer(self, browser: KnownBrowser, reading: CookieReading) -> None:
        """A refusal begins 6 hours of rest, a key that was given ends them."""
        if _is_denied(reading):
            self._is_cooling = True
            await self._parts.cooldown.start(browser.id)
        elif self._is_cooling and not _wants_an_answer(reading):
            self._is_cooling = False
            await self._parts.cooldown.end()


@dataclass(slots=True)
class _Walk:
    """One way through the browsers; `has_found` a session, so that later groups are left alone."""

    has_found: bool = False


def _wants_an_answer(reading: CookieReading) -> bool:
    return any(trouble.kind in _WANTS_AN_ANSWER for trouble in reading.troubles)


def _is_denied(reading: CookieReading) -> bool:
    return any(trouble.kind == "denied" for trouble in reading.troubles)


def _candidate(reading: CookieReading, query: CookieQuery, profile: ProfileInfo) -> CookieCandidate | None:
    """Return the session of a profile, None without one."""
    names = [cookie.name for cookie in reading.cookies]
    if not names or not query.is_session(names):
        return None
    header = join_cookies(tuple((cookie.name, cookie.value.reveal()) for cookie in reading.cookies))
    return CookieCandidate(Secret(header), profile.label, profile.id, cookies=reading.cookies)
