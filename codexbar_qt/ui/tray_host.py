"""Whether there is a tray to show the icon in: at the start, half a minute later, and whenever that changes."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QSystemTrayIcon

from codexbar_qt.ui.desktop_bus import has_owner, session_bus, watch_owner
from codexbar_qt.ui.x11_tray_owner import x11_tray_owner

WATCHER = "org.kde.StatusNotifierWatcher"
PATIENCE_MS = 30_000
_FAST_MS = 1_000
_SLOW_MS = 30_000


class TrayHost(QObject):
    """Finds a tray for the icon: says `appeared` for every one (show the icon then, also when it was shown before).

    When there has been none for 30 seconds it says `missing` once, and goes on listening.

    Qt looks for a StatusNotifierItem watcher only once per process, when the first QSystemTrayIcon is made or
    isSystemTrayAvailable is asked. Asked too early it never shows an icon again, so neither happens before this class
    has seen a tray by its own means. (Qt 6.11, isDBusTrayAvailable in its generic theme for Unix.)
    """

    appeared = Signal()
    missing = Signal()

    def __init__(
        self, parent: QObject | None = None, *, patience_ms: int = PATIENCE_MS, pace_ms: int = _FAST_MS
    ) -> None:
        super().__init__(parent)
        self._pace_ms = pace_ms
        self._present = False
        self._told_missing = False
        self._kind = ""
        self._owner = 0
        self._watcher: QObject | None = None
        self._patience = QTimer(self, singleShot=True, interval=patience_ms)
        self._patience.timeout.connect(self._give_up)
        self._poll = QTimer(self)
        self._poll.timeout.connect(self.check)

    @property
    def available(self) -> bool:
        """Whether a tray was there at the last look."""
        return self._present

    def start(self) -> bool:
        """Look now and keep looking; return whether there is a tray. `appeared` is not said for this first look."""
        if not _is_unix_desktop():
            # The tray is part of Windows and macOS; Qt itself waits for a restarted Explorer.
            self._present = QSystemTrayIcon.isSystemTrayAvailable()
        else:
            bus = session_bus()
            if bus is not None:
                self._watcher = watch_owner(bus, WATCHER, self.check, self)
            self._find()
        if not self._present:
            self._patience.start()
        self._set_pace()
        return self._present

    def stop(self) -> None:
        """Listen no longer."""
        self._patience.stop()
        self._poll.stop()
        if self._watcher is not None:
            self._watcher.deleteLater()
            self._watcher = None

    def check(self) -> None:
        """Look again and say what has changed."""
        was_present, old_owner = self._present, self._owner
        if _is_unix_desktop():
            self._find()
        else:
            self._present = QSystemTrayIcon.isSystemTrayAvailable()
        replaced = self._kind == "x11" and self._owner != old_owner
        if self._present and (not was_present or replaced):
            self._patience.stop()
            self._told_missing = False
            self.appeared.emit()
        elif was_present and not self._present:
            self._patience.start()
        self._set_pace()

    def _find(self) -> None:
        """Look for both kinds. The kind met first stays: Qt cannot change it."""
        bus = session_bus()
        if self._kind != "x11" and bus is not None and has_owner(bus, WATCHER):
            self._kind, self._present = "sni", True
            return
        self._owner = 0 if self._kind == "sni" else x11_tray_owner()
        if self._owner:
            self._kind = "x11"
        self._present = bool(self._owner)

    def _set_pace(self) -> None:
        """Poll only where nothing tells us: an X11 tray, or a Windows or macOS session that has none."""
        is_told = self._watcher is not None and (self._kind == "sni" or not _is_x11())
        if is_told or (self._present and not _is_unix_desktop()):
            self._poll.stop()
            return
        interval = self._pace_ms if self._patience.isActive() else _SLOW_MS
        if not self._poll.isActive() or self._poll.interval() != interval:
            self._poll.start(interval)

    def _give_up(self) -> None:
        self.check()
        if not self._present and not self._told_missing:
            self._told_missing = True
            self.missing.emit()


def _is_x11() -> bool:
    return QGuiApplication.platformName() == "xcb"


def _is_unix_desktop() -> bool:
    return _is_x11() or QGuiApplication.platformName().startswith("wayland")
