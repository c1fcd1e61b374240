"""Makes a colour visible on what it stands on: lightness moves, hue stays. Pure."""

from __future__ import annotations

import colorsys
from functools import lru_cache

BAR_RATIO = 3.0
"""What WCAG 2.2 asks of graphics (1.4.11)."""
TEXT_RATIO = 4.5
"""What WCAG 2.2 asks of text (1.4.3)."""

_STEPS = 255 * 4
_Rgb = tuple[float, float, float]


def contrast_ratio(first: str, second: str) -> float:
    """Return the WCAG contrast of two #RRGGBB colours, 1-21."""
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(color: str) -> float:
    """Return the relative luminance of a #RRGGBB colour, 0-1."""
    red, green, blue = (_linear(part) for part in _rgb(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def reaches(color: str, grounds: tuple[str, ...], ratio: float) -> bool:
    """Whether `color` has at least `ratio` against every ground."""
    return all(contrast_ratio(color, ground) >= ratio for ground in grounds)


@lru_cache(maxsize=512)
def readable(color: str, grounds: tuple[str, ...], ratio: float = BAR_RATIO) -> str:
    """Return `color` with its lightness moved just as far as `ratio` against every ground needs, hue kept.

    It goes away from the grounds: darker on light ones, lighter on dark ones. Where no lightness is enough, the end of
    the scale is returned. Colours are #RRGGBB; the result is lower case. Raises ValueError for anything else.
    """
    if reaches(color, grounds, ratio):
        return color.lower()
    hue, lightness, saturation = colorsys.rgb_to_hls(*_rgb(color))
    end = 0.0 if min(luminance(ground) for ground in grounds) > 0.18 else 1.0
    # Luminance grows with lightness as long as hue and saturation stay, so the first step that reaches is the nearest.
    low, high = 0, _STEPS
    while low < high:
        middle = (low + high) // 2
        if reaches(_moved(hue, lightness, saturation, end, middle), grounds, ratio):
            high = middle
        else:
            low = middle + 1
    return _moved(hue, lightness, saturation, end, low)


def _moved(hue: float, lightness: float, saturation: float, end: float, step: int) -> str:
    reached = lightness + (end - lightness) * step / _STEPS
    return "#" + "".join(f"{round(part * 255):02x}" for part in colorsys.hls_to_rgb(hue, reached, saturation))


def _rgb(color: str) -> _Rgb:
    if len(color) != 7 or color[0] != "#":
        raise ValueError(f"not a #RRGGBB colour: {color!r}")
    return int(color[1:3], 16) / 255, int(color[3:5], 16) / 255, int(color[5:7], 16) / 255


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
