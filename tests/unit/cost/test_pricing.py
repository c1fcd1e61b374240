"""What requests cost, by hand (token-cost.md 6)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from codexbar_qt.cost.price_book import Rates
from codexbar_qt.cost.prices import built_in_table
from codexbar_qt.cost.pricing import Pricer, cost_of, dollars
from codexbar_qt.cost.values import SLOT_SECONDS, TokenCounts, UsageBucket, UsageRow

RATES = Rates(input=1, output=10, cache_read=100, cache_write=1_000, cache_write_1h=10_000, fast_percent=250)
LUNA_CHANGES = int(datetime(2026, 7, 30, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("tokens", "units"),
    [
        (TokenCounts(), 0),
        (TokenCounts(1, 2, 3, 9, 4, 1), 1 + 20 + 300 + 5_000 + 40_000),
        (TokenCounts(cache_write=3, cache_write_1h=5), 30_000),  # the part is never larger than the whole
        (TokenCounts(reasoning=7), 0),  # it is part of the output
    ],
)
def test_each_kind_has_its_rate(tokens: TokenCounts, units: int) -> None:
    assert cost_of(tokens, RATES) == units


def test_the_fast_mode_multiplies_everything() -> None:
    assert cost_of(TokenCounts(2, 2, 2, 4, 2), RATES, is_fast=True) == 2 * 11_111 * 5 // 2


def test_only_kinds_that_occur_need_a_rate() -> None:
    rates = Rates(input=1, output=None, cache_read=None, cache_write=None, cache_write_1h=None)
    assert cost_of(TokenCounts(input=3), rates) == 3
    assert [cost_of(item, rates) for item in (TokenCounts(output=1), TokenCounts(cache_write=1))] == [None, None]


def test_the_example_of_the_sheet_to_the_last_digit() -> None:
    bucket = UsageBucket("claude", 0, "claude-opus-4-5-20251101", False, False, 1, TokenCounts(12, 50, 4000, 300, 200))
    name, units = Pricer(built_in_table(), "claude").price(bucket)
    # 12 x 5 + 50 x 25 + 4000 x 0.5 + 100 x 6.25 + 200 x 10 = 5935 dollars for a million times as much
    assert (name, units) == ("claude-opus-4-5", 5_935_000_000)
    assert dollars(5_935_000_000) == 0.005935


def test_the_moment_decides() -> None:
    pricer = Pricer(built_in_table(), "codex")
    slot = LUNA_CHANGES // SLOT_SECONDS
    buckets = [
        UsageBucket("codex", at, "gpt-5.6-luna", False, False, 1, TokenCounts(input=1_000_000))
        for at in (slot - 1, slot)
    ]
    assert [pricer.price(bucket) for bucket in buckets] == [
        ("gpt-5.6-luna", 10**12),
        ("gpt-5.6-luna", 2 * 10**11),
    ]
    rows = [
        UsageRow("codex", at, "gpt-5.6-luna", True, False, TokenCounts(input=1_000_000), "x.jsonl")
        for at in (LUNA_CHANGES - 1, LUNA_CHANGES)
    ]
    assert [pricer.row_cost(row) for row in rows] == [2.0, 0.4]


def test_an_unknown_model_has_no_price() -> None:
    pricer = Pricer(built_in_table(), "codex")
    assert pricer.price(UsageBucket("codex", 1, "unknown", False, True, 1, TokenCounts(1))) == ("unknown", None)
    assert pricer.row_cost(UsageRow("codex", 1, "unknown", False, True, TokenCounts(1), "x.jsonl")) is None
