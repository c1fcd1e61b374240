"""Lines as rows (token-cost.md 2)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from codexbar_qt.cost.claude.lines import NEEDLES, BrokenLineError
from codexbar_qt.cost.claude.rows import Row, RowReader
from tests.unit.cost.claude.claude_world import MODEL, START_AT, entry, line, read_one, usage

SYNTHETIC = (
    b'{"type":"assistant","timestamp":"2031-01-05T10:20:30.123Z","requestId":"req_1","sessionId":"s","isSidechain":false,'
    b'"message":{"id":"msg_1","model":"claude-opus-4-5-20251101","usage":{"input_tokens":12,"cache_creation_input_tokens":300,'
    b'"cache_read_input_tokens":4000,"output_tokens":50,"cache_creation":{"ephemeral_5m_input_tokens":100,'
    b'"ephemeral_1h_input_tokens":200}}}}'
)
MORE = {"aFieldOfTomorrow": 1}
"""Makes a line one that is looked at as a whole."""
BOTH_WAYS = pytest.mark.parametrize("more", [{}, MORE], ids=["known fields", "another field"])


def read_usage(found: object, **more: Any) -> tuple[int, ...] | None:
    row = read_one(line("1", message={"usage": found}, **more))
    return None if row is None else row[5:]


def test_the_line_of_the_sheet() -> None:
    assert read_one(SYNTHETIC) == Row("msg_1:req_1", START_AT, MODEL, False, False, 12, 50, 4000, 300, 200)


@BOTH_WAYS
def test_every_number(more: dict[str, Any]) -> None:
    assert read_usage(usage(1, 2, 3, 9, 5), **more) == (1, 2, 3, 9, 5)


@BOTH_WAYS
@pytest.mark.parametrize(
    "field", ["input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"]
)
@pytest.mark.parametrize("odd", [-5, None, "7", True, [], {}, 1.5, "absent"])
def test_a_number_that_is_none_counts_as_nothing(field: str, odd: object, more: dict[str, Any]) -> None:
    found = {**usage(11, 12, 13, 14), field: odd}
    if odd == "absent":
        del found[field]
    expected = [11, 12, 13, 14]
    expected[list(usage()).index(field)] = 0
    assert read_usage(found, **more) == (*expected, 0)


@BOTH_WAYS
@pytest.mark.parametrize("written", ["300", "300.0", "3e2"])
def test_a_whole_number_however_it_is_written(written: str, more: dict[str, Any]) -> None:
    text = line("1", 123456, 2, **more).replace(b"123456", written.encode())
    assert (row := read_one(text)) is not None
    assert row.input == 300


@BOTH_WAYS
@pytest.mark.parametrize(("hour", "kept"), [(200, 200), (300, 300), (301, 300), (10**30, 300), (-1, 0), (None, 0)])
def test_the_hour_part_is_a_part_of_what_was_written(hour: object, kept: int, more: dict[str, Any]) -> None:
    assert read_usage(usage(1, 2, 3, 300, hour), **more) == (1, 2, 3, 300, kept)


@BOTH_WAYS
@pytest.mark.parametrize("lives", [None, 5, "x", [], {}])
def test_no_lives_of_caches(lives: object, more: dict[str, Any]) -> None:
    assert read_usage({**usage(1, 2, 3, 4), "cache_creation": lives}, **more) == (1, 2, 3, 4, 0)


@BOTH_WAYS
@pytest.mark.parametrize("found", [usage(), usage(-1, -2), usage(hour=5), {}])
def test_all_zero_is_no_row(found: object, more: dict[str, Any]) -> None:
    assert read_usage(found, **more) is None


@BOTH_WAYS
@pytest.mark.parametrize("number", [(1 << 40), (1 << 63), 10**30])
def test_a_number_that_cannot_be_is_damage(number: int, more: dict[str, Any]) -> None:
    assert read_usage(usage((1 << 40) - 1), **more) == ((1 << 40) - 1, 0, 0, 0, 0)
    with pytest.raises(BrokenLineError):
        read_usage(usage(5, number), **more)


@BOTH_WAYS
@pytest.mark.parametrize(
    "change",
    [
        {"type": "user"},
        {"type": None},
        {"timestamp": None},
        {"timestamp": 1925374830},
        {"message": None},
        {"message": "text"},
        {"message": []},
    ],
)
def test_an_entry_that_is_none(change: dict[str, Any], more: dict[str, Any]) -> None:
    assert read_one(json.dumps({**entry("1", 5, **more), **change}).encode()) is None


@BOTH_WAYS
@pytest.mark.parametrize("name", ["type", "timestamp", "message"])
def test_an_entry_that_lacks_a_field(name: str, more: dict[str, Any]) -> None:
    made = entry("1", 5, **more)
    del made[name]
    assert read_one(json.dumps(made).encode()) is None


@BOTH_WAYS
@pytest.mark.parametrize("change", [{"model": None}, {"model": 5}, {"usage": None}, {"usage": "x"}, {"usage": [1]}])
def test_a_message_that_is_none(change: dict[str, Any], more: dict[str, Any]) -> None:
    assert read_one(line("1", 5, message=change, **more)) is None


@pytest.mark.parametrize("text", [b'["put_tokens"]', b'"input_tokens"', b"5", b"null"])
def test_json_that_is_no_entry(text: bytes) -> None:
    assert read_one(text) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2031-01-05T10:20:30.123Z", 0),
        ("2031-01-05T10:20:30Z", 0),
        ("2031-01-05T10:20:30.999Z", 0),
        ("2031-01-05T10:20:30.123456789Z", 0),
        ("2031-01-05T10:20:30.1Z", 0),
        ("2031-01-05T10:20:30+00:00", 0),
        ("2031-01-05T11:50:30.123+01:30", 0),
        ("2031-01-05T05:20:30.123-05:00", 0),
        ("2031-01-05T10:20:59.000Z", 29),
        ("2031-01-05T10:20:00Z", -30),
        ("2031-01-05T10:20Z", -30),
    ],
)
def test_times(text: str, seconds: int) -> None:
    assert (row := read_one(line(timestamp=text))) is not None
    assert row.at == START_AT + seconds


NO_TIMES = [
    "",
    "yesterday",
    "2031-01-05",
    "2031-01-05T10:20:30",
    "2031-01-05T10:20:30.123",
    "2031-01-05T10:20:60.123Z",
    "2031-01-05T10:20:99.123Z",
    "2031-01-05T10:20x30.123Z",
    "2031-01-05T10:20:30.abcZ",
    "2031-01-05T10:20:30x123Z",
    "2031-01-05T10:20:٣٠.123Z",
    "1969-12-31T23:59:59Z",
    "0001-01-01T00:00:00+14:00",
    "1925374830",
]


@pytest.mark.parametrize("text", NO_TIMES)
def test_no_times(text: str) -> None:
    """Nor are they when the same hour has been met before: the order of lines changes nothing."""
    assert read_one(line(timestamp=text)) is None
    reader = RowReader()
    assert read_one(line(), reader) is not None
    assert read_one(line(timestamp=text), reader) is None


def test_hours_that_are_remembered_change_nothing() -> None:
    reader = RowReader()
    texts = [
        f"2031-01-05T{hour}:{minute:02}:{second:02}.5Z"
        for hour in (10, 11)
        for minute in (20, 21)
        for second in (59, 0, 7)
    ]
    texts += [text.replace(".5Z", end) for text in texts for end in ("Z", ".000Z", ".999Z", "+00:00", "+01:00")]
    for text in texts + texts[::-1]:
        assert read_one(line(timestamp=text), reader) == read_one(line(timestamp=text))


def test_a_clock_in_the_future() -> None:
    assert (row := read_one(line(timestamp="9999-12-31T23:59:59-14:00"))) is not None
    assert row.at == 253402300799 + 14 * 3600


@BOTH_WAYS
@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({}, "msg_1:req_1"),
        ({"id": ""}, ":req_1"),
        ({"id": None}, ""),
        ({"id": 5}, ""),
        ({"requestId": None}, ""),
        ({"requestId": {}}, ""),
        ({"requestId": "req_2"}, "msg_1:req_2"),
    ],
)
def test_a_key_needs_both_ids(change: dict[str, Any], key: str, more: dict[str, Any]) -> None:
    assert (row := read_one(line("1", 5, **change, **more))) is not None
    assert row.key == key


def test_odd_ids_stay_apart_and_short() -> None:
    ids = ["x" * 1000, "x" * 1001, "a\nb", "a\nc"]
    keys = [row.key for one in ids if (row := read_one(line(id=one))) is not None]
    assert len(set(keys)) == len(ids)
    assert all(len(key) <= 200 and "\n" not in key for key in keys)


@BOTH_WAYS
@pytest.mark.parametrize(
    ("said", "is_side"), [(True, True), (False, False), (None, False), ("true", False), (1, False)]
)
def test_sidechains(said: object, is_side: bool, more: dict[str, Any]) -> None:
    assert (row := read_one(line(isSidechain=said, **more))) is not None
    assert row.is_sidechain is is_side


def test_spaces_and_line_ends_of_other_writers() -> None:
    spaced = json.dumps(entry("1", 5), indent=1).replace("\n", " ").encode() + b" \r"
    assert b'"type": "assistant"' in spaced
    assert read_one(spaced) == read_one(line("1", 5))
    assert NEEDLES[0] in spaced


@pytest.mark.parametrize(
    "text",
    [
        b'{"usage":{"input_tokens":5',
        line("1", 5) + b" x",
        line("1", 5) + line("1", 5),
        b"\0" * 20 + line("1", 5),
        line("1", 5).replace(b'"s"', b"\x01s"),
        line("1", 5, message={"content": "X"}).replace(b'"X"', b'"\\x"'),
        line("1", 5, message={"content": "X"}).replace(b'"X"', b"[" * 100_000 + b"]" * 100_000),
        line("1", 5, other="X").replace(b'"X"', b"[" * 100_000 + b"]" * 100_000),
    ],
)
def test_damage(text: bytes) -> None:
    with pytest.raises(BrokenLineError):
        read_one(text)


@BOTH_WAYS
@pytest.mark.parametrize(
    "said",
    [
        b"\xff\xfe",
        b"caf\xe9",
        b"\\ud83d",
        b"\\udc80",
        b"\\\\\\ud83d",
        b"\\ud83d\\ud83d\\ude00",
        b"\\ud83d\\n",
        b"\\uDBFF",
    ],
)
def test_a_line_that_is_no_text_inside_of_a_string_counts(said: bytes, more: dict[str, Any]) -> None:
    text = line("1", 5, message={"content": "X"}, **more)
    assert read_one(text.replace(b'"X"', b'"' + said + b'"')) == read_one(text)


@pytest.mark.parametrize(
    ("said", "model"),
    [
        (b"\xff", "�"),
        (b"\\ud83d", "�"),
        (b"\\ud83d\\ude00", "\U0001f600"),
        (b"\\\\ud83d\xff", "\\ud83d�"),
    ],
)
def test_names_that_are_no_text_get_replaced(said: bytes, model: str) -> None:
    assert (row := read_one(line("1", 5, model="X").replace(b'"X"', b'"' + said + b'"'))) is not None
    assert row.model == model


@pytest.mark.parametrize(
    ("numbers", "is_long"),
    [((200_000,), False), ((200_001,), True), ((1, 0, 199_999, 1), True), ((1, 999_999, 199_998, 1), False)],
)
def test_long_prompts_are_input_and_caches(numbers: tuple[int, ...], is_long: bool) -> None:
    assert (row := read_one(line("1", *numbers))) is not None
    assert row.is_long is is_long
