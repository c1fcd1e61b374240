"""The text of `usage` (cli.md 4.3): golden blocks, colors, reset styles, what is left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.cli.readings import Reading
from codexbar_qt.cli.usage_text import TextStyle, error_line, usage_block
from codexbar_qt.provider_api import (
    AuthRejected,
    ChartPoint,
    Credits,
    DetailChart,
    DetailRow,
    DetailSection,
    Identity,
    NamedWindow,
    ProviderCost,
    ProviderDescriptor,
    RateWindow,
    Snapshot,
    WindowSpec,
)

if TYPE_CHECKING:
    from collections.abc import Callable

DESCRIPTOR = ProviderDescriptor("alpha", "Alpha", "#000000", 1, windows=WindowSpec("Session", "Weekly", "Monthly"))
PLAIN = TextStyle()


def block(snapshot: Snapshot, now: datetime, style: TextStyle = PLAIN, **facts: object) -> str:
    descriptor = replace(DESCRIPTOR, **facts)  # type: ignore[arg-type]  # whatever the test wants to say
    return usage_block(Reading(descriptor, "cli", snapshot=snapshot), style, now)


def rich(now: datetime) -> Snapshot:
    chart = DetailChart("bars", (ChartPoint("Mon", 1.5), ChartPoint("Tue", 2000000.0)), "Spend", "USD")
    return Snapshot(
        updated_at=now,
        primary=RateWindow(28.4, 300, now + timedelta(hours=2, minutes=14)),
        secondary=RateWindow(99.5, 10080, None, "Resets in 3 days"),
        tertiary=RateWindow(140.0, None, now - timedelta(hours=1)),
        extra_windows=(
            NamedWindow("opus", "Opus", RateWindow(80.0, None, None, "Unlimited")),
            NamedWindow("spark", "Spark", RateWindow(0.0), usage_known=False),
        ),
        provider_cost=ProviderCost(12.3, 50.0, "USD", now, balance=7.5, personal_used=2.0),
        credits=Credits(112.4, now),
        details=(DetailSection((DetailRow("Requests", "5", "of 10"), DetailRow("Region", "EU")), "Usage", chart),),
        identity=Identity("user@example.com", "Example Org", "Pro"),
        note="Numbers may lag.",
        tool_version="2.1.4",
    )


def test_everything_at_once(now: datetime, golden: Callable[[str], str]) -> None:
    assert block(rich(now), now) + "\n" == golden("full.txt")


def test_a_date_is_a_line_without_a_bar(now: datetime) -> None:
    dates = [
        NamedWindow("renewal", "Renews", RateWindow(0.0, resets_at=moment), is_date=True) for moment in (now, None)
    ]
    assert block(Snapshot(now, extra_windows=tuple(dates)), now).splitlines()[1:] == ["Renews: Jan 8, 2030"]


def test_colors(now: datetime, golden: Callable[[str], str]) -> None:
    assert block(rich(now), now, TextStyle(colors=True)).replace("\x1b", "ESC") + "\n" == golden("colors.txt")


def test_credits_can_be_left_out(now: datetime) -> None:
    with_credits, without = block(rich(now), now), block(rich(now), now, TextStyle(show_credits=False))
    assert with_credits.replace("Credits: 112.4 left\n", "") == without != with_credits


@pytest.mark.parametrize(
    ("until", "told"),
    [
        (datetime(2030, 1, 8, 14, 15, tzinfo=UTC), "Resets 16:15"),
        (datetime(2030, 1, 9, 7, 0, tzinfo=UTC), "Resets tomorrow, 09:00"),
        (datetime(2030, 2, 4, 7, 0, tzinfo=UTC), "Resets Feb 4, 09:00"),
        (datetime(2030, 1, 8, 12, 0, tzinfo=UTC), "Resets now"),
    ],
)
def test_absolute_resets_are_local(now: datetime, until: datetime, told: str) -> None:
    style = TextStyle(absolute_resets=True, zone=timezone(timedelta(hours=2)))
    assert block(Snapshot(now, RateWindow(1.0, resets_at=until)), now, style).splitlines()[2] == told


@pytest.mark.parametrize(
    ("used", "line"),
    [
        (0.0, "Session: 100% left [============]"),
        (8.3, "Session: 92% left [===========-]"),
        (8.4, "Session: 92% left [----------]".replace("----------", "==========--")),
        (50.0, "Session: 50% left [======------]"),
        (91.7, "Session: 8% left [------------]"),
        (99.5, "Session: <1% left [------------]"),
        (100.0, "Session: 0% left [------------]"),
        (140.0, "Session: 0% left [------------]"),
        (-5.0, "Session: 100% left [============]"),
    ],
)
def test_bars_round_down_and_numbers_to_the_nearest(now: datetime, used: float, line: str) -> None:
    assert block(Snapshot(now, RateWindow(used)), now).splitlines()[1] == line


@pytest.mark.parametrize(("used", "code"), [(90.5, "31"), (90.0, "33"), (75.5, "33"), (75.0, "32"), (0.0, "32")])
def test_colors_follow_what_is_left(now: datetime, used: float, code: str) -> None:
    assert f" \x1b[{code}m" in block(Snapshot(now, RateWindow(used)), now, TextStyle(colors=True))


def test_details_are_not_resets_where_the_provider_says_so(now: datetime) -> None:
    window = RateWindow(10.0, resets_at=now + timedelta(minutes=45), reset_description="90/900 requests")
    assert block(Snapshot(now, window), now, details_are_not_resets=True).splitlines()[2:] == [
        "Resets in 45m",
        "90/900 requests",
    ]
    assert block(Snapshot(now, window), now).splitlines()[2:] == ["Resets in 45m"]


@pytest.mark.parametrize(
    ("cost", "line"),
    [
        (ProviderCost(12.345, 50.0, "USD", datetime(2030, 1, 1, tzinfo=UTC)), "Cost: 12.3 / 50.0"),
        (ProviderCost(12.0, 0.0, "USD", datetime(2030, 1, 1, tzinfo=UTC)), "Cost: 12.0"),
    ],
)
def test_cost_stands_in_for_a_missing_window(now: datetime, cost: ProviderCost, line: str) -> None:
    assert line in block(Snapshot(now, provider_cost=cost), now).splitlines()
    assert line not in block(Snapshot(now, RateWindow(1.0), provider_cost=cost), now).splitlines()


@pytest.mark.parametrize("window", [None, RateWindow(100.0)])
def test_a_share_of_a_quota_is_told_beside_the_window(now: datetime, window: RateWindow | None) -> None:
    lines = block(Snapshot(now, window, provider_cost=ProviderCost(130.2, 100.0, "Quota", now)), now).splitlines()
    assert lines[-1] == "Quota usage: 130%"
    assert not any(line.startswith("Cost:") for line in lines)


def test_balance_only(now: datetime) -> None:
    snapshot = Snapshot(now, identity=Identity(login_method="Balance: $31.07 · $2.00 in deficit"))
    assert block(snapshot, now, plan_label="Balance").splitlines() == [
        "== Alpha (cli) ==",
        "Balance: $31.07 · $2.00 in deficit",
    ]


@pytest.mark.parametrize(
    "snapshot",
    [Snapshot(datetime(2030, 1, 8, tzinfo=UTC)), Snapshot(datetime(2030, 1, 8, tzinfo=UTC), note="No limits here.")],
)
def test_nothing_to_measure(snapshot: Snapshot, now: datetime) -> None:
    assert block(snapshot, now).splitlines()[:2] == ["== Alpha (cli) ==", "Limits: not available"]


def test_login_method_is_no_plan_where_the_details_name_one(now: datetime) -> None:
    details = (DetailSection((DetailRow("Plan", "Kiro Pro"),), "Usage"),)
    lines = block(Snapshot(now, details=details, identity=Identity(login_method="Google")), now).splitlines()
    assert lines == ["== Alpha (cli) ==", "Plan: Kiro Pro", "Auth: Google"]


def test_hidden_personal_info(now: datetime) -> None:
    snapshot = replace(rich(now), note="Shared by user@example.com")
    text = block(snapshot, now, TextStyle(hide_personal_info=True))
    assert "@" not in text
    assert "Account:" not in text
    assert text.endswith("\nNote: Shared by")


def test_the_label_of_an_account_is_shown_when_no_address_is_known(now: datetime) -> None:
    reading = Reading(DESCRIPTOR, "api", "work", Snapshot(now, RateWindow(1.0)))
    assert usage_block(reading, PLAIN, now).splitlines()[-1] == "Account: work"


def test_services_cannot_steer_the_terminal(now: datetime) -> None:
    evil = "a\x1b[2Jb\x9bc\rd\ne\u202ef\x07"
    snapshot = Snapshot(
        now,
        RateWindow(1.0, reset_description=evil),
        extra_windows=(NamedWindow("x", evil, RateWindow(1.0)),),
        details=(
            DetailSection(
                (DetailRow(evil, evil, evil),), evil, DetailChart("bars", (ChartPoint(evil, 1.0),), evil, evil)
            ),
        ),
        identity=Identity(evil, evil, evil),
        note=evil,
        tool_version=evil,
    )
    text = block(snapshot, now)
    assert all(char.isprintable() or char == "\n" for char in text)
    assert len(text.splitlines()) == 9
    failed = Reading(DESCRIPTOR, "auto", evil, error=AuthRejected(evil))
    assert error_line(failed, PLAIN).isprintable()


def test_error_lines() -> None:
    failed = Reading(DESCRIPTOR, "auto", error=AuthRejected("Signed out. Sign in."))
    assert error_line(failed, PLAIN) == "Error: Signed out. Sign in."
    assert error_line(replace(failed, account="work"), PLAIN) == "Error (alpha - work): Signed out. Sign in."


def test_a_lane_without_a_limit_has_the_word_and_a_full_bar(now: datetime) -> None:
    endless = Snapshot(now, RateWindow(0.0, None, now + timedelta(days=2), "Unlimited"))
    lines = block(endless, now, details_are_not_resets=True).splitlines()
    assert lines[1:] == ["Session: Unlimited [============]"]


def test_details_stand_below_the_reset(now: datetime) -> None:
    both = Snapshot(
        now,
        RateWindow(5.0, None, now + timedelta(days=2), "45/900 credits"),
        RateWindow(85.0, reset_description="10 credits expires on Mar 1, 2030, 10:00"),
    )
    assert block(both, now, details_are_not_resets=True).splitlines()[1:] == [
        "Session: 95% left [===========-]",
        "Resets in 2d",
        "45/900 credits",
        "Weekly: 15% left [=-----------]",
        "10 credits expires on Mar 1, 2030, 10:00",
    ]


def test_a_lane_and_a_plan_are_called_as_declared(now: datetime) -> None:
    windows = (RateWindow(0.0, reset_description="Calls", label="Calls"), RateWindow(0.0, reset_description="1 week"))
    snapshot = Snapshot(now, *windows, identity=Identity(login_method="pro"))
    text = block(snapshot, now, details_are_not_resets=True, plan_names=(("pro", "Pro"),))
    assert text.splitlines()[1:] == [
        "Calls: 100% left [============]",
        "Weekly: 100% left [============]",
        "1 week",
        "Plan: Pro",
    ]
