"""The cost history as a chart: one bar for each day, or for each week where days would be too thin. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from codexbar_qt.core.cost_totals import merge_models
from codexbar_qt.core.cost_words import cost_text, span_text, tokens_text
from codexbar_qt.core.wording import day_text, token_text

if TYPE_CHECKING:
    from datetime import date

    from codexbar_qt.cost.report_values import CostReport, DaySpend, ModelSpend

MOST_DAYS = 92
"""Longer histories are told by weeks."""
MOST_MODELS = 5


@dataclass(frozen=True, slots=True)
class ChartBarState:
    """One bar. `first` and `last` are its days, the same for a single one; shares are heights 0-1 of the highest."""

    first: date
    last: date
    label: str
    cost_share: float
    token_share: float
    cost_text: str
    token_text: str
    models: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CostChart:
    """The bars from the earliest to today; scales name 0, half and the highest value. Peaks are -1 without any use."""

    bars: tuple[ChartBarState, ...]
    cost_scale: tuple[str, str, str]
    token_scale: tuple[str, str, str]
    cost_peak: int
    token_peak: int
    total_text: str

    @property
    def lines(self) -> int:
        """The most models that any bar lists."""
        return max((len(bar.models) for bar in self.bars), default=0)


def present_cost_chart(report: CostReport) -> CostChart:
    """Return the chart of a report over all its days, those without use included."""
    spans = _spans(report)
    used = {day.day: day for day in report.days}
    groups = [[used[day] for day in _days(*span) if day in used] for span in spans]
    costs = [sum(day.cost or 0.0 for day in group) for group in groups]
    tokens = [sum(day.tokens.total for day in group) for group in groups]
    top_cost, top_tokens = max(costs, default=0.0), max(tokens, default=0)
    bars = tuple(
        ChartBarState(
            first=first,
            last=last,
            label=_label(first, last),
            cost_share=cost / top_cost if top_cost > 0 else 0.0,
            token_share=count / top_tokens if top_tokens > 0 else 0.0,
            cost_text=_group_cost(group),
            token_text=tokens_text(count),
            models=_model_lines(group),
        )
        for (first, last), group, cost, count in zip(spans, groups, costs, tokens, strict=True)
    )
    return CostChart(
        bars=bars,
        cost_scale=("$0", cost_text(top_cost / 2), cost_text(top_cost)) if top_cost > 0 else ("$0", "", ""),
        token_scale=("0", token_text(top_tokens / 2), token_text(top_tokens)) if top_tokens > 0 else ("0", "", ""),
        cost_peak=costs.index(top_cost) if top_cost > 0 else -1,
        token_peak=tokens.index(top_tokens) if top_tokens > 0 else -1,
        total_text=_total(report),
    )


def small_shares(report: CostReport) -> tuple[float, ...]:
    """Return the heights of a small row of bars: cost where any is known, else tokens."""
    chart = present_cost_chart(report)
    by_cost = chart.cost_peak >= 0
    return tuple(bar.cost_share if by_cost else bar.token_share for bar in chart.bars)


def model_line(model: ModelSpend) -> str:
    """Return "gpt-x $3.45 · 3.6M"."""
    return f"{model.name} {cost_text(model.cost)} · {token_text(model.tokens.total)}"


def _total(report: CostReport) -> str:
    spent = f"{cost_text(report.cost)} · {token_text(report.tokens.total)}"
    return f"Est. total ({span_text(report.history_days)}): {spent}"


def _spans(report: CostReport) -> list[tuple[date, date]]:
    length = 1 if report.history_days <= MOST_DAYS else 7
    first = report.today - timedelta(days=report.history_days - 1)
    spans: list[tuple[date, date]] = []
    last = report.today
    while last >= first:
        spans.append((max(first, last - timedelta(days=length - 1)), last))
        last -= timedelta(days=length)
    return spans[::-1]


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


def _label(first: date, last: date) -> str:
    return day_text(first) if first == last else f"{day_text(first)} – {day_text(last)}"


def _group_cost(group: list[DaySpend]) -> str:
    known = [day.cost for day in group if day.cost is not None]
    return cost_text(sum(known)) if known or not group else cost_text(None)


def _model_lines(group: list[DaySpend]) -> tuple[str, ...]:
    models = merge_models(model for day in group for model in day.models)
    lines = [model_line(model) for model in models]
    if len(lines) <= MOST_MODELS:
        return tuple(lines)
    return (*lines[: MOST_MODELS - 1], f"{len(lines) - MOST_MODELS + 1} more")
