"""Reports as CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime

from codexbar_qt.cost.export import COLUMNS, export_name, export_text
from codexbar_qt.cost.report_values import CostReport, Coverage, DaySpend, ModelSpend
from codexbar_qt.cost.values import TokenCounts

DAY = date(2031, 1, 5)
TOKENS = TokenCounts(12, 50, 4000, 300, 200)


def report(*models: ModelSpend) -> CostReport:
    day = DaySpend(DAY, TOKENS, 1, 0.005935, models)
    return CostReport(
        source="claude",
        name="Claude",
        heading="Claude Cost (API-rate estimate)",
        today=DAY,
        history_days=30,
        days=(day,),
        models=models,
        hours=(),
        tokens=TOKENS,
        requests=1,
        cost=0.005935,
        today_spend=day,
        coverage=Coverage(1, 0),
        is_complete=True,
        updated_at=datetime(2031, 1, 5, 10, 21, tzinfo=UTC),
    )


def test_a_line_for_each_day_and_model() -> None:
    models = (ModelSpend("claude-opus-4-5", TOKENS, 3, 0.005935), ModelSpend('odd, "x"', TokenCounts(1), 1, None))
    text = export_text([report(*models)], "csv")
    assert text.endswith("\r\n")
    assert list(csv.reader(io.StringIO(text, newline=""))) == [
        list(COLUMNS),
        ["claude", "2031-01-05", "claude-opus-4-5", "3", "12", "50", "0", "4000", "300", "4362", "0.005935"],
        ["claude", "2031-01-05", 'odd, "x"', "1", "1", "0", "0", "0", "0", "1", ""],
    ]


def test_no_name_becomes_a_formula() -> None:
    text = export_text([report(ModelSpend("=1+1", TOKENS, 1, None))], "csv")
    assert ",'=1+1," in text


def test_json_is_what_the_command_line_gives() -> None:
    elements = json.loads(export_text([report(ModelSpend("claude-opus-4-5", TOKENS, 1, 0.005935))], "json"))
    assert len(elements) == 1
    assert elements[0]["provider"] == "claude"
    assert elements[0]["updatedAt"] == "2031-01-05T10:21:00Z"
    assert elements[0]["last30DaysCostUSD"] == 0.005935
    assert elements[0]["daily"][0]["modelBreakdowns"] == [
        {"modelName": "claude-opus-4-5", "cost": 0.005935, "totalTokens": 4362}
    ]


def test_names() -> None:
    assert export_name(DAY, 90, "json") == "spend-2031-01-05-90d.json"
