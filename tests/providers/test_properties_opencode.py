"""Whatever OpenCode answers: values that can be shown, or an error of the contract, and never the session in it."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from codexbar_providers.opencode.billing import parse_billing, pay_as_you_go
from codexbar_providers.opencode.server import checked_text, is_signed_out, leads_to_sign_in
from codexbar_providers.opencode.session import pasted_session
from codexbar_providers.opencode.subscription import is_null, parse_subscription
from codexbar_providers.opencode.values import after, moment_of, number_of, seconds_of
from codexbar_providers.opencode.windows import find_usage, read_window
from codexbar_providers.opencode.workspace import parse_workspaces, workspace_in
from codexbar_qt.provider_api import HttpResponse, ParseError, ProviderError, Secret, Snapshot, cookie_pairs

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)
SESSION = Secret("auth=test-session-1; __Host-auth=test-session-2")
NUMBERS = st.floats() | st.integers() | st.sampled_from([2**63, -(2**63), 10**400, 1e308, 0.5, 1, 1e9, 2e12])
TIMES = st.sampled_from(["2030-03-01T10:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "soon", "1e309"])
KEYS = st.sampled_from(
    [
        *("rollingUsage", "rolling", "weekly_usage", "weekly", "usage", "data", "fiveHour", "perWeek", "renewAt"),
        *("usagePercent", "percent", "used", "limit", "resetInSec", "resetAt", "resetIn"),
        *("customerID", "monthlyUsage", "monthlyLimit", "balance", "subscription", "id"),
    ]
)
LEAVES = st.none() | st.booleans() | NUMBERS | st.text(max_size=6) | NUMBERS.map(str) | TIMES | st.just("wrk_A")
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)
PIECES = st.sampled_from(
    [
        *("rollingUsage:$R[1]={", "weeklyUsage:{", "}", "usagePercent:", "resetInSec:", "resetInSec:$R[3]=", ","),
        *("23", "-1", "99999999999999999999", "0.5", "null", "true", "$R[2]=", '"', "]=[],null)", "{", "customerID:"),
        *('"cus_X"', "monthlyUsage:", "monthlyLimit:", "balance:", "subscription:", 'id:"wrk_', 'A"', "1e400", "1e999"),
    ]
)
SCRIPTS = st.lists(PIECES | st.text(max_size=3), max_size=24).map("".join)
TEXTS = JSON.map(json.dumps) | SCRIPTS | st.text(max_size=60)


def check(snapshot: Snapshot) -> None:
    lanes = [snapshot.primary, snapshot.secondary, *(item.window for item in snapshot.extra_windows)]
    for window in lanes:
        assert window is None or 0 <= window.used_percent <= 100
        resets = window.resets_at if window else None
        assert resets is None or resets.utcoffset() == timedelta(0)


@given(TEXTS)
def test_subscriptions_are_read_or_refused(text: str) -> None:
    try:
        snapshot = parse_subscription(text, now=NOW)
    except ProviderError as error:
        assert isinstance(error, ParseError)
        return
    assert snapshot.primary is not None
    assert snapshot.tertiary is None
    check(snapshot)


@given(JSON)
def test_windows_are_found_or_not(document: object) -> None:
    found = find_usage(document, NOW)
    windows = [read_window(document, NOW), *((found.rolling, found.weekly) if found else ())]
    for window in windows:
        if window is not None:
            assert 0 <= window.percent <= 100
            assert window.reset_seconds is None or 0 <= window.reset_seconds < math.inf


@given(st.floats(0, 1e6), st.floats(1e-3, 1e6))
def test_computed_shares_are_never_taken_for_fractions(used: float, limit: float) -> None:
    window = read_window({"used": used, "limit": limit}, NOW)
    assert window is not None
    assert math.isclose(window.percent, min(100.0, used / limit * 100), abs_tol=1e-9)


@given(TEXTS)
def test_bills_are_read_or_not(text: str) -> None:
    bill = parse_billing(text)
    if bill is None:
        return
    assert 0 <= bill.used < math.inf
    assert 0 <= bill.limit < math.inf
    snapshot = pay_as_you_go(bill, now=NOW)
    assert (snapshot.primary is None) == (bill.limit == 0)
    check(snapshot)


@given(TEXTS)
def test_workspaces_are_ids(text: str) -> None:
    for found in (*parse_workspaces(text), *([workspace_in(text)] if workspace_in(text) else [])):
        assert found is not None
        assert found.startswith("wrk_")
        assert len(found) > len("wrk_")
        assert found.isascii()
        assert found.isprintable()
        assert not set(found) & set('"/?#% ')


@given(st.text(max_size=8).map(lambda end: f"wrk_A{end}") | st.text(max_size=30))
def test_an_id_stays_itself(text: str) -> None:
    found = workspace_in(text)
    if found is not None:
        assert workspace_in(found) == found
        assert workspace_in(f"https://opencode.ai/workspace/{found}/billing") == found


@given(JSON | st.text())
def test_numbers_and_times(value: object) -> None:
    number, seconds, moment = number_of(value), seconds_of(value), moment_of(value)
    assert number is None or math.isfinite(number)
    assert seconds is None or 0 <= seconds < 1e10
    assert moment is None or moment.utcoffset() == timedelta(0)
    assert after(NOW, seconds) is None or after(NOW, seconds) >= NOW  # type: ignore[operator]


@given(st.text(max_size=40))
def test_only_an_explicit_null_is_one(text: str) -> None:
    assert is_null(text) == (text.strip().lower() == "null" or text.strip().removesuffix(";").endswith("]=[],null)"))
    assert is_null(f" {text}]=[],null)\n")


@given(st.integers(200, 599), TEXTS, st.sampled_from(["", "test-session-1", SESSION.reveal(), "a@b.c"]))
def test_no_refusal_tells_the_session_or_much(status: int, text: str, said: str) -> None:
    body = json.dumps({"message": said + text}) if said else text
    answer = HttpResponse(status, body.encode("utf-8", "surrogatepass"), "https://opencode.ai/_server", NOW)
    try:
        assert checked_text(answer, SESSION) == body
    except ProviderError as error:
        assert "test-session" not in error.message
        assert "@" not in error.message
        assert error.message.isprintable()
        assert len(error.message) < 300


@given(st.text(max_size=40), st.text(max_size=40))
def test_sign_in_is_known(before: str, after_it: str) -> None:
    assert is_signed_out(f"{before}LogIn{after_it}".encode("utf-8", "replace"))
    assert not leads_to_sign_in(f"https://{before}.example.net/login")


@given(st.text(max_size=60) | st.text(max_size=20).map(lambda text: f"auth=a; {text}; x=y"))
def test_only_auth_cookies_leave(text: str) -> None:
    session = pasted_session(text)
    if session is not None:
        assert {name for name, _ in cookie_pairs(session.reveal())} <= {"auth", "__Host-auth"}


def test_a_megabyte_of_one_sign_is_no_trap() -> None:
    for text in (
        "rollingUsage",
        "rollingUsage:{usagePercent:",
        "customerID:",
        'id:"wrk_',
        "[",
        '{"a":',
        "9",
        "<title",
        " ",
    ):
        body = text * (1_000_000 // len(text))
        answer = HttpResponse(500, body.encode(), "https://opencode.ai/_server", NOW)
        assert parse_billing(body) is None
        assert len(parse_workspaces(body)) <= 1
        for read in (lambda: parse_subscription(body, now=NOW), lambda: checked_text(answer, SESSION)):  # noqa: B023
            try:
                read()
            except ProviderError as error:
                assert len(error.message) < 300
