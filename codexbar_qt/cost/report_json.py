"""The JSON of `cost` (cli.md 5, token-cost.md 9). Pure.

Beside what the sheets name there is `leftOut` when anything is missing. `sources` of a project is empty, because a
project is one folder here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_qt.json_text import present

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codexbar_qt.cost.report_values import CostReport, DaySpend, ModelSpend, ProjectSpend
    from codexbar_qt.cost.sources import CostSource
    from codexbar_qt.cost.values import TokenCounts

_PROVENANCE = "listPriceEstimate"


def cost_element(report: CostReport, source: CostSource) -> dict[str, object]:
    """Return the element of one source."""
    known, today = report.is_zero_known, report.today_spend
    coverage = {
        "priced": report.coverage.priced,
        "unpriced": report.coverage.unpriced,
        "unmetered": 0,
        "estimated": 0,
    }
    totals = {
        **_tokens(report.tokens, source),
        "totalCost": report.cost,
        "provenance": _PROVENANCE,
        "coverage": coverage,
    }
    left_out = [{"kind": item.kind, "count": item.count} for item in report.left_out if item.count]
    return present(
        {
            "provider": source.id,
            "source": "local",
            "updatedAt": report.updated_at,
            "currencyCode": "USD",
            "sessionTokens": today.tokens.total if today else (0 if known else None),
            "sessionCostUSD": today.cost if today else (0 if known else None),
            "historyDays": report.history_days,
            "historyCoverageIsEstablished": report.is_complete,
            "last30DaysTokens": report.tokens.total if known else None,
            "last30DaysCostUSD": report.cost if known else None,
            "daily": _daily(report.days, source),
            "projects": [_project(project, source) for project in report.projects],
            "totals": present(totals) if known else None,
            "provenance": _PROVENANCE,
            "coverage": coverage,
            "leftOut": left_out or None,
        }
    )


def failed_element(source: CostSource, message: str, exit_code: int) -> dict[str, object]:
    """Return the element of a source whose logs could not be read."""
    error = {"code": exit_code, "message": message, "kind": "provider"}
    return {"provider": source.id, "source": "local", "daily": [], "projects": [], "error": error}


def _tokens(tokens: TokenCounts, source: CostSource) -> dict[str, object]:
    with_cache = source.input_includes_cache
    return present(
        {
            "inputTokens": tokens.prompt if with_cache else tokens.input,
            "outputTokens": tokens.output,
            "cacheReadTokens": tokens.cache_read,
            "cacheCreationTokens": tokens.cache_write if tokens.cache_write or not with_cache else None,
            "reasoningTokens": tokens.reasoning if with_cache else None,
            "totalTokens": tokens.total,
        }
    )


def _daily(days: Iterable[DaySpend], source: CostSource) -> list[dict[str, object]]:
    return [
        present(
            {
                "date": day.day.isoformat(),
                **_tokens(day.tokens, source),
                "totalCost": day.cost,
                "modelsUsed": sorted(model.name for model in day.models),
                "modelBreakdowns": _models(day.models),
            }
        )
        for day in days
    ]


def _models(models: Iterable[ModelSpend]) -> list[dict[str, object]]:
    return [
        present({"modelName": model.name, "cost": model.cost, "totalTokens": model.tokens.total}) for model in models
    ]


def _project(project: ProjectSpend, source: CostSource) -> dict[str, object]:
    return present(
        {
            "name": project.name,
            "path": project.path or None,
            "totalTokens": project.tokens.total,
            "totalCost": project.cost,
            "daily": _daily(project.days, source),
            "modelBreakdowns": _models(project.models),
            "sources": [],
        }
    )
