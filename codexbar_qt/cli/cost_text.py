"""The text of `cost` (cli.md 5). Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_qt.core.wording import token_text
from codexbar_qt.provider_api import format_money

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codexbar_qt.cli.cost_options import Grouping
    from codexbar_qt.cli.usage_text import TextStyle
    from codexbar_qt.cost.report_values import CostReport

UNKNOWN = "—"
HINT = "Estimated from local logs · may differ from your bill"
_HEADER, _GREY = "1;95", "90"


def cost_block(report: CostReport, style: TextStyle, group_by: Grouping = "") -> str:
    """Return the block of one source, without a final newline."""
    lines = _groups(report, style, group_by) if group_by else _totals(report)
    return "\n".join([style.paint(report.heading, _HEADER), *lines, style.paint(HINT, _GREY)])


def _totals(report: CostReport) -> Iterator[str]:
    today, window = report.today_spend, f"Last {_days(report.history_days)}"
    if not report.is_zero_known:
        yield f"Today: {UNKNOWN}"
        yield f"{window}: {UNKNOWN}"
        return
    yield f"Today: {_amount(today.cost, today.tokens.total) if today else _amount(0, 0)}"
    yield f"{window}: {_amount(report.cost, report.tokens.total)}"


def _groups(report: CostReport, style: TextStyle, group_by: Grouping) -> Iterator[str]:
    if not report.projects:
        yield f"No sessions in the last {_days(report.history_days)}."
        return
    yield f"Last {_days(report.history_days)} by {group_by}:"
    for project in report.projects:
        name = style.plain(project.name)
        if group_by == "project":
            yield f"{name}: {_amount(project.cost, project.tokens.total)}"
        else:
            for session in project.sessions:
                yield f"{name} · {style.plain(session.name)}: {_amount(session.cost, session.tokens.total)}"


def _amount(cost: float | None, tokens: int) -> str:
    shown = UNKNOWN if cost is None else format_money(cost)
    return f"{shown} · {token_text(tokens)} {'token' if tokens == 1 else 'tokens'}"


def _days(days: int) -> str:
    return "day" if days == 1 else f"{days} days"
