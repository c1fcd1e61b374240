"""The byte rules of JSON (cli.md 3)."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codexbar_qt.json_text import encode_json, present


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (28.0, "28"),
        (-0.0, "0"),
        (0.1, "0.1"),
        (3.0625, "3.0625"),
        (1e-7, "1e-07"),
        (float(2**53), "9007199254740992.0"),
        (1e300, "1e+300"),
        (300, "300"),
        (True, "true"),
        (None, "null"),
        (math.nan, "null"),
        ("a/b é \x07", '"a/b é \\u0007"'),
        ((1.0, [2.5]), "[1,[2.5]]"),
        ({"a": {"b": 1.0}}, '{"a":{"b":1}}'),
        (datetime(2026, 7, 16, 12, 0, 5, 999_999, UTC), '"2026-07-16T12:00:05Z"'),
        (datetime(2026, 7, 16, 1, 0, tzinfo=timezone(timedelta(hours=3))), '"2026-07-15T22:00:00Z"'),
        (datetime(12, 1, 1, tzinfo=UTC), '"0012-01-01T00:00:00Z"'),
    ],
)
def test_compact(value: object, text: str) -> None:
    assert encode_json(value) == text + "\n"


def test_pretty_is_sorted_and_indented_by_two() -> None:
    assert encode_json({"b": [1.0], "a": {}}, pretty=True) == '{\n  "a": {},\n  "b": [\n    1\n  ]\n}\n'


def test_present_leaves_out_what_has_no_value() -> None:
    kept = {"zero": 0, "no": False, "empty": "", "list": []}
    assert present({**kept, "none": None, "nan": math.nan, "inf": math.inf}) == kept


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_every_document_is_json_without_whole_floats(value: object) -> None:
    seen: list[str] = []

    def keep(text: str) -> float:
        seen.append(text)
        return float(text)

    json.loads(encode_json(value), parse_float=keep, parse_constant=pytest.fail)
    assert not [text for text in seen if text.endswith(".0") and abs(float(text)) < 2**53]


def test_what_steers_a_terminal_is_escaped() -> None:
    text = encode_json({"a": "x\x9b31m\u202ey\x1b[2Jü"})
    assert text == '{"a":"x\\u009b31m\\u202ey\\u001b[2Jü"}\n'
    assert json.loads(text) == {"a": "x\x9b31m\u202ey\x1b[2Jü"}
