"""Times and percentages in words, at their borders."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from codexbar_qt.core.wording import countdown, percent_text, reset_text, token_text, updated_text

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0%"),
        (0.2, "<1%"),
        (0.99, "<1%"),
        (1, "1%"),
        (49.5, "50%"),
        (50.4, "50%"),
        (100, "100%"),
        (140, "100%"),
        (-3, "0%"),
    ],
)
def test_percent(value: float, text: str) -> None:
    assert percent_text(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.5, ""),
        (1, "1m"),
        (60, "1m"),
        (61, "2m"),
        (45 * 60, "45m"),
        (3600, "1h"),
        (3601, "1h 1m"),
        (2 * 3600 + 14 * 60, "2h 14m"),
        (86400, "1d"),
        (3 * 86400 + 12 * 60, "3d 12m"),
        (3 * 86400 + 4 * 3600 + 59 * 60, "3d 4h"),
        (-5, ""),
    ],
)
def test_countdown_rounds_minutes_up(seconds: float, text: str) -> None:
    assert countdown(NOW + timedelta(seconds=seconds), NOW) == text


@pytest.mark.parametrize(
    ("until", "text"),
    [
        (NOW + timedelta(hours=2, minutes=15), "Resets 14:15"),
        (NOW + timedelta(hours=21), "Resets tomorrow, 09:00"),
        (datetime(2030, 2, 4, 9, tzinfo=UTC), "Resets Feb 4, 09:00"),
        (NOW, "Resets now"),
    ],
)
def test_absolute_reset(until: datetime, text: str) -> None:
    assert reset_text(until, None, NOW, UTC, absolute=True) == text


def test_absolute_reset_is_local_across_a_change_of_clocks() -> None:
    zone = ZoneInfo("Europe/Berlin")
    before = datetime(2030, 3, 30, 22, 30, tzinfo=UTC)
    assert (
        reset_text(datetime(2030, 3, 31, 2, tzinfo=UTC), None, before, zone, absolute=True) == "Resets tomorrow, 04:00"
    )
    assert reset_text(datetime(2030, 3, 31, 2, tzinfo=UTC), None, before, zone) == "Resets in 3h 30m"


@pytest.mark.parametrize(
    ("description", "text"),
    [
        ("soon", "Resets soon"),
        ("Resets in 3d", "Resets in 3d"),
        ("resets monthly", "Resets monthly"),
        ("  ", ""),
        (None, ""),
    ],
)
def test_reset_without_a_date(description: str | None, text: str) -> None:
    assert reset_text(None, description, NOW, UTC) == text


@pytest.mark.parametrize(
    ("age", "text"),
    [
        (timedelta(seconds=-5), "Updated just now"),
        (timedelta(seconds=59), "Updated just now"),
        (timedelta(seconds=60), "Updated 1m ago"),
        (timedelta(minutes=59, seconds=59), "Updated 59m ago"),
        (timedelta(hours=3, minutes=20), "Updated 3h ago"),
        (timedelta(hours=23, minutes=59), "Updated 23h ago"),
        (timedelta(hours=24), "Updated yesterday, 12:00"),
        (timedelta(hours=49), "Updated Jan 6, 11:00"),
        (timedelta(days=40), "Updated Nov 29, 12:00"),
    ],
)
def test_age(age: timedelta, text: str) -> None:
    assert updated_text(NOW - age, NOW, UTC) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0"),
        (734, "734"),
        (1000, "1K"),
        (1500, "1.5K"),
        (15_400, "15K"),
        (2_000_000, "2M"),
        (218_000_000, "218M"),
        (3.6e9, "3.6B"),
    ],
)
def test_tokens(count: float, text: str) -> None:
    assert token_text(count) == text


@pytest.mark.parametrize("zone", [ZoneInfo("Asia/Tokyo"), ZoneInfo("America/New_York")])
def test_times_at_the_ends_of_the_calendar(zone: ZoneInfo) -> None:
    never, always = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC)
    assert reset_text(never, None, NOW, zone, absolute=True).startswith("Resets Dec 31, ")
    assert updated_text(always, NOW, zone).startswith("Updated Jan 1, ")


def test_months() -> None:
    days = [datetime(2031, month, 2, tzinfo=UTC) for month in range(1, 13)]
    names = [reset_text(day, None, NOW, UTC, absolute=True)[7:10] for day in days]
    assert names == ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
