"""Local cost in words: amounts, lines, ages, progress. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_qt.core.wording import age_text, token_text
from codexbar_qt.provider_api import format_money

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from codexbar_qt.cost.report_values import CostReport
    from codexbar_qt.cost.values import ScanProgress

HINT = "Estimated from local logs · may differ from your bill"
NO_PRICE = "no price known"
WAITING = "Some logs are still to be read. The numbers grow with the next scan."
_LEAST = 0.005
_MEGABYTE = 1_000_000


def cost_text(cost: float | None) -> str:
    """Return "$1.04", "<$0.01" for less than half a cent, "no price known" for None."""
    if cost is None:
        return NO_PRICE
    return "<$0.01" if 0 < cost < _LEAST else format_money(cost)


def spend_text(cost: float | None, tokens: int) -> str:
    """Return "$1.04 · 15K tokens"."""
    return f"{cost_text(cost)} · {tokens_text(tokens)}"


def tokens_text(tokens: int) -> str:
    """Return "15K tokens"."""
    return f"{token_text(tokens)} {'token' if tokens == 1 else 'tokens'}"


def today_text(report: CostReport) -> str:
    """Return "Today: $1.04 · 15K tokens"; a day without requests is zero where that is known."""
    spend = report.today_spend
    if spend is not None:
        return f"Today: {spend_text(spend.cost, spend.tokens.total)}"
    return f"Today: {spend_text(0.0, 0) if report.is_zero_known else 'not known yet'}"


def span_text(days: int) -> str:
    """Return "Last 30 days"."""
    return f"Last {days} days" if days > 1 else "Today"


def total_text(report: CostReport) -> str:
    """Return "Last 30 days: $18.22 · 218M tokens"."""
    return f"{span_text(report.history_days)}: {spend_text(_known_cost(report), report.tokens.total)}"


def read_text(at: datetime | None, now: datetime, zone: tzinfo) -> str:
    """Return "Read 2m ago", "" before the logs were read."""
    return "" if at is None else f"Read {age_text(at, now, zone)}"


def progress_percent(progress: ScanProgress | None) -> float | None:
    """Return how far a scan is, 0-100, None while that is not known."""
    if progress is None or progress.bytes_total <= 0:
        return None
    return min(100.0, progress.bytes_done / progress.bytes_total * 100)


def progress_text(progress: ScanProgress | None) -> str:
    """Return "312 of 900 files · 120 of 600 MB"."""
    if progress is None:
        return "Looking for logs…"
    files = f"{progress.files_done:,} of {progress.files_total:,} files"
    return f"{files} · {_megabytes(progress.bytes_done)} of {_megabytes(progress.bytes_total)} MB"


def _known_cost(report: CostReport) -> float | None:
    return 0.0 if report.cost is None and not report.requests and report.is_zero_known else report.cost


def _megabytes(count: int) -> str:
    return f"{round(count / _MEGABYTE):,}"
