"""The measures of the tray icon: exact on the 36 pixel grid, whole pixels on every other size."""

from __future__ import annotations

import math

import pytest

from codexbar_qt.core.card_state import TrayState
from codexbar_qt.ui.icon_spec import (
    SIZES,
    Badge,
    IconSpec,
    icon_spec,
    place_badge,
    place_bars,
    stroke_width,
    tenths,
)
from codexbar_qt.ui.rectangle import Rectangle

ALL_SIZES = [*range(12, 65), 72, 96, 128]


def test_pair_on_the_grid() -> None:
    top, bottom = place_bars(IconSpec("pair", 100, 50), 36)
    assert top.box == Rectangle(3, 5, 30, 12)
    assert bottom.box == Rectangle(3, 23, 30, 8)
    assert (top.filled, bottom.filled) == (30, 15)
    assert stroke_width(36) == 2


def test_credits_on_the_grid() -> None:
    top, bottom = place_bars(IconSpec("credits", 60, 0), 36)
    assert top.box == Rectangle(3, 6, 30, 16)
    assert bottom.box == Rectangle(3, 26, 30, 6)
    assert (top.filled, bottom.filled, bottom.strength) == (18, 0, 1.0)


@pytest.mark.parametrize(
    ("spec", "filled", "strength"),
    [
        (IconSpec("pair", 72, 41), (22, 12), 1.0),
        (IconSpec("primary_only", 72), (22, 0), 0.45),
        (IconSpec("credits", 60), (18, 0), 0.45),
        (IconSpec("credits", 60, 0), (18, 0), 1.0),
        (IconSpec("pair", 72, 0), (22, 0), 1.0),
        (IconSpec("pair", None, 41), (0, 12), 1.0),
        (IconSpec("empty"), (0, 0), 0.45),
    ],
)
def test_rows_of_the_product_sheet(spec: IconSpec, filled: tuple[int, int], strength: float) -> None:
    top, bottom = place_bars(spec, 36)
    assert (top.filled, bottom.filled) == filled
    assert (top.strength, bottom.strength) == (1.0, strength)


@pytest.mark.parametrize("size", ALL_SIZES)
@pytest.mark.parametrize("layout", ["pair", "credits"])
def test_every_size_has_two_different_bars_inside(size: int, layout: str) -> None:
    top, bottom = place_bars(IconSpec("credits" if layout == "credits" else "pair", 50, 50), size)
    assert 0 < top.box.y < top.box.bottom < bottom.box.y < bottom.box.bottom < size
    assert top.box.height > bottom.box.height >= 2
    assert top.box.x == bottom.box.x == size - top.box.right > 0


@pytest.mark.parametrize("size", [36, 72, 144])
def test_doubles_exactly(size: int) -> None:
    by = size // 36
    top, bottom = place_bars(IconSpec("pair", 50, 50), size)
    assert (top.box, bottom.box) == (
        Rectangle(3 * by, 5 * by, 30 * by, 12 * by),
        Rectangle(3 * by, 23 * by, 30 * by, 8 * by),
    )


def test_badges_on_the_grid() -> None:
    assert place_badge("dot", 36) == (Rectangle(24, 24, 8, 8),)
    stroke, dot = place_badge("alert", 36)
    assert (stroke.width, stroke.height) == (4, 12)
    assert dot == Rectangle(24, 28, 4, 4)
    assert stroke.bottom < dot.y
    assert place_badge("", 36) == ()


@pytest.mark.parametrize("size", ALL_SIZES)
@pytest.mark.parametrize("badge", ["dot", "alert"])
def test_badge_lies_in_the_lower_right(size: int, badge: Badge) -> None:
    for part in place_badge(badge, size):
        assert part.x >= size // 2 and part.right <= size
        assert 0 <= part.y < part.bottom <= size


@pytest.mark.parametrize(
    ("value", "kept"),
    [(72.349, 72.3), (0.04, 0.0), (99.96, 100.0), (-3, 0.0), (250, 100.0), (None, None), (math.nan, None)],
)
def test_values_are_kept_to_the_tenth(value: float | None, kept: float | None) -> None:
    assert tenths(value) == kept


def test_spec_of_a_state() -> None:
    state = TrayState("pair", 72.04, 41.26, dimmed=True, badge="dot", tooltip="words do not matter")
    assert icon_spec(state, "number", "light") == IconSpec("pair", 72.0, 41.3, True, "dot", "number", "light")


def test_usual_sizes_are_there() -> None:
    usual = {16, 18, 22, 24, 32, 48}
    assert usual | {2 * size for size in usual} <= set(SIZES)
