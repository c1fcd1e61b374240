"""Draws the icons that QML asks for as image://icons/<folder>/<name>/<rrggbb>."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter
from PySide6.QtQuick import QQuickImageProvider
from PySide6.QtSvg import QSvgRenderer

if TYPE_CHECKING:
    from pathlib import Path

_ADDRESS = re.compile(r"(ui|providers)/([A-Za-z0-9][A-Za-z0-9_-]{0,63})/([0-9A-Fa-f]{6})")
_USUAL_SIZE = QSize(18, 18)
_LARGEST = 512
_LARGEST_FILE = 256 * 1024


class IconProvider(QQuickImageProvider):
    """One-colour icons from the icon folder; a provider without a drawing gets its first letter in a ring."""

    def __init__(self, folder: Path) -> None:
        super().__init__(QQuickImageProvider.ImageType.Image)
        self._folder = folder

    def requestImage(self, id: str, size: QSize, requestedSize: QSize) -> QImage:
        """Return the icon `<folder>/<name>/<rrggbb>`, an empty picture for any other text."""
        found = _ADDRESS.fullmatch(id)
        wanted = requestedSize if requestedSize.isValid() and not requestedSize.isEmpty() else _USUAL_SIZE
        picture = draw_icon(self._folder, found[1], found[2], found[3], wanted) if found else _blank(wanted)
        size.setWidth(picture.width())
        size.setHeight(picture.height())
        return picture


def draw_icon(folder: Path, group: str, name: str, color: str, size: QSize) -> QImage:
    """Return `<folder>/<group>/<name>.svg` in `color` (rrggbb), at most 512 pixels wide and high."""
    image = _blank(size.boundedTo(QSize(_LARGEST, _LARGEST)))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    area = QRectF(image.rect())
    renderer = QSvgRenderer(QByteArray(_read(folder / group / f"{name}.svg")))
    if renderer.isValid():
        renderer.setAspectRatioMode(Qt.AspectRatioMode.KeepAspectRatio)
        renderer.render(painter, area)
    elif group == "providers":
        _draw_letter(painter, area, name[0].upper())
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(area, QColor(f"#{color}"))
    painter.end()
    return image


def _draw_letter(painter: QPainter, area: QRectF, letter: str) -> None:
    stroke = area.height() / 12
    pen = painter.pen()
    pen.setWidthF(stroke)
    painter.setPen(pen)
    painter.drawEllipse(area.adjusted(stroke, stroke, -stroke, -stroke))
    font = QFont()
    font.setPixelSize(max(1, round(area.height() * 0.5)))
    font.setWeight(QFont.Weight.DemiBold)
    painter.setFont(font)
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, letter)


def _blank(size: QSize) -> QImage:
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    return image


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes() if path.stat().st_size <= _LARGEST_FILE else b""
    except OSError:
        return b""
