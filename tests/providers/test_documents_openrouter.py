"""OpenRouter's documents: the variants that differ in one value."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from codexbar_providers.openrouter import check_base_url
from codexbar_providers.openrouter.activity import MOST_DISTINCT_ROWS, MOST_ROWS, parse_activity
from codexbar_providers.openrouter.api import base_url
from codexbar_providers.openrouter.parse import parse_credits, parse_key
from codexbar_qt.provider_api import JsonView, ParseError

NOW = datetime(2030, 1, 8, 23, 59, tzinfo=UTC)
ROW = {
    "date": "2030-01-02",
    "model": "a/b",
    "model_permaslug": "a/b-1",
    "endpoint_id": "e",
    "provider_name": "p",
    "workspace_id": None,
    "prompt_tokens": 10,
    "completion_tokens": 5,
    "reasoning_tokens": 2,
    "requests": 1,
    "usage": 0.02,
    "byok_usage_inference": 0,
}


def spend(*rows: object, now: datetime = NOW) -> tuple[object, ...]:
    summary = parse_activity([JsonView({"data": list(rows)}), JsonView({"data": []})], now=now)
    return tuple((row.day, row.model, row.cost) for row in summary.rows)


@pytest.mark.parametrize(
    ("key", "percent"),
    [
        ({"limit": 25, "limit_remaining": 20, "usage": 900}, 20),
        ({"limit": 25, "limit_remaining": 40}, 0),
        ({"limit": 25, "limit_remaining": -4}, 100),
        ({"limit": 10, "limit_reset": "daily", "usage": 900, "usage_daily": 2.5}, 25),
        ({"limit": 10, "limit_reset": "weekly", "usage": 900, "usage_weekly": 2.5}, 25),
        ({"limit": 10, "limit_reset": "monthly", "usage": 900, "usage_monthly": 2.5}, 25),
        ({"limit": 10, "limit_reset": "monthly", "usage": 4, "usage_weekly": 9}, 40),
        ({"limit": 10, "limit_reset": "yearly", "usage": 4}, 40),
        ({"limit": 10, "usage": 12}, 100),
        ({"limit": 10, "usage": 0}, 0),
        ({"limit": 10, "usage": -1}, None),
        ({"limit": 10}, None),
        ({"limit": 0, "usage": 1}, None),
        ({"limit": -5, "limit_remaining": 1}, None),
        ({"limit": None, "limit_remaining": 3, "usage": 1}, None),
        ({}, None),
    ],
)
def test_meter_of_the_key(key: dict[str, object], percent: float | None) -> None:
    window, section = parse_key(JsonView({"data": key}))
    assert (window.used_percent if window else None) == (None if percent is None else pytest.approx(percent))
    budget = section.rows[0]
    assert (budget.value == "No limit configured") is not bool(key.get("limit") and key["limit"] > 0)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("key", "row"),
    [
        ({"limit": 10, "limit_remaining": 3}, ("API key remaining", "$3.00")),
        ({"limit": 10, "usage": -1}, ("API key used", "$0.00")),
        ({"usage_daily": -2}, ("Today", "$0.00")),
        ({"usage_monthly": 1234.5}, ("This month", "$1234.50")),
        ({"rate_limit": {"requests": 60, "interval": "10s"}}, ("Rate limit", "60 requests / 10s")),
        ({"limit_reset": "monthly"}, ("Reset window", "monthly")),
    ],
)
def test_rows_of_the_key(key: dict[str, object], row: tuple[str, str]) -> None:
    _, section = parse_key(JsonView({"data": key}))
    assert row in [(item.label, item.value) for item in section.rows]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ([], "$"),
        ({}, "$.data"),
        ({"data": []}, "$.data"),
        ({"data": {"limit": "25"}}, "$.data.limit"),
        ({"data": {"limit": True}}, "$.data.limit"),
        ({"data": {"usage_weekly": []}}, "$.data.usage_weekly"),
        ({"data": {"limit_reset": 5}}, "$.data.limit_reset"),
        ({"data": {"rate_limit": "60"}}, "$.data.rate_limit"),
        ({"data": {"rate_limit": {"interval": "10s"}}}, "$.data.rate_limit.requests"),
        ({"data": {"rate_limit": {"requests": 1.5, "interval": "10s"}}}, "$.data.rate_limit.requests"),
        ({"data": {"rate_limit": {"requests": 1, "interval": 10}}}, "$.data.rate_limit.interval"),
    ],
)
def test_one_odd_field_refuses_the_whole_key(body: object, path: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse_key(JsonView(body))
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("total", "used", "percent"), [(200, 1, "1% of credits"), (200, 0.9, "0% of credits"), (200, 3, "2% of credits")]
)
def test_share_of_credits_is_rounded_half_up(total: float, used: float, percent: str) -> None:
    snapshot = parse_credits(JsonView({"data": {"total_credits": total, "total_usage": used}}), now=NOW)
    assert snapshot.details[0].rows[1].secondary_value == percent


def test_a_balance_beyond_any_number_is_refused() -> None:
    with pytest.raises(ParseError):
        parse_credits(JsonView({"data": {"total_credits": 1.7e308, "total_usage": -1.7e308}}), now=NOW)


def test_rows_add_up_per_day_and_model() -> None:
    rows = spend(ROW, ROW, {**ROW, "endpoint_id": "f"}, {**ROW, "model_permaslug": None}, {**ROW, "date": "2030-01-08"})
    second, eighth = date(2030, 1, 2), date(2030, 1, 8)
    assert rows == ((second, "a/b", 0.02), (second, "a/b-1", 0.04), (eighth, "a/b-1", 0.02))


def test_window_is_30_days_and_older_rows_are_not_looked_at() -> None:
    assert spend({**ROW, "date": "2029-12-10"}) != ()
    assert spend({"date": "2029-12-09", "usage": "x"}) == ()


def test_optional_numbers_may_be_missing() -> None:
    row = {key: value for key, value in ROW.items() if key not in ("reasoning_tokens", "byok_usage_inference")}
    assert spend(row) == ((date(2030, 1, 2), "a/b-1", 0.02),)


@pytest.mark.parametrize(
    "rows",
    [
        [{**ROW, "date": "2030-01-09"}],
        [{**ROW, "date": "2030-02-30"}],
        [{**ROW, "date": "20300102"}],
        [{**ROW, "date": 20300102}],
        [ROW, {**ROW, "usage": 9}],
        [{**ROW, "prompt_tokens": 1.5}],
        [{**ROW, "prompt_tokens": "10"}],
        [{**ROW, "prompt_tokens": None}],
        [{**ROW, "completion_tokens": -1, "reasoning_tokens": 0}],
        [{**ROW, "requests": -1}],
        [{**ROW, "usage": -0.01}],
        [{**ROW, "usage": "0.02"}],
        [{**ROW, "byok_usage_inference": -1}],
        [{**ROW, "reasoning_tokens": 6}],
        [{**ROW, "model": None, "model_permaslug": None}],
        [{**ROW, "model": " ", "model_permaslug": ""}],
        [{**ROW, "model_permaslug": 5}],
        [{**ROW, "endpoint_id": 5}],
        [{**ROW, "usage": 1.7e308}, {**ROW, "usage": 1.7e308, "endpoint_id": "f"}],
        [7],
    ],
)
def test_one_impossible_row_discards_the_spend(rows: list[object]) -> None:
    with pytest.raises(ParseError) as caught:
        spend(*rows)
    assert caught.value.path != "$.data"


def test_too_many_rows_discard_the_spend() -> None:
    assert len(spend(*[ROW] * MOST_ROWS)) == 1
    with pytest.raises(ParseError):
        spend(*[ROW] * (MOST_ROWS + 1))
    distinct = [{**ROW, "endpoint_id": str(index)} for index in range(MOST_DISTINCT_ROWS + 1)]
    assert len(spend(*distinct[:-1])) == 1
    with pytest.raises(ParseError):
        spend(*distinct)


def test_own_provider_keys_make_an_estimate() -> None:
    summary = parse_activity([JsonView({"data": [{**ROW, "byok_usage_inference": 0.5}]})], now=NOW)
    assert summary.is_estimate
    assert [row.cost for row in summary.rows] == [0.52]


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("openrouter.ai/api/v1", "https://openrouter.ai/api/v1"),
        (" https://h/x// ", "https://h/x"),
        ("h:8443", "https://h:8443"),
    ],
)
def test_base_urls(text: str, base: str) -> None:
    assert check_base_url(text) is None
    assert base_url(text) == base


@pytest.mark.parametrize(
    "text", ["http://localhost", "https://u:p@h", "u@h/x", "https://a b", "https://h%2f", "ftp://h", "https://"]
)
def test_base_urls_that_are_refused(text: str) -> None:
    assert str(check_base_url(text)).startswith("OPENROUTER_API_URL must use HTTPS or a bare host.")
