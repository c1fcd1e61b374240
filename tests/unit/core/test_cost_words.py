"""Local cost in words, blocks and bars: the exact texts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from codexbar_qt.core import cost_words
from codexbar_qt.core.cost_block import CARD_TITLE, present_cost_block
from codexbar_qt.core.cost_chart import present_cost_chart, small_shares
from codexbar_qt.core.cost_state import CostState
from codexbar_qt.core.cost_totals import merge_reports
from codexbar_qt.cost.report_values import HourSpend, ModelSpend
from codexbar_qt.cost.values import LeftOut, ScanProgress, TokenCounts
from tests.unit.core.cost_world import CLAUDE, CODEX, VERTEX, report, spend

TODAY = date(2026, 7, 16)
NOW = datetime(2026, 7, 16, 12, 2, tzinfo=UTC)
READ_AT = NOW - timedelta(minutes=2)


def model(name: str, cost: float | None, tokens: int) -> ModelSpend:
    return ModelSpend(name, TokenCounts(input=tokens), 1, cost)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


# Words


@pytest.mark.parametrize(
    ("cost", "text"),
    [
        (1.04, "$1.04"),
        (1234.5, "$1,234.50"),
        (0.0, "$0.00"),
        (0.004, "<$0.01"),
        (0.005, "$0.01"),
        (None, "no price known"),
    ],
)
def test_amounts(cost: float | None, text: str) -> None:
    assert cost_words.cost_text(cost) == text


def test_today_and_the_history() -> None:
    told = report(CLAUDE, TODAY, 30, spend(ago(3), 17.18, 217_985_000), spend(TODAY, 1.04, 15_000))
    assert cost_words.today_text(told) == "Today: $1.04 · 15K tokens"
    assert cost_words.total_text(told) == "Last 30 days: $18.22 · 218M tokens"


def test_a_day_without_use_is_zero_only_where_that_is_known() -> None:
    assert cost_words.today_text(report(CLAUDE, TODAY, 7, spend(ago(1), 1, 1))) == "Today: $0.00 · 0 tokens"
    empty = report(CLAUDE, TODAY, 7)
    assert cost_words.today_text(empty) == "Today: $0.00 · 0 tokens"
    assert cost_words.total_text(empty) == "Last 7 days: $0.00 · 0 tokens"
    assert cost_words.today_text(replace(empty, is_complete=False)) == "Today: not known yet"


def test_tokens_without_a_price_are_told() -> None:
    told = report(CLAUDE, TODAY, 30, spend(TODAY, None, 15_000))
    assert cost_words.today_text(told) == "Today: no price known · 15K tokens"
    assert cost_words.total_text(told) == "Last 30 days: no price known · 15K tokens"


def test_age_and_progress() -> None:
    assert cost_words.read_text(READ_AT, NOW, UTC) == "Read 2m ago"
    assert cost_words.read_text(None, NOW, UTC) == ""
    progress = ScanProgress(312, 1900, 121_400_000, 600_000_000)
    assert cost_words.progress_text(progress) == "312 of 1,900 files · 121 of 600 MB"
    assert cost_words.progress_percent(progress) == pytest.approx(20.23, abs=0.01)
    assert cost_words.progress_text(None) == "Looking for logs…"
    assert cost_words.progress_percent(None) is None
    assert cost_words.progress_percent(ScanProgress(0, 0, 0, 0)) is None


# Blocks


def state(*spends: object, **changes: object) -> CostState:
    told = report(VERTEX, TODAY, 30, *spends)  # type: ignore[arg-type]  # days
    return replace(CostState(is_on=True, reports=(told,), scanned_at=READ_AT), **changes)  # type: ignore[arg-type]


def test_the_block_of_a_card() -> None:
    block = present_cost_block(state(spend(TODAY, 1.04, 15_000)), VERTEX, NOW, UTC, title=CARD_TITLE, color="#112233")
    assert block is not None
    assert (block.title, block.heading, block.color) == ("Cost", "", "#112233")
    assert (block.today_text, block.age_text) == ("Today: $1.04 · 15K tokens", "Read 2m ago")
    assert block.hint == "Estimated from local logs · may differ from your bill"
    assert (block.progress, block.progress_text, block.error, block.note) == (None, "", "", "")


def test_the_block_of_a_source_has_its_name_and_heading() -> None:
    block = present_cost_block(state(spend(TODAY, 1.04, 15_000)), VERTEX, NOW, UTC)
    assert block is not None
    assert (block.title, block.heading) == ("Vertex AI", "Vertex AI Cost (API-rate estimate)")


def test_a_first_scan_shows_how_far_it_is() -> None:
    first = CostState(is_on=True, is_scanning=True, progress=ScanProgress(1, 4, 10, 40))
    block = present_cost_block(first, VERTEX, NOW, UTC)
    assert block is not None
    assert (block.progress, block.progress_text) == (25.0, "1 of 4 files · 0 of 0 MB")
    assert (block.today_text, block.hint, block.age_text) == ("", "", "")


def test_a_later_scan_only_turns_the_ring() -> None:
    later = state(spend(TODAY, 1, 1), is_scanning=True, progress=ScanProgress(1, 4, 10, 40))
    block = present_cost_block(later, VERTEX, NOW, UTC)
    assert block is not None
    assert (block.is_scanning, block.progress, block.progress_text) == (True, None, "")


def test_an_error_stands_beside_the_last_good_numbers() -> None:
    block = present_cost_block(state(spend(TODAY, 1, 1), error="It failed."), VERTEX, NOW, UTC)
    assert block is not None
    assert (block.error, block.today_text) == ("It failed.", "Today: $1.00 · 1 token")
    alone = present_cost_block(CostState(is_on=True, error="It failed."), VERTEX, NOW, UTC)
    assert alone is not None
    assert alone.error == "It failed."


def test_logs_that_wait_are_said() -> None:
    told = replace(report(VERTEX, TODAY, 30, spend(TODAY, 1, 1)), is_complete=False)
    block = present_cost_block(state(reports=(told,)), VERTEX, NOW, UTC)
    assert block is not None
    assert block.note == "Some logs are still to be read. The numbers grow with the next scan."


@pytest.mark.parametrize(
    "nothing",
    [CostState(), state(), CostState(is_on=True), state(spend(TODAY, 1, 1), is_on=False), state(reports=())],
)
def test_without_anything_to_tell_there_is_no_block(nothing: CostState) -> None:
    assert present_cost_block(nothing, VERTEX, NOW, UTC) is None


# Bars


def test_every_day_has_a_bar() -> None:
    told = report(
        CLAUDE,
        TODAY,
        7,
        spend(ago(6), 4.0, 1_000, model("model-a", 3.0, 400), model("model-b", 1.0, 600)),
        spend(TODAY, 1.0, 4_000),
    )
    chart = present_cost_chart(told)
    assert [bar.label for bar in chart.bars][:2] == ["Jul 10", "Jul 11"]
    assert [bar.cost_share for bar in chart.bars] == [1.0, 0, 0, 0, 0, 0, 0.25]
    assert [bar.token_share for bar in chart.bars] == [0.25, 0, 0, 0, 0, 0, 1.0]
    assert (chart.cost_peak, chart.token_peak) == (0, 6)
    assert chart.cost_scale == ("$0", "$2.00", "$4.00")
    assert chart.token_scale == ("0", "2K", "4K")
    assert chart.total_text == "Est. total (Last 7 days): $5.00 · 5K"
    assert chart.bars[0].models == ("model-a $3.00 · 400", "model-b $1.00 · 600")
    assert (chart.bars[1].cost_text, chart.bars[1].token_text) == ("$0.00", "0 tokens")
    assert chart.lines == 2
    assert small_shares(told) == (1.0, 0, 0, 0, 0, 0, 0.25)


def test_no_use_is_an_empty_chart() -> None:
    chart = present_cost_chart(report(CLAUDE, TODAY, 30))
    assert len(chart.bars) == 30
    assert (chart.cost_peak, chart.token_peak, chart.lines) == (-1, -1, 0)
    assert chart.cost_scale == ("$0", "", "")


def test_without_prices_the_small_bars_show_tokens() -> None:
    told = report(CLAUDE, TODAY, 7, spend(ago(1), None, 500), spend(TODAY, None, 1_000))
    assert small_shares(told)[-2:] == (0.5, 1.0)
    assert present_cost_chart(told).bars[-1].cost_text == "no price known"


def test_a_long_history_is_told_by_weeks() -> None:
    told = report(CLAUDE, TODAY, 365, spend(ago(8), 1.0, 10), spend(ago(1), 2.0, 20), spend(TODAY, None, 30))
    chart = present_cost_chart(told)
    assert len(chart.bars) == 53
    assert [bar.label for bar in chart.bars[-2:]] == ["Jul 3 – Jul 9", "Jul 10 – Jul 16"]
    assert (chart.bars[-1].cost_text, chart.bars[-1].models) == ("$2.00", ("model-a $2.00 · 50",))
    assert chart.bars[0].first == ago(364)
    assert sum(bar.last.toordinal() - bar.first.toordinal() + 1 for bar in chart.bars) == 365


def test_many_models_are_counted() -> None:
    models = [model(f"model-{place}", 9.0 - place, 10) for place in range(7)]
    chart = present_cost_chart(report(CLAUDE, TODAY, 7, spend(TODAY, 1.0, 70, *models)))
    assert chart.bars[-1].models[-2:] == ("model-3 $6.00 · 10", "3 more")
    assert chart.lines == 5


# Several sources


def test_sources_add_up() -> None:
    hours = (HourSpend(0, 9, 5, 1.0), HourSpend(1, 9, 1, None))
    claude = report(CLAUDE, TODAY, 7, spend(ago(1), 1.0, 10, model("a", 1.0, 10)), spend(TODAY, None, 5))
    codex = report(CODEX, TODAY, 7, spend(ago(1), 2.0, 30, model("a", 2.0, 20), model("b", None, 10)))
    vertex = report(VERTEX, TODAY, 7, spend(ago(2), 4.0, 1))
    left_out = (LeftOut("broken_line", 2),)
    merged = merge_reports(
        [
            replace(codex, hours=hours[:1], left_out=left_out, duplicates=3),
            replace(claude, hours=hours, left_out=left_out, duplicates=5),
            replace(vertex, left_out=(*left_out, LeftOut("future_row", 3)), duplicates=5, is_complete=False),
        ]
    )
    assert (merged.source, merged.cost, merged.tokens.total, merged.requests) == ("all", 7.0, 46, 4)
    assert [(day.day, day.cost, day.requests) for day in merged.days] == [
        (ago(2), 4.0, 1),
        (ago(1), 3.0, 2),
        (TODAY, None, 1),
    ]
    assert merged.days[1].models == (ModelSpend("a", TokenCounts(input=30), 2, 3.0), model("b", None, 10))
    assert merged.hours == (HourSpend(0, 9, 10, 2.0), HourSpend(1, 9, 1, None))
    assert merged.today_spend == merged.days[-1]
    assert (merged.coverage.priced, merged.coverage.unpriced) == (2, 1)
    # Claude and Vertex AI are read from the same logs.
    assert (merged.left_out, merged.duplicates) == ((LeftOut("future_row", 3), LeftOut("broken_line", 4)), 8)
    assert not merged.is_complete
    assert merge_reports([codex]) is codex
