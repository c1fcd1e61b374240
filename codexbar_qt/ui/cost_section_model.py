"""The cost of one source as QML sees it: on a card, and in the Spend tab."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from codexbar_qt.core.cost_chart import small_shares
from codexbar_qt.ui.cost_chart_model import CostChartModel
from codexbar_qt.ui.row_model import drawn
from codexbar_qt.ui.view_model import Property, ViewModel

if TYPE_CHECKING:
    from codexbar_qt.core.cost_block import CostBlock
    from codexbar_qt.ui.theme import ThemeModel


class CostSectionModel(ViewModel):
    """Shows one `CostBlock` at a time. The chart is worked out when it is opened first."""

    changed = Signal()
    barColorChanged = Signal()
    openChanged = Signal()

    def __init__(self, block: CostBlock, theme: ThemeModel) -> None:
        super().__init__()
        self._block, self._theme = block, theme
        self._color = theme.bar_color(block.color)
        self._chart: CostChartModel | None = None
        self._is_open = False
        self._shares: list[float] = []
        self._take_shares()
        theme.changed.connect(self._take_color)

    sourceId = Property(str, lambda self: self._block.source_id, constant=True)
    title = Property(str, lambda self: self._block.title, notify=changed)
    heading = Property(str, lambda self: self._block.heading, notify=changed)
    todayText = Property(str, lambda self: self._block.today_text, notify=changed)
    totalText = Property(str, lambda self: self._block.total_text, notify=changed)
    ageText = Property(str, lambda self: self._block.age_text, notify=changed)
    hint = Property(str, lambda self: "\n".join(filter(None, (self._block.note, self._block.hint))), notify=changed)
    error = Property(str, lambda self: self._block.error, notify=changed)
    scanning = Property(bool, lambda self: self._block.is_scanning, notify=changed)
    progress = Property(float, lambda self: drawn(self._block.progress), notify=changed)
    progressText = Property(str, lambda self: self._block.progress_text, notify=changed)
    hasChart = Property(bool, lambda self: self._block.report is not None, notify=changed)
    shares = Property(list, lambda self: self._shares, notify=changed)
    barColor = Property(str, lambda self: self._color, notify=barColorChanged)
    isOpen = Property(bool, lambda self: self._is_open, notify=openChanged)
    chart = Property(QObject, lambda self: self._chart, notify=openChanged)

    @property
    def block(self) -> CostBlock:
        """What is shown."""
        return self._block

    def apply(self, block: CostBlock) -> None:
        """Show another state of the same source; an equal one stays silent."""
        if block == self._block:
            return
        before, self._block = self._block, block
        if block.report is not before.report:
            self._take_shares()
            if self._chart is not None and block.report is not None:
                self._chart.show(block.report)
        self._take_color()
        self.changed.emit()

    @Slot()
    def toggle(self) -> None:
        """Open the chart, or close it."""
        report = self._block.report
        if report is None:
            return
        if self._chart is None:
            self._chart = CostChartModel(report)
        self._is_open = not self._is_open
        self.openChanged.emit()

    def _take_shares(self) -> None:
        report = self._block.report
        self._shares = [] if report is None else list(small_shares(report))

    def _take_color(self) -> None:
        color = self._theme.bar_color(self._block.color)
        if color != self._color:
            self._color = color
            self.barColorChanged.emit()
