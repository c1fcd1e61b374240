"""The price table against token-cost.md 6: every row, every name, and which price wins."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime

import pytest

from codexbar_qt.cost.custom_prices import decode_custom_prices
from codexbar_qt.cost.price_book import decode_price_file, price_book
from codexbar_qt.cost.prices import PriceTable, built_in_table
from codexbar_qt.cost.pricing import cost_of, dollars
from codexbar_qt.cost.values import TokenCounts

TABLE = built_in_table()
MILLION = 1_000_000
NOW = datetime(2026, 9, 1, tzinfo=UTC).timestamp()
MARCH = datetime(2026, 3, 13, tzinfo=UTC).timestamp()
JULY = datetime(2026, 7, 30, tzinfo=UTC).timestamp()
CLAUDE_TOKENS = TokenCounts(MILLION, MILLION, MILLION, 2 * MILLION, MILLION, 0)
CODEX_TOKENS = TokenCounts(MILLION, MILLION, MILLION, MILLION, 0, MILLION)

# Dollars per million tokens: input, output, cache write (5 minutes), cache read; then the same for long requests.
CLAUDE = [
    ("claude-fable-5", NOW, (10, 50, 12.5, 1), None, 93.5),
    ("claude-opus-4-8", NOW, (5, 25, 6.25, 0.5), None, 46.75),
    ("claude-opus-4-7", NOW, (5, 25, 6.25, 0.5), None, 46.75),
    ("claude-opus-4-6", NOW, (5, 25, 6.25, 0.5), None, 46.75),
    ("claude-opus-4-6-20260205", NOW, (5, 25, 6.25, 0.5), None, 46.75),
    ("claude-opus-4-6", MARCH, (5, 25, 6.25, 0.5), None, 46.75),
    ("claude-opus-4-6", MARCH - 1, (5, 25, 6.25, 0.5), (10, 37.5, 12.5, 1), 46.75),
    ("claude-opus-4-6-20260205", MARCH - 1, (5, 25, 6.25, 0.5), (10, 37.5, 12.5, 1), 46.75),
    ("claude-opus-4-5", NOW, (5, 25, 6.25, 0.5), None, 46.75),
    ("claude-opus-4-5-20251101", NOW, (5, 25, 6.25, 0.5), None, 46.75),
    ("claude-opus-4-1", NOW, (15, 75, 18.75, 1.5), None, 140.25),
    ("claude-opus-4-1-20250805", NOW, (15, 75, 18.75, 1.5), None, 140.25),
    ("claude-opus-4-20250514", NOW, (15, 75, 18.75, 1.5), None, 140.25),
    ("claude-sonnet-4-6", NOW, (3, 15, 3.75, 0.3), None, 28.05),
    ("claude-sonnet-4-6", MARCH, (3, 15, 3.75, 0.3), None, 28.05),
    ("claude-sonnet-4-6", MARCH - 1, (3, 15, 3.75, 0.3), (6, 22.5, 7.5, 0.6), 28.05),
    ("claude-sonnet-4-5", NOW, (3, 15, 3.75, 0.3), (6, 22.5, 7.5, 0.6), 28.05),
    ("claude-sonnet-4-5-20250929", NOW, (3, 15, 3.75, 0.3), (6, 22.5, 7.5, 0.6), 28.05),
    ("claude-sonnet-4-20250514", NOW, (3, 15, 3.75, 0.3), (6, 22.5, 7.5, 0.6), 28.05),
    ("claude-haiku-4-5", NOW, (1, 5, 1.25, 0.1), None, 9.35),
    ("claude-haiku-4-5-20251001", NOW, (1, 5, 1.25, 0.1), None, 9.35),
]
# Input, cached, output, cache write; where there is no cached or write price it is that of input.
CODEX = [
    ("gpt-5", NOW, (1.25, 0.125, 10, 1.25), None, 12.625),
    ("gpt-5-codex", NOW, (1.25, 0.125, 10, 1.25), None, 12.625),
    ("gpt-5.1", NOW, (1.25, 0.125, 10, 1.25), None, 12.625),
    ("gpt-5.1-codex", NOW, (1.25, 0.125, 10, 1.25), None, 12.625),
    ("gpt-5.1-codex-max", NOW, (1.25, 0.125, 10, 1.25), None, 12.625),
    ("gpt-5-mini", NOW, (0.25, 0.025, 2, 0.25), None, 2.525),
    ("gpt-5.1-codex-mini", NOW, (0.25, 0.025, 2, 0.25), None, 2.525),
    ("gpt-5-nano", NOW, (0.05, 0.005, 0.4, 0.05), None, 0.505),
    ("gpt-5-pro", NOW, (15, 15, 120, 15), None, 165),
    ("gpt-5.2", NOW, (1.75, 0.175, 14, 1.75), None, 17.675),
    ("gpt-5.2-codex", NOW, (1.75, 0.175, 14, 1.75), None, 17.675),
    ("gpt-5.3-codex", NOW, (1.75, 0.175, 14, 1.75), None, 17.675),
    ("gpt-5.2-pro", NOW, (21, 21, 168, 21), None, 231),
    ("gpt-5.3-codex-spark", NOW, (0, 0, 0, 0), None, 0),
    ("gpt-5.4", NOW, (2.5, 0.25, 15, 2.5), (5, 0.5, 22.5, 5), 20.25),
    ("gpt-5.4-mini", NOW, (0.75, 0.075, 4.5, 0.75), None, 6.075),
    ("gpt-5.4-nano", NOW, (0.2, 0.02, 1.25, 0.2), None, 1.67),
    ("gpt-5.4-pro", NOW, (30, 30, 180, 30), None, 270),
    ("gpt-5.5-pro", NOW, (30, 30, 180, 30), None, 270),
    ("gpt-5.5", NOW, (5, 0.5, 30, 5), (10, 1, 45, 10), 40.5),
    ("gpt-5.6-sol", NOW, (5, 0.5, 30, 6.25), (10, 1, 45, 12.5), 41.75),
    ("gpt-5.6", NOW, (5, 0.5, 30, 6.25), (10, 1, 45, 12.5), 41.75),
    ("gpt-5.6-terra", JULY, (2, 0.2, 12, 2.5), (4, 0.4, 18, 5), 16.7),
    ("gpt-5.6-terra", JULY - 1, (2.5, 0.25, 15, 3.125), (5, 0.5, 22.5, 6.25), 20.875),
    ("gpt-5.6-luna", JULY, (0.2, 0.02, 1.2, 0.25), (0.4, 0.04, 1.8, 0.5), 1.67),
    ("gpt-5.6-luna", JULY - 1, (1, 0.1, 6, 1.25), (2, 0.2, 9, 2.5), 8.35),
]
FAST = [
    ("gpt-5.4", NOW, 40.5),
    ("gpt-5.4-mini", NOW, 12.15),
    ("gpt-5.5", NOW, 101.25),
    ("gpt-5.6-sol", NOW, 83.5),
    ("gpt-5.6", NOW, 83.5),
    ("gpt-5.6-terra", NOW, 33.4),
    ("gpt-5.6-terra", JULY - 1, 41.75),
    ("gpt-5.6-luna", NOW, 3.34),
    ("gpt-5.6-luna", JULY - 1, 16.7),
    ("gpt-5.2", NOW, 17.675),
]
Row = tuple[float, float, float, float]


def amount(family: str, model: str, moment: float, tokens: TokenCounts, *, is_fast: bool = False) -> float | None:
    rates = TABLE.rates(family, model, moment, False)
    assert rates is not None
    units = cost_of(tokens, rates, is_fast=is_fast)
    return None if units is None else dollars(units)


@pytest.mark.parametrize(("model", "moment", "usual", "long", "cost"), CLAUDE)
def test_claude_rows(model: str, moment: float, usual: Row, long: Row | None, cost: float) -> None:
    for is_long, row in ((False, usual), (True, long or usual)):
        found = TABLE.rates("claude", model, moment, is_long)
        assert found is not None
        told = (found.input, found.output, found.cache_write, found.cache_read, found.cache_write_1h)
        assert told == tuple(value * MILLION for value in (*row, 2 * row[0]))
    assert amount("claude", model, moment, CLAUDE_TOKENS) == cost


@pytest.mark.parametrize(("model", "moment", "usual", "long", "cost"), CODEX)
def test_codex_rows(model: str, moment: float, usual: Row, long: Row | None, cost: float) -> None:
    for is_long, row in ((False, usual), (True, long or usual)):
        found = TABLE.rates("codex", model, moment, is_long)
        assert found is not None
        assert (found.input, found.cache_read, found.output, found.cache_write) == tuple(
            value * MILLION for value in row
        )
        assert found.cache_write_1h == found.cache_write
    assert amount("codex", model, moment, CODEX_TOKENS) == cost


@pytest.mark.parametrize(("model", "moment", "cost"), FAST)
def test_fast_mode(model: str, moment: float, cost: float) -> None:
    assert amount("codex", model, moment, CODEX_TOKENS, is_fast=True) == cost
    long = TABLE.rates("codex", model, moment, True)
    assert long is not None
    if long != TABLE.rates("codex", model, moment, False):  # above the threshold the mode costs nothing extra
        assert cost_of(CODEX_TOKENS, long, is_fast=True) == cost_of(CODEX_TOKENS, long)


def test_every_row_is_here() -> None:
    known = {("claude", name) for name, *_ in CLAUDE} | {("codex", name) for name, *_ in CODEX}
    assert set(TABLE.built_in.rates) <= known
    assert sum(map(len, TABLE.built_in.rates.values())) == 38


@pytest.mark.parametrize(
    ("family", "model"),
    [
        ("claude", "claude-opus-9"),
        ("claude", "gpt-5"),
        ("claude", "<synthetic>"),
        ("claude", ""),
        ("claude", "openrouter/claude-opus-4-5"),
        ("claude", "bedrock/us.anthropic.claude-opus-4-5"),
        ("codex", "unknown"),
        ("codex", "claude-opus-4-5"),
        ("codex", "azure/gpt-5"),
        ("codex", "gpt-5-20250807"),
    ],
)
def test_no_price_is_made_up(family: str, model: str) -> None:
    assert TABLE.rates(family, model, NOW, False) is None
    assert TABLE.report_name(family, model) == model


@pytest.mark.parametrize(
    ("family", "logged", "shown"),
    [
        ("claude", "claude-opus-4-5-20251101", "claude-opus-4-5"),
        ("claude", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5"),
        ("claude", "claude-opus-4-5@20251101", "claude-opus-4-5@20251101"),
        ("claude", "claude-opus-4-20250514", "claude-opus-4-20250514"),
        ("claude", "us.anthropic.claude-opus-9-v1:0", "us.anthropic.claude-opus-9-v1:0"),
        ("codex", "gpt-5.6", "gpt-5.6-sol"),
        ("codex", "openai/gpt-5.6-2026-01-01", "gpt-5.6-sol"),
        ("codex", "openai/gpt-5-2025-08-07", "gpt-5"),
        ("codex", "openai/gpt-9", "openai/gpt-9"),
        ("codex", "unknown", "unknown"),
    ],
)
def test_names_in_reports(family: str, logged: str, shown: str) -> None:
    assert TABLE.report_name(family, logged) == shown


CATALOGUE = price_book(
    decode_price_file(
        json.dumps(
            {
                "date": "2026-11-30",
                "families": {
                    "claude": {
                        "cache_write_1h": 2,
                        "rows": [
                            {
                                "models": ["claude-opus-4-6", "claude-new-1", "claude-opus-4-5-20251101"],
                                "input": 4,
                                "output": 20,
                                "cache_read": 0.4,
                                "cache_write": 5,
                            }
                        ],
                    },
                    "codex": {"rows": [{"models": ["gpt-5.6-luna", "gpt-9"], "input": 7, "output": 70}]},
                },
            }
        ).encode()
    )
)


def inputs(table: PriceTable, family: str, model: str, moment: float, *, is_long: bool = False) -> float | None:
    rates = table.rates(family, model, moment, is_long)
    return None if rates is None or rates.input is None else rates.input / MILLION


def test_the_catalogue_wins_but_for_rows_that_have_ended() -> None:
    table = PriceTable(TABLE.built_in, CATALOGUE)
    assert inputs(table, "claude", "claude-opus-4-6", MARCH - 1, is_long=True) == 10
    assert inputs(table, "claude", "claude-opus-4-6", MARCH, is_long=True) == 4
    assert inputs(table, "claude", "anthropic.claude-new-1-v1:0", NOW) == 4
    assert table.report_name("claude", "anthropic.claude-new-1-v1:0") == "claude-new-1"
    assert inputs(table, "claude", "claude-opus-4-5", NOW) == 5  # only exact ids: the catalogue has the dated one
    assert inputs(table, "codex", "gpt-5.6-luna", JULY - 1) == 1
    assert inputs(table, "codex", "gpt-5.6-luna", JULY) == 7
    assert inputs(table, "codex", "gpt-9", NOW) == 7
    assert inputs(table, "codex", "gpt-9-2026-01-01", NOW) is None
    assert inputs(table, "codex", "gpt-5", NOW) == 1.25
    luna, new = table.rates("codex", "gpt-5.6-luna", NOW, False), table.rates("codex", "gpt-9", NOW, False)
    assert luna is not None
    assert new is not None
    assert (luna.fast_percent, new.fast_percent) == (200, 100)
    assert (luna.cache_read, luna.cache_write) == (7 * MILLION, 7 * MILLION)


def test_own_prices_win_over_everything_and_for_codex_only() -> None:
    custom, _ = decode_custom_prices(
        b'{"GPT-5.6-Luna": {"input": 3, "output": 4}, "openrouter/x": {"input": 1}, "claude-opus-4-5": {"input": 1}}'
    )
    table = PriceTable(TABLE.built_in, CATALOGUE, custom)
    assert table.steps("codex", "gpt-5.6-luna", True) == table.steps("codex", "openai/gpt-5.6-luna", False)
    assert [until for until, _ in table.steps("codex", "gpt-5.6-luna", False)] == [math.inf]
    assert inputs(table, "codex", "gpt-5.6-luna", JULY - 1) == 3
    assert inputs(table, "codex", "openrouter/x", NOW) == 1
    assert inputs(table, "claude", "claude-opus-4-5", NOW) == 5
    own = table.rates("codex", "gpt-5.6-luna", NOW, False)
    assert own is not None
    assert cost_of(TokenCounts(input=2, output=1), own, is_fast=True) == 10 * MILLION
    assert cost_of(TokenCounts(input=2, cache_read=1), own) is None  # a price that is missing is not known


def test_where_the_prices_are_from() -> None:
    assert TABLE.origin == "built-in table of August 2026"
    assert (
        PriceTable(TABLE.built_in, CATALOGUE).origin == "models.dev on 30 November 2026, built-in table of August 2026"
    )
    own, _ = decode_custom_prices(b'{"a": {}}')
    assert PriceTable(TABLE.built_in, None, own).origin == "your own prices, built-in table of August 2026"
