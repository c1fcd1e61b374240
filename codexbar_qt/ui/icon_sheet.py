"""A contact sheet of the tray icon: every layout, state and badge on a light and a dark panel."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QImage, QPainter

from codexbar_qt.ui.icon_painter import paint_image
from codexbar_qt.ui.icon_spec import Badge, Ground, IconSpec

if TYPE_CHECKING:
    from pathlib import Path

ROWS: tuple[tuple[str, IconSpec], ...] = (
    ("secondary above zero", IconSpec("pair", 72, 41)),
    ("little left", IconSpec("pair", 4, 88)),
    ("untouched", IconSpec("pair", 100, 100)),
    ("secondary missing", IconSpec("primary_only", 72)),
    ("only credits", IconSpec("credits", 60)),
    ("secondary spent, credits", IconSpec("credits", 60, 0)),
    ("secondary spent", IconSpec("pair", 72, 0)),
    ("nothing known", IconSpec()),
    ("number", IconSpec("pair", 72, 41, style="number")),
    ("number, one digit", IconSpec("pair", 4, 41, style="number")),
    ("number, full", IconSpec("pair", 100, 41, style="number")),
    ("number, nothing known", IconSpec(style="number")),
)
"""The rows of product sheet 1.2 and a few values at the ends."""

BADGES: tuple[Badge, ...] = ("", "dot", "alert")
PANELS: dict[Ground, str] = {"light": "#EFF0F1", "dark": "#2B2D31"}
REAL_SIZES = (16, 18, 22, 24, 32, 36, 44, 48)
_MAGNIFIED = {16: 4, 22: 3, 36: 2}
_GAP = 8


def render_icon_sheet(path: Path) -> None:
    """Write the sheet as a PNG: per panel the real sizes of every row, then 16, 22 and 36 pixels magnified.

    Raises OSError when the file cannot be written.
    """
    lines = [
        replace(spec, badge=badge, dimmed=dimmed) for _, spec in ROWS for dimmed in (False, True) for badge in BADGES
    ]
    width = sum(size + _GAP for size in REAL_SIZES) + sum(size * by + _GAP for size, by in _MAGNIFIED.items()) + _GAP
    height = max(*REAL_SIZES, *(size * by for size, by in _MAGNIFIED.items())) + _GAP
    columns = 2
    per_column = -(-len(lines) // columns)
    sheet = QImage(width * len(PANELS) * columns, height * per_column + _GAP, QImage.Format.Format_RGB32)
    painter = QPainter(sheet)
    for column in range(columns * len(PANELS)):
        ground, panel = list(PANELS.items())[column % len(PANELS)]
        painter.fillRect(QRect(column * width, 0, width, sheet.height()), QColor(panel))
        chosen = lines[column // len(PANELS) * per_column :][:per_column]
        for row, spec in enumerate(chosen):
            _paint_line(painter, QPoint(column * width + _GAP, row * height + _GAP), replace(spec, ground=ground))
    painter.end()
    if not sheet.save(str(path)):
        message = f"{path} cannot be written"
        raise OSError(message)


def _paint_line(painter: QPainter, at: QPoint, spec: IconSpec) -> None:
    for size in REAL_SIZES:
        painter.drawImage(at, paint_image(spec, size))
        at += QPoint(size + _GAP, 0)
    for size, by in _MAGNIFIED.items():
        painter.drawImage(at, paint_image(spec, size).scaled(size * by, size * by))
        at += QPoint(size * by + _GAP, 0)
