"""The settings page: the free allowance stands in it as a script's object, with keys that are not quoted."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from codexbar_providers.amp.sentences import NO_FREE_TIER_DATA, NOT_LOGGED_IN, mentions_login
from codexbar_providers.amp.usage import AmpUsage, FreeTier, minutes_of
from codexbar_qt.provider_api import AuthRejected, ParseError

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMES = ("freeTierUsage", "getFreeTierUsage")
_LONGEST_OBJECT = 16_384
_MOST_PLACES = 20
_TOKENS = re.compile(r"""[{}]|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`""", re.DOTALL)
_STRING = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`)(\s*:)?""", re.DOTALL)
_NUMBER = r"(-?\d{1,15}(?:\.\d+)?(?:[eE][+-]?\d{1,2})?)"


def parse_settings_page(page: str) -> AmpUsage:
    """Read the free allowance out of the page.

    Raises AuthRejected for a page that asks to sign in instead, ParseError when it is not there.
    """
    for name in _NAMES:
        for found in _objects_after(name, page):
            free = _read(found)
            if free is not None:
                return AmpUsage(free=free)
    if mentions_login(page):
        raise AuthRejected(NOT_LOGGED_IN)
    raise ParseError(NO_FREE_TIER_DATA, path=_NAMES[0])


def _objects_after(name: str, page: str) -> Iterator[str]:
    place = -1
    for _ in range(_MOST_PLACES):
        place = page.find(name, place + 1)
        start = page.find("{", place) if place >= 0 else -1
        if start < 0:
            return
        found = _balanced(page[start : start + _LONGEST_OBJECT])
        if found:
            yield found


def _balanced(text: str) -> str:
    """Return the object at the start of `text`, "" when it does not end; braces inside strings do not count."""
    depth = 0
    for token in _TOKENS.finditer(text):
        depth += {"{": 1, "}": -1}.get(token[0], 0)
        if depth == 0:
            return text[: token.end()]
    return ""


def _read(found: str) -> FreeTier | None:
    bare = _STRING.sub(lambda string: f"{string[1][1:-1]}:" if string[2] else '""', found)
    quota, used, hourly = (_number(bare, key) for key in ("quota", "used", "hourlyReplenishment"))
    if quota is None or used is None or hourly is None:
        return None
    hours = _number(bare, "windowHours")
    return FreeTier(quota, used, hourly, minutes_of(hours) if hours else None, rate_text=_rate_text(hourly, quota))


def _number(text: str, key: str) -> float | None:
    found = re.search(rf"(?<![\w$]){key}\s*:\s*{_NUMBER}", text)
    number = float(found[1]) if found else math.nan
    return number if math.isfinite(number) else None


def _rate_text(hourly: float, quota: float) -> str:
    """Say the rate in percent: the page names no unit."""
    share = hourly / quota * 100 if quota > 0 else 0.0
    return f"+{share:.1f}".removesuffix(".0") + "%/hour" if 0.05 <= share < 1e6 else ""
