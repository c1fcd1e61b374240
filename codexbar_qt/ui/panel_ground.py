"""Whether the panel below the tray icon is light or dark: asked, seen, or concluded from the desktop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QProcessEnvironment, QRect, QSettings
from PySide6.QtGui import QGuiApplication, QImage, QPalette

if TYPE_CHECKING:
    from codexbar_qt.ui.icon_spec import Ground

PanelChoice = Literal["auto", "light", "dark"]

_DARK_PANELS = frozenset(
    {"gnome", "unity", "xfce", "x-cinnamon", "cinnamon", "budgie", "sway", "hyprland", "i3", "pantheon"}
)
"""Desktops (XDG_CURRENT_DESKTOP, lower case) whose panel is dark as delivered, whatever windows look like."""
_WINDOWS_THEME = r"HKEY_CURRENT_USER\Software\Microsoft\Windows\CurrentVersion\Themes\Personalize"
_CORNER = 2


def panel_ground(choice: PanelChoice, geometry: QRect | None = None) -> Ground:
    """Return what the icon lies on. `geometry` is where it is on the screen, None when nobody knows.

    The choice of the user comes first. macOS colours the icon itself. Windows says what its taskbar looks like. An X11
    tray is looked at: the corners of our own icon are transparent. Elsewhere the desktop's habit decides.
    """
    if choice != "auto":
        return choice
    platform = QGuiApplication.platformName()
    if platform == "cocoa":
        return "mask"
    if platform == "windows":
        light = QSettings(_WINDOWS_THEME, QSettings.Format.NativeFormat).value("SystemUsesLightTheme")
        return _scheme() if light is None else "light" if int(str(light)) else "dark"
    seen = _look(geometry) if platform == "xcb" and geometry is not None else None
    return seen or desktop_ground(QProcessEnvironment.systemEnvironment().value("XDG_CURRENT_DESKTOP", "")) or _scheme()


def desktop_ground(desktops: str) -> Ground | None:
    """Return what the desktop's panel is known to be, None when it follows the colour scheme."""
    names = {name.strip().lower() for name in desktops.split(":")}
    return "dark" if names & _DARK_PANELS else None


def image_ground(image: QImage) -> Ground | None:
    """Return what four corners of a picture of the icon and its background say; None for an empty picture."""
    if image.width() < 2 * _CORNER or image.height() < 2 * _CORNER:
        return None
    right, bottom = image.width() - 1, image.height() - 1
    corners = [image.pixelColor(x, y) for x in (0, right) for y in (0, bottom)]
    # Weights of perceived brightness (ITU-R BT.601).
    brightness = sum(0.299 * c.red() + 0.587 * c.green() + 0.114 * c.blue() for c in corners) / len(corners)
    return "light" if brightness > 127 else "dark"


def _look(geometry: QRect) -> Ground | None:
    screen = QGuiApplication.screenAt(geometry.center())
    if screen is None:
        return None
    inside = geometry.translated(-screen.geometry().topLeft())
    grabbed = screen.grabWindow(0, inside.x(), inside.y(), inside.width(), inside.height())
    return image_ground(grabbed.toImage())


def _scheme() -> Ground:
    # The palette follows the colour scheme, and the enumeration of schemes would cost 13 ms at the start.
    return "dark" if QGuiApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128 else "light"
