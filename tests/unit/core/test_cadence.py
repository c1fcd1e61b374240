"""When the next refresh is due, exactly at the borders."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from codexbar_qt.core.cadence import Cadence, back_off, boundary_delay

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)
ADAPTIVE = Cadence()


@pytest.mark.parametrize(
    ("opened_ago", "minutes"),
    [
        (None, 30),
        (timedelta(seconds=-30), 2),
        (timedelta(), 2),
        (timedelta(minutes=5), 2),
        (timedelta(minutes=5, seconds=1), 5),
        (timedelta(hours=1), 5),
        (timedelta(hours=1, seconds=1), 15),
        (timedelta(hours=4, seconds=-1), 15),
        (timedelta(hours=4), 30),
    ],
)
def test_adaptive(opened_ago: timedelta | None, minutes: int) -> None:
    opened = None if opened_ago is None else NOW - opened_ago
    assert ADAPTIVE.delay(NOW, opened) == minutes * 60


@pytest.mark.parametrize(
    ("choice", "constrained", "seconds"),
    [
        ("manual", False, None),
        ("manual", True, None),
        ("5", False, 300),
        ("5", True, 1800),
        ("30", True, 1800),
        ("adaptive", True, 1800),
    ],
)
def test_fixed_and_constrained(choice: str, constrained: bool, seconds: float | None) -> None:
    assert Cadence(choice, constrained).delay(NOW, NOW) == seconds


@pytest.mark.parametrize(
    ("interval", "failures", "seconds"),
    [(300, 0, 0), (300, 1, 600), (300, 2, 1200), (300, 9, 3600), (7200, 3, 7200), (60, 500, 3600)],
)
def test_back_off_doubles_up_to_an_hour(interval: float, failures: int, seconds: float) -> None:
    assert back_off(interval, failures) == seconds


@pytest.mark.parametrize(
    ("ahead", "tick", "due"),
    [(4.9, None, None), (5, None, 35), (60, 89, None), (60, 91, 90), (60, 90, None), (-10, None, None)],
)
def test_a_reset_brings_one_batch_unless_the_next_tick_covers_it(
    ahead: float, tick: float | None, due: float | None
) -> None:
    assert boundary_delay(NOW + timedelta(seconds=ahead), NOW, tick) == due
