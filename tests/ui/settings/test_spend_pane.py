"""Usage & Spend: what the models do, over costs that tests hold."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from codexbar_qt.core.cost_logs import CostScanError
from codexbar_qt.ui.cost_scene import first_scan, sample_rows, sample_state
from codexbar_qt.ui.file_export import write_text
from codexbar_qt.ui.heat_map_model import HeatMapModel
from codexbar_qt.ui.settings_tasks import SettingsTasks
from codexbar_qt.ui.spend_pane_model import SpendPaneModel
from codexbar_qt.ui.theme import SystemLook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from codexbar_qt.core.cost_state import CostState, DayRows
    from tests.ui.settings.conftest import World


class Costs:
    """Local cost that tests change; rows wait while `gate` is closed."""

    def __init__(self, state: CostState) -> None:
        self.state = state
        self.asked: list[object] = []
        self.found = sample_rows()
        self.error: CostScanError | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        self.callbacks: list[Callable[[], None]] = []

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        self.callbacks.append(callback)
        return lambda: self.callbacks.remove(callback)

    def put(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]  # field names
        for callback in tuple(self.callbacks):
            callback()

    def look(self) -> None:
        self.asked.append("look")

    def refresh(self) -> None:
        self.asked.append("refresh")

    async def rows(self, day: date) -> DayRows:
        self.asked.append(day)
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        return self.found


@pytest.fixture
def costs(world: World, monkeypatch: pytest.MonkeyPatch) -> Costs:
    fake = Costs(sample_state("codex", "claude"))
    monkeypatch.setattr(type(world.session), "costs", property(lambda _: fake))
    return fake


@pytest.fixture
def asked_where() -> list[tuple[str, Callable[[Path], None]]]:
    return []


@pytest.fixture
def pane(world: World, costs: Costs, asked_where: list[Any]) -> SpendPaneModel:
    tasks = SettingsTasks(world.session)
    tasks.listen(costs.asked.append)
    made = SpendPaneModel(world.session, tasks, world.theme, lambda name, done: asked_where.append((name, done)))
    made.show(True)
    return made


def _says(pane: SpendPaneModel, text: str) -> bool:
    return pane.saved == text


def records(model: Any) -> Any:
    return model.records


def test_nothing_is_presented_before_the_pane_is_shown(world: World, costs: Costs, pane: SpendPaneModel) -> None:
    assert costs.asked == ["look"]
    pane.show(False)
    costs.put(error="It failed.")
    assert pane.error == ""
    pane.show(True)
    assert pane.error == "It failed."
    pane.close()
    assert costs.callbacks == []


def test_a_span_is_chosen(pane: SpendPaneModel) -> None:
    assert (pane.spans, pane.span) == (["7d", "30d", "90d"], 1)
    before = records(pane.figures)[0].value
    pane.chooseSpan(2)
    pane.chooseSpan(9)
    assert pane.span == 2
    assert records(pane.figures)[0].value != before
    chart: Any = pane.chart
    assert chart.count == 90


def test_lists_and_colours(pane: SpendPaneModel, world: World, costs: Costs) -> None:
    assert [item.name for item in records(pane.sources)] == ["Claude", "Codex"]
    assert records(pane.sources)[0].accessible_text == "Claude, $1,391.50, 896M tokens"
    assert [item.label for item in records(pane.mix)] == ["Input", "Output", "Reasoning", "Cache read", "Cache write"]
    assert pane.chartColor == ""
    costs.put(reports=sample_state("claude").reports)
    assert pane.chartColor == world.theme.bar_color("#CC7C5E")
    world.theme.apply(SystemLook(dark=True))
    assert records(pane.sources)[0].bar_color == world.theme.bar_color("#CC7C5E")


def test_equal_states_are_silent(pane: SpendPaneModel) -> None:
    heard: list[None] = []
    pane.changed.connect(lambda: heard.append(None))
    pane.update()
    assert heard == []


def test_refresh_and_progress(pane: SpendPaneModel, costs: Costs) -> None:
    pane.refresh()
    assert costs.asked == ["look", "refresh"]
    costs.state = first_scan()
    costs.put()
    assert (pane.kind, pane.scanning, pane.progressText) == ("waiting", True, "312 of 900 files · 121 of 600 MB")


async def test_the_switch_turns_it_on(world: World, pane: SpendPaneModel) -> None:
    pane.switchOn()
    await world.until(lambda: world.session.preferences.token_cost_usage_enabled)


# Why this number


async def test_a_day_is_explained_and_hidden_again(world: World, pane: SpendPaneModel, costs: Costs) -> None:
    why = pane.day_rows
    pane.explain()
    assert (why.isOpen, why.busy) == (True, True)
    await world.until(lambda: not why.busy)
    assert why.title == "Requests of Jan 8"
    assert why.count == 40
    assert why.items[0].place == "work-example-app · 4f2c1d9e-session.jsonl"
    pane.explain()
    assert (why.isOpen, why.count) == (False, 0)


async def test_the_rows_follow_the_day(world: World, pane: SpendPaneModel, costs: Costs) -> None:
    chart: Any = pane.chart
    costs.gate.clear()
    pane.explain()
    await world.until(lambda: costs.asked[1:])
    chart.pin(0)
    chart.pin(5)
    chart.hover(9)
    costs.gate.set()
    await world.until(lambda: pane.day_rows.title == "Requests of Dec 15")
    assert not pane.day_rows.busy
    # One at a time, and the day in between was not read at all.
    assert costs.asked[1:] == [date(2030, 1, 8), date(2029, 12, 15)]


async def test_rows_that_cannot_be_read_say_why(world: World, pane: SpendPaneModel, costs: Costs) -> None:
    costs.error = CostScanError("The log was removed. Refresh.")
    pane.explain()
    await world.until(lambda: pane.day_rows.error)
    assert pane.day_rows.error == "The log was removed. Refresh."
    assert pane.day_rows.count == 0


async def test_leaving_the_pane_lets_the_rows_go(world: World, pane: SpendPaneModel, costs: Costs) -> None:
    pane.explain()
    await world.until(lambda: pane.day_rows.count)
    pane.show(False)
    assert (pane.day_rows.isOpen, pane.day_rows.count) == (False, 0)


# Export


async def test_what_is_shown_is_written(
    world: World, pane: SpendPaneModel, asked_where: list[Any], tmp_path: Path
) -> None:
    pane.exportCsv()
    pane.exportJson()
    assert [name for name, _ in asked_where] == ["spend-2030-01-08-30d.csv", "spend-2030-01-08-30d.json"]
    for name, done in asked_where:
        done(tmp_path / name)
        await world.until(partial(_says, pane, f"Written to {name}."))
    lines = (tmp_path / "spend-2030-01-08-30d.csv").read_text("utf-8").splitlines()
    assert lines[0].startswith("provider,date,model,requests,input_tokens")
    assert {line.split(",")[0] for line in lines[1:]} == {"codex", "claude"}
    elements = json.loads((tmp_path / "spend-2030-01-08-30d.json").read_text("utf-8"))
    assert [element["provider"] for element in elements] == ["codex", "claude"]


async def test_a_place_that_cannot_be_written_is_told(
    world: World, pane: SpendPaneModel, costs: Costs, asked_where: list[Any], tmp_path: Path
) -> None:
    pane.exportCsv()
    asked_where[0][1](tmp_path / "missing" / "spend.csv")
    await world.until(lambda: isinstance(costs.asked[-1], str) and costs.asked[-1] != "look")
    assert str(costs.asked[-1]).startswith("spend.csv could not be written: ")
    assert str(costs.asked[-1]).endswith(". Choose another folder.")
    assert pane.saved == ""


def test_nothing_to_export_asks_nothing(pane: SpendPaneModel, costs: Costs, asked_where: list[Any]) -> None:
    costs.put(reports=())
    pane.exportCsv()
    assert asked_where == []


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    file = tmp_path / "spend.csv"
    file.write_text("old")
    assert write_text(file, "neu ü\r\n") == ""
    assert file.read_bytes() == "neu ü\r\n".encode()
    assert [one.name for one in tmp_path.iterdir()] == ["spend.csv"]


# The heat map


def test_an_hour_is_looked_at(pane: SpendPaneModel) -> None:
    heat = pane.heat
    assert isinstance(heat, HeatMapModel)
    assert heat.text.startswith("Monday, 09:00: ")
    heat.step(-1, 1)
    assert heat.text.startswith("Monday, 10:00: ")
    heat.look(6, 23)
    heat.step(1, 1)
    assert (heat.day, heat.hour) == (6, 23)
    heat.look(9, 0)
    assert (heat.day, heat.hour, heat.text) == (-1, -1, "")
