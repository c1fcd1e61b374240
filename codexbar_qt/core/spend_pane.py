"""The Usage & Spend pane: one span of days over all sources, in words and shares. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from codexbar_qt.core import cost_words
from codexbar_qt.core.cost_totals import add_models, merge_reports
from codexbar_qt.core.wording import day_text, percent_text, token_text
from codexbar_qt.cost.report_values import ModelSpend
from codexbar_qt.cost.sources import cost_source
from codexbar_qt.cost.values import TokenCounts
from codexbar_qt.cost.wording import left_out_sentences

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, tzinfo

    from codexbar_qt.core.cost_state import CostState
    from codexbar_qt.cost.report_values import CostReport

PaneKind = Literal["off", "waiting", "empty", "ready"]
MOST_MODELS = 8
LEVELS = 4
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
EMPTY = "No use was found in the logs of Claude Code and Codex for these days."
_MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the big numbers."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class SpendLine:
    """A source or a model; `share` (0-100) is its part of the whole cost, of the tokens while nothing has a price."""

    id: str
    name: str
    cost_text: str
    token_text: str
    share: float
    color: str = ""


@dataclass(frozen=True, slots=True)
class MixPart:
    """One kind of token; `place` (0-4) is always the same for a kind, `share` is 0-1 of all."""

    place: int
    label: str
    token_text: str
    percent_text: str
    share: float


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A weekday: 24 levels from 0 (nothing) to 4 (the most), and what is said of each hour."""

    weekday: str
    levels: tuple[int, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SpendPane:
    """What the pane shows. `waiting`: nothing is known yet. `report` is that of all sources, for the chart."""

    kind: PaneKind
    age_text: str = ""
    error: str = ""
    is_scanning: bool = False
    progress: float | None = None
    progress_text: str = ""
    figures: tuple[Figure, ...] = ()
    notes: tuple[str, ...] = ()
    sources: tuple[SpendLine, ...] = ()
    models: tuple[SpendLine, ...] = ()
    mix: tuple[MixPart, ...] = ()
    heat: tuple[HeatRow, ...] = ()
    report: CostReport | None = None


def present_spend_pane(state: CostState, days: int, now: datetime, zone: tzinfo) -> SpendPane:
    """Return the pane for a span of days."""
    if not state.is_on:
        return SpendPane("off")
    is_first = state.is_scanning and state.scanned_at is None
    shared = {
        "age_text": cost_words.read_text(state.scanned_at, now, zone),
        "error": state.error,
        "is_scanning": state.is_scanning,
        "progress": cost_words.progress_percent(state.progress) if is_first else None,
        "progress_text": cost_words.progress_text(state.progress) if is_first else "",
    }
    if state.scanned_at is None:
        return SpendPane("waiting", **shared)  # type: ignore[arg-type]  # field names
    reports = state.over(days)
    if not reports:
        known = [one for one in state.reports if one.history_days == days]
        notes = left_out_sentences(merge_reports(known).left_out) if known else ()
        return SpendPane("empty", notes=notes, **shared)  # type: ignore[arg-type]  # field names
    whole = merge_reports(reports)
    return SpendPane(
        "ready",
        figures=_figures(whole),
        notes=_notes(whole),
        sources=_source_lines(reports, whole),
        models=_model_lines(whole),
        mix=token_mix(whole.tokens),
        heat=heat_map(whole),
        report=whole,
        **shared,  # type: ignore[arg-type]  # field names
    )


def token_mix(tokens: TokenCounts) -> tuple[MixPart, ...]:
    """Return the kinds of tokens that there are; reasoning stands apart from other output."""
    kinds = (
        ("Input", tokens.input),
        ("Output", max(0, tokens.output - tokens.reasoning)),
        ("Reasoning", tokens.reasoning),
        ("Cache read", tokens.cache_read),
        ("Cache write", tokens.cache_write),
    )
    total = sum(count for _, count in kinds)
    return tuple(
        MixPart(place, label, token_text(count), percent_text(count / total * 100), count / total)
        for place, (label, count) in enumerate(kinds)
        if count > 0
    )


def heat_map(report: CostReport) -> tuple[HeatRow, ...]:
    """Return the week by hours; any use at all is at least level 1."""
    tokens = {(hour.weekday, hour.hour): hour.tokens for hour in report.hours}
    peak = max(tokens.values(), default=0)

    def row(weekday: int, name: str) -> HeatRow:
        counts = [tokens.get((weekday, hour), 0) for hour in range(24)]
        levels = tuple(-(-count * LEVELS // peak) if peak and count > 0 else 0 for count in counts)
        texts = tuple(f"{name}, {hour:02}:00: {cost_words.tokens_text(count)}" for hour, count in enumerate(counts))
        return HeatRow(name, levels, texts)

    return tuple(row(weekday, name) for weekday, name in enumerate(WEEKDAYS))


def unknown_models(report: CostReport) -> tuple[str, ...]:
    """Return the models without a price, the most used first."""
    return tuple(model.name for model in report.models if model.cost is None)


def _figures(whole: CostReport) -> tuple[Figure, ...]:
    days, unpriced = whole.history_days, sum(day.cost is None for day in whole.days)
    return (
        Figure("Estimated spend", cost_words.cost_text(whole.cost)),
        Figure("Tokens", token_text(whole.tokens.total)),
        Figure("Requests", f"{whole.requests:,}"),
        Figure("Coverage", f"{days - unpriced} of {days} days"),
    )


def _notes(whole: CostReport) -> tuple[str, ...]:
    notes: list[str] = []
    unknown = unknown_models(whole)
    if unknown:
        notes.append(f"No price is known for {_listed(unknown)}. Their tokens count, their cost does not.")
    unpriced = [day_text(day.day) for day in whole.days if day.cost is None]
    if unpriced:
        notes.append(f"Days without a price: {_listed(unpriced)}.")
    if not whole.is_complete:
        notes.append(cost_words.WAITING)
    notes += left_out_sentences(whole.left_out)
    if whole.duplicates:
        copies = "1 copied row was" if whole.duplicates == 1 else f"{whole.duplicates:,} copied rows were"
        notes.append(f"{copies} left out, so that nothing counts twice.")
    if whole.prices:
        notes.append(f"Prices: {whole.prices}.")
    return tuple(notes)


def _source_lines(reports: Sequence[CostReport], whole: CostReport) -> tuple[SpendLine, ...]:
    ranked = sorted(reports, key=lambda one: (-(one.cost or 0.0), -one.tokens.total))
    lines: list[SpendLine] = []
    for report in ranked:
        source = cost_source(report.source)
        share = _share(report.cost, report.tokens.total, whole)
        color = source.color if source is not None else ""
        lines.append(_line(report.source, report.name, report.cost, report.tokens.total, share, color))
    return tuple(lines)


def _model_lines(whole: CostReport) -> tuple[SpendLine, ...]:
    models = whole.models
    if len(models) > MOST_MODELS:
        models = (*models[:MOST_MODELS], _other(models[MOST_MODELS:]))
    return tuple(
        _line(model.name, model.name, model.cost, model.tokens.total, _share(model.cost, model.tokens.total, whole))
        for model in models
    )


def _other(models: Sequence[ModelSpend]) -> ModelSpend:
    total = ModelSpend(f"Other ({len(models)})", TokenCounts(), 0, None)
    for model in models:
        total = add_models(total, model, total.name)
    return total


def _line(name_id: str, name: str, cost: float | None, tokens: int, share: float, color: str = "") -> SpendLine:
    return SpendLine(name_id, name, cost_words.cost_text(cost), cost_words.tokens_text(tokens), share, color)


def _share(cost: float | None, tokens: int, whole: CostReport) -> float:
    if whole.cost:
        return (cost or 0.0) / whole.cost * 100
    return tokens / whole.tokens.total * 100 if whole.tokens.total else 0.0


def _listed(names: Sequence[str]) -> str:
    if len(names) > _MOST_NAMES:
        return f"{', '.join(names[:_MOST_NAMES])} and {len(names) - _MOST_NAMES} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
