"""Numbers of one kind beside each other in as few bytes as the largest needs; how rows are kept on disk."""

from __future__ import annotations

import sys
from array import array
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_CODES = (("B", 1 << 8), ("H", 1 << 16), ("I", 1 << 32), ("Q", 1 << 64))
LARGEST = (1 << 40) - 1
"""Larger numbers than this are no token counts but damage. No sum of others grows out of 64 bits."""


def pack_column(values: Sequence[int]) -> bytes:
    """Return whole numbers from 0 on, of up to 64 bits, as bytes."""
    peak = max(values, default=0)
    code = next(code for code, limit in _CODES if peak < limit)
    column = array(code, values)
    if sys.byteorder == "big":
        column.byteswap()
    return code.encode() + column.tobytes()


def unpack_column(packed: bytes) -> Sequence[int]:
    """Return the numbers. Raises ValueError for bytes that are no column."""
    code = chr(packed[0]) if packed else ""
    if code not in {known for known, _ in _CODES}:
        raise ValueError("not a column")
    column = array(code)
    column.frombytes(packed[1:])
    if sys.byteorder == "big":
        column.byteswap()
    return column
