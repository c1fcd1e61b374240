"""When accounts are refreshed: start, cadence, reset boundaries, reconnects, requests of people, resume, shutdown."""

from __future__ import annotations

import asyncio
import logging
import random
from typing import TYPE_CHECKING

from codexbar_qt.core.coordinator import RefreshCoordinator
from codexbar_qt.core.faults import log_fault
from codexbar_qt.core.timetable import Due, Timetable
from codexbar_qt.provider_api import ServiceUnavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
    from datetime import datetime

    from codexbar_qt.core.account import AccountKey
    from codexbar_qt.core.cadence import Cadence
    from codexbar_qt.core.coordinator import Reason
    from codexbar_qt.core.store import SnapshotStore
    from codexbar_qt.provider_api import Clock
    from codexbar_qt.provider_api.fallback import FetchResult

    FetchOnce = Callable[[bool], Awaitable[FetchResult]]

AT_ONCE = 8
_STAGGER = 0.02
_MANUAL_INTERVAL = 300.0
_STOP_SECONDS = 2.0
_log = logging.getLogger(__name__)


class RefreshScheduler:
    """Owns the coordinators and the timer. Lives on one event loop; `run` ends when cancelled or closed."""

    def __init__(self, store: SnapshotStore, clock: Clock, cadence: Cadence, *, jitter: bool = True) -> None:
        self._store = store
        self._clock = clock
        self._timetable = Timetable(cadence)
        self._jitter = jitter
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._coordinators: dict[AccountKey, RefreshCoordinator] = {}
        self._wake = asyncio.Event()
        self._tasks: set[asyncio.Task[object]] = set()
        self._stopping: set[asyncio.Task[object]] = set()
        self._running = False
        self._closed = False
        self._after_batch: Callable[[float | None], None] | None = None

    def on_batch(self, callback: Callable[[float | None], None]) -> None:
        """Call `callback` after every batch with the seconds between two of them, None in manual mode."""
        self._after_batch = callback

    def apply(self, accounts: Mapping[AccountKey, FetchOnce], changed: Iterable[AccountKey]) -> None:
        """Take the accounts to refresh. Those in `changed` or new start afresh and are fetched at once.

        Before `run` nothing is fetched: its start batch has them all.
        """
        if self._closed:
            return
        fresh = set(changed) | (accounts.keys() - self._coordinators.keys())
        for key in [key for key in self._coordinators if key not in accounts or key in fresh]:
            self._let_go(self._coordinators.pop(key))
        for key, fetch in accounts.items():
            if key in fresh:
                self._coordinators[key] = RefreshCoordinator(key, fetch, self._store, self._clock, self._slots)
        self._store.keep_only(accounts)
        if fresh and self._running:
            self.refresh([key for key in accounts if key in fresh], reason="timer")

    def set_cadence(self, cadence: Cadence) -> None:
        """Change the interval; the timer starts again."""
        if cadence != self._timetable.cadence:
            self._timetable.set_cadence(cadence)
            self._wake.set()

    def popup_opened(self) -> None:
        """The popup was opened: the adaptive interval shortens. Starts no fetch by itself."""
        self._timetable.popup_opened(self._clock.now())
        self._wake.set()

    def refresh(self, keys: Iterable[AccountKey] | None = None, *, reason: Reason = "manual") -> None:
        """Fetch now in the background; running fetches are joined."""
        self._spawn(self.refresh_and_wait(keys, reason=reason))

    async def refresh_and_wait(self, keys: Iterable[AccountKey] | None = None, *, reason: Reason = "manual") -> None:
        """Fetch now and wait for the outcomes."""
        await self._batch(tuple(self._coordinators) if keys is None else tuple(keys), reason)
        # New numbers may name a reset that comes before the next tick.
        self._wake.set()

    def pause(self) -> None:
        """The machine goes to sleep or nobody is there: no automatic fetch until `resumed`."""
        self._timetable.pause()
        self._wake.set()

    def resumed(self) -> None:
        """The machine woke up: one batch after a moment in which the network comes back."""
        self._timetable.resumed(self._clock.now())
        self._wake.set()

    async def run(self) -> None:
        """Fetch everything, then keep to the cadence until cancelled or closed."""
        self._running = True
        await self._batch(tuple(self._coordinators), "timer")
        self._timetable.started(self._clock.now(), offline=bool(self._offline()))
        while not self._closed:
            self._wake.clear()
            now = self._clock.now()
            due = self._timetable.due(now, self._resets())
            if due is not None and due.at <= now:
                await self._automatic_batch(due)
            else:
                await self._wait(None if due is None else (due.at - now).total_seconds())

    async def close(self) -> None:
        """Stop every fetch, waiting at most two seconds."""
        self._closed = True
        self._wake.set()
        for task in self._tasks:
            task.cancel()
        for coordinator in self._coordinators.values():
            self._let_go(coordinator)
        pending = [*self._tasks, *self._stopping]
        if pending:
            _, late = await asyncio.wait(pending, timeout=_STOP_SECONDS)
            for task in late:
                task.cancel()

    async def _automatic_batch(self, due: Due) -> None:
        keys = self._offline() if due.kind == "reconnect" else tuple(self._coordinators)
        try:
            await self._batch(keys, "reconnect" if due.kind in ("reconnect", "resume") else "timer")
        finally:
            self._timetable.finished(due, self._clock.now(), offline=bool(self._offline()))

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

    def _resets(self) -> list[datetime]:
        snapshots = [self._store.get(key).snapshot for key in self._coordinators]
        return [window.resets_at for item in snapshots if item for window in item.windows if window.resets_at]

    def _offline(self) -> tuple[AccountKey, ...]:
        """Return the accounts whose last fetch did not reach the service."""
        failures = {key: self._store.get(key).last_failure for key in self._coordinators}
        return tuple(
            key for key, item in failures.items() if isinstance(item, ServiceUnavailable) and item.reason != "status"
        )

    async def _batch(self, keys: tuple[AccountKey, ...], reason: Reason) -> None:
        interval = self._timetable.interval(self._clock.now()) or _MANUAL_INTERVAL
        running = [
            asyncio.ensure_future(self._one(self._coordinators[key], place, interval, reason))
            for place, key in enumerate(keys)
            if key in self._coordinators
        ]
        # Cancelling the batch cancels the callers only; a fetch goes on until its coordinator is stopped.
        outcomes = await asyncio.gather(*running, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                log_fault(_log, "A refresh broke", outcome)
        if self._after_batch is not None and not self._closed:
            self._after_batch(self._timetable.interval(self._clock.now()))

    async def _one(self, coordinator: RefreshCoordinator, place: int, interval: float, reason: Reason) -> None:
        if self._jitter and place:
            await self._clock.sleep(min(place, AT_ONCE) * _STAGGER * random.random())  # noqa: S311 - spreads load only
        await coordinator.refresh(reason, interval=interval)

    def _let_go(self, coordinator: RefreshCoordinator) -> None:
        coordinator.stop()
        if coordinator.is_busy:
            self._keep(coordinator.close(), self._stopping)

    def _spawn(self, work: Coroutine[object, object, object]) -> None:
        if self._closed:
            work.close()
        else:
            self._keep(work, self._tasks)

    def _keep(self, work: Coroutine[object, object, object], among: set[asyncio.Task[object]]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        among.add(task)
        task.add_done_callback(among.discard)
