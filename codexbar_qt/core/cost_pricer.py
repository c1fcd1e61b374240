"""Prices counted tokens by the list prices in force."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from codexbar_qt.core.cost_state import RowRates
from codexbar_qt.core.faults import log_fault
from codexbar_qt.cost.prices import built_in_table
from codexbar_qt.cost.pricing import Pricer
from codexbar_qt.cost.report import build_report

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime, tzinfo

    from codexbar_qt.cost.price_book import Rates
    from codexbar_qt.cost.prices import PriceTable
    from codexbar_qt.cost.report_values import CostReport
    from codexbar_qt.cost.sources import CostSource
    from codexbar_qt.cost.values import Ledger, UsageRow

_MICRO = 1_000_000
_log = logging.getLogger(__name__)


class TablePricer:
    """A CostPricer over the table that `load` gives; when that fails the last one stays, at first the built-in one."""

    def __init__(self, load: Callable[[], Awaitable[PriceTable]]) -> None:
        self._load = load
        self._table: PriceTable | None = None
        self._changes = 0

    @property
    def prices(self) -> str:
        """Which prices are in force; another text after they have changed."""
        return str(self._changes)

    async def update(self) -> None:
        """Read the prices again; never raises."""
        try:
            table = await self._load()
        except Exception as error:
            log_fault(_log, "The prices could not be read", error)
            table = await asyncio.to_thread(self._in_force)
        if table != self._table:
            self._table, self._changes = table, self._changes + 1

    def report(self, ledger: Ledger, source: CostSource, *, zone: tzinfo, now: datetime, days: int) -> CostReport:
        """Return the cost of a source over some days up to and with today."""
        return build_report(ledger, source, self._in_force(), zone=zone, now=now, days=days)

    def price(self, row: UsageRow, source: CostSource) -> tuple[float | None, RowRates | None]:
        """Return the cost of one request and its rates, None where no price is known."""
        table = self._in_force()
        rates = table.rates(source.family, row.model, row.at, row.is_long)
        return Pricer(table, source.family).row_cost(row), None if rates is None else _row_rates(rates, row.is_fast)

    def _in_force(self) -> PriceTable:
        if self._table is None:
            self._table = built_in_table()
        return self._table


def _row_rates(rates: Rates, is_fast: bool) -> RowRates:
    percent = rates.fast_percent if is_fast else 100
    kinds = (rates.input, rates.output, rates.cache_read, rates.cache_write, rates.cache_write_1h)
    return RowRates(*(None if kind is None else kind * percent / 100 / _MICRO for kind in kinds))
