"""Where the popup goes. Pure geometry in logical pixels of the virtual desktop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codexbar_qt.ui.rectangle import Rectangle

Edge = Literal["top", "bottom", "left", "right"]
GAP = 4
_LARGEST_SHARE = 0.85


@dataclass(frozen=True, slots=True)
class ScreenArea:
    """A screen and the part of it that panels leave free."""

    full: Rectangle
    free: Rectangle


def place(
    size: tuple[int, int],
    anchor: Rectangle | None,
    screens: Sequence[ScreenArea],
    pointer: tuple[int, int] | None = None,
) -> tuple[int, int]:
    """Return the top left corner of the popup.

    It stands beside the tray icon `anchor`, on the inner side of the panel and never off its screen. Without a usable
    anchor it goes to the corner where trays are: at the panel of the screen under the `pointer`, else of the first.
    """
    screen = screen_of(anchor, screens, pointer)
    if anchor is None or not _is_on(anchor, screen):
        return _corner(size, screen)
    return _beside(size, anchor, screen)


def screen_of(
    anchor: Rectangle | None, screens: Sequence[ScreenArea], pointer: tuple[int, int] | None = None
) -> ScreenArea:
    """Return the screen on which `place` puts the popup."""
    points = [point for point in (anchor.center if anchor else None, pointer) if point is not None]
    for screen in (_screen_at(point, screens) for point in points):
        if screen is not None:
            return screen
    return screens[0]


def largest_height(screen: ScreenArea) -> int:
    """Return how high the popup may grow: 85 % of what panels leave free."""
    return int(screen.free.height * _LARGEST_SHARE)


def panel_edge(screen: ScreenArea) -> Edge | None:
    """Return the edge with the widest panel, None when panels take nothing (or the system does not tell)."""
    taken: dict[Edge, int] = {
        "bottom": screen.full.bottom - screen.free.bottom,
        "top": screen.free.y - screen.full.y,
        "left": screen.free.x - screen.full.x,
        "right": screen.full.right - screen.free.right,
    }
    widest = max(taken, key=lambda edge: taken[edge])
    return widest if taken[widest] > 0 else None


def _beside(size: tuple[int, int], anchor: Rectangle, screen: ScreenArea) -> tuple[int, int]:
    width, height = size
    center_x, center_y = anchor.center
    edge = _edge_of(anchor, screen)
    if edge in ("top", "bottom"):
        x = center_x - width // 2
        y = (
            max(anchor.bottom, screen.free.y) + GAP
            if edge == "top"
            else min(anchor.y, screen.free.bottom) - GAP - height
        )
    else:
        y = center_y - height // 2
        x = max(anchor.right, screen.free.x) + GAP if edge == "left" else min(anchor.x, screen.free.right) - GAP - width
    return _inside(x, y, size, screen.free)


def _edge_of(anchor: Rectangle, screen: ScreenArea) -> Edge:
    center_x, center_y = anchor.center
    if not screen.free.contains(center_x, center_y):
        beyond: dict[Edge, int] = {
            "top": screen.free.y - center_y,
            "bottom": center_y - screen.free.bottom,
            "left": screen.free.x - center_x,
            "right": center_x - screen.free.right,
        }
        return max(beyond, key=lambda edge: beyond[edge])
    # In a corner an icon is as near to the side as to the end of its panel; panels that lie are the usual ones.
    if anchor.y - screen.full.y <= anchor.height:
        return "top"
    if screen.full.bottom - anchor.bottom <= anchor.height:
        return "bottom"
    distances: dict[Edge, int] = {
        "bottom": screen.full.bottom - anchor.bottom,
        "top": anchor.y - screen.full.y,
        "left": anchor.x - screen.full.x,
        "right": screen.full.right - anchor.right,
    }
    return min(distances, key=lambda edge: distances[edge])


def _corner(size: tuple[int, int], screen: ScreenArea) -> tuple[int, int]:
    width, height = size
    free, edge = screen.free, panel_edge(screen)
    x = free.x + GAP if edge == "left" else free.right - GAP - width
    y = free.y + GAP if edge == "top" else free.bottom - GAP - height
    return _inside(x, y, size, free)


def _inside(x: int, y: int, size: tuple[int, int], free: Rectangle) -> tuple[int, int]:
    width, height = size
    inside_x = min(max(x, free.x + GAP), free.right - GAP - width)
    inside_y = min(max(y, free.y + GAP), free.bottom - GAP - height)
    # What is larger than the screen starts at its corner: the header counts more than the end.
    return max(inside_x, free.x), max(inside_y, free.y)


def _screen_at(point: tuple[int, int], screens: Sequence[ScreenArea]) -> ScreenArea | None:
    return next((screen for screen in screens if screen.full.contains(*point)), None)


def _is_on(anchor: Rectangle, screen: ScreenArea) -> bool:
    return anchor.width > 0 and anchor.height > 0 and screen.full.contains(*anchor.center)
