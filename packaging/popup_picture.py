"""Make the picture in README.md: the popup on demo data, light and dark side by side.

Run `make screenshots` first; this reads what it wrote.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "resources" / "pictures" / "popup.png"
GAP = 32


def side_by_side(pictures: Sequence[QImage]) -> QImage:
    """Return the pictures in a row, tops aligned, on a transparent ground."""
    width = sum(picture.width() for picture in pictures) + GAP * (len(pictures) - 1)
    ground = QImage(width, max(picture.height() for picture in pictures), QImage.Format.Format_ARGB32)
    ground.fill(Qt.GlobalColor.transparent)
    painter, x = QPainter(ground), 0
    for picture in pictures:
        painter.drawImage(x, 0, picture)
        x += picture.width() + GAP
    painter.end()
    return ground


def _pixels(path: Path) -> QImage:
    # Qt takes the scale from "@2x" in the name and would draw at half size.
    picture = QImage(str(path))
    picture.setDevicePixelRatio(1)
    return picture


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the picture; 1 when the screenshots are not there."""
    parser = argparse.ArgumentParser(description="Make the picture in README.md out of screenshots.")
    parser.add_argument("--provider", default="kimi", help="whose card to show (default: kimi)")
    parser.add_argument("--screenshots", type=Path, default=ROOT / "build" / "screenshots", help="where they are")
    options = parser.parse_args(arguments)
    paths = [options.screenshots / f"popup-session-{options.provider}-{look}@2x.png" for look in ("light", "dark")]
    if missing := [str(path) for path in paths if not path.is_file()]:
        print(f"{missing[0]} is not there. Run: make screenshots", file=sys.stderr)
        return 1
    picture = side_by_side([_pixels(path) for path in paths])
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    if not picture.save(str(TARGET)):
        print(f"{TARGET} cannot be written.", file=sys.stderr)
        return 1
    print(f"wrote {TARGET.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
