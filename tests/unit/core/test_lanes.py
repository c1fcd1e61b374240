"""Lanes: order, labels, binding caps, the lane that decides, the pair of the tray, how full a bar is drawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from codexbar_qt.core.account import AccountKey, AccountState
from codexbar_qt.core.lanes import (
    capped_primary,
    card_lanes,
    is_spent,
    is_unlimited,
    lane,
    main_lane,
    shown_percent,
    tray_pair,
)
from codexbar_qt.core.presenter import Look, present_card, present_tab
from codexbar_qt.core.tray_presenter import TraySubject, present_tray
from codexbar_qt.provider_api import Lane, NamedWindow, ProviderDescriptor, RateWindow, Snapshot, WindowSpec

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)
HOUR, DAY = NOW + timedelta(hours=1), NOW + timedelta(days=1)
PAST = NOW - timedelta(hours=1)
ACME = ProviderDescriptor("acme", "Acme", "#112233", 1)
CAPPING = replace(ACME, binding_cap=True)
FRESH = RateWindow(20.0, 300, HOUR)
SPENT = RateWindow(100.0, 10080, DAY)


@pytest.mark.parametrize(
    ("window", "spent"),
    [
        (RateWindow(100.0), True),
        (RateWindow(130.0), True),
        (RateWindow(99.9), False),
        (RateWindow(0.0, remaining_percent=0.0), True),
        (RateWindow(100.0, remaining_percent=1.0), False),
        (RateWindow(100.0, is_placeholder=True), False),
    ],
)
def test_spent(window: RateWindow, spent: bool) -> None:
    assert is_spent(window) is spent


def test_a_lane_by_name() -> None:
    snapshot = Snapshot(NOW, RateWindow(1.0), RateWindow(2.0), RateWindow(3.0))
    names: tuple[Lane, ...] = ("primary", "secondary", "tertiary")
    assert [getattr(lane(snapshot, name), "used_percent", None) for name in names] == [1.0, 2.0, 3.0]


def test_rows_have_the_declared_labels_and_order_and_missing_lanes_are_left_out() -> None:
    spec = WindowSpec("Month", "Day", "", card_order=("tertiary", "secondary", "primary"))
    extra = NamedWindow("addon", "Add-on", RateWindow(4.0), usage_known=False)
    snapshot = Snapshot(NOW, RateWindow(1.0), None, RateWindow(3.0), (extra,))
    rows = card_lanes(replace(ACME, windows=spec), snapshot, NOW)
    assert [(row.id, row.label, row.usage_known) for row in rows] == [
        ("tertiary", "Tertiary", True),
        ("primary", "Month", True),
        ("addon", "Add-on", False),
    ]


CAPS = [
    ("nothing spent", Snapshot(NOW, FRESH, RateWindow(50.0, 10080, DAY)), (20.0, HOUR)),
    ("weekly spent", Snapshot(NOW, FRESH, SPENT), (100.0, DAY)),
    ("third spent", Snapshot(NOW, FRESH, None, SPENT), (100.0, DAY)),
    ("latest of all", Snapshot(NOW, FRESH, SPENT, replace(SPENT, resets_at=HOUR)), (100.0, DAY)),
    (
        "its own reset is later",
        Snapshot(NOW, RateWindow(100.0, 300, DAY), replace(SPENT, resets_at=HOUR)),
        (100.0, DAY),
    ),
    ("a date is missing", Snapshot(NOW, FRESH, SPENT, RateWindow(100.0)), (100.0, None)),
    ("its own date is missing", Snapshot(NOW, RateWindow(100.0), SPENT), (100.0, None)),
    ("reset has passed", Snapshot(NOW, FRESH, replace(SPENT, resets_at=PAST)), (20.0, HOUR)),
    ("only itself spent", Snapshot(NOW, RateWindow(100.0, 300, HOUR)), (100.0, HOUR)),
    ("more than spent", Snapshot(NOW, RateWindow(120.0, 300, HOUR), SPENT), (120.0, DAY)),
]


@pytest.mark.parametrize(("snapshot", "shown"), [case[1:] for case in CAPS], ids=[case[0] for case in CAPS])
def test_binding_cap(snapshot: Snapshot, shown: tuple[float, datetime | None]) -> None:
    capped = capped_primary(CAPPING, snapshot, NOW)
    assert capped is not None
    assert (capped.used_percent, capped.resets_at) == shown
    assert capped_primary(ACME, snapshot, NOW) == snapshot.primary


def test_a_lane_with_a_name_of_its_own_shows_it_and_caps_nothing() -> None:
    named = replace(SPENT, label="Calls")
    snapshot = Snapshot(NOW, replace(FRESH, label="Tokens"), named)
    assert [row.label for row in card_lanes(CAPPING, snapshot, NOW)] == ["Tokens", "Calls"]
    assert capped_primary(CAPPING, snapshot, NOW) == snapshot.primary
    assert capped_primary(CAPPING, replace(snapshot, tertiary=SPENT), NOW) != snapshot.primary


@pytest.mark.parametrize(
    ("snapshot", "used"),
    [
        (Snapshot(NOW, FRESH, RateWindow(50.0)), 50.0),
        (Snapshot(NOW, RateWindow(60.0), RateWindow(50.0)), 60.0),
        (Snapshot(NOW, RateWindow(50.0, 300), RateWindow(50.0)), 50.0),
        (Snapshot(NOW, None, FRESH, SPENT), 20.0),
        (Snapshot(NOW, None, None, SPENT), 100.0),
        (Snapshot(NOW, extra_windows=(NamedWindow("a", "A", RateWindow(30.0)),)), 30.0),
    ],
)
def test_the_more_used_of_the_first_two_decides_where_asked_for(snapshot: Snapshot, used: float) -> None:
    main = main_lane(replace(ACME, auto_prefers_most_used=True), snapshot, NOW)
    assert main is not None
    assert main.used_percent == used


def test_a_detail_that_repeats_the_label_is_left_out() -> None:
    told = replace(ACME, details_are_not_resets=True)
    windows = (RateWindow(1.0, reset_description="Session"), RateWindow(1.0, reset_description="1 week window"))
    rows = present_card(told, AccountKey("acme"), AccountState(snapshot=Snapshot(NOW, *windows)), Look(), NOW).rows
    assert [row.detail_text for row in rows] == ["", "1 week window"]


def test_without_a_primary_lane_nothing_is_capped() -> None:
    assert capped_primary(CAPPING, Snapshot(NOW, None, SPENT), NOW) is None


def test_the_cap_is_the_same_on_every_surface_and_the_snapshot_keeps_its_values() -> None:
    snapshot = Snapshot(NOW, replace(FRESH, reset_description="soon"), SPENT)
    state = AccountState(snapshot=snapshot)
    row = present_card(CAPPING, AccountKey("acme"), state, Look(), NOW).rows[0]
    assert (row.value_text, row.fill, row.reset_text, row.spent) == ("0% left", 0.0, "Resets in 1d", True)
    assert present_tab(CAPPING, state, Look(), NOW).strip == 0.0
    tray = present_tray([TraySubject(CAPPING, state)], "", Look(), NOW)
    assert (tray.top, tray.tooltip) == (0.0, "Acme: 0% left · resets in 1d")
    assert snapshot.primary == replace(FRESH, reset_description="soon")


@pytest.mark.parametrize(
    ("tray", "pair", "decides"),
    [
        (("primary", "secondary"), (80.0, 50.0), 80.0),
        (("secondary", "primary"), (50.0, 80.0), 50.0),
        (("tertiary", "secondary"), (10.0, 50.0), 10.0),
    ],
)
def test_the_tray_shows_the_declared_pair(tray: tuple[Lane, Lane], pair: tuple[float, float], decides: float) -> None:
    descriptor = replace(ACME, windows=WindowSpec(tray=tray))
    snapshot = Snapshot(NOW, RateWindow(20.0), RateWindow(50.0), RateWindow(90.0))
    shown = tuple(window.remaining if window else None for window in tray_pair(descriptor, snapshot, NOW))
    main = main_lane(descriptor, snapshot, NOW)
    assert (shown, main.remaining if main else None) == (pair, decides)


def test_the_deciding_lane_falls_back_to_what_there_is() -> None:
    known = NamedWindow("a", "A", RateWindow(30.0))
    unknown = NamedWindow("b", "B", RateWindow(0.0), usage_known=False)
    assert main_lane(ACME, Snapshot(NOW, None, None, RateWindow(60.0)), NOW) == RateWindow(60.0)
    assert main_lane(ACME, Snapshot(NOW, extra_windows=(unknown, known)), NOW) == known.window
    assert main_lane(ACME, Snapshot(NOW, extra_windows=(unknown,)), NOW) is None


def test_an_exhausted_lane_decides_where_the_provider_asks_for_it() -> None:
    snapshot = Snapshot(NOW, FRESH, RateWindow(50.0), SPENT)
    assert main_lane(ACME, snapshot, NOW) == FRESH
    assert main_lane(replace(ACME, auto_prefers_exhausted=True), snapshot, NOW) == SPENT


@pytest.mark.parametrize(
    ("left", "fill", "text"),
    [
        (0.0, 0.0, "0% left"),
        (0.4, 0.0, "<1% left"),
        (0.49, 0.0, "<1% left"),
        (0.5, 0.5, "<1% left"),
        (50.0, 50.0, "50% left"),
        (99.4, 99.4, "99% left"),
        (99.5, 100.0, "100% left"),
        (100.0, 100.0, "100% left"),
    ],
)
def test_slivers_are_drawn_empty_and_full_but_told_as_they_are(left: float, fill: float, text: str) -> None:
    state = AccountState(snapshot=Snapshot(NOW, RateWindow(0.0, remaining_percent=left)))
    row = present_card(ACME, AccountKey("acme"), state, Look(), NOW).rows[0]
    assert (row.fill, row.value_text) == (fill, text)


@pytest.mark.parametrize(("left", "fill"), [(0.25, 100.0), (0.75, 99.25), (99.25, 0.75), (99.75, 0.0)])
def test_the_drawn_part_is_rounded_after_the_flip_to_used(left: float, fill: float) -> None:
    state = AccountState(snapshot=Snapshot(NOW, RateWindow(0.0, remaining_percent=left)))
    assert present_card(ACME, AccountKey("acme"), state, Look(show_used=True), NOW).rows[0].fill == fill


@pytest.mark.parametrize(
    ("description", "detail"), [("Unlimited", ""), ("unlimited", ""), ("Unlimited until May", "Unlimited until May")]
)
@pytest.mark.parametrize("resets_at", [None, HOUR])
def test_unlimited_has_no_percentage_on_any_surface(description: str, detail: str, resets_at: datetime | None) -> None:
    window = RateWindow(0.0, resets_at=resets_at, reset_description=description)
    assert is_unlimited(window)
    state = AccountState(snapshot=Snapshot(NOW, window))
    row = present_card(ACME, AccountKey("acme"), state, Look(show_used=True), NOW).rows[0]
    assert (row.value_text, row.fill, row.reset_text, row.detail_text) == ("Unlimited", 100.0, "", detail)
    assert present_tray([TraySubject(ACME, state)], "", Look(), NOW).tooltip == "Acme: unlimited"
    assert not is_unlimited(RateWindow(0.0))


BONUS = replace(ACME, windows=WindowSpec("Credits", "Add-on credits", bonus="secondary"))


@pytest.mark.parametrize(("descriptor", "bottom"), [(BONUS, None), (ACME, SPENT)])
def test_a_spent_bonus_lane_counts_as_absent_for_the_tray(
    descriptor: ProviderDescriptor, bottom: RateWindow | None
) -> None:
    assert tray_pair(descriptor, Snapshot(NOW, FRESH, SPENT), NOW) == (FRESH, bottom)
    started = replace(SPENT, used_percent=99.0)
    assert tray_pair(descriptor, Snapshot(NOW, FRESH, started), NOW) == (FRESH, started)
    # The card goes on showing it.
    assert [row.id for row in card_lanes(descriptor, Snapshot(NOW, FRESH, SPENT), NOW)] == ["primary", "secondary"]


def test_a_spent_bonus_lane_does_not_stand_for_the_provider() -> None:
    eager = replace(BONUS, auto_prefers_exhausted=True)
    assert main_lane(eager, Snapshot(NOW, FRESH, SPENT), NOW) == FRESH
    assert main_lane(replace(ACME, auto_prefers_exhausted=True), Snapshot(NOW, FRESH, SPENT), NOW) == SPENT


@pytest.mark.parametrize("used", [False, True])
def test_a_lane_without_a_limit_is_full_in_both_fill_modes(used: bool) -> None:
    endless = RateWindow(0.0, reset_description="Unlimited")
    assert shown_percent(endless, used=used) == 100.0
    assert shown_percent(RateWindow(30.0), used=used) == (30.0 if used else 70.0)
    state, look = AccountState(snapshot=Snapshot(NOW, endless)), Look(show_used=used)
    assert present_tab(ACME, state, look, NOW).strip == 100.0
    shown = present_tray([TraySubject(ACME, state)], "", look, NOW)
    assert (shown.layout, shown.top, shown.bottom) == ("primary_only", 100.0, None)
