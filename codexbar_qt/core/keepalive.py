"""Keeps browser sessions from running out while the tray app runs, as providers declare it (`Keepalive`).

Only a running AppSession starts this; the command line and the demo do not, so that it opens no browser for them.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from codexbar_qt.core.session_keeper import SessionKeeper

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Collection, Mapping

    from codexbar_qt.core.account import AccountKey
    from codexbar_qt.core.session_keeper import KeepaliveHands
    from codexbar_qt.provider_api import Keepalive, Provider

_STOP_SECONDS = 2.0


class Keepalives:
    """The keepers of all providers that are on; none before `start` and none after `close`."""

    def __init__(self, hands: KeepaliveHands) -> None:
        self._hands = hands
        self._keepers: dict[str, SessionKeeper] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._started = False
        self._paused = False

    def start(self, plans: Mapping[str, Keepalive]) -> None:
        """Begin, with the sessions to keep alive by provider id."""
        self._started = True
        self.apply(plans, ())

    def apply(self, plans: Mapping[str, Keepalive], changed: Collection[str]) -> None:
        """Take the sessions to keep alive; those of providers in `changed` begin anew."""
        if not self._started:
            return
        for name in [name for name in self._keepers if name not in plans or name in changed]:
            self._end(name)
        for name, plan in plans.items():
            if name not in self._keepers:
                keeper = self._keepers[name] = SessionKeeper(name, plan, self._hands, paused=self._paused)
                self._tasks[name] = asyncio.get_running_loop().create_task(keeper.run())

    def fetched(self, key: AccountKey) -> None:
        """What is known of an account has changed."""
        keeper = self._keepers.get(key.provider_id)
        if keeper is not None:
            keeper.fetched(self._hands.state(key.provider_id))

    def set_paused(self, paused: bool) -> None:
        """Suspend everything, or go on."""
        self._paused = paused
        for keeper in self._keepers.values():
            keeper.set_paused(paused)

    def sign_out(self, provider_id: str) -> None:
        """People gave a session up: no request until `restart`."""
        if provider_id in self._keepers:
            self._keepers[provider_id].halt()

    def restart(self, provider_id: str) -> None:
        """People took a session anew."""
        if provider_id in self._keepers:
            self._keepers[provider_id].restart()

    @asynccontextmanager
    async def around(self, provider: Provider, action_id: str) -> AsyncGenerator[None, None]:
        """Run a button of a provider; the one that renews the session never beside an attempt of ours."""
        keeper = self._keepers.get(provider.id)
        if keeper is None or provider.keepalive is None or provider.keepalive.restart != action_id:
            yield
            return
        async with keeper.exclusively():
            yield

    async def close(self) -> None:
        """Stop everything for good, waiting at most two seconds."""
        self._started = False
        for name in list(self._keepers):
            self._end(name)
        if self._ending:
            await asyncio.wait(self._ending, timeout=_STOP_SECONDS)

    def _end(self, name: str) -> None:
        del self._keepers[name]
        task = self._tasks.pop(name)
        task.cancel()
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)
