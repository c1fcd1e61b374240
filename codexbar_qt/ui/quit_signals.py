"""SIGINT, SIGTERM and SIGHUP as a Qt signal: Qt's loop would notice them only when Python code happens to run."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSocketNotifier, Signal

if TYPE_CHECKING:
    from types import FrameType

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


class QuitSignals(QObject):
    """`asked` comes when the system asks the app to end. Windows has no such signals for programs with windows."""

    asked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._notifier: QSocketNotifier | None = None
        self._pipe: tuple[int, int] | None = None

    def start(self) -> None:
        """Listen; the handlers that were there come back with `stop`."""
        if os.name != "posix":
            return
        self._pipe = os.pipe()
        for end in self._pipe:
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._pipe[1])
        for name in _NAMES:
            signal.signal(getattr(signal, name), _ignore)
        self._notifier = QSocketNotifier(self._pipe[0], QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_signal)

    def stop(self) -> None:
        """Listen no longer."""
        if self._pipe is None or self._notifier is None:
            return
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(-1)
        for name in _NAMES:
            signal.signal(getattr(signal, name), signal.default_int_handler if name == "SIGINT" else signal.SIG_DFL)
        for end in self._pipe:
            os.close(end)
        self._pipe = None

    def _on_signal(self) -> None:
        if self._pipe is not None and os.read(self._pipe[0], 64):
            self.asked.emit()


def _ignore(_number: int, _frame: FrameType | None) -> None:
    """The pipe tells; Python only needs some handler so that the default one does not end the process."""
