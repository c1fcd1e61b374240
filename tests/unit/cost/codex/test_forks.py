"""Forks and subagents: what they have copied from their parents is counted once (token-cost.md 5)."""

from __future__ import annotations

import pytest

from tests.unit.cost.codex.codex_world import CodexWorld, by_session, count, left_out, line, meta, stamp, tokens, turn

PARENT = (meta("p"), count(10, (100, 0, 10), (100, 0, 10)), count(20, (150, 0, 15), (50, 0, 5)))
COPIED = (count(30.1, (100, 0, 10), (100, 0, 10)), count(30.1, (150, 0, 15), (50, 0, 5)))
"""What a fork at 30 holds of it: with times of its own."""
OWN = count(40, (170, 0, 18), (20, 0, 3))
SUBAGENT = {"subagent": {"thread_spawn": {"parent_thread_id": "p", "depth": 1}}}


@pytest.mark.parametrize("name", ["forked_from_id", "forkedFromId", "parent_session_id", "parentSessionId"])
def test_a_fork_adds_what_goes_beyond_the_last_total_of_its_parent(world: CodexWorld, name: str) -> None:
    world.write("p", *PARENT)
    world.write("c", meta("c", 30, **{name: "p"}), PARENT[0], *COPIED, OWN)

    ledger = world.scan()

    assert by_session(ledger) == {"p": 165, "c": 23}
    assert (ledger.rows, ledger.duplicates) == (3, 2)
    assert [(row.tokens.input, row.tokens.output) for row in world.rows()] == [(100, 10), (50, 5), (20, 3)]


def test_a_fork_without_copied_lines_goes_on_from_the_total_of_its_parent(world: CodexWorld) -> None:
    world.write("p", *PARENT)
    world.write("c", meta("c", 30, forked_from_id="p"), count(40, (170, 0, 18)))

    assert by_session(world.scan()) == {"p": 165, "c": 23}


def test_what_the_parent_used_after_the_fork_is_not_taken_off(world: CodexWorld) -> None:
    world.write("p", *PARENT, count(50, (900, 0, 90), (750, 0, 75)))
    world.write("c", meta("c", 30, forked_from_id="p"), *COPIED, OWN)

    assert by_session(world.scan()) == {"p": 990, "c": 23}


def test_an_event_at_the_very_time_of_the_fork_was_copied(world: CodexWorld) -> None:
    world.write("p", *PARENT)
    world.write("c", meta("c", 20, forked_from_id="p"), OWN)
    world.write("d", meta("d", 19.999, forked_from_id="p"), count(40, (120, 0, 12), (20, 0, 2)))

    assert by_session(world.scan()) == {"p": 165, "c": 23, "d": 22}


def test_the_time_of_a_fork_is_that_of_the_payload_before_that_of_the_line(world: CodexWorld) -> None:
    world.write("p", *PARENT)
    world.write("c", meta("c", 15, forked_from_id="p").replace(stamp(15), stamp(25), 1), count(40, (120, 0, 12)))
    at_15 = line("session_meta", 15, {"id": "d", "forked_from_id": "p", "timestamp": "never"})
    world.write("d", at_15, count(40, (120, 0, 12)))

    assert by_session(world.scan()) == {"p": 165, "c": 22, "d": 22}


def test_a_fork_made_before_its_parent_used_anything_counts_from_zero(world: CodexWorld) -> None:
    world.write("p", *PARENT)
    world.write("c", meta("c", 5, forked_from_id="p"), count(40, (70, 0, 7), (70, 0, 7)))

    assert by_session(world.scan()) == {"p": 165, "c": 77}


def test_the_baseline_is_taken_off_each_field_and_never_below_nothing(world: CodexWorld) -> None:
    world.write("p", meta("p"), count(10, (100, 80, 10)))
    world.write("c", meta("c", 30, forked_from_id="p"), count(40, (130, 70, 4)), count(41, (140, 85, 14)))

    # 30/0/0, then 40/5/4: together 40 of input, 5 of them cached, 4 of output.
    assert by_session(world.scan()) == {"p": 110, "c": 44}
    assert tokens(world.scan()).cache_read == 80 + 5


def test_usage_without_totals_counts_once_the_copied_part_has_gone_by(world: CodexWorld) -> None:
    lasts = count(10, None, (100, 0, 10)), count(20, None, (50, 0, 5))
    world.write("p", meta("p"), *lasts)
    world.write("c", meta("c", 30, forked_from_id="p"), *lasts, count(40, None, (20, 0, 3)))

    assert by_session(world.scan()) == {"p": 165, "c": 23}


def test_a_fork_of_a_fork_in_any_order_of_files(world: CodexWorld) -> None:
    world.write("b-first", *PARENT)
    world.write("c-second", meta("c", 30, forked_from_id="p"), *COPIED, OWN)
    again = count(50, (100, 0, 10)), count(50, (150, 0, 15)), count(50, (170, 0, 18)), count(60, (171, 0, 19))
    world.write("a-third", meta("d", 45, forked_from_id="c"), *again)

    assert by_session(world.scan()) == {"p": 165, "c": 23, "d": 2}


def test_a_fork_whose_parent_is_gone_is_left_out_and_its_own_fork_is_not(world: CodexWorld) -> None:
    world.write("c", meta("c", 30, forked_from_id="gone"), *COPIED, OWN)
    world.write("d", meta("d", 45, forked_from_id="c"), *COPIED, OWN, count(60, (171, 0, 19)))

    ledger = world.scan()

    assert by_session(ledger) == {"d": 2}
    assert left_out(ledger) == {"unknown_baseline": 1}
    assert [row.tokens.total for row in world.rows()] == [2]


def test_a_fork_without_a_time_is_left_out(world: CodexWorld) -> None:
    world.write("p", *PARENT)
    world.write("c", meta("c", 30, forked_from_id="p").replace(stamp(30), "?"), *COPIED, OWN)

    assert left_out(world.scan()) == {"unknown_baseline": 1}


def test_a_fork_of_a_count_that_began_anew_is_left_out(world: CodexWorld) -> None:
    world.write("p", meta("p"), count(10, (900, 0, 90), (900, 0, 90)), count(20, (50, 0, 5), (50, 0, 5)))
    world.write("c", meta("c", 30, forked_from_id="p"), count(30, (900, 0, 90)), count(30, (50, 0, 5)))

    ledger = world.scan()

    assert (by_session(ledger), left_out(ledger)) == ({"p": 1045}, {"unknown_baseline": 1})


def test_sessions_that_are_their_own_ancestors_are_left_out(world: CodexWorld) -> None:
    world.write("a", meta("a", 30, forked_from_id="b"), count(31, (10, 0, 1)))
    world.write("b", meta("b", 30, forked_from_id="c"), count(31, (10, 0, 1)))
    world.write("c", meta("c", 30, forked_from_id="a"), count(31, (10, 0, 1)))
    world.write("d", meta("d", 30, forked_from_id="d"), count(31, (10, 0, 1)))
    world.write("e", meta("e", 40, forked_from_id="a"), count(41, (10, 0, 1)), count(42, (15, 0, 2)))

    ledger = world.scan()

    assert (by_session(ledger), left_out(ledger)) == ({"e": 6}, {"unknown_baseline": 4})


@pytest.mark.parametrize("source", ["subagent", SUBAGENT])
def test_a_subagent_without_copied_lines_counts_from_zero(world: CodexWorld, source: object) -> None:
    world.write("p", *PARENT)
    own = count(40, (30, 0, 3), (30, 0, 3))
    world.write("c", meta("c", 30, source=source), own)
    world.write("d", meta("d", 30, source=source, parent_session_id="p"), own)

    assert by_session(world.scan()) == {"p": 165, "c": 33, "d": 33}


@pytest.mark.parametrize("source", ["subagent", SUBAGENT, "cli"])
def test_with_one_copied_ancestor_it_is_a_fork_of_that_one(world: CodexWorld, source: object) -> None:
    world.write("p", *PARENT)
    world.write("c", meta("c", 30, source=source), PARENT[0], turn("gpt-5"), *COPIED, PARENT[0], OWN)

    assert by_session(world.scan()) == {"p": 165, "c": 23}


def test_with_several_copied_ancestors_only_a_named_parent_is_known(world: CodexWorld) -> None:
    world.write("p", *PARENT)
    ancestors = meta("p"), meta("q"), meta("r"), meta("s")
    world.write("c", meta("c", 30, source="subagent"), *ancestors, *COPIED, OWN)
    world.write("d", meta("d", 30, source="subagent", forked_from_id="p"), *ancestors, *COPIED, OWN)

    ledger = world.scan()

    assert (by_session(ledger), left_out(ledger)) == ({"p": 165, "d": 23}, {"unknown_baseline": 1})


def test_the_same_session_named_again_is_no_ancestor(world: CodexWorld) -> None:
    world.write("p", PARENT[0], PARENT[1], meta("p", 15), PARENT[2])

    assert by_session(world.scan()) == {"p": 165}


def test_a_fork_is_whole_again_once_its_parent_is_back(world: CodexWorld) -> None:
    world.write("c", meta("c", 30, forked_from_id="p"), *COPIED, OWN)
    assert by_session(world.scan()) == {}

    world.write("p", *PARENT)

    assert by_session(world.scan()) == {"p": 165, "c": 23}
    assert world.scan() == world.scratch()
