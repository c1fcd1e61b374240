"""Each rule for what an event adds, as a log with totals worked out by hand (token-cost.md 5)."""

from __future__ import annotations

import pytest

from codexbar_qt.cost.values import TokenCounts, UsageBucket
from tests.unit.cost.codex.codex_world import SLOT, CodexWorld, count, line, meta, stamp, tier, tokens, turn


def test_one_request_without_cached_tokens_in_its_input(world: CodexWorld) -> None:
    world.write("a", meta("s1"), turn("gpt-5"), count(5, (100, 60, 30, 10), (100, 60, 30, 10)))

    ledger = world.scan()

    bucket = UsageBucket("codex", SLOT, "gpt-5", False, False, 1, TokenCounts(40, 30, 60, 0, 0, 10))
    assert ledger.buckets == (bucket,)
    assert bucket.tokens.total == 130
    [session] = ledger.sessions
    assert (session.id, session.source, session.folder, session.buckets) == ("s1", "codex", "/work/s1", (bucket,))
    assert (ledger.family, ledger.files, ledger.rows, ledger.duplicates, ledger.left_out) == ("codex", 1, 1, 0, ())


def test_growth_of_the_total_is_added_when_it_is_not_larger_than_last(world: CodexWorld) -> None:
    world.write("a", meta("s1"), count(1, (100, 0, 10), (100, 0, 10)), count(2, (150, 40, 18), (60, 40, 9)))

    assert tokens(world.scan()) == TokenCounts(100 + 10, 18, 40)


def test_last_is_added_when_the_total_has_grown_by_more(world: CodexWorld) -> None:
    world.write("a", meta("s1"), count(1, (5000, 0, 500), (70, 0, 7)), count(2, (9000, 0, 508), (60, 0, 8)))

    assert tokens(world.scan()) == TokenCounts(130, 15)


def test_last_is_added_when_one_field_of_the_total_has_shrunk(world: CodexWorld) -> None:
    world.write("a", meta("s1"), count(1, (100, 50, 10), (100, 50, 10)), count(2, (130, 20, 12), (30, 20, 2)))

    assert tokens(world.scan()) == TokenCounts(60, 12, 70)


def test_a_count_that_begins_anew_goes_on_from_there(world: CodexWorld) -> None:
    first, restart, then = count(1, (900, 0, 90), (900, 0, 90)), count(2, (50, 0, 5), (50, 0, 5)), count(3, (80, 0, 9))
    world.write("a", meta("s1"), first, restart, then)

    assert tokens(world.scan()) == TokenCounts(900 + 50 + 30, 90 + 5 + 4)


def test_repeated_totals_are_skipped_however_far_apart(world: CodexWorld) -> None:
    one, two = count(1, (100, 0, 10), (100, 0, 10)), count(2, (150, 0, 15), (50, 0, 5))
    again = count(9, (100, 0, 10), (100, 0, 10)), count(10, (150, 0, 15), (50, 0, 5))
    world.write("a", meta("s1"), one, one, one, two, *again)

    ledger = world.scan()

    assert tokens(ledger) == TokenCounts(150, 15)
    assert (ledger.rows, ledger.duplicates) == (2, 4)
    assert [(row.tokens.input, row.copies) for row in world.rows()] == [(100, 3), (50, 1)]


def test_only_totals_add_their_growth_and_never_less_than_nothing(world: CodexWorld) -> None:
    totals = (100, 80, 10), (130, 70, 15), (20, 0, 2), (25, 0, 3)
    world.write("a", meta("s1"), *(count(at, total) for at, total in enumerate(totals)))

    # 100/80/10, then 30/0/5 (cached fell), then nothing, then 5/0/1.
    assert tokens(world.scan()) == TokenCounts(20 + 30 + 5, 16, 80)


def test_only_last_is_added_each_time(world: CodexWorld) -> None:
    world.write("a", meta("s1"), count(1, None, (10, 0, 1)), count(2, None, (10, 0, 1)), count(3, None, (0, 0, 0)))

    ledger = world.scan()

    assert tokens(ledger) == TokenCounts(20, 2)
    assert ledger.rows == 2


def test_a_total_that_includes_earlier_lasts_adds_the_rest(world: CodexWorld) -> None:
    world.write("a", meta("s1"), count(1, None, (10, 0, 1)), count(2, (25, 0, 4)))

    assert tokens(world.scan()) == TokenCounts(25, 4)


def test_events_without_usage_and_increments_of_nothing_are_no_rows(world: CodexWorld) -> None:
    heartbeat = line("event_msg", 1, {"type": "token_count", "info": None, "rate_limits": {}})
    world.write("a", meta("s1"), heartbeat, count(2), count(3, (0, 0, 0), (0, 0, 0)), count(4, (0, 0, 0), (0, 0, 0)))

    ledger = world.scan()

    assert (ledger.buckets, ledger.sessions, ledger.rows, ledger.duplicates) == ((), (), 0, 0)


def test_cached_tokens_go_by_two_names_and_never_exceed_the_input(world: CodexWorld) -> None:
    other_name = {"input_tokens": 50, "cache_read_input_tokens": 40, "output_tokens": 5}
    payload = {"type": "token_count", "info": {"last_token_usage": other_name}}
    world.write("a", meta("s1"), line("event_msg", 1, payload), count(2, None, (10, 30, 1, 7)))

    assert tokens(world.scan()) == TokenCounts(10, 6, 50, reasoning=1)


def test_cache_writes_are_told_apart_only_when_the_log_reports_them(world: CodexWorld) -> None:
    world.write("a", meta("s1"), count(1, None, (100, 30, 5, 0, 20)), count(2, None, (100, 90, 5, 0, 20)))

    assert tokens(world.scan()) == TokenCounts(50, 10, 120, 30)


@pytest.mark.parametrize(("size", "is_long"), [(272_000, False), (272_001, True)])
def test_a_request_is_long_by_its_whole_input(world: CodexWorld, size: int, is_long: bool) -> None:
    world.write("a", meta("s1"), count(1, None, (size, size - 1, 5)))

    assert [bucket.is_long for bucket in world.scan().buckets] == [is_long]


def test_requests_fall_into_the_slots_of_their_own_time(world: CodexWorld) -> None:
    events = (count(at, None, (10, 0, 1)) for at in (0, 899.999, 900, 86_400))
    world.write("a", meta("s1"), *events)

    buckets = world.scan().buckets

    assert [(bucket.slot - SLOT, bucket.requests) for bucket in buckets] == [(0, 2), (1, 1), (96, 1)]


@pytest.mark.parametrize("moment", ["2031-01-05T11:00:05+01:00", "2031-01-05T10:00:05Z", "2031-01-05T10:00:05"])
def test_times_may_have_an_offset_and_need_no_fraction(world: CodexWorld, moment: str) -> None:
    world.write("a", meta("s1"), count(5, None, (10, 0, 1)).replace(stamp(5), moment))

    assert [bucket.slot for bucket in world.scan().buckets] == [SLOT]


def test_the_model_is_that_of_the_turn_before_what_the_event_says(world: CodexWorld) -> None:
    def asked(at: int, **info: object) -> str:
        return count(at, None, (10, 0, 1), **info)

    payload = {"type": "token_count", "model": "payload", "info": {"last_token_usage": {"input_tokens": 7}}}
    world.write(
        "a",
        meta("s1"),
        asked(1),
        asked(2, model="info", model_name="name"),
        asked(3, model=" ", model_name="name"),
        line("event_msg", 4, payload, model="top"),
        line("event_msg", 5, {**payload, "model": None}, model="top"),
        turn("turn"),
        asked(6, model="info"),
        line("turn_context", 7, {"cwd": "/elsewhere"}),
        asked(8, model="info"),
        turn("  "),
        asked(9, model="info"),
    )

    world.scan()

    assert [row.model for row in world.rows()] == [
        "unknown",
        "info",
        "name",
        "payload",
        "top",
        "turn",
        "turn",
        "info",
    ]


def test_fast_turns_are_those_after_the_tier_was_set(world: CodexWorld) -> None:
    names = ("priority", "default", "fast", None)
    lines = [text for name in names for text in (tier(name), count(1, None, (10, 0, 1)))]
    switched = turn("gpt-5", service_tier="priority"), count(1, None, (10, 0, 1)), turn("gpt-5")
    world.write("a", meta("s1"), count(1, None, (10, 0, 1)), *lines, *switched, count(1, None, (10, 0, 1)))

    world.scan()

    assert [row.is_fast for row in world.rows()] == [False, True, False, True, False, True, True]


def test_rows_are_the_increments_between_two_moments(world: CodexWorld) -> None:
    path = world.write(
        "a", meta("s1"), turn("gpt-5"), *(count(at, (int(at * 10), 0, int(at))) for at in (1, 2, 2.5, 3))
    )
    world.scan()
    start = SLOT * 900

    rows = world.rows(start + 2, start + 3)

    assert [(row.at, row.model, row.tokens, row.file) for row in rows] == [
        (start + 2, "gpt-5", TokenCounts(10, 1), str(path)),
        (start + 2, "gpt-5", TokenCounts(5, 0), str(path)),
    ]
