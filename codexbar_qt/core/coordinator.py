"""One account's refreshes: single flight, back-off, Retry-After, pause. The store hears of every outcome."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from codexbar_qt.core.cadence import back_off
from codexbar_qt.core.faults import log_fault
from codexbar_qt.provider_api import (
    AuthRejected,
    InvalidSetting,
    MissingCredential,
    NoUsageData,
    ProviderError,
    RateLimited,
    ServiceUnavailable,
    ToolFailed,
    ToolNotInstalled,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from codexbar_qt.core.account import AccountKey
    from codexbar_qt.core.store import SnapshotStore
    from codexbar_qt.provider_api import Clock
    from codexbar_qt.provider_api.fallback import FetchResult

Reason = Literal["timer", "reconnect", "popup", "renewed", "manual"]
"""Why a fetch is asked for: the cadence, the network being back, the popup, a renewed session, a person."""

PAUSING = (MissingCredential, ToolNotInstalled, InvalidSetting, AuthRejected)
_LOCAL_PAUSE = (MissingCredential, ToolNotInstalled)
_BACKING_OFF = (ServiceUnavailable, ToolFailed)
_LIMITED_DEFAULT = timedelta(minutes=5)
_EARLY = 1.0
_log = logging.getLogger(__name__)


class RefreshCoordinator:
    """Owns when an account may be fetched. Made anew when its config changes, so a pause ends with the change."""

    def __init__(
        self,
        key: AccountKey,
        fetch: Callable[[bool], Awaitable[FetchResult]],
        store: SnapshotStore,
        clock: Clock,
        slots: asyncio.Semaphore,
    ) -> None:
        self.key = key
        self._fetch = fetch
        self._store = store
        self._clock = clock
        self._slots = slots
        self._flight: asyncio.Task[FetchResult | None] | None = None
        self._failures = 0
        self._not_before: datetime | None = None
        self._paused = False
        self._closed = False
        self._failing = ""

    @property
    def is_paused(self) -> bool:
        """Whether automatic refreshes wait for a change of config or a manual refresh."""
        return self._paused

    @property
    def is_busy(self) -> bool:
        """Whether a fetch has not ended yet."""
        return self._flight is not None and not self._flight.done()

    def may_run(self, now: datetime, reason: Reason) -> bool:
        """Whether a fetch is allowed now.

        A manual one and one with a renewed session ignore pause and back-off, a reconnect only the back-off; the popup
        retries what is only missing on this machine. A service's own Retry-After holds for all of them.
        """
        waits = self._not_before is not None and now < self._not_before
        error = self._store.get(self.key).last_failure
        if waits and (isinstance(error, RateLimited) or reason in ("timer", "popup")):
            return False
        if not self._paused or reason in ("renewed", "manual"):
            return True
        return reason == "popup" and isinstance(error, _LOCAL_PAUSE)

    async def refresh(self, reason: Reason, *, interval: float) -> FetchResult | None:
        """Fetch once; a call while a fetch runs joins it. None when it is not allowed now or was closed meanwhile.

        `interval` (seconds) is what a failure's waiting time grows from. Cancelling one caller leaves the fetch and the
        other callers alone.
        """
        flight = self._flight
        if flight is None or flight.done():
            if self._closed or not self.may_run(self._clock.now(), reason):
                return None
            flight = self._flight = asyncio.create_task(self._run(reason == "manual", interval))
        await asyncio.wait([flight])
        return None if flight.cancelled() else flight.result()

    def stop(self) -> None:
        """Start nothing more, cancel a running fetch and take nothing of its late result."""
        if self._closed:
            return
        self._closed = True
        if self._flight is not None and not self._flight.done():
            self._flight.cancel()
            self._store.cancel(self.key)

    async def close(self) -> None:
        """Stop, and wait until a running fetch has ended."""
        self.stop()
        if self._flight is not None and not self._flight.done():
            await asyncio.wait([self._flight])

    async def _run(self, interactive: bool, interval: float) -> FetchResult | None:
        self._store.begin(self.key)
        try:
            async with self._slots:
                started = self._clock.now()
                result = await self._fetch(interactive)
            if not self._closed:
                self._take(result, started, interval)
                return result
        except Exception as error:
            self._broke(error)
            self._end_without_outcome()
        except BaseException:
            self._end_without_outcome()
            raise
        return None

    def _take(self, result: FetchResult, started: datetime, interval: float) -> None:
        now = self._clock.now()
        if result.snapshot is not None:
            self._recovered()
            self._store.succeed(self.key, result.snapshot, result.source, now)
        elif isinstance(result.error, NoUsageData):
            self._recovered()
            self._store.fail(self.key, result.error, now)
        elif result.error is not None:
            self._failed(result.error, started, now, interval)
            self._store.fail(self.key, result.error, now, self._not_before)
        else:
            self._end_without_outcome()

    def _end_without_outcome(self) -> None:
        # Once stopped, the state belongs to the coordinator that took this one's place.
        if not self._closed:
            self._store.cancel(self.key)

    def _broke(self, error: Exception) -> None:
        kind = type(error).__name__
        if kind != self._failing:
            log_fault(_log, f"The fetch of {self.key.provider_id} broke", error)
        self._failing = kind

    def _recovered(self) -> None:
        if self._failing:
            _log.info("%s works again", self.key.provider_id)
        self._failing, self._failures, self._not_before, self._paused = "", 0, None, False

    def _failed(self, error: ProviderError, started: datetime, now: datetime, interval: float) -> None:
        kind = type(error).__name__
        if kind != self._failing:
            _log.info("%s failed: %s", self.key.provider_id, kind)
        self._failing = kind
        self._paused = isinstance(error, PAUSING)
        self._failures = self._failures + 1 if isinstance(error, _BACKING_OFF) else 0
        self._not_before = None
        if isinstance(error, RateLimited):
            self._not_before = now + (error.retry_after or _LIMITED_DEFAULT)
        elif self._failures > 1:
            # The first failure keeps the normal interval. Counted from the start of the fetch and a little short, so
            # that the tick on which the wait ends is not missed by the length of the fetch.
            self._not_before = started + timedelta(seconds=back_off(interval, self._failures - 1) - _EARLY)
