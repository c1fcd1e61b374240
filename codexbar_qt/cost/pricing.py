"""What requests cost, in whole units of 1e-12 dollars: exact until the very end (token-cost.md 6). Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_qt.cost.values import SLOT_SECONDS

if TYPE_CHECKING:
    from codexbar_qt.cost.price_book import Rates
    from codexbar_qt.cost.prices import PriceTable, Steps
    from codexbar_qt.cost.values import TokenCounts, UsageBucket, UsageRow

UNITS_PER_DOLLAR = 1_000_000_000_000


def dollars(units: int) -> float:
    """Return units as dollars, the nearest number there is."""
    return units / UNITS_PER_DOLLAR


def cost_of(tokens: TokenCounts, rates: Rates, *, is_fast: bool = False) -> int | None:
    """Return the cost of tokens in units; None where the price of a kind that is among them is not known."""
    hour = min(tokens.cache_write_1h, tokens.cache_write)
    units = 0
    for count, rate in (
        (tokens.input, rates.input),
        (tokens.output, rates.output),
        (tokens.cache_read, rates.cache_read),
        (tokens.cache_write - hour, rates.cache_write),
        (hour, rates.cache_write_1h),
    ):
        if rate is not None:
            units += count * rate
        elif count:
            return None
    return units * rates.fast_percent // 100 if is_fast else units


class Pricer:
    """Prices the requests of one family; remembers what it looked up, so make one for each report."""

    def __init__(self, table: PriceTable, family: str) -> None:
        self._table = table
        self._family = family
        self._known: dict[tuple[str, bool], tuple[str, Steps]] = {}

    def price(self, bucket: UsageBucket) -> tuple[str, int | None]:
        """Return the name that reports show and the cost in units, None without a price."""
        name, steps = self._look_up(bucket.model, bucket.is_long)
        rates = _in_force(steps, bucket.slot * SLOT_SECONDS)
        return name, None if rates is None else cost_of(bucket.tokens, rates, is_fast=bucket.is_fast)

    def row_cost(self, row: UsageRow) -> float | None:
        """Return the cost of one request in dollars, None without a price."""
        rates = _in_force(self._look_up(row.model, row.is_long)[1], row.at)
        units = None if rates is None else cost_of(row.tokens, rates, is_fast=row.is_fast)
        return None if units is None else dollars(units)

    def _look_up(self, model: str, is_long: bool) -> tuple[str, Steps]:
        known = self._known.get((model, is_long))
        if known is None:
            name = self._table.report_name(self._family, model)
            known = self._known[model, is_long] = name, self._table.steps(self._family, model, is_long)
        return known


def _in_force(steps: Steps, moment: float) -> Rates | None:
    for until, rates in steps:
        if moment < until:
            return rates
    return None
