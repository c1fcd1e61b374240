"""The rows about versions at the foot of the popup: shown, opened, and gone once seen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtQuick import QQuickItem, QQuickWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from codexbar_qt.project import RELEASES_PAGE
from codexbar_qt.ui import update_scene
from codexbar_qt.ui.popup_model import PopupModel
from codexbar_qt.ui.qml_engine import create_object, qml_folder
from codexbar_qt.ui.store_bridge import StoreBridge

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtQml import QQmlEngine

    from codexbar_qt.core.update_state import UpdateState
    from codexbar_qt.ui.theme import ThemeModel

OFFER, NEWS = "CodexBar 0.8.0 is out", "What’s new in 0.7.0"
BOTH = update_scene.OFFERED_AND_UPGRADED


class FakeUpdates:
    """A state that tests change; `seen` does what it says."""

    def __init__(self, state: UpdateState) -> None:
        self.state = state
        self._callbacks: list[Callable[[], None]] = []

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)

    def check(self) -> None:
        raise AssertionError("the popup looks for nothing")

    def seen(self) -> None:
        self.put(replace(self.state, is_news=False))

    def put(self, state: UpdateState) -> None:
        self.state = state
        for callback in tuple(self._callbacks):
            callback()

    @property
    def listeners(self) -> int:
        return len(self._callbacks)


@pytest.fixture
def updates(session: Any) -> FakeUpdates:
    session.updates = FakeUpdates(BOTH)
    return session.updates  # type: ignore[no-any-return]  # assigned above


@pytest.fixture
def shown(updates: FakeUpdates, model: PopupModel) -> PopupModel:
    model.opened()
    return model


def rows(model: PopupModel) -> tuple[str, str]:
    owner = model.property("updates")
    return owner.property("updateText"), owner.property("newsText")


def test_rows_follow_what_is_known_while_the_popup_is_open(updates: FakeUpdates, shown: PopupModel) -> None:
    assert rows(shown) == (OFFER, NEWS)
    updates.put(replace(BOTH, release=None))
    assert rows(shown) == ("", NEWS)
    shown.closed()
    updates.put(BOTH)
    assert rows(shown) == ("", NEWS)
    shown.opened()
    assert rows(shown) == (OFFER, NEWS)


def test_what_is_new_is_told_in_one_opening(updates: FakeUpdates, shown: PopupModel) -> None:
    shown.closed()
    assert not updates.state.is_news
    shown.opened()
    assert rows(shown) == (OFFER, "")


def test_nothing_is_taken_as_seen_that_was_not_shown(updates: FakeUpdates, model: PopupModel) -> None:
    model.closed()
    updates.put(replace(BOTH, is_news=False))
    model.opened()
    model.closed()
    updates.put(BOTH)
    assert updates.state.is_news


def test_the_page_of_the_release_is_opened_and_nothing_else(
    updates: FakeUpdates, shown: PopupModel, session: Any
) -> None:
    closings: list[str] = []
    shown.closeRequested.connect(lambda: closings.append("close"))
    shown.openRelease()
    assert session.asked[-1] == ("open", f"{RELEASES_PAGE}/tag/v0.8.0")
    assert closings == ["close"]
    session.asked.clear()
    updates.put(replace(BOTH, release=None))
    shown.openRelease()
    assert (session.asked, closings) == ([], ["close"])


def test_what_is_new_is_opened_in_the_settings(updates: FakeUpdates, shown: PopupModel) -> None:
    heard: list[str] = []
    shown.newsRequested.connect(lambda: heard.append("news"))
    shown.openNews()
    assert heard == ["news"]
    assert not updates.state.is_news


def test_a_model_that_is_done_listens_no_more(updates: FakeUpdates, session: Any, theme: ThemeModel) -> None:
    bridge = StoreBridge(session.store)
    model = PopupModel(session, bridge, theme)
    assert updates.listeners == 1
    model.dispose()
    bridge.close()
    assert updates.listeners == 0


@pytest.fixture
def window(engine: QQmlEngine, shown: PopupModel) -> Any:
    made = create_object(engine, qml_folder() / "windows" / "PopupWindow.qml", {"popup": shown})
    assert isinstance(made, QQuickWindow)
    made.show()
    made.requestActivate()
    assert QTest.qWaitForWindowActive(made)
    made.grabWindow()
    yield made
    made.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def lines(item: QQuickItem) -> list[QQuickItem]:
    """The visible rows of the menu, from top to bottom."""
    own = [item] if item.metaObject().className().startswith("ActionRow") and item.isVisible() else []
    return [*own, *(line for child in item.childItems() for line in lines(child))]


def test_the_rows_stand_above_the_others_and_can_be_pressed(
    window: QQuickWindow, updates: FakeUpdates, session: Any
) -> None:
    found = lines(window.contentItem())
    assert [line.property("text") for line in found] == [OFFER, NEWS, "Refresh", "Settings…", "Quit"]
    middle = found[0].mapToScene(QPointF(found[0].width() / 2, found[0].height() / 2)).toPoint()
    QTest.mouseClick(window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)
    assert session.asked[-1] == ("open", f"{RELEASES_PAGE}/tag/v0.8.0")
    updates.put(replace(BOTH, release=None, is_news=False))
    window.grabWindow()
    assert [line.property("text") for line in lines(window.contentItem())] == ["Refresh", "Settings…", "Quit"]
