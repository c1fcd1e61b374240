"""The movement of the icon while the first numbers are on their way: few frames, and never for long."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Final, Literal

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication

if TYPE_CHECKING:
    from collections.abc import Callable

LoadingPattern = Literal["knight_rider", "cylon", "outside_in", "race", "pulse"]

RADIANS_PER_SECOND: Final = 2.7
LONGEST_SECONDS: Final = 10.0
_LEAST = 0.5
"""Percent; an empty lane would look spent."""
_TURN = 2 * math.pi

# Pattern: share 0-1 at a phase in radians, and how far the lower bar runs behind.
_PATTERNS: Final[dict[LoadingPattern, tuple[Callable[[float], float], float]]] = {
    "knight_rider": (lambda phase: 0.5 + 0.5 * math.sin(phase), math.pi),
    "cylon": (lambda phase: phase % _TURN / _TURN, math.pi / 2),
    "outside_in": (lambda phase: abs(math.cos(phase)), math.pi / 2),
    "race": (lambda phase: 1.2 * phase % _TURN / _TURN, math.pi / 3),
    "pulse": (lambda phase: 0.7 + 0.3 * math.sin(phase), math.pi / 2),
}


def loading_frame(pattern: LoadingPattern, seconds: float) -> tuple[float, float]:
    """Return upper and lower bar in percent (above 0, at most 100), `seconds` after the start."""
    share, behind = _PATTERNS[pattern]
    phase = seconds * RADIANS_PER_SECOND
    return max(_LEAST, 100 * share(phase)), max(_LEAST, 100 * share(phase + behind))


class LoadingAnimation(QObject):
    """Emits `frame(upper, lower)` until stopped, and `finished` after 10 seconds."""

    frame = Signal(float, float)
    finished = Signal()

    def __init__(
        self,
        pattern: LoadingPattern = "knight_rider",
        parent: QObject | None = None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self.pattern: LoadingPattern = pattern
        self._monotonic = monotonic
        self._started = 0.0
        self._timer = QTimer(self)
        # Elsewhere each frame carries whole pictures to another process.
        self._timer.setInterval(33 if QGuiApplication.platformName() == "cocoa" else 100)
        self._timer.timeout.connect(self.advance)

    @property
    def running(self) -> bool:
        """Whether frames are being made."""
        return self._timer.isActive()

    def start(self) -> None:
        """Begin with the first frame now; nothing happens while it runs."""
        if not self.running:
            self._started = self._monotonic()
            self._timer.start()
            self.advance()

    def stop(self) -> None:
        """End without a further frame."""
        self._timer.stop()

    def advance(self) -> None:
        """Make the frame of this moment, or finish."""
        elapsed = self._monotonic() - self._started
        if elapsed >= LONGEST_SECONDS:
            self.stop()
            self.finished.emit()
        elif self.running:
            self.frame.emit(*loading_frame(self.pattern, elapsed))
