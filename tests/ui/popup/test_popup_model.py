from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QAbstractListModel, Qt
from PySide6.QtGui import QGuiApplication

from codexbar_qt.core.account import AccountKey
from codexbar_qt.core.card_state import CardState
from codexbar_qt.ui.popup_keys import intent_of
from codexbar_qt.ui.popup_model import PopupModel

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

CONTROL = int(Qt.KeyboardModifier.ControlModifier.value)
MakeCard = Callable[..., CardState]
NewSession = Callable[..., Any]
NewModel = Callable[[Any], PopupModel]


def _tabs(model: PopupModel) -> list[str]:
    tabs = model.property("tabs")
    assert isinstance(tabs, QAbstractListModel)
    label = next(role for role, name in tabs.roleNames().items() if bytes(name.data()) == b"label")
    return [tabs.data(tabs.index(row), label) for row in range(tabs.rowCount())]


def _shown(model: PopupModel) -> str:
    cards = model.property("cards")
    return cards.records[0].card.property("name") if cards.records else ""


def _open(model: PopupModel) -> PopupModel:
    model.opened()
    return model


def test_opening_shows_tabs_and_the_first_card(model: PopupModel, session: Any) -> None:
    model.opened()
    assert _tabs(model) == ["Alpha", "Beta", "Gamma"]
    assert (_shown(model), model.property("selectedIndex")) == ("Alpha", 0)
    assert session.asked == ["opened"]


def test_nothing_is_presented_while_hidden(model: PopupModel, session: Any, card: MakeCard) -> None:
    session.show(card("alpha", left=10))
    session.changed()
    assert session.presented == 0
    model.opened()
    shown = session.presented
    session.show(card("alpha", left=9))
    assert session.presented > shown


async def test_closing_stops_presenting(model: PopupModel, session: Any, card: MakeCard) -> None:
    model.opened()
    model.closed()
    before = session.presented
    session.show(card("alpha", left=10))
    assert session.presented == before


def test_only_the_card_on_show_is_presented(model: PopupModel, session: Any, card: MakeCard) -> None:
    model.opened()
    before = session.presented
    session.show(card("beta", left=10))
    assert session.presented == before


async def test_a_tab_is_remembered_when_the_popup_closes(model: PopupModel, session: Any) -> None:
    model.opened()
    model.select(1)
    assert _shown(model) == "Beta"
    model.closed()
    await asyncio.sleep(0)
    assert {"selected_provider": "beta"} in session.asked
    model.opened()
    assert _shown(model) == "Beta"
    model.closed()
    await asyncio.sleep(0)
    assert session.asked.count({"selected_provider": "beta"}) == 1


def test_the_remembered_tab_comes_back(new_session: NewSession, new_model: NewModel, card: MakeCard) -> None:
    session = new_session(card("beta"), card("alpha"))
    session._cards = {"alpha": (card("alpha"),), "beta": (card("beta"),)}
    assert _shown(_open(new_model(session))) == "Beta"


def test_a_provider_that_was_switched_off_gives_way(model: PopupModel, session: Any) -> None:
    model.opened()
    model.select(2)
    session._cards.pop("gamma")
    session.changed()
    assert (_shown(model), _tabs(model)) == ("Alpha", ["Alpha", "Beta"])


def test_select_provider_by_id(model: PopupModel) -> None:
    model.select_provider("gamma")
    model.opened()
    assert _shown(model) == "Gamma"
    model.select_provider("beta")
    assert _shown(model) == "Beta"


@pytest.mark.parametrize("index", [-1, 3, 99])
def test_a_tab_that_does_not_exist_changes_nothing(model: PopupModel, index: int, qtbot: QtBot) -> None:
    model.opened()
    with qtbot.assertNotEmitted(model.selectionChanged):
        model.select(index)
    assert _shown(model) == "Alpha"


def test_first_run(new_session: NewSession, new_model: NewModel) -> None:
    model = _open(new_model(new_session()))
    assert model.property("firstRun") is True
    assert (_tabs(model), _shown(model)) == ([], "")


def test_refreshing_follows_the_store(model: PopupModel, session: Any, qtbot: QtBot) -> None:
    model.opened()
    assert model.property("refreshing") is False
    with qtbot.waitSignal(model.refreshingChanged):
        session.store.begin(AccountKey("gamma"))
    assert model.property("refreshing") is True
    with qtbot.waitSignal(model.refreshingChanged):
        session.store.cancel(AccountKey("gamma"))
    assert model.property("refreshing") is False


def test_the_banner_names_the_worst_problem(model: PopupModel, session: Any) -> None:
    model.opened()
    assert model.property("banner") == ""
    session.failures = ["acme"]
    session.changed()
    assert model.property("banner") == "A provider could not be loaded."
    session.failures = ["acme", "other"]
    session.changed()
    assert model.property("banner") == "Some providers could not be loaded."
    session.config = type(session.config)("The config file cannot be read.")
    session.changed()
    assert model.property("banner") == "The config file cannot be read."


def test_texts_are_presented_again_as_time_passes(model: PopupModel, session: Any) -> None:
    model.opened()
    before = session.presented
    model._tick.timeout.emit()
    assert session.presented == before + 1
    assert model._tick.interval() == 30_000
    assert model._tick.isActive()


async def test_no_timer_runs_while_hidden(model: PopupModel) -> None:
    model.opened()
    model.select(1)
    model.closed()
    assert not model._tick.isActive()
    assert not model._selection.is_waiting


def test_refresh_asks_for_everything(model: PopupModel, session: Any) -> None:
    model.opened()
    model.refresh()
    assert ("refresh", None) in session.asked


def test_the_button_of_a_failed_card(
    new_session: NewSession, new_model: NewModel, card: MakeCard, qtbot: QtBot
) -> None:
    session = new_session(card("alpha", fix_label="Try again", fix_action="refresh"))
    model = _open(new_model(session))
    model.fix(0)
    assert ("refresh", "alpha") in session.asked
    session.show(card("alpha", fix_label="Open settings", fix_action="settings"))
    with qtbot.waitSignal(model.closeRequested), qtbot.waitSignal(model.settingsRequested) as caught:
        model.fix(0)
    assert caught.args == ["alpha"]


def test_pages_open_in_the_browser_and_close_the_popup(
    new_session: NewSession, new_model: NewModel, card: MakeCard, qtbot: QtBot
) -> None:
    session = new_session(card(dashboard_url="https://example.com/usage", status_url="https://example.com/status"))
    model = _open(new_model(session))
    with qtbot.waitSignal(model.closeRequested):
        model.openDashboard()
    model.openStatusPage()
    assert session.asked[1:] == [("open", "https://example.com/usage"), ("open", "https://example.com/status")]


@pytest.mark.parametrize("url", ["", "http://example.com", "file:///etc/hosts", "javascript:alert(1)"])
def test_nothing_but_https_is_opened(
    new_session: NewSession, new_model: NewModel, card: MakeCard, qtbot: QtBot, url: str
) -> None:
    session = new_session(card(dashboard_url=url))
    model = _open(new_model(session))
    with qtbot.assertNotEmitted(model.closeRequested):
        model.openDashboard()
    assert session.asked == ["opened"]


def test_copying_an_error_is_confirmed_for_a_moment(
    new_session: NewSession, new_model: NewModel, card: MakeCard, qtbot: QtBot
) -> None:
    model = _open(new_model(new_session(card(error_text="No connection.", subtitle_kind="error"))))
    model.copyError(0)
    assert QGuiApplication.clipboard().text() == "No connection."
    assert model.property("copiedError") == 0
    assert model._confirm.interval() == 900
    with qtbot.waitSignal(model.errorCopiedChanged):
        model._confirm.setInterval(0)
    assert model.property("copiedError") == -1


def test_no_error_no_copy(model: PopupModel) -> None:
    model.opened()
    model.copyError(0)
    assert model.property("copiedError") == -1


def _parts(card: MakeCard) -> tuple[CardState, CardState]:
    failed = {"subtitle_kind": "error", "error_text": "Signed out.", "fix_label": "Sign in", "fix_action": "settings"}
    own = card("alpha", account_text="Personal")
    return own, card("alpha", key=AccountKey("alpha", "", "org-1"), account_text="Example Works", **failed)


def test_the_parts_of_an_account_have_a_card_each(
    new_session: NewSession, new_model: NewModel, card: MakeCard, qtbot: QtBot
) -> None:
    own, part = _parts(card)
    session = new_session(own, part)
    model = _open(new_model(session))
    assert _tabs(model) == ["Alpha"]
    assert [record.card.state for record in model.property("cards").records] == [own, part]
    with qtbot.waitSignal(model.refreshingChanged):
        session.store.begin(part.key)
    assert model.property("refreshing") is True


def test_what_is_done_to_a_card_concerns_that_card(
    new_session: NewSession, new_model: NewModel, card: MakeCard, qtbot: QtBot
) -> None:
    model = _open(new_model(new_session(*_parts(card))))
    model.copyError(0)
    assert model.property("copiedError") == -1
    model.copyError(1)
    assert model.property("copiedError") == 1
    with qtbot.assertNotEmitted(model.settingsRequested):
        model.fix(0)
    for place in (-1, 2):
        model.fix(place)
        model.copyError(place)
    with qtbot.waitSignal(model.settingsRequested) as caught:
        model.fix(1)
    assert caught.args == ["alpha"]


def test_a_card_that_goes_leaves_the_others(new_session: NewSession, new_model: NewModel, card: MakeCard) -> None:
    own, part = _parts(card)
    session = new_session(own, part)
    model = _open(new_model(session))
    kept = model.property("cards").card(own.key)
    session._cards["alpha"] = (own,)
    session.changed()
    assert [record.card for record in model.property("cards").records] == [kept]


@pytest.mark.parametrize(
    ("key", "modifiers", "signal"),
    [
        (Qt.Key.Key_Comma, CONTROL, "settingsRequested"),
        (Qt.Key.Key_Q, CONTROL, "quitRequested"),
        (Qt.Key.Key_Escape, 0, "closeRequested"),
        (Qt.Key.Key_2, CONTROL, "selectionChanged"),
        (Qt.Key.Key_Right, 0, "selectionChanged"),
    ],
)
def test_keys(model: PopupModel, qtbot: QtBot, key: Qt.Key, modifiers: int, signal: str) -> None:
    model.opened()
    with qtbot.waitSignal(getattr(model, signal)):
        assert model.pressKey(int(key), modifiers, False)


def test_keys_move_between_tabs_and_stop_at_the_ends(model: PopupModel) -> None:
    model.opened()
    for key, mirrored, name in (
        (Qt.Key.Key_Left, False, "Alpha"),
        (Qt.Key.Key_Right, False, "Beta"),
        (Qt.Key.Key_Left, True, "Gamma"),
        (Qt.Key.Key_Left, True, "Gamma"),
        (Qt.Key.Key_Right, True, "Beta"),
    ):
        assert model.pressKey(int(key), 0, mirrored)
        assert _shown(model) == name


def test_refresh_key_keeps_the_popup_open(model: PopupModel, session: Any, qtbot: QtBot) -> None:
    model.opened()
    with qtbot.assertNotEmitted(model.closeRequested):
        assert model.pressKey(int(Qt.Key.Key_R), CONTROL, False)
    assert ("refresh", None) in session.asked


@pytest.mark.parametrize(
    ("key", "modifiers"),
    [
        (Qt.Key.Key_R, 0),
        (Qt.Key.Key_R, int(Qt.KeyboardModifier.AltModifier.value)),
        (Qt.Key.Key_Left, int(Qt.KeyboardModifier.ShiftModifier.value)),
        (Qt.Key.Key_0, CONTROL),
        (Qt.Key.Key_Tab, 0),
    ],
)
def test_other_keys_are_left_alone(model: PopupModel, key: Qt.Key, modifiers: int) -> None:
    model.opened()
    assert not model.pressKey(int(key), modifiers, False)


def test_the_number_pad_counts_as_arrows() -> None:
    keypad = int(Qt.KeyboardModifier.KeypadModifier.value)
    assert intent_of(int(Qt.Key.Key_Left), keypad, mirrored=False) is not None


def test_a_tab_says_what_it_shows(model: PopupModel, session: Any, card: MakeCard) -> None:
    session.show(card("beta", left=18, subtitle_kind="error"))
    model.opened()
    spoken = [record.accessible_text for record in model.property("tabs").records]
    assert spoken == ["Alpha, 72%", "Beta, 18%, last refresh failed", "Gamma, 72%"]
