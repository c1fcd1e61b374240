"""The quota answer: limits of tokens or credits, and of MCP calls, laid out as lanes.

Field names mislead: `usage` is the limit, `currentValue` what is used of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codexbar_providers.zai.answers import require_success
from codexbar_qt.provider_api import (
    NamedWindow,
    ParseError,
    RateWindow,
    clamp_percent,
    parse_epoch_seconds,
)

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from codexbar_qt.provider_api import JsonView

TOKENS, CREDITS, CALLS = "TOKENS_LIMIT", "CREDIT_LIMIT", "TIME_LIMIT"
MCP_LANE_ID, MCP_LABEL, SINGLE_LABEL = "zai-mcp", "MCP", "Tokens"
SESSION_MINUTES, MONTH_MINUTES = 300, 43_200
_UNITS = {1: ("day", 1440), 3: ("hour", 60), 5: ("minute", 1), 6: ("week", 10_080)}
_MONTH_MARK = (5, 1)
_MOST_MINUTES = 2**31 - 1
_PLAN_FIELDS = ("planName", "plan", "plan_type", "packageName", "level")


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit. `percentage` is as sent; `total`, `current` and `remaining` are amounts, None when not told.

    `parts` are the calls per tool. `resets_at` is aware UTC.
    """

    kind: str
    unit: int
    number: int
    percentage: float
    total: float | None = None
    current: float | None = None
    remaining: float | None = None
    resets_at: datetime | None = None
    parts: tuple[tuple[str, float], ...] = ()

    @property
    def used_percent(self) -> float:
        """Percent used, 0-100: from the amounts where they tell it, else as sent."""
        total = self.total or 0.0
        told = [] if self.remaining is None else [total - self.remaining]
        told += [] if self.current is None else [self.current]
        if total <= 0 or not told:
            return clamp_percent(self.percentage)
        return clamp_percent(min(max(*told, 0.0), total) / total * 100)

    @property
    def minutes(self) -> int | None:
        """Length of the window; the mark of a month stands for 30 days, not for one minute."""
        if self.kind == CALLS and (self.unit, self.number) == _MONTH_MARK:
            return MONTH_MINUTES
        if self.number <= 0 or self.unit not in _UNITS:
            return None
        minutes = self.number * _UNITS[self.unit][1]
        return minutes if minutes <= _MOST_MINUTES else None

    @property
    def description(self) -> str | None:
        """What the window is called."""
        if self.kind == CALLS:
            return MCP_LABEL
        if self.minutes is None:
            return None
        if self.minutes == SESSION_MINUTES:
            return "5-hour"
        return f"{self.number} {_UNITS[self.unit][0]}{'' if self.number == 1 else 's'} window"


@dataclass(frozen=True, slots=True)
class Quota:
    """A quota answer: `lanes` of tokens and credits, shortest window first, and the last limit of MCP calls."""

    plan: str | None
    lanes: tuple[Limit, ...]
    calls: Limit | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the limits are shown."""

    primary: RateWindow
    secondary: RateWindow | None = None
    extra: tuple[NamedWindow, ...] = ()


def parse_quota(body: JsonView, *, hidden: Collection[str] = ()) -> Quota:
    """Read a quota answer. `hidden` are texts that no error may repeat.

    Raises the error of a refusal inside an HTTP 200, ParseError when there is no list of limits or an entry of a known
    type is not as it should be; other types are skipped.
    """
    require_success(body, hidden)
    data = body["data"]
    found = [limit for item in data["limits"].items() if (limit := _limit(item)) is not None]
    lanes = [limit for limit in found if limit.kind != CALLS]
    lanes.sort(key=lambda limit: (limit.minutes is None, limit.minutes or 0))
    calls = [limit for limit in found if limit.kind == CALLS]
    return Quota(_plan(data), tuple(lanes), calls[-1] if calls else None)


def lay_out(quota: Quota) -> Layout:
    """Return the lanes of a quota; MCP calls appear once."""
    lanes, calls = quota.lanes, quota.calls
    if len(lanes) >= 2:
        extra = (NamedWindow(MCP_LANE_ID, MCP_LABEL, _window(calls)),) if calls else ()
        return Layout(_window(lanes[0]), _window(lanes[-1]), extra)
    mcp = _window(calls, MCP_LABEL) if calls else None
    if lanes:
        return Layout(_window(lanes[0], SINGLE_LABEL), mcp)
    return Layout(mcp or RateWindow(0.0))


def _window(limit: Limit, label: str | None = None) -> RateWindow:
    return RateWindow(limit.used_percent, limit.minutes, limit.resets_at, limit.description, label=label)


def _limit(item: JsonView) -> Limit | None:
    kind = item["type"].string()
    if kind not in (TOKENS, CREDITS, CALLS):
        return None
    millis = _amount(item, "nextResetTime")
    return Limit(
        kind,
        unit=item["unit"].integer(),
        number=item["number"].integer(),
        percentage=item["percentage"].number(),
        total=_amount(item, "usage"),
        current=_amount(item, "currentValue"),
        remaining=_amount(item, "remaining"),
        resets_at=parse_epoch_seconds(millis / 1000) if millis else None,
        parts=_parts(item),
    )


def _parts(item: JsonView) -> tuple[tuple[str, float], ...]:
    listed = item.get("usageDetails")
    if listed is None:
        return ()
    rows = [(row["modelCode"].string().strip(), row["usage"].number()) for row in listed.items()]
    return tuple((name, amount) for name, amount in rows if name)


def _amount(item: JsonView, field: str) -> float | None:
    value = item.get(field)
    return None if value is None else value.number()


def _plan(data: JsonView) -> str | None:
    for field in _PLAN_FIELDS:
        try:
            found = data.get(field)
            text = found.string().strip() if found else ""
        except ParseError:
            continue
        if text:
            return text
    return None
