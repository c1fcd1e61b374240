"""Damaged, replaced and absurd logs: the right totals, or a word on what was left out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codexbar_qt.cost.codex.line_shapes import LARGEST_COUNT
from codexbar_qt.cost.codex.lines import Fact, UsageFact, read_line
from codexbar_qt.cost.line_blocks import LONGEST_LINE
from tests.unit.cost.codex.codex_world import (
    CodexWorld,
    by_session,
    count,
    left_out,
    line,
    meta,
    stamp,
    tokens,
    turn,
)

ONE, TWO = count(1, (100, 0, 10), (100, 0, 10)), count(2, (150, 0, 15), (50, 0, 5))
LONG = "x" * LONGEST_LINE


def test_a_long_line_is_left_out_and_told(world: CodexWorld) -> None:
    long = line("event_msg", 1, {"type": "token_count", "info": {"last_token_usage": {"input_tokens": 7}}, "x": LONG})
    chatter = line("response_item", 1, {"text": LONG})
    world.write("a", meta("s1"), ONE, long, chatter, TWO)

    ledger = world.scan()

    assert (by_session(ledger), left_out(ledger)) == ({"s1": 165}, {"long_line": 1})
    world.append("a", f"{long}\n".encode())
    assert left_out(world.scan()) == {"long_line": 2}


def test_a_line_that_is_no_json_is_left_out_and_told(world: CodexWorld) -> None:
    world.write("a", meta("s1"), ONE, '{"token_count" nonsense', "nonsense", TWO[:-9], TWO)

    ledger = world.scan()

    assert (by_session(ledger), left_out(ledger)) == ({"s1": 165}, {"broken_line": 2})


def test_bytes_that_are_no_text_break_only_what_they_stand_in(world: CodexWorld) -> None:
    chatter = line("event_msg", 1, {"type": "token_count", "say": "?"}).encode().replace(b"?", b"\xff")
    in_model = turn("?").encode().replace(b"?", b"\xff")
    world.append("a", b"\n".join([meta("s1").encode(), chatter, in_model, ONE.encode(), b""]))

    ledger = world.scan()

    assert (by_session(ledger), left_out(ledger)) == ({"s1": 110}, {"broken_line": 1})


@pytest.mark.parametrize("first", [meta("c", 30)[:-1], meta("c", 30, instructions=LONG)])
def test_a_log_whose_owner_cannot_be_read_is_not_taken_for_its_ancestor(world: CodexWorld, first: str) -> None:
    world.write("p", meta("p"), ONE)
    world.write("c", first, meta("p"), ONE, TWO)
    world.write("d", first, ONE, TWO)

    ledger = world.scan()

    assert by_session(ledger) == {"p": 110, "d": 165}
    assert left_out(ledger)["unknown_baseline"] == 1


def test_a_truncated_or_replaced_log_is_read_anew(world: CodexWorld) -> None:
    world.write("a", meta("s1"), ONE, TWO)
    assert by_session(world.scan()) == {"s1": 165}

    world.write("a", meta("s1"), ONE)
    assert by_session(world.scan()) == {"s1": 110}

    world.write("a", meta("s2"), ONE.replace("100", "200"), TWO)
    assert world.scan() == world.scratch()


def test_a_vanished_log_is_dropped(world: CodexWorld) -> None:
    world.write("a", meta("s1"), ONE)
    path = world.write("b", meta("s2"), ONE)
    world.scan()
    path.unlink()

    assert by_session(world.scan()) == {"s1": 110}


def test_a_log_that_vanishes_before_it_is_read_raises(world: CodexWorld) -> None:
    world.write("a", meta("s1"), ONE)
    world.scan()
    [file] = world.states.files()
    Path(file.path).unlink()

    with pytest.raises(FileNotFoundError):
        world.read(file)


@pytest.mark.parametrize("repeated", [(ONE,), (ONE, TWO), (count(1, (0, 0, 0), (5, 0, 0)),)])
def test_endless_repeats_take_no_room(world: CodexWorld, repeated: tuple[str, ...]) -> None:
    world.write("a", meta("s1"), *repeated * 3_000)

    ledger = world.scan()
    [file] = world.states.files()

    assert ledger.rows == len(repeated) - (repeated[0].count('"input_tokens":0') > 0)
    assert len(world.states.load(file).packed) < 1000
    assert sum(row.copies for row in world.rows()) == ledger.duplicates == ledger.rows * 2_999


def test_clocks_that_are_wrong_put_usage_elsewhere_and_lose_none(world: CodexWorld) -> None:
    moments = "9999-12-31T23:59:59Z", "1969-12-31T23:59:59.999Z", "0001-01-01T00:00:00+14:00"
    world.write("a", meta("s1"), *(count(1, None, (10, 0, 1)).replace(stamp(1), moment) for moment in moments))

    ledger = world.scan()

    assert tokens(ledger).total == 33
    assert [bucket.slot for bucket in ledger.buckets][1:] == [-1, 253_402_300_799 // 900]


@pytest.mark.parametrize("moment", ["", "yesterday", 1_925_373_600, None, "10000-01-01T00:00:00Z"])
def test_usage_without_a_time_is_left_out_and_told(world: CodexWorld, moment: object) -> None:
    timeless = count(1, (100, 0, 10), (100, 0, 10)).replace(f'"{stamp(1)}"', json.dumps(moment))
    world.write("a", meta("s1"), timeless, TWO)

    ledger = world.scan()

    assert (by_session(ledger), left_out(ledger)) == ({"s1": 55}, {"broken_line": 1})


def test_negative_numbers_count_as_nothing(world: CodexWorld) -> None:
    world.write("a", meta("s1"), count(1, None, (-100, -60, 30, -10)), count(2, (-1, 0, 0), (-1, 0, 0)))

    ledger = world.scan()

    assert (tokens(ledger).total, ledger.rows) == (30, 1)


@pytest.mark.parametrize("number", [LARGEST_COUNT + 1, 10**40, 1e300])
def test_numbers_beyond_all_measure_are_left_out_and_told(world: CodexWorld, number: float) -> None:
    absurd = count(1, None, (7,)).replace(":7", f":{number}")
    world.write("a", meta("s1"), absurd, count(1, None, (LARGEST_COUNT, 0, 5)), ONE)

    ledger = world.scan()

    assert tokens(ledger).total == LARGEST_COUNT + 5 + 110
    assert left_out(ledger) == {"broken_line": 1}


@pytest.mark.parametrize("number", ["null", '"7"', "true", "[7]", "{}"])
def test_numbers_of_another_type_count_as_nothing(number: str) -> None:
    fact = read_line(count(1, None, (7, 3, 5)).replace(":7", f":{number}").encode())

    assert isinstance(fact, UsageFact)
    assert fact.last is not None
    assert (fact.last.input, fact.last.output) == (0, 5)


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        '"token_count"',
        "{}",
        '{"type":"event_msg"}',
        '{"type":"event_msg","payload":[]}',
        '{"type":"event_msg","payload":{"type":"token_count"}}',
        '{"type":"event_msg","payload":{"type":"token_count","info":"full"}}',
        '{"type":"event_msg","payload":{"type":"token_count","info":{"total_token_usage":[1]}}}',
        '{"type":"event_msg","payload":{"type":"thread_settings_applied"}}',
        '{"type":["event_msg"],"payload":{"type":{}}}',
        '{"type":"response_item","payload":{"type":"token_count","info":{"last_token_usage":{"input_tokens":5}}}}',
    ],
)
def test_lines_of_another_shape_say_nothing(text: str) -> None:
    assert read_line(text.encode()) is None


def test_names_of_another_type_are_no_names(world: CodexWorld) -> None:
    owner = {"id": 5, "session_id": ["x"], "cwd": {}, "source": 7, "forked_from_id": {"id": "p"}, "timestamp": 3}
    world.write("a", line("session_meta", 0, owner), turn(7), count(1, None, (10,), model=[]), turn("m", cwd=None))

    ledger = world.scan()

    assert by_session(ledger) == {"a": 10}
    assert [bucket.model for bucket in ledger.buckets] == ["unknown"]


def test_a_line_nested_without_end_is_broken() -> None:
    assert read_line(b'{"type":"token_count","payload":' + b"[" * 200_000) == "broken"
    assert read_line(b'{"type":' + b"[" * 200_000 + b"]" * 200_000 + b"}") == "broken"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@st.composite
def _altered(draw: st.DrawFn) -> bytes:
    """Return a line with one value replaced."""
    known = json.loads(draw(st.sampled_from([meta("s1", forked_from_id="p"), turn("gpt-5"), ONE])))
    place = known
    while True:
        key = draw(st.sampled_from(sorted(place)))
        if isinstance(place[key], dict) and place[key] and draw(st.booleans()):
            place = place[key]
        else:
            place[key] = draw(_JSON)
            return json.dumps(known).encode()


@settings(max_examples=60)
@given(_altered() | st.binary(max_size=60))
def test_no_line_raises(data: bytes) -> None:
    fact = read_line(data)

    assert fact is None or fact == "broken" or isinstance(fact, Fact)
