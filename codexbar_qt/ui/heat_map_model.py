"""The activity of a week by hours as QML sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from codexbar_qt.ui.record_list_model import RecordListModel
from codexbar_qt.ui.view_model import Property, ViewModel

if TYPE_CHECKING:
    from codexbar_qt.core.spend_pane import HeatRow

HOURS = 24


@dataclass(frozen=True, slots=True)
class HeatItem:
    """A weekday with its 24 levels, 0-4."""

    weekday: str
    label: str
    levels: tuple[int, ...]


class HeatMapModel(ViewModel):
    """Seven rows and the hour that is looked at; `day` and `hour` are -1 for none."""

    selectedChanged = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[HeatRow, ...] = ()
        self._list = RecordListModel(HeatItem, lambda item: item.weekday)
        self._day, self._hour = -1, -1

    rows = Property(QObject, lambda self: self._list, constant=True)
    day = Property(int, lambda self: self._day, notify=selectedChanged)
    hour = Property(int, lambda self: self._hour, notify=selectedChanged)
    text = Property(str, lambda self: self._text(), notify=selectedChanged)

    def show(self, rows: tuple[HeatRow, ...]) -> None:
        """Show another week."""
        if rows != self._rows:
            self._rows = rows
            self._list.put([HeatItem(row.weekday, row.weekday[:3], row.levels) for row in rows])
            self._day, self._hour = self._busiest()
            self.selectedChanged.emit()

    @Slot(int, int)
    def look(self, day: int, hour: int) -> None:
        """Look at an hour of a weekday (0 is Monday)."""
        place = (day, hour) if 0 <= day < len(self._rows) and 0 <= hour < HOURS else (-1, -1)
        if place != (self._day, self._hour):
            self._day, self._hour = place
            self.selectedChanged.emit()

    @Slot(int, int)
    def step(self, days: int, hours: int) -> None:
        """Look at a place beside the one that is looked at."""
        day = max(0, min(len(self._rows) - 1, self._day + days))
        self.look(day, max(0, min(HOURS - 1, self._hour + hours)))

    def _text(self) -> str:
        return self._rows[self._day].texts[self._hour] if self._day >= 0 else ""

    def _busiest(self) -> tuple[int, int]:
        places = [(day, hour) for day, row in enumerate(self._rows) for hour in range(HOURS) if row.levels[hour]]
        return max(places, key=lambda place: self._rows[place[0]].levels[place[1]], default=(-1, -1))
