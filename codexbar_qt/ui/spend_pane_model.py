"""The Usage & Spend pane as QML sees it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from codexbar_qt.core.cost_state import SPANS
from codexbar_qt.core.spend_pane import EMPTY, Figure, MixPart, SpendPane, present_spend_pane
from codexbar_qt.cost.export import ExportFormat, export_name, export_text
from codexbar_qt.ui.cost_chart_model import CostChartModel
from codexbar_qt.ui.day_rows_model import DayRowsModel
from codexbar_qt.ui.file_export import write_text
from codexbar_qt.ui.heat_map_model import HeatMapModel
from codexbar_qt.ui.record_list_model import RecordListModel
from codexbar_qt.ui.row_model import drawn
from codexbar_qt.ui.view_model import Property, ViewModel

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from codexbar_qt.core.spend_pane import SpendLine
    from codexbar_qt.cost.report_values import CostReport
    from codexbar_qt.ui.save_dialog import AskWhere
    from codexbar_qt.ui.settings_session import SettingsSession
    from codexbar_qt.ui.settings_tasks import SettingsTasks
    from codexbar_qt.ui.theme import ThemeModel


@dataclass(frozen=True, slots=True)
class SpendItem:
    """A source or a model; `share` is its bar in percent."""

    line_id: str
    name: str
    cost_text: str
    token_text: str
    share: float
    bar_color: str
    accessible_text: str


class SpendPaneModel(ViewModel):
    """One span of days over all sources. Filled while the pane is shown; `show` says when."""

    changed = Signal()
    spanChanged = Signal()
    savedChanged = Signal()

    def __init__(self, session: SettingsSession, tasks: SettingsTasks, theme: ThemeModel, ask_where: AskWhere) -> None:
        super().__init__()
        self._session, self._tasks, self._theme, self._ask_where = session, tasks, theme, ask_where
        self._pane = SpendPane("off")
        self._span = SPANS.index(30)
        self._figures = RecordListModel(Figure, lambda item: item.label)
        self._sources = RecordListModel(SpendItem, lambda item: item.line_id)
        self._models = RecordListModel(SpendItem, lambda item: item.line_id)
        self._mix = RecordListModel(MixPart, lambda item: item.label)
        self._chart, self._heat, self._why = CostChartModel(), HeatMapModel(), DayRowsModel(session, tasks)
        self._chart.selectedChanged.connect(self._follow)
        self._saved = ""
        self._is_shown = False
        self._unsubscribe: Callable[[], None] = session.costs.subscribe(self.update)
        theme.changed.connect(self._fill_lines)

    kind = Property(str, lambda self: self._pane.kind, notify=changed)
    spans = Property(list, lambda _: [f"{days}d" for days in SPANS], constant=True)
    span = Property(int, lambda self: self._span, notify=spanChanged)
    ageText = Property(str, lambda self: self._pane.age_text, notify=changed)
    error = Property(str, lambda self: self._pane.error, notify=changed)
    scanning = Property(bool, lambda self: self._pane.is_scanning, notify=changed)
    progress = Property(float, lambda self: drawn(self._pane.progress), notify=changed)
    progressText = Property(str, lambda self: self._pane.progress_text, notify=changed)
    notes = Property(str, lambda self: "\n".join(self._pane.notes), notify=changed)
    emptyText = Property(str, lambda _: EMPTY, constant=True)
    saved = Property(str, lambda self: self._saved, notify=savedChanged)
    figures = Property(QObject, lambda self: self._figures, constant=True)
    sources = Property(QObject, lambda self: self._sources, constant=True)
    models = Property(QObject, lambda self: self._models, constant=True)
    mix = Property(QObject, lambda self: self._mix, constant=True)
    heat = Property(QObject, lambda self: self._heat, constant=True)
    chart = Property(QObject, lambda self: self._chart, constant=True)
    why = Property(QObject, lambda self: self._why, constant=True)
    chartColor = Property(str, lambda self: self._color(), notify=changed)

    @property
    def state(self) -> SpendPane:
        """What is shown."""
        return self._pane

    @property
    def day_rows(self) -> DayRowsModel:
        """The requests of the day that is looked into."""
        return self._why

    @Slot(int)
    def chooseSpan(self, span: int) -> None:
        """Show another span of days."""
        if 0 <= span < len(SPANS) and span != self._span:
            self._span = span
            self.spanChanged.emit()
            self.update()

    @Slot()
    def refresh(self) -> None:
        """Read the logs now."""
        self._session.costs.refresh()

    @Slot()
    def switchOn(self) -> None:
        """Turn the summary on."""
        self._tasks.edit_preferences({"token_cost_usage_enabled": True})

    @Slot()
    def explain(self) -> None:
        """Show the requests of the day that is looked at, or hide them again."""
        self._why.explain(None if self._why.isOpen else self._chart.day)

    @Slot()
    def exportCsv(self) -> None:
        """Ask where to, then write what is shown as CSV."""
        self._export("csv")

    @Slot()
    def exportJson(self) -> None:
        """Ask where to, then write what is shown as JSON."""
        self._export("json")

    def show(self, shown: bool) -> None:
        """The pane comes into view or goes; only then is there anything to keep up to date."""
        self._is_shown = shown
        if shown:
            self._session.costs.look()
            self.update()
        else:
            self._why.explain(None)

    def update(self) -> None:
        """Present everything anew."""
        if not self._is_shown:
            return
        state = self._session.costs.state
        pane = present_spend_pane(state, SPANS[self._span], self._session.clock.now(), state.zone)
        if pane != self._pane:
            self._pane = pane
            self._fill()
            self.changed.emit()

    def close(self) -> None:
        """Stop listening."""
        self._unsubscribe()

    def _fill(self) -> None:
        self._figures.put(self._pane.figures)
        self._mix.put(self._pane.mix)
        self._heat.show(self._pane.heat)
        self._fill_lines()
        if self._pane.report is not None:
            self._chart.show(self._pane.report)

    def _fill_lines(self) -> None:
        self._sources.put([self._item(line) for line in self._pane.sources])
        self._models.put([self._item(line) for line in self._pane.models])

    def _item(self, line: SpendLine) -> SpendItem:
        color = self._theme.bar_color(line.color) if line.color else ""
        spoken = f"{line.name}, {line.cost_text}, {line.token_text}"
        return SpendItem(line.id, line.name, line.cost_text, line.token_text, line.share, color, spoken)

    def _color(self) -> str:
        """Return the colour of the only source, "" for several."""
        sources = self._pane.sources
        return self._theme.bar_color(sources[0].color) if len(sources) == 1 else ""

    def _follow(self) -> None:
        if self._why.isOpen and self._chart.day is not None:
            self._why.explain(self._chart.day)

    def _export(self, kind: ExportFormat) -> None:
        reports, days = self._session.costs.state.over(SPANS[self._span]), SPANS[self._span]
        if reports:
            self._say("")
            name = export_name(reports[0].today, days, kind)
            self._ask_where(name, lambda path: self._tasks.run(self._write(path, reports, kind)))

    async def _write(self, path: Path, reports: tuple[CostReport, ...], kind: ExportFormat) -> str:
        complaint = await asyncio.to_thread(lambda: write_text(path, export_text(reports, kind)))
        self._say("" if complaint else f"Written to {path.name}.")
        return complaint

    def _say(self, text: str) -> None:
        if text != self._saved:
            self._saved = text
            self.savedChanged.emit()
