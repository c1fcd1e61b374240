"""Credits, extra usage, cost and detail sections in words."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from codexbar_qt.core.card_state import MoneyBlock
from codexbar_qt.core.money_blocks import amount_text, cost_block, credits_block, detail_blocks, extra_usage_block
from codexbar_qt.provider_api import (
    ChartPoint,
    CostSummary,
    CreditLimit,
    Credits,
    DetailChart,
    DetailRow,
    DetailSection,
    ProviderCost,
    Snapshot,
    SpendRow,
)

NOW = datetime(2030, 1, 8, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (12.4, "USD", "$12.40"),
        (1234.5, "EUR", "€1,234.50"),
        (7.0, "CHF", "7.00 CHF"),
        (12.0, "Points", "12 Points"),
        (1234.5, "Points", "1,234.50 Points"),
    ],
)
def test_amounts(amount: float, currency: str, text: str) -> None:
    assert amount_text(amount, currency) == text


@pytest.mark.parametrize(
    ("credits", "block"),
    [
        (Credits(112.5, NOW), MoneyBlock("Credits", "112.5 left", "1K tokens", 11.25)),
        (Credits(2500.0, NOW), MoneyBlock("Credits", "2,500 left", "1K tokens", 100.0)),
        (Credits(-3.0, NOW), MoneyBlock("Credits", "-3 left", "1K tokens", 0.0)),
        (
            Credits(112.4, NOW, limit=CreditLimit("Monthly", 387.6, 500.0, 112.4, 22.5, NOW)),
            MoneyBlock("Credits", "112.4 left", "of 500", 22.5),
        ),
        (None, None),
    ],
)
def test_credits(credits: Credits | None, block: MoneyBlock | None) -> None:
    assert credits_block(Snapshot(NOW, credits=credits)) == block


@pytest.mark.parametrize(
    ("cost", "block"),
    [
        (
            ProviderCost(12.25, 50.0, "USD", NOW),
            MoneyBlock("Extra usage", "This month: $12.25 / $50.00", "25% used", 24.5),
        ),
        (
            ProviderCost(80.0, 50.0, "USD", NOW, period="Today", personal_used=3.0, balance=9.0),
            MoneyBlock(
                "Extra usage", "Today: $80.00 / $50.00", "100% used", 100.0, ("Balance: $9.00", "Your share: $3.00")
            ),
        ),
        (ProviderCost(12.4, 0.0, "USD", NOW), MoneyBlock("Extra usage", "This month: $12.40", "", None)),
        (ProviderCost(0.0, 0.0, "USD", NOW), MoneyBlock("Extra usage", "This month: $0.00", "", None)),
        (ProviderCost(0.0, 0.0, "USD", NOW, balance=9.0), MoneyBlock("Extra usage", "Balance: $9.00", "", None)),
        (
            ProviderCost(0.0, 0.0, "USD", NOW, balance=9.0, personal_used=1.0),
            MoneyBlock("Extra usage", "Balance: $9.00", "", None, ("Your share: $1.00",)),
        ),
        (ProviderCost(42.4, 100.0, "Quota", NOW, period="Now"), MoneyBlock("Now", "Quota usage: 42%")),
        (None, None),
    ],
)
def test_extra_usage(cost: ProviderCost | None, block: MoneyBlock | None) -> None:
    assert extra_usage_block(Snapshot(NOW, provider_cost=cost)) == block


@pytest.mark.parametrize(
    ("used", "limit", "text"),
    [
        (42.5, 100.0, "43%"),
        (0.0, 100.0, "0%"),
        (0.4, 100.0, "<1%"),
        (130.4, 100.0, "130%"),
        (12345.0, 100.0, "12,345%"),
        (3.0, 10.0, "30%"),
        (7.0, 0.0, "7%"),
        (-1.0, 100.0, "0%"),
    ],
)
def test_a_share_of_a_quota_is_never_money(used: float, limit: float, text: str) -> None:
    block = extra_usage_block(Snapshot(NOW, provider_cost=ProviderCost(used, limit, "Quota", NOW)))
    assert block == MoneyBlock("Current quota", f"Quota usage: {text}")


def spend(*days: tuple[int, float, int], is_estimate: bool = False) -> Snapshot:
    rows = tuple(SpendRow(date(2030, 1, day), "m", cost, tokens, tokens, 0, 1) for day, cost, tokens in days)
    return Snapshot(NOW, spend=CostSummary("USD", 7, rows, NOW, is_estimate))


def test_cost_counts_whole_utc_days_within_the_window() -> None:
    snapshot = spend((8, 1.0, 500), (8, 0.04, 0), (2, 2.0, 1000), (1, 50.0, 10))
    assert cost_block(snapshot, NOW) == MoneyBlock(
        "Cost", "Today: $1.04 · 1K tokens", "", None, ("Last 7 days: $3.04 · 3K tokens",)
    )


def test_an_estimate_is_called_one_and_nothing_spent_has_no_block() -> None:
    block = cost_block(spend((3, 1.0, 1), is_estimate=True), NOW)
    assert block is not None
    assert (block.left_text, block.lines[-1]) == ("Today: $0.00 · 0 tokens", "Estimate, not a bill")
    assert cost_block(spend(), NOW) is None
    assert cost_block(Snapshot(NOW), NOW) is None


def test_details_keep_within_their_limits() -> None:
    row = DetailRow("l" * 500, "v", None, 250.0)
    points = tuple(ChartPoint(str(index), float(index)) for index in range(130))
    section = DetailSection((row,) * 30, "t" * 121, DetailChart("line", points, "chart", "USD"))
    blocks = detail_blocks(Snapshot(NOW, details=(section,) * 9), hide_personal_info=False)
    block = blocks[0]
    assert (len(blocks), len(block.lines), len(block.chart)) == (8, 24, 120)
    assert (block.title, block.lines[0].label) == ("t" * 119 + "…", "l" * 119 + "…")
    assert (block.lines[0].meter, block.lines[0].secondary) == (100.0, "")
    assert (block.chart_kind, block.chart[0].label, block.chart[-1].value_text) == ("line", "10", "$129.00")


def test_chart_bars_are_shares_of_the_largest() -> None:
    points = (ChartPoint("a", 2.0), ChartPoint("b", 8.0), ChartPoint("c", -1.0))
    snapshot = Snapshot(NOW, details=(DetailSection((), chart=DetailChart("bars", points)),))
    (block,) = detail_blocks(snapshot, hide_personal_info=True)
    assert [(bar.share, bar.value_text) for bar in block.chart] == [(0.25, "2"), (1.0, "8"), (0.0, "-1")]
    flat = Snapshot(NOW, details=(DetailSection((), chart=DetailChart("bars", (ChartPoint("a", 0.0),))),))
    assert detail_blocks(flat, hide_personal_info=True)[0].chart[0].share == 0.0


def test_a_section_without_chart_has_none() -> None:
    (block,) = detail_blocks(Snapshot(NOW, details=(DetailSection((DetailRow("a", "b", "c"),)),)), False)
    assert (block.title, block.chart_title, block.chart, block.lines[0].secondary) == ("", "", (), "c")
