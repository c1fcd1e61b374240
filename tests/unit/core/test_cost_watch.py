"""When logs are read and reports worked out, over a clock that stands still until the test moves it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from codexbar_qt.core.cost_logs import CostScanError
from codexbar_qt.cost.values import RowsPage, ScanProgress, TokenCounts, UsageRow
from tests.unit.core.cost_world import CLAUDE, CODEX, VERTEX

if TYPE_CHECKING:
    from tests.unit.core.cost_world import CostWorld

MINUTE = 60.0
BATCH = 5 * MINUTE


async def batch(costs: CostWorld, interval: float | None = BATCH) -> None:
    costs.watch.after_batch(interval)
    await costs.clock.settle()


# When


async def test_nothing_is_read_while_the_summary_is_off(costs: CostWorld) -> None:
    await costs.change(is_on=False)
    costs.watch.look()
    costs.watch.refresh()
    await batch(costs)
    assert costs.logs.scans == []
    assert not costs.watch.state.is_on


async def test_a_batch_reads_at_most_every_quarter_of_an_hour(costs: CostWorld) -> None:
    for _ in range(7):
        await batch(costs)
        await costs.clock.advance(BATCH)
    assert len(costs.logs.scans) == 3  # at 0, 15 and 30 minutes


@pytest.mark.parametrize(("interval", "scans"), [(30 * MINUTE, 2), (60.0, 4), (None, 0)])
async def test_longer_intervals_hold_and_manual_reads_nothing(
    costs: CostWorld, interval: float | None, scans: int
) -> None:
    for _ in range(59):
        await batch(costs, interval)
        await costs.clock.advance(MINUTE)
    assert len(costs.logs.scans) == scans


async def test_people_may_ask_once_a_minute(costs: CostWorld) -> None:
    costs.watch.refresh()
    await costs.clock.settle()
    await costs.clock.advance(59)
    costs.watch.refresh()
    await costs.clock.settle()
    assert len(costs.logs.scans) == 1
    await costs.clock.advance(1)
    costs.watch.refresh()
    await costs.clock.settle()
    assert len(costs.logs.scans) == 2


async def test_a_clock_that_was_set_back_holds_nothing_up(costs: CostWorld) -> None:
    await batch(costs)
    costs.clock.set_back(7200)
    await batch(costs)
    assert len(costs.logs.scans) == 2


async def test_looking_reads_only_while_nothing_is_known(costs: CostWorld) -> None:
    costs.watch.look()
    await costs.clock.settle()
    await costs.clock.advance(3600)
    costs.watch.look()
    await costs.clock.settle()
    assert len(costs.logs.scans) == 1


async def test_looking_again_after_a_failure_waits_a_minute(costs: CostWorld) -> None:
    costs.logs.error = CostScanError("The disk is full. Free some space.")
    for seconds in (0, 30, 30):
        await costs.clock.advance(seconds)
        costs.watch.look()
        await costs.clock.settle()
    assert len(costs.logs.scans) == 2


async def test_while_paused_nothing_begins_by_itself(costs: CostWorld) -> None:
    costs.watch.set_paused(True)
    await batch(costs)
    assert costs.logs.scans == []
    costs.watch.set_paused(False)
    await batch(costs)
    assert len(costs.logs.scans) == 1


async def test_there_is_one_scan_at_a_time(costs: CostWorld) -> None:
    costs.logs.held = True
    for _ in range(3):
        costs.watch.refresh()
        await batch(costs)
        await costs.clock.advance(120)
    assert len(costs.logs.scans) == 1
    seen = [costs.watch.state.is_scanning]
    costs.logs.release()
    await costs.clock.settle()
    assert [*seen, costs.watch.state.is_scanning] == [True, False]


async def test_switching_on_reads_at_once_and_off_stops_and_forgets(costs: CostWorld) -> None:
    costs.logs.held = True
    await batch(costs)
    await costs.change(is_on=False)
    assert costs.logs.cancelled == 1
    assert costs.watch.state.reports == ()
    assert not costs.watch.state.is_scanning
    costs.logs.release()
    await costs.change(is_on=True)
    assert costs.watch.state.has_data
    assert len(costs.logs.scans) == 2


async def test_off_and_on_again_waits_for_the_scan_that_ends(costs: CostWorld) -> None:
    costs.logs.held = True
    await batch(costs)
    costs.wishes = costs.wishes.__class__(is_on=False)
    costs.watch.apply()
    costs.wishes = costs.wishes.__class__(is_on=True, sources=(CLAUDE,))
    costs.watch.apply()
    await costs.clock.settle()
    assert len(costs.logs.scans) == 2
    assert costs.logs.most_running == 1


async def test_the_end_stops_a_scan(costs: CostWorld) -> None:
    costs.logs.held = True
    await batch(costs)
    await costs.watch.close()
    assert costs.logs.cancelled == 1
    costs.watch.refresh()
    await costs.clock.settle()
    assert len(costs.logs.scans) == 1


# What comes of it


async def test_a_scan_tells_reports_for_every_span(costs: CostWorld) -> None:
    await costs.change(history_days=365)
    await batch(costs)
    state = costs.watch.state
    assert [(one.source, one.history_days) for one in state.reports] == [
        (source, days) for source in ("codex", "claude") for days in (7, 30, 90, 365)
    ]
    assert state.scanned_at == costs.clock.now()
    history = state.history("claude")
    assert history is not None
    assert (history.history_days, history.cost) == (365, 1.0)
    assert [one.source for one in state.over(30)] == ["claude"]
    assert costs.pricer.updates == 1


async def test_progress_is_told_while_there_is_something_to_read(costs: CostWorld) -> None:
    costs.logs.held = True
    await batch(costs)
    tell = costs.logs.progress
    assert tell is not None
    tell(ScanProgress(1, 4, 10, 40))
    seen = [costs.watch.state.progress]
    costs.logs.release()
    await costs.clock.settle()
    seen.append(costs.watch.state.progress)
    tell(ScanProgress(2, 4, 20, 40))
    seen.append(costs.watch.state.progress)
    assert seen == [ScanProgress(1, 4, 10, 40), None, None]


async def test_a_failed_scan_keeps_the_last_good_numbers(costs: CostWorld) -> None:
    await batch(costs)
    before = costs.watch.state
    costs.logs.error = CostScanError("The disk is full. Free some space.")
    await costs.clock.advance(20 * MINUTE)
    await batch(costs)
    state = costs.watch.state
    assert state.error == "The disk is full. Free some space."
    assert (state.reports, state.scanned_at, state.is_scanning) == (before.reports, before.scanned_at, False)
    costs.logs.error = None
    await costs.clock.advance(20 * MINUTE)
    await batch(costs)
    assert costs.watch.state.error == ""


@pytest.mark.logs_warnings
@pytest.mark.parametrize("place", ["logs", "pricer"])
async def test_a_fault_is_a_sentence(costs: CostWorld, place: str) -> None:
    getattr(costs, place).error = RuntimeError("test-secret")
    await batch(costs)
    state = costs.watch.state
    assert not state.is_scanning
    assert state.error.startswith("The cost could not be worked out because of an internal error.")


async def test_a_scan_ends_after_ten_minutes(costs: CostWorld) -> None:
    costs.logs.held = True
    await batch(costs)
    await costs.clock.advance(10 * MINUTE - 1)
    seen = [costs.watch.state.is_scanning]
    await costs.clock.advance(1)
    assert [*seen, costs.watch.state.is_scanning] == [True, False]
    assert costs.watch.state.error.startswith("Reading the logs took longer than 10 minutes and was stopped.")
    assert costs.logs.cancelled == 1


async def test_a_view_that_breaks_does_not_end_the_scan(costs: CostWorld, caplog: pytest.LogCaptureFixture) -> None:
    secret = "-".join(("test", "secret"))

    def broken() -> None:
        raise RuntimeError(secret)

    stop = costs.watch.subscribe(broken)
    await batch(costs)
    stop()
    assert costs.watch.state.has_data
    assert secret not in caplog.text
    assert "A view of the cost broke" in caplog.text


# When reports are worked out anew


async def test_a_new_day_is_taken_up_without_reading(costs: CostWorld) -> None:
    await batch(costs)
    costs.pricer.made.clear()
    costs.watch.look()
    await costs.clock.settle()
    assert costs.pricer.made == []
    await costs.clock.advance(12 * 3600)
    costs.watch.look()
    await costs.clock.settle()
    assert {made[3] for made in costs.pricer.made} == {date(2026, 7, 17)}
    assert len(costs.logs.scans) == 1


async def test_zone_history_sources_and_prices_are_taken_up_without_reading(costs: CostWorld) -> None:
    await batch(costs)
    await costs.change(zone=ZoneInfo("Pacific/Auckland"))
    assert costs.watch.state.reports[0].today == date(2026, 7, 17)
    await costs.change(history_days=7)
    assert costs.watch.state.history_days == 7
    await costs.change(sources=(CODEX, CLAUDE, VERTEX))
    assert costs.watch.state.history("vertexai") is not None
    costs.pricer.prices = "models.dev"
    await batch(costs)
    assert {one.prices for one in costs.watch.state.over(30)} == {"models.dev"}
    updates = costs.pricer.updates
    await costs.change(uses_catalogue=True)
    assert costs.pricer.updates == updates + 1
    assert len(costs.logs.scans) == 1


async def test_what_changes_meanwhile_is_taken_in(costs: CostWorld) -> None:
    def change() -> None:
        costs.wishes = costs.wishes.__class__(is_on=True, history_days=90, sources=(CLAUDE,))
        costs.watch.apply()

    costs.pricer.during = change
    await batch(costs)
    assert costs.watch.state.history_days == 90
    assert [one.history_days for one in costs.watch.state.reports] == [7, 30, 90]


async def test_equal_wishes_change_nothing(costs: CostWorld) -> None:
    await batch(costs)
    told, made = costs.told, len(costs.pricer.made)
    await costs.change()
    assert (costs.told, len(costs.pricer.made)) == (told, made)


# Why this number


async def test_the_rows_of_a_day_come_priced_and_in_order(costs: CostWorld) -> None:
    noon = int(datetime(2026, 3, 29, 12, tzinfo=UTC).timestamp())
    late, early = (
        UsageRow("claude", noon + offset, model, False, False, TokenCounts(1), "/logs/a.jsonl")
        for offset, model in ((60, "unknown"), (0, "model-a"))
    )
    costs.logs.pages = {"claude": RowsPage((early, late), 5000), "codex": RowsPage((), 0)}
    await costs.change(zone=ZoneInfo("Europe/Berlin"))
    found = await costs.watch.rows(date(2026, 3, 29))
    assert [(one.row.at, one.cost) for one in found.rows] == [(noon, 0.5), (noon + 60, None)]
    assert found.total == 5000
    first = int(datetime(2026, 3, 28, 23, tzinfo=UTC).timestamp())
    # The night the clocks change: a day of 23 hours.
    assert costs.logs.asked == [(name, first, first + 23 * 3600, 2000) for name in ("codex", "claude")]


async def test_only_sources_with_use_are_asked(costs: CostWorld) -> None:
    await batch(costs)
    await costs.watch.rows(date(2026, 7, 16))
    assert [asked[0] for asked in costs.logs.asked] == ["claude"]


async def test_rows_that_cannot_be_read_say_why(costs: CostWorld) -> None:
    costs.logs.error = CostScanError("The log was removed.")
    with pytest.raises(CostScanError, match=r"The log was removed\."):
        await costs.watch.rows(date(2026, 7, 16) - timedelta(days=1))
