"""Credits and the limit of the API key. Amounts are US dollars; what is below zero is shown as zero."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from codexbar_qt.provider_api import (
    ChartPoint,
    DetailChart,
    DetailRow,
    DetailSection,
    Identity,
    JsonView,
    ParseError,
    RateWindow,
    Snapshot,
    clamp_percent,
    format_money,
)

if TYPE_CHECKING:
    from datetime import datetime

_WINDOW_FIELDS = {"daily": "usage_daily", "weekly": "usage_weekly", "monthly": "usage_monthly"}
_SPEND_LABELS = (("usage_daily", "Today"), ("usage_weekly", "This week"), ("usage_monthly", "This month"))


def parse_credits(body: JsonView, *, now: datetime) -> Snapshot:
    """Read `/credits`: the balance as plan text and the section "Credits". ParseError names the field."""
    data = body["data"]
    total, used = data["total_credits"].number(), data["total_usage"].number()
    balance = max(0.0, total - used)
    if not math.isfinite(balance):
        raise ParseError("The answer has amounts out of range at $.data.", path="$.data")
    rows = (
        DetailRow("Remaining", _dollars(balance)),
        _used_row(total, used),
        DetailRow("Total added", _dollars(total)),
    )
    return Snapshot(
        updated_at=now,
        details=(DetailSection(rows, title="Credits"),),
        identity=Identity(login_method=f"Balance: {_dollars(balance)}"),
    )


def parse_key(body: JsonView) -> tuple[RateWindow | None, DetailSection]:
    """Read `/key`: the meter of the key's own limit, None without one, and the section "API key".

    Any wrong type is a ParseError; its path is "$.data" when there is no data object at all.
    """
    data = body["data"]
    if not data.is_object():
        raise ParseError("The answer has no object at $.data.", path="$.data")
    limit, usage = _amount(data, "limit"), _amount(data, "usage")
    reset = data.get("limit_reset")
    window = "" if reset is None else reset.string()
    used = _used_amount(data, limit, window)
    spent = [(label, _amount(data, field)) for field, label in _SPEND_LABELS]
    rows = [*_limit_rows(limit, used, usage)]
    if window:
        rows.append(DetailRow("Reset window", window))
    rows.extend(DetailRow(label, _dollars(amount)) for label, amount in spent if amount is not None)
    rows.extend(_rate_limit_rows(data.get("rate_limit")))
    section = DetailSection(tuple(rows), title="API key", chart=_spend_chart(spent))
    if limit is None or limit <= 0 or used is None:
        return None, section
    return RateWindow(clamp_percent(used / limit * 100)), section


def unavailable(title: str, label: str, reason: str) -> DetailSection:
    """Return a section that says why its numbers are missing."""
    return DetailSection((DetailRow(label, "Unavailable right now", secondary_value=reason),), title=title)


def _used_row(total: float, used: float) -> DetailRow:
    if total <= 0:
        return DetailRow("Used", _dollars(used))
    percent = clamp_percent(used / total * 100)
    return DetailRow("Used", _dollars(used), f"{math.floor(percent + 0.5)}% of credits", percent)


def _used_amount(data: JsonView, limit: float | None, window: str) -> float | None:
    """Return what of the limit is used: `usage` counts the key's whole life, so it comes last."""
    remaining = _amount(data, "limit_remaining")
    if remaining is not None and limit is not None:
        return limit - min(max(remaining, 0.0), max(limit, 0.0))
    in_window = _amount(data, _WINDOW_FIELDS[window]) if window in _WINDOW_FIELDS else None
    used = _amount(data, "usage") if in_window is None else in_window
    return used if used is not None and used >= 0 else None


def _limit_rows(limit: float | None, used: float | None, usage: float | None) -> list[DetailRow]:
    if limit is None or limit <= 0:
        return [DetailRow("API key budget", "No limit configured")]
    rows = [DetailRow("API key budget", _dollars(limit))]
    if used is not None:
        rows.append(DetailRow("API key remaining", _dollars(limit - used)))
    if usage is not None:
        rows.append(DetailRow("API key used", _dollars(usage)))
    return rows


def _spend_chart(spent: list[tuple[str, float | None]]) -> DetailChart | None:
    points = tuple(ChartPoint(label, max(0.0, amount)) for label, amount in spent if amount is not None)
    return DetailChart("bars", points, title="Key spend", unit="USD") if points else None


def _rate_limit_rows(limit: JsonView | None) -> list[DetailRow]:
    if limit is None:
        return []
    return [DetailRow("Rate limit", f"{limit['requests'].integer()} requests / {limit['interval'].string()}")]


def _amount(data: JsonView, field: str) -> float | None:
    value = data.get(field)
    return None if value is None else value.number()


def _dollars(amount: float) -> str:
    return format_money(max(0.0, amount), grouped=False)
