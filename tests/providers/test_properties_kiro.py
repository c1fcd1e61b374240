"""Whatever the CLI prints or the service answers: a value, or a ProviderError, and never a number that is none."""

from __future__ import annotations

import math
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codexbar_providers.kiro.api import UsageLimits, parse_usage_limits
from codexbar_providers.kiro.details import format_credits
from codexbar_providers.kiro.parse import (
    UsageReport,
    is_logged_out,
    local_zone,
    parse_context,
    parse_reset_date,
    parse_usage,
    parse_version,
    parse_whoami,
    plain_text,
)
from codexbar_providers.kiro.snapshot import Findings, build_snapshot
from codexbar_qt.provider_api import Identity, JsonView, ParseError, ProviderError

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2030, 6, 10, 12, tzinfo=UTC)
FRAGMENTS = (
    "Estimated Usage | resets on 2031-04-01 | KIRO PRO",
    "Estimated Usage |",
    "| KIRO FREE",
    "Plan: ",
    "Plan: Q Developer Pro",
    "managed by admin",
    "(310.50 of 1000 covered in plan)",
    "(0 of 0 covered",
    "(99999999999999999999 of 1 covered",
    "████ 31%",
    "█",
    "░ 5%",
    "resets on 02/29",
    "resets on 0000-00-00",
    "resets on 9999-12-31",
    "Bonus credits: 12.25/400 credits used, expires in 9 days",
    "Bonus credits:\n1./0",
    "expires in 99999 days",
    "Overages: Enabled",
    "Overages:",
    "Credits used: 12.",
    "Est. cost: $0.50 USD",
    "Context window: 3.5% used",
    "Tools 1%",
    "Your prompts 100%",
    "Logged in with",
    "logged in with Google",
    "Email: user@example.com",
    "user@example.com",
    "Not logged in",
    "Could not retrieve usage information",
    "\x1b[31m",
    "\x1b]0;t\x07",
    "\r\n",
    "\n",
    "\r",
    " ",
    "\x00",
)
OUTPUTS = st.one_of(st.text(), st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=8))).map("".join))
NUMBERS = st.one_of(st.floats(), st.integers(), st.just(1.93e9), st.just(1000.0))
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, st.text(max_size=6)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
ENTRIES = st.fixed_dictionaries(
    {},
    optional={
        "resourceType": st.just("CREDIT") | JSON,
        "currentUsageWithPrecision": NUMBERS | JSON,
        "usageLimitWithPrecision": NUMBERS | JSON,
        "currentOveragesWithPrecision": NUMBERS | JSON,
        "overageCapWithPrecision": NUMBERS | JSON,
        "overageCharges": NUMBERS | JSON,
        "overageRate": NUMBERS | JSON,
        "currency": st.just("EUR") | JSON,
        "nextDateReset": NUMBERS | JSON,
        "bonuses": JSON,
    },
)
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "usageBreakdownList": st.lists(ENTRIES, max_size=3) | JSON,
        "overageConfiguration": st.fixed_dictionaries({"overageStatus": st.just("ENABLED") | JSON}) | JSON,
        "nextDateReset": NUMBERS | JSON,
    },
)
AMOUNTS = st.floats(min_value=0, max_value=1e300)


@given(OUTPUTS)
def test_texts_are_read_or_refused(output: str) -> None:
    assert parse_context(output) is not None
    assert parse_whoami(output) is not None
    version = parse_version(output)
    assert version is None or all(part.isdigit() for part in version.split("."))
    assert is_logged_out(output) in (True, False)
    assert "\x1b" not in plain_text(output)
    assert "\r" not in plain_text(output)
    try:
        report = parse_usage(output)
    except ParseError as error:
        assert error.path == "/usage"
    else:
        assert report.plan.strip()
        assert "\n" not in report.plan


@given(OUTPUTS, st.sampled_from(["UTC", "Asia/Tokyo", "America/Sao_Paulo", "nowhere", ""]))
def test_every_report_gives_a_snapshot_of_finite_numbers(output: str, zone: str) -> None:
    try:
        report = parse_usage(output)
    except ParseError:
        return
    findings = Findings(report, account=parse_whoami(output), context=parse_context(output))
    assert_finite(asdict(build_snapshot(findings, now=NOW, time_zone=zone)))


@given(ANSWERS | JSON)
def test_answers_are_read_or_refused(answer: object) -> None:
    try:
        limits = parse_usage_limits(JsonView(answer))
    except ProviderError as error:
        assert isinstance(error, ParseError)
        return
    assert limits.plan_used >= 0
    assert limits.has_bonuses or limits.plan_used <= limits.limit
    assert limits.cap is None or (limits.overage_enabled and limits.cap >= 0)


@given(st.builds(UsageLimits, AMOUNTS, AMOUNTS, AMOUNTS, st.booleans(), cap=AMOUNTS, rate=AMOUNTS, charges=AMOUNTS))
def test_every_answer_gives_a_snapshot_of_finite_numbers(limits: UsageLimits) -> None:
    report = UsageReport("KIRO PRO", 31, 310.5, 1000)
    findings = Findings(report, account=Identity(), limits=limits)
    snapshot = build_snapshot(findings, now=NOW, time_zone="UTC")
    assert_finite(asdict(snapshot))
    assert all(window.window.used_percent <= 100 for window in snapshot.extra_windows)


@given(st.dates(), st.sampled_from(["UTC", "Asia/Tokyo", "America/Sao_Paulo", "Pacific/Apia", "America/New_York"]))
def test_a_printed_date_begins_at_local_midnight(day: date, name: str) -> None:
    zone = ZoneInfo(name)
    moment = parse_reset_date(f"{day:%Y-%m-%d}".zfill(10), now=NOW, zone=zone)
    if not 2 <= day.year <= 9998:
        return
    assert moment is not None
    assert moment.utcoffset() == timedelta(0)
    # Where a clock change swallows midnight the day begins a little later.
    local = moment.astimezone(zone)
    late = local.replace(tzinfo=UTC) - datetime(day.year, day.month, day.day, tzinfo=UTC)
    assert timedelta(0) <= late <= timedelta(days=1)


@given(st.dates(min_value=date(2028, 1, 1), max_value=date(2028, 12, 31)), st.datetimes())
def test_a_month_and_day_lies_in_the_coming_year(day: date, moment: datetime) -> None:
    if not 2 <= moment.year <= 9990:
        return
    now = moment.replace(tzinfo=UTC)
    reset = parse_reset_date(f"{day:%m/%d}", now=now, zone=UTC)
    if reset is None:
        assert (day.month, day.day) == (2, 29)
    else:
        assert timedelta(0) < reset - now <= timedelta(days=2 * 366 if (day.month, day.day) == (2, 29) else 366)


@given(st.text())
def test_any_word_is_a_date_or_none(word: str) -> None:
    moment = parse_reset_date(word, now=NOW, zone=UTC)
    assert moment is None or moment.tzinfo is UTC


@pytest.mark.parametrize("name", ["", "nowhere", "../etc/passwd", "/etc/localtime", "\x00", "Europe"])
def test_a_zone_that_is_not_known_is_utc(name: str) -> None:
    assert local_zone(name) is UTC


@given(st.floats(min_value=0, max_value=1e12))
def test_credits_are_whole_or_have_two_decimals(amount: float) -> None:
    text = format_credits(amount)
    assert text.isdigit() or len(text.partition(".")[2]) == 2
    assert abs(float(text) - amount) <= 0.0051


def test_a_megabyte_of_one_sign_is_no_trap() -> None:
    for sign in ("█", "|", "| ", "(", "Plan:", "expires in ", "a@", "1", "\n", "Overages:\n"):
        with pytest.raises(ParseError):
            parse_usage(sign * (1_000_000 // len(sign)))


def assert_finite(value: object) -> None:
    for number in numbers_in(value):
        assert math.isfinite(number)


def numbers_in(value: object) -> Iterator[float]:
    if isinstance(value, dict):
        for item in value.values():
            yield from numbers_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from numbers_in(item)
    elif isinstance(value, int | float):
        yield value
