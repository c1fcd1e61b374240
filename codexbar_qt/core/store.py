"""The single owner of what is known; views subscribe and read."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from codexbar_qt.core import account
from codexbar_qt.core.account import AccountKey, AccountState
from codexbar_qt.core.faults import log_fault

if TYPE_CHECKING:
    from datetime import datetime

    from codexbar_qt.provider_api import ProviderError, Snapshot

Subscriber = Callable[[AccountKey], None]
_EMPTY = AccountState()
_log = logging.getLogger(__name__)


class SnapshotStore:
    """Maps accounts to their state. Every change calls the subscribers with the key; equal states are no change."""

    def __init__(self) -> None:
        self._states: dict[AccountKey, AccountState] = {}
        self._subscribers: list[Subscriber] = []

    def get(self, key: AccountKey) -> AccountState:
        """Return the state of an account, an empty one when nothing is known."""
        return self._states.get(key, _EMPTY)

    def accounts(self) -> tuple[AccountKey, ...]:
        """Return the accounts with a state."""
        return tuple(self._states)

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Call `subscriber` on every change until the returned function is called."""
        self._subscribers.append(subscriber)
        return lambda: self._subscribers.remove(subscriber)

    def begin(self, key: AccountKey) -> None:
        """A fetch has started."""
        self._put(key, account.begin(self.get(key)))

    def succeed(self, key: AccountKey, snapshot: Snapshot, source: str, now: datetime) -> None:
        """A fetch gave a snapshot."""
        self._put(key, account.succeed(self.get(key), snapshot, source, now))

    def fail(self, key: AccountKey, error: ProviderError, now: datetime, retry_at: datetime | None = None) -> None:
        """A fetch failed; the last good snapshot stays. `retry_at` is when the next automatic try is allowed."""
        self._put(key, account.fail(self.get(key), error, now, retry_at))

    def cancel(self, key: AccountKey) -> None:
        """A fetch ended without an outcome."""
        if key in self._states:
            self._put(key, account.cancel(self.get(key)))

    def restore(self, key: AccountKey, snapshot: Snapshot, source: str) -> None:
        """Show a snapshot of an earlier run until the first fetch; known data is never replaced by it."""
        if self.get(key).never_fetched:
            self._put(key, AccountState(snapshot=snapshot, source=source, is_restored=True))

    def distrust(self, key: AccountKey) -> None:
        """The config of an account changed: its data may be of somebody else and is dimmed until the next answer."""
        state = self.get(key)
        if state.snapshot is not None:
            self._put(key, replace(state, is_restored=True))

    def keep_only(self, keys: Iterable[AccountKey]) -> None:
        """Forget every account not in `keys`: a provider that is switched off leaves nothing behind."""
        kept = set(keys)
        for key in [key for key in self._states if key not in kept]:
            del self._states[key]
            self._notify(key)

    def _put(self, key: AccountKey, state: AccountState) -> None:
        if self._states.get(key, _EMPTY) == state:
            return
        self._states[key] = state
        self._notify(key)

    def _notify(self, key: AccountKey) -> None:
        for subscriber in tuple(self._subscribers):
            try:
                subscriber(key)
            except Exception as error:
                # A view that fails must not end the fetch that told it.
                log_fault(_log, f"A view of {key.provider_id} broke", error)
