"""z.ai's documents: arbitrary ones are read or refused, percentages stay in 0-100, and times have a zone."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from codexbar_providers.zai.answers import require_success
from codexbar_providers.zai.api import local_zone, usage_query
from codexbar_providers.zai.details import quota_details, rate_row
from codexbar_providers.zai.endpoints import check_api_host, region_of, with_type
from codexbar_providers.zai.quota import lay_out, parse_quota
from codexbar_providers.zai.spending import parse_balance, parse_model_usage
from codexbar_qt.provider_api import JsonView, ParseError, ProviderError

if TYPE_CHECKING:
    from codexbar_qt.provider_api import DetailSection

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)
NUMBER = st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBER | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
MAYBE = st.none() | NUMBER
KINDS = st.sampled_from(["TOKENS_LIMIT", "CREDIT_LIMIT", "TIME_LIMIT", "FUTURE_LIMIT"])
LIMIT = st.fixed_dictionaries(
    {"type": KINDS, "unit": st.integers(0, 9), "number": st.integers(-2, 10**12), "percentage": NUMBER},
    optional={
        "usage": MAYBE,
        "currentValue": MAYBE,
        "remaining": MAYBE,
        "nextResetTime": MAYBE,
        "usageDetails": st.lists(
            st.fixed_dictionaries({"modelCode": st.text(max_size=8), "usage": NUMBER}), max_size=30
        ),
    },
)
GOOD_QUOTA = st.builds(
    lambda limits, level: {"code": 200, "success": True, "data": {"limits": limits, "level": level}},
    st.lists(LIMIT, max_size=6),
    st.text(max_size=8) | JSON,
)
ENVELOPE = st.fixed_dictionaries(
    {}, optional={"code": st.just(200) | JSON, "success": st.just(True) | JSON, "msg": JSON, "data": JSON}
)
MODEL = st.fixed_dictionaries(
    {"modelName": st.text(max_size=4), "tokensUsage": st.lists(st.none() | NUMBER, max_size=6)}
)
USAGE = st.builds(
    lambda times, models: {"success": True, "data": {"x_time": times, "modelDataList": models}},
    st.lists(st.text(max_size=8), max_size=6),
    st.lists(MODEL | JSON, max_size=4),
)
BALANCE = st.fixed_dictionaries(
    {},
    optional={
        name: MAYBE | JSON
        for name in ("availableBalance", "balance", "rechargeAmount", "giveAmount", "totalSpendAmount")
    },
)
TIMES = st.integers(10**9, 4 * 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
ZONES = st.sampled_from(["UTC", "Asia/Shanghai", "America/New_York", "Asia/Kathmandu", "nowhere", "", "../x"])


@given(JSON | ENVELOPE)
def test_any_answer_is_a_success_or_refused(body: Any) -> None:
    for parse in (require_success, parse_quota, parse_balance):
        try:
            parse(JsonView(body))
        except ProviderError as error:
            assert error.message
    try:
        parse_model_usage(JsonView(body), "Hourly tokens")
    except ParseError as error:
        assert error.message


@given(GOOD_QUOTA)
def test_every_quota_of_the_right_shape_is_shown(body: Any) -> None:
    quota = parse_quota(JsonView(body))
    layout = lay_out(quota)
    windows = [layout.primary, *([layout.secondary] if layout.secondary else []), *(one.window for one in layout.extra)]
    for window in windows:
        assert 0 <= window.used_percent <= 100
        assert window.resets_at is None or window.resets_at.utcoffset() == timedelta(0)
        assert window.window_minutes is None or 0 < window.window_minutes < 2**31
    described = [window.reset_description for window in windows].count("MCP")
    assert described == (quota.calls is not None)
    assert quota.plan is None or quota.plan == quota.plan.strip() != ""
    check_section(quota_details(quota, None, NOW))


@given(st.lists(LIMIT, min_size=2, max_size=6))
def test_the_order_of_the_limits_does_not_matter(limits: list[dict[str, object]]) -> None:
    lanes = parse_quota(JsonView({"code": 200, "success": True, "data": {"limits": limits}})).lanes
    known = [lane.minutes for lane in lanes if lane.minutes is not None]
    assert known == sorted(known)
    assert all(lane.minutes is None for lane in lanes[len(known) :])


@given(USAGE)
def test_model_usage_is_read_or_refused(body: Any) -> None:
    try:
        section = parse_model_usage(JsonView(body), "Daily tokens")
    except ParseError as error:
        assert error.path
        return
    check_section(section)
    if section is not None:
        assert section.chart is not None
        assert all(point.value > 0 and math.isfinite(point.value) for point in section.chart.points)
        assert len(section.rows) <= 20


@given(BALANCE)
def test_a_balance_is_read_or_refused(data: Any) -> None:
    try:
        row = parse_balance(JsonView({"success": True, "data": data}))
    except ParseError as error:
        assert error.path
        return
    if row is not None:
        assert "¥" in row.value
        assert row.secondary_value is None or row.secondary_value.strip()


@given(TIMES)
def test_the_rate_changes_when_it_says(now: datetime) -> None:
    row = rate_row(now)
    peak = now.weekday() < 5 and 6 <= now.hour < 10
    assert row.value == ("Peak" if peak else "Off-peak")
    told = str(row.secondary_value).removeprefix("off-peak in ").removeprefix("peak in ")
    units = {"d": 1440, "h": 60, "m": 1}
    minutes = sum(int(part[:-1]) * units[part[-1]] for part in told.split())
    # Minutes are rounded up, and left out where there are days.
    then = now + timedelta(minutes=minutes + (59 if "d" in told else 0))
    assert 0 < minutes <= 3 * 1440
    assert rate_row(then).value != row.value


@given(TIMES, st.sampled_from([1, 30]), ZONES)
def test_the_stamps_are_whole_local_days_and_hours(now: datetime, days: int, name: str) -> None:
    zone = local_zone(name)
    query = usage_query(now, days, zone)
    local = now.astimezone(zone)
    begins, ends = (part.partition("=")[2] for part in query.split("&"))
    assert begins == f"{local.date() - timedelta(days=days)}%2000%3A00%3A00"
    assert ends == f"{local.date()}%20{local.hour:02d}%3A59%3A59"


@given(st.text(max_size=40) | st.builds("https://{}".format, st.text(max_size=40)))
def test_any_address_is_taken_or_refused_with_a_sentence(text: str) -> None:
    complaint = check_api_host(text)
    assert complaint is None or complaint.startswith("Z_AI_API_HOST must use HTTPS or a bare host. ")
    if complaint is None:
        region_of(text)


@given(st.lists(st.sampled_from(["a=1", "type=7", "b", "types=1", "%74ype=3", "x=type"]), max_size=5))
def test_only_the_type_of_a_query_changes(parts: list[str]) -> None:
    query = with_type("https://example.com/q?" + "&".join(parts), 2).partition("?")[2].split("&")
    assert query == [part for part in parts if part not in ("type=7", "%74ype=3")] + ["type=2"]


def check_section(section: DetailSection | None) -> None:
    if section is not None:
        assert section.title
        assert len(section.rows) <= 24
        assert all(row.label.strip() and row.value.strip() for row in section.rows)
