"""What Qt and QML complain about, collected: a complaint is a defect of ours."""

from __future__ import annotations

import logging
from collections import deque
from typing import TYPE_CHECKING

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtQml import QQmlEngine, QQmlError

_log = logging.getLogger(__name__)
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
_HARMLESS = ("This plugin does not support ",)
"""The offscreen platform says so about every window that it sizes or raises."""
_KEPT = 200


class QtMessages:
    """Sends Qt's messages to the log and keeps the latest warnings and errors for the self-test."""

    def __init__(self) -> None:
        self._problems: deque[str] = deque(maxlen=_KEPT)

    @property
    def problems(self) -> tuple[str, ...]:
        """Warnings and errors so far, oldest first, at most 200."""
        return tuple(self._problems)

    def install(self) -> None:
        """Take Qt's messages instead of letting them go to the terminal."""
        qInstallMessageHandler(self._take_message)

    def remove(self) -> None:
        """Give the messages back to Qt."""
        qInstallMessageHandler(None)

    def watch(self, engine: QQmlEngine) -> None:
        """Take the warnings of a QML engine too; they no longer reach the terminal a second time."""
        engine.setOutputWarningsToStandardError(False)
        engine.warnings.connect(self._take_warnings)

    def _take_message(self, kind: QtMsgType, _context: QMessageLogContext, text: str | None) -> None:
        self._take(_LEVELS.get(kind, logging.WARNING), text or "")

    def _take_warnings(self, warnings: Sequence[QQmlError]) -> None:
        for warning in warnings:
            self._take(logging.WARNING, warning.toString())

    def _take(self, level: int, text: str) -> None:
        if text.startswith(_HARMLESS):
            return
        _log.log(level, "%s", text)
        if level >= logging.WARNING:
            self._problems.append(text)
