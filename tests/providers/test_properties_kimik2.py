"""Whatever the relay answers: credits, or a ProviderError, and never a number or a time that is none."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from codexbar_providers.kimik2 import CONSUMED, REMAINING, TIME, parse_credits, parse_number, parse_time, tray_text
from codexbar_qt.provider_api import JsonView, ParseError, ProviderError

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)
NUMBERS = st.floats() | st.integers() | st.sampled_from([0, 1e12, 999_999_999_999, 1e308, 10**400])
TEXTS = st.text(max_size=8) | NUMBERS.map(str) | st.sampled_from(["2030-01-02T03:04:05Z", "1e309", "NaN", "1_0", "٣"])
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
KEYS = sorted({part for path in (*CONSUMED, *REMAINING, *TIME) for part in path.split(".")})
FIELDS = st.dictionaries(st.sampled_from(KEYS), NUMBERS | TEXTS | JSON, max_size=5)
PLACES = st.dictionaries(st.sampled_from(["usage", "credits"]), FIELDS | JSON, max_size=2)
OUTER = st.builds(lambda *parts: {key: value for part in parts for key, value in part.items()}, FIELDS, PLACES)
ANSWERS = st.builds(
    lambda root, inner: {**root, **inner},
    OUTER,
    st.dictionaries(st.sampled_from(["data", "result"]), OUTER | JSON, max_size=2),
)


@given(ANSWERS | JSON, st.none() | TEXTS)
def test_answers_are_read_or_refused(answer: object, header: str | None) -> None:
    try:
        snapshot = parse_credits(JsonView(answer), now=NOW, remaining_header=header)
    except ProviderError as error:
        assert isinstance(error, ParseError)
        assert not isinstance(answer, dict)
        return
    assert snapshot.primary is not None
    assert snapshot.identity is not None
    assert 0 <= snapshot.primary.used_percent <= 100
    assert snapshot.primary.resets_at is None
    assert snapshot.updated_at.utcoffset() == timedelta(0)
    told = snapshot.identity.login_method or ""
    amount = told.removeprefix("Credits: ").removesuffix(" left")
    assert float(amount) >= 0
    assert len(amount.partition(".")[2]) <= 2
    assert not amount.endswith("0") or "." not in amount
    assert tray_text(snapshot, {}) == f"{amount} credits left"


@given(JSON)
def test_a_number_is_finite_or_none(value: object) -> None:
    number = parse_number(value)
    assert number is None or math.isfinite(number)
    if isinstance(value, bool):
        assert number is None


@given(JSON)
def test_a_time_lies_after_1970_or_is_none(value: object) -> None:
    moment = parse_time(value)
    assert moment is None or (moment.utcoffset() == timedelta(0) and moment.timestamp() > 0)


@given(st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(9999, 1, 1)))  # noqa: DTZ001 - zones follow
def test_every_spelling_of_a_time_is_the_same_time(local: datetime) -> None:
    moment = local.replace(microsecond=0, tzinfo=UTC)
    seconds = int(moment.timestamp())
    assert parse_time(moment.isoformat()) == moment
    if seconds >= 1_000_000_000:
        assert parse_time(seconds * 1000) == parse_time(f"{seconds * 1000}") == moment
    assert parse_time(seconds) == parse_time(str(seconds)) == moment


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_the_share_is_that_of_both_amounts(consumed: int, remaining: int) -> None:
    window = parse_credits(JsonView({"total": consumed, "creditsLeft": remaining}), now=NOW).primary
    assert window is not None
    if consumed + remaining == 0:
        assert (window.used_percent, window.reset_description) == (0, None)
    else:
        assert math.isclose(window.used_percent, 100 * consumed / (consumed + remaining))
        assert window.reset_description == f"Credits: {consumed}/{consumed + remaining}"
