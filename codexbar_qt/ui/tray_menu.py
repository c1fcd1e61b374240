"""The native menu of the tray icon. Where a click can only open it, it is also the way to the popup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MAX_LINES = 6


class TrayMenu(QObject):
    """Open, the provider lines, Refresh, Settings…, Quit. `menu` is the QMenu to hand to the tray icon.

    The entries stay the same objects and only change their words: menus shown by another process (StatusNotifierItem)
    then keep their place while open.
    """

    openRequested = Signal()
    refreshRequested = Signal()
    settingsRequested = Signal()
    quitRequested = Signal()

    def __init__(self, before_opening: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.menu = QMenu()
        self.menu.aboutToShow.connect(before_opening)
        self._open = self._add(self.openRequested.emit)
        self.menu.addSeparator()
        self._lines = [self._add(None) for _ in range(MAX_LINES)]
        self._below_lines = self.menu.addSeparator()
        self._refresh = self._add(self.refreshRequested.emit)
        self._settings = self._add(self.settingsRequested.emit)
        self.menu.addSeparator()
        self._quit = self._add(self.quitRequested.emit)
        self.retranslate()
        self.set_lines(())

    def set_lines(self, lines: Sequence[str]) -> None:
        """Show up to six lines of text that cannot be chosen; nothing changes where they are the same."""
        shown = [line.replace("&", "&&") for line in lines[:MAX_LINES]]
        for index, action in enumerate(self._lines):
            text = shown[index] if index < len(shown) else ""
            if action.text() != text:
                action.setText(text)
            if action.isVisible() != bool(text):
                action.setVisible(bool(text))
        if self._below_lines.isVisible() != bool(shown):
            self._below_lines.setVisible(bool(shown))

    def retranslate(self) -> None:
        """Use the words of the language now installed."""
        self._open.setText(QCoreApplication.translate("TrayMenu", "Open CodexBar"))
        self._refresh.setText(QCoreApplication.translate("TrayMenu", "Refresh"))
        self._settings.setText(QCoreApplication.translate("TrayMenu", "Settings…"))
        self._quit.setText(QCoreApplication.translate("TrayMenu", "Quit"))

    def _add(self, chosen: Callable[[], None] | None) -> QAction:
        action = QAction(self)
        self.menu.addAction(action)
        # macOS would move entries called Quit and Settings into a menu bar that this app does not have.
        action.setMenuRole(QAction.MenuRole.NoRole)
        if chosen is None:
            action.setEnabled(False)
        else:
            action.triggered.connect(lambda _checked: chosen())
        return action
