"""The text that `amp usage` prints and the API returns: four wordings of the same facts, one fact per line."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Literal

from codexbar_providers.amp.sentences import NOT_LOGGED_IN, NOT_UNDERSTOOD, mentions_login
from codexbar_providers.amp.usage import AmpUsage, FreeTier, Subscription, minutes_of
from codexbar_qt.provider_api import AuthRejected, ParseError, format_money, strip_ansi

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST_LINE = 2000
_MONEY = r"(-?\$?-?\d[\d,]*(?:\.\d+)?)"
_PERCENT = r"(\d+(?:\.\d+)?)[ ]?%"
_NEWER_PLAN = r"amp[ ]+(?P<newer>\S.*?)[ ]+subscription"
_OLDER_PLAN = r"subscription[ ]+(?P<older>\S.*?)"


def _line(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"[ \t]*{pattern}", re.IGNORECASE)


_IDENTITY = _line(r"signed in as[ ]+(\S+)(?:[ ]+\((.*)\))?")
_FREE_DOLLARS = _line(
    rf"amp free:[ ]*{_MONEY}[ ]*/[ ]*{_MONEY}[ ]+remaining(?:[ ]*\(replenishes[ ]+\+?{_MONEY}[ ]*/[ ]*hour\))?"
)
_FREE_PERCENT = _line(rf"amp free:[ ]*{_PERCENT}[ ]+remaining(?:[ ]+today)?([ ]*\(resets daily\))?")
_SUBSCRIPTION = _line(
    rf"(?:{_NEWER_PLAN}|{_OLDER_PLAN}):[ ]*(?P<other>{_PERCENT})[ ]+other usage and[ ]+(?P<orb>{_PERCENT})[ ]+orb usage"
    r"[ ]+remaining[ ]*[-–—][ ]*resets upon renewal in[ ]+(?P<count>\d{1,4})[ ]+(?P<unit>day|month)s?"
    r"(?:[ ]*[-–—][ ]*https?://\S+)?[ \t]*$"
)
_INDIVIDUAL = _line(rf"(individual) credits:[ ]*{_MONEY}[ ]+remaining")
_WORKSPACE = _line(rf"workspace[ ]+(\S.*?):[ ]*{_MONEY}[ ]+remaining")


def parse_display_text(text: str) -> AmpUsage:
    """Read the lines that say something.

    Raises AuthRejected for a text that asks to sign in, ParseError when nothing was recognised.
    """
    lines = [line for line in strip_ansi(text).splitlines() if len(line) <= _LONGEST_LINE]
    identity = _first(_IDENTITY, lines)
    usage = AmpUsage(
        free=_free(lines),
        subscription=_subscription(lines),
        individual=next((amount for _, amount in _amounts(_INDIVIDUAL, lines)), None),
        workspaces=tuple(_amounts(_WORKSPACE, lines)),
        email=identity[1] if identity else None,
        organization=((identity[2] or "").strip() or None) if identity else None,
    )
    if usage.free or usage.subscription or usage.individual is not None or usage.workspaces:
        return usage
    if identity is None and mentions_login(text):
        raise AuthRejected(NOT_LOGGED_IN)
    raise ParseError(NOT_UNDERSTOOD, path="displayText")


def _free(lines: list[str]) -> FreeTier | None:
    dollars = _first(_FREE_DOLLARS, lines)
    if dollars:
        left, quota, hourly = (_number(part or "0") for part in dollars.groups())
        if all(map(_is_sound, (left, quota, hourly))):
            return _dollar_tier(left, quota, hourly, rate_known=dollars[3] is not None)
    percent = _first(_FREE_PERCENT, lines)
    if percent and _is_sound(_number(percent[1])):
        return FreeTier(100.0, 100 - _number(percent[1]), window_minutes=1440, resets_daily=percent[2] is not None)
    return None


def _dollar_tier(left: float, quota: float, hourly: float, *, rate_known: bool) -> FreeTier:
    hours = max(1, math.floor(quota / hourly + 0.5)) if hourly > 0 and _is_sound(quota / hourly) else 0
    return FreeTier(
        quota,
        quota - left,
        hourly,
        minutes_of(hours),
        rate_text=f"+{format_money(hourly)}/hour" if rate_known and hourly > 0 else "",
    )


def _subscription(lines: list[str]) -> Subscription | None:
    found = _first(_SUBSCRIPTION, lines)
    if found is None:
        return None
    other, orb = (_number(found[name].rstrip("% ")) for name in ("other", "orb"))
    unit: Literal["day", "month"] = "month" if found["unit"].lower() == "month" else "day"
    plan = (found["newer"] or found["older"]).strip()
    return Subscription(plan, other, orb, int(found["count"]), unit) if _is_sound(other) and _is_sound(orb) else None


def _amounts(pattern: re.Pattern[str], lines: list[str]) -> Iterator[tuple[str, float]]:
    found = ((match[1].strip(), _number(match[2])) for match in _each(pattern, lines))
    return ((name, amount) for name, amount in found if _is_sound(amount))


def _each(pattern: re.Pattern[str], lines: list[str]) -> Iterator[re.Match[str]]:
    return (found for line in lines if (found := pattern.match(line)))


def _first(pattern: re.Pattern[str], lines: list[str]) -> re.Match[str] | None:
    return next(_each(pattern, lines), None)


def _number(text: str) -> float:
    return float(text.replace(",", "").replace("$", "").replace("--", "-"))


def _is_sound(number: float) -> bool:
    return math.isfinite(number) and abs(number) < 1e15
