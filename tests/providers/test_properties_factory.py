"""Whatever Factory, WorkOS, a file or a person gives: lanes that can be shown, a usable login, or a ParseError."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from codexbar_providers.factory.account import parse_account, user_of
from codexbar_providers.factory.api import parse_dotenv
from codexbar_providers.factory.limits import parse_limits
from codexbar_providers.factory.login import TOKEN_HOSTS, Login, bearer_of, header_for, variants
from codexbar_providers.factory.pasted import parse_pasted
from codexbar_providers.factory.session_file import parse_session
from codexbar_providers.factory.stored_tokens import tokens_of
from codexbar_providers.factory.times import local_zone
from codexbar_providers.factory.usage import parse_usage, used_percent
from codexbar_providers.factory.workos import parse_minted
from codexbar_qt.core.declared_types import is_sound
from codexbar_qt.provider_api import Cookie, JsonView, ParseError, RateWindow, Secret, Snapshot, StoredEntry

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)
ODD = st.sampled_from([10**400, -(10**400), 1e308, float("inf"), "NaN", "1e999", 1e12, 1e12 + 1, -1, 0, 100.05])
NUMBER = JSON | ODD | st.floats(-2, 200) | st.integers(0, 3 * 10**12)
TIME = (
    NUMBER | st.datetimes().map(lambda moment: moment.isoformat() + "Z") | st.sampled_from(["1930000000", "0001-01-01"])
)
WINDOW = st.fixed_dictionaries({"usedPercent": NUMBER}, optional={"windowEnd": TIME, "secondsRemaining": NUMBER})
POOL = st.fixed_dictionaries({"fiveHour": WINDOW | JSON, "weekly": WINDOW, "monthly": WINDOW})
LIMITS = st.fixed_dictionaries(
    {"usesTokenRateLimitsBilling": st.just(True) | JSON},
    optional={
        "limits": st.fixed_dictionaries({"standard": POOL | JSON}, optional={"core": POOL | JSON}) | JSON,
        "extraUsageBalanceCents": NUMBER,
        "overagePreference": JSON,
    },
)
LANE = st.fixed_dictionaries({}, optional={"userTokens": NUMBER, "totalAllowance": NUMBER, "usedRatio": NUMBER})
USAGE = st.fixed_dictionaries(
    {"usage": st.fixed_dictionaries({}, optional={"standard": LANE | JSON, "premium": LANE, "endDate": TIME}) | JSON}
)
ACCOUNT = st.fixed_dictionaries(
    {},
    optional={
        "organization": st.fixed_dictionaries(
            {},
            optional={
                "name": JSON,
                "subscription": st.fixed_dictionaries(
                    {},
                    optional={
                        "factoryTier": JSON,
                        "orbSubscription": st.fixed_dictionaries({"plan": st.fixed_dictionaries({"name": JSON})})
                        | JSON,
                    },
                )
                | JSON,
            },
        )
        | JSON,
        "userProfile": st.fixed_dictionaries({"id": st.text() | JSON}) | JSON,
    },
)
COOKIE = st.fixed_dictionaries(
    {"Name": st.text(max_size=6) | JSON, "Value": st.text(max_size=6) | JSON},
    optional={
        "Domain": st.sampled_from(["factory.ai", ".factory.ai", "app.factory.ai", "x.ai"]) | JSON,
        "Expires": TIME,
    },
)
SESSION = st.fixed_dictionaries(
    {}, optional={"cookies": st.lists(COOKIE | JSON, max_size=3) | JSON, "bearerToken": JSON, "refreshToken": JSON}
)
NAMES = st.sampled_from(["access-token", "session", "wos-session", "authjs.session-token", "__recent_auth", "theme"])
COOKIES = st.lists(
    st.builds(
        Cookie,
        NAMES,
        st.sampled_from(["a", "a.b", "c"]).map(Secret),
        st.sampled_from(["", "factory.ai", "app.factory.ai", "auth.factory.ai"]),
        host_only=st.booleans(),
    ),
    max_size=6,
).map(tuple)


def check_lane(window: RateWindow) -> None:
    assert is_sound(Snapshot(NOW, primary=window))
    assert 0 <= window.used_percent <= 100
    assert window.resets_at is None or window.resets_at.utcoffset() == timedelta()
    assert (window.resets_at is None) == (window.reset_description is None)


@given(LIMITS | JSON)
def test_any_limits_are_read_or_refused(body: Any) -> None:
    try:
        limits = parse_limits(JsonView(body), now=NOW, zone=local_zone("Asia/Tokyo"))
    except ParseError as error:
        assert error.path
        return
    if limits is not None:
        assert len(limits.lanes) == 3
        assert len(limits.core) in (0, 3)
        for window in (*limits.lanes, *(lane.window for lane in limits.core)):
            check_lane(window)
        assert is_sound(Snapshot(NOW, provider_cost=limits.balance))


@given(USAGE | JSON)
def test_any_usage_is_read_or_refused(body: Any) -> None:
    try:
        lanes = parse_usage(JsonView(body), zone=local_zone("nowhere"))
    except ParseError as error:
        assert error.path
        return
    assert any(lanes)
    for window in lanes:
        if window is not None:
            check_lane(window)


@given(st.floats(-1e15, 1e15), st.floats(-1e15, 1e15), st.none() | st.floats(-200, 200))
def test_percentages_stay_percentages(used: float, allowance: float, ratio: float | None) -> None:
    assert 0 <= used_percent(used, allowance, ratio) <= 100


@given(ACCOUNT | JSON)
def test_any_account_is_read_or_refused(body: Any) -> None:
    try:
        account = parse_account(JsonView(body))
    except ParseError as error:
        assert error.path
        return
    assert is_sound(Snapshot(NOW, identity=account.identity("droidCore")))
    assert user_of(account, Secret("a.b.c")).isascii()


@given(st.fixed_dictionaries({"access_token": JSON}, optional={"refresh_token": JSON}) | JSON)
def test_any_minted_token_can_be_sent(body: Any) -> None:
    try:
        minted = parse_minted(JsonView(body))
    except ParseError as error:
        assert error.path
        return
    assert minted.access_token.reveal().isprintable()


@given(st.text() | JSON.map(json.dumps) | SESSION.map(json.dumps))
def test_any_session_file_is_read(text: str) -> None:
    stored = parse_session(text, now=NOW)
    for cookie in stored.cookies:
        assert cookie.domain == "factory.ai" or cookie.domain.endswith(".factory.ai")
        assert cookie.value.reveal().isprintable()
        assert cookie.expires_at is None or cookie.expires_at >= NOW


@given(st.text() | st.text().map(lambda value: f"export FACTORY_API_KEY={value}"))
def test_any_key_file_is_read(text: str) -> None:
    key = parse_dotenv(text)
    assert key is None or key.reveal() in text


@given(st.text() | st.tuples(NAMES, st.text()).map("=".join) | st.text().map(lambda value: f"Bearer {value}"))
def test_any_pasted_text_is_read(text: str) -> None:
    login = parse_pasted(text)
    if login is not None:
        assert login.cookies or login.bearer
        assert all(cookie.value.reveal().isprintable() for cookie in login.cookies)
        assert login.bearer is None or login.bearer.reveal() in text


@given(COOKIES)
def test_cookies_go_where_they_may_in_every_variant(cookies: tuple[Cookie, ...]) -> None:
    login = Login(cookies, bearer_of(cookies))
    for variant in variants(login):
        assert set(variant.cookies) <= set(cookies)
        for host in TOKEN_HOSTS:
            header = header_for(variant.cookies, host)
            sent = [cookie for cookie in variant.cookies if cookie.domain in ("", "factory.ai", host)]
            assert (header is None) == (not sent)
            assert header is None or header.reveal().count("=") == len(sent)


@given(
    st.lists(
        st.builds(StoredEntry, st.just("local"), st.sampled_from(["a", "b"]), st.text() | NAMES, st.text().map(Secret))
    )
)
def test_any_page_storage_is_read(entries: list[StoredEntry]) -> None:
    found = [StoredEntry(item.kind, item.host, "workos:refresh-token", item.value) for item in entries]
    for access, refresh in tokens_of([*entries, *found]):
        assert access is None
        assert refresh.reveal().isprintable()
