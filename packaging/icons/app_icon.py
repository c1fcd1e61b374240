"""Draws the app icon: an SVG, and a PNG per usual size on whole pixels. Run it with a folder to write to."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QGuiApplication, QImage, QLinearGradient, QPainter, QPainterPath

NAME = "codexbar-qt"
SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
TOP_COLOR, BOTTOM_COLOR = "#34373F", "#17181C"
TRACK, ACCENT, PLAIN = "#FFFFFF", "#4FC48C", "#F3F3F6"
TRACK_ALPHA = 0.22
UPPER_SHARE, LOWER_SHARE = 0.72, 0.41

Bar = tuple[int, int, int, int]


def place(size: int) -> tuple[int, int, Bar, Bar]:
    """Return margin, corner radius, upper bar, lower bar (x, y, width, height) in whole pixels."""
    margin = round(size / 32) if size >= 32 else 0
    x = max(2, round(size * 5.5 / 32))
    upper, gap, lower = (max(2, round(size * part / 32)) for part in (7, 3, 5))
    y = (size - upper - gap - lower + 1) // 2
    width = size - 2 * x
    return margin, round(size * 7 / 32), (x, y, width, upper), (x, y + upper + gap, width, lower)


def draw(size: int) -> QImage:
    """Return the icon in `size` x `size` pixels."""
    margin, radius, upper, lower = place(size)
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ground = QLinearGradient(0, 0, 0, size)
    ground.setColorAt(0, QColor(TOP_COLOR))
    ground.setColorAt(1, QColor(BOTTOM_COLOR))
    tile = QPainterPath()
    tile.addRoundedRect(QRectF(margin, margin, size - 2 * margin, size - 2 * margin), radius, radius)
    painter.fillPath(tile, QBrush(ground))
    for bar, share, color in ((upper, UPPER_SHARE, ACCENT), (lower, LOWER_SHARE, PLAIN)):
        _draw_bar(painter, bar, share, QColor(color))
    painter.end()
    return image


def svg() -> str:
    """Return the icon as SVG with the measures of 512 pixels."""
    size = SIZES[-1]
    margin, radius, upper, lower = place(size)
    side = size - 2 * margin
    bars = "".join(
        _svg_bar(number, bar, share, color)
        for number, (bar, share, color) in enumerate(((upper, UPPER_SHARE, ACCENT), (lower, LOWER_SHARE, PLAIN)))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}">'
        f'<defs><linearGradient id="g" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="{TOP_COLOR}"/>'
        f'<stop offset="1" stop-color="{BOTTOM_COLOR}"/></linearGradient></defs>'
        f'<rect x="{margin}" y="{margin}" width="{side}" height="{side}" rx="{radius}" fill="url(#g)"/>{bars}</svg>\n'
    )


def _draw_bar(painter: QPainter, bar: Bar, share: float, color: QColor) -> None:
    x, y, width, height = bar
    capsule = QPainterPath()
    capsule.addRoundedRect(QRectF(*bar), height / 2, height / 2)
    track = QColor(TRACK)
    track.setAlphaF(TRACK_ALPHA)
    painter.fillPath(capsule, track)
    painter.setClipRect(x, y, round(width * share), height)
    painter.fillPath(capsule, color)
    painter.setClipping(False)


def _svg_bar(number: int, bar: Bar, share: float, color: str) -> str:
    x, y, width, height = bar
    radius = height / 2
    end = x + round(width * share)
    # A path instead of a clip: not every renderer of small icons knows clips.
    filled = f"M{x + radius} {y}H{end}V{y + height}H{x + radius}A{radius} {radius} 0 0 1 {x + radius} {y}Z"
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="{radius}" fill="{TRACK}"'
        f' fill-opacity="{TRACK_ALPHA}"/><path d="{filled}" fill="{color}"/>'
    )


def main() -> None:
    """Write all files into the folder named by the first argument."""
    app = QGuiApplication(sys.argv)
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{NAME}.svg").write_text(svg(), encoding="utf-8")
    for size in SIZES:
        if not draw(size).save(str(folder / f"{NAME}-{size}.png")):
            sys.exit(f"{folder} cannot be written.")
    del app


if __name__ == "__main__":
    main()
