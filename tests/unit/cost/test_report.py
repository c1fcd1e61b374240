"""Reports by hand: days, models, hours, today, coverage, projects (token-cost.md 7 and 9)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from codexbar_qt.cost.prices import built_in_table
from codexbar_qt.cost.report import build_report
from codexbar_qt.cost.report_values import CostReport, Coverage, HourSpend
from codexbar_qt.cost.sources import CostSource, cost_source
from codexbar_qt.cost.values import SLOT_SECONDS, Ledger, LeftOut, SessionUsage, TokenCounts, UsageBucket

TABLE = built_in_table()
NOW = datetime(2031, 1, 5, 10, 21, tzinfo=UTC)  # a Sunday
OPUS, HAIKU = "claude-opus-4-5-20251101", "claude-haiku-4-5"
MILLION = TokenCounts(input=1_000_000)


def source(name: str) -> CostSource:
    found = cost_source(name)
    assert found is not None
    return found


def bucket(
    when: str, model: str = OPUS, tokens: TokenCounts = MILLION, owner: str = "claude", requests: int = 1
) -> UsageBucket:
    at = int(datetime.fromisoformat(when).replace(tzinfo=UTC).timestamp()) // SLOT_SECONDS
    return UsageBucket(owner, at, model, False, False, requests, tokens)


def report(*buckets: UsageBucket, name: str = "claude", **facts: Any) -> CostReport:
    zone, days = facts.pop("zone", UTC), facts.pop("days", 30)
    ledger = Ledger(source(name).family, buckets, **facts)
    return build_report(ledger, source(name), TABLE, zone=zone, now=NOW, days=days)


def test_the_example_of_the_sheet() -> None:
    made = report(bucket("2031-01-05T10:15", tokens=TokenCounts(12, 50, 4000, 300, 200)))
    (day,) = made.days
    (model,) = day.models
    assert (made.tokens.total, made.cost, made.requests) == (4362, 0.005935, 1)
    assert (day.day, day.cost, day.tokens.total) == (date(2031, 1, 5), 0.005935, 4362)
    assert (model.name, model.cost, model.requests) == ("claude-opus-4-5", 0.005935, 1)
    assert (made.today_spend, made.models, made.coverage) == (day, day.models, Coverage(1, 0))
    assert made.hours == (HourSpend(6, 10, 4362, 0.005935),)
    assert (made.today, made.history_days, made.updated_at) == (date(2031, 1, 5), 30, NOW)
    assert (made.name, made.heading) == ("Claude", "Claude Cost (API-rate estimate)")
    assert made.prices == "built-in table of August 2026"


def test_days_and_models_are_in_order() -> None:
    made = report(
        bucket("2031-01-05T01:00", "mystery", TokenCounts(5)),
        bucket("2031-01-05T02:00", HAIKU),
        bucket("2031-01-04T23:45", "puzzle", TokenCounts(7)),
        bucket("2031-01-05T03:00", OPUS, requests=2),
        bucket("2031-01-05T04:00", HAIKU),
        bucket("2031-01-05T05:00", "puzzle", TokenCounts(9)),
    )
    assert [(day.day.day, day.cost, day.requests) for day in made.days] == [(4, None, 1), (5, 7.0, 6)]
    assert [(item.name, item.cost, item.tokens.input) for item in made.days[1].models] == [
        ("claude-opus-4-5", 5.0, 1_000_000),
        ("claude-haiku-4-5", 2.0, 2_000_000),
        ("puzzle", None, 9),
        ("mystery", None, 5),
    ]
    assert [(item.name, item.tokens.input) for item in made.models] == [
        ("claude-opus-4-5", 1_000_000),
        ("claude-haiku-4-5", 2_000_000),
        ("puzzle", 16),
        ("mystery", 5),
    ]
    assert (made.cost, made.requests, made.tokens.input, made.coverage) == (7.0, 7, 3_000_021, Coverage(1, 1))
    assert [(item.weekday, item.hour, item.tokens, item.cost) for item in made.hours] == [
        (5, 23, 7, None),
        (6, 1, 5, None),
        (6, 2, 1_000_000, 1.0),
        (6, 3, 1_000_000, 5.0),
        (6, 4, 1_000_000, 1.0),
        (6, 5, 9, None),
    ]


def test_names_that_are_the_same_model_are_one() -> None:
    made = report(bucket("2031-01-05T01:00", OPUS), bucket("2031-01-05T01:00", "us.anthropic.claude-opus-4-5-v1:0"))
    assert [(item.name, item.cost) for item in made.models] == [("claude-opus-4-5", 10.0)]


def test_the_window_is_strict_and_the_future_is_told() -> None:
    buckets = [
        bucket("2030-12-06T23:45"),
        bucket("2030-12-07T00:00"),
        bucket("2031-01-05T23:45"),
        bucket("2031-01-06T00:00", requests=3),
        bucket("2041-01-06T00:00", requests=2),
        bucket("2041-01-06T00:00", owner="vertexai"),
    ]
    made = report(*buckets, left_out=(LeftOut("broken_line", 1),))
    assert [day.day for day in made.days] == [date(2030, 12, 7), date(2031, 1, 5)]
    assert made.left_out == (LeftOut("broken_line", 1), LeftOut("future_row", 5))
    assert report(*buckets, days=31).days[0].day == date(2030, 12, 6)
    assert [day.day for day in report(*buckets, days=1).days] == [date(2031, 1, 5)]


def test_the_zone_decides_the_day() -> None:
    late = bucket("2031-01-04T18:15")
    (berlin,), (kathmandu,) = (report(late, zone=ZoneInfo(name)).days for name in ("Europe/Berlin", "Asia/Kathmandu"))
    assert (berlin.day, kathmandu.day) == (date(2031, 1, 4), date(2031, 1, 5))
    # At 10:21 UTC it is the 6th already where the clock is 14 hours ahead.
    assert report(zone=ZoneInfo("Pacific/Kiritimati")).today == date(2031, 1, 6)


def test_sources_of_one_family_do_not_mix() -> None:
    buckets = (bucket("2031-01-05T01:00"), bucket("2031-01-05T01:00", "claude-opus-4-5@20251101", owner="vertexai"))
    assert [item.name for item in report(*buckets).models] == ["claude-opus-4-5"]
    assert [item.name for item in report(*buckets, name="vertexai").models] == ["claude-opus-4-5@20251101"]


@pytest.mark.parametrize(
    ("buckets", "is_complete", "today", "known", "cost"),
    [
        ((), True, None, True, 0.0),
        ((), False, None, False, None),
        ((bucket("2031-01-04T01:00"),), False, None, True, 5.0),
        ((bucket("2031-01-05T01:00", "mystery"),), True, (None, 1_000_000), True, None),
        ((bucket("2031-01-05T01:00", "mystery"), bucket("2031-01-05T01:00")), True, (5.0, 2_000_000), True, 5.0),
    ],
)
def test_today(
    buckets: tuple[UsageBucket, ...],
    is_complete: bool,
    today: tuple[float | None, int] | None,
    known: bool,
    cost: float | None,
) -> None:
    made = report(*buckets, is_complete=is_complete)
    spend = made.today_spend
    assert (None if spend is None else (spend.cost, spend.tokens.total)) == today
    assert (made.is_zero_known, made.cost, made.is_complete) == (known, cost, is_complete)


def codex(when: str, tokens: int = 1_000_000, model: str = "gpt-5.5") -> UsageBucket:
    return bucket(when, model, TokenCounts(input=tokens), "codex")


def test_projects_and_their_sessions() -> None:
    sessions = (
        SessionUsage("s1", "codex", "/home/me/small", (codex("2031-01-05T01:00"),)),
        SessionUsage("s2", "codex", "/home/me/big/", (codex("2031-01-05T01:00"),)),
        SessionUsage("s3", "codex", "/home/me/big/", (codex("2031-01-04T01:00", 2_000_000),)),
        SessionUsage("s4", "codex", "C:\\work\\win", (codex("2031-01-05T01:00", 5, "unknown"),)),
        SessionUsage("s5", "codex", "", (codex("2031-01-05T01:00", 4, "unknown"),)),
        SessionUsage("s6", "codex", "/", (codex("2031-01-05T01:00", 3, "unknown"),)),
        SessionUsage("s7", "codex", "/home/me/old", (codex("2030-01-05T01:00"),)),
        SessionUsage("s8", "other", "/home/me/other", (codex("2031-01-05T01:00"),)),
    )
    made = report(name="codex", sessions=sessions)
    assert [(item.name, item.path, item.cost) for item in made.projects] == [
        ("big", "/home/me/big/", 15.0),
        ("small", "/home/me/small", 5.0),
        ("win", "C:\\work\\win", None),
        ("Unknown folder", "", None),
        ("/", "/", None),
    ]
    big = made.projects[0]
    assert [(item.name, item.cost, item.sessions) for item in big.sessions] == [("s3", 10.0, ()), ("s2", 5.0, ())]
    assert [(day.day.day, day.cost) for day in big.days] == [(4, 10.0), (5, 5.0)]
    assert [(item.name, item.cost) for item in big.models] == [("gpt-5.5", 15.0)]
    assert big.tokens.input == 3_000_000
    assert report(sessions=sessions).projects == ()


def test_when_the_logs_were_read() -> None:
    earlier = datetime(2031, 1, 5, 10, 0, tzinfo=UTC)
    made = build_report(Ledger("claude"), source("claude"), TABLE, zone=UTC, now=NOW, days=7, read_at=earlier)
    assert (made.updated_at, made.history_days) == (earlier, 7)
    assert report(duplicates=3).duplicates == 3
