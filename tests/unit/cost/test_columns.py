"""Numbers in columns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codexbar_qt.cost.columns import LARGEST, pack_column, unpack_column


@given(st.lists(st.integers(0, (1 << 64) - 1)))
def test_what_goes_in_comes_out(values: list[int]) -> None:
    assert list(unpack_column(pack_column(values))) == values


@pytest.mark.parametrize(
    ("peak", "size"),
    [(0, 1), (255, 1), (256, 2), (65535, 2), (65536, 4), ((1 << 32) - 1, 4), (1 << 32, 8), (LARGEST, 8)],
)
def test_as_few_bytes_as_the_largest_needs(peak: int, size: int) -> None:
    assert len(pack_column([1, peak, 0])) == 1 + 3 * size


def test_columns_are_the_same_on_every_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    assert pack_column([1, 256]) == b"H\x01\x00\x00\x01"
    monkeypatch.setattr("codexbar_qt.cost.columns.sys.byteorder", "big")
    packed = pack_column([1, 256])
    assert packed == b"H\x00\x01\x01\x00"
    assert list(unpack_column(packed)) == [1, 256]


@pytest.mark.parametrize("packed", [b"", b"x", b"f\0\0\0\0", b"H\0", b"\xff"])
def test_bytes_that_are_no_column(packed: bytes) -> None:
    with pytest.raises(ValueError):
        unpack_column(packed)
