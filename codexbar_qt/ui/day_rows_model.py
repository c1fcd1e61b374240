"""The requests behind a day, read when somebody asks why a number is what it is."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from codexbar_qt.core.cost_logs import CostScanError
from codexbar_qt.core.cost_rows import DayExplained, RowItem, explain_day
from codexbar_qt.ui.record_list_model import RecordListModel
from codexbar_qt.ui.view_model import Property, ViewModel

if TYPE_CHECKING:
    from datetime import date

    from codexbar_qt.ui.settings_session import SettingsSession
    from codexbar_qt.ui.settings_tasks import SettingsTasks


class DayRowsModel(ViewModel):
    """Shows one day at a time; one is read at a time, and the last one asked for is what is shown in the end."""

    changed = Signal()

    def __init__(self, session: SettingsSession, tasks: SettingsTasks) -> None:
        super().__init__()
        self._session, self._tasks = session, tasks
        self._rows = RecordListModel(RowItem, lambda item: item.row_id)
        self._day: date | None = None
        self._is_busy = False
        self._title, self._summary, self._error = "", "", ""

    rows = Property(QObject, lambda self: self._rows, constant=True)
    count = Property(int, lambda self: len(self._rows.records), notify=changed)
    isOpen = Property(bool, lambda self: self._day is not None, notify=changed)
    busy = Property(bool, lambda self: self._is_busy, notify=changed)
    title = Property(str, lambda self: self._title, notify=changed)
    summary = Property(str, lambda self: self._summary, notify=changed)
    error = Property(str, lambda self: self._error, notify=changed)

    @property
    def items(self) -> tuple[RowItem, ...]:
        """The requests on show."""
        return self._rows.records

    def explain(self, day: date | None) -> None:
        """Show the requests of a day; None shows none."""
        if day == self._day:
            return
        self._day = day
        if day is None:
            self.show(DayExplained("", ""))
        elif not self._is_busy:
            self._is_busy = True
            self.changed.emit()
            self._tasks.start(self._read())

    def show(self, explained: DayExplained, error: str = "") -> None:
        """Show what a day is made of; nothing is being read any more."""
        self._is_busy = False
        self._title, self._summary, self._error = explained.title, explained.summary, error
        self._rows.reset(explained.rows)
        self.changed.emit()

    async def _read(self) -> None:
        shown: date | None = None
        try:
            while self._day is not None and self._day != shown:
                shown, self._is_busy = self._day, True
                await self._read_day(shown)
        finally:
            self._is_busy = False
            self.changed.emit()

    async def _read_day(self, day: date) -> None:
        hide, error = self._session.preferences.hide_personal_info, ""
        try:
            found = await self._session.costs.rows(day)
        except CostScanError as failure:
            explained, error = DayExplained("", ""), failure.message
        else:
            zone = self._session.costs.state.zone
            explained = await asyncio.to_thread(explain_day, day, found, zone, hide_personal_info=hide)
        if day == self._day:
            self.show(explained, error)
