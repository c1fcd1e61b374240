"""Prices over reports and single requests: the same sums, and prices that change or cannot be read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.core.cost_pricer import TablePricer
from codexbar_qt.core.cost_state import RowRates
from codexbar_qt.cost.prices import built_in_table
from codexbar_qt.cost.values import SLOT_SECONDS, Ledger, TokenCounts, UsageBucket, UsageRow
from tests.unit.core.cost_world import CLAUDE

if TYPE_CHECKING:
    from codexbar_qt.cost.prices import PriceTable

NOW = datetime(2031, 1, 5, 12, tzinfo=UTC)
AT = int(datetime(2031, 1, 5, 10, 20, 30, tzinfo=UTC).timestamp())
# The line of token-cost.md 2 and its cost.
ROW = UsageRow("claude", AT, "claude-opus-4-5-20251101", False, False, TokenCounts(12, 50, 4000, 300, 200), "/s.jsonl")
LEDGER = Ledger("claude", (UsageBucket("claude", AT // SLOT_SECONDS, ROW.model, False, False, 1, ROW.tokens),))


class Prices:
    def __init__(self) -> None:
        self.table = built_in_table()
        self.error: Exception | None = None

    async def load(self) -> PriceTable:
        if self.error is not None:
            raise self.error
        return self.table


@pytest.fixture
def prices() -> Prices:
    return Prices()


async def test_a_request_and_the_report_agree(prices: Prices) -> None:
    pricer = TablePricer(prices.load)
    await pricer.update()
    cost, rates = pricer.price(ROW, CLAUDE)
    assert cost == pytest.approx(0.005935, abs=1e-12)
    assert rates == RowRates(5.0, 25.0, 0.5, 6.25, 10.0)
    report = pricer.report(LEDGER, CLAUDE, zone=UTC, now=NOW, days=30)
    assert report.cost == cost


async def test_an_unknown_model_has_neither_cost_nor_rates(prices: Prices) -> None:
    pricer = TablePricer(prices.load)
    assert pricer.price(UsageRow("claude", AT, "odd", False, False, ROW.tokens, "/s"), CLAUDE) == (None, None)


async def test_only_other_prices_are_news(prices: Prices) -> None:
    pricer = TablePricer(prices.load)
    await pricer.update()
    before = pricer.prices
    await pricer.update()
    assert pricer.prices == before
    prices.table = replace(prices.table, notes=("A price file could not be used.",))
    await pricer.update()
    assert pricer.prices != before


@pytest.mark.logs_warnings
async def test_prices_that_cannot_be_read_leave_the_last_ones(prices: Prices) -> None:
    pricer = TablePricer(prices.load)
    prices.error = RuntimeError("test-secret")
    await pricer.update()
    assert pricer.price(ROW, CLAUDE)[0] == pytest.approx(0.005935, abs=1e-12)
