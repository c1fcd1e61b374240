"""The 5-hour and the weekly window somewhere in a JSON document, under names that have changed over time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from codexbar_providers.opencode.values import moment_of, number_of, seconds_of
from codexbar_qt.provider_api import clamp_percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

Members = dict[str, object]
_ROLLING = ("rollingUsage", "rolling", "rolling_usage", "rollingWindow", "rolling_window")
_WEEKLY = ("weeklyUsage", "weekly", "weekly_usage", "weeklyWindow", "weekly_window")
_INSIDE = ("data", "result", "usage", "billing", "payload")
_PERCENT = (
    "usagePercent",
    "usedPercent",
    "percentUsed",
    "percent",
    "usage_percent",
    "used_percent",
    "utilization",
    "utilizationPercent",
    "utilization_percent",
    "usage",
)
_USED = ("used", "usage", "consumed", "count", "usedTokens")
_LIMIT = ("limit", "total", "quota", "max", "cap", "tokenLimit")
_RESET_IN = (
    "resetInSec",
    "resetInSeconds",
    "resetSeconds",
    "reset_sec",
    "reset_in_sec",
    "resetsInSec",
    "resetsInSeconds",
    "resetIn",
    "resetSec",
)
_RENEWS_AT = ("renewAt", "renew_at")
_RESET_AT = ("resetAt", "resetsAt", "reset_at", "resets_at", "nextReset", "next_reset", *_RENEWS_AT)
_ROLLING_WORDS = ("rolling", "hour", "5h")
_DEEPEST_WORD = 3
_DEEPEST_PATH = 12
_MOST_CANDIDATES = 200


@dataclass(frozen=True, slots=True)
class FoundWindow:
    """A window: percent used 0-100, seconds until its reset, None when nothing is said about that."""

    percent: float
    reset_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class FoundUsage:
    """What a document says about the limits; `renews_at` is when the plan renews."""

    rolling: FoundWindow
    weekly: FoundWindow | None = None
    renews_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Candidate:
    path: str
    window: FoundWindow
    renews_at: datetime | None


def find_usage(document: object, now: datetime) -> FoundUsage | None:
    """Return the windows of a document; None without a 5-hour window.

    Known names first, then names that contain the word, then anything that looks like a window. A place that
    has both windows comes before one that has the 5-hour window alone.
    """
    alone: FoundUsage | None = None
    for found in (*_by_name(document, now), *_by_word(document, now, None, 0)):
        if found.weekly is not None:
            return found
        alone = alone or found
    return _by_path(document, now) or alone


def read_window(value: object, now: datetime) -> FoundWindow | None:
    """Return the window an object describes, None when it does not say how much is used."""
    facts = _members(value)
    percent = _percent(facts)
    return None if percent is None else FoundWindow(clamp_percent(percent), _reset_seconds(facts, now))


def _percent(facts: Members) -> float | None:
    limit = next((number for number in _numbers(facts, _LIMIT)), 0.0)
    # "usage" beside a limit counts what "used" counts elsewhere.
    direct = _PERCENT[:-1] if limit > 0 else _PERCENT
    for value in _numbers(facts, direct):
        return value * 100 if 0 <= value <= 1 else value
    used = next((number for number in _numbers(facts, _USED)), None)
    return used / limit * 100 if used is not None and limit > 0 else None


def _reset_seconds(facts: Members, now: datetime) -> float | None:
    for key in _RESET_IN:
        seconds = seconds_of(facts.get(key))
        if seconds is not None:
            return seconds
    for key in _RESET_AT:
        moment = moment_of(facts.get(key))
        if moment is not None:
            return seconds_of((moment - now).total_seconds())
    return None


def _numbers(facts: Members, keys: Sequence[str]) -> Iterator[float]:
    for key in keys:
        number = number_of(facts.get(key))
        if number is not None:
            yield number


def _by_name(document: object, now: datetime) -> Iterator[FoundUsage]:
    top = _members(document)
    renews = _renewal(top, None)
    for holder in (top, *(_members(top.get(key)) for key in _INSIDE)):
        own = renews if holder is top else _renewal(holder, renews)
        usage = _members(holder.get("usage"))
        for place, moment in ((usage, _renewal(usage, own)), (holder, own)):
            rolling = _first_window(place, _ROLLING, now)
            if rolling is not None:
                yield FoundUsage(rolling, _first_window(place, _WEEKLY, now), moment)


def _by_word(value: object, now: datetime, inherited: datetime | None, depth: int) -> Iterator[FoundUsage]:
    if depth > _DEEPEST_WORD:
        return
    facts = _members(value)
    renews = _renewal(facts, inherited)
    rolling = _first_window(facts, [key for key in facts if "rolling" in key.lower()], now)
    if rolling is not None:
        weekly = _first_window(facts, [key for key in facts if "week" in key.lower()], now)
        yield FoundUsage(rolling, weekly, renews)
    for child in (*facts.values(), *_items(value)):
        if isinstance(child, dict | list):
            yield from _by_word(cast("object", child), now, renews, depth + 1)


def _by_path(document: object, now: datetime) -> FoundUsage | None:
    found: list[_Candidate] = []
    _collect(document, now, "", None, found)
    rolling = next((item for item in found if any(word in item.path for word in _ROLLING_WORDS)), None)
    if rolling is None and len(found) > 1:  # one window of no name may be any
        rolling = min(found, key=_remaining)
    if rolling is None:
        return None
    others = [item for item in found if item is not rolling]
    weekly = next((item for item in others if "week" in item.path), None)
    if weekly is None and others:
        weekly = max(others, key=_remaining)
    return FoundUsage(rolling.window, weekly.window if weekly else None, rolling.renews_at)


def _collect(value: object, now: datetime, path: str, holder: datetime | None, found: list[_Candidate]) -> None:
    if path.count(".") > _DEEPEST_PATH or len(found) >= _MOST_CANDIDATES:
        return
    facts = _members(value)
    window = read_window(facts, now)
    if window is not None:
        found.append(_Candidate(path, window, holder))
    renews = _renewal(facts, holder)
    for key, child in (*facts.items(), *((str(index), item) for index, item in enumerate(_items(value)))):
        if isinstance(child, dict | list):
            _collect(cast("object", child), now, f"{path}.{key.lower()}", renews, found)


def _remaining(item: _Candidate) -> float:
    return item.window.reset_seconds or 0.0


def _first_window(facts: Members, keys: Sequence[str], now: datetime) -> FoundWindow | None:
    return next((window for key in keys if (window := read_window(facts.get(key), now)) is not None), None)


def _renewal(facts: Members, inherited: datetime | None) -> datetime | None:
    moments = (moment_of(facts.get(key)) for key in _RENEWS_AT)
    return next((moment for moment in moments if moment is not None), inherited)


def _members(value: object) -> Members:
    return cast("Members", value) if isinstance(value, dict) else {}


def _items(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []
