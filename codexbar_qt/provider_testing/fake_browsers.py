"""Browsers that only exist in a recording, and the cached session."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from codexbar_qt.provider_api import (
    BrowserStorage,
    CookieCandidate,
    CookieSessions,
    Secret,
    StorageProfile,
    join_cookies,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from codexbar_qt.provider_api import BrowserOrder, Cookie, CookieQuery, StorageQuery, StoredEntry
    from codexbar_qt.provider_testing.case import RecordedBrowser, RecordedSession


class FakeBrowsers(CookieSessions, BrowserStorage):
    """Plays back cookies and page storage of recorded profiles. `cached` is the session kept, as header and label."""

    def __init__(
        self, browsers: Sequence[RecordedBrowser], cached: RecordedSession | None = None, obstacle: str = ""
    ) -> None:
        self._browsers = tuple(browsers)
        self._obstacle = obstacle
        self.cached = (cached.header, cached.label) if cached else None
        self.read: list[str] = []

    async def candidates(self, query: CookieQuery, *, use_cache: bool = True) -> AsyncIterator[CookieCandidate]:
        """Give the cached session, then the recorded ones in browser order."""
        if use_cache and self.cached is not None:
            header, label = self.cached
            yield CookieCandidate(Secret(header), label, is_cached=True)
        preferred_found = False
        for is_preferred, browser in _in_order(self._browsers, query.browsers):
            if query.browsers.group and preferred_found and not is_preferred:
                return
            self.read.append(browser.label)
            candidate = _candidate(browser, query)
            if candidate is not None:
                preferred_found = preferred_found or is_preferred
                yield candidate

    async def accept(self, candidate: CookieCandidate) -> None:
        """Keep the header."""
        self.cached = (candidate.header.reveal(), candidate.label)

    async def reject(self, candidate: CookieCandidate) -> None:
        """Drop the cached header if it is this one."""
        if self.cached is not None and self.cached[0] == candidate.header.reveal():
            self.cached = None

    def has_read(self) -> bool:
        """Whether a recorded profile was read."""
        return bool(self.read)

    async def profiles(self, query: StorageQuery) -> AsyncIterator[StorageProfile]:
        """Give the recorded profiles that hold something."""
        for _, browser in _in_order(self._browsers, query.browsers):
            found: list[StoredEntry] = []
            for kind in query.kinds:
                found += [item for item in browser.storage if item.kind == kind and item.host in query.hosts]
                if found and query.is_enough(found):
                    break
            if found:
                yield StorageProfile(browser.label, browser.profile, tuple(found))

    def obstacle(self) -> str:
        """Return the recorded sentence."""
        return self._obstacle


def _in_order(browsers: Sequence[RecordedBrowser], order: BrowserOrder) -> list[tuple[bool, RecordedBrowser]]:
    names = [browser.profile.split("/", 1)[0] for browser in browsers]
    preferred = [item for name in order.first for item, own in zip(browsers, names, strict=True) if own == name]
    others = [item for item, own in zip(browsers, names, strict=True) if own not in order.first]
    return [(True, item) for item in preferred] + [(False, item) for item in others if not order.only]


def _candidate(browser: RecordedBrowser, query: CookieQuery) -> CookieCandidate | None:
    wanted = [cookie for cookie in browser.cookies if _below(cookie.domain, query.domains)]
    wanted = [cookie for cookie in wanted if not query.host or _goes_to(cookie, query)]
    if not query.is_session([cookie.name for cookie in wanted]):
        return None
    kept = tuple(cookie for cookie in wanted if not query.names or cookie.name in query.names)
    header = join_cookies(tuple((cookie.name, cookie.value.reveal()) for cookie in kept))
    candidate = CookieCandidate(Secret(header), browser.label, browser.profile)
    return replace(candidate, cookies=kept) if kept else None


def _below(domain: str, parents: Sequence[str]) -> bool:
    return any(domain == parent or domain.endswith(f".{parent}") for parent in parents)


def _goes_to(cookie: Cookie, query: CookieQuery) -> bool:
    if cookie.domain == query.host:
        return True
    return query.host.endswith(f".{cookie.domain}") and (not cookie.host_only or cookie.domain in query.domains)
