"""Turns an IconSpec into an icon that is drawn for every size it is asked for, and remembers the latest 64."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import QPointF, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QIcon, QIconEngine, QImage, QPainter, QPainterPath, QPixmap

from codexbar_qt.ui import icon_spec as spec_values
from codexbar_qt.ui.icon_digits import place_digits, place_number, place_number_badge
from codexbar_qt.ui.icon_spec import (
    SIZES,
    Bar,
    Ground,
    IconSpec,
    halo_width,
    place_badge,
    place_bars,
    stroke_width,
)
from codexbar_qt.ui.rectangle import Rectangle

_INK: dict[Ground, tuple[int, int, int]] = {"light": (27, 27, 31), "dark": (243, 243, 246), "mask": (0, 0, 0)}
_CACHED_ICONS = 64
_LARGEST = 512
_LEAST_ROUND = 4


class IconPainter:
    """Gives icons for specs; an icon draws itself at any size and pixel ratio when a tray asks."""

    def __init__(self) -> None:
        self._icons: OrderedDict[IconSpec, QIcon] = OrderedDict()

    def __len__(self) -> int:
        return len(self._icons)

    def icon(self, spec: IconSpec) -> QIcon:
        """Return the icon, from the cache when it was among the latest 64."""
        found = self._icons.get(spec)
        if found is None:
            found = self._icons[spec] = draw_lazily(spec)
            if len(self._icons) > _CACHED_ICONS:
                self._icons.popitem(last=False)
        self._icons.move_to_end(spec)
        return found


def draw_lazily(spec: IconSpec, sizes: tuple[int, ...] = SIZES) -> QIcon:
    """Return an icon that is not cached. `sizes` (pixels) are what a tray that takes whole pictures gets."""
    icon = QIcon(_SpecEngine(spec, sizes))
    icon.setIsMask(spec.ground == "mask")
    return icon


def paint_image(spec: IconSpec, size: int) -> QImage:
    """Return the icon as `size` x `size` device pixels."""
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(QColor(0, 0, 0, 0))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if spec.style == "number":
        _paint_number(painter, spec, size)
    else:
        for bar in place_bars(spec, size):
            _paint_bar(painter, spec, bar, size)
    if spec.badge:
        is_number = spec.style == "number"
        parts = place_number_badge(spec.badge, size) if is_number else place_badge(spec.badge, size)
        _paint_badge(painter, spec.ground, parts, size)
    painter.end()
    return image


class _SpecEngine(QIconEngine):
    """Draws for exactly the pixels wanted: a tray of 27 pixels gets 27, not 28 scaled down."""

    def __init__(self, spec: IconSpec, sizes: tuple[int, ...]) -> None:
        super().__init__()
        self._spec = spec
        self._sizes = sizes
        self._drawn: dict[int, QPixmap] = {}

    def clone(self) -> QIconEngine:
        return _SpecEngine(self._spec, self._sizes)

    def availableSizes(self, mode: QIcon.Mode = QIcon.Mode.Normal, state: QIcon.State = QIcon.State.Off) -> list[QSize]:
        return [QSize(size, size) for size in self._sizes]

    def actualSize(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QSize:
        # All of the place, however oblong: QIcon would centre a square in logical pixels, which may be half ones.
        return size

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self._draw(min(size.width(), size.height()))

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        return self._draw(round(min(size.width(), size.height()) * scale))

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        ratio = painter.device().devicePixelRatio()
        drawn = self._draw(round(min(rect.width(), rect.height()) * ratio))
        drawn.setDevicePixelRatio(ratio)
        # Centred in device pixels, or the edges would fall between them.
        right = (round(rect.width() * ratio) - drawn.width()) // 2 / ratio
        down = (round(rect.height() * ratio) - drawn.height()) // 2 / ratio
        painter.drawPixmap(QPointF(rect.x() + right, rect.y() + down), drawn)

    def _draw(self, wanted: int) -> QPixmap:
        size = max(1, min(wanted, _LARGEST))
        if size not in self._drawn:
            if len(self._drawn) >= len(SIZES):
                self._drawn.clear()
            self._drawn[size] = QPixmap.fromImage(paint_image(self._spec, size))
        return QPixmap(self._drawn[size])


def _ink(ground: Ground, alpha: float) -> QColor:
    color = QColor(*_INK[ground])
    color.setAlphaF(alpha)
    return color


def _paint_bar(painter: QPainter, spec: IconSpec, bar: Bar, size: int) -> None:
    if spec.dimmed:
        alphas = spec_values.DIM_TRACK_ALPHA, spec_values.DIM_STROKE_ALPHA, spec_values.DIM_FILL_ALPHA
    else:
        alphas = spec_values.TRACK_ALPHA, spec_values.STROKE_ALPHA, spec_values.FILL_ALPHA
    track, stroke, fill = alphas
    capsule = _capsule(bar.box)
    painter.fillPath(capsule, _ink(spec.ground, track * bar.strength))
    inner = bar.box.inset(stroke_width(size))
    if inner.height > 0:
        painter.fillPath(capsule.subtracted(_capsule(inner)), _ink(spec.ground, stroke * bar.strength))
    if bar.filled:
        # A clip along whole pixels, not along a path, keeps the end of the fill sharp.
        painter.setClipRect(bar.box.x, bar.box.y, bar.filled, bar.box.height)
        painter.fillPath(capsule, _ink(spec.ground, fill))
        painter.setClipping(False)


def _paint_number(painter: QPainter, spec: IconSpec, size: int) -> None:
    ink = _ink(spec.ground, spec_values.DIM_FILL_ALPHA if spec.dimmed else spec_values.FILL_ALPHA)
    value = spec.top if spec.top is not None else spec.bottom
    # A little is not nothing: "0" is kept for a lane that is spent.
    text = "-" if value is None else "1" if 0 < value < 1 else str(int(value + 0.5))
    area = place_number(size, spec.badge)
    if text == "100":
        ring = _ring(area, size)
        inside = ring.inset(max(2, round(size / 8)))
        painter.fillPath(_capsule(ring).subtracted(_capsule(inside)), ink)
        return
    for box in place_digits(text, area, size):
        # Source, because strokes of a digit meet and would add up where they are translucent.
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.fillRect(_rectangle(box), ink)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)


def _ring(area: Rectangle, size: int) -> Rectangle:
    """The largest square around the middle of the number's place; alone it may be higher than digits."""
    side = area.height if area.y < size // 8 else min(area.width, size - 2 * area.x)
    return Rectangle((size - side) // 2, area.y + (area.height - side) // 2, side, side)


def _paint_badge(painter: QPainter, ground: Ground, parts: tuple[Rectangle, ...], size: int) -> None:
    halo = halo_width(size)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationOut)
    # Rounding a stroke of two or three pixels would only turn it grey.
    is_round = min(parts[0].width, parts[0].height) >= _LEAST_ROUND
    for part in parts:
        painter.fillPath(_capsule(part.inset(-halo), is_round), QColor(0, 0, 0))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
    for part in parts:
        painter.fillPath(_capsule(part, is_round), _ink(ground, spec_values.FILL_ALPHA))


def _capsule(box: Rectangle, is_round: bool = True) -> QPainterPath:
    path = QPainterPath()
    radius = min(box.width, box.height) / 2 if is_round else 0.0
    path.addRoundedRect(_rectangle(box), radius, radius)
    return path


def _rectangle(box: Rectangle) -> QRectF:
    return QRectF(box.x, box.y, box.width, box.height)
