"""Which rows count, over all lines and files (token-cost.md 3), with totals worked out by hand."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.cost.values import TokenCounts, UsageBucket
from tests.unit.cost.claude.claude_world import MODEL, START_AT, left_out, line, requests, tokens

if TYPE_CHECKING:
    from tests.unit.cost.claude.claude_world import ClaudeWorld

SLOT = START_AT // 900


def test_the_line_of_the_sheet(world: ClaudeWorld) -> None:
    world.write("p/1", line("1", 12, 50, 4000, 300, 200))
    ledger = world.scan()
    assert ledger.buckets == (UsageBucket("claude", SLOT, MODEL, False, False, 1, TokenCounts(12, 50, 4000, 300, 200)),)
    assert ledger.buckets[0].tokens.total == 4362
    assert (ledger.family, ledger.files, ledger.rows, ledger.duplicates) == ("claude", 1, 1, 0)
    assert (ledger.left_out, ledger.is_complete, ledger.sessions) == ((), True, ())


def test_nothing(world: ClaudeWorld) -> None:
    ledger = world.scan()
    assert (ledger.buckets, ledger.files, ledger.rows, ledger.left_out) == ((), 0, 0, ())


def test_of_streamed_lines_the_last_counts(world: ClaudeWorld) -> None:
    """Neither their sum nor their maximum; the model and the time are those of the last line, too."""
    world.write("p/1", line("1", 10, 900), line("2", 3), line("1", 10, 20), line("1", 10, 70, model="m", at=3600))
    ledger = world.scan()
    assert {(bucket.model, bucket.slot): bucket.tokens for bucket in ledger.buckets} == {
        (MODEL, SLOT): TokenCounts(3),
        ("m", SLOT + 4): TokenCounts(10, 70),
    }
    assert (ledger.rows, ledger.duplicates) == (2, 0)


def test_a_last_line_of_zeros_is_no_row(world: ClaudeWorld) -> None:
    world.write("p/1", line("1", 10, 20), line("1", 0))
    assert tokens(world.scan()) == TokenCounts(10, 20)


def test_rows_that_lack_an_id_all_count(world: ClaudeWorld) -> None:
    same = [line(None, 1), line(None, 1), line(None, 1, id="m"), line(None, 1, id="m"), line(None, 1, requestId="r")]
    world.write("p/1", *same)
    world.write("p/2", *same)
    assert requests(world.scan()) == 10


def test_the_same_message_of_other_requests_counts_each_time(world: ClaudeWorld) -> None:
    world.write("p/1", line("1", 5), line("1", 6, requestId="other"))
    world.write("p/2", line("1", 7, id="other"))
    assert tokens(world.scan()).input == 18


def test_a_copied_history_counts_once(world: ClaudeWorld) -> None:
    history = [line(str(number), 10) for number in range(5)]
    world.write("p/1", *history, line("a", 1))
    world.write("p/2", *history, line("b", 2))
    world.write("q/3", *history, line("c", 4))
    ledger = world.scan()
    assert tokens(ledger).input == 57
    assert (ledger.rows, ledger.duplicates) == (8, 10)


SIDE = {"isSidechain": True}


@pytest.mark.parametrize(
    ("files", "winner"),
    [
        ({"a": {}, "b": {}}, "a"),
        ({"b/1": {}, "a/9": {}}, "a/9"),
        ({"a": SIDE, "b": {}}, "b"),
        ({"a/subagents/1": {}, "b": {}}, "b"),
        ({"a/subagents/1": {}, "b": SIDE}, "a/subagents/1"),
        ({"a/subagents/1": SIDE, "b": SIDE}, "b"),
        ({"a/subagents/1": SIDE, "b/subagents/1": SIDE}, "a/subagents/1"),
        ({"a/subagents/1": {}, "b/subagents/1": {}, "c": SIDE}, "a/subagents/1"),
        ({"a/subagents": {}, "b": {}}, "a/subagents"),
        ({"subagents-a/1": {}, "t": {}}, "subagents-a/1"),
        ({"B": {}, "a": {}}, "B"),
    ],
)
def test_which_copy_wins(world: ClaudeWorld, files: dict[str, dict[str, bool]], winner: str) -> None:
    """Main conversations before sidechains, then parents before subagents, then the smaller path."""
    for number, (name, more) in enumerate(files.items(), start=1):
        world.write(name, line("1", number * 100, model=name, at=number * 900, **more))
    ledger = world.scan()
    (bucket,) = ledger.buckets
    place = list(files).index(winner) + 1
    assert (bucket.model, bucket.slot, bucket.tokens.input) == (winner, SLOT + place, place * 100)
    assert (ledger.rows, ledger.duplicates) == (1, len(files) - 1)
    (row,) = world.rows().rows
    assert (row.model, row.copies, row.file) == (winner, len(files) - 1, str(world.path(winner)))


def test_the_last_line_of_a_file_also_says_whether_it_is_a_sidechain(world: ClaudeWorld) -> None:
    world.write("a", line("1", 5), line("1", 6, **SIDE))
    world.write("b", line("1", 7, **SIDE), line("1", 8))
    assert tokens(world.scan()).input == 8


def test_copies_of_every_kind_in_one_bucket_leave_what_wins(world: ClaudeWorld) -> None:
    """Three copies that are priced in other ways: long prompts, other models, other quarters of an hour."""
    world.write("a", line("1", 1, 2, 3, 4, 1), line("2", 100))
    world.write("b", line("1", 300_000, 2, 3, 4, 4), line("1x", 300_000))
    world.write("c", line("1", 1, 2, 3, 4, 1, at=900), line("3", 5, at=900))
    ledger = world.scan()
    assert {(bucket.slot - SLOT, bucket.is_long): (bucket.requests, bucket.tokens) for bucket in ledger.buckets} == {
        (0, False): (2, TokenCounts(101, 2, 3, 4, 1)),
        (0, True): (1, TokenCounts(300_000)),
        (1, False): (1, TokenCounts(5)),
    }


def test_quarters_of_an_hour(world: ClaudeWorld) -> None:
    at = [SLOT * 900 - START_AT + seconds for seconds in (-1, 0, 899, 900)]
    world.write("p/1", *(line(str(second), 1, at=second) for second in at))
    assert [(bucket.slot - SLOT, bucket.requests) for bucket in world.scan().buckets] == [(-1, 1), (0, 2), (1, 1)]


def test_rows_of_a_while(world: ClaudeWorld) -> None:
    world.write("p/1", *(line(str(number), number + 1, at=number) for number in range(10)), line(None, 99, at=4))
    world.write("p/2", line("3", 1, at=7), line("v", 50, at=5, provider="vertex"))
    world.scan()
    page = world.rows(first=START_AT + 3, last=START_AT + 6)
    assert [row.at for row in page.rows] == sorted(row.at for row in page.rows)
    assert sorted((row.at - START_AT, row.tokens.input, row.copies) for row in page.rows) == [
        (3, 4, 1),
        (4, 5, 0),
        (4, 99, 0),
        (5, 6, 0),
    ]
    assert page.total == 4
    assert [row.tokens.input for row in world.rows("vertexai").rows] == [50]


def test_rows_no_more_than_asked_for(world: ClaudeWorld) -> None:
    world.write("p/1", *(line(str(number), 1, at=number) for number in range(10)))
    page = world.rows(limit=3)
    assert [row.at - START_AT for row in page.rows] == [0, 1, 2]
    assert page.total == 10


def test_rows_add_up_to_the_ledger(world: ClaudeWorld) -> None:
    world.write("a", *(line(str(number), number + 1, 2, 3) for number in range(20)), line(None, 7))
    world.write("b", *(line(str(number), 1, isSidechain=number % 2 == 0) for number in range(10, 30)))
    ledger = world.scan()
    rows = world.rows().rows
    assert sum((row.tokens for row in rows), TokenCounts()) == tokens(ledger)
    assert len(rows) == ledger.rows == 31


def test_rows_without_a_scan_before(world: ClaudeWorld) -> None:
    world.write("a", line("1", 5))
    assert world.rows().total == 1


def test_what_is_left_out_is_told(world: ClaudeWorld) -> None:
    world.write("a", line("1", 5), b'{"usage":{"input_tokens":', line("2", 6, message={"content": "x" * (1 << 19)}))
    world.write("b", line("3", 7), line("4", 1 << 50), line("5", 8, message={"content": "x" * (1 << 20)}), end=b"")
    ledger = world.scan()
    assert tokens(ledger).input == 12
    assert left_out(ledger) == {"long_line": 2, "broken_line": 2}
    world.append("b", b"\n" + line("6", 9) + b"\n")
    ledger = world.scan()
    assert tokens(ledger).input == 21
    assert left_out(ledger) == {"long_line": 2, "broken_line": 2}


@pytest.mark.skipif(os.name == "nt" or os.uname().sysname == "Darwin", reason="names are text there")
def test_names_that_are_no_text(world: ClaudeWorld) -> None:
    name = os.fsdecode(b"caf\xe9/\xff")
    world.write(name, line("1", 5))
    assert tokens(world.scan()).input == 5
    assert tokens(world.scan()).input == 5
    (row,) = world.rows().rows
    assert row.file.endswith("caf?/?.jsonl")
