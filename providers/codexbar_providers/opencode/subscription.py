"""The answer about a subscription: a serialised object of the site's scripts, or JSON."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codexbar_providers.opencode.values import after, number_of, seconds_of
from codexbar_providers.opencode.windows import FoundUsage, FoundWindow, find_usage
from codexbar_qt.provider_api import JsonView, NamedWindow, ParseError, RateWindow, Snapshot, clamp_percent

if TYPE_CHECKING:
    from datetime import datetime

SESSION_MINUTES = 300
WEEK_MINUTES = 10_080
# A value may be noted for later use: usagePercent:$R[7]=23
_NOTED = r"\s*:\s*(?:\$R\[\d{1,9}\]\s*=\s*)?"
_PERCENT = re.compile(rf"\busagePercent{_NOTED}(-?[0-9]{{1,400}}(?:\.[0-9]{{1,400}})?)")
_RESET = re.compile(rf"\bresetInSec{_NOTED}(-?[0-9]{{1,400}})")
_NULL_END = "]=[],null)"
_MOST_PLACES = 20


def is_null(text: str) -> bool:
    """Whether an answer says in so many words that there is no subscription."""
    bare = text.strip()
    return bare.lower() == "null" or bare.removesuffix(";").endswith(_NULL_END)


def parse_subscription(text: str, *, now: datetime) -> Snapshot:
    """Read both windows and the renewal date. Raises ParseError without a 5-hour window."""
    try:
        found = find_usage(JsonView.from_text(text).raw, now)
    except ParseError:
        found = None
    found = found or _in_script(text)
    if found is None:
        told = "OpenCode answer could not be parsed: missing usage fields. Report it if it stays."
        raise ParseError(told, path="$.rollingUsage")
    return Snapshot(
        updated_at=now,
        primary=_lane(found.rolling, SESSION_MINUTES, now),
        secondary=_lane(found.weekly, WEEK_MINUTES, now) if found.weekly else None,
        extra_windows=_renewal(found.renews_at),
    )


def _lane(window: FoundWindow, minutes: int, now: datetime) -> RateWindow:
    return RateWindow(clamp_percent(window.percent), minutes, after(now, window.reset_seconds))


def _renewal(renews_at: datetime | None) -> tuple[NamedWindow, ...]:
    window = RateWindow(0.0, resets_at=renews_at)
    return (NamedWindow("renewal", "Renews", window, is_date=True),) if renews_at else ()


def _in_script(text: str) -> FoundUsage | None:
    rolling = _window_in_script(text, "rollingUsage")
    return FoundUsage(rolling, _window_in_script(text, "weeklyUsage")) if rolling else None


def _window_in_script(text: str, name: str) -> FoundWindow | None:
    """Return a window out of what stands between its name and the next closing brace."""
    place = text.find(name)
    for _ in range(_MOST_PLACES):
        if place < 0:
            break
        end = text.find("}", place)
        inside = text[place : end if end >= 0 else len(text)]
        percent = _PERCENT.search(inside)
        used = number_of(percent[1]) if percent else None
        if used is not None:
            reset = _RESET.search(inside)
            return FoundWindow(used, seconds_of(reset[1]) if reset else None)
        place = text.find(name, place + len(name))
    return None
