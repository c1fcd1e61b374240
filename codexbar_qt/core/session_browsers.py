"""The part of a session that deals with browsers: consent, kept sessions, import on demand, the access ledger."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from codexbar_qt.core.browser_consent import access_change
from codexbar_qt.core.fetch_browsers import SessionImport
from codexbar_qt.provider_api import BrowserOrder, InvalidSetting, Source

if TYPE_CHECKING:
    from asyncio import Task
    from collections.abc import Callable, Coroutine, Iterable, Mapping
    from datetime import datetime

    from codexbar_qt.core.app_config import AppConfig
    from codexbar_qt.core.browser_access import AccessRecord, BrowserAccess, CachedSession
    from codexbar_qt.core.browser_sessions import BrowserSessions
    from codexbar_qt.core.fetch_service import FetchRequest
    from codexbar_qt.core.ports import SecretState
    from codexbar_qt.provider_api import Clock, FetchContext
    from codexbar_qt.provider_api.fallback import FetchResult

_REMEMBERED = timedelta(seconds=30)
_LOCKED_REMEMBERED = timedelta(seconds=1)
_BROWSERS_REMEMBERED = timedelta(minutes=10)
_LEDGER_REMEMBERED = timedelta(seconds=5)
_DIALOG_SECONDS = 120.0
_NONE_HERE = "Browsers are not read here."
_LOCKED = "The keyring is locked, so the session is still in it. Unlock it and try again."
_KEPT = "The keyring did not remove the session. Try again in a moment."


@dataclass(frozen=True, slots=True)
class SessionHands:
    """What the browsers' side needs of its session."""

    request: Callable[[str], FetchRequest]
    context: Callable[[FetchRequest], FetchContext]
    fetch: Callable[[FetchRequest], Coroutine[Any, Any, FetchResult]]
    edit_preferences: Callable[[Mapping[str, object]], Coroutine[Any, Any, str]]
    refresh: Callable[[str], None]
    notify: Callable[[], None]
    spawn: Callable[[Coroutine[Any, Any, None]], Task[None]]
    clock: Clock


@dataclass(frozen=True, slots=True)
class _Seen:
    """A kept session as last looked up; `until` then it is not looked up again."""

    session: CachedSession | None
    until: datetime


class SessionBrowsers:
    """What `AppSession` says about browsers. Everything that is not `async` returns at once and looks again later."""

    def __init__(self, shared: BrowserSessions | None, hands: SessionHands) -> None:
        self._shared = shared
        self._hands = hands
        self._seen: dict[str, _Seen] = {}
        self._found: frozenset[str] = frozenset()
        self._looked: dict[str, datetime] = {}
        self._looking: set[str] = set()
        if shared is not None:
            shared.subscribe(hands.notify)

    def ledger(self) -> tuple[AccessRecord, ...]:
        """Return what was read, the latest first."""
        if self._shared is None:
            return ()
        self._look("ledger", _LEDGER_REMEMBERED, self._sync_ledger)
        return self._shared.ledger.records

    def browsers(self) -> tuple[BrowserAccess, ...]:
        """Return the browsers of this system in the default order."""
        if self._shared is None:
            return ()
        self._look("browsers", _BROWSERS_REMEMBERED, self._find_browsers)
        shared, known = self._shared, self._shared.parts.reader.known()
        return tuple(shared.access(browser, found=browser.id in self._found) for browser in known)

    async def set_access(self, browser_id: str, allowed: bool) -> str:
        """Store an answer, and fetch again for those who waited for it."""
        if self._shared is None:
            return _NONE_HERE
        if self._shared.known(browser_id) is None:
            return "There is no such browser on this system."
        waiting = self._shared.waiting_for(browser_id)
        complaint = await self._hands.edit_preferences(access_change(browser_id, allowed=allowed))
        if not complaint:
            for provider_id in waiting:
                self._shared.set_wanted(provider_id, None)
                self._hands.refresh(provider_id)
        return complaint

    def cached(self, provider_id: str) -> CachedSession | None:
        """Return the kept session of a provider as last looked up."""
        if self._shared is None:
            return None
        seen, now = self._seen.get(provider_id), self._hands.clock.now()
        if provider_id not in self._looking and (seen is None or not seen.until - _REMEMBERED <= now < seen.until):
            self._looking.add(provider_id)
            self._hands.spawn(self._look_up(self._shared, provider_id))
        return seen.session if seen else None

    async def forget(self, provider_id: str) -> str:
        """Remove the kept session of a provider; a person asks for it, so the keyring may ask to be unlocked."""
        if self._shared is None:
            return ""
        done = await self._shared.cache.clear(provider_id, interactive=True)
        await self._look_up(self._shared, provider_id)
        return {"locked": _LOCKED, "kept": _KEPT}.get(done.state, "")

    def config_changed(self, before: AppConfig, after: AppConfig, changed: Iterable[str]) -> None:
        """Take a new config: with another account selected, the session that was kept may be of somebody else."""
        if self._shared is None:
            return
        for provider_id in changed:
            self._shared.set_wanted(provider_id, None)
            if _account_id(before, provider_id) != _account_id(after, provider_id):
                # Begun before the account is fetched, and what it begins with keeps that fetch waiting.
                self._hands.spawn(self._drop(self._shared, provider_id))

    async def import_now(self, provider_id: str) -> str:
        """Fetch with a session taken out of a browser now; returns what came of it."""
        if self._shared is None:
            return _NONE_HERE
        importing = SessionImport()
        request = replace(self._hands.request(provider_id), interactive=True, importing=importing)
        if hint := _cookie_hint(self._hands.context(request)):
            return hint
        result = await self._hands.fetch(_patient(request))
        await self._look_up(self._shared, provider_id)
        if result.error is not None:
            return result.error.message
        self._hands.refresh(provider_id)
        kept = self._seen[provider_id].session
        return _told(importing, in_memory=kept is not None and kept.in_memory)

    async def _look_up(self, shared: BrowserSessions, provider_id: str) -> None:
        try:
            session, state = await shared.cache.summary(provider_id)
            before = self._seen.get(provider_id)
            self._seen[provider_id] = _Seen(session, self._hands.clock.now() + _lifetime(state))
        finally:
            self._looking.discard(provider_id)
        if before is None or before.session != session:
            self._hands.notify()

    def _look(
        self, what: str, lifetime: timedelta, look: Callable[[BrowserSessions], Coroutine[Any, Any, None]]
    ) -> None:
        now = self._hands.clock.now()
        if self._shared is not None and not (what in self._looked and abs(now - self._looked[what]) < lifetime):
            self._looked[what] = now
            self._hands.spawn(look(self._shared))

    async def _sync_ledger(self, shared: BrowserSessions) -> None:
        if await shared.ledger.sync():
            self._hands.notify()

    async def _find_browsers(self, shared: BrowserSessions) -> None:
        groups = await shared.parts.reader.candidates(BrowserOrder(), keyring_allowed=shared.parts.keyring_allowed)
        found = frozenset(browser.id for group in groups for browser in group)
        if found != self._found:
            self._found = found
            self._hands.notify()

    async def _drop(self, shared: BrowserSessions, provider_id: str) -> None:
        await shared.cache.clear(provider_id)
        await self._look_up(shared, provider_id)


def _account_id(config: AppConfig, provider_id: str) -> str:
    account = config.entry(provider_id).account
    return account.id if account is not None else ""


def _lifetime(state: SecretState) -> timedelta:
    return _LOCKED_REMEMBERED if state == "locked" else _REMEMBERED


def _cookie_hint(ctx: FetchContext) -> str:
    """Return why nothing can be imported, "" when it can."""
    try:
        source = ctx.settings.get("cookieSource")
    except (KeyError, InvalidSetting):
        return "This provider uses no browser session."
    if source == "auto":
        return ""
    return f"The cookie source is {'Manual' if source == 'manual' else 'Off'}. Choose Automatic to use a browser."


def _patient(request: FetchRequest) -> FetchRequest:
    """Only the web source, with time for people to answer a dialog."""
    provider = request.provider
    strategies = tuple(
        replace(strategy, limit_seconds=strategy.limit_seconds + _DIALOG_SECONDS) for strategy in provider.strategies
    )
    has_web = any(strategy.source is Source.WEB for strategy in strategies)
    mode = Source.WEB if has_web else request.mode
    return replace(request, provider=replace(provider, strategies=strategies), mode=mode)


def _told(importing: SessionImport, *, in_memory: bool) -> str:
    if not importing.browser:
        return "The numbers are here, but no browser was needed for them."
    place = f"{importing.browser}, profile {importing.profile}" if importing.profile else importing.browser
    kept = " The keyring is locked or missing, so the session lasts until CodexBar quits." if in_memory else ""
    return f"Imported from {place}.{kept}"
