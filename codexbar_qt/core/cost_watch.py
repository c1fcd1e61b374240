"""When the logs of agents are read, and what is known of their cost since."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from codexbar_qt.core.cost_logs import CostScanError
from codexbar_qt.core.cost_reports import ReportBasis, day_bounds, local_day, make_reports, price_rows
from codexbar_qt.core.cost_state import CostState, DayRows, PricedRow
from codexbar_qt.core.faults import log_fault
from codexbar_qt.core.listeners import Listeners

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from datetime import date

    from codexbar_qt.core.cost_logs import CostLogs
    from codexbar_qt.core.cost_reports import CostPricer, CostWishes
    from codexbar_qt.cost.report_values import CostReport
    from codexbar_qt.cost.sources import CostSource
    from codexbar_qt.cost.values import Ledger, ScanProgress, ScanResult
    from codexbar_qt.provider_api import Clock

SCAN_LIMIT = timedelta(minutes=10)
LEAST_AGE = timedelta(minutes=15)
LEAST_PAUSE = timedelta(seconds=60)
MOST_ROWS = 2000
_STOP_SECONDS = 2.0
_TOO_LONG = "Reading the logs took longer than 10 minutes and was stopped. What was read is kept; refresh to go on."
_BROKEN = "The cost could not be worked out because of an internal error. Report it with the log from Settings."
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CostParts:
    """What the watch is made of: the logs, what prices them, and the home folder that paths are shortened by."""

    logs: CostLogs
    pricer: CostPricer
    home: str = ""


class CostWatch:
    """Lives on one event loop. Scans after batches of the scheduler and when people ask; one scan at a time."""

    def __init__(self, parts: CostParts, clock: Clock, wishes: Callable[[], CostWishes]) -> None:
        self._logs, self._pricer, self._home = parts.logs, parts.pricer, parts.home
        self._clock, self._ask = clock, wishes
        self._wishes = wishes()
        self._state = CostState(is_on=self._wishes.is_on, history_days=self._wishes.history_days)
        self._listeners = Listeners(_log, "A view of the cost broke")
        self._ledgers: dict[str, Ledger] = {}
        self._scans = 0
        self._begun_at: datetime | None = None
        self._basis: ReportBasis | None = None
        self._scanning: asyncio.Task[None] | None = None
        self._computing: asyncio.Task[None] | None = None
        self._is_paused = False
        self._is_closed = False

    @property
    def state(self) -> CostState:
        """What is known."""
        return self._state

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` after every change of the state until the returned function is called."""
        return self._listeners.add(callback)

    def apply(self) -> None:
        """Preferences or providers have changed."""
        was_on, self._wishes = self._wishes.is_on, self._ask()
        if self._wishes.is_on == was_on:
            self._bring_up_to_date()
        elif self._wishes.is_on:
            self._put(is_on=True, history_days=self._wishes.history_days)
            self._begin()
        else:
            self._stop()
            self._ledgers, self._begun_at, self._basis = {}, None, None
            self._show(CostState(history_days=self._wishes.history_days))

    def after_batch(self, interval: float | None) -> None:
        """Providers were refreshed, `interval` seconds after the last time; None where people refresh by hand."""
        self._bring_up_to_date()
        if interval is not None and not self._is_paused and self._is_older(max(timedelta(seconds=interval), LEAST_AGE)):
            self._begin()

    def refresh(self) -> None:
        """Scan now on behalf of a person, at most once a minute."""
        if self._is_older(LEAST_PAUSE):
            self._begin()

    def look(self) -> None:
        """Somebody looks: bring the day up to date, and scan when nothing is known yet."""
        self._bring_up_to_date()
        if self._state.scanned_at is None:
            self.refresh()

    def set_paused(self, paused: bool) -> None:
        """Nobody can be looking: begin no scan by itself until that is over."""
        self._is_paused = paused

    async def rows(self, day: date) -> DayRows:
        """Return the requests of a day over all sources, at most 2,000. Raises CostScanError."""
        first, after = day_bounds(day, self._wishes.zone)
        priced: list[PricedRow] = []
        total = 0
        for source in self._used_on(day):
            page = await self._logs.rows(source.id, first, after, MOST_ROWS)
            total += page.total
            priced += await asyncio.to_thread(price_rows, self._pricer, source, page.rows)
        priced.sort(key=lambda one: one.row.at)
        return DayRows(tuple(priced[:MOST_ROWS]), total, self._home)

    def _used_on(self, day: date) -> tuple[CostSource, ...]:
        """Return the sources that count requests on a day, all while that is not known: each costs a process."""
        used = {one.source for one in self._state.reports if any(spend.day == day for spend in one.days)}
        return tuple(one for one in self._wishes.sources if one.id in used) or self._wishes.sources

    async def settled(self) -> None:
        """Wait until nothing is being read or worked out."""
        while busy := [task for task in (self._scanning, self._computing) if task is not None and not task.done()]:
            await asyncio.wait(busy)

    async def close(self) -> None:
        """Stop reading, waiting at most two seconds."""
        self._is_closed = True
        self._stop()
        pending = [task for task in (self._scanning, self._computing) if task is not None and not task.done()]
        if pending:
            await asyncio.wait(pending, timeout=_STOP_SECONDS)

    def _is_older(self, age: timedelta) -> bool:
        now = self._clock.now()
        # A clock that was set back must not hold a scan up for as long as it was ahead.
        return self._begun_at is None or not timedelta() <= now - self._begun_at < age

    def _begin(self) -> None:
        if not self._wishes.is_on or self._is_closed or self._state.is_scanning:
            return
        self._begun_at = self._clock.now()
        self._put(is_scanning=True, progress=None)
        self._scanning = self._spawn(self._scan(self._scanning))

    def _stop(self) -> None:
        for task in (self._scanning, self._computing):
            if task is not None:
                task.cancel()

    async def _scan(self, before: asyncio.Task[None] | None) -> None:
        try:
            if before is not None:
                await asyncio.wait((before,))  # one that was cancelled may still be ending
            result = await self._read()
            self._ledgers = {ledger.family: ledger for ledger in result.ledgers}
            self._scans += 1
            reports = await self._reports()
        except CostScanError as error:
            self._put(is_scanning=False, progress=None, error=error.message)
        except Exception as error:
            log_fault(_log, "Reading the cost from logs broke", error)
            self._put(is_scanning=False, progress=None, error=_BROKEN)
        else:
            scanned_at = datetime.fromtimestamp(result.scanned_at, UTC)
            self._put(is_scanning=False, progress=None, error="", scanned_at=scanned_at, reports=reports)
        self._bring_up_to_date()

    async def _read(self) -> ScanResult:
        reading = asyncio.ensure_future(self._logs.scan(progress=self._on_progress))
        limit = asyncio.ensure_future(self._clock.sleep(SCAN_LIMIT.total_seconds()))
        try:
            await asyncio.wait((reading, limit), return_when=asyncio.FIRST_COMPLETED)
            if not reading.done():
                raise CostScanError(_TOO_LONG, timed_out=True)
            return await reading
        finally:
            for task in (reading, limit):
                task.cancel()
            await asyncio.gather(reading, limit, return_exceptions=True)

    def _on_progress(self, progress: ScanProgress) -> None:
        if self._state.is_scanning:
            self._put(progress=progress)

    def _bring_up_to_date(self) -> None:
        """Work the reports out anew when day, zone, history, prices or sources are others than they follow from."""
        known = self._state.scanned_at is not None and self._wishes.is_on
        if known and not self._is_busy() and self._basis != self._wanted_basis():
            self._computing = self._spawn(self._compute())

    def _is_busy(self) -> bool:
        return self._state.is_scanning or (self._computing is not None and not self._computing.done())

    async def _compute(self) -> None:
        try:
            self._put(reports=await self._reports())
        except Exception as error:
            log_fault(_log, "Working out the cost broke", error)
            self._basis = self._wanted_basis()
            self._put(error=_BROKEN)

    async def _reports(self) -> tuple[CostReport, ...]:
        """Return the reports of now by the prices of now; what changes while they are worked out is taken in."""
        while True:
            await self._pricer.update()
            now, ledgers, self._basis = self._clock.now(), self._ledgers, self._wanted_basis()
            reports = await asyncio.to_thread(make_reports, self._pricer, ledgers, self._basis.wishes, now)
            if self._basis == self._wanted_basis():
                return reports

    def _wanted_basis(self) -> ReportBasis:
        day = local_day(self._clock.now(), self._wishes.zone)
        return ReportBasis(self._wishes, day, self._pricer.prices, self._scans)

    def _put(self, **changes: object) -> None:
        if "reports" in changes and self._basis is not None:
            wishes = self._basis.wishes
            changes = {**changes, "history_days": wishes.history_days, "zone": wishes.zone}
        self._show(replace(self._state, **changes))  # type: ignore[arg-type]  # field names

    def _show(self, state: CostState) -> None:
        if state is self._state:
            return
        self._state = state
        self._listeners.tell()

    def _spawn(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        return asyncio.get_running_loop().create_task(work)
