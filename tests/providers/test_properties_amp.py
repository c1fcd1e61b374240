"""Whatever Amp prints, answers or serves: numbers that can be shown, or a ProviderError."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from codexbar_providers.amp.api import parse_answer
from codexbar_providers.amp.display_text import parse_display_text
from codexbar_providers.amp.page import parse_settings_page
from codexbar_providers.amp.sentences import quoted
from codexbar_providers.amp.usage import AmpUsage, build_snapshot, next_daily_reset, renewal
from codexbar_providers.amp.web import is_login_redirect, session_header
from codexbar_qt.provider_api import AuthRejected, JsonView, ParseError, ProviderError, Secret

NOW = datetime(2030, 8, 3, 12, tzinfo=UTC)
FRAGMENTS = (
    "Signed in as user@example.com (Example Works)",
    "Signed in as ",
    "Amp Free: ",
    "$4.50/$12 remaining",
    " (replenishes +$0.50/hour)",
    "$99999999999999999999/$0 remaining",
    "61% remaining today (resets daily)",
    "9999% remaining",
    "Subscription Solo: ",
    "Amp Solo Subscription: ",
    "70% other usage and 92% orb usage remaining - resets upon renewal in 12 days",
    "0% other usage and 999% orb usage remaining - resets upon renewal in 9999 months",
    "Individual credits: $12.50 remaining",
    "Individual credits: -$-1 remaining",
    "Workspace a: $7.25 remaining",
    "Workspace ",
    "log in",
    "\x1b[31m",
    "\n",
    "\r\n",
    " ",
    ",",
    "\x00",
)
TEXTS = st.one_of(st.text(), st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=6))).map("".join))
PIECES = (
    "freeTierUsage:",
    '"x/getFreeTierUsage/":',
    "{",
    "}",
    '"',
    "\\",
    "`",
    "quota:800,",
    "quota:-1e99,",
    "used:120.5,",
    "used:1e5,",
    "hourlyReplenishment:40,",
    "hourlyReplenishment:0.0,",
    "windowHours:20",
    "windowHours:1e80",
    "Sign in",
)
PAGES = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4))).map("".join)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), st.text(max_size=8)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "ok": st.booleans() | JSON,
        "result": st.fixed_dictionaries({}, optional={"displayText": TEXTS | JSON}) | JSON,
        "error": st.fixed_dictionaries({}, optional={"code": st.just("auth-required") | JSON, "message": TEXTS | JSON})
        | JSON,
    },
)


def check_shown(usage: AmpUsage) -> None:
    snapshot = build_snapshot(usage, now=NOW)
    for window in snapshot.windows:
        assert 0 <= window.used_percent <= 100
        assert window.window_minutes is None or window.window_minutes >= 0
        if window.resets_at is not None:
            assert window.resets_at.utcoffset() == timedelta(0)
            assert window.resets_at >= NOW
    assert all(len(section.rows) <= 24 for section in snapshot.details)
    assert "nan" not in repr(snapshot.details)
    assert "inf" not in repr([row.value for section in snapshot.details for row in section.rows])


@given(TEXTS)
def test_texts_are_read_or_refused(text: str) -> None:
    try:
        usage = parse_display_text(text)
    except (AuthRejected, ParseError):
        return
    check_shown(usage)


@given(PAGES | st.text())
def test_pages_are_read_or_refused(page: str) -> None:
    try:
        usage = parse_settings_page(page)
    except (AuthRejected, ParseError):
        return
    assert usage.free is not None
    assert math.isfinite(usage.free.used)
    check_shown(usage)


@given(ANSWERS | JSON)
def test_answers_are_read_or_refused(answer: object) -> None:
    try:
        text = parse_answer(JsonView(answer), Secret("test-key-1"))
    except ProviderError as error:
        assert "test-key-1" not in error.message
        assert error.message.isprintable()
        assert len(error.message) < 400
        return
    assert text.strip()


@given(st.datetimes(min_value=datetime(1990, 1, 2), max_value=datetime(9990, 1, 1)))  # noqa: DTZ001
def test_the_daily_reset_comes_within_a_day(moment: datetime) -> None:
    now = moment.replace(tzinfo=UTC)
    reset = next_daily_reset(now)
    assert reset is not None
    assert timedelta() < reset - now <= timedelta(hours=25)


@given(st.integers(0, 9999), st.datetimes(min_value=datetime(1990, 1, 2)))  # noqa: DTZ001
def test_months_keep_the_day_or_end_earlier(count: int, moment: datetime) -> None:
    now = moment.replace(tzinfo=UTC)
    at = renewal(count, "month", now)
    if at is not None:
        assert (at.year * 12 + at.month) - (now.year * 12 + now.month) == count
        assert at.day == now.day or at.day < now.day


@given(st.text())
def test_any_header_and_any_address_can_be_looked_at(text: str) -> None:
    header = session_header(text)
    assert header is None or all(part.strip().startswith("session=") for part in header.reveal().split("; "))
    assert is_login_redirect(text) in (True, False)
    assert len(quoted(text)) <= 201


def test_a_megabyte_of_one_sign_is_no_trap() -> None:
    for sign in ("{", "{}", '"', "freeTierUsage{", "freeTierUsage:{quota:", "quota:1,", "\\", "1", "`"):
        try:
            parse_settings_page(sign * (1_000_000 // len(sign)))
        except (AuthRejected, ParseError):
            continue
    for sign in ("Amp Free: ", "Workspace a", "9", "1,", "$", "subscription a:", "- ", "amp a subscription", "\n", " "):
        try:
            parse_display_text(sign * (1_000_000 // len(sign)))
        except (AuthRejected, ParseError):
            continue
