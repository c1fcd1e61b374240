"""The cost history as QML sees it: bars, their scale, and the bar that is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from codexbar_qt.core.cost_chart import CostChart, present_cost_chart
from codexbar_qt.ui.record_list_model import RecordListModel
from codexbar_qt.ui.view_model import Property, ViewModel

if TYPE_CHECKING:
    from datetime import date

    from codexbar_qt.core.cost_chart import ChartBarState
    from codexbar_qt.cost.report_values import CostReport

UNITS = ("Cost", "Tokens")
_EMPTY = CostChart((), ("", "", ""), ("", "", ""), -1, -1, "")


@dataclass(frozen=True, slots=True)
class CostBarItem:
    """One bar: its height 0-1, whether it is the highest, and what is said of it."""

    bar_id: str
    share: float
    is_peak: bool
    accessible_text: str


class CostChartModel(ViewModel):
    """Shows one report. `unit` is the place in `units`, `selected` the place of the bar that is looked at, -1 for none.

    That is the one below the pointer, else the one that was pinned: at first the latest with any use.
    """

    changed = Signal()
    unitChanged = Signal()
    selectedChanged = Signal()

    def __init__(self, report: CostReport | None = None) -> None:
        super().__init__()
        self._report: CostReport | None = None
        self._chart = _EMPTY
        self._bars = RecordListModel(CostBarItem, lambda item: item.bar_id)
        self._unit, self._pinned, self._hovered = 0, -1, -1
        if report is not None:
            self.show(report)

    bars = Property(QObject, lambda self: self._bars, constant=True)
    units = Property(list, lambda _: list(UNITS), constant=True)
    unit = Property(int, lambda self: self._unit, notify=unitChanged)
    count = Property(int, lambda self: len(self._chart.bars), notify=changed)
    scale = Property(list, lambda self: list(self._scale()), notify=changed)
    firstLabel = Property(str, lambda self: self._label(0), notify=changed)
    lastLabel = Property(str, lambda self: self._label(-1), notify=changed)
    totalText = Property(str, lambda self: self._chart.total_text, notify=changed)
    lines = Property(int, lambda self: self._chart.lines, notify=changed)
    selected = Property(int, lambda self: self._place(), notify=selectedChanged)
    selectedLabel = Property(str, lambda self: self._of_bar("label"), notify=selectedChanged)
    selectedValue = Property(str, lambda self: self._value(), notify=selectedChanged)
    selectedModels = Property(list, lambda self: self._models(), notify=selectedChanged)
    accessibleText = Property(str, lambda self: self._spoken(), notify=selectedChanged)

    @property
    def day(self) -> date | None:
        """The single day that is pinned, None for none."""
        bar = self._chart.bars[self._pinned] if self._pinned >= 0 else None
        return bar.first if bar is not None and bar.first == bar.last else None

    def show(self, report: CostReport) -> None:
        """Show a report; the bar that is pinned stays while its day does."""
        if report is self._report:
            return
        day = self.day
        self._report, self._chart = report, present_cost_chart(report)
        places = {bar.last: place for place, bar in enumerate(self._chart.bars) if day is not None}
        self._pinned = places.get(day, self._latest()) if day is not None else self._latest()
        self._hovered = -1
        self._fill()
        self.changed.emit()
        self.selectedChanged.emit()

    @Slot(int)
    def choose(self, unit: int) -> None:
        """Draw cost (0) or tokens (1)."""
        if 0 <= unit < len(UNITS) and unit != self._unit:
            self._unit = unit
            self._fill()
            self.unitChanged.emit()
            self.changed.emit()

    @Slot(int)
    def hover(self, place: int) -> None:
        """The pointer is over a bar; -1 is over none."""
        self._look(self._pinned, self._bounded(place))

    @Slot(int)
    def pin(self, place: int) -> None:
        """Stay at a bar."""
        self._look(self._bounded(place), self._bounded(place) if self._hovered >= 0 else -1)

    @Slot(int)
    def step(self, step: int) -> None:
        """Stay at the bar some places on."""
        last = len(self._chart.bars) - 1
        self._look(last if self._pinned < 0 else max(0, min(last, self._pinned + step)), -1)

    def _look(self, pinned: int, hovered: int) -> None:
        if (pinned, hovered) != (self._pinned, self._hovered):
            self._pinned, self._hovered = pinned, hovered
            self.selectedChanged.emit()

    def _bounded(self, place: int) -> int:
        return place if 0 <= place < len(self._chart.bars) else -1

    def _place(self) -> int:
        return self._hovered if self._hovered >= 0 else self._pinned

    def _latest(self) -> int:
        bars = self._chart.bars
        return max((place for place, bar in enumerate(bars) if bar.token_share > 0), default=-1)

    def _fill(self) -> None:
        peak = self._chart.token_peak if self._unit else self._chart.cost_peak
        self._bars.put([self._item(bar, place == peak) for place, bar in enumerate(self._chart.bars)])

    def _item(self, bar: ChartBarState, is_peak: bool) -> CostBarItem:
        share = bar.token_share if self._unit else bar.cost_share
        spoken = f"{bar.label}, {bar.cost_text}, {bar.token_text}"
        return CostBarItem(bar.last.isoformat(), share, is_peak, f"{spoken}, the highest" if is_peak else spoken)

    def _bar(self) -> ChartBarState | None:
        place = self._place()
        return self._chart.bars[place] if place >= 0 else None

    def _scale(self) -> tuple[str, str, str]:
        return self._chart.token_scale if self._unit else self._chart.cost_scale

    def _label(self, place: int) -> str:
        return self._chart.bars[place].label if self._chart.bars else ""

    def _of_bar(self, name: str) -> str:
        bar = self._bar()
        return "" if bar is None else str(getattr(bar, name))

    def _value(self) -> str:
        bar = self._bar()
        return "" if bar is None else f"{bar.cost_text} · {bar.token_text}"

    def _models(self) -> list[str]:
        bar = self._bar()
        return [] if bar is None else list(bar.models)

    def _spoken(self) -> str:
        bar = self._bar()
        if bar is None:
            return self._chart.total_text
        return ", ".join((bar.label, self._value(), *bar.models))
