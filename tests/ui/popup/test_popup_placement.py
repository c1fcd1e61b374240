from __future__ import annotations

import pytest

from codexbar_qt.ui.popup_placement import GAP, ScreenArea, largest_height, panel_edge, place, screen_of
from codexbar_qt.ui.rectangle import Rectangle

FULL = Rectangle(0, 0, 1920, 1080)
SIZE = (320, 500)
PANELS = {
    "top": ScreenArea(FULL, Rectangle(0, 30, 1920, 1050)),
    "bottom": ScreenArea(FULL, Rectangle(0, 0, 1920, 1040)),
    "left": ScreenArea(FULL, Rectangle(60, 0, 1860, 1080)),
    "right": ScreenArea(FULL, Rectangle(0, 0, 1860, 1080)),
}
ICONS = {
    "top": Rectangle(1500, 3, 24, 24),
    "bottom": Rectangle(1500, 1048, 24, 24),
    "left": Rectangle(18, 700, 24, 24),
    "right": Rectangle(1878, 700, 24, 24),
}


@pytest.mark.parametrize(
    ("edge", "corner"),
    [
        ("top", (1512 - 160, 30 + GAP)),
        ("bottom", (1512 - 160, 1040 - GAP - 500)),
        ("left", (60 + GAP, 712 - 250)),
        ("right", (1860 - GAP - 320, 712 - 250)),
    ],
)
def test_stands_beside_the_icon_on_the_inner_side_of_the_panel(edge: str, corner: tuple[int, int]) -> None:
    assert place(SIZE, ICONS[edge], [PANELS[edge]]) == corner


@pytest.mark.parametrize("edge", ["top", "bottom", "left", "right"])
def test_knows_the_edge_of_a_panel_that_reserves_no_space(edge: str) -> None:
    screen = ScreenArea(FULL, FULL)
    x, y = place(SIZE, ICONS[edge], [screen])
    icon = ICONS[edge]
    gaps = {"top": y - icon.bottom, "bottom": icon.y - (y + 500), "left": x - icon.right, "right": icon.x - (x + 320)}
    assert gaps[edge] == GAP


@pytest.mark.parametrize("edge", ["top", "bottom", "left", "right"])
@pytest.mark.parametrize("at", [0, 5, 500, 1070, 1915])
def test_never_leaves_the_free_part_of_the_screen(edge: str, at: int) -> None:
    icon = ICONS[edge]
    moved = Rectangle(at, icon.y, 24, 24) if edge in ("top", "bottom") else Rectangle(icon.x, min(at, 1056), 24, 24)
    screen = PANELS[edge]
    x, y = place(SIZE, moved, [screen])
    assert screen.free.x <= x <= screen.free.right - 320
    assert screen.free.y <= y <= screen.free.bottom - 500


def test_stays_on_the_screen_of_the_icon() -> None:
    left = PANELS["bottom"]
    right = ScreenArea(Rectangle(1920, -200, 2560, 1440), Rectangle(1920, -200, 2560, 1400))
    icon = Rectangle(1930, 1210, 24, 24)
    assert place(SIZE, icon, [left, right]) == (1920 + GAP, 1200 - GAP - 500)
    assert screen_of(icon, [left, right]) is right


@pytest.mark.parametrize(
    "anchor", [None, Rectangle(0, 0, 0, 0), Rectangle(-500, -500, 24, 24), Rectangle(5000, 20, 24, 24)]
)
def test_goes_to_the_corner_of_the_tray_when_the_icon_is_unknown(anchor: Rectangle | None) -> None:
    assert place(SIZE, anchor, [PANELS["bottom"]]) == (1920 - GAP - 320, 1040 - GAP - 500)
    assert place(SIZE, anchor, [PANELS["top"]]) == (1920 - GAP - 320, 30 + GAP)
    assert place(SIZE, anchor, [PANELS["left"]]) == (60 + GAP, 1080 - GAP - 500)
    assert place(SIZE, anchor, [PANELS["right"]]) == (1860 - GAP - 320, 1080 - GAP - 500)


def test_uses_the_screen_under_the_pointer_when_the_icon_is_unknown() -> None:
    second = ScreenArea(Rectangle(1920, 0, 1280, 800), Rectangle(1920, 0, 1280, 760))
    assert place(SIZE, None, [PANELS["bottom"], second], (2000, 10)) == (3200 - GAP - 320, 760 - GAP - 500)
    assert place(SIZE, None, [PANELS["bottom"], second], (9000, 10)) == (1920 - GAP - 320, 1040 - GAP - 500)


def test_what_is_larger_than_the_screen_starts_at_its_corner() -> None:
    small = ScreenArea(Rectangle(0, 0, 300, 400), Rectangle(0, 20, 300, 380))
    assert place(SIZE, None, [small]) == (0, 20)


def test_height_limit_and_panel_edge() -> None:
    assert largest_height(PANELS["bottom"]) == 884
    assert {name: panel_edge(screen) for name, screen in PANELS.items()} == {name: name for name in PANELS}
    assert panel_edge(ScreenArea(FULL, FULL)) is None


@pytest.mark.parametrize(("y", "top"), [(5, 29 + GAP), (1051, 1051 - GAP - 500)])
def test_an_icon_in_the_corner_belongs_to_the_lying_panel(y: int, top: int) -> None:
    corner = Rectangle(1896, y, 24, 24)
    assert place(SIZE, corner, [ScreenArea(FULL, FULL)]) == (1920 - GAP - 320, top)
