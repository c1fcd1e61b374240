"""Which logs are found, in what order, and how a log is read in parts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from codexbar_qt.cost.codex import CODEX_FAMILY
from codexbar_qt.cost.family import ScanCancelled
from codexbar_qt.cost.places import Places
from tests.unit.cost.codex.codex_world import (
    SLOT,
    CodexWorld,
    by_session,
    count,
    left_out,
    line,
    meta,
    tokens,
    turn,
    usage,
)

ONE, TWO = count(1, (100, 0, 10), (100, 0, 10)), count(2, (150, 0, 15), (50, 0, 5))
UUID = "019a97b0-85be-7e60-9c60-9726baf026a0"


def found(places: Places) -> list[str]:
    return [Path(file.path).name for file in CODEX_FAMILY.find(places).files]


def test_sessions_of_any_depth_and_archived_ones_are_found_the_latest_first(world: CodexWorld) -> None:
    names = ("sessions/flat.jsonl", "sessions/other/deep/er.jsonl", "archived_sessions/old.jsonl", "2031")
    for age, name in enumerate(names):
        os.utime(world.write(name, ONE), (10_000 - age, 10_000 - age))
    for name in (
        "archived_sessions/below/no.jsonl",
        "sessions/.hidden/no.jsonl",
        "sessions/notes.txt",
        "elsewhere/no.jsonl",
    ):
        world.write(name, ONE)
    world.write("sessions/empty.jsonl")

    assert found(world.places) == ["flat.jsonl", "er.jsonl", "old.jsonl", "2031.jsonl"]


@pytest.mark.parametrize("value", ["{}", "  {} "])
def test_another_home_of_codex_replaces_the_usual_one(world: CodexWorld, tmp_path: Path, value: str) -> None:
    world.write("a", ONE)
    (tmp_path / "mine/sessions").mkdir(parents=True)
    (tmp_path / "mine/sessions/b.jsonl").write_text(ONE)

    env = {"CODEX_HOME": value.format(tmp_path / "mine")}

    assert found(Places("linux", str(tmp_path), env)) == ["b.jsonl"]
    assert found(Places("linux", str(tmp_path), {"CODEX_HOME": "  "})) == ["a.jsonl"]


def test_nothing_is_found_where_there_is_no_codex(world: CodexWorld) -> None:
    ledger = world.scan()

    assert (ledger.buckets, ledger.files, ledger.is_complete) == ((), 0, True)


def test_a_session_in_both_roots_counts_once(world: CodexWorld) -> None:
    world.write("a", meta("s1"), ONE, TWO)
    world.write("archived_sessions/a.jsonl", meta("s1"), ONE)

    ledger = world.scan()

    assert by_session(ledger) == {"s1": 165}
    assert (ledger.files, ledger.rows, ledger.duplicates) == (2, 2, 1)


def test_the_fuller_log_of_a_session_counts_wherever_it_is(world: CodexWorld) -> None:
    world.write("a", meta("s1"), ONE)
    world.write("archived_sessions/a.jsonl", meta("s1"), ONE, TWO)
    world.write("b", meta("s2"), ONE)
    world.write("sessions/c.jsonl", meta("s2"), ONE)

    assert by_session(world.scan()) == {"s1": 165, "s2": 110}


def test_a_log_that_does_not_say_whose_it_is_goes_by_its_name(world: CodexWorld) -> None:
    world.write(f"rollout-2031-01-05T10-00-00-{UUID}", ONE)
    world.write(f"archived_sessions/rollout-2031-01-05T10-00-00-{UUID}.jsonl", ONE)
    world.write("plain", line("session_meta", 0, {"session_id": "second-name"}), TWO)
    world.write("nameless", ONE)

    assert by_session(world.scan()) == {UUID: 110, "second-name": 55, "nameless": 110}


def test_sessions_and_all_together_hold_the_same(world: CodexWorld) -> None:
    world.write("a", meta("s1"), turn("gpt-5"), ONE, TWO)
    world.write("b", line("session_meta", 0, {"id": "s2"}), turn("gpt-5"), ONE)

    ledger = world.scan()

    [bucket] = ledger.buckets
    assert (bucket.slot, bucket.model, bucket.requests, bucket.tokens.total) == (SLOT, "gpt-5", 3, 275)
    assert {session.id: session.folder for session in ledger.sessions} == {"s1": "/work/s1", "s2": "/work/turn"}
    assert sum(bucket.requests for session in ledger.sessions for bucket in session.buckets) == 3


def test_another_source_has_no_rows_here(world: CodexWorld) -> None:
    world.write("a", meta("s1"), ONE)
    world.scan()

    assert CODEX_FAMILY.rows(world.states, "claude", 0, 1 << 40) == ()


def test_only_what_was_added_is_read_again(world: CodexWorld) -> None:
    world.write("a", meta("s1"), *[ONE] * 1000)
    world.scan()
    world.bytes_read = 0
    world.append("a", f"{TWO}\n".encode())

    assert tokens(world.scan()).total == 165
    assert world.bytes_read == len(TWO) + 1


def test_a_last_line_without_its_end_counts_now_and_once(world: CodexWorld) -> None:
    path = world.write("a", meta("s1"), ONE, TWO, end="")
    assert by_session(world.scan()) == {"s1": 165}
    [file] = world.states.files()
    assert world.states.load(file).offset == path.stat().st_size - len(TWO)

    assert by_session(world.scan()) == {"s1": 165}
    world.append("a", b"\n")
    assert by_session(world.scan()) == {"s1": 165}
    world.append("a", count(3, (160, 0, 16), (10, 0, 1)).encode())

    assert by_session(world.scan()) == {"s1": 176}
    assert world.scan() == world.scratch()
    assert [row.tokens.total for row in world.rows()] == [110, 55, 11]


@pytest.mark.parametrize("last", [meta("s1"), turn("gpt-5"), ONE])
def test_a_half_written_last_line_waits(world: CodexWorld, last: str) -> None:
    lines = [meta("s1"), turn("gpt-5"), ONE]
    known = lines[: lines.index(last)]
    for cut in range(1, len(last), 5):
        world.write("a", *known, last[:cut], end="")
        ledger = world.scan()
        assert (ledger.rows, ledger.left_out) == (0, ())

    world.write("a", *lines)
    assert by_session(world.scan()) == {"s1": 110}


def test_an_interrupted_reading_keeps_what_was_there(world: CodexWorld) -> None:
    world.write("a", meta("s1"), ONE)
    world.scan()
    world.append("a", f"{TWO}\n".encode())

    def cancel(_size: int) -> None:
        raise ScanCancelled

    with pytest.raises(ScanCancelled):
        world.scan(cancel)
    assert by_session(CODEX_FAMILY.assemble(world.states)) == {"s1": 110}
    assert by_session(world.scan()) == {"s1": 165}


def test_what_is_kept_holds_no_text_of_the_session(world: CodexWorld) -> None:
    said = line("session_meta", 0, {"id": "s1", "instructions": "tell nobody"})
    world.write("a", said, line("event_msg", 1, {"type": "token_count", "note": "tell nobody", "info": usage((1,))}))
    world.write("b", said, end="")
    world.scan()

    assert all(b"nobody" not in world.states.load(file).packed for file in world.states.files())
    assert left_out(world.scan()) == {}
