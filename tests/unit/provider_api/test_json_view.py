"""Typed reads: the path in the error, never the value."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codexbar_qt.provider_api import JsonView, ParseError

if TYPE_CHECKING:
    from collections.abc import Callable

READS: dict[str, Callable[[JsonView], object]] = {
    "number": JsonView.number,
    "integer": JsonView.integer,
    "loose_number": JsonView.loose_number,
    "string": JsonView.string,
    "boolean": JsonView.boolean,
    "time": JsonView.time,
    "items": lambda view: list(view.items()),
    "get": lambda view: view.get("key"),
    "key": lambda view: view["key"],
}


@pytest.mark.parametrize(
    ("read", "value", "result"),
    [
        ("number", 3, 3.0),
        ("number", -2.5, -2.5),
        ("integer", 3, 3),
        ("integer", 3.0, 3),
        ("integer", 10**20, 10**20),
        ("loose_number", " 2.5 ", 2.5),
        ("loose_number", 7, 7.0),
        ("string", "", ""),
        ("boolean", False, False),
        ("time", "2030-01-08T12:00:00+02:00", datetime(2030, 1, 8, 10, tzinfo=UTC)),
        ("time", "2030-01-08", datetime(2030, 1, 8, tzinfo=UTC)),
        ("get", {"key": None}, None),
        ("get", {}, None),
        ("items", [], []),
    ],
)
def test_good_reads(read: str, value: object, result: object) -> None:
    found = READS[read](JsonView(value))
    assert found == result
    assert type(found) is type(result)


BAD: dict[str, tuple[object, ...]] = {
    "number": ("3", True, None, [], {}, 10**400),
    "integer": (3.5, "3", False, 10**400),
    "loose_number": ("", "x", "nan", "inf", "1e999", True, None),
    "string": (1, None, True, []),
    "boolean": (0, 1, "true", None),
    "time": ("soon", "", 5, "2030-13-01T00:00:00Z"),
    "items": ({}, "text", None, 1),
    "get": ([], "text", None, 1),
    "key": ({}, {"key": None}, []),
}


@pytest.mark.parametrize(("read", "value"), [(read, value) for read, values in BAD.items() for value in values])
def test_bad_reads_name_the_place_and_not_the_value(read: str, value: object) -> None:
    with pytest.raises(ParseError) as caught:
        READS[read](JsonView(value, "$.a[3]"))
    assert caught.value.path in ("$.a[3]", "$.a[3].key")
    assert caught.value.path in caught.value.message
    assert caught.value.message.endswith(".")


def test_value_never_shows() -> None:
    with pytest.raises(ParseError) as caught:
        JsonView({"token": "test-key-1"})["token"].number()
    assert "test-key-1" not in str(caught.value)


def test_paths() -> None:
    view = JsonView.from_text('{"data": [{"limit": 1}, {"limit": null}], "none": null}')
    items = list(view["data"].items())
    assert [item.path for item in items] == ["$.data[0]", "$.data[1]"]
    assert items[0]["limit"].path == "$.data[0].limit"
    assert items[1].get("limit") is None
    assert items[0].raw == {"limit": 1}
    assert view.is_object()
    assert not view["data"].is_object()
    assert JsonView(None).is_null()
    assert not view.is_null()


@pytest.mark.parametrize(
    "text", ["", "{", "[1,", "NaN", '{"a": Infinity}', "[-Infinity]", b"\xff\xfe\x00", "<html>", "[" * 100_000]
)
def test_what_is_not_json(text: str | bytes) -> None:
    with pytest.raises(ParseError) as caught:
        JsonView.from_text(text)
    assert caught.value.path == "$"


@given(st.text() | st.binary())
def test_any_text_is_read_or_refused(text: str | bytes) -> None:
    try:
        JsonView.from_text(text)
    except ParseError as error:
        assert error.path == "$"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=6,
    ),
    st.sampled_from(sorted(READS)),
)
def test_any_read_gives_a_value_or_a_parse_error(value: object, read: str) -> None:
    try:
        READS[read](JsonView(value))
    except ParseError as error:
        assert error.path.startswith("$")
