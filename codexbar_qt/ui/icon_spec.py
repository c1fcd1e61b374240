"""What a tray icon shows, as values, and where its parts lie on whole pixels. No Qt: it is needed first.

The measures are those of a 36 pixel grid (product sheet 1.1). Other sizes are laid out again rather than scaled, so
that every edge falls on a whole pixel.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from codexbar_qt.ui.rectangle import Rectangle

if TYPE_CHECKING:
    from codexbar_qt.core.card_state import TrayState

IconStyle = Literal["bars", "number"]
Ground = Literal["light", "dark", "mask"]
"""The panel below the icon; `mask` leaves the colour to the system (macOS)."""
Layout = Literal["pair", "primary_only", "credits", "empty"]
Badge = Literal["", "dot", "alert"]

GRID = 36
SIZES = (16, 18, 22, 24, 32, 36, 44, 48, 64, 96)
"""Pixels: the usual tray sizes and their doubles. Any other size can be painted too."""

TRACK_ALPHA, STROKE_ALPHA, FILL_ALPHA = 0.28, 0.44, 1.0
DIM_TRACK_ALPHA, DIM_STROKE_ALPHA, DIM_FILL_ALPHA = 0.18, 0.28, 0.55
MISSING_LANE = 0.45
"""How strong the track of a lane that does not exist is, relative to an ordinary track."""

_BY_HAND = {
    # 16 px has room for a difference between the lanes only if the gap gives way.
    ("pair", 16): (2, 6, 2, 4),
    ("credits", 16): (2, 7, 2, 3),
}


@dataclass(frozen=True, slots=True)
class IconSpec:
    """One icon apart from its size. `top` and `bottom` are percent 0-100 to the tenth; equal specs look equal."""

    layout: Layout = "empty"
    top: float | None = None
    bottom: float | None = None
    dimmed: bool = False
    badge: Badge = ""
    style: IconStyle = "bars"
    ground: Ground = "dark"


@dataclass(frozen=True, slots=True)
class Bar:
    """A capsule: its box, the filled width in pixels, and how strong its track is (1, or 0.45 for a missing lane)."""

    box: Rectangle
    filled: int = 0
    strength: float = 1.0


def icon_spec(state: TrayState, style: IconStyle = "bars", ground: Ground = "dark") -> IconSpec:
    """Return what is drawn for a state of the tray."""
    return IconSpec(state.layout, tenths(state.top), tenths(state.bottom), state.dimmed, state.badge, style, ground)


def tenths(value: float | None) -> float | None:
    """Return a percentage within 0-100, to the tenth; None for None and for what is not a number."""
    if value is None or math.isnan(value):
        return None
    return round(min(100.0, max(0.0, value)), 1)


def place_bars(spec: IconSpec, size: int) -> tuple[Bar, Bar]:
    """Return the upper and the lower bar of an icon of `size` pixels."""
    is_thick = spec.layout == "credits"
    margin, upper, gap, lower = _rows("credits" if is_thick else "pair", size)
    x = max(1, _half_up(size * 3 / GRID))
    top = Rectangle(x, margin, size - 2 * x, upper)
    bottom = Rectangle(x, margin + upper + gap, size - 2 * x, lower)
    is_missing = spec.layout in {"primary_only", "empty"} or spec.bottom is None
    return (
        Bar(top, _filled(top, spec.top)),
        Bar(bottom, strength=MISSING_LANE) if is_missing else Bar(bottom, _filled(bottom, spec.bottom)),
    )


def stroke_width(size: int) -> int:
    """Return the width of the line inside a bar's edge: 2 on the 36 pixel grid."""
    return max(1, _half_up(size * 2 / GRID))


def halo_width(size: int) -> int:
    """Return how far everything stays away from the badge: 1 pt."""
    return stroke_width(size)


def place_badge(badge: Badge, size: int) -> tuple[Rectangle, ...]:
    """Return the parts of the badge: a dot, or the stroke and the dot of an exclamation mark, rounded at the ends."""
    edge = size - max(1, _half_up(size * 4 / GRID))
    if badge == "dot":
        width = max(4, _half_up(size * 8 / GRID))
        return (Rectangle(edge - width, edge - width, width, width),)
    if badge == "alert":
        width = max(2, _half_up(size * 4 / GRID))
        gap = stroke_width(size)
        stroke = max(5, _half_up(size * 12 / GRID))
        x = _half_up(size * 24 / GRID)
        dot = Rectangle(x, edge - width, width, width)
        return (Rectangle(x, dot.y - gap - stroke, width, stroke), dot)
    return ()


def _rows(layout: Literal["pair", "credits"], size: int) -> tuple[int, int, int, int]:
    """Return margin above, upper bar, gap, lower bar: in proportion, and together as high as they should be."""
    by_hand = _BY_HAND.get((layout, size))
    if by_hand:
        return by_hand
    above, below, parts = (6, 4, (16, 4, 6)) if layout == "credits" else (5, 5, (12, 6, 8))
    margin = max(1, _half_up(size * above / GRID))
    height = size - margin - max(1, _half_up(size * below / GRID))
    exact = [height * part / sum(parts) for part in parts]
    rows = [max(1, int(value)) for value in exact]
    # The pixels that are left go to the parts that lost most by rounding down.
    for index in sorted(range(3), key=lambda i: rows[i] - exact[i])[: max(0, height - sum(rows))]:
        rows[index] += 1
    return margin, rows[0], rows[1], rows[2]


def _filled(box: Rectangle, value: float | None) -> int:
    return 0 if value is None else _half_up(box.width * value / 100)


def _half_up(value: float) -> int:
    return int(value + 0.5)
