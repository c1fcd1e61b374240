"""Times relative to a case's `now`, so that recorded answers stay believable whenever they are shown."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import cast

_OFFSET = r"now(?:[+-](?=\d)(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?)?"
_WHOLE = re.compile(_OFFSET)
_INSIDE = re.compile(r"\{\{(" + _OFFSET + r")(?:\|(date|epoch|month/day))?\}\}")
_PART = re.compile(r"(\d+)([dhms])")
_SECONDS = {"d": 86400, "h": 3600, "m": 60, "s": 1}


def resolve_times(value: object, now: datetime) -> object:
    """Return `value` (decoded JSON) with every relative time in it replaced."""
    if isinstance(value, str):
        return _resolve_text(value, now)
    if isinstance(value, list):
        return [resolve_times(item, now) for item in cast("list[object]", value)]
    if isinstance(value, dict):
        members = cast("dict[str, object]", value)
        return {key: resolve_times(item, now) for key, item in members.items()}
    return value


def relative_time(text: str, now: datetime) -> datetime:
    """Read `now`, `now+2h14m`, `now-1d`; ValueError when it is none of these."""
    if not _WHOLE.fullmatch(text):
        raise ValueError(f"not a relative time: {text}")
    seconds = sum(int(amount) * _SECONDS[unit] for amount, unit in _PART.findall(text))
    return now + timedelta(seconds=-seconds if text[3:4] == "-" else seconds)


def _resolve_text(text: str, now: datetime) -> object:
    if _WHOLE.fullmatch(text):
        return _written(relative_time(text, now), "")
    whole = _INSIDE.fullmatch(text)
    if whole and whole[2] == "epoch":
        return int(relative_time(whole[1], now).timestamp())
    return _INSIDE.sub(lambda found: _written(relative_time(found[1], now), found[2] or ""), text)


def _written(moment: datetime, form: str) -> str:
    if form == "date":
        return moment.strftime("%Y-%m-%d")
    if form == "epoch":
        return str(int(moment.timestamp()))
    if form == "month/day":
        return moment.strftime("%m/%d")
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
