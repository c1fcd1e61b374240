"""Days and hours in a time zone (token-cost.md 7)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codexbar_qt.cost.time_window import TimeWindow, clamped_days, zone_for
from codexbar_qt.cost.values import SLOT_SECONDS

BERLIN, KATHMANDU, CHATHAM = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kathmandu"), ZoneInfo("Pacific/Chatham")
NOW = datetime(2026, 10, 27, 12, tzinfo=UTC)


def slot(*moment: int, zone: tzinfo = UTC) -> int:
    return int(datetime(*moment, tzinfo=zone).timestamp()) // SLOT_SECONDS  # type: ignore[arg-type,misc]  # date parts


def place(window: TimeWindow, at: int) -> tuple[date, int] | None:
    found = window.place(at)
    return None if found is None else (date.fromordinal(found[0]), found[1])


@pytest.mark.parametrize("zone", [UTC, BERLIN, KATHMANDU, CHATHAM, ZoneInfo("America/St_Johns")])
def test_the_window_is_strict(zone: tzinfo) -> None:
    window = TimeWindow(zone, NOW, 30)
    first, today = window.today - timedelta(days=29), window.today
    start = slot(first.year, first.month, first.day, zone=zone)
    end = slot(today.year, today.month, today.day, 23, 45, zone=zone)
    assert [place(window, at) for at in (start - 1, start)] == [None, (first, first.weekday() * 24)]
    assert [place(window, at) for at in (end, end + 1)] == [(today, today.weekday() * 24 + 23), None]
    assert [window.is_future(at) for at in (start - 1, end, end + 1)] == [False, False, True]


def test_zones_at_45_minutes() -> None:
    window = TimeWindow(KATHMANDU, NOW, 30)
    assert place(window, slot(2026, 10, 25, 18, 0)) == (date(2026, 10, 25), 6 * 24 + 23)
    assert place(window, slot(2026, 10, 25, 18, 15)) == (date(2026, 10, 26), 0)


def test_the_day_the_clocks_go_back_has_25_hours() -> None:
    window = TimeWindow(BERLIN, NOW, 30)
    start = slot(2026, 10, 25, zone=BERLIN)
    found = [place(window, start + step) for step in range(100)]
    assert {day for day, _ in filter(None, found)} == {date(2026, 10, 25)}
    hours = [hour - 6 * 24 for _, hour in filter(None, found)]
    assert [hours.count(hour) for hour in range(24)] == [8 if hour == 2 else 4 for hour in range(24)]
    assert place(window, start + 100) == (date(2026, 10, 26), 0)


def test_the_day_the_clocks_go_forward_has_23_hours() -> None:
    window = TimeWindow(BERLIN, datetime(2026, 3, 30, 12, tzinfo=UTC), 30)
    start = slot(2026, 3, 29, zone=BERLIN)
    hours = [hour - 6 * 24 for _, hour in filter(None, (place(window, start + step) for step in range(92)))]
    assert [hours.count(hour) for hour in range(24)] == [0 if hour == 2 else 4 for hour in range(24)]
    assert place(window, start + 92) == (date(2026, 3, 30), 0)


@given(
    st.sampled_from((BERLIN, KATHMANDU, CHATHAM, ZoneInfo("Africa/Cairo"), ZoneInfo("America/Havana"))),
    st.datetimes(datetime(2026, 1, 2), datetime(2027, 1, 2)),  # noqa: DTZ001 - taken as UTC
)
def test_places_are_what_the_zone_says(zone: tzinfo, moment: datetime) -> None:
    window = TimeWindow(zone, datetime(2027, 1, 3, tzinfo=UTC), 365)
    at = int(moment.replace(tzinfo=UTC).timestamp()) // SLOT_SECONDS
    local = datetime.fromtimestamp(at * SLOT_SECONDS, zone)
    expected = (local.date(), local.weekday() * 24 + local.hour) if local.date() > date(2026, 1, 3) else None
    if local.date() != date(2026, 1, 3):
        assert place(window, at) == expected


@pytest.mark.parametrize("at", [-(10**15), -1, 0, 10**9, 10**15])
def test_dates_far_off_are_outside(at: int) -> None:
    window = TimeWindow(BERLIN, NOW, 365)
    assert window.place(at) is None
    assert window.is_future(at) is (at > 10**6)


def test_numbers_of_days() -> None:
    assert [clamped_days(days) for days in (-5, 0, 1, 30, 365, 366, 10**9)] == [1, 1, 1, 30, 365, 365, 365]
    assert (TimeWindow(UTC, NOW, 0).days, TimeWindow(UTC, NOW, 999).days) == (1, 365)


def test_the_chosen_zone_or_that_of_the_system() -> None:
    system = timezone(timedelta(hours=3))
    assert zone_for(" Asia/Kathmandu ", system) == KATHMANDU
    for name in ("", "  ", "Mars/Olympus", "../etc/passwd", "/etc/passwd", "Europe", "a\0b", "Ü"):
        assert zone_for(name, system) is system
