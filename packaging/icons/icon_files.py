"""Puts the drawn sizes of the app icon into the one file that Windows or macOS wants. Needs Pillow."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

DRAWN = Path(__file__).resolve().parents[2] / "resources" / "icons" / "app"
ICO_SIZES = (16, 24, 32, 48, 64, 128, 256)
ICNS_SIZES = (16, 32, 64, 128, 256, 512)


def write_ico(path: Path) -> Path:
    """Write the icon of Windows: every size as it was drawn, none scaled."""
    *smaller, largest = _drawn(path, ICO_SIZES)
    largest.save(path, format="ICO", append_images=smaller, sizes=[(size, size) for size in ICO_SIZES])
    return path


def write_icns(path: Path) -> Path:
    """Write the icon of macOS."""
    *smaller, largest = _drawn(path, ICNS_SIZES)
    largest.save(path, format="ICNS", append_images=smaller)
    return path


def write_bmp(path: Path) -> Path:
    """Write a picture for the installer of Windows, which scales it down to what the screen needs."""
    (largest,) = _drawn(path, (128,))
    largest.save(path, format="BMP")
    return path


def _drawn(path: Path, sizes: tuple[int, ...]) -> list[Image.Image]:
    path.parent.mkdir(parents=True, exist_ok=True)
    return [Image.open(DRAWN / f"codexbar-qt-{size}.png").convert("RGBA") for size in sizes]
