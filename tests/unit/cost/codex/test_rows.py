"""The events of a log as numbers."""

from __future__ import annotations

from codexbar_qt.cost.codex.rows import Row, Rows
from codexbar_qt.cost.codex.sessions import totals_at
from codexbar_qt.cost.codex.usage import NOTHING, Usage


def row(at: int, total: Usage | None, last: Usage | None = None, model: int = 0) -> Row:
    return Row(at, model, False, total, last, 0)


def rows(*events: Row) -> Rows:
    made = Rows()
    for event in events:
        made.add(event)
    return made


def test_rows_come_back_as_they_were() -> None:
    events = [
        Row(-5, 0, False, Usage(1, 2, 3, 4, 5), None, 0),
        Row(0, 300, True, None, Usage(10**12), 0),
        Row(253_402_300_799_000, 1, False, Usage(), Usage(5, 4, 3, 2, 1), 0),
    ]

    assert list(Rows(rows(*events).packed())) == events


def test_a_total_is_found_wherever_it_stands_in_old_and_new_rows() -> None:
    kept = rows(row(1, Usage(1)), row(2, None, Usage(9)), row(3, Usage(3)), row(4, None, Usage(9)))
    again = Rows(kept.packed())

    for known in (kept, again):
        assert [known.place_of(Usage(size)) for size in (3, 1, 9, 2)] == [2, 0, None, None]
        known.add(row(5, Usage(2)))
        known.add(row(6, Usage(4)))
        assert [known.place_of(Usage(size)) for size in (4, 3, 2, 1)] == [5, 2, 4, 0]
    assert rows(row(1, None, Usage(9))).place_of(NOTHING) is None


def test_copies_are_counted_where_the_total_stands() -> None:
    kept = rows(row(1, Usage(1)), row(2, Usage(2)))
    kept.add_copy(0)
    kept.add_copy(0)

    assert [event.copies for event in kept] == [2, 0]


def test_the_total_at_a_moment_is_that_of_the_last_event_not_later() -> None:
    kept = rows(row(10, Usage(10)), row(20, None, Usage(5)), row(30, Usage(40)))

    assert totals_at(kept, [9, 10, 29, 30, 99]) == [NOTHING, Usage(10), Usage(15), Usage(40), Usage(40)]
    assert totals_at(Rows(), [9]) == [NOTHING]


def test_clocks_that_went_back_make_the_last_event_in_the_log_count() -> None:
    kept = rows(row(10, Usage(10)), row(50, Usage(20)), row(15, Usage(30)), row(60, Usage(40)))

    assert totals_at(kept, [5, 12, 20, 55, 60]) == [NOTHING, Usage(10), Usage(30), Usage(30), Usage(40)]


def test_the_total_is_not_known_once_the_count_has_begun_anew() -> None:
    kept = rows(row(10, Usage(10)), row(20, Usage(3)), row(30, Usage(12)))

    assert totals_at(kept, [10, 20, 30]) == [Usage(10), None, Usage(12)]
