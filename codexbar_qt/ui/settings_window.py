"""Shows the settings: builds models, engine and window on demand and gives them back when it closes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtQuick import QQuickWindow

from codexbar_qt.ui.memory import give_back
from codexbar_qt.ui.qml_engine import create_engine, create_object, prefer_software_rendering, qml_folder
from codexbar_qt.ui.save_dialog import ask_where
from codexbar_qt.ui.settings_model import SettingsDesktop, SettingsModel

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtQml import QQmlEngine

    from codexbar_qt.ui.qt_messages import QtMessages
    from codexbar_qt.ui.settings_session import SettingsSession
    from codexbar_qt.ui.theme import ThemeModel

_TICK_MS = 60_000
"""How often texts such as "Updated 5m ago" are read again."""


class SettingsWindow(QObject):
    """The settings as tray and popup see them. `visibleChanged` comes after every opening and closing."""

    visibleChanged = Signal(bool)

    def __init__(
        self,
        session: SettingsSession,
        theme: ThemeModel,
        messages: QtMessages | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._theme, self._messages = session, theme, messages
        self._model: SettingsModel | None = None
        self._engine: QQmlEngine | None = None
        self._window: QQuickWindow | None = None
        self._geometry: QRect | None = None
        self._ticker = QTimer(self, interval=_TICK_MS)
        self._ticker.timeout.connect(self._tick)

    @property
    def is_visible(self) -> bool:
        """Whether the window is on screen."""
        return self._window is not None and self._window.isVisible()

    @property
    def is_loaded(self) -> bool:
        """Whether models, engine and window exist."""
        return self._window is not None

    @property
    def model(self) -> SettingsModel | None:
        """The view models while the window is open."""
        return self._model

    @property
    def window(self) -> QQuickWindow | None:
        """The window while it is open."""
        return self._window

    def open(self, provider_id: str | None = None, *, pane: str = "") -> None:
        """Show the window, on a pane or the page of a provider when one is named; an open one comes to the front."""
        window = self._window or self._load()
        if (model := self._model) is not None:
            if provider_id is not None:
                model.showProvider(provider_id)
            if pane:
                model.showPane(pane)
            model.opened()
        window.show()
        window.raise_()
        window.requestActivate()
        self.visibleChanged.emit(True)

    def close(self) -> None:
        """Close the window; what was typed last is still saved."""
        if self._window is not None:
            self._window.close()

    def _load(self) -> QQuickWindow:
        prefer_software_rendering()
        self._theme.update()
        self._model = SettingsModel(self._session, self._theme, SettingsDesktop(_copy, _open_path, ask_where))
        self._engine = create_engine(self._theme, self._messages, self)
        path = qml_folder() / "windows" / "SettingsWindow.qml"
        window = create_object(self._engine, path, {"settings": self._model})
        if not isinstance(window, QQuickWindow):
            raise TypeError("SettingsWindow.qml is not a window")
        if self._geometry is not None:
            window.setGeometry(self._geometry)
        window.visibleChanged.connect(self._on_visible_changed)
        self._window = window
        self._ticker.start()
        return window

    def _tick(self) -> None:
        if self._model is not None:
            self._model.update_numbers()

    def _on_visible_changed(self, visible: bool) -> None:
        if visible or self._window is None:
            return
        self._geometry = self._window.geometry()
        self._release()
        self.visibleChanged.emit(False)

    def _release(self) -> None:
        self._ticker.stop()
        window, engine, model = self._window, self._engine, self._model
        self._window = self._engine = self._model = None
        if window is None or engine is None or model is None:
            return
        model.close()
        # The models outlive what shows them.
        engine.destroyed.connect(lambda: _forget(model))
        window.deleteLater()
        engine.deleteLater()


def _forget(_: SettingsModel) -> None:
    QTimer.singleShot(0, give_back)


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)


def _open_path(path: Path) -> bool:
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
