"""The section "Quota details": every limit in words, the rate in force, the calls per tool."""

from __future__ import annotations

import math
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from codexbar_providers.zai.quota import CREDITS
from codexbar_providers.zai.spending import format_count
from codexbar_qt.provider_api import DetailRow, DetailSection

if TYPE_CHECKING:
    from codexbar_providers.zai.quota import Limit, Quota

MOST_PARTS = 20
MOST_ROWS = 24
PEAK_BEGINS, PEAK_ENDS = time(6), time(10)
_SATURDAY = 5


def quota_details(quota: Quota, balance: DetailRow | None, now: datetime) -> DetailSection | None:
    """Return the section, None when there is nothing to say. `now` is aware UTC."""
    rows: list[DetailRow] = []
    lanes = quota.lanes
    if lanes:
        rows.append(_limit_row(f"{_unit(lanes[-1])} quota", lanes[-1]))
    if len(lanes) > 1:
        rows.append(_limit_row(f"Session {_unit(lanes[0]).lower()} quota", lanes[0]))
    if any(limit.kind == CREDITS for limit in lanes):
        rows.append(rate_row(now))
    if quota.calls is not None:
        rows.append(_limit_row("MCP quota", quota.calls))
    if balance is not None:
        rows.append(balance)
    parts = quota.calls.parts[:MOST_PARTS] if quota.calls else ()
    rows.extend(DetailRow(name, format_count(amount)) for name, amount in parts)
    return DetailSection(tuple(rows[:MOST_ROWS]), title="Quota details") if rows else None


def rate_row(now: datetime) -> DetailRow:
    """Return whether credits cost more now, Monday to Friday from 06:00 to 10:00 UTC, and when that changes."""
    if now.weekday() < _SATURDAY and PEAK_BEGINS <= now.time() < PEAK_ENDS:
        ends = datetime.combine(now.date(), PEAK_ENDS, now.tzinfo)
        return DetailRow("Quota rate", "Peak", f"off-peak in {_duration(ends - now)}")
    begins = datetime.combine(now.date(), PEAK_BEGINS, now.tzinfo)
    while begins <= now or begins.weekday() >= _SATURDAY:
        begins += timedelta(days=1)
    return DetailRow("Quota rate", "Off-peak", f"peak in {_duration(begins - now)}")


def _limit_row(label: str, limit: Limit) -> DetailRow:
    percent = f"{limit.used_percent:.1f}".removesuffix(".0")
    amounts = ((limit.total, "limit"), (limit.remaining, "remaining"))
    told = " · ".join(f"{format_count(amount)} {word}" for amount, word in amounts if amount is not None)
    return DetailRow(label, f"{percent}% used", told or None)


def _unit(limit: Limit) -> str:
    return "Credit" if limit.kind == CREDITS else "Token"


def _duration(span: timedelta) -> str:
    """Return "1d 4h", "2h 30m" or "45m", minutes rounded up, parts of zero left out."""
    minutes = max(1, math.ceil(span.total_seconds() / 60))
    days, rest = divmod(minutes, 1440)
    hours, minutes = divmod(rest, 60)
    parts = [f"{days}d" if days else "", f"{hours}h" if hours else "", f"{minutes}m" if minutes and not days else ""]
    return " ".join(part for part in parts if part)
