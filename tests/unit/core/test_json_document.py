"""Reading and writing the text of our JSON files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codexbar_qt.core.json_document import DocumentError, decode_object, encode_object

texts = st.text("aZ0 _.-/\\\"'{}[]\n\t\0\x7fé€\ud800\U0001d11e", max_size=8)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=12)


@given(st.dictionaries(texts, values))
def test_what_is_written_reads_back(document: dict[str, object]) -> None:
    assert decode_object(encode_object(document)) == document


def test_the_form_of_the_text() -> None:
    text = encode_object({"b": "a/ü", "a": [1, 2.5, None]}).decode()
    assert text == '{\n  "a": [\n    1,\n    2.5,\n    null\n  ],\n  "b": "a/ü"\n}\n'


def test_a_byte_order_mark_and_escaped_slashes_are_read() -> None:
    assert decode_object(b'\xef\xbb\xbf{"a": "x\\/y"}') == {"a": "x/y"}


def test_half_a_surrogate_pair_survives() -> None:
    document = decode_object(b'{"a": "\\ud800"}')
    assert decode_object(encode_object(document)) == document


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"\xff\xfe", "byte 1 is not UTF-8"),
        (b'{"a": 1', "line 1, column 8 is not valid JSON"),
        (b'{"a": NaN}', "NaN is not a JSON number"),
        (b'{"a": 1e999}', "too large"),
        (b"[]", "does not hold a JSON object"),
        (b'"text"', "does not hold a JSON object"),
        (b"[" * 200_000, "nesting"),
        (b'{"a": ' + b"9" * 5000 + b"}", "beyond all measure"),
    ],
)
def test_bad_text_is_refused_with_a_reason(data: bytes, reason: str) -> None:
    with pytest.raises(DocumentError, match=reason):
        decode_object(data)


def test_a_reason_never_shows_content() -> None:
    with pytest.raises(DocumentError) as caught:
        decode_object(b'{"apiKey": "test-key-1" "x"}')
    assert "test-key-1" not in str(caught.value)
