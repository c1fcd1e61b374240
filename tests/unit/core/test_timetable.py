"""What the scheduler cannot show from outside: how much is remembered, and ties."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from codexbar_qt.core.cadence import Cadence
from codexbar_qt.core.timetable import REMEMBERED_BOUNDARIES, Timetable

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)


def ran_boundaries(table: Timetable, resets: list[datetime]) -> list[datetime]:
    """Run every batch that is due around each of `resets` and return the resets that brought one of their own."""
    brought: list[datetime] = []
    for reset in resets:
        now = reset - timedelta(seconds=10)
        due = table.due(now, [reset])
        while due is not None and due.at <= reset + timedelta(seconds=30):
            table.finished(due, max(now, due.at), offline=False)
            brought += [reset] if due.kind == "boundary" else []
            due = table.due(max(now, due.at), [reset])
    return brought


def test_a_boundary_is_tried_once_also_when_the_clock_is_set_back_and_64_are_remembered() -> None:
    table = Timetable(Cadence("30"))
    resets = [NOW + timedelta(minutes=7 * index) for index in range(REMEMBERED_BOUNDARIES + 2)]
    assert ran_boundaries(table, resets) == resets
    assert ran_boundaries(table, resets[2:]) == []
    assert ran_boundaries(table, resets[:1]) == resets[:1]


def test_at_the_same_moment_the_tick_comes_first() -> None:
    table = Timetable(Cadence("1"))
    table.started(NOW, offline=True)
    assert table.due(NOW, []) is not None
    later = NOW + timedelta(minutes=5)
    due = table.due(later, [])
    assert due is not None
    assert (due.kind, due.at) == ("reconnect", NOW + timedelta(seconds=15))
    table.finished(due, later, offline=True)
    due = table.due(later, [])
    assert due is not None
    assert due.kind == "tick"


def test_retries_that_fell_due_during_another_batch_count_as_made() -> None:
    table = Timetable(Cadence("manual"))
    table.started(NOW, offline=True)
    kinds = []
    now = NOW
    for _ in range(10):
        due = table.due(now, [])
        if due is None:
            break
        now = max(now, due.at)
        kinds.append(due.kind)
        table.finished(due, now, offline=True)
    assert kinds == ["reconnect"] * 4


def test_sleeping_over_a_reset_brings_no_second_batch_after_waking() -> None:
    table = Timetable(Cadence("30"))
    reset = NOW + timedelta(minutes=10)
    assert table.due(NOW, [reset]) is not None
    table.pause()
    later = NOW + timedelta(hours=1)
    assert table.due(later, [reset]) is None
    table.resumed(later)
    due = table.due(later, [reset])
    assert due is not None
    assert (due.kind, due.at) == ("resume", later + timedelta(seconds=10))
    table.finished(due, due.at, offline=False)
    after = table.due(due.at, [reset])
    assert after is not None
    assert (after.kind, after.at > due.at) == ("tick", True)
