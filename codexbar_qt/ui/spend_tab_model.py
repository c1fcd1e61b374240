"""The Spend tab of the popup as QML sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from codexbar_qt.core.card_state import TabState
from codexbar_qt.core.spend_tab import SPEND_TAB, SpendTab
from codexbar_qt.ui.cost_section_model import CostSectionModel
from codexbar_qt.ui.record_list_model import RecordListModel
from codexbar_qt.ui.row_model import drawn
from codexbar_qt.ui.view_model import Property, ViewModel

if TYPE_CHECKING:
    from codexbar_qt.ui.theme import ThemeModel


@dataclass(frozen=True, slots=True)
class SpendRecord:
    """One source in the list."""

    cost: CostSectionModel


class SpendTabModel(ViewModel):
    """Shows one `SpendTab` at a time; a source keeps its model, and with it a chart that is open."""

    changed = Signal()

    def __init__(self, theme: ThemeModel) -> None:
        super().__init__()
        self._theme = theme
        self._tab = SpendTab()
        self._sections: dict[str, CostSectionModel] = {}
        self._blocks = RecordListModel(SpendRecord, lambda record: record.cost.block.source_id)

    blocks = Property(QObject, lambda self: self._blocks, constant=True)
    ageText = Property(str, lambda self: self._tab.age_text, notify=changed)
    hint = Property(str, lambda self: "\n".join(filter(None, (self._tab.note, self._tab.hint))), notify=changed)
    error = Property(str, lambda self: self._tab.error, notify=changed)
    scanning = Property(bool, lambda self: self._tab.is_scanning, notify=changed)
    progress = Property(float, lambda self: drawn(self._tab.progress), notify=changed)
    progressText = Property(str, lambda self: self._tab.progress_text, notify=changed)

    @property
    def sections(self) -> tuple[CostSectionModel, ...]:
        """The sources on show."""
        return tuple(record.cost for record in self._blocks.records)

    def show(self, tab: SpendTab) -> None:
        """Show another state; an equal one stays silent."""
        if tab == self._tab:
            return
        self._tab = tab
        gone = [self._sections.pop(name) for name in self._sections.keys() - {one.source_id for one in tab.blocks}]
        for block in tab.blocks:
            known = self._sections.get(block.source_id)
            if known is not None:
                known.apply(block)
            else:
                made = self._sections[block.source_id] = CostSectionModel(block, self._theme)
                made.setParent(self)
        self._blocks.put([SpendRecord(self._sections[block.source_id]) for block in tab.blocks])
        self.changed.emit()
        for section in gone:
            section.deleteLater()


def spend_tab_state(tab: SpendTab) -> TabState:
    """Return the tab in the switcher."""
    return TabState(SPEND_TAB, "Spend", "spend", "", None, failed=bool(tab.error), icon_folder="ui")
