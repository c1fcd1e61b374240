"""Whatever OpenRouter answers: amounts and percentages that are numbers, or a ParseError."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from codexbar_providers.openrouter.activity import DAYS, parse_activity
from codexbar_providers.openrouter.parse import parse_credits, parse_key
from codexbar_qt.core.declared_types import has_declared_types, is_sound
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
NUMBER = st.integers(-10, 10**6) | st.floats() | st.sampled_from([10**400, -(10**400), 1e308])
JSON = st.recursive(
    st.none() | st.booleans() | NUMBER | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
AMOUNT = st.none() | NUMBER
KEY_NUMBERS = ("limit", "limit_remaining", "usage", "usage_daily", "usage_weekly", "usage_monthly")
KEY = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(KEY_NUMBERS, AMOUNT),
        "limit_reset": st.sampled_from(["daily", "weekly", "monthly", "never"]) | JSON,
        "rate_limit": st.fixed_dictionaries({"requests": JSON, "interval": JSON}) | JSON,
    },
)
ODD_FIELDS = {
    "date": st.dates().map(str) | JSON,
    "model": JSON,
    "reasoning_tokens": JSON,
    "usage": NUMBER,
    "byok_usage_inference": NUMBER,
    "requests": JSON,
}
ACTIVITY_ROW = st.fixed_dictionaries({}, optional=ODD_FIELDS).map(lambda odd: {**ROW, **odd})


@given(JSON | st.fixed_dictionaries({"data": st.fixed_dictionaries({"total_credits": NUMBER, "total_usage": NUMBER})}))
def test_any_credits_are_read_or_refused(body: Any) -> None:
    try:
        snapshot = parse_credits(JsonView(body), now=NOW)
    except ParseError as error:
        assert error.path
        return
    assert is_sound(snapshot)
    meter = snapshot.details[0].rows[1].meter_percent
    assert meter is None or 0 <= meter <= 100
    assert all("-" not in row.value for row in snapshot.details[0].rows)


@given(JSON | st.fixed_dictionaries({"data": KEY}))
def test_any_key_is_read_or_refused(body: Any) -> None:
    try:
        window, section = parse_key(JsonView(body))
    except ParseError as error:
        assert error.path
        return
    assert window is None or 0 <= window.used_percent <= 100
    assert has_declared_types(section)
    assert section.rows


@given(JSON | st.fixed_dictionaries({"data": st.lists(ACTIVITY_ROW | JSON, max_size=4)}))
def test_any_activity_is_read_or_refused(body: Any) -> None:
    try:
        summary = parse_activity([JsonView(body)], now=NOW)
    except ParseError as error:
        assert error.path
        return
    assert has_declared_types(summary)
    assert summary.updated_at.utcoffset() == timedelta()
    for row in summary.rows:
        assert isfinite(row.cost)
        assert row.cost >= 0
        assert 0 <= row.reasoning_tokens <= row.output_tokens
        assert NOW.date() - timedelta(days=DAYS) < row.day <= NOW.date()
