"""Every row of the layout table, in both fill modes, and the tooltip."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from codexbar_qt.core.account import AccountState
from codexbar_qt.core.presenter import Look
from codexbar_qt.core.tray_presenter import TraySubject, present_tray
from codexbar_qt.provider_api import (
    AuthRejected,
    Credits,
    Identity,
    ProviderDescriptor,
    RateWindow,
    ServiceUnavailable,
    Snapshot,
    WindowSpec,
)
from codexbar_qt.ui.icon_spec import icon_spec, place_bars

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)
SESSION, WEEKLY, SPENT = RateWindow(30.0), RateWindow(60.0), RateWindow(100.0)
CREDITS = Credits(500.0, NOW)


def subject(snapshot: Snapshot | None, name: str = "acme", **state: object) -> TraySubject:
    descriptor = ProviderDescriptor(name, name.title(), "#112233", 1)
    return TraySubject(descriptor, AccountState(snapshot=snapshot, **state))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("snapshot", "layout", "top", "bottom"),
    [
        (Snapshot(NOW, SESSION, WEEKLY), "pair", 70.0, 40.0),
        (Snapshot(NOW, None, WEEKLY), "pair", None, 40.0),
        (Snapshot(NOW, SESSION), "primary_only", 70.0, None),
        (Snapshot(NOW, credits=CREDITS), "credits", 50.0, None),
        (Snapshot(NOW, SESSION, SPENT, credits=CREDITS), "credits", 50.0, 0.0),
        (Snapshot(NOW, SESSION, SPENT), "pair", 70.0, 0.0),
        (Snapshot(NOW), "empty", None, None),
    ],
)
def test_layout_is_chosen_from_what_is_left_and_then_flipped(
    snapshot: Snapshot, layout: str, top: float | None, bottom: float | None
) -> None:
    left = present_tray([subject(snapshot)], "", Look(), NOW)
    assert (left.layout, left.top, left.bottom) == (layout, top, bottom)
    used = present_tray([subject(snapshot)], "", Look(show_used=True), NOW)
    flipped = [None if value is None else 100 - value for value in (top, bottom)]
    assert (used.layout, used.top, used.bottom) == (layout, *flipped)


def test_an_untouched_weekly_lane_is_not_taken_for_a_spent_one_in_used_mode() -> None:
    fresh = Snapshot(NOW, SESSION, RateWindow(0.0), credits=CREDITS)
    shown = present_tray([subject(fresh)], "", Look(show_used=True), NOW)
    assert (shown.layout, shown.bottom) == ("pair", 0.0)


def test_failed_and_restored_data_is_dimmed() -> None:
    good = Snapshot(NOW, SESSION, WEEKLY)
    assert not present_tray([subject(good)], "", Look(), NOW).dimmed
    assert present_tray([subject(good, error=ServiceUnavailable("down"))], "", Look(), NOW).dimmed
    assert present_tray([subject(good, is_restored=True)], "", Look(), NOW).dimmed


def test_loading_only_before_the_first_outcome() -> None:
    assert present_tray([subject(None, refreshing=True)], "", Look(), NOW).loading
    assert not present_tray([subject(None, refreshing=True, error=AuthRejected("no"))], "", Look(), NOW).loading
    assert not present_tray([subject(Snapshot(NOW, SESSION), refreshing=True)], "", Look(), NOW).loading


def test_the_selected_provider_is_shown_then_the_first_with_data() -> None:
    empty, one, two = subject(None, "a"), subject(Snapshot(NOW, SESSION), "b"), subject(Snapshot(NOW, WEEKLY), "c")
    assert present_tray([empty, one, two], "c", Look(), NOW).top == 40.0
    assert present_tray([empty, one, two], "gone", Look(), NOW).top == 70.0
    assert present_tray([], "", Look(), NOW).layout == "empty"


def test_tooltip_lines() -> None:
    dated = Snapshot(NOW, RateWindow(28.0, 300, NOW + timedelta(hours=2, minutes=14)))
    subjects = [
        subject(dated, "one"),
        subject(Snapshot(NOW, identity=Identity(login_method="Balance: $3.00")), "two"),
        subject(None, "three", error=AuthRejected("no")),
        subject(None, "four", refreshing=True),
        TraySubject(ProviderDescriptor("five", "Five", "#112233", 1), AccountState(snapshot=dated), "12 credits"),
    ]
    assert present_tray(subjects, "", Look(), NOW).tooltip.splitlines() == [
        "One: 72% left · resets in 2h 14m",
        "Two: Balance: $3.00",
        "Three: needs attention",
        "Four: loading",
        "Five: 12 credits",
    ]


def test_the_tooltip_says_how_old_unconfirmed_numbers_are() -> None:
    old = Snapshot(NOW - timedelta(hours=3), SESSION)
    subjects = [
        subject(old, "one", error=ServiceUnavailable("down")),
        subject(old, "two", is_restored=True),
        subject(old, "three", refreshing=True),
        TraySubject(
            ProviderDescriptor("four", "Four", "#112233", 1), AccountState(old, is_restored=True), "12 credits"
        ),
    ]
    assert present_tray(subjects, "", Look(), NOW).tooltip.splitlines() == [
        "One: 70% left · 3h ago",
        "Two: 70% left · 3h ago",
        "Three: 70% left",
        "Four: 12 credits · 3h ago",
    ]


def test_tooltip_has_at_most_six_lines() -> None:
    subjects = [subject(Snapshot(NOW, SESSION), f"p{index}") for index in range(9)]
    lines = present_tray(subjects, "", Look(), NOW).tooltip.splitlines()
    assert (len(lines), lines[-1]) == (6, "4 more")


@pytest.mark.parametrize("show_used", [False, True])
def test_a_spent_bonus_lane_leaves_an_empty_track(show_used: bool) -> None:
    windows = WindowSpec("Credits", "Add-on credits", bonus="secondary")
    descriptor = ProviderDescriptor("acme", "Acme", "#112233", 1, windows=windows)
    state = AccountState(snapshot=Snapshot(NOW, SESSION, SPENT))
    shown = present_tray([TraySubject(descriptor, state)], "", Look(show_used=show_used), NOW)
    assert (shown.layout, shown.top, shown.bottom) == ("primary_only", 30.0 if show_used else 70.0, None)
    upper, lower = place_bars(icon_spec(shown), 36)
    assert upper.strength == 1.0
    assert (lower.filled, lower.strength) == (0, 0.45)
