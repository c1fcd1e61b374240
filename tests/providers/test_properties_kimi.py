"""Whatever Kimi answers or its CLI keeps: lanes with percentages between 0 and 100 and aware times, or a ParseError."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from codexbar_providers.kimi import PROVIDER
from codexbar_providers.kimi.desktop import find_desktop_token
from codexbar_providers.kimi.parse import (
    parse_cli_login,
    parse_code_usage,
    parse_membership,
    parse_web_usage,
)
from codexbar_providers.kimi.sessions import token_of
from codexbar_providers.kimi.token import extract_token
from codexbar_qt.core.declared_types import is_sound
from codexbar_qt.provider_api import JsonView, ParseError, RateWindow, Secret, Snapshot
from codexbar_qt.provider_testing import Case, context_from_case
from codexbar_qt.provider_testing.case import RecordedFile, RecordedTable

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)
WEEK = RateWindow(10, 10080, datetime(2030, 1, 9, 12, tzinfo=UTC))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
ODD = st.sampled_from([10**400, -(10**400), 1e308, float("inf"), "NaN", "1e999", "9" * 15, "٣", " 5 "])
COUNT = JSON | ODD | st.integers(-5, 5000) | st.integers(-5, 5000).map(str)
TIME = (
    JSON
    | st.sampled_from(["2030-01-09T15:23:13.716839300Z", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+14:00"])
    | st.datetimes().map(lambda moment: moment.isoformat() + "Z")
)
DETAIL = st.fixed_dictionaries({"limit": COUNT}, optional={"used": COUNT, "remaining": COUNT, "resetTime": TIME})
WINDOW = st.fixed_dictionaries(
    {}, optional={"duration": COUNT, "timeUnit": st.sampled_from(["TIME_UNIT_HOUR", "TIME_UNIT_DAY", "x"]) | JSON}
)
ENTRY = st.fixed_dictionaries({"detail": DETAIL | JSON}, optional={"window": WINDOW | JSON})
LIMITS = st.lists(ENTRY | JSON, max_size=2) | JSON
RATIO = JSON | ODD | st.floats(-2, 3)
MEMBERSHIP = st.fixed_dictionaries(
    {},
    optional={
        "subscriptionBalance": st.fixed_dictionaries({}, optional={"amountUsedRatio": RATIO, "expireTime": TIME})
        | JSON,
        "ratelimitCode7d": st.fixed_dictionaries({}, optional={"ratio": RATIO, "resetTime": TIME, "enabled": JSON})
        | JSON,
    },
)


def check_snapshot(snapshot: Snapshot) -> None:
    assert is_sound(snapshot)
    for window in snapshot.windows:
        assert 0 <= window.used_percent <= 100
        assert window.window_minutes is None or window.window_minutes > 0
        assert window.resets_at is None or window.resets_at.utcoffset() == timedelta()


@given(JSON)
def test_any_document_is_read_or_refused(body: Any) -> None:
    for parse in (parse_code_usage, parse_web_usage):
        try:
            check_snapshot(parse(JsonView(body), now=NOW))
        except ParseError as error:
            assert error.path


@given(DETAIL, LIMITS)
def test_any_counts_are_read_or_refused(detail: Any, limits: Any) -> None:
    for body, parse in (
        ({"usage": detail, "limits": limits}, parse_code_usage),
        ({"usages": [{"scope": "FEATURE_CODING", "detail": detail, "limits": limits}]}, parse_web_usage),
    ):
        try:
            check_snapshot(parse(JsonView(body), now=NOW))
        except ParseError as error:
            assert error.path


@given(MEMBERSHIP | JSON)
def test_any_membership_is_read(body: Any) -> None:
    for lane in parse_membership(JsonView(body), WEEK):
        check_snapshot(Snapshot(NOW, primary=lane.window))


@given(
    st.none()
    | st.text()
    | JSON.map(json.dumps)
    | st.fixed_dictionaries({"access_token": JSON, "expires_at": COUNT}).map(json.dumps)
)
def test_any_login_file_is_read(text: str | None) -> None:
    found = parse_cli_login(text, now=NOW)
    assert found is None or isinstance(found[0], Secret)


@given(st.text())
def test_any_pasted_text_is_read(text: str) -> None:
    token = extract_token(text)
    assert token is None or (token and token.reveal() in text)


@given(
    st.text()
    | st.lists(st.tuples(st.sampled_from(["kimi-auth", "theme"]), st.text())).map(
        lambda pairs: ";".join(f"{name}={value}" for name, value in pairs)
    )
)
def test_any_cookie_header_is_read(header: str) -> None:
    token = token_of(Secret(header))
    assert token is None or (token and token.reveal() in header)


@given(JSON.filter(lambda cell: cell is None or isinstance(cell, str | int | float)))
def test_any_value_of_the_desktop_app_is_taken_or_left(cell: Any) -> None:
    row = [".kimi.com", "kimi-auth", cell if not isinstance(cell, int) or abs(cell) < 2**63 else 0, 1]
    table = RecordedTable(("host_key", "name", "value", "last_access_utc"), (tuple(row),))
    case = Case(
        "any", "Any.", NOW, {}, files={"~/.config/kimi-desktop/Cookies": RecordedFile(tables={"cookies": table})}
    )
    token = asyncio.run(find_desktop_token(context_from_case(case, PROVIDER)))
    assert token is None or token.reveal().isprintable()
