"""Which key means what in the popup (product sheet 2.6). On macOS Qt calls the command key Control."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence

REFRESH, SETTINGS, QUIT = "Ctrl+R", "Ctrl+,", "Ctrl+Q"


@dataclass(frozen=True, slots=True)
class Intent:
    """What a key asks for; `place` is the number of a tab from 0, or the step to another one."""

    kind: Literal["refresh", "settings", "quit", "close", "tab", "step"]
    place: int = 0


_WITH_CONTROL = {
    int(Qt.Key.Key_R): Intent("refresh"),
    int(Qt.Key.Key_Comma): Intent("settings"),
    int(Qt.Key.Key_Q): Intent("quit"),
}


def intent_of(key: int, modifiers: int, *, mirrored: bool) -> Intent | None:
    """Return what a key press means, None when nothing. `mirrored`: the layout runs from right to left."""
    held = modifiers & ~int(Qt.KeyboardModifier.KeypadModifier.value)
    if held == 0:
        return _plain(key, mirrored)
    if held != int(Qt.KeyboardModifier.ControlModifier.value):
        return None
    if Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
        return Intent("tab", key - int(Qt.Key.Key_1))
    return _WITH_CONTROL.get(key)


def shortcut_text(sequence: str) -> str:
    """Return a shortcut as this system writes it, "Ctrl+R" or "⌘R"."""
    return QKeySequence(sequence).toString(QKeySequence.SequenceFormat.NativeText)


def _plain(key: int, mirrored: bool) -> Intent | None:
    if key == Qt.Key.Key_Escape:
        return Intent("close")
    if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
        forward = (key == Qt.Key.Key_Right) != mirrored
        return Intent("step", 1 if forward else -1)
    return None
