"""The money and detail parts of a card: credits, extra usage, cost, detail sections."""

from __future__ import annotations

from datetime import datetime, timedelta

from codexbar_qt.core.card_state import ChartBar, DetailBlock, DetailLine, MoneyBlock
from codexbar_qt.core.privacy import without_addresses
from codexbar_qt.core.wording import percent_text, token_text
from codexbar_qt.provider_api import (
    CostSummary,
    DetailChart,
    DetailSection,
    ProviderCost,
    Snapshot,
    format_money,
)

QUOTA = "Quota"
"""The currency code of a cost that is a share of a quota, in percent of its limit."""

_FULL_CREDITS = 1000.0
_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "CNY": "¥", "JPY": "¥"}
_MAX_SECTIONS, _MAX_ROWS, _MAX_POINTS, _MAX_TEXT = 8, 24, 120, 120


def amount_text(amount: float, currency_code: str) -> str:
    """Return an amount with its symbol, or with the unit word behind it ("12 Points")."""
    symbol = _SYMBOLS.get(currency_code)
    if symbol:
        return format_money(amount, symbol)
    if len(currency_code) == 3 and currency_code.isupper():
        return f"{format_money(amount, '')} {currency_code}"
    return f"{amount:,.0f} {currency_code}" if float(amount).is_integer() else f"{amount:,.2f} {currency_code}"


def quota_text(cost: ProviderCost) -> str:
    """Return "Quota usage: 42%" for a cost in `QUOTA`; the share may be beyond 100 %."""
    share = max(0.0, cost.used / cost.limit * 100 if cost.limit > 0 else cost.used)
    return f"Quota usage: {percent_text(share) if share <= 100 else f'{share:,.0f}%'}"


def credits_block(snapshot: Snapshot) -> MoneyBlock | None:
    """Return the credits part: remaining of the monthly limit, else of 1000."""
    credits = snapshot.credits
    if credits is None:
        return None
    limit = credits.limit
    fill = limit.remaining_percent if limit else min(100.0, max(0.0, credits.remaining / _FULL_CREDITS * 100))
    scale = f"of {limit.limit:,.0f}" if limit else "1K tokens"
    return MoneyBlock("Credits", f"{credits.remaining:,.1f}".removesuffix(".0") + " left", scale, fill)


def extra_usage_block(snapshot: Snapshot) -> MoneyBlock | None:
    """Return extra usage: a budget with a bar, spend without a limit, a balance, or the share of a quota."""
    cost = snapshot.provider_cost
    if cost is None:
        return None
    if cost.currency_code == QUOTA:
        return MoneyBlock(cost.period or "Current quota", quota_text(cost))
    period = cost.period or "This month"
    lines = _cost_lines(cost)
    used = amount_text(cost.used, cost.currency_code)
    if cost.limit > 0:
        percent = min(100.0, max(0.0, cost.used / cost.limit * 100))
        left = f"{period}: {used} / {amount_text(cost.limit, cost.currency_code)}"
        return MoneyBlock("Extra usage", left, f"{percent_text(percent)} used", percent, lines)
    if cost.used == 0 and cost.balance is not None:
        return MoneyBlock("Extra usage", lines[0], "", None, lines[1:])
    return MoneyBlock("Extra usage", f"{period}: {used}", "", None, lines)


def _cost_lines(cost: ProviderCost) -> tuple[str, ...]:
    lines: list[str] = []
    if cost.balance is not None:
        lines.append(f"Balance: {amount_text(cost.balance, cost.currency_code)}")
    if cost.personal_used is not None:
        lines.append(f"Your share: {amount_text(cost.personal_used, cost.currency_code)}")
    return tuple(lines)


def cost_block(snapshot: Snapshot, now: datetime) -> MoneyBlock | None:
    """Return the cost part from what the service says was spent; None without rows."""
    spend = snapshot.spend
    if spend is None or not spend.rows:
        return None
    today = _spend_line("Today", spend, now, 1)
    longer = _spend_line(f"Last {spend.days} days", spend, now, spend.days)
    hint = ("Estimate, not a bill",) if spend.is_estimate else ()
    return MoneyBlock("Cost", today, "", None, (longer, *hint))


def _spend_line(label: str, spend: CostSummary, now: datetime, days: int) -> str:
    first = now.date() - timedelta(days=days - 1)
    rows = [row for row in spend.rows if row.day >= first]
    cost = sum(row.cost for row in rows)
    tokens = sum(row.input_tokens + row.output_tokens for row in rows)
    return f"{label}: {amount_text(cost, spend.currency_code)} · {token_text(tokens)} tokens"


def detail_blocks(snapshot: Snapshot, hide_personal_info: bool) -> tuple[DetailBlock, ...]:
    """Return the detail sections within their limits (8 sections, 24 rows, 120 points and characters)."""
    return tuple(_detail_block(section, hide_personal_info) for section in snapshot.details[:_MAX_SECTIONS])


def _detail_block(section: DetailSection, hide: bool) -> DetailBlock:
    lines = tuple(
        DetailLine(
            _short(row.label, hide),
            _short(row.value, hide),
            _short(row.secondary_value or "", hide),
            None if row.meter_percent is None else min(100.0, max(0.0, row.meter_percent)),
        )
        for row in section.rows[:_MAX_ROWS]
    )
    chart = section.chart
    return DetailBlock(
        title=_short(section.title or "", hide),
        lines=lines,
        chart_title=_short(chart.title or "", hide) if chart else "",
        chart_kind=chart.kind if chart else "bars",
        chart=_chart_bars(chart) if chart else (),
    )


def _chart_bars(chart: DetailChart) -> tuple[ChartBar, ...]:
    points = chart.points[-_MAX_POINTS:]
    peak = max((point.value for point in points), default=0.0)
    unit = chart.unit or ""
    return tuple(
        ChartBar(
            label=point.label[:_MAX_TEXT],
            value_text=amount_text(point.value, unit) if unit else f"{point.value:g}",
            share=max(0.0, point.value / peak) if peak > 0 else 0.0,
        )
        for point in points
    )


def _short(text: str, hide: bool) -> str:
    shown = without_addresses(text) if hide else text
    return shown if len(shown) <= _MAX_TEXT else shown[: _MAX_TEXT - 1] + "…"
