"""The sessions of browsers as all fetches of this process share them: who may be read, what is kept, what was read."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codexbar_qt.core.browser_access import BrowserAccess
from codexbar_qt.core.fetch_browsers import FetchBrowsers
from codexbar_qt.core.listeners import Listeners

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable

    from codexbar_qt.core.access_ledger import AccessLedger
    from codexbar_qt.core.browser_consent import BrowserConsent
    from codexbar_qt.core.browser_obstacles import Surface
    from codexbar_qt.core.cookie_cache import CookieCache
    from codexbar_qt.core.denial_cooldown import DenialCooldown
    from codexbar_qt.core.fetch_browsers import SessionImport
    from codexbar_qt.core.ports import BrowserReader, KnownBrowser, ReadSource
    from codexbar_qt.provider_api import Clock

_log = logging.getLogger(__name__)
_SAVE_DELAY = 1.0


@dataclass(frozen=True, slots=True)
class BrowserParts:
    """What the sessions are made of. `keyring_allowed` False leaves all browsers out that keep keys in a keyring."""

    reader: BrowserReader
    cache: CookieCache
    ledger: AccessLedger
    cooldown: DenialCooldown
    consent: BrowserConsent
    clock: Clock
    surface: Surface = "app"
    keyring_allowed: bool = True


class BrowserSessions:
    """Lives on one event loop. `subscribe` is for those who show the ledger or what providers wait for."""

    def __init__(self, parts: BrowserParts) -> None:
        self.parts = parts
        self._wanted: dict[str, str] = {}
        self._listeners = Listeners(_log, "A view of the browsers broke")
        self._tasks: set[asyncio.Task[Any]] = set()
        self._saving: asyncio.Task[Any] | None = None

    @property
    def cache(self) -> CookieCache:
        """The sessions that are kept."""
        return self.parts.cache

    @property
    def ledger(self) -> AccessLedger:
        """What was read."""
        return self.parts.ledger

    def of(self, provider_id: str, importing: SessionImport | None = None) -> FetchBrowsers:
        """Return the browsers as one fetch sees them; `importing` is the explicit wish to take a session out now."""
        return FetchBrowsers(self, provider_id, importing)

    def known(self, browser_id: str) -> KnownBrowser | None:
        """Return a browser of this system, None for any other id."""
        return next((browser for browser in self.parts.reader.known() if browser.id == browser_id), None)

    def access(self, browser: KnownBrowser, *, found: bool = True) -> BrowserAccess:
        """Return what people see of a browser."""
        return BrowserAccess(browser.id, browser.label, self.parts.consent.state(browser.id), found)

    def wanted(self, provider_id: str) -> BrowserAccess | None:
        """Return the browser that a provider's last fetch would have read, had people been asked about it."""
        browser = self.known(self._wanted.get(provider_id, ""))
        access = self.access(browser) if browser is not None else None
        return access if access is not None and access.state == "unasked" else None

    def waiting_for(self, browser_id: str) -> tuple[str, ...]:
        """Return the providers whose last fetch would have read a browser next."""
        return tuple(name for name, wanted in self._wanted.items() if wanted == browser_id)

    def set_wanted(self, provider_id: str, browser: KnownBrowser | None) -> None:
        """A fetch came to its end without a session, because of this browser or not."""
        before = self._wanted.pop(provider_id, "")
        if browser is not None:
            self._wanted[provider_id] = browser.id
        if before != (browser.id if browser else ""):
            self._notify()

    def note(self, sources: Iterable[ReadSource], provider_id: str) -> None:
        """Put readings into the ledger; in a moment it is saved and shown."""
        noted = tuple(sources)
        if noted:
            self.ledger.add(noted, provider_id, self.parts.clock.now())
            if self._saving is None or self._saving.done():
                self._saving = self._spawn(self._save_later())

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` after every change until the returned function is called."""
        return self._listeners.add(callback)

    async def close(self) -> None:
        """Save what was noted, end what was begun; at most a few seconds."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.ledger.sync()
        await self.cache.close()

    async def _save_later(self) -> None:
        await self.parts.clock.sleep(_SAVE_DELAY)
        await self.ledger.sync()
        self._notify()

    def _notify(self) -> None:
        self._listeners.tell()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
