"""Made-up cost reports for the pictures of popup and settings: the same on every day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from codexbar_qt.core.cost_block import CARD_TITLE, CostBlock, present_cost_block
from codexbar_qt.core.cost_rows import DayExplained, explain_day
from codexbar_qt.core.cost_state import CostState, DayRows, PricedRow, RowRates
from codexbar_qt.core.cost_totals import merge_models, total_cost, total_tokens
from codexbar_qt.core.spend_tab import SpendTab, present_spend_tab
from codexbar_qt.cost.report_values import CostReport, Coverage, DaySpend, HourSpend, ModelSpend
from codexbar_qt.cost.sources import COST_SOURCES, cost_source
from codexbar_qt.cost.values import LeftOut, ScanProgress, TokenCounts, UsageRow

if TYPE_CHECKING:
    from collections.abc import Iterable

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)
UNKNOWN = "example-preview-7"
_TOO_LONG = "Reading the logs took longer than 10 minutes and was stopped. What was read is kept; refresh to go on."
_MODELS = {
    "codex": (("gpt-5.4", 4.1, 1.0), ("gpt-5.4-mini", 0.9, 0.4)),
    "claude": (("claude-opus-4-5", 7.5, 1.0), ("claude-sonnet-4-5", 3.2, 1.6), ("claude-haiku-4-5", 0.8, 0.9)),
    "vertexai": (("claude-sonnet-4-5@20250929", 2.2, 0.7),),
}
_RATES = {
    "claude-opus-4-5": RowRates(5.0, 25.0, 0.5, 6.25, 10.0),
    "claude-sonnet-4-5": RowRates(3.0, 15.0, 0.3, 3.75, 6.0),
}
_HOUR_WEIGHTS = (0, 0, 0, 0, 0, 0, 1, 3, 8, 14, 16, 12, 6, 11, 15, 17, 13, 8, 4, 5, 6, 4, 2, 1)


def sample_report(source_id: str, days: int, *, used_days: int | None = None, unknown: bool = False) -> CostReport:
    """Return a report of a source; only the last `used_days` have use. `unknown` adds a model without a price."""
    source = cost_source(source_id)
    if source is None:
        raise ValueError(source_id)
    told = [_day(source_id, ago, unknown=unknown) for ago in reversed(range(min(days, used_days or days)))]
    spent = tuple(day for day in told if day.requests)
    return CostReport(
        source=source.id,
        name=source.name,
        heading=source.heading,
        today=NOW.date(),
        history_days=days,
        days=spent,
        models=merge_models(model for day in spent for model in day.models),
        hours=tuple(_hours(spent)),
        tokens=total_tokens(day.tokens for day in spent),
        requests=sum(day.requests for day in spent),
        cost=total_cost(day.cost for day in spent),
        today_spend=spent[-1] if spent and spent[-1].day == NOW.date() else None,
        coverage=Coverage(sum(day.cost is not None for day in spent), sum(day.cost is None for day in spent)),
        is_complete=True,
        updated_at=NOW - timedelta(minutes=2),
        left_out=(LeftOut("broken_line", 2), LeftOut("long_line", 1)) if unknown else (),
        duplicates=len(spent) * 7,
        prices="built-in, 2026-11-30",
    )


def sample_state(
    *sources: str, used_days: int | None = None, unknown: bool = False, error: str = "", scanning: bool = False
) -> CostState:
    """Return a state over all spans with use of the sources named."""
    reports = tuple(
        sample_report(source.id, days, used_days=used_days, unknown=unknown)
        for source in COST_SOURCES
        if source.id in sources
        for days in (7, 30, 90)
    )
    return CostState(
        is_on=True, reports=reports, error=error, is_scanning=scanning, scanned_at=NOW - timedelta(minutes=2)
    )


@dataclass(frozen=True, slots=True)
class SpendScene:
    """One picture of Usage & Spend: what is known, the place of the span, the requests of a day where they are open."""

    state: CostState
    span: int = 1
    day_rows: DayExplained | None = None


def spend_scenes() -> dict[str, SpendScene]:
    """Return every state of Usage & Spend by name."""
    known = sample_state("codex", "claude", "vertexai")
    rows = explain_day(NOW.date(), sample_rows(), UTC, hide_personal_info=False)
    return {
        "one-day": SpendScene(sample_state("claude", used_days=1)),
        "7-days": SpendScene(known, span=0),
        "90-days": SpendScene(known, span=2),
        "no-data": SpendScene(sample_state()),
        "unknown-models": SpendScene(sample_state("codex", "claude", unknown=True)),
        "scanning": SpendScene(first_scan()),
        "scanning-again": SpendScene(replace(known, is_scanning=True)),
        "error": SpendScene(replace(known, error="The logs could not be read: the disk is full. Free some space.")),
        "error-without-data": SpendScene(CostState(is_on=True, error=_TOO_LONG)),
        "off": SpendScene(CostState()),
        "why": SpendScene(sample_state("claude"), day_rows=rows),
    }


def sample_block(source_id: str, used_days: int | None = None, *, unknown: bool = False, error: str = "") -> CostBlock:
    """Return the cost part of a card."""
    return _block(sample_state(source_id, used_days=used_days, unknown=unknown, error=error), source_id)


def first_scan_block(source_id: str = "claude") -> CostBlock:
    """Return the cost part of a card while logs are read for the first time."""
    return _block(first_scan(), source_id)


def first_scan() -> CostState:
    """Return the state of a first scan that has a way to go."""
    return CostState(is_on=True, is_scanning=True, progress=ScanProgress(312, 900, 121_400_000, 600_000_000))


def sample_tab(*sources: str, used_days: int | None = None, unknown: bool = False, error: str = "") -> SpendTab:
    """Return the Spend tab with use of the sources named."""
    return _tab(sample_state(*sources, used_days=used_days, unknown=unknown, error=error))


def first_scan_tab() -> SpendTab:
    """Return the Spend tab while logs are read for the first time."""
    return _tab(first_scan())


def _tab(state: CostState) -> SpendTab:
    tab = present_spend_tab(state, NOW, UTC)
    if tab is None:
        raise ValueError(state)
    return tab


def _block(state: CostState, source_id: str) -> CostBlock:
    source = cost_source(source_id)
    block = present_cost_block(state, source, NOW, UTC, title=CARD_TITLE) if source is not None else None
    if block is None:
        raise ValueError(source_id)
    return block


def sample_rows(count: int = 40) -> DayRows:
    """Return the requests of a day in order, one of them without a price."""
    rows = [_row(place) for place in range(count)]
    return DayRows(tuple(_priced(row) for row in rows), count, "/home/you")


def _row(place: int) -> UsageRow:
    tokens = TokenCounts(12 + place % 7, 340 + 37 * place, 41_000 + 950 * place, 2_100 + 80 * (place % 9), 600)
    return UsageRow(
        source="claude",
        at=int((NOW - timedelta(minutes=11 * (40 - place))).timestamp()),
        model=UNKNOWN if place == 3 else ("claude-opus-4-5", "claude-sonnet-4-5")[place % 2],
        is_long=place == 5,
        is_fast=False,
        tokens=tokens,
        file="/home/you/.claude/projects/-home-you-work-example-app/4f2c1d9e-session.jsonl",
        copies=place % 3,
    )


def _priced(row: UsageRow) -> PricedRow:
    rates = _RATES.get(row.model)
    return PricedRow(row, None if rates is None else _cost(row.tokens, rates), rates)


def _cost(counts: TokenCounts, rates: RowRates) -> float:
    kinds = (counts.input, counts.output, counts.cache_read, counts.cache_write - counts.cache_write_1h)
    told = (rates.input, rates.output, rates.cache_read, rates.cache_write)
    short = sum(count * (rate or 0.0) for count, rate in zip(kinds, told, strict=True))
    return (short + counts.cache_write_1h * (rates.cache_write_1h or 0.0)) / 1_000_000


def _day(source_id: str, ago: int, *, unknown: bool) -> DaySpend:
    day = NOW.date() - timedelta(days=ago)
    share = 0 if day.weekday() == 6 else 1 + (ago * 7 + len(source_id)) % 5 + (2 if day.weekday() < 5 else 0)
    models = [_model(name, share * weight, share * cost) for name, cost, weight in _MODELS[source_id]] if share else []
    if unknown and share and ago % 2 == 0:
        models = [_model(UNKNOWN, share * 0.6, None), *models[: ago % 4]]
    ranked = merge_models(models)
    return DaySpend(
        day,
        total_tokens(model.tokens for model in ranked),
        sum(model.requests for model in ranked),
        total_cost(model.cost for model in ranked),
        ranked,
    )


def _model(name: str, size: float, cost: float | None) -> ModelSpend:
    tokens = TokenCounts(
        input=round(size * 21_000),
        output=round(size * 64_000),
        cache_read=round(size * 1_900_000),
        cache_write=round(size * 130_000),
        cache_write_1h=round(size * 20_000),
        reasoning=round(size * 22_000) if name.startswith("gpt") else 0,
    )
    return ModelSpend(name, tokens, round(size * 40), cost)


def _hours(days: Iterable[DaySpend]) -> Iterable[HourSpend]:
    by_weekday: dict[int, float] = {}
    for day in days:
        by_weekday[day.day.weekday()] = by_weekday.get(day.day.weekday(), 0.0) + day.tokens.total
    whole = sum(_HOUR_WEIGHTS)
    for weekday, tokens in sorted(by_weekday.items()):
        for hour, weight in enumerate(_HOUR_WEIGHTS):
            if weight:
                yield HourSpend(weekday, hour, round(tokens * weight / whole), None)
