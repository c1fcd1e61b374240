"""Reports as text for other programs: CSV by day and model, JSON as the command line gives it. Pure."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Literal

from codexbar_qt.cost.report_json import cost_element
from codexbar_qt.cost.sources import cost_source
from codexbar_qt.json_text import encode_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from codexbar_qt.cost.report_values import CostReport

ExportFormat = Literal["csv", "json"]
COLUMNS = (
    "provider",
    "date",
    "model",
    "requests",
    "input_tokens",
    "output_tokens",
    "reasoning_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "total_tokens",
    "estimated_cost_usd",
)
"""`output_tokens` include reasoning, `input_tokens` are without the cache; the cost is empty without a price."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def export_text(reports: Iterable[CostReport], kind: ExportFormat) -> str:
    """Return reports of the same days as CSV (lines end with CR LF) or JSON."""
    return _csv(reports) if kind == "csv" else _json(reports)


def export_name(today: date, days: int, kind: ExportFormat) -> str:
    """Return the name to suggest for the file: "spend-2026-11-30-30d.csv"."""
    return f"spend-{today.isoformat()}-{days}d.{kind}"


def _csv(reports: Iterable[CostReport]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(line for report in reports for line in _lines(report))
    return text.getvalue()


def _lines(report: CostReport) -> Iterator[tuple[object, ...]]:
    for day in report.days:
        for model in day.models:
            counts = model.tokens
            yield (
                report.source,
                day.day.isoformat(),
                _plain(model.name),
                model.requests,
                counts.input,
                counts.output,
                counts.reasoning,
                counts.cache_read,
                counts.cache_write,
                counts.total,
                "" if model.cost is None else repr(model.cost),
            )


def _plain(name: str) -> str:
    """Return a name from a log so that no spreadsheet takes it for a formula."""
    return f"'{name}" if name.startswith(_FORMULA) else name


def _json(reports: Iterable[CostReport]) -> str:
    elements = [cost_element(report, source) for report in reports if (source := cost_source(report.source))]
    return encode_json(elements, pretty=True)
