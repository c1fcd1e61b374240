"""Shows the popup: builds engine and window on demand, puts it beside the tray icon, gives the memory back later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QElapsedTimer, QEvent, QObject, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QCursor, QGuiApplication
from PySide6.QtQuick import QQuickWindow

from codexbar_qt.ui.memory import give_back
from codexbar_qt.ui.popup_placement import ScreenArea, largest_height, place, screen_of
from codexbar_qt.ui.qml_engine import create_engine, create_object, prefer_software_rendering, qml_folder
from codexbar_qt.ui.rectangle import Rectangle

if TYPE_CHECKING:
    from PySide6.QtQml import QQmlEngine

    from codexbar_qt.ui.popup_model import PopupModel
    from codexbar_qt.ui.qt_messages import QtMessages
    from codexbar_qt.ui.theme import ThemeModel

_RELEASE_MS = 30_000
_REOPEN_MS = 300
"""A click on the tray icon takes the focus away first, which closes the popup; the click must not open it again."""


class PopupWindow(QObject):
    """The popup as the tray sees it. With `framed` it is a normal small window that stays until it is closed.

    `firstFrame` comes when something can be seen; `visibleChanged` after every opening and closing.
    """

    visibleChanged = Signal(bool)
    firstFrame = Signal()

    def __init__(
        self,
        model: PopupModel,
        theme: ThemeModel,
        messages: QtMessages | None = None,
        *,
        framed: bool = False,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._theme = theme
        self._messages = messages
        self._framed = framed
        self._engine: QQmlEngine | None = None
        self._window: QQuickWindow | None = None
        self._anchor: Rectangle | None = None
        self._was_active = False
        self._awaits_frame = False
        self._since_focus_loss = QElapsedTimer()
        self._release_later = QTimer(self, interval=_RELEASE_MS, singleShot=True)
        self._release_later.timeout.connect(self.release)
        model.closeRequested.connect(self._on_close_requested)

    @property
    def is_visible(self) -> bool:
        """Whether the popup is on screen."""
        return self._window is not None and self._window.isVisible()

    @property
    def is_loaded(self) -> bool:
        """Whether engine and window exist."""
        return self._window is not None

    @property
    def framed(self) -> bool:
        """Whether it is a normal window."""
        return self._framed

    def set_framed(self, framed: bool) -> None:
        """Change between popup and normal window; takes effect when it opens next."""
        if framed != self._framed:
            self.hide()
            self.release()
            self._framed = framed

    def toggle(self, tray_icon: QRect | None) -> None:
        """Open or close, as a click on the tray icon does."""
        if self.is_visible and not (self._framed and not self._was_active):
            self.hide()
        elif not (self._since_focus_loss.isValid() and self._since_focus_loss.elapsed() < _REOPEN_MS):
            self.show_at(tray_icon)
        self._since_focus_loss.invalidate()

    def show_at(self, tray_icon: QRect | None) -> None:
        """Open beside the tray icon (global, logical pixels), or in the tray's corner when it is not known."""
        self._release_later.stop()
        self._anchor = _area(tray_icon) if tray_icon is not None else None
        self._theme.update()
        self._model.opened()
        window = self._window or self._load()
        screens, pointer = _screens(), QCursor.pos().toTuple()
        window.setProperty("maximumContentHeight", largest_height(screen_of(self._anchor, screens, pointer)))
        # Columns lay themselves out while a frame is made; without this the first one would have another height.
        window.grabWindow()
        self._position()
        self._awaits_frame = True
        window.show()
        window.raise_()
        window.requestActivate()
        self.visibleChanged.emit(True)

    def hide(self) -> None:
        """Close; engine and window stay for 30 s in case it is opened again."""
        if self.is_visible and self._window is not None:
            self._window.hide()

    def release(self) -> None:
        """Give back engine and window of a closed popup."""
        if self._window is None or self._window.isVisible():
            return
        self._release_later.stop()
        window, engine = self._window, self._engine
        self._window = self._engine = None
        window.deleteLater()
        if engine is not None:
            engine.deleteLater()
        QTimer.singleShot(0, give_back)

    def dispose(self) -> None:
        """Close and take everything down now: at the end of the app nothing may be left that shows the model."""
        self.hide()
        self.release()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def _load(self) -> QQuickWindow:
        prefer_software_rendering()
        self._engine = create_engine(self._theme, self._messages, self)
        shaped = not self._framed and QGuiApplication.platformName() == "xcb"
        properties: dict[str, object] = {"popup": self._model, "framed": self._framed, "opaque": shaped}
        window = create_object(self._engine, qml_folder() / "windows" / "PopupWindow.qml", properties)
        if not isinstance(window, QQuickWindow):
            raise TypeError("PopupWindow.qml is not a window")
        window.setFlags(_flags(framed=self._framed))
        window.heightChanged.connect(self._position)
        window.activeChanged.connect(self._on_active_changed)
        window.visibleChanged.connect(self._on_visible_changed)
        window.frameSwapped.connect(self._on_frame)
        self._window = window
        return window

    def _position(self) -> None:
        window = self._window
        if window is not None and not self._framed:
            size = (window.width(), window.height())
            window.setPosition(*place(size, self._anchor, _screens(), QCursor.pos().toTuple()))

    def _on_active_changed(self) -> None:
        if self._window is None:
            return
        lost = self._was_active and not self._window.isActive()
        self._was_active = self._window.isActive()
        if lost and not self._framed and self.is_visible:
            self.hide()
            self._since_focus_loss.start()

    def _on_visible_changed(self, visible: bool) -> None:
        if visible:
            return
        self._was_active = False
        self._model.closed()
        self._release_later.start()
        self.visibleChanged.emit(False)

    def _on_close_requested(self) -> None:
        if not self._framed:
            self.hide()

    def _on_frame(self) -> None:
        if self._awaits_frame:
            self._awaits_frame = False
            self.firstFrame.emit()


def _flags(*, framed: bool) -> Qt.WindowType:
    if framed:
        return Qt.WindowType.Window | Qt.WindowType.WindowCloseButtonHint | Qt.WindowType.WindowTitleHint
    return Qt.WindowType.Tool | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint


def _screens() -> list[ScreenArea]:
    primary = QGuiApplication.primaryScreen()
    screens = sorted(QGuiApplication.screens(), key=lambda screen: screen is not primary)
    return [ScreenArea(_area(screen.geometry()), _area(screen.availableGeometry())) for screen in screens]


def _area(rect: QRect) -> Rectangle:
    return Rectangle(rect.x(), rect.y(), rect.width(), rect.height())
