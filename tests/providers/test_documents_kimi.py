"""Kimi's documents: the variants that differ in one value."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from codexbar_providers.kimi.code_api import check_base_url, usages_url
from codexbar_providers.kimi.parse import (
    parse_cli_login,
    parse_code_usage,
    parse_membership,
    parse_web_usage,
)
from codexbar_providers.kimi.site import site_headers
from codexbar_providers.kimi.token import extract_token
from codexbar_qt.provider_api import JsonView, ParseError, RateWindow, Secret, Snapshot

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)
RESET = "2030-01-09T15:23:13.716839300Z"


def usage(detail: object, *limits: object) -> Snapshot:
    return parse_code_usage(JsonView({"usage": detail, "limits": list(limits)}), now=NOW)


def weekly(**detail: object) -> RateWindow:
    window = usage({"limit": "100", **detail}).primary
    assert window is not None
    return window


@pytest.mark.parametrize(
    ("detail", "percent", "told", "minutes"),
    [
        ({"used": 90.0}, 90, "90/100 requests", 10080),
        ({"used": " 90"}, 0, "0/100 requests", None),
        ({"remaining": "30"}, 70, "70/100 requests", 10080),
        ({"used": "120", "remaining": "90"}, 100, "120/100 requests", 10080),
        ({"used": 1.5, "remaining": 90}, 10, "10/100 requests", 10080),
        ({"used": True, "remaining": 90}, 10, "10/100 requests", 10080),
        ({"used": -1, "remaining": 101}, 0, "0/100 requests", None),
        ({"remaining": -1}, 0, "0/100 requests", None),
        ({"used": "9" * 40}, 0, "0/100 requests", None),
    ],
)
def test_counts(detail: dict[str, object], percent: float, told: str, minutes: int | None) -> None:
    window = weekly(**detail)
    assert (window.used_percent, window.reset_description, window.window_minutes) == (percent, told, minutes)


@pytest.mark.parametrize("limit", [0, -5, 10.5, "many", "", True, 1e300, [], {}])
def test_without_a_limit_above_zero_there_is_no_lane(limit: object) -> None:
    assert usage({"limit": limit, "used": 0}).windows == ()


@pytest.mark.parametrize("field", ["resetTime", "resetAt", "reset_time", "reset_at"])
def test_reset_has_four_names(field: str) -> None:
    assert weekly(used=1, **{field: "2030-01-10T08:00:00+08:00"}).resets_at == datetime(2030, 1, 10, tzinfo=UTC)


def test_first_reset_name_wins() -> None:
    window = weekly(used=1, reset_at="2030-01-12T00:00:00Z", resetAt="2030-01-11T00:00:00Z", resetTime=None)
    assert window.resets_at == datetime(2030, 1, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("limit", "tier"), [(1024, "Andante"), ("2048", "Moderato"), (7168.0, "Allegretto"), (1025, None)]
)
def test_weekly_limit_names_the_plan(limit: object, tier: str | None) -> None:
    identity = usage({"limit": limit}).identity
    assert identity is not None
    assert identity.login_method == tier


@pytest.mark.parametrize(
    ("window", "minutes", "told"),
    [
        (None, 300, " per 5 hours"),
        ({"duration": 5, "timeUnit": "TIME_UNIT_HOUR"}, 300, " per 5 hours"),
        ({"duration": "60", "timeUnit": "TIME_UNIT_MINUTE"}, 60, " per 1 hour"),
        ({"duration": 90, "timeUnit": "TIME_UNIT_MINUTE"}, 90, " per 90 minutes"),
        ({"duration": 1, "timeUnit": "TIME_UNIT_MINUTE"}, 1, " per 1 minute"),
        ({"duration": 2, "timeUnit": "TIME_UNIT_DAY"}, 2880, " per 48 hours"),
        ({"duration": 5, "timeUnit": "TIME_UNIT_WEEK"}, None, ""),
        ({"duration": 0, "timeUnit": "TIME_UNIT_HOUR"}, None, ""),
        ({"duration": 5}, None, ""),
        ({}, None, ""),
        ("5h", None, ""),
    ],
)
def test_session_length(window: object, minutes: int | None, told: str) -> None:
    session = usage({"limit": 1}, {"window": window, "detail": {"limit": 60, "used": 12}}).secondary
    assert session is not None
    assert (session.window_minutes, session.reset_description) == (minutes, f"Rate: 12/60{told}")


def test_session_without_limit_above_zero_is_no_lane() -> None:
    assert usage({"limit": 10}, {"detail": {"limit": 0}}).secondary is None


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ([], "$"),
        ({"usage": []}, "$.usage"),
        ({"usage": {"limit": None}}, "$.usage.limit"),
        ({"usage": {"limit": 1}, "limits": {}}, "$.limits"),
        ({"usage": {"limit": 1}, "limits": [5]}, "$.limits[0]"),
        ({"usage": {"limit": 1}, "limits": [{"window": {}}]}, "$.limits[0].detail"),
        ({"usage": {"limit": 1}, "limits": [{"detail": {"used": 1}}]}, "$.limits[0].detail.limit"),
    ],
)
def test_code_usage_that_is_not_understood(body: object, path: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse_code_usage(JsonView(body), now=NOW)
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "$.usages"),
        ({"usages": [7, {"scope": None}, {"scope": "FEATURE_CODING_X", "detail": {"limit": 1}}]}, "$.usages"),
        ({"usages": [{"scope": "FEATURE_CODING"}]}, "$.usages[0].detail"),
    ],
)
def test_web_usage_that_is_not_understood(body: object, path: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse_web_usage(JsonView(body), now=NOW)
    assert caught.value.path == path


def lane_ids(body: object, primary: RateWindow | None = None) -> list[str]:
    return [lane.id for lane in parse_membership(JsonView(body), primary)]


@pytest.mark.parametrize(
    ("balance", "percent"),
    [
        ({"amountUsedRatio": 0.31, "feature": "FEATURE_OMNI", "type": "SUBSCRIPTION"}, 31),
        ({"amountUsedRatio": 1.4}, 100),
        ({"amountUsedRatio": -0.2, "feature": None}, 0),
        ({"amountUsedRatio": 0.3, "feature": "FEATURE_CHAT"}, None),
        ({"amountUsedRatio": 0.3, "feature": 7}, None),
        ({"amountUsedRatio": 0.3, "type": "GIFT"}, None),
        ({"amountUsedRatio": "0.3"}, None),
        ({"kimiCodeUsedRatio": 0.3}, None),
        ([], None),
    ],
)
def test_total_usage(balance: object, percent: float | None) -> None:
    lanes = parse_membership(JsonView({"subscriptionBalance": balance}), None)
    assert [lane.window.used_percent for lane in lanes] == ([] if percent is None else [pytest.approx(percent)])


WEEK = RateWindow(10, 10080, datetime(2030, 1, 9, 12, tzinfo=UTC))


@pytest.mark.parametrize(
    ("recent", "primary", "shown"),
    [
        ({"ratio": 0.11, "resetTime": "2030-01-09T12:05:00Z"}, WEEK, False),
        ({"ratio": 0.112, "resetTime": "2030-01-09T12:05:00Z"}, WEEK, True),
        ({"ratio": 0.1, "resetTime": "2030-01-09T12:05:01Z"}, WEEK, True),
        ({"ratio": 0.1}, WEEK, True),
        ({"ratio": 0.1, "resetTime": "2030-01-09T12:00:00Z"}, RateWindow(10, None, WEEK.resets_at), True),
        ({"ratio": 0.1, "resetTime": "2030-01-09T12:00:00Z"}, RateWindow(10, 10080, None), True),
        ({"ratio": 0.1, "resetTime": "2030-01-09T12:00:00Z"}, None, True),
        ({"ratio": 0.1, "enabled": False}, None, False),
        ({"ratio": 0.1, "enabled": None}, None, True),
        ({"enabled": True}, None, False),
    ],
)
def test_seven_day_lane(recent: object, primary: RateWindow | None, shown: bool) -> None:
    assert lane_ids({"ratelimitCode7d": recent}, primary) == (["kimi-code-7d"] if shown else [])


@pytest.mark.parametrize("body", [None, 1, "x", [], {}, {"ratelimitCode5h": {"ratio": 1}, "giftBalances": [1]}])
def test_membership_of_another_shape_adds_nothing(body: object) -> None:
    assert lane_ids(body) == []


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (None, None),
        ("", None),
        ("{", None),
        ("[]", None),
        ('{"access_token": " ", "refresh_token": ""}', None),
        ('{"access_token": 5, "refresh_token": null}', None),
        ('{"access_token": "a", "expires_at": 1894104061}', ("a", True)),
        ('{"access_token": "a", "expires_at": "1894104061.5"}', ("a", True)),
        ('{"access_token": "a", "expires_at": 1e300}', ("a", True)),
        ('{"access_token": "a", "expires_at": 1894104060}', ("a", False)),
        ('{"access_token": "a", "expires_at": "soon"}', ("a", False)),
        ('{"access_token": "a", "expires_at": null}', ("a", False)),
        ('{"access_token": "a"}', ("a", False)),
        ('{"refresh_token": "r", "expires_at": 1894104061}', ("", False)),
    ],
)
def test_cli_login(document: str | None, expected: tuple[str, bool] | None) -> None:
    found = parse_cli_login(document, now=NOW)
    assert (found and (found[0].reveal(), found[1])) == expected


@pytest.mark.parametrize(
    ("pasted", "token"),
    [
        ("kimi-auth=abc-1._+=/", "abc-1._+=/"),
        ("Cookie: theme=dark; KIMI-AUTH=abc; x=y", "abc"),
        ("kimi-auth: abc", "abc"),
        ("curl 'https://x' -H 'Cookie: kimi-auth=abc' -H 'a: b'", "abc"),
        ('curl "https://x" -H "cookie: a=b; kimi-auth=abc; c=d"', "abc"),
        (" eyJhIjoxfQ.e30.sig ", "eyJhIjoxfQ.e30.sig"),
        ("eyJhIjoxfQ.e30", None),
        ("eyJhIjoxfQ.e30.", None),
        ("eyJhIjoxfQ.e30.sig.more", None),
        ("abc.def.ghi", None),
        ("kimi-auth=", None),
        ("", None),
    ],
)
def test_token_extraction(pasted: str, token: str | None) -> None:
    found = extract_token(pasted)
    assert (found.reveal() if found else None) == token


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("https://h/coding/v1", "https://h/coding/v1/usages"),
        ("https://h/x/coding/v1//", "https://h/x/coding/v1/usages"),
        ("https://h/coding/", "https://h/coding/v1/usages"),
        ("https://h:8443", "https://h:8443/coding/v1/usages"),
        ("https://h/mycoding/v1?x=1#y", "https://h/mycoding/v1/coding/v1/usages"),
        ("https://h/v1", "https://h/v1/coding/v1/usages"),
    ],
)
def test_path_joining(base: str, url: str) -> None:
    assert usages_url(base) == url


@pytest.mark.parametrize("base", ["http://h", "h/coding", "https://u:p@h", "https://h%2fx", "https://a b", "ftp://h"])
def test_base_urls_that_are_refused(base: str) -> None:
    assert str(check_base_url(base)).startswith("Invalid request; the API URL (KIMI_CODE_BASE_URL) cannot be used. ")


def test_base_url_that_is_fine() -> None:
    assert check_base_url("https://h/coding") is None


def test_claims_that_are_no_texts_become_no_headers() -> None:
    headers = site_headers(Secret("eyJhIjoxfQ.eyJkZXZpY2VfaWQiOjEsInNzaWQiOiLDvCIsInN1YiI6InQifQ.sig"), "UTC")
    assert {name for name in headers if name.startswith("x-")} == {"x-language", "x-msh-platform", "x-traffic-id"}
