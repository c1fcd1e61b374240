"""Keeps one browser session from running out: when to look, when to renew, what failures lead to."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from codexbar_qt.core.faults import log_fault
from codexbar_qt.core.timetable import RESUME_DELAY
from codexbar_qt.provider_api import AuthRejected, ProviderError, RateLimited, ServiceUnavailable

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable
    from datetime import datetime

    from codexbar_qt.core.account import AccountState
    from codexbar_qt.provider_api import Clock, CookieCandidate, FetchContext, Keepalive

# An account that cannot be reached is fetched again within an hour; without automatic fetches nobody would ever know.
_OFFLINE_FOR = timedelta(hours=2)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class KeepaliveHands:
    """What keeping alive needs of the application; all by provider id but `open_page` (an https address).

    `context` gives the ports of a fetch nobody asked for, `state` what is known of the active account. `refresh`
    fetches now, also after a refused login. `tell` shows one notice. `open_page` says whether a browser took it.
    """

    clock: Clock
    context: Callable[[str], FetchContext]
    state: Callable[[str], AccountState]
    refresh: Callable[[str], None]
    tell: Callable[[str, str], None]
    open_page: Callable[[str], Awaitable[bool]]


class SessionKeeper:
    """Keeps the session of one provider alive; `run` goes on until cancelled."""

    def __init__(self, provider_id: str, plan: Keepalive, hands: KeepaliveHands, *, paused: bool = False) -> None:
        self._id, self._plan, self._hands, self._clock = provider_id, plan, hands, hands.clock
        self._wake = asyncio.Event()
        self._lock = asyncio.Lock()
        self._next = self._clock.now() + timedelta(seconds=plan.check_seconds)
        self._attempted_at: datetime | None = None
        self._succeeded_at: datetime | None = None
        self._not_before: datetime | None = None
        self._paused = paused
        self._halted = False
        self._failures = 0
        self._expired = False
        self._unproven = False
        self._page_opened = False

    async def run(self) -> None:
        """Look when it is time, until cancelled."""
        while True:
            self._wake.clear()
            now, due = self._clock.now(), self._due()
            if due is not None and due <= now:
                await self._look_safely()
            else:
                await self._wait(None if due is None else (due - now).total_seconds())

    def set_paused(self, paused: bool) -> None:
        """Suspend, or go on a moment after the machine woke up."""
        self._paused = paused
        if not paused:
            self._next = max(self._next, self._clock.now() + RESUME_DELAY)
        self._wake.set()

    def halt(self) -> None:
        """Do nothing more until `restart`."""
        self._halted = True
        self._wake.set()

    def restart(self) -> None:
        """Begin anew; this counts as an attempt."""
        self._halted = self._expired = self._unproven = self._page_opened = False
        self._failures = 0
        self._attempted_at = self._clock.now()
        self._wake.set()

    @asynccontextmanager
    async def exclusively(self) -> AsyncGenerator[None, None]:
        """Let an attempt of people run alone; unless it raises, the session is as good as renewed."""
        async with self._lock:
            self.restart()
            yield
            self._attempted_at = self._succeeded_at = self._clock.now()

    def fetched(self, state: AccountState) -> None:
        """Take the outcome of a fetch: a refused login calls for an attempt, a good answer proves the session."""
        if state.refreshing or state.is_restored:
            return
        if isinstance(state.last_failure, AuthRejected):
            if self._unproven:
                self._count_failure()
            self._expired, self._unproven = True, False
            self._next = self._clock.now()
            self._wake.set()
        elif state.last_failure is None and state.snapshot is not None:
            self._failures = 0 if self._unproven else self._failures
            self._expired = self._unproven = False

    def _due(self) -> datetime | None:
        """Return when to look next, None for not before something changes."""
        if self._paused or self._halted:
            return None
        now, plan = self._clock.now(), self._plan
        # Never further off than one check: somebody may have set the clock back.
        self._next = min(self._next, now + timedelta(seconds=plan.check_seconds))
        known = [self._next] if self._not_before is None else [self._next, self._not_before]
        if self._attempted_at is not None:
            self._attempted_at = min(self._attempted_at, now)
            known.append(self._attempted_at + timedelta(seconds=plan.gap_seconds))
        return max(known)

    async def _wait(self, seconds: float | None) -> None:
        waiting: list[asyncio.Task[object]] = [asyncio.create_task(self._wake.wait())]
        if seconds is not None:
            waiting.append(asyncio.create_task(self._clock.sleep(seconds)))
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.wait(waiting)

    async def _look_safely(self) -> None:
        async with self._lock:
            due = self._due()  # people may have made an attempt of their own meanwhile
            if due is None or due > self._clock.now():
                return
            self._next = self._clock.now() + timedelta(seconds=self._plan.check_seconds)
            try:
                await self._look()
            except ProviderError as error:
                _log.debug("the session of %s could not be looked at: %s", self._id, type(error).__name__)
            except Exception as error:
                log_fault(_log, f"Keeping the session of {self._id} alive broke", error)

    async def _look(self) -> None:
        if self._is_offline():
            return
        context = self._hands.context(self._id)
        found = await self._plan.find(context)
        if found is None:
            self._expired = self._unproven = False
        elif self._needs_renewal(found):
            await self._attempt(context, found)

    def _is_offline(self) -> bool:
        """Whether the service could not be reached a short while ago."""
        state = self._hands.state(self._id)
        failure = state.last_failure
        if not isinstance(failure, ServiceUnavailable) or failure.reason == "status" or state.attempted_at is None:
            return False
        return self._clock.now() - state.attempted_at < _OFFLINE_FOR

    def _needs_renewal(self, found: CookieCandidate) -> bool:
        if self._expired or (self._failures and not self._unproven):
            return True
        now = self._clock.now()
        ends = [cookie.expires_at for cookie in found.cookies if cookie.expires_at is not None]
        if ends:
            return min(ends) - now < timedelta(seconds=self._plan.buffer_seconds)
        return self._succeeded_at is None or abs(now - self._succeeded_at) > timedelta(
            seconds=self._plan.session_seconds
        )

    async def _attempt(self, context: FetchContext, found: CookieCandidate) -> None:
        self._attempted_at = self._clock.now()
        try:
            await self._renew(context, found)
        except RateLimited as error:
            self._not_before = self._clock.now() + (error.retry_after or timedelta())
        except ServiceUnavailable as error:
            # Says nothing about the session.
            _log.debug("the session of %s was not renewed: %s", self._id, error.reason)
        except ProviderError as error:
            _log.info("the session of %s was not renewed: %s", self._id, type(error).__name__)
            self._count_failure()
        else:
            await self._take_success()

    async def _renew(self, context: FetchContext, found: CookieCandidate) -> None:
        try:
            return await self._plan.renew(context, found)
        except AuthRejected:
            # Once until the next success: people who do not want to log in now are not shown the page again.
            if self._page_opened:
                raise
            self._page_opened = True
            if not await self._hands.open_page(self._plan.login_page):
                raise
            await self._clock.sleep(self._plan.login_seconds)
            context = self._hands.context(self._id)
            again = await self._plan.find(context)
            if again is None:
                raise
        await self._plan.renew(context, again)

    async def _take_success(self) -> None:
        self._succeeded_at = self._clock.now()
        self._page_opened = False
        if self._expired:
            self._unproven = True  # a fetch has to agree before the failures are forgotten
        else:
            self._failures = 0
        self._expired = False
        await self._clock.sleep(self._plan.settle_seconds)
        context = self._hands.context(self._id)
        again = await self._plan.find(context)
        if again is not None:
            await self._plan.keep(context, again)
        _log.debug("the session of %s was renewed", self._id)
        self._hands.refresh(self._id)

    def _count_failure(self) -> None:
        self._failures += 1
        if self._failures >= self._plan.most_failures and not self._halted:
            self.halt()
            self._hands.tell(self._id, self._plan.notice)
