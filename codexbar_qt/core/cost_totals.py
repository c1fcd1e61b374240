"""Adds reports up: several sources, or several days, as one. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from codexbar_qt.cost.report_values import CostReport, Coverage, DaySpend, HourSpend, ModelSpend
from codexbar_qt.cost.sources import cost_source
from codexbar_qt.cost.values import LeftOut, LeftOutKind, TokenCounts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

ALL = "all"
"""The source of a report over several sources."""
_OF_SOURCE: frozenset[LeftOutKind] = frozenset(("future_row",))
"""What reports count by source; the rest is counted by logs."""


def merge_reports(reports: Sequence[CostReport]) -> CostReport:
    """Return one report over several of the same span, at least one; models of the same name become one."""
    if len(reports) == 1:
        return reports[0]
    first = reports[0]
    days = _merge_days(reports)
    return replace(
        first,
        source=ALL,
        name="All",
        heading="",
        days=days,
        models=merge_models(model for report in reports for model in report.models),
        hours=_merge_hours(reports),
        tokens=total_tokens(report.tokens for report in reports),
        requests=sum(report.requests for report in reports),
        cost=total_cost(report.cost for report in reports),
        today_spend=days[-1] if days and days[-1].day == first.today else None,
        coverage=Coverage(
            priced=sum(day.cost is not None for day in days), unpriced=sum(day.cost is None for day in days)
        ),
        is_complete=all(report.is_complete for report in reports),
        updated_at=min(report.updated_at for report in reports),
        projects=(),
        left_out=_left_out(reports),
        duplicates=sum(report.duplicates for report in _one_per_family(reports)),
    )


def merge_models(models: Iterable[ModelSpend]) -> tuple[ModelSpend, ...]:
    """Return models added up by name, by cost and then tokens, those without a price last."""
    found: dict[str, ModelSpend] = {}
    for model in models:
        known = found.get(model.name)
        found[model.name] = model if known is None else add_models(known, model, model.name)
    return tuple(sorted(found.values(), key=lambda model: (-_rank(model.cost), -model.tokens.total, model.name)))


def add_models(one: ModelSpend, other: ModelSpend, name: str) -> ModelSpend:
    """Return the sum of two under a name."""
    cost = total_cost((one.cost, other.cost))
    return ModelSpend(name, one.tokens + other.tokens, one.requests + other.requests, cost)


def total_cost(costs: Iterable[float | None]) -> float | None:
    """Return the sum of the known costs, None when there is none."""
    known = [cost for cost in costs if cost is not None]
    return sum(known) if known else None


def total_tokens(counts: Iterable[TokenCounts]) -> TokenCounts:
    """Return the sum."""
    total = TokenCounts()
    for count in counts:
        total += count
    return total


def _merge_days(reports: Sequence[CostReport]) -> tuple[DaySpend, ...]:
    by_day: dict[date, list[DaySpend]] = defaultdict(list)
    for report in reports:
        for spend in report.days:
            by_day[spend.day].append(spend)
    return tuple(_merge_day(by_day[day]) for day in sorted(by_day))


def _merge_day(spends: list[DaySpend]) -> DaySpend:
    if len(spends) == 1:
        return spends[0]
    return DaySpend(
        spends[0].day,
        total_tokens(spend.tokens for spend in spends),
        sum(spend.requests for spend in spends),
        total_cost(spend.cost for spend in spends),
        merge_models(model for spend in spends for model in spend.models),
    )


def _merge_hours(reports: Sequence[CostReport]) -> tuple[HourSpend, ...]:
    found: dict[tuple[int, int], HourSpend] = {}
    for hour in (hour for report in reports for hour in report.hours):
        place = (hour.weekday, hour.hour)
        known = found.get(place)
        found[place] = hour if known is None else _add_hours(known, hour)
    return tuple(found[place] for place in sorted(found))


def _add_hours(one: HourSpend, other: HourSpend) -> HourSpend:
    return replace(one, tokens=one.tokens + other.tokens, cost=total_cost((one.cost, other.cost)))


def _left_out(reports: Sequence[CostReport]) -> tuple[LeftOut, ...]:
    counts: Counter[LeftOutKind] = Counter()
    for report in reports:
        counts.update({item.kind: item.count for item in report.left_out if item.kind in _OF_SOURCE})
    for report in _one_per_family(reports):
        counts.update({item.kind: item.count for item in report.left_out if item.kind not in _OF_SOURCE})
    return tuple(LeftOut(kind, count) for kind, count in counts.items())


def _one_per_family(reports: Sequence[CostReport]) -> tuple[CostReport, ...]:
    """Return one report for each family of logs: what was left out of its logs is told by each of its sources."""
    found: dict[str, CostReport] = {}
    for report in reports:
        source = cost_source(report.source)
        found.setdefault(source.family if source is not None else report.source, report)
    return tuple(found.values())


def _rank(cost: float | None) -> float:
    return -1.0 if cost is None else cost
