"""The tray icon: shown at once with an empty meter, later fed with TrayState."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QObject, QRect, QTimer, Signal
from PySide6.QtGui import QCursor, QGuiApplication
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from codexbar_qt.ui.icon_painter import IconPainter, draw_lazily
from codexbar_qt.ui.icon_spec import IconSpec, IconStyle, icon_spec
from codexbar_qt.ui.loading_animation import LoadingAnimation, LoadingPattern
from codexbar_qt.ui.panel_ground import PanelChoice, panel_ground
from codexbar_qt.ui.tray_menu import MAX_LINES, TrayMenu

if TYPE_CHECKING:
    from codexbar_qt.core.card_state import TrayState
    from codexbar_qt.ui.icon_spec import Ground

NAME = "CodexBar"
_WINDOWS_TOOLTIP = 127
"""Characters; Windows cuts what is longer."""
_FRAME_SIZES = (18, 22, 36, 44)
"""Pixels; a moving picture need not be sharp, and a StatusNotifierItem sends every size."""
_SAME_CLICK_MS = 300
_NOTICE_MS = 10_000
_SETTLE_MS = 400
"""An X11 tray places and uncovers an icon a moment after it was shown."""


@dataclass(frozen=True, slots=True)
class TrayLook:
    """How the icon is drawn; from the preferences and the system."""

    style: IconStyle = "bars"
    panel: PanelChoice = "auto"
    reduced_motion: bool = False
    pattern: LoadingPattern = "knight_rider"


class TrayController(QObject):
    """Owns the QSystemTrayIcon and its menu.

    `activated` carries where the icon is (QRect in logical screen coordinates) or None where the system hides that.
    `menuOpening` comes before the menu shows: a state applied then is in it.
    """

    activated = Signal(object)
    menuOpening = Signal()
    refreshRequested = Signal()
    settingsRequested = Signal()
    quitRequested = Signal()

    def __init__(self, look: TrayLook | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look = look or TrayLook()
        self._state: TrayState | None = None
        self._painter = IconPainter()
        self._drawn: IconSpec | None = None
        self._ground: Ground = panel_ground(self._look.panel)
        self._looked_at: QRect | None = None
        self._popup_open = False
        self._closed_since = QElapsedTimer()
        self._animated_out = False
        self._animation = LoadingAnimation(self._look.pattern, self)
        self._animation.frame.connect(self._draw_frame)
        self._animation.finished.connect(self.end_animation)
        self._menu = TrayMenu(self.menuOpening.emit, self)
        self._menu.openRequested.connect(self._activate)
        self._menu.refreshRequested.connect(self.refreshRequested)
        self._menu.settingsRequested.connect(self.settingsRequested)
        self._menu.quitRequested.connect(self.quitRequested)
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self.update_ground)
        self._icon: QSystemTrayIcon | None = None
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._look_soon)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.paletteChanged.connect(self._look_soon)

    @property
    def look(self) -> TrayLook:
        """How the icon is drawn."""
        return self._look

    @property
    def shown(self) -> IconSpec | None:
        """What was drawn last, frames of the animation aside; None before the first `show`."""
        return self._drawn

    @property
    def visible(self) -> bool:
        """Whether the icon has been given to the tray."""
        return self._icon is not None and self._icon.isVisible()

    def show(self) -> None:
        """Give the icon to the tray; call it again for a tray that has been replaced, which may look different.

        Call it only when TrayHost says that there is a tray: Qt decides on the first try which kind it will use.
        """
        if self._icon is None:
            self._icon = QSystemTrayIcon(self)
            self._icon.activated.connect(self._on_activated)
            if self._has_native_menu():
                self._icon.setContextMenu(self._menu.menu)
        self._draw()
        self._show_words()
        self._icon.show()
        self._look_soon()

    def hide(self) -> None:
        """Take the icon away, for good when the app quits."""
        self._animation.stop()
        self._settle.stop()
        if self._icon is not None:
            self._icon.hide()

    def apply(self, state: TrayState) -> None:
        """Show `state`. The words change at once; the picture waits while the popup is open."""
        if state == self._state:
            return
        was_loading = self._state is not None and self._state.loading
        self._state = state
        self._animated_out = self._animated_out and was_loading and state.loading
        self._show_words()
        self._draw()
        if self.geometry() != self._looked_at:
            self._look_soon()

    def set_look(self, look: TrayLook) -> None:
        """Draw differently from now on."""
        if look != self._look:
            self._look = look
            self._animation.pattern = look.pattern
            self.update_ground()
            self._draw()

    def set_popup_open(self, is_open: bool) -> None:
        """Say whether the popup is on screen: the icon stays as it is until it closes."""
        if is_open == self._popup_open:
            return
        self._popup_open = is_open
        if not is_open:
            self._closed_since.start()
        self._draw()

    def notify(self, title: str, text: str) -> None:
        """Show a notification of the desktop; without an icon in the tray there is none."""
        if self._icon is not None and self._icon.isVisible():
            self._icon.showMessage(title, text, QSystemTrayIcon.MessageIcon.Warning, _NOTICE_MS)

    def retranslate(self) -> None:
        """Use the words of the language now installed."""
        self._menu.retranslate()

    def geometry(self) -> QRect | None:
        """Return where the icon is on the screen, None where the system hides it (StatusNotifierItem, Wayland)."""
        if self._icon is None:
            return None
        place = self._icon.geometry()
        return place if place.isValid() and place.width() > 1 and place.height() > 1 else None

    def update_ground(self) -> None:
        """Look at the panel again and draw where it has changed."""
        self._looked_at = self.geometry()
        ground = panel_ground(self._look.panel, self._looked_at)
        if ground != self._ground:
            self._ground = ground
            self._draw()

    def end_animation(self) -> None:
        """Let the empty meter stand still until something has been loaded."""
        self._animated_out = True
        self._draw()

    def _look_soon(self) -> None:
        self._settle.start()

    def _draw(self) -> None:
        if self._icon is None or (self._popup_open and not self._icon.icon().isNull()):
            self._animation.stop()
            return
        if self._should_animate():
            self._animation.start()
            return
        self._animation.stop()
        self._put(self._spec())

    def _spec(self) -> IconSpec:
        if self._state is None:
            return IconSpec(style=self._look.style, ground=self._ground)
        return icon_spec(self._state, self._look.style, self._ground)

    def _put(self, spec: IconSpec) -> None:
        if spec != self._drawn and self._icon is not None:
            self._drawn = spec
            self._icon.setIcon(self._painter.icon(spec))

    def _should_animate(self) -> bool:
        loading = self._state is not None and self._state.loading
        return loading and not self._look.reduced_motion and not self._animated_out

    def _draw_frame(self, upper: float, lower: float) -> None:
        if self._icon is not None:
            self._drawn = None
            frame = IconSpec("pair", round(upper, 1), round(lower, 1), ground=self._ground)
            self._icon.setIcon(draw_lazily(frame, _FRAME_SIZES))

    def _show_words(self) -> None:
        text = self._state.tooltip if self._state is not None else NAME
        lines = text.split("\n")[:MAX_LINES]
        self._menu.set_lines(lines if self._state is not None else ())
        if self._icon is not None:
            limit = _WINDOWS_TOOLTIP if QGuiApplication.platformName() == "windows" else None
            tooltip = fit_lines(lines, limit)
            if tooltip != self._icon.toolTip():
                self._icon.setToolTip(tooltip)

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            # This very click took the focus from the popup, which closed it: that is the toggle.
            if self._closed_since.isValid() and self._closed_since.elapsed() < _SAME_CLICK_MS:
                return
            self._activate()
        elif reason is QSystemTrayIcon.ActivationReason.Context and not self._has_native_menu():
            self._menu.menu.popup(QCursor.pos())

    @staticmethod
    def _has_native_menu() -> bool:
        """With a menu set, macOS opens it on every click, so there it is opened by hand."""
        return QGuiApplication.platformName() != "cocoa"

    def _activate(self) -> None:
        self.activated.emit(self.geometry())


def fit_lines(lines: list[str], limit: int | None) -> str:
    """Return as many whole lines as fit into `limit` characters, "…" in place of the rest; a first line is cut."""
    text = "\n".join(lines)
    if limit is None or len(text) <= limit:
        return text
    kept = list(lines)
    while len(kept) > 1 and len("\n".join([*kept, "…"])) > limit:
        kept.pop()
    text = "\n".join([*kept, "…"])
    return text if len(text) <= limit else f"{kept[0][: limit - 1]}…"
