"""The app icon in resources is the one its script draws."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

if TYPE_CHECKING:
    from pathlib import Path

SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)

pytestmark = pytest.mark.usefixtures("qapp")


def test_files_are_what_the_script_draws(repo_root: Path, tmp_path: Path) -> None:
    script = repo_root / "packaging" / "icons" / "app_icon.py"
    subprocess.run([sys.executable, str(script), str(tmp_path)], check=True, timeout=60)
    folder = repo_root / "resources" / "icons" / "app"
    assert sorted(path.name for path in folder.iterdir()) == sorted(path.name for path in tmp_path.iterdir())
    assert (folder / "codexbar-qt.svg").read_text() == (tmp_path / "codexbar-qt.svg").read_text()
    for size in SIZES:
        kept, drawn = (QImage(str(place / f"codexbar-qt-{size}.png")) for place in (folder, tmp_path))
        assert (kept.width(), kept.height()) == (size, size)
        assert farthest_apart(kept, drawn) <= 1, size


def farthest_apart(one: QImage, other: QImage) -> int:
    """The largest difference of a colour or of the alpha, 0 to 255. Processors round gradients differently by one."""
    alike = (image.convertToFormat(QImage.Format.Format_ARGB32) for image in (one, other))
    here, there = (bytes(image.constBits()) for image in alike)
    return max(abs(first - second) for first, second in zip(here, there, strict=True))


def test_vector_and_pixels_agree(repo_root: Path) -> None:
    folder = repo_root / "resources" / "icons" / "app"
    renderer = QSvgRenderer(QByteArray((folder / "codexbar-qt.svg").read_bytes()))
    assert renderer.isValid()
    image = QImage(512, 512, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    kept = QImage(str(folder / "codexbar-qt-512.png"))
    for x, y in ((256, 40), (150, 190), (400, 190), (150, 330), (380, 330), (256, 480), (2, 2)):
        one, other = image.pixelColor(x, y), kept.pixelColor(x, y)
        assert abs(one.lightness() - other.lightness()) <= 3 and abs(one.hue() - other.hue()) <= 12, (x, y)
        assert abs(one.alpha() - other.alpha()) <= 3, (x, y)
