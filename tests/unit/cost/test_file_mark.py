"""Whether a file still begins with what was read of it."""

from __future__ import annotations

import io

import pytest

from codexbar_qt.cost.file_mark import mark_of

CONTENT = bytes(range(256)) * 20


def mark(content: bytes, offset: int) -> bytes:
    return mark_of(io.BytesIO(content), offset)


@pytest.mark.parametrize("offset", [0, 1, 1000, 1024, 1025, 3000, len(CONTENT)])
def test_what_follows_changes_nothing(offset: int) -> None:
    assert mark(CONTENT, offset) == mark(CONTENT[:offset], offset) == mark(CONTENT[:offset] + b"more", offset)
    assert len(mark(CONTENT, offset)) == 8


@pytest.mark.parametrize("place", [0, 1023, 2999, 3000 - 1024])
def test_the_first_and_the_last_kilobyte_tell(place: int) -> None:
    other = bytearray(CONTENT)
    other[place] ^= 1
    assert mark(bytes(other), 3000) != mark(CONTENT, 3000)


def test_a_file_that_is_shorter_is_another() -> None:
    assert mark(CONTENT[:2900], 3000) != mark(CONTENT, 3000)
