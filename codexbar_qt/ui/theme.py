"""Brings the look of the system into the QML singleton Theme, and keeps it there live."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication, QStyle

from codexbar_qt.core.contrast import TEXT_RATIO, reaches, readable

if TYPE_CHECKING:
    from PySide6.QtQml import QQmlEngine

MODULE = "CodexBar"


@dataclass(frozen=True, slots=True)
class SystemLook:
    """What the system says about looks. `accent` is #RRGGBB, "" when unknown; `font_pixels` the size of its text."""

    dark: bool = False
    high_contrast: bool = False
    reduced_motion: bool = False
    font_pixels: int = 13
    accent: str = ""


def read_system_look(app: QApplication) -> SystemLook:
    """Ask the platform."""
    hints = app.styleHints()
    palette = app.palette()
    scheme = hints.colorScheme()
    if scheme is Qt.ColorScheme.Unknown:
        dark = palette.color(QPalette.ColorRole.Window).lightness() < 128
    else:
        dark = scheme is Qt.ColorScheme.Dark
    contrast = hints.accessibility().contrastPreference()
    return SystemLook(
        dark=dark,
        high_contrast=contrast is Qt.ContrastPreference.HighContrast,
        reduced_motion=has_reduced_motion(app),
        font_pixels=max(8, QFontInfo(app.font()).pixelSize()),
        accent=palette.color(QPalette.ColorRole.Accent).name(),
    )


def has_reduced_motion(app: QApplication) -> bool:
    """Whether the system has switched animations off; styles answer 0 then."""
    return app.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) == 0


class ThemeModel(QObject):
    """Holds the current look and applies it to the Theme singleton of every engine that is attached.

    The colours themselves are written once, in Theme.qml; what Python needs of them is read back from there.
    """

    changed = Signal()

    def __init__(self, app: QApplication, look: SystemLook | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self._look = look or read_system_look(app)
        self._singletons: list[QObject] = []
        self._grounds: tuple[str, ...] = ()
        if look is None:
            hints = app.styleHints()
            for signal in (hints.colorSchemeChanged, hints.accessibility().contrastPreferenceChanged):
                signal.connect(self.update)
            app.paletteChanged.connect(self.update)
            app.fontChanged.connect(self.update)

    @property
    def look(self) -> SystemLook:
        """The look in force."""
        return self._look

    def update(self) -> None:
        """Ask the system again: live after a change of scheme, and before a window opens for what no signal tells."""
        self.apply(read_system_look(self._app))

    def apply(self, look: SystemLook) -> None:
        """Show `look` everywhere."""
        if look == self._look:
            return
        self._look = look
        for singleton in self._singletons:
            self._fill(singleton)
        self.changed.emit()

    def attach(self, engine: QQmlEngine) -> None:
        """Fill the Theme singleton of an engine now and on every change until the engine is gone.

        Raises LookupError when the engine does not find the QML module.
        """
        singleton = engine.singletonInstance(MODULE, "Theme")
        if not isinstance(singleton, QObject):
            raise LookupError(f"the QML module {MODULE} has no Theme")
        self._singletons.append(singleton)
        engine.destroyed.connect(lambda: self._singletons.remove(singleton))
        self._fill(singleton)
        self.changed.emit()

    def bar_color(self, brand: str) -> str:
        """Return a brand colour as it may be drawn in bars (3:1 on surface and track), "#RRGGBB"."""
        return readable(brand, self._grounds) if self._grounds else brand

    def _fill(self, singleton: QObject) -> None:
        look = self._look
        singleton.setProperty("dark", look.dark)
        singleton.setProperty("highContrast", look.high_contrast)
        singleton.setProperty("reducedMotion", look.reduced_motion)
        singleton.setProperty("fontPixelSize", look.font_pixels)
        surfaces = (_color(singleton, "surface"), _color(singleton, "raised"))
        usable = look.accent and reaches(look.accent, surfaces, TEXT_RATIO)
        singleton.setProperty("systemAccent", QColor(look.accent) if usable else QColor(Qt.GlobalColor.transparent))
        self._grounds = (_color(singleton, "surface"), _color(singleton, "track"))


def _color(singleton: QObject, name: str) -> str:
    return QColor(singleton.property(name)).name()
