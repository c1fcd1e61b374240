"""The spend of the last 30 UTC days out of activity answers: all rows fit together, or none counts."""

from __future__ import annotations

import math
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from codexbar_qt.provider_api import CostSummary, JsonView, ParseError, SpendRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

DAYS = 30
MOST_ROWS = 20_000
MOST_DISTINCT_ROWS = 10_000
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")

# date, model, endpoint, provider, workspace
_Identity = tuple[date, str, str | None, str | None, str | None]
# (input, output and reasoning tokens, requests), (usage, cost of inference with the user's own provider keys)
_Values = tuple[tuple[int, int, int, int], tuple[float, float]]


def parse_activity(pages: Sequence[JsonView], *, now: datetime) -> CostSummary:
    """Read activity answers into one row per day and model; `now` is aware UTC.

    Raises ParseError for any row that is impossible or contradicts another; its path is "$.data" when an answer
    has no data.
    """
    today = now.date()
    found: dict[_Identity, _Values] = {}
    count = 0
    for page in pages:
        for row in page["data"].items():
            count += 1
            _require(count <= MOST_ROWS, row)
            day = _day(row["date"])
            _require(day <= today, row)
            if day > today - timedelta(days=DAYS):
                identity, values = _identity(row, day), _values(row)
                _require(found.setdefault(identity, values) == values, row)
                _require(len(found) <= MOST_DISTINCT_ROWS, row)
    own_key = any(costs[1] > 0 for _, costs in found.values())
    return CostSummary("USD", DAYS, _per_model(found), now, is_estimate=own_key)


def _per_model(found: dict[_Identity, _Values]) -> tuple[SpendRow, ...]:
    sums: dict[tuple[date, str], list[_Values]] = {}
    for identity, values in found.items():
        sums.setdefault(identity[:2], []).append(values)
    rows: list[SpendRow] = []
    for (day, model), parts in sorted(sums.items()):
        tokens_in, tokens_out, reasoning, requests = (sum(counts[i] for counts, _ in parts) for i in range(4))
        cost = sum(sum(costs) for _, costs in parts)
        if not math.isfinite(cost):
            raise ParseError("The answer has amounts out of range.", path="$.data[].usage")
        rows.append(SpendRow(day, model, cost, tokens_in, tokens_out, reasoning, requests))
    return tuple(rows)


def _identity(row: JsonView, day: date) -> _Identity:
    model = _text(row, "model_permaslug") or row["model"].string()
    _require(bool(model.strip()), row)
    return day, model, _text(row, "endpoint_id"), _text(row, "provider_name"), _text(row, "workspace_id")


def _values(row: JsonView) -> _Values:
    tokens_in, tokens_out = row["prompt_tokens"].integer(), row["completion_tokens"].integer()
    requests, usage = row["requests"].integer(), row["usage"].number()
    reasoning, own_key = row.get("reasoning_tokens"), row.get("byok_usage_inference")
    thinking = 0 if reasoning is None else reasoning.integer()
    extra = 0.0 if own_key is None else own_key.number()
    _require(min(tokens_in, tokens_out, thinking, requests, usage, extra) >= 0, row)
    _require(thinking <= tokens_out, row)
    return (tokens_in, tokens_out, thinking, requests), (usage, extra)


def _day(view: JsonView) -> date:
    text = view.string()
    try:
        _require(_DATE.fullmatch(text) is not None, view)
        return date.fromisoformat(text)
    except ValueError:
        raise ParseError(f"The answer has no date at {view.path}.", path=view.path) from None


def _text(row: JsonView, field: str) -> str | None:
    value = row.get(field)
    return None if value is None else value.string()


def _require(good: bool, view: JsonView) -> None:
    if not good:
        raise ParseError(f"The answer has an impossible row at {view.path}.", path=view.path)
