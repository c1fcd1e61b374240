"""Logs that tests hold and release, a pricer that counts what it is asked, and the watch over both."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from codexbar_qt.core.cost_reports import CostWishes
from codexbar_qt.core.cost_state import RowRates
from codexbar_qt.core.cost_watch import CostParts, CostWatch
from codexbar_qt.cost.report_values import CostReport, Coverage, DaySpend, ModelSpend
from codexbar_qt.cost.sources import COST_SOURCES, CostSource
from codexbar_qt.cost.values import Ledger, RowsPage, ScanProgress, ScanResult, TokenCounts, UsageRow

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from tests.unit.core.conftest import ManualClock

CODEX, CLAUDE, VERTEX = COST_SOURCES


def spend(day: date, cost: float | None, tokens: int, *models: ModelSpend) -> DaySpend:
    """A day of one model unless others are given."""
    counts = TokenCounts(input=tokens)
    return DaySpend(day, counts, 1, cost, models or (ModelSpend("model-a", counts, 1, cost),))


def report(source: CostSource, today: date, days: int, *spends: DaySpend) -> CostReport:
    """A report over some days."""
    known = [one.cost for one in spends if one.cost is not None]
    return CostReport(
        source=source.id,
        name=source.name,
        heading=source.heading,
        today=today,
        history_days=days,
        days=spends,
        models=tuple(model for one in spends for model in one.models),
        hours=(),
        tokens=TokenCounts(input=sum(one.tokens.total for one in spends)),
        requests=sum(one.requests for one in spends),
        cost=sum(known) if known else None,
        today_spend=next((one for one in spends if one.day == today), None),
        coverage=Coverage(len(known), len(spends) - len(known)),
        is_complete=True,
        updated_at=datetime(2026, 7, 16, 12, tzinfo=UTC),
    )


class FakeLogs:
    """Answers at once unless `held`; `error` is raised instead of an answer."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self.scans: list[datetime] = []
        self.asked: list[tuple[str, int, int, int]] = []
        self.running = self.most_running = self.cancelled = 0
        self.held = False
        self.gate = asyncio.Event()
        self.error: Exception | None = None
        self.progress: Callable[[ScanProgress], None] | None = None
        self.pages: dict[str, RowsPage] = {}

    async def scan(
        self, *, refresh: bool = False, jobs: int = 1, progress: Callable[[ScanProgress], None] | None = None
    ) -> ScanResult:
        assert not refresh
        self.scans.append(self._clock.now())
        self.progress = progress
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        began = self._clock.now().timestamp()
        try:
            if self.held:
                await self.gate.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            await asyncio.sleep(0)  # ending a process takes a moment
            raise
        finally:
            self.running -= 1
        if self.error is not None:
            raise self.error
        return ScanResult((Ledger("claude", rows=len(self.scans)), Ledger("codex")), began)

    async def rows(self, source: str, first: int, last: int, limit: int = 2000) -> RowsPage:
        self.asked.append((source, first, last, limit))
        if self.error is not None:
            raise self.error
        return self.pages.get(source, RowsPage((), 0))

    async def clear(self) -> int:
        return 0

    def release(self) -> None:
        self.held = False
        self.gate.set()
        self.gate = asyncio.Event()


class FakePricer:
    """A dollar for each row of the ledger; `made` notes source, days, zone and day of every report."""

    def __init__(self) -> None:
        self.prices = "built-in"
        self.made: list[tuple[str, int, str, date]] = []
        self.updates = 0
        self.error: Exception | None = None
        self.during: Callable[[], None] | None = None

    async def update(self) -> None:
        self.updates += 1

    def report(self, ledger: Ledger, source: CostSource, *, zone: tzinfo, now: datetime, days: int) -> CostReport:
        if self.during is not None:
            during, self.during = self.during, None
            during()
        if self.error is not None:
            raise self.error
        today = now.astimezone(zone).date()
        self.made.append((source.id, days, str(zone), today))
        if not ledger.rows:
            return report(source, today, days)
        made = report(source, today, days, spend(today, float(ledger.rows), 1000))
        return replace(made, prices=self.prices)

    def price(self, row: UsageRow, source: CostSource) -> tuple[float | None, RowRates | None]:
        known = row.model != "unknown"
        return (0.5, RowRates(1, 2, 3, 4, 5)) if known else (None, None)


class CostWorld:
    """A watch over fakes; `wishes` can be exchanged, then `apply` it."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.logs, self.pricer = FakeLogs(clock), FakePricer()
        self.wishes = CostWishes(is_on=True, sources=(CODEX, CLAUDE))
        self.told = 0

    def begin(self) -> CostWatch:
        self.watch = CostWatch(CostParts(self.logs, self.pricer), self.clock, lambda: self.wishes)
        self.watch.subscribe(self._tell)
        return self.watch

    async def change(self, **wishes: object) -> None:
        self.wishes = replace(self.wishes, **wishes)  # type: ignore[arg-type]  # field names
        self.watch.apply()
        await self.clock.settle()

    def _tell(self) -> None:
        self.told += 1
