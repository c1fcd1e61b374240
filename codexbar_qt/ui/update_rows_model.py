"""The rows of the popup about versions: a newer one is out, this one has something new."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from codexbar_qt.core.update_presenter import UpdateRows, present_update_rows
from codexbar_qt.ui.view_model import Property, ViewModel

if TYPE_CHECKING:
    from codexbar_qt.core.update_state import Updates


class UpdateRowsModel(ViewModel):
    """Filled by `update`. What is new is told in one opening of the popup, and in Settings > About from then on."""

    changed = Signal()

    def __init__(self, updates: Updates) -> None:
        super().__init__()
        self._updates = updates
        self._rows = UpdateRows()

    updateText = Property(str, lambda self: self._rows.update, notify=changed)
    newsText = Property(str, lambda self: self._rows.news, notify=changed)

    @property
    def page(self) -> str:
        """The page of the newer version, "" for none."""
        return self._rows.page

    def update(self) -> None:
        """Present what is known now."""
        rows = present_update_rows(self._updates.state)
        if rows != self._rows:
            self._rows = rows
            self.changed.emit()

    def was_seen(self) -> None:
        """The popup that showed the rows was closed, or what is new was opened."""
        if self._rows.news:
            self._updates.seen()
