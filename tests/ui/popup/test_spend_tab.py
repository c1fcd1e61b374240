"""The Spend tab: first in the switcher, alone where no provider is on, and never what the tray icon shows."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtWidgets import QApplication

from codexbar_qt.core.cost_state import CostState
from codexbar_qt.core.spend_tab import SPEND_TAB
from codexbar_qt.ui.cost_scene import first_scan_tab, sample_tab
from codexbar_qt.ui.spend_tab_model import SpendTabModel, spend_tab_state

if TYPE_CHECKING:
    from collections.abc import Callable

    from codexbar_qt.core.card_state import CardState
    from codexbar_qt.core.spend_tab import SpendTab
    from codexbar_qt.ui.popup_model import PopupModel
    from codexbar_qt.ui.theme import ThemeModel


class Costs:
    """Local cost that tests change."""

    def __init__(self) -> None:
        self.state = CostState()
        self.callbacks: list[Callable[[], None]] = []

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        self.callbacks.append(callback)
        return lambda: self.callbacks.remove(callback)

    def look(self) -> None: ...

    def refresh(self) -> None: ...

    async def rows(self, day: object) -> Any:
        raise AssertionError(day)


@pytest.fixture
def make(new_session: Any, new_model: Callable[[Any], PopupModel], card: Callable[..., CardState]) -> Any:
    """Makes a popup over cards of these providers and a Spend tab."""

    def make(tab: SpendTab | None, *names: str, selected: str = "") -> tuple[PopupModel, Any]:
        session = new_session(*(card(name) for name in names))
        session._spend = tab
        session.costs = Costs()
        session.preferences = type(session.preferences)(selected or next(iter(names), ""))
        model = new_model(session)
        model.opened()
        return model, session

    return make


def labels(model: PopupModel) -> list[str]:
    tabs: Any = model.tabs
    return [tab.label for tab in tabs.records]


def test_it_comes_first_and_does_not_take_the_selection(make: Any) -> None:
    model, _ = make(sample_tab("claude"), "alpha", "beta", selected="beta")
    assert labels(model) == ["Spend", "Alpha", "Beta"]
    assert (model.selectedIndex, model.spendShown) == (2, False)
    model.select(0)
    assert model.spendShown
    cards: Any = model.cards
    assert cards.records == ()
    spend: Any = model.spend
    assert [section.title for section in spend.sections] == ["Claude"]
    model.select(1)
    assert not model.spendShown
    assert len(cards.records) == 1


def test_an_unknown_selection_falls_back_to_a_provider(make: Any) -> None:
    model, _ = make(sample_tab("claude"), "alpha", selected="gone")
    assert model.selectedIndex == 1


def test_alone_it_takes_the_place_of_the_first_step(make: Any) -> None:
    model, _ = make(first_scan_tab())
    assert (labels(model), model.selectedIndex) == (["Spend"], 0)
    assert (model.spendShown, model.firstRun) == (True, False)
    spend: Any = model.spend
    assert spend.scanning
    assert spend.progressText == "312 of 900 files · 121 of 600 MB"


def test_without_it_everything_is_as_before(make: Any) -> None:
    model, _ = make(None)
    assert (labels(model), model.firstRun, model.spendShown) == ([], True, False)


async def test_it_is_never_stored_as_the_selection(make: Any) -> None:
    model, session = make(sample_tab("claude"), "alpha", "beta")
    model.select(2)
    model.select(0)
    model.closed()
    await asyncio.sleep(0)
    assert [asked for asked in session.asked if isinstance(asked, dict)] == [{"selected_provider": "beta"}]
    model.opened()
    assert model.spendShown


def test_it_appears_and_goes_with_the_data(make: Any) -> None:
    model, session = make(None, "alpha")
    session._spend = sample_tab("claude")
    for callback in tuple(session.costs.callbacks):
        callback()
    assert (labels(model), model.selectedIndex) == (["Spend", "Alpha"], 1)
    model.select(0)
    session._spend = None
    session.changed()
    assert (labels(model), model.selectedIndex, model.spendShown) == (["Alpha"], 0, False)


def test_its_button_opens_the_pane(make: Any) -> None:
    model, _ = make(sample_tab("claude"))
    heard: list[str] = []
    model.closeRequested.connect(lambda: heard.append("close"))
    model.spendRequested.connect(lambda: heard.append("spend"))
    model.openSpend()
    assert heard == ["close", "spend"]


def test_the_ring_turns_while_its_logs_are_read(make: Any) -> None:
    model, session = make(sample_tab("claude"), "alpha")
    session.costs.state = replace(session.costs.state, is_scanning=True)
    model.present()
    assert not model.refreshing
    model.select(0)
    assert model.refreshing


def test_sources_keep_their_models(theme: ThemeModel) -> None:
    model = SpendTabModel(theme)
    heard: list[None] = []
    model.changed.connect(lambda: heard.append(None))
    model.show(sample_tab("codex", "claude"))
    codex, claude = model.sections
    codex.toggle()
    model.show(sample_tab("codex", error="It failed."))
    assert model.sections == (codex,)
    assert (codex.isOpen, model.error) == (True, "It failed.")
    model.show(sample_tab("codex", error="It failed."))
    assert len(heard) == 2
    QApplication.processEvents()
    del claude


def test_the_tab_has_an_icon_of_our_own() -> None:
    state = spend_tab_state(sample_tab("claude", error="It failed."))
    assert (state.provider_id, state.icon, state.icon_folder, state.failed) == (SPEND_TAB, "spend", "ui", True)
