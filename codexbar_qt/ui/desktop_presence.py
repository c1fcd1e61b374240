"""Whether somebody can be looking: away while the machine sleeps or the screen is locked."""

from __future__ import annotations

import ctypes
import logging
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QAbstractNativeEventFilter, QByteArray, QCoreApplication, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication

from codexbar_qt.ui.desktop_bus import listen, session_bus, system_bus

if TYPE_CHECKING:
    from collections.abc import Callable

_log = logging.getLogger(__name__)

_LOGIND: Final = (
    "org.freedesktop.login1",
    "/org/freedesktop/login1",
    "org.freedesktop.login1.Manager",
    "PrepareForSleep",
)
# Path empty: desktops disagree about it, and GNOME's object lies elsewhere than KDE's.
_SCREEN_SAVERS: Final = (
    ("org.freedesktop.ScreenSaver", "", "org.freedesktop.ScreenSaver", "ActiveChanged"),
    ("org.gnome.ScreenSaver", "", "org.gnome.ScreenSaver", "ActiveChanged"),
)
_CHECK_MS = 60_000
_WM_POWERBROADCAST: Final = 0x0218
_PBT_APMSUSPEND: Final = 0x0004
_PBT_APMRESUMEAUTOMATIC: Final = 0x0012


class Presence(QObject):
    """Says `left` when the machine goes to sleep or the screen locks, `returned` when neither holds any longer.

    Sleep comes from logind or from Windows. Where neither speaks, `clock_jumped` is asked once a minute (it compares
    two clocks); the sleep is then known only afterwards and both signals follow each other.
    """

    left = Signal()
    returned = Signal()

    def __init__(self, clock_jumped: Callable[[], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock_jumped = clock_jumped
        self._reasons: set[str] = set()
        self._windows: _PowerMessages | None = None
        self._timer = QTimer(self, interval=_CHECK_MS)
        self._timer.timeout.connect(self.check_clock)

    @property
    def away(self) -> bool:
        """Whether nobody can be looking."""
        return bool(self._reasons)

    @property
    def uses_clock(self) -> bool:
        """Whether sleep is only seen in the clock."""
        return self._timer.isActive()

    def start(self) -> None:
        """Listen to what this system offers."""
        if QGuiApplication.platformName() == "windows":
            self._listen_to_windows()
            return
        session, system = session_bus(), system_bus()
        if session is not None:
            for saver in _SCREEN_SAVERS:
                listen(session, saver, self, "on_screen_locked(bool)")
        # Connecting succeeds for any name; only a machine with a system bus can have a logind behind it.
        if system is None or not listen(system, _LOGIND, self, "on_prepare_for_sleep(bool)"):
            self._timer.start()

    def stop(self) -> None:
        """Listen no longer."""
        self._timer.stop()
        app = QCoreApplication.instance()
        if self._windows is not None and app is not None:
            app.removeNativeEventFilter(self._windows)
        self._windows = None

    @Slot(bool)
    def on_prepare_for_sleep(self, begins: bool) -> None:
        """Take note that a sleep begins or is over."""
        self._note("sleep", begins)

    @Slot(bool)
    def on_screen_locked(self, locked: bool) -> None:
        """Take note that the screen saver came or went."""
        self._note("lock", locked)

    def check_clock(self) -> None:
        """Look whether the machine has slept since the last look."""
        if self._clock_jumped():
            _log.info("the clock has jumped: the machine has slept")
            self._note("sleep", True)
            self._note("sleep", False)

    def _listen_to_windows(self) -> None:
        app = QCoreApplication.instance()
        if app is not None:
            self._windows = _PowerMessages(self.on_prepare_for_sleep)
            app.installNativeEventFilter(self._windows)

    def _note(self, reason: str, holds: bool) -> None:
        was_away = self.away
        (self._reasons.add if holds else self._reasons.discard)(reason)
        if self.away != was_away:
            (self.left if self.away else self.returned).emit()


class _PowerMessages(QAbstractNativeEventFilter):
    """Reads WM_POWERBROADCAST, which Windows sends to every top-level window."""

    def __init__(self, sleeps: Callable[[bool], None]) -> None:
        super().__init__()
        self._sleeps = sleeps

    def nativeEventFilter(
        self, eventType: QByteArray | bytes | bytearray | memoryview[int], message: int
    ) -> tuple[bool, int]:
        # MSG: window handle, message (32 bit, padded), first parameter.
        words = ctypes.cast(int(message), ctypes.POINTER(ctypes.c_size_t))
        if words[1] & 0xFFFFFFFF == _WM_POWERBROADCAST:
            if words[2] == _PBT_APMSUSPEND:
                self._sleeps(True)
            elif words[2] == _PBT_APMRESUMEAUTOMATIC:
                self._sleeps(False)
        return False, 0
