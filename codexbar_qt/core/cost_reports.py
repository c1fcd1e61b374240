"""From ledgers to the reports that views show, for every source and span. Blocks: call it in a thread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, Protocol

from codexbar_qt.core.cost_state import SPANS, PricedRow, RowRates
from codexbar_qt.cost.values import Ledger

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from codexbar_qt.cost.report_values import CostReport
    from codexbar_qt.cost.sources import CostSource
    from codexbar_qt.cost.values import UsageRow


class CostPricer(Protocol):
    """Puts prices on counted tokens. `report` and `price` block and never touch network or disk."""

    @property
    def prices(self) -> str:
        """Which prices are in force; another text after they have changed."""
        ...

    async def update(self) -> None:
        """Look for newer prices where people allow it and it is time; never raises."""
        ...

    def report(self, ledger: Ledger, source: CostSource, *, zone: tzinfo, now: datetime, days: int) -> CostReport:
        """Return the cost of a source over some days up to and with today."""
        ...

    def price(self, row: UsageRow, source: CostSource) -> tuple[float | None, RowRates | None]:
        """Return the cost of one request and its rates, None where no price is known."""
        ...


@dataclass(frozen=True, slots=True)
class CostWishes:
    """What preferences and config ask for: the switch, days of history, the zone of days, the sources that count.

    `uses_catalogue`: prices may come from the public list.
    """

    is_on: bool = False
    uses_catalogue: bool = False
    history_days: int = 30
    zone: tzinfo = UTC
    sources: tuple[CostSource, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportBasis:
    """Everything that reports follow from but the ledgers; an equal basis gives equal reports."""

    wishes: CostWishes
    today: date
    prices: str
    scan: int


def local_day(now: datetime, zone: tzinfo) -> date:
    """Return the day it is in a zone."""
    return now.astimezone(zone).date()


def day_bounds(day: date, zone: tzinfo) -> tuple[int, int]:
    """Return the first second of a day and that of the next one, since 1970 (UTC).

    They are 23 or 25 hours apart where clocks change.
    """
    first, after = (datetime.combine(one, time(), tzinfo=zone) for one in (day, day + timedelta(days=1)))
    return int(first.timestamp()), int(after.timestamp())


def make_reports(
    pricer: CostPricer, ledgers: Mapping[str, Ledger], wishes: CostWishes, now: datetime
) -> tuple[CostReport, ...]:
    """Return the reports of every source over every span and the history, in the order of the sources."""
    spans = sorted({*SPANS, wishes.history_days})
    return tuple(
        pricer.report(ledgers.get(source.family, Ledger(source.family)), source, zone=wishes.zone, now=now, days=days)
        for source in wishes.sources
        for days in spans
    )


def price_rows(pricer: CostPricer, source: CostSource, rows: tuple[UsageRow, ...]) -> list[PricedRow]:
    """Return the rows of a source with what each costs."""
    return [PricedRow(row, *pricer.price(row, source)) for row in rows]
