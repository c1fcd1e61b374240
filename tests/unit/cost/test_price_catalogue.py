"""The answer of models.dev, and the copy kept of it (token-cost.md 6)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codexbar_qt.cost.price_book import PriceFile, Rates, price_book
from codexbar_qt.cost.price_catalogue import decode_catalogue, decode_copy, encode_copy, is_fresh

AT = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
FULL = {"input": 5, "output": 25, "cache_read": 0.5, "cache_write": 6.25}
LONG = {"input": 10, "output": 37.5, "cache_read": 1, "cache_write": 12.5}


def answer(claude: Any, codex: Any) -> bytes:
    def provider(costs: Any) -> dict[str, Any]:
        models = {name: {"id": name, "name": name, "limit": {}, "cost": cost} for name, cost in costs.items()}
        return {"id": "x", "models": models}

    document = {"other": {"models": {"m": {"cost": FULL}}}, "anthropic": provider(claude), "openai": provider(codex)}
    return json.dumps(document).encode()


def rows(prices: PriceFile | None, family: str) -> dict[str, Rates]:
    assert prices is not None
    return {name: steps[-1].usual for (owner, name), steps in price_book(prices).rates.items() if owner == family}


def test_prices_of_both_providers() -> None:
    prices = decode_catalogue(
        answer({"claude-a": {**FULL, "context_over_200k": LONG}}, {"gpt-a": {"input": 1, "output": 2}}), AT
    )
    assert prices is not None
    assert prices.date == "2026-11-30"
    book = price_book(prices)
    (claude,), (codex,) = book.rates["claude", "claude-a"], book.rates["codex", "gpt-a"]
    assert claude.usual == Rates(5_000_000, 25_000_000, 500_000, 6_250_000, 10_000_000)
    assert claude.long == Rates(10_000_000, 37_500_000, 1_000_000, 12_500_000, 20_000_000)
    assert codex.usual == codex.long == Rates(1_000_000, 2_000_000, 1_000_000, 1_000_000, 1_000_000)


@pytest.mark.parametrize(
    "cost",
    [
        None,
        {},
        {"input": 1},
        {"input": "1", "output": 1},
        {"input": -1, "output": 1},
        {**FULL, "context_over_200k": {"input": 1}},
        [1],
    ],
)
def test_half_a_price_is_none(cost: object) -> None:
    prices = decode_catalogue(answer({"bad": cost, "good": FULL}, {"bad": cost, "good": FULL}), AT)
    assert set(rows(prices, "claude")) == set(rows(prices, "codex")) == {"good"}


def test_claude_needs_the_prices_of_its_cache() -> None:
    bare = {"input": 1, "output": 2}
    prices = decode_catalogue(
        answer({"bare": bare, "long": {**FULL, "context_over_200k": bare}, "good": FULL}, {"bare": bare}), AT
    )
    assert (set(rows(prices, "claude")), set(rows(prices, "codex"))) == ({"good"}, {"bare"})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"\xff",
        b'{"anthropic": {"models": {}}}',
        answer({}, {"a": FULL}),
        answer({"a": FULL}, {"a": {"input": 1}}),
        answer({"a" * 201: FULL}, {"a": FULL}),
    ],
)
def test_an_answer_without_prices_of_both_is_refused(body: bytes) -> None:
    assert decode_catalogue(body, AT) is None


def test_a_copy_says_the_same() -> None:
    prices = decode_catalogue(answer({"a": {**FULL, "context_over_200k": LONG}}, {"b": FULL}), AT)
    assert prices is not None
    assert decode_copy(encode_copy(prices, AT)) == (AT, price_book(prices))


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b'{"version": 1}', b'{"version": 2, "fetched_at": "2026-01-01T00:00:00Z", "prices": {}}']
)
def test_anything_else_is_no_copy(data: bytes) -> None:
    assert decode_copy(data) is None


@pytest.mark.parametrize(("old", "new"), [(b'"version":1', b'"version":2'), (b"23:30:00Z", b"23:30:00")])
def test_a_copy_of_another_kind_is_none(old: bytes, new: bytes) -> None:
    prices = decode_catalogue(answer({"a": FULL}, {"b": FULL}), AT)
    assert prices is not None
    data = encode_copy(prices, AT)
    assert old in data
    assert decode_copy(data.replace(old, new)) is None


def test_a_day_is_fresh() -> None:
    ages = (timedelta(), timedelta(hours=24, seconds=-1), timedelta(hours=24), timedelta(seconds=-1))
    assert [is_fresh(AT, AT + age) for age in ages] == [True, True, False, False]


NAMES = st.sampled_from(("input", "output", "cache_read", "cache_write", "context_over_200k")) | st.text()
SCALARS = st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text()


@given(st.recursive(SCALARS, lambda inner: st.dictionaries(NAMES, inner, max_size=6), max_leaves=8))
def test_any_cost_is_taken_or_left(cost: object) -> None:
    prices = decode_catalogue(answer({"x": cost, "good": FULL}, {"good": FULL}), AT)
    assert "good" in rows(prices, "claude")
