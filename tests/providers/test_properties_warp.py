"""Whatever Warp answers: a snapshot or a ProviderError, and never the key in a message."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codexbar_providers.warp.api import os_words, refusal
from codexbar_providers.warp.parse import (
    join_reasons,
    local_zone,
    parse_flag,
    parse_integer,
    parse_limits,
    parse_refusal,
)
from codexbar_qt.provider_api import (
    AuthRejected,
    HttpResponse,
    JsonView,
    ParseError,
    ProviderError,
    RateLimited,
    Secret,
    ServiceUnavailable,
    SystemInfo,
)

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)
KEY = Secret("test-key-1")
NUMBERS = st.floats() | st.integers() | st.sampled_from([2**63, -(2**63), 10**400, 1e308])
TIMES = st.sampled_from(["2030-03-01T10:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "soon"])
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=6) | NUMBERS.map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
GRANT = st.fixed_dictionaries(
    {},
    optional={
        "requestCreditsGranted": NUMBERS | JSON,
        "requestCreditsRemaining": NUMBERS | JSON,
        "expiration": TIMES | JSON,
    },
)
GRANTS = st.lists(GRANT | JSON, max_size=4) | JSON
LIMITS = st.fixed_dictionaries(
    {},
    optional={
        "isUnlimited": st.booleans() | JSON,
        "nextRefreshTime": TIMES | JSON,
        "requestLimit": NUMBERS | JSON,
        "requestsUsedSinceLastRefresh": NUMBERS | JSON,
    },
)
SPACE = st.fixed_dictionaries({"bonusGrantsInfo": st.fixed_dictionaries({"grants": GRANTS}) | JSON})
USER = st.fixed_dictionaries(
    {}, optional={"requestLimitInfo": LIMITS | JSON, "bonusGrants": GRANTS, "workspaces": st.lists(SPACE | JSON) | JSON}
)
OUTPUT = st.fixed_dictionaries({}, optional={"__typename": st.just("UserOutput") | JSON, "user": USER | JSON})
ANSWERS = st.fixed_dictionaries(
    {}, optional={"data": st.fixed_dictionaries({"user": OUTPUT | JSON}) | JSON, "errors": JSON}
)
ZONES = st.sampled_from(["UTC", "Asia/Tokyo", "America/Sao_Paulo", "Pacific/Kiritimati", "Pacific/Pago_Pago"])


@given(ANSWERS | JSON, ZONES)
def test_answers_are_read_or_refused(answer: object, zone: str) -> None:
    body = JsonView(answer)
    try:
        reasons = parse_refusal(body)
        snapshot = parse_limits(body, now=NOW, zone=ZoneInfo(zone))
    except ProviderError as error:
        assert isinstance(error, ParseError)
        assert error.path.startswith("$")
        return
    assert reasons is None or isinstance(reasons, str)
    assert snapshot.primary is not None
    for window in (snapshot.primary, snapshot.secondary):
        assert window is None or 0 <= window.used_percent <= 100
    resets = snapshot.primary.resets_at
    assert resets is None or resets.utcoffset() == timedelta(0)
    if snapshot.primary.reset_description == "Unlimited":
        assert (snapshot.primary.used_percent, resets) == (0, None)


@given(JSON)
def test_numbers_and_flags(value: object) -> None:
    assert abs(parse_integer(value)) < 2**64
    assert parse_flag(value) in (True, False)


@given(st.integers(-(2**63) + 1, 2**63 - 1))
def test_a_whole_number_is_itself_however_it_is_written(number: int) -> None:
    assert parse_integer(number) == parse_integer(str(number)) == parse_integer(f" {number} ") == number


@given(JSON)
def test_at_most_three_reasons_are_told(errors: object) -> None:
    told = join_reasons(errors)
    most = len(errors) if isinstance(errors, list) else 0
    assert bool(told) <= bool(most)
    reasons = ["a", {"message": "b"}, {"message": 1}, "c", "d"]
    assert join_reasons(reasons) == "a | b | c"


@given(
    st.integers(201, 599),
    st.text(max_size=300) | JSON.map(json.dumps),
    st.sampled_from(["", "test-key-1", "Bearer test-key-1", "x" * 195 + "test-key-1"]),
)
def test_no_refusal_tells_the_key_or_much(status: int, body: str, secret: str) -> None:
    answer = HttpResponse(status, (secret + body).encode("utf-8", "replace"), "https://app.warp.dev/", NOW)
    error = refusal(answer, KEY)
    assert "test-key-1" not in error.message
    assert len(error.message) < 290
    assert "\n" not in error.message
    assert error.message.startswith(f"Warp API error ({status}): ")
    expected = {401: AuthRejected, 403: AuthRejected, 429: RateLimited}.get(status)
    if expected is not None or status >= 500:
        assert isinstance(error, expected or ServiceUnavailable)


@given(st.text(max_size=20))
def test_a_version_has_three_numbers(release: str) -> None:
    words = os_words(SystemInfo("linux", os_version=release))
    assert words["category"] == words["name"] == "Linux"
    assert [part.isascii() and part.isdigit() for part in words["version"].split(".")] == [True, True, True]


@pytest.mark.parametrize("name", ["", "nowhere", "../etc/passwd", "/etc/localtime", "\x00", "Europe"])
def test_a_zone_that_is_not_known_is_utc(name: str) -> None:
    assert local_zone(name) is UTC


def test_a_megabyte_of_one_sign_is_no_trap() -> None:
    for text in ("bearer ", "bearer\t", " ", "[", '{"a":', "9"):
        answer = HttpResponse(500, (text * (1_000_000 // len(text))).encode(), "https://app.warp.dev/", NOW)
        assert len(refusal(answer, KEY).message) < 290
