"""Browsers that only exist in a test, a keyring that fails on demand, and the shared sessions over both."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from codexbar_qt.core.access_ledger import AccessLedger
from codexbar_qt.core.browser_consent import BrowserConsent, access_change
from codexbar_qt.core.browser_sessions import BrowserParts, BrowserSessions
from codexbar_qt.core.cookie_cache import SERVICE, CookieCache
from codexbar_qt.core.cookie_cache_files import CookieCacheFiles
from codexbar_qt.core.denial_cooldown import DenialCooldown
from codexbar_qt.core.ports import (
    BrowserReader,
    BrowserTrouble,
    CookieReading,
    KnownBrowser,
    ProfileInfo,
    ReadSource,
    SecretLookup,
    SecretStore,
    StorageReading,
)
from codexbar_qt.core.preferences_file import PreferencesFile
from codexbar_qt.provider_api import Cookie, CookieCandidate, CookieQuery, Secret, StorageProfile, StoredEntry
from codexbar_qt.provider_testing import FakeEnv

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from codexbar_qt.core.browser_obstacles import Surface
    from codexbar_qt.core.fetch_browsers import FetchBrowsers, SessionImport
    from codexbar_qt.core.ports import SecretState, TroubleKind
    from codexbar_qt.provider_api import BrowserOrder, Clock, StorageQuery

CHROME = KnownBrowser("chrome", "Chrome", "chromium")
BRAVE = KnownBrowser("brave", "Brave", "chromium")
FIREFOX = KnownBrowser("firefox", "Firefox", "firefox")
QUERY = CookieQuery(("example.com",), lambda names: "session" in names)


@dataclass
class FakeKeyring(SecretStore):
    """A keyring in memory. `state` other than "found" is its answer to everything, `fails` names calls that fail.

    `during` is awaited in the middle of the next call of its name.
    """

    entries: dict[str, str] = field(default_factory=dict)
    state: SecretState = "found"
    fails: set[str] = field(default_factory=set)
    stays_locked: bool = False
    calls: list[tuple[str, str, bool]] = field(default_factory=list)
    during: dict[str, Callable[[], Awaitable[object]]] = field(default_factory=dict)

    async def get(self, service: str, account: str, *, interactive: bool = False) -> SecretLookup:
        if (state := await self._begin("get", service, account, interactive)) != "found":
            return SecretLookup(state)
        text = self.entries.get(account)
        return SecretLookup("missing") if text is None else SecretLookup("found", Secret(text))

    async def set(self, service: str, account: str, secret: Secret, *, interactive: bool = False) -> SecretState:
        if (state := await self._begin("set", service, account, interactive)) != "found":
            return state
        self.entries[account] = secret.reveal()
        return "found"

    async def delete(self, service: str, account: str, *, interactive: bool = False) -> SecretState:
        if (state := await self._begin("delete", service, account, interactive)) != "found":
            return state
        self.entries.pop(account, None)
        return "missing"

    async def _begin(self, name: str, service: str, account: str, interactive: bool) -> SecretState:
        assert service == SERVICE
        self.calls.append((name, account, interactive))
        if name in self.during:
            await self.during.pop(name)()
        if self.state == "locked" and interactive and not self.stays_locked:
            return "found"
        return "unavailable" if name in self.fails else self.state


@dataclass
class FakeBrowser:
    """What a browser holds: values of the cookie `session` by profile name. `trouble` stands in the way of all.

    With `opens_when_asked` a dialog takes the trouble away, else people say no.
    """

    browser: KnownBrowser
    sessions: Mapping[str, str] = field(default_factory=dict)
    entries: Mapping[str, str] = field(default_factory=dict)
    trouble: TroubleKind | None = None
    opens_when_asked: bool = True


@dataclass
class FakeReader(BrowserReader):
    """Reads fake browsers and remembers what it was asked for, as "chrome Work" or "chrome Work, asking"."""

    browsers: list[FakeBrowser] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    around: BrowserTrouble | None = None
    forgotten: int = 0

    def known(self) -> tuple[KnownBrowser, ...]:
        return tuple(item.browser for item in self.browsers)

    async def candidates(
        self, order: BrowserOrder, *, keyring_allowed: bool = True
    ) -> tuple[tuple[KnownBrowser, ...], ...]:
        able = [item for item in self.known() if keyring_allowed or item.family != "chromium"]
        first = tuple(item for name in order.first for item in able if item.id == name)
        rest = () if order.only else tuple(item for item in able if item not in first)
        return (first, rest) if order.group else ((*first, *rest),)

    async def profiles(self, browser_id: str) -> tuple[ProfileInfo, ...]:
        item = self._of(browser_id)
        names = dict.fromkeys((*item.sessions, *item.entries))
        return tuple(
            ProfileInfo(f"{browser_id}/{name}", browser_id, f"{item.browser.label} {name}", name) for name in names
        )

    async def cookies(
        self, profile: ProfileInfo, query: CookieQuery, now: datetime, *, interactive: bool = False
    ) -> CookieReading:
        item = self._of(profile.browser)
        self.read.append(f"{profile.browser} {profile.name}" + (", asking" if interactive else ""))
        if interactive and item.opens_when_asked:
            item.trouble = None
        if item.trouble is not None:
            kind: TroubleKind = "denied" if interactive else item.trouble
            source = ReadSource("Key", f"Key of {item.browser.label}", kind)
            trouble = BrowserTrouble(kind, item.browser.id, f"{item.browser.label} is {kind}.")
            return CookieReading((), (trouble,), (source,))
        value = item.sessions.get(profile.name, "")
        cookies = (Cookie("session", Secret(value), "example.com"),) if value else ()
        return CookieReading(cookies, (), (ReadSource("Cookies", f"~/{profile.id}", f"{len(cookies)} cookies"),))

    async def storage(self, profile: ProfileInfo, query: StorageQuery) -> StorageReading:
        self.read.append(f"{profile.browser} {profile.name}, storage")
        value = self._of(profile.browser).entries.get(profile.name, "")
        entries = (StoredEntry("local", "example.com", "token", Secret(value)),) if value else ()
        found = StorageProfile(profile.label, profile.id, entries) if entries else None
        return StorageReading(found, (), (ReadSource("Page storage", f"~/{profile.id}", f"{len(entries)} entries"),))

    def surroundings(self) -> BrowserTrouble | None:
        return self.around

    def forget(self) -> None:
        self.forgotten += 1

    def _of(self, browser_id: str) -> FakeBrowser:
        return next(item for item in self.browsers if item.browser.id == browser_id)


class BrowserWorld:
    """Shared sessions over a fake reader and keyring, with real files in a folder. `restart` is a new process."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.folder = folder
        self.clock = clock
        self.env = FakeEnv({})
        self.reader = FakeReader()
        self.keyring = FakeKeyring()
        self.preferences_file = PreferencesFile(folder / "settings.json", self.env.get, clock.now)
        self.shared = self.restart()

    def restart(self, *, surface: Surface = "app", keyring_allowed: bool = True) -> BrowserSessions:
        consent = BrowserConsent(lambda: self.preferences_file.current, self.env, self.preferences_file.load)
        files = CookieCacheFiles(self.folder / "cache")
        self.shared = BrowserSessions(
            BrowserParts(
                reader=self.reader,
                cache=CookieCache(self.keyring, SERVICE, self.clock, files),
                ledger=AccessLedger(self.folder / "cache" / "access-ledger.json"),
                cooldown=DenialCooldown(self.clock, self.folder / "cache" / "browser-denial.json"),
                consent=consent,
                clock=self.clock,
                surface=surface,
                keyring_allowed=keyring_allowed,
            )
        )
        return self.shared

    def have(self, *browsers: FakeBrowser, allowed: bool = True) -> None:
        """Install browsers, and allow to read them unless told otherwise."""
        self.reader.browsers += browsers
        for item in browsers if allowed else ():
            self.answer(item.browser, allowed=True)

    def answer(self, browser: KnownBrowser, *, allowed: bool) -> None:
        """People say something about a browser."""
        self.preferences_file.update(access_change(browser.id, allowed=allowed))

    def fetch(self, importing: SessionImport | None = None, name: str = "acme") -> FetchBrowsers:
        return self.shared.of(name, importing)

    async def found(
        self, fetch: FetchBrowsers, query: CookieQuery = QUERY, *, use_cache: bool = True
    ) -> list[CookieCandidate]:
        """Return every candidate of a fetch."""
        return [candidate async for candidate in fetch.candidates(query, use_cache=use_cache)]

    async def keep(self, header: str, label: str = "Chrome Work", name: str = "acme", scope: str = "") -> None:
        await self.shared.cache.put(name, Secret(header), label, scope)

    def kept(self, name: str = "acme") -> str:
        """Return the text of the keyring's entry, "" for none."""
        return self.keyring.entries.get(f"cookie.{name}", "")

    @staticmethod
    def headers(candidates: Iterable[CookieCandidate]) -> list[str]:
        return [candidate.header.reveal() for candidate in candidates]

    def read(self) -> list[str]:
        """What the reader was asked for since the last look."""
        read = list(self.reader.read)
        self.reader.read.clear()
        return read

    def later(self, query: CookieQuery = QUERY, **changes: object) -> CookieQuery:
        return replace(query, **changes)  # type: ignore[arg-type]  # whatever the test changes


HOUR = timedelta(hours=1)
