from __future__ import annotations

import colorsys
import random

import pytest

from codexbar_qt.core.contrast import BAR_RATIO, contrast_ratio, luminance, reaches, readable

LIGHT = ("#ffffff", "#e4e4ea")
DARK = ("#1e1e22", "#3b3b43")


def _random_colors(count: int) -> list[str]:
    source = random.Random(20260801)
    return [f"#{source.randrange(1 << 24):06x}" for _ in range(count)]


def _hls(color: str) -> tuple[float, float, float]:
    return colorsys.rgb_to_hls(*(int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)))


def test_known_ratios() -> None:
    assert contrast_ratio("#000000", "#ffffff") == pytest.approx(21)
    assert contrast_ratio("#ffffff", "#000000") == pytest.approx(21)
    assert contrast_ratio("#777777", "#777777") == pytest.approx(1)
    assert contrast_ratio("#FF9900", "#FFFFFF") == pytest.approx(2.14, abs=0.01)


@pytest.mark.parametrize("grounds", [LIGHT, DARK], ids=["light", "dark"])
def test_every_color_becomes_visible_and_keeps_its_hue(grounds: tuple[str, ...]) -> None:
    for color in _random_colors(500):
        shown = readable(color, grounds)
        assert reaches(shown, grounds, BAR_RATIO), color
        hue, lightness, saturation = _hls(color)
        new_hue, new_lightness, _ = _hls(shown)
        if saturation > 0.1 and 0.1 < lightness < 0.9 and 0.1 < new_lightness < 0.9:
            distance = abs(hue - new_hue)
            assert min(distance, 1 - distance) < 0.02, (color, shown)


@pytest.mark.parametrize("grounds", [LIGHT, DARK], ids=["light", "dark"])
def test_moves_no_further_than_needed(grounds: tuple[str, ...]) -> None:
    for color in _random_colors(500):
        shown = readable(color, grounds)
        if shown != color:
            weakest = min(contrast_ratio(shown, ground) for ground in grounds)
            assert weakest < BAR_RATIO + 0.12, (color, shown, weakest)


def test_a_visible_color_stays_as_it_is() -> None:
    assert readable("#4C00FF", LIGHT) == "#4c00ff"
    assert readable("#FF9900", DARK) == "#ff9900"


def test_goes_darker_on_light_and_lighter_on_dark() -> None:
    assert luminance(readable("#FF9900", LIGHT)) < luminance("#FF9900")
    assert luminance(readable("#4C00FF", DARK)) > luminance("#4C00FF")


def test_gives_the_end_of_the_scale_when_nothing_is_enough() -> None:
    assert readable("#808080", ("#ffffff", "#777777"), 7.0) in {"#000000", "#ffffff"}


@pytest.mark.parametrize("text", ["", "red", "#fff", "FF9900", "#GG0000"])
def test_refuses_what_is_no_color(text: str) -> None:
    with pytest.raises(ValueError, match=r"colou?r|invalid literal"):
        readable(text, LIGHT)
