"""The form of `resources/prices.json`."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import msgspec
import pytest

from codexbar_qt.cost.price_book import decode_price_file, price_book
from codexbar_qt.cost.price_catalogue import decode_catalogue
from codexbar_qt.resource_folder import resource_folder

DATA = (resource_folder() / "prices.json").read_bytes()


def test_the_file_says_nothing_that_is_not_understood() -> None:
    assert json.loads(msgspec.json.encode(decode_price_file(DATA))) == json.loads(DATA)


def test_rules_of_the_table() -> None:
    families = decode_price_file(DATA).families
    assert {name: family.long_above for name, family in families.items()} == {"claude": 200_000, "codex": 272_000}
    for row in families["claude"].rows:
        for prices in (row, row.long or row):
            assert prices.cache_read is not None
            assert prices.cache_write is not None
    for family in families.values():
        stated = [(name, row.until) for row in family.rows for name in row.models]
        assert len(set(stated)) == len(stated)
        lasting = {name for name, until in stated if until is None}
        assert {name for name, _ in stated} == lasting
        assert set(family.aliases.values()) <= lasting
        assert not set(family.aliases) & lasting


def test_rates_follow_their_time_whatever_the_order_of_rows() -> None:
    rows = [
        {"models": ["m"], "input": 3, "output": 1},
        {"models": ["m"], "input": 2, "output": 1, "until": "2026-02-01T00:00:00Z"},
        {"models": ["m"], "input": 1, "output": 1, "until": "2026-01-01T00:00:00Z"},
    ]
    data = json.dumps({"date": "2026-01", "families": {"f": {"rows": rows}}}).encode()
    steps = price_book(decode_price_file(data)).rates["f", "m"]
    assert [step.usual.input for step in steps] == [1_000_000, 2_000_000, 3_000_000]


@pytest.mark.parametrize(
    "change",
    [
        {"date": "soon"},
        {"families": {"f": {"rows": [{"models": ["m"], "input": -1, "output": 1}]}}},
        {"families": {"f": {"rows": [{"models": [""], "input": 1, "output": 1}]}}},
        {"families": {"f": {"rows": [{"models": ["m"], "input": 1}]}}},
        {"families": {"f": {"rows": [{"models": ["m"], "input": 1, "output": 1, "cached": 1}]}}},
        {"more": 1},
    ],
)
def test_another_form_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"Expected|Object"):
        decode_price_file(json.dumps({"date": "2026-01", "families": {}, **change}).encode())


def test_the_catalogue_counts_one_hour_writes_like_the_table() -> None:
    model = b'{"models": {"m": {"cost": {"input": 1, "output": 2, "cache_read": 3, "cache_write": 4}}}}'
    prices = decode_catalogue(b'{"anthropic": %b, "openai": %b}' % (model, model), datetime(2026, 1, 1, tzinfo=UTC))
    assert prices is not None
    built_in = decode_price_file(DATA).families
    assert {name: family.cache_write_1h for name, family in prices.families.items()} == {
        name: family.cache_write_1h for name, family in built_in.items()
    }
