"""Whatever auggie prints, the site answers or the file holds: numbers that can be shown, or a ProviderError."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codexbar_providers.augment.account_status import local_zone, parse_account_status
from codexbar_providers.augment.renewal import is_alive
from codexbar_providers.augment.session import parse_stored, write_stored
from codexbar_providers.augment.usage import (
    AugmentUsage,
    Subscription,
    build_snapshot,
    parse_credits,
    parse_subscription,
    reset_words,
    usage_of_status,
)
from codexbar_qt.provider_api import HttpResponse, JsonView, ParseError

NOW = datetime(2030, 7, 3, 12, tzinfo=UTC)
FRAGMENTS = (
    "82,400 credits remaining",
    "Max Plan",
    "200,000 credits / month",
    "99999999999999999999999 credits / month",
    "5,000 remaining · 195,000 / 210,000 credits used",
    "0 / 0 credits used",
    "3 days remaining in this billing cycle (ends 7/6/2030)",
    "ends 2/30/2030",
    "ends 1/1/0001",
    "ends 12/31/9999",
    "│",
    "╭──╮",
    "\x1b[31m",
    "\n",
    " ",
    ",",
)
TEXTS = st.one_of(st.text(), st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=6))).map("".join))
NUMBERS = st.one_of(st.floats(), st.integers(), st.just(0), st.just(400))
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, st.text(max_size=8)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
CREDITS = st.fixed_dictionaries(
    {},
    optional={
        "usageUnitsRemaining": NUMBERS | JSON,
        "usageUnitsConsumedThisBillingCycle": NUMBERS | JSON,
        "usageUnitsAvailable": NUMBERS | JSON,
    },
)
SUBSCRIPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "planName": st.text() | JSON,
        "billingPeriodEnd": st.just("2030-07-14T00:00:00Z") | st.text() | JSON,
        "email": st.just("user@example.com") | JSON,
    },
)
STORED = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "name": st.sampled_from(("_session", "b")) | JSON,
            "value": st.text(max_size=6) | JSON,
            "domain": st.sampled_from(("augmentcode.com", "app.augmentcode.com", "evil.example.com")) | JSON,
            "expires": st.just("2031-01-01T00:00:00Z") | JSON,
        },
    ),
    max_size=4,
)
ZONES = st.sampled_from([UTC, ZoneInfo("Asia/Tokyo"), ZoneInfo("America/Sao_Paulo"), ZoneInfo("Pacific/Apia")])


def check_shown(usage: AugmentUsage) -> None:
    snapshot = build_snapshot(usage, now=NOW)
    assert snapshot.primary is not None
    assert 0 <= snapshot.primary.used_percent <= 100
    assert (snapshot.primary.resets_at is None) == (snapshot.primary.reset_description is None)
    if snapshot.primary.resets_at is not None:
        assert snapshot.primary.resets_at.utcoffset() == timedelta(0)
    for row in (row for section in snapshot.details for row in section.rows):
        assert set(row.value) <= set("0123456789,.-")


@given(TEXTS, ZONES)
def test_texts_are_read_or_refused(text: str, zone: tzinfo) -> None:
    try:
        status = parse_account_status(text, zone=zone)
    except ParseError:
        return
    assert status.used >= 0
    assert status.total >= 0
    check_shown(usage_of_status(status))


@given(CREDITS | JSON, SUBSCRIPTIONS | JSON)
def test_answers_are_read_or_refused(body: object, more: object) -> None:
    try:
        subscription = parse_subscription(JsonView(more))
    except ParseError:
        subscription = Subscription()
    try:
        usage = parse_credits(JsonView(body), subscription)
    except ParseError as error:
        assert error.message.startswith("Could not parse the Augment answer.")
        return
    check_shown(usage)


@given(STORED | JSON)
def test_stored_sessions_are_read_or_refused(document: object) -> None:
    try:
        cookies = parse_stored(json.dumps(document), now=NOW)
    except ParseError:
        return
    for cookie in cookies:
        assert cookie.domain in ("augmentcode.com", "app.augmentcode.com")
        assert cookie.expires_at is None or cookie.expires_at > NOW
        assert not {";", "\n", "\r"} & set(cookie.name + cookie.value.reveal())
    assert parse_stored(write_stored(cookies), now=NOW) == cookies


@given(st.text())
def test_any_text_is_a_stored_session_or_none(text: str) -> None:
    with contextlib.suppress(ParseError):
        assert parse_stored(text, now=NOW) == ()


@given(JSON, st.binary(max_size=20))
def test_any_answer_is_a_sign_of_life_or_not(body: object, raw: bytes) -> None:
    for content in (json.dumps(body).encode(), raw):
        assert is_alive(HttpResponse(200, content, "https://app.augmentcode.com", NOW)) in (True, False)


@given(st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)))  # noqa: DTZ001
def test_the_way_to_a_reset_has_words(moment: datetime) -> None:
    words = reset_words(moment.replace(tzinfo=UTC), NOW)
    assert words.startswith("Resets ")
    assert " 1 " not in words or not words.endswith("s")


@pytest.mark.parametrize("name", ["", "nowhere", "../etc/passwd", "/etc/localtime", "\x00", "Europe"])
def test_a_zone_that_is_not_known_is_utc(name: str) -> None:
    assert local_zone(name) is UTC


def test_a_megabyte_of_one_sign_is_no_trap() -> None:
    for sign in ("1", "1,", "credits ", "1 credits / month", "│", "\n", " ", "ends 1/", "1 / 1 "):
        try:
            parse_account_status(sign * (1_000_000 // len(sign)), zone=UTC)
        except ParseError:
            continue
