"""Writes a file that a person asked for: all of it or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QIODevice, QSaveFile

if TYPE_CHECKING:
    from pathlib import Path


def write_text(path: Path, text: str) -> str:
    """Put `text` into a file as UTF-8, in place of what was there; return "" or one sentence. Blocks."""
    file = QSaveFile(str(path))
    data = text.encode()
    if file.open(QIODevice.OpenModeFlag.WriteOnly) and file.write(data) == len(data) and file.commit():
        return ""
    return f"{path.name} could not be written: {file.errorString()}. Choose another folder."
