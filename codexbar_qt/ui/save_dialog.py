"""Asks where to save a file, with the dialog of the system where it has one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog

AskWhere = Callable[[str, Callable[[Path], None]], None]
"""Takes the name to suggest, and what to do with the place that was chosen; returns at once."""

_open: set[QFileDialog] = set()


def ask_where(name: str, done: Callable[[Path], None]) -> None:
    """Show a save dialog in the documents folder without waiting for it; `done` is not called when it is cancelled."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    kind = Path(name).suffix.removeprefix(".")
    dialog = QFileDialog(None, "Export", str(Path(folder) / name), f"{kind.upper()} (*.{kind})")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(kind)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda path: done(Path(path)))
    dialog.finished.connect(lambda _: _open.discard(dialog))
    _open.add(dialog)
    dialog.open()
