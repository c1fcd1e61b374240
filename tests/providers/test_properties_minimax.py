"""MiniMax's documents, pages and stored texts: arbitrary ones are read or refused, and what is read can be shown."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from codexbar_providers.minimax.answers import decode, require_success
from codexbar_providers.minimax.billing import BillingHistory, parse_billing
from codexbar_providers.minimax.endpoints import check_override, with_query
from codexbar_providers.minimax.page import local_zone, parse_page, visible_text
from codexbar_providers.minimax.pasted import Login, find_group_id, logins_of, parse_pasted
from codexbar_providers.minimax.remains import parse_remains
from codexbar_providers.minimax.services import in_order, named_window_minutes, service_name
from codexbar_providers.minimax.snapshot import make_snapshot
from codexbar_providers.minimax.subscription import parse_subscription
from codexbar_providers.minimax.tokens import (
    MOST_TOKENS,
    extract_group_id,
    extract_tokens,
    find_tokens,
    group_id_of_jwt,
    is_own_jwt,
)
from codexbar_qt.core.declared_types import is_sound
from codexbar_qt.provider_api import AuthRejected, ParseError, ProviderError, Secret, Snapshot, StoredEntry

if TYPE_CHECKING:
    from codexbar_providers.minimax.remains import Usage

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)
EPOCH = int(NOW.timestamp())
NUMBER = st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBER | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
LOOSE = NUMBER | st.none() | NUMBER.map(str) | st.text(max_size=6)
TIMES = st.integers(EPOCH - 10**6, EPOCH + 10**6).map(lambda seconds: seconds * 1000) | LOOSE
NAMES = st.sampled_from(["general", "video", "MiniMax-M2", "speech-hd", "Hailuo-2.3-Fast", "image-01", "music", "new"])
COUNTED = ("current_interval", "current_weekly")
MODEL = st.fixed_dictionaries(
    {},
    optional={
        "model_name": NAMES | JSON,
        **{f"{place}_{name}": LOOSE for place in COUNTED for name in ("total_count", "usage_count", "status")},
        **{f"{place}_remaining_percent": st.integers(-10, 110) | LOOSE for place in COUNTED},
        **{f"{place}{name}": TIMES for place in ("", "weekly_") for name in ("start_time", "end_time", "remains_time")},
        **{f"{place}_boost_permill": LOOSE for place in ("interval", "weekly")},
    },
)
SERVICE = st.fixed_dictionaries(
    {
        "service_type": st.sampled_from(["Text Generation", "Image", ""]) | JSON,
        "window_type": st.sampled_from(["5 hours", "Today", "今日", "5 小时", "Weekly", "0 hours", "9999 days"]) | JSON,
        "time_range": st.sampled_from(["10:00-15:00(UTC+8)", "2030/01/08 00:00 - 2030/01/09 00:00", "99:99-24:00"])
        | st.from_regex(r"\d{1,5}/\d{1,2}/\d{1,2} \d{1,2}:\d{2}", fullmatch=True)
        | JSON,
    },
    optional={"usage": LOOSE, "limit": LOOSE, "percent": LOOSE},
)
BASE = st.fixed_dictionaries(
    {}, optional={"status_code": st.sampled_from([0, "0", 1004, "1004", 7]) | JSON, "status_msg": JSON}
)
BODY = st.fixed_dictionaries(
    {},
    optional={
        "model_remains": st.lists(MODEL, max_size=4) | JSON,
        "services": st.lists(SERVICE, max_size=4) | JSON,
        "points_balance": LOOSE,
        "plan_name": JSON,
        "current_combo_card": JSON,
    },
)
DOCUMENT = st.fixed_dictionaries({"data": BODY}, optional={"base_resp": BASE | JSON}) | BODY | JSON
WORDS = st.sampled_from(
    [
        "Coding Plan Max",
        "Coding Plan ",
        "available usage 10 prompts / 5 hours",
        "12% used",
        "resets in 3 days",
        "resets at 23:59 (UTC+8)",
        "resets at 10:00 (Asia/Shanghai)",
        "resets at 10:00 (../../etc)",
        "resets in 9999999 days",
        "<script>",
        "</script>",
        '<script id="__NEXT_DATA__">',
        '{"model_remains": [{"model_name": "general", "current_interval_remaining_percent": 3}]}',
        '"planName": "Pro"',
        "<!--",
        "-->",
        "<p>",
        "<",
        ">",
        "&lt;",
        "sign in",
    ]
)
PAGE = st.lists(WORDS | st.text(max_size=8), max_size=8).map(" ".join)
RECORD = st.fixed_dictionaries(
    {},
    optional={
        "created_at": TIMES,
        "ymd": st.sampled_from(["2030-01-08", "20300101", "2029/12/30", "2030-02-31"]) | JSON,
        "consume_time": st.sampled_from(["2030-01-08 10:00:00", "2030/01/07 10:00:00"]) | JSON,
        "consume_token": LOOSE,
        "consume_input_token": LOOSE,
        "consume_cash": LOOSE,
        "method": JSON,
        "model": JSON,
        "result": st.sampled_from(["SUCCESS", "success", "FAIL"]) | JSON,
    },
)
BILLING = st.fixed_dictionaries({"charge_records": st.lists(RECORD, max_size=5) | JSON}, optional={"total_cnt": LOOSE})
ZONES = st.sampled_from(["UTC", "Asia/Shanghai", "America/New_York", "Asia/Kathmandu", "nowhere", "", "../x"])
SUBSCRIPTION = st.dictionaries(
    st.sampled_from(
        ["current_subscribe_end_time_ts", "current_subscribe_end_time", "renewal_date", "current_plan_x", "other"]
    ),
    LOOSE | st.sampled_from(["TokenPlanMax", "plus", "token plan ultra", "02/30/2030", "12/31/2030"]) | JSON,
    max_size=5,
)
CLAIMS = st.dictionaries(st.sampled_from(["iss", "GroupID", "groupId", "exp", "Mail", "x_group"]), JSON, max_size=4)
TOKEN = CLAIMS.map(
    lambda claims: (
        f"header-0000.{base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')}.signature-0"
    )
)
KEYED = st.dictionaries(
    st.sampled_from(["access_token", "token", "group", "persist"]), TOKEN | st.text(max_size=70) | JSON, max_size=3
)
STORED = (
    st.text(max_size=40) | KEYED.map(json.dumps) | KEYED.map(lambda value: json.dumps({"a": json.dumps(value)})) | TOKEN
)


@given(DOCUMENT)
def test_any_quota_document_is_shown_or_refused(document: Any) -> None:
    try:
        usage = parse_remains(document, now=NOW)
    except ProviderError as error:
        check_sentence(error)
        return
    check_usage(usage)


@given(st.builds(lambda models: {"data": {"model_remains": models}}, st.lists(MODEL, min_size=1, max_size=4)))
def test_every_document_with_models_is_shown(document: Any) -> None:
    if any(document["data"]["model_remains"]):
        check_usage(parse_remains(document, now=NOW))


@given(st.builds(lambda services: {"services": services}, st.lists(SERVICE, max_size=6)))
def test_listed_services_are_shown_or_missing(document: Any) -> None:
    try:
        usage = parse_remains(document, now=NOW)
    except ParseError:
        return
    check_usage(usage)
    assert usage.services


@given(PAGE, ZONES)
def test_any_page_is_shown_or_refused(page: str, zone: str) -> None:
    try:
        usage = parse_page(page, now=NOW, zone=local_zone(zone))
    except ProviderError as error:
        check_sentence(error)
        return
    check_usage(usage)


@given(PAGE)
def test_visible_text_has_no_tags_of_its_own(page: str) -> None:
    words = visible_text(page.replace("&", ""))
    assert words == " ".join(words.split())
    assert "<script" not in words
    assert "<p>" not in words


@given(SUBSCRIPTION | JSON)
def test_any_subscription_is_read_or_refused(document: Any) -> None:
    try:
        found = parse_subscription(document)
    except ProviderError as error:
        check_sentence(error)
        return
    assert found.plan or found.expires_at or found.renews_at
    for moment in (found.expires_at, found.renews_at):
        assert moment is None or moment.utcoffset() == timedelta(0)


@given(st.lists(BILLING, max_size=3), ZONES)
def test_any_billing_history_is_summed_or_refused(pages: list[Any], zone: str) -> None:
    history = BillingHistory(NOW, local_zone(zone))
    for page in pages:
        try:
            history.add(parse_billing(page, local_zone(zone)))
        except ProviderError as error:
            check_sentence(error)
    section = history.section()
    if section is not None:
        assert is_sound(Snapshot(NOW, details=(section,)))
        assert all(row.label.strip() and row.value.strip() for row in section.rows)
        assert section.chart is not None
        assert 1 <= len(section.chart.points) <= 31
        assert all(point.value >= 0 for point in section.chart.points)


@given(
    JSON | st.fixed_dictionaries({}, optional={"base_resp": BASE, "data": st.fixed_dictionaries({"base_resp": BASE})})
)
def test_any_answer_is_a_success_or_refused(document: Any) -> None:
    try:
        require_success(document, hidden=("test-secret-1",))
    except ProviderError as error:
        check_sentence(error)


@given(st.binary(max_size=40) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_body_is_decoded_or_refused(body: bytes) -> None:
    try:
        decode(body)
    except ParseError as error:
        check_sentence(error)


@given(st.lists(STORED, max_size=5))
def test_any_stored_text_gives_few_tokens_that_can_be_sent(texts: list[str]) -> None:
    hosts, kinds = ("minimax.io", "openplatform.minimax.io"), ("local", "session", "indexed")
    entries = [
        StoredEntry(kinds[place % 3], hosts[place % 2], "k", Secret(text))  # type: ignore[arg-type]  # a literal
        for place, text in enumerate(texts)
    ]
    found = find_tokens(entries, ("minimax.io",), NOW)
    assert len(found.tokens) <= MOST_TOKENS
    for token in found.tokens:
        assert len(token.reveal()) >= 20
        assert token.reveal().isascii()
        assert token.reveal().isprintable()
    assert len(found.group_id) <= 64
    assert not found.group_id or found.group_id.replace("-", "").replace("_", "").isalnum()


@given(STORED)
def test_any_text_is_searched(text: str) -> None:
    tokens = extract_tokens(text)
    assert len(set(tokens)) == len(tokens)
    assert all(len(token) >= 60 for token in tokens) or all(len(token) < 60 for token in tokens)
    for token in tokens:
        is_own_jwt(token)
        group_id_of_jwt(token)
    extract_group_id(text)


@given(st.text(max_size=60) | st.text(max_size=40).map("curl -H 'Cookie: {}'".format) | STORED.map("cookie: {}".format))
def test_any_pasted_text_is_a_login_or_none(text: str) -> None:
    login = parse_pasted(text)
    if login is None:
        return
    assert login.cookie is not None
    assert login.cookie.reveal() == login.cookie.reveal().strip() != ""
    assert not any(sign < " " for sign in login.cookie.reveal())
    ways = list(logins_of(login))
    assert ways[-1].bearer is None
    assert len({way.bearer for way in ways}) == len(ways)


@given(st.text(max_size=40) | st.builds("https://{}".format, st.text(max_size=40)))
def test_any_override_is_taken_or_refused_with_a_sentence(text: str) -> None:
    complaint = check_override("MINIMAX_HOST", text)
    assert complaint is None or complaint.startswith("MINIMAX_HOST cannot be used: ")
    place = re.split(r"[?#]", text, maxsplit=1)[0].strip()
    assert complaint or "://" not in place or place.lower().startswith("https://")
    assert complaint or not any(sign.isspace() or sign in "@%\\" for sign in place.split("/")[0])


@given(st.lists(st.sampled_from(["a=1", "GroupId=7", "b=", "a=2"]), max_size=5))
def test_only_the_named_parameter_of_a_query_changes(parts: list[str]) -> None:
    query = with_query("https://example.com/q?" + "&".join(parts), GroupId="12345").partition("?")[2].split("&")
    assert query == [part for part in parts if part != "GroupId=7"] + ["GroupId=12345"]


@given(st.text(max_size=30))
def test_names_of_all_kinds(text: str) -> None:
    assert service_name(text) == service_name(service_name(text)) or service_name(text) in ("general", "video")
    minutes = named_window_minutes(text)
    assert minutes is None or minutes > 0
    assert find_group_id(text) == "" or find_group_id(text).isdigit()


def test_a_login_shows_nothing() -> None:
    login = Login(Secret("a=test-cookie-1"), Secret("test-bearer-1"), "12345")
    assert repr(login) == "Login(cookie=Secret(***), bearer=Secret(***))"
    assert login.hidden() == {"a=test-cookie-1", "test-cookie-1", "test-bearer-1"}


def check_usage(usage: Usage) -> None:
    snapshot = make_snapshot(usage, NOW)
    assert is_sound(snapshot)
    assert snapshot.primary is not None
    for window in (snapshot.primary, snapshot.secondary, snapshot.tertiary):
        if window is None:
            continue
        assert 0 <= window.used_percent <= 100
        assert window.resets_at is None or (window.resets_at.utcoffset() == timedelta(0) and window.resets_at > NOW)
        assert window.window_minutes is None or window.window_minutes > 0
        assert window.reset_description is None or window.reset_description.strip()
    assert snapshot.tertiary is None or snapshot.tertiary.label
    order = [(not service.is_text, service.is_weekly) for service in in_order(usage.services)]
    assert order == sorted(order)
    assert len(snapshot.details) <= 1
    assert all(row.label.strip() and row.value.strip() for section in snapshot.details for row in section.rows)
    assert snapshot.provider_cost is None or snapshot.provider_cost.used >= 0
    assert snapshot.identity is None or (snapshot.identity.login_method or "").strip()


def check_sentence(error: ProviderError) -> None:
    assert error.message.endswith(".")
    assert error.message.isprintable()
    assert "!" not in error.message
    assert len(error.message) <= 300
    assert isinstance(error, AuthRejected) or "test-secret" not in error.message
