"""Binds the surfaces to the session: tray icon, popup and settings, and what leads from one to the other."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from codexbar_qt.ui.store_bridge import StoreBridge
from codexbar_qt.ui.theme import ThemeModel, has_reduced_motion
from codexbar_qt.ui.tray import TrayLook

if TYPE_CHECKING:
    from PySide6.QtCore import QRect
    from PySide6.QtWidgets import QApplication

    from codexbar_qt.core.session import AppSession
    from codexbar_qt.ui.icon_spec import IconStyle
    from codexbar_qt.ui.popup_model import PopupModel
    from codexbar_qt.ui.popup_window import PopupWindow
    from codexbar_qt.ui.qt_messages import QtMessages
    from codexbar_qt.ui.settings_window import SettingsWindow
    from codexbar_qt.ui.tray import TrayController

_COUNTDOWN_MS = 60_000


class Surfaces(QObject):
    """Everything that can be seen. `quitRequested` comes from any of the quit buttons.

    Popup and settings are made, and QML, fonts and their models imported, when they are first asked for: an app whose
    popup is never opened holds 14 MB less.
    """

    quitRequested = Signal()

    def __init__(
        self, app: QApplication, session: AppSession, tray: TrayController, messages: QtMessages, *, has_tray: bool
    ) -> None:
        super().__init__()
        self._app, self._session, self._tray, self._messages = app, session, tray, messages
        self._has_tray = has_tray
        self._bridge = StoreBridge(session.store)
        self._popup_model: PopupModel | None = None
        self._is_closing = False
        self._countdown = QTimer(self, interval=_COUNTDOWN_MS)
        self._unsubscribe = session.subscribe(self._present_tray)
        self._stop_notices = session.on_notice(tray.notify)
        self._connect()
        self._present_tray()

    @cached_property
    def theme(self) -> ThemeModel:
        """The look of the windows."""
        return ThemeModel(self._app)

    @cached_property
    def popup(self) -> PopupWindow:
        """The popup."""
        from codexbar_qt.ui.popup_model import PopupModel
        from codexbar_qt.ui.popup_window import PopupWindow

        model = self._popup_model = PopupModel(self._session, self._bridge, self.theme)
        popup = PopupWindow(model, self.theme, self._messages, framed=not self._has_tray)
        model.settingsRequested.connect(lambda name: self.settings.open(name or None))
        model.spendRequested.connect(lambda: self.settings.open(pane="spend"))
        model.newsRequested.connect(lambda: self.settings.open(pane="about"))
        model.quitRequested.connect(self.quitRequested)
        popup.visibleChanged.connect(self._tray.set_popup_open)
        popup.visibleChanged.connect(self._on_window)
        return popup

    @cached_property
    def settings(self) -> SettingsWindow:
        """The settings."""
        from codexbar_qt.ui.settings_window import SettingsWindow

        settings = SettingsWindow(self._session, self.theme, self._messages)
        settings.visibleChanged.connect(self._on_window)
        return settings

    def show_wish(self, wish: str) -> None:
        """Do what a second start asks for: "open", "toggle", "settings" or "quit"."""
        if wish == "quit":
            self.quitRequested.emit()
        elif wish == "settings":
            self.settings.open()
        elif wish == "toggle":
            self.popup.toggle(self._tray.geometry())
        else:
            self.popup.show_at(self._tray.geometry())

    @property
    def is_anything_open(self) -> bool:
        """Whether a window is on screen."""
        made = self.__dict__
        return ("popup" in made and self.popup.is_visible) or ("settings" in made and self.settings.is_visible)

    def set_has_tray(self, has_tray: bool) -> None:
        """A tray came or went: without one the popup is a normal window."""
        # The popup closes to become the other kind; that must not count as somebody closing the last window.
        self._has_tray = True
        if "popup" in self.__dict__:
            self.popup.set_framed(not has_tray)
        self._has_tray = has_tray

    def close(self) -> None:
        """Close every window and let go of the session."""
        self._is_closing = True
        self._countdown.stop()
        self._unsubscribe()
        self._stop_notices()
        if "settings" in self.__dict__:
            self.settings.close()
        if self._popup_model is not None:
            self.popup.dispose()
            self._popup_model.dispose()
        self._bridge.close()

    def _connect(self) -> None:
        self._tray.activated.connect(self._on_tray)
        self._tray.menuOpening.connect(self._present_tray)
        self._tray.refreshRequested.connect(self._on_refresh)
        self._tray.settingsRequested.connect(self._on_settings)
        self._tray.quitRequested.connect(self.quitRequested)
        self._bridge.accountChanged.connect(lambda _name: self._present_tray())
        self._countdown.timeout.connect(self._present_tray)
        self._countdown.start()

    def _on_refresh(self) -> None:
        self._session.refresh()

    def _on_settings(self) -> None:
        self.settings.open()

    def _on_window(self, visible: bool) -> None:
        # Without a tray the last window is the only way to the app: closing it ends the app.
        if not visible and not self._has_tray and not self._is_closing and not self.is_anything_open:
            self.quitRequested.emit()

    def _on_tray(self, place: QRect | None) -> None:
        self.popup.toggle(place)

    def _present_tray(self) -> None:
        style: IconStyle = "number" if self._session.preferences.menu_bar_style == "number" else "bars"
        self._tray.set_look(TrayLook(style=style, reduced_motion=has_reduced_motion(self._app)))
        self._tray.apply(self._session.tray())
