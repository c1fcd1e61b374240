"""Digits made of whole pixels: no font has to be loaded before the first icon, and none blurs at 16 pixels."""

from __future__ import annotations

from typing import Final

from codexbar_qt.ui.icon_spec import GRID, Box

# Strokes of a digit, clockwise from the top, then the middle: the seven everybody knows from clocks.
_STROKES: Final = {
    "0": "trRbLl",
    "2": "trmLb",
    "3": "trmRb",
    "4": "lmrR",
    "5": "tlmRb",
    "6": "tlmLRb",
    "7": "trR",
    "8": "tlrmLRb",
    "9": "tlrmRb",
    "-": "m",
}


def place_digits(text: str, size: int) -> tuple[Box, ...]:
    """Return the boxes that together draw one or two characters of 0-9 and "-" in the middle of `size` pixels."""
    margin = max(1, round(size * 2 / GRID))
    gap = max(2, round(size * 4 / GRID))
    width = (size - 2 * margin - gap) // 2
    thick = max(2, round(size * 4.5 / GRID))
    height = round(size * 24 / GRID)
    y = (size - height) // 2
    total = len(text) * width + (len(text) - 1) * gap
    x = (size - total) // 2
    boxes: list[Box] = []
    for index, character in enumerate(text):
        boxes += _digit(character, Box(x + index * (width + gap), y, width, height), thick)
    return tuple(boxes)


def _digit(character: str, cell: Box, thick: int) -> list[Box]:
    if character == "1":
        stem = cell.x + (cell.width - thick + 1) // 2
        return [Box(stem, cell.y, thick, cell.height), Box(stem - thick, cell.y, thick, thick)]
    middle = cell.y + (cell.height - thick) // 2
    right = cell.right - thick
    upper, lower = middle + thick - cell.y, cell.bottom - middle
    strokes = {
        "t": Box(cell.x, cell.y, cell.width, thick),
        "m": Box(cell.x, middle, cell.width, thick),
        "b": Box(cell.x, cell.bottom - thick, cell.width, thick),
        "l": Box(cell.x, cell.y, thick, upper),
        "L": Box(cell.x, middle, thick, lower),
        "r": Box(right, cell.y, thick, upper),
        "R": Box(right, middle, thick, lower),
    }
    return [strokes[name] for name in _STROKES[character]]
