from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

import pytest
import shiboken6
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from codexbar_qt.ui.popup_window import PopupWindow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtQuick import QQuickWindow
    from pytestqt.qtbot import QtBot

    from codexbar_qt.ui.popup_model import PopupModel
    from codexbar_qt.ui.theme import ThemeModel

ICON = QRect(600, 777, 22, 22)


@pytest.fixture
def popup(model: PopupModel, theme: ThemeModel, monkeypatch: pytest.MonkeyPatch) -> Iterator[PopupWindow]:
    monkeypatch.setattr(theme, "update", lambda: None)
    popup = PopupWindow(model, theme)
    yield popup
    _drop(popup)


def _drop(popup: PopupWindow) -> None:
    window = popup._window
    popup.dispose()
    QApplication.processEvents()
    assert window is None or not shiboken6.isValid(window)


def _window(popup: PopupWindow) -> QQuickWindow:
    assert popup._window is not None
    return popup._window


def _open(popup: PopupWindow, icon: QRect | None = ICON) -> QQuickWindow:
    popup.show_at(icon)
    window = _window(popup)
    assert QTest.qWaitForWindowActive(window)
    return window


def test_nothing_is_loaded_before_it_is_opened(popup: PopupWindow) -> None:
    assert (popup.is_loaded, popup.is_visible) == (False, False)


async def test_opens_beside_the_icon_and_stays_on_the_screen(popup: PopupWindow, session: Any) -> None:
    window = _open(popup)
    free = QGuiApplication.primaryScreen().availableGeometry()
    assert free.contains(window.geometry())
    assert abs(window.geometry().center().x() - ICON.center().x()) <= 100
    assert window.flags() & Qt.WindowType.FramelessWindowHint
    assert "opened" in session.asked


async def test_says_when_something_can_be_seen(popup: PopupWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignals([popup.firstFrame, popup.visibleChanged]):
        popup.show_at(None)


async def test_escape_closes(popup: PopupWindow, qtbot: QtBot) -> None:
    window = _open(popup)
    with qtbot.waitSignal(popup.visibleChanged) as caught:
        QTest.keyClick(window, Qt.Key.Key_Escape)
    assert caught.args == [False]
    assert not popup.is_visible


async def test_losing_the_focus_closes_and_the_click_that_took_it_does_not_reopen(
    popup: PopupWindow, qtbot: QtBot
) -> None:
    _open(popup)
    other = QWidget()
    qtbot.addWidget(other)
    with qtbot.waitSignal(popup.visibleChanged):
        other.show()
        other.activateWindow()
    assert not popup.is_visible
    popup.toggle(ICON)
    assert not popup.is_visible
    popup.toggle(ICON)
    assert popup.is_visible


async def test_toggle_closes_and_opens(popup: PopupWindow) -> None:
    seen = []
    for _ in range(3):
        popup.toggle(ICON)
        seen.append(popup.is_visible)
    assert seen == [True, False, True]


async def test_grows_with_its_content_and_keeps_its_place(
    popup: PopupWindow, session: Any, card: Callable[..., Any], qtbot: QtBot
) -> None:
    window = _open(popup)
    before = window.geometry()
    session.show(card("alpha", notes=("One more line", "And another")))
    qtbot.waitUntil(lambda: window.height() > before.height())
    assert window.geometry().bottom() == before.bottom()


async def test_memory_is_given_back_after_a_while(popup: PopupWindow, qtbot: QtBot) -> None:
    assert popup._release_later.interval() == 30_000
    window = _open(popup)
    popup.hide()
    assert popup._release_later.isActive()
    popup.show_at(ICON)
    assert not popup._release_later.isActive()
    popup.hide()
    with qtbot.waitSignal(window.destroyed):
        popup._release_later.setInterval(0)
    assert not popup.is_loaded
    gc.collect()
    _open(popup)
    assert popup.is_visible


async def test_an_open_popup_is_not_released(popup: PopupWindow) -> None:
    _open(popup)
    popup.release()
    assert popup.is_loaded


async def test_without_a_tray_it_is_a_normal_window(popup: PopupWindow, qtbot: QtBot) -> None:
    popup.set_framed(True)
    window = _open(popup, None)
    assert not window.flags() & Qt.WindowType.FramelessWindowHint
    QTest.keyClick(window, Qt.Key.Key_Escape)
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(lambda: not window.isActive())
    assert popup.is_visible
    assert window.minimumSize() == window.maximumSize() == window.size()
    popup.set_framed(False)
    assert not popup.is_loaded


async def test_settings_open_in_place_of_the_popup(popup: PopupWindow, model: PopupModel, qtbot: QtBot) -> None:
    _open(popup)
    with qtbot.waitSignal(model.settingsRequested):
        model.openSettings()
    assert not popup.is_visible


async def test_closing_the_window_stops_presenting(popup: PopupWindow, model: PopupModel) -> None:
    window = _open(popup)
    assert model._tick.isActive()
    window.close()
    assert not model._tick.isActive()
