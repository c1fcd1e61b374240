"""What is really painted: probes into pixels for every row, freshness, badge and size."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPainter

from codexbar_qt.ui.icon_digits import place_number, place_number_badge
from codexbar_qt.ui.icon_painter import IconPainter, draw_lazily, paint_image
from codexbar_qt.ui.icon_sheet import BADGES, ROWS, render_icon_sheet
from codexbar_qt.ui.icon_spec import (
    Badge,
    Bar,
    Ground,
    IconSpec,
    halo_width,
    place_badge,
    place_bars,
    stroke_width,
)

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from codexbar_qt.ui.rectangle import Rectangle

BAR_ROWS = [spec for _, spec in ROWS if spec.style == "bars"]
SIZES = [16, 18, 22, 24, 32, 48, 36, 44, 64, 96]
ALPHAS = {False: (0.28, 0.44, 1.0), True: (0.18, 0.28, 0.55)}

pytestmark = pytest.mark.usefixtures("qapp")


def _over(*alphas: float) -> float:
    clear = 1.0
    for alpha in alphas:
        clear *= 1 - alpha
    return 1 - clear


def _alpha(image: QImage, x: int, y: int) -> float:
    return image.pixelColor(x, y).alphaF()


def _expected(bar: Bar, dimmed: bool, *, edge: bool, filled: bool) -> float:
    track, stroke, fill = ALPHAS[dimmed]
    layers = [track * bar.strength]
    if edge:
        layers.append(stroke * bar.strength)
    if filled:
        layers.append(fill)
    return _over(*layers)


def _badge_area(badge: Badge, size: int) -> list[Rectangle]:
    return [part.inset(-halo_width(size)) for part in place_badge(badge, size)]


def _covered(boxes: list[Rectangle], x: int, y: int) -> bool:
    return any(box.x <= x < box.right and box.y <= y < box.bottom for box in boxes)


def _check_bar(image: QImage, bar: Bar, dimmed: bool, hidden: list[Rectangle]) -> None:
    box, stroke = bar.box, stroke_width(image.width())
    # Left and right of the rounded ends, one column per pixel: fill, end of the fill and track are exact.
    for x in range(box.x + box.height // 2 + 1, box.right - box.height // 2 - 1):
        for y in range(box.y - 1, box.bottom + 1):
            if _covered(hidden, x, y):
                continue
            if y in (box.y - 1, box.bottom):
                assert _alpha(image, x, y) == 0, "the edge is not on a whole pixel"
                continue
            edge = y < box.y + stroke or y >= box.bottom - stroke
            wanted = _expected(bar, dimmed, edge=edge, filled=x < box.x + bar.filled)
            assert _alpha(image, x, y) == pytest.approx(wanted, abs=0.012), (x, y)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("badge", BADGES)
@pytest.mark.parametrize("dimmed", [False, True], ids=["fresh", "stale"])
@pytest.mark.parametrize("spec", BAR_ROWS, ids=lambda spec: f"{spec.layout}-{spec.top}-{spec.bottom}")
def test_bars(spec: IconSpec, dimmed: bool, badge: Badge, size: int) -> None:
    spec = replace(spec, dimmed=dimmed, badge=badge)
    image = paint_image(spec, size)
    assert image.size() == QSize(size, size)
    hidden = _badge_area(badge, size)
    for bar in place_bars(spec, size):
        _check_bar(image, bar, dimmed, hidden)
    for corner in (0, size - 1):
        assert _alpha(image, corner, 0) == _alpha(image, 0, corner) == 0


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dimmed", [False, True])
@pytest.mark.parametrize("badge", ["dot", "alert"])
def test_badge_is_solid_within_a_punched_halo(badge: Badge, dimmed: bool, size: int) -> None:
    image = paint_image(IconSpec("pair", 100, 100, dimmed, badge), size)
    parts, halo = place_badge(badge, size), halo_width(size)
    main = parts[0]
    x, y = main.x + main.width // 2, main.y + main.height // 2
    assert _alpha(image, x, y) == 1.0
    for distance in range(1, halo + 1):
        # The outermost pixel of a circle is not covered wholly.
        assert _alpha(image, main.x - distance, y) < (0.25 if distance == halo else 0.02), "the halo is not clear"
    assert _alpha(image, main.x - halo - 1, y) > 0.5 or badge == "alert"
    if badge == "alert":
        assert _alpha(image, x, parts[1].y - 1) < 0.02, "the stroke and the dot of the mark have grown together"


@pytest.mark.parametrize("size", SIZES)
def test_ends_are_round(size: int) -> None:
    image = paint_image(IconSpec("pair", 100, 100), size)
    top = place_bars(IconSpec("pair", 100, 100), size)[0].box
    assert _alpha(image, top.x, top.y) < 0.6
    assert _alpha(image, top.right - 1, top.bottom - 1) < 0.6
    assert _alpha(image, top.x, top.y + top.height // 2) > 0.9


@pytest.mark.parametrize(("ground", "ink"), [("light", 27), ("dark", 243), ("mask", 0)])
def test_ink_stands_out_from_the_panel(ground: Ground, ink: int) -> None:
    image = paint_image(IconSpec("pair", 100, 100, ground=ground), 36)
    assert image.pixelColor(18, 11) == QColor(ink, ink, {27: 31, 243: 246, 0: 0}[ink])


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("value", [0, 1, 7, 10, 38, 42, 59, 64, 99])
def test_numbers_are_whole_pixels(value: int, size: int) -> None:
    image = paint_image(IconSpec("pair", value, 50, dimmed=True, style="number"), size)
    found = {round(_alpha(image, x, y), 2) for x in range(size) for y in range(size)}
    assert found == {0.0, 0.55}


def test_numbers_differ() -> None:
    pictures = [paint_image(IconSpec("pair", value, style="number"), 22) for value in range(101)]
    bits = {bytes(image.constBits()) for image in pictures}
    assert len(bits) == 101


@pytest.mark.parametrize(
    ("spec", "same"),
    [
        (IconSpec("pair", 0.4, style="number"), IconSpec("pair", 1, style="number")),
        (IconSpec("pair", 99.7, style="number"), IconSpec("pair", 100, style="number")),
        (IconSpec("pair", None, 41, style="number"), IconSpec("pair", 41, style="number")),
        (IconSpec("empty", style="number"), IconSpec("primary_only", style="number")),
    ],
)
def test_number_chosen(spec: IconSpec, same: IconSpec) -> None:
    assert paint_image(spec, 22) == paint_image(same, 22)
    assert paint_image(spec, 22) != paint_image(IconSpec("pair", 0, style="number"), 22)


def test_full_is_a_ring() -> None:
    image = paint_image(IconSpec("pair", 100, style="number"), 36)
    assert _alpha(image, 18, 18) == 0
    assert _alpha(image, 18, 4) == _alpha(image, 4, 18) == _alpha(image, 31, 18) == _alpha(image, 18, 31) == 1.0


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("badge", ["dot", "alert"])
@pytest.mark.parametrize("value", [8, 72, 100])
def test_badge_hides_no_digit(value: int, badge: Badge, size: int) -> None:
    number, parts = place_number(size, badge), place_number_badge(badge, size)
    assert number.height >= size * 0.6
    assert all(
        number.bottom < part.y < part.bottom <= size and number.x <= part.x < part.right < size for part in parts
    )
    with_badge, without = (
        paint_image(IconSpec("pair", value, style="number", badge=shown), size) for shown in (badge, "")
    )
    rows = range(number.bottom, parts[0].y)
    assert all(_alpha(with_badge, x, y) == 0 for x in range(size) for y in rows), "badge and number touch"
    assert _alpha(with_badge, parts[0].x + parts[0].width // 2, parts[0].y + parts[0].height // 2) == 1.0
    assert with_badge != without


def test_cache_keeps_the_latest_64() -> None:
    painter = IconPainter()
    first = painter.icon(IconSpec("pair", 0.0, 0.0))
    assert painter.icon(IconSpec("pair", 0.0, 0.0)).cacheKey() == first.cacheKey()
    for value in range(1, 64):
        painter.icon(IconSpec("pair", float(value), 0.0))
    assert painter.icon(IconSpec("pair", 0.0, 0.0)).cacheKey() == first.cacheKey()
    painter.icon(IconSpec("pair", 64.0, 0.0))
    assert len(painter) == 64
    assert painter.icon(IconSpec("pair", 0.0, 0.0)).cacheKey() == first.cacheKey()
    painter.icon(IconSpec("pair", 1.0, 0.0))
    assert len(painter) == 64


@pytest.mark.parametrize("size", [16, 20, 22, 27, 41])
@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_icon_draws_the_pixels_it_is_asked_for(size: int, ratio: float) -> None:
    spec = IconSpec("pair", 72, 41)
    pixmap = draw_lazily(spec).pixmap(QSize(size, size), ratio)
    pixels = round(size * ratio)
    assert pixmap.toImage().convertToFormat(QImage.Format.Format_ARGB32_Premultiplied) == paint_image(spec, pixels)


def test_icon_paints_itself_in_the_middle_of_an_odd_place() -> None:
    spec = IconSpec("pair", 72, 41)
    canvas = QImage(60, 48, QImage.Format.Format_ARGB32_Premultiplied)
    canvas.setDevicePixelRatio(2)
    canvas.fill(Qt.GlobalColor.transparent)
    painter = QPainter(canvas)
    draw_lazily(spec).paint(painter, QRect(0, 0, 29, 22))
    painter.end()
    assert canvas.copy(7, 0, 44, 44) == _with_ratio(paint_image(spec, 44), 2)


def _with_ratio(image: QImage, ratio: float) -> QImage:
    image.setDevicePixelRatio(ratio)
    return image


def test_icon_outlives_its_painter() -> None:
    icon = QIcon(IconPainter().icon(IconSpec("pair", 72, 41)))
    assert not icon.pixmap(22, 22).isNull()


def test_only_a_template_is_a_mask() -> None:
    assert draw_lazily(IconSpec(ground="mask")).isMask()
    assert not draw_lazily(IconSpec(ground="dark")).isMask()


def test_sheet_shows_both_panels(tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "icons.png"
    render_icon_sheet(path)
    sheet = QImage(str(path))
    assert sheet.pixelColor(0, 0) == QColor("#EFF0F1")
    assert sheet.pixelColor(sheet.width() - 1, 0) == QColor("#2B2D31")


def test_sheet_says_when_it_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="cannot be written"):
        render_icon_sheet(tmp_path / "missing" / "icons.png")


def test_nothing_heavy_is_imported_for_the_first_icon(repo_root: Path) -> None:
    heavy = (
        *("aiohttp", "keyring", "pydantic", "pydantic_settings", "msgspec", "psutil", "qasync"),
        *("codexbar_providers", "codexbar_qt.provider_api", "codexbar_qt.adapters"),
        *("PySide6.QtQml", "PySide6.QtQuick", "PySide6.QtNetwork"),
    )
    code = (
        "import sys; from PySide6.QtWidgets import QApplication; app = QApplication([])\n"
        "from codexbar_qt.ui.tray import TrayController; tray = TrayController(); tray.show()\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=repo_root, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"
