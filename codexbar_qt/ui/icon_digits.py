"""Digits made of whole pixels: no font has to be loaded before the first icon, and none blurs at 16 pixels."""

from __future__ import annotations

from typing import Final

from codexbar_qt.ui.icon_spec import GRID, Badge
from codexbar_qt.ui.rectangle import Rectangle

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


def place_number(size: int, badge: Badge = "") -> Rectangle:
    """Return where the number goes: the middle of `size` pixels, or above a badge, which must not hide digits."""
    margin = max(1, round(size * 2 / GRID))
    if badge:
        y = max(1, round(size / GRID))
        return Rectangle(
            margin, y, size - 2 * margin, place_number_badge(badge, size)[0].y - max(1, round(size * 2 / GRID)) - y
        )
    height = round(size * 24 / GRID)
    return Rectangle(margin, (size - height) // 2, size - 2 * margin, height)


def place_number_badge(badge: Badge, size: int) -> tuple[Rectangle, ...]:
    """Return the parts of the badge below a number: a dot, or an exclamation mark that lies on its side."""
    margin, width = max(1, round(size * 2 / GRID)), max(3, round(size * 7 / GRID))
    dot = Rectangle(size - margin - width, size - width - max(0, round(size / GRID - 0.4)), width, width)
    if badge == "alert":
        gap = max(1, round(size * 3 / GRID))
        return (Rectangle(margin, dot.y, dot.x - gap - margin, width), dot)
    return (dot,) if badge else ()


def place_digits(text: str, area: Rectangle, size: int) -> tuple[Rectangle, ...]:
    """Return the boxes that together draw one or two characters of 0-9 and "-" in the middle of `area`."""
    gap = max(2, round(size * 4 / GRID))
    width = (area.width - gap) // 2
    thick = max(2, round(size * 4.5 / GRID))
    total = len(text) * width + (len(text) - 1) * gap
    x = area.x + (area.width - total) // 2
    boxes: list[Rectangle] = []
    for index, character in enumerate(text):
        boxes += _digit(character, Rectangle(x + index * (width + gap), area.y, width, area.height), thick)
    return tuple(boxes)


def _digit(character: str, cell: Rectangle, thick: int) -> list[Rectangle]:
    if character == "1":
        stem = cell.x + (cell.width - thick + 1) // 2
        return [Rectangle(stem, cell.y, thick, cell.height), Rectangle(stem - thick, cell.y, thick, thick)]
    middle = cell.y + (cell.height - thick) // 2
    right = cell.right - thick
    upper, lower = middle + thick - cell.y, cell.bottom - middle
    strokes = {
        "t": Rectangle(cell.x, cell.y, cell.width, thick),
        "m": Rectangle(cell.x, middle, cell.width, thick),
        "b": Rectangle(cell.x, cell.bottom - thick, cell.width, thick),
        "l": Rectangle(cell.x, cell.y, thick, upper),
        "L": Rectangle(cell.x, middle, thick, lower),
        "r": Rectangle(right, cell.y, thick, upper),
        "R": Rectangle(right, middle, thick, lower),
    }
    return [strokes[name] for name in _STROKES[character]]
