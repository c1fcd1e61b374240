"""The tray icon offscreen: what it draws, what it leaves alone, what it says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from codexbar_qt.core.card_state import TrayState
from codexbar_qt.ui.icon_spec import IconSpec
from codexbar_qt.ui.tray import TrayController, TrayLook, fit_lines

if TYPE_CHECKING:
    from PySide6.QtGui import QIcon
    from pytestqt.qtbot import QtBot

# Qt says this for every QSystemTrayIcon on the offscreen platform, never on X11 itself.
pytestmark = pytest.mark.qt_log_ignore("systemTrayWindowChanged", extend=True)

DATA = TrayState("pair", 72, 41, tooltip="Alpha & Co: 72% left\nBeta: 41% left")
Trigger = QSystemTrayIcon.ActivationReason.Trigger


@pytest.fixture
def tray(qtbot: QtBot) -> TrayController:
    controller = TrayController(TrayLook(panel="dark"))
    controller.show()
    return controller


def icon_of(tray: TrayController) -> QSystemTrayIcon:
    found = tray.findChild(QSystemTrayIcon)
    assert isinstance(found, QSystemTrayIcon)
    return found


def is_moving(tray: TrayController) -> bool:
    return tray.shown is None


def lines_of(tray: TrayController) -> list[str]:
    menu = icon_of(tray).contextMenu()
    return [action.text() for action in menu.actions() if action.isVisible()]


def test_shows_an_empty_meter_at_once(tray: TrayController) -> None:
    assert tray.visible
    assert tray.shown == IconSpec(ground="dark")
    assert icon_of(tray).toolTip() == "CodexBar"
    assert not icon_of(tray).icon().isNull()


def test_shows_a_state(tray: TrayController) -> None:
    tray.apply(DATA)
    assert tray.shown == IconSpec("pair", 72, 41)
    assert icon_of(tray).toolTip() == "Alpha & Co: 72% left\nBeta: 41% left"


def test_state_before_show_is_kept(qtbot: QtBot) -> None:
    tray = TrayController(TrayLook(panel="light"))
    tray.apply(DATA)
    assert not tray.visible and tray.geometry() is None
    tray.show()
    assert tray.shown == IconSpec("pair", 72, 41, ground="light")


def test_same_signature_is_not_drawn_again(tray: TrayController, monkeypatch: pytest.MonkeyPatch) -> None:
    tray.apply(DATA)
    drawn: list[QIcon] = []
    monkeypatch.setattr(QSystemTrayIcon, "setIcon", lambda _self, icon: drawn.append(icon))
    tray.apply(replace(DATA, top=72.04, tooltip="Alpha: resets in 1h 59m"))
    assert not drawn
    assert icon_of(tray).toolTip() == "Alpha: resets in 1h 59m"
    tray.apply(replace(DATA, top=72.06))
    assert len(drawn) == 1


def test_nothing_is_drawn_while_the_popup_is_open(tray: TrayController) -> None:
    tray.apply(DATA)
    tray.set_popup_open(True)
    tray.apply(replace(DATA, top=10, tooltip="new"))
    assert tray.shown == IconSpec("pair", 72, 41)
    assert icon_of(tray).toolTip() == "new"
    tray.set_popup_open(False)
    assert tray.shown == IconSpec("pair", 10, 41)


def test_click_tells_where(tray: TrayController, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    place = QRect(10, 20, 22, 22)
    monkeypatch.setattr(QSystemTrayIcon, "geometry", lambda _self: place)
    with qtbot.waitSignal(tray.activated) as blocker:
        icon_of(tray).activated.emit(Trigger)
    assert blocker.args == [place]


def test_click_without_a_place(tray: TrayController, qtbot: QtBot) -> None:
    with qtbot.waitSignal(tray.activated) as blocker:
        icon_of(tray).activated.emit(Trigger)
    assert blocker.args == [None]


def test_click_that_closed_the_popup_does_not_open_it_again(tray: TrayController, qtbot: QtBot) -> None:
    tray.set_popup_open(True)
    tray.set_popup_open(False)
    with qtbot.assertNotEmitted(tray.activated):
        icon_of(tray).activated.emit(Trigger)

    def opens() -> bool:
        with qtbot.waitSignal(tray.activated, timeout=1, raising=False) as blocker:
            icon_of(tray).activated.emit(Trigger)
        return bool(blocker.signal_triggered)

    qtbot.waitUntil(opens)


@pytest.mark.parametrize("reason", ["DoubleClick", "MiddleClick", "Context", "Unknown"])
def test_other_clicks_open_nothing(tray: TrayController, qtbot: QtBot, reason: str) -> None:
    with qtbot.assertNotEmitted(tray.activated):
        icon_of(tray).activated.emit(getattr(QSystemTrayIcon.ActivationReason, reason))


def test_menu(tray: TrayController, qtbot: QtBot) -> None:
    assert lines_of(tray) == ["Open CodexBar", "", "Refresh", "Settings…", "", "Quit"]
    tray.apply(DATA)
    assert lines_of(tray) == [
        *("Open CodexBar", "", "Alpha && Co: 72% left", "Beta: 41% left", ""),
        *("Refresh", "Settings…", "", "Quit"),
    ]
    enabled = [
        action.text() for action in icon_of(tray).contextMenu().actions() if action.isEnabled() and action.text()
    ]
    assert enabled == ["Open CodexBar", "Refresh", "Settings…", "Quit"]


@pytest.mark.parametrize(
    ("entry", "signal"),
    [
        ("Open CodexBar", "activated"),
        ("Refresh", "refreshRequested"),
        ("Settings…", "settingsRequested"),
        ("Quit", "quitRequested"),
    ],
)
def test_menu_entries_act(tray: TrayController, qtbot: QtBot, entry: str, signal: str) -> None:
    action = next(item for item in icon_of(tray).contextMenu().actions() if item.text() == entry)
    with qtbot.waitSignal(getattr(tray, signal)):
        action.trigger()


def test_menu_can_be_brought_up_to_date_as_it_opens(tray: TrayController) -> None:
    tray.menuOpening.connect(lambda: tray.apply(DATA))
    icon_of(tray).contextMenu().aboutToShow.emit()
    assert "Beta: 41% left" in lines_of(tray)


def test_menu_and_tooltip_have_six_lines_at_most(tray: TrayController) -> None:
    lines = [f"Provider {number}: 5% left" for number in range(9)]
    tray.apply(replace(DATA, tooltip="\n".join(lines)))
    assert icon_of(tray).toolTip().split("\n") == lines[:6]
    assert [text for text in lines_of(tray) if text.startswith("Provider")] == lines[:6]
    tray.apply(replace(DATA, tooltip="one"))
    assert lines_of(tray)[2:4] == ["one", ""]


@pytest.mark.parametrize(
    ("lines", "limit", "text"),
    [
        (["abc", "def"], None, "abc\ndef"),
        (["abc", "def"], 7, "abc\ndef"),
        (["abc", "defg"], 7, "abc\n…"),
        (["abc", "de", "fgh"], 8, "abc\nde\n…"),
        (["abcdefgh"], 5, "abcd…"),
        (["abcdefgh", "i"], 5, "abcd…"),
    ],
)
def test_short_tooltips_keep_whole_lines(lines: list[str], limit: int | None, text: str) -> None:
    assert fit_lines(lines, limit) == text


def test_first_load_moves_and_then_stands(tray: TrayController) -> None:
    loading = TrayState(loading=True)
    still = icon_of(tray).icon().cacheKey()
    tray.apply(loading)
    assert icon_of(tray).icon().cacheKey() != still
    assert is_moving(tray)
    tray.apply(DATA)
    assert tray.shown == IconSpec("pair", 72, 41)


def test_movement_does_not_begin_again_before_something_was_loaded(tray: TrayController) -> None:
    tray.apply(TrayState(loading=True))
    tray.end_animation()
    assert tray.shown == IconSpec()
    tray.apply(TrayState(loading=True, tooltip="still loading"))
    assert tray.shown == IconSpec()
    tray.apply(DATA)
    tray.apply(TrayState(loading=True))
    assert is_moving(tray)


def test_nothing_moves_with_reduced_motion_or_under_the_popup(tray: TrayController) -> None:
    tray.set_look(replace(tray.look, reduced_motion=True))
    tray.apply(TrayState(loading=True))
    assert tray.shown == IconSpec()
    tray.set_look(replace(tray.look, reduced_motion=False))
    assert is_moving(tray)
    tray.set_popup_open(True)
    key = icon_of(tray).icon().cacheKey()
    QApplication.processEvents()
    assert icon_of(tray).icon().cacheKey() == key


def test_look_changes_live(tray: TrayController) -> None:
    tray.apply(DATA)
    tray.set_look(TrayLook(style="number", panel="light"))
    assert tray.shown == IconSpec("pair", 72, 41, style="number", ground="light")


def test_follows_the_theme(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    grounds = ["dark"]
    monkeypatch.setattr("codexbar_qt.ui.tray.panel_ground", lambda _choice, _place=None: grounds[-1])
    tray = TrayController()
    tray.show()
    grounds.append("light")
    QApplication.styleHints().colorSchemeChanged.emit(QApplication.styleHints().colorScheme())
    qtbot.waitUntil(lambda: tray.shown == IconSpec(ground="light"))


def test_icon_that_has_moved_is_looked_at_again(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    place = QRect(10, 20, 22, 22)
    monkeypatch.setattr(QSystemTrayIcon, "geometry", lambda _self: place)
    monkeypatch.setattr("codexbar_qt.ui.tray.panel_ground", lambda _choice, at=None: "light" if at == place else "dark")
    tray = TrayController()
    tray.show()
    qtbot.waitUntil(lambda: tray.shown == IconSpec(ground="light"))
    place = QRect(700, 20, 22, 22)
    monkeypatch.setattr("codexbar_qt.ui.tray.panel_ground", lambda _choice, at=None: "dark")
    tray.apply(TrayState(tooltip="moved"))
    qtbot.waitUntil(lambda: tray.shown == IconSpec(ground="dark"))


def test_can_be_hidden_and_docked_again(tray: TrayController) -> None:
    seen = []
    for step in (tray.show, tray.hide, tray.show):
        step()
        seen.append(tray.visible)
    assert seen == [True, False, True]


def test_shows_a_notification_while_there_is_an_icon(tray: TrayController, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[tuple[object, ...]] = []
    monkeypatch.setattr(QSystemTrayIcon, "showMessage", lambda _self, *what: shown.append(what))
    TrayController().notify("Acme", "Lost.")
    assert shown == []
    tray.notify("Acme", "Acme session expired.")
    assert [what[:2] for what in shown] == [("Acme", "Acme session expired.")]
    tray.hide()
    tray.notify("Acme", "Lost.")
    assert len(shown) == 1
