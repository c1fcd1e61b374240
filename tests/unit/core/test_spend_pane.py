"""The Spend tab, the Usage & Spend pane and the requests of a day: the exact texts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from codexbar_qt.core.cost_rows import explain_day, short_place
from codexbar_qt.core.cost_state import CostState, DayRows, PricedRow, RowRates
from codexbar_qt.core.spend_pane import Figure, heat_map, present_spend_pane, token_mix
from codexbar_qt.core.spend_tab import present_spend_tab
from codexbar_qt.cost.report_values import HourSpend, ModelSpend
from codexbar_qt.cost.values import LeftOut, ScanProgress, TokenCounts, UsageRow
from tests.unit.core.cost_world import CLAUDE, CODEX, VERTEX, report, spend

TODAY = date(2026, 7, 16)
NOW = datetime(2026, 7, 16, 12, 2, tzinfo=UTC)
READ_AT = NOW - timedelta(minutes=2)
FIRST = CostState(is_on=True, is_scanning=True, progress=ScanProgress(1, 4, 10_000_000, 40_000_000))


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def model(name: str, cost: float | None, tokens: int) -> ModelSpend:
    return ModelSpend(name, TokenCounts(input=tokens), 1, cost)


def known(**changes: object) -> CostState:
    reports = (
        report(CODEX, TODAY, 30, spend(TODAY, 2.0, 3_000)),
        report(CLAUDE, TODAY, 30, spend(ago(1), 6.0, 1_000)),
        report(VERTEX, TODAY, 30),
    )
    state = CostState(is_on=True, reports=reports, scanned_at=READ_AT)
    return replace(state, **changes)  # type: ignore[arg-type]  # field names


# The tab


def test_the_tab_has_a_block_for_each_source_with_use() -> None:
    tab = present_spend_tab(known(), NOW, UTC)
    assert tab is not None
    assert [block.title for block in tab.blocks] == ["Codex", "Claude"]
    assert [block.today_text for block in tab.blocks] == ["Today: $2.00 · 3K tokens", "Today: $0.00 · 0 tokens"]
    assert tab.blocks[0].heading == "Codex API-equivalent estimate (not billed)"
    assert (tab.age_text, tab.hint) == ("Read 2m ago", "Estimated from local logs · may differ from your bill")
    assert {(block.age_text, block.hint, block.error) for block in tab.blocks} == {("", "", "")}


def test_what_holds_for_all_sources_is_told_once() -> None:
    waiting = known(error="It failed.", is_scanning=True)
    waiting = replace(waiting, reports=tuple(replace(one, is_complete=False) for one in waiting.reports))
    tab = present_spend_tab(waiting, NOW, UTC)
    assert tab is not None
    assert (tab.error, tab.is_scanning, tab.progress_text) == ("It failed.", True, "")
    assert tab.note == "Some logs are still to be read. The numbers grow with the next scan."
    assert not any(block.is_scanning for block in tab.blocks)


def test_a_first_scan_shows_the_tab_with_its_progress() -> None:
    tab = present_spend_tab(FIRST, NOW, UTC)
    assert tab is not None
    assert (tab.blocks, tab.progress, tab.progress_text) == ((), 25.0, "1 of 4 files · 10 of 40 MB")


def test_a_first_failure_shows_the_tab() -> None:
    tab = present_spend_tab(CostState(is_on=True, error="It failed."), NOW, UTC)
    assert tab is not None
    assert tab.error == "It failed."


@pytest.mark.parametrize(
    "nothing",
    [CostState(), known(is_on=False), known(reports=()), known(reports=(), is_scanning=True), CostState(is_on=True)],
)
def test_without_use_there_is_no_tab(nothing: CostState) -> None:
    assert present_spend_tab(nothing, NOW, UTC) is None


# The pane


def test_the_pane_adds_all_sources_up() -> None:
    pane = present_spend_pane(known(), 30, NOW, UTC)
    assert pane.kind == "ready"
    assert pane.figures == (
        Figure("Estimated spend", "$8.00"),
        Figure("Tokens", "4K"),
        Figure("Requests", "2"),
        Figure("Coverage", "30 of 30 days"),
    )
    assert [(line.name, line.cost_text, line.token_text, line.share) for line in pane.sources] == [
        ("Claude", "$6.00", "1K tokens", 75.0),
        ("Codex", "$2.00", "3K tokens", 25.0),
    ]
    assert [line.name for line in pane.models] == ["model-a"]
    assert pane.age_text == "Read 2m ago"
    assert pane.notes == ()
    assert pane.report is not None
    assert pane.report.cost == 8.0


def test_what_is_missing_is_said() -> None:
    told = replace(
        report(
            CLAUDE,
            TODAY,
            30,
            spend(ago(9), None, 10, model("odd-1", None, 10)),
            spend(TODAY, 1.0, 10, model("model-a", 1.0, 5), model("odd-2", None, 5)),
        ),
        is_complete=False,
        left_out=(LeftOut("long_line", 2),),
        duplicates=1234,
        prices="built-in table of August 2026",
    )
    pane = present_spend_pane(known(reports=(told,)), 30, NOW, UTC)
    assert pane.notes == (
        "No price is known for odd-1 and odd-2. Their tokens count, their cost does not.",
        "Days without a price: Jul 7.",
        "Some logs are still to be read. The numbers grow with the next scan.",
        "2 lines longer than 512 KiB were left out.",
        "1,234 copied rows were left out, so that nothing counts twice.",
        "Prices: built-in table of August 2026.",
    )
    assert pane.figures[3] == Figure("Coverage", "29 of 30 days")


def test_many_names_are_counted() -> None:
    models = [model(f"odd-{place}", None, 9 - place) for place in range(5)]
    told = report(CLAUDE, TODAY, 30, spend(TODAY, None, 35, *models))
    pane = present_spend_pane(known(reports=(told,)), 30, NOW, UTC)
    assert pane.notes[0].startswith("No price is known for odd-0, odd-1, odd-2 and 2 more.")
    assert pane.figures[0] == Figure("Estimated spend", "no price known")
    # Without any price the bars are about tokens.
    assert [round(line.share) for line in pane.models] == [26, 23, 20, 17, 14]


def test_eight_models_and_the_rest() -> None:
    models = [model(f"model-{place}", 20.0 - place, 100) for place in range(11)]
    pane = present_spend_pane(
        known(reports=(report(CLAUDE, TODAY, 30, spend(TODAY, 165.0, 1_100, *models)),)), 30, NOW, UTC
    )
    assert len(pane.models) == 9
    assert (pane.models[8].name, pane.models[8].cost_text, pane.models[8].token_text) == (
        "Other (3)",
        "$33.00",
        "300 tokens",
    )


def test_the_other_states_of_the_pane() -> None:
    assert present_spend_pane(known(is_on=False), 30, NOW, UTC).kind == "off"
    first = present_spend_pane(FIRST, 30, NOW, UTC)
    assert (first.kind, first.progress, first.progress_text) == ("waiting", 25.0, "1 of 4 files · 10 of 40 MB")
    failed = present_spend_pane(CostState(is_on=True, error="It failed."), 30, NOW, UTC)
    assert (failed.kind, failed.error) == ("waiting", "It failed.")
    unread = replace(report(CLAUDE, TODAY, 30), left_out=(LeftOut("unreadable_folder", 1),))
    empty = present_spend_pane(known(reports=(unread,)), 30, NOW, UTC)
    assert (empty.kind, empty.notes) == ("empty", ("1 folder could not be read.",))
    assert present_spend_pane(known(reports=()), 30, NOW, UTC).kind == "empty"


def test_reasoning_stands_apart_from_output() -> None:
    parts = token_mix(TokenCounts(input=10, output=30, cache_read=50, cache_write=10, reasoning=20))
    assert [(part.place, part.label, part.token_text, part.percent_text) for part in parts] == [
        (0, "Input", "10", "10%"),
        (1, "Output", "10", "10%"),
        (2, "Reasoning", "20", "20%"),
        (3, "Cache read", "50", "50%"),
        (4, "Cache write", "10", "10%"),
    ]
    assert [part.label for part in token_mix(TokenCounts(output=1, cache_write=1))] == ["Output", "Cache write"]
    assert token_mix(TokenCounts()) == ()


def test_any_use_can_be_seen_on_the_heat_map() -> None:
    hours = (HourSpend(0, 9, 400, 1.0), HourSpend(0, 10, 201, None), HourSpend(6, 23, 1, None))
    rows = heat_map(replace(report(CLAUDE, TODAY, 30), hours=hours))
    assert len(rows) == 7
    assert rows[0].levels[8:11] == (0, 4, 3)
    assert rows[6].levels[23] == 1
    assert rows[0].texts[9] == "Monday, 09:00: 400 tokens"
    assert all(level == 0 for row in heat_map(report(CLAUDE, TODAY, 30)) for level in row.levels)


# Why this number


def row(**changes: object) -> UsageRow:
    values: dict[str, object] = {
        "source": "claude",
        "at": int(datetime(2026, 7, 16, 9, 5, 7, tzinfo=UTC).timestamp()),
        "model": "claude-opus-4-5-20251101",
        "is_long": False,
        "is_fast": False,
        "tokens": TokenCounts(12, 50, 4000, 300, 200),
        "file": "/home/ann/.claude/projects/-home-ann-work-app/s.jsonl",
    }
    return UsageRow(**(values | changes))  # type: ignore[arg-type]  # field names


RATES = RowRates(5.0, 25.0, 0.5, 6.25, 10.0)


def test_a_request_in_words() -> None:
    found = DayRows((PricedRow(row(copies=2), 0.005935, RATES),), 1, "/home/ann")
    told = explain_day(TODAY, found, ZoneInfo("Europe/Berlin"), hide_personal_info=False)
    assert told.title == "Requests of Jul 16"
    assert told.summary == "1 request. 2 copies of them were left out, so that nothing counts twice."
    item = told.rows[0]
    assert (item.time_text, item.model, item.cost_text) == ("11:05:07", "claude-opus-4-5-20251101", "$0.0059")
    assert item.token_text == "12 input · 50 output · 4K cache read · 300 cache write (200 for 1 h)"
    assert item.rate_text == (
        "$5.00 input · $25.00 output · $0.50 cache read · $6.25 cache write · $10.00 1 h cache write per million"
    )
    assert (item.place, item.copy_text) == ("work-app · s.jsonl", "2 copies left out")


def test_marks_reasoning_and_missing_prices() -> None:
    codex = row(is_long=True, is_fast=True, tokens=TokenCounts(1, 20, reasoning=5), copies=1)
    found = DayRows((PricedRow(codex, 1.0, RowRates(0.075, 4.5, None, None, None)), PricedRow(row(), None, None)), 7000)
    told = explain_day(TODAY, found, UTC, hide_personal_info=False)
    assert told.summary == "The first 2 of 7,000 requests. 1 copy of them was left out, so that nothing counts twice."
    assert told.rows[0].token_text == "1 input · 20 output (5 reasoning)"
    assert told.rows[0].rate_text == "long context · fast · $0.075 input · $4.50 output per million"
    assert told.rows[0].copy_text == "1 copy left out"
    assert (told.rows[1].cost_text, told.rows[1].rate_text) == ("no price known", "")


def test_a_day_whose_logs_are_gone() -> None:
    told = explain_day(TODAY, DayRows(), UTC, hide_personal_info=False)
    assert told.summary == "No request was found. The logs may have been removed since they were read."


def test_addresses_are_hidden_where_people_ask_for_it() -> None:
    found = DayRows((PricedRow(row(file="/srv/ann@example.com/s.jsonl"), 1.0, RATES),), 1, "/home/ann")
    assert "ann@example.com" in explain_day(TODAY, found, UTC, hide_personal_info=False).rows[0].place
    hidden = explain_day(TODAY, found, UTC, hide_personal_info=True).rows[0]
    assert "ann@example.com" not in hidden.place + hidden.accessible_text


@pytest.mark.parametrize(
    ("path", "home", "place"),
    [
        ("/home/ann/.claude/projects/-home-ann-work-app/s.jsonl", "/home/ann", "work-app · s.jsonl"),
        ("/home/ann/.claude/projects/-home-ann/s.jsonl", "/home/ann", "~ · s.jsonl"),
        ("/home/ann/.claude/projects/-srv-app/x/subagents/s.jsonl", "/home/ann", "-srv-app · s.jsonl"),
        ("/home/ann/.codex/sessions/2026/07/16/r.jsonl", "/home/ann", "~/.codex/sessions/2026/07/16 · r.jsonl"),
        ("/home/annabel/r.jsonl", "/home/ann", "/home/annabel · r.jsonl"),
        ("/home/ann/projects/r.jsonl", "/home/ann", "~/projects · r.jsonl"),
        (r"C:\Users\ann\.codex\sessions\r.jsonl", r"C:\Users\ann", "~\\.codex\\sessions · r.jsonl"),
        ("/logs/r.jsonl", "", "/logs · r.jsonl"),
    ],
)
def test_places_are_short(path: str, home: str, place: str) -> None:
    assert short_place(path, home) == place
