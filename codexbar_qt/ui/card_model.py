"""One provider card as QML sees it: properties that speak up only when they really change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Property, QObject, Signal
from PySide6.QtQml import QJSEngine

from codexbar_qt.ui.cost_section_model import CostSectionModel
from codexbar_qt.ui.record_list_model import RecordListModel
from codexbar_qt.ui.row_model import DetailItem, MoneyItem, WindowItem, detail_items, money_items, window_items

if TYPE_CHECKING:
    from codexbar_qt.core.account import AccountKey
    from codexbar_qt.core.card_state import CardState
    from codexbar_qt.core.cost_block import CostBlock
    from codexbar_qt.ui.theme import ThemeModel


class CardModel(QObject):
    """Shows one `CardState` at a time. Its lists keep their rows by id, so a bar moves instead of being made anew."""

    nameChanged = Signal()
    iconChanged = Signal()
    barColorChanged = Signal()
    accountTextChanged = Signal()
    planTextChanged = Signal()
    subtitleChanged = Signal()
    failedChanged = Signal()
    staleChanged = Signal()
    loadingChanged = Signal()
    notesChanged = Signal()
    placeholderChanged = Signal()
    fixLabelChanged = Signal()
    hasContentChanged = Signal()
    hasDashboardChanged = Signal()
    hasStatusPageChanged = Signal()
    questionChanged = Signal()
    costChanged = Signal()

    def __init__(self, state: CardState, theme: ThemeModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        QJSEngine.setObjectOwnership(self, QJSEngine.ObjectOwnership.CppOwnership)
        self._theme = theme
        self._state = state
        self._shown = _shown(state)
        self._bar_color = theme.bar_color(state.color)
        self._question = ""
        self._rows = RecordListModel(WindowItem, lambda item: item.row_id)
        self._details = RecordListModel(DetailItem, lambda item: item.item_id)
        self._money = RecordListModel(MoneyItem, lambda item: item.item_id)
        self._cost: CostSectionModel | None = None
        self._fill_lists(state)
        theme.changed.connect(self._take_color)

    @property
    def key(self) -> AccountKey:
        """Whose card this is."""
        return self._state.key

    @property
    def state(self) -> CardState:
        """What is shown."""
        return self._state

    @property
    def cost_section(self) -> CostSectionModel | None:
        """The cost part, None without one."""
        return self._cost

    def apply(self, state: CardState) -> None:
        """Show `state`; equal parts stay silent."""
        if state == self._state:
            return
        before, after = self._shown, _shown(state)
        self._state, self._shown = state, after
        self._fill_lists(state)
        for name, value in after.items():
            if value != before[name]:
                getattr(self, f"{name}Changed").emit()
        self._take_color()

    def ask(self, question: str) -> None:
        """Ask whether a browser may be read; "" asks nothing."""
        if question != self._question:
            self._question = question
            self.questionChanged.emit()

    def _fill_lists(self, state: CardState) -> None:
        self._rows.put(window_items(state))
        self._details.put(detail_items(state))
        self._money.put(money_items(state))
        self._show_cost(state.local_cost)

    def _show_cost(self, block: CostBlock | None) -> None:
        if block is not None and self._cost is not None:
            self._cost.apply(block)
        elif block is not None or self._cost is not None:
            gone, self._cost = self._cost, None if block is None else CostSectionModel(block, self._theme)
            if self._cost is not None:
                self._cost.setParent(self)
            self.costChanged.emit()
            if gone is not None:
                gone.deleteLater()

    def _take_color(self) -> None:
        color = self._theme.bar_color(self._state.color)
        if color != self._bar_color:
            self._bar_color = color
            self.barColorChanged.emit()

    name = Property(str, lambda self: self._shown["name"], notify=nameChanged)
    icon = Property(str, lambda self: self._shown["icon"], notify=iconChanged)
    barColor = Property(str, lambda self: self._bar_color, notify=barColorChanged)
    accountText = Property(str, lambda self: self._shown["accountText"], notify=accountTextChanged)
    planText = Property(str, lambda self: self._shown["planText"], notify=planTextChanged)
    subtitle = Property(str, lambda self: self._shown["subtitle"], notify=subtitleChanged)
    failed = Property(bool, lambda self: self._shown["failed"], notify=failedChanged)
    stale = Property(bool, lambda self: self._shown["stale"], notify=staleChanged)
    loading = Property(bool, lambda self: self._shown["loading"], notify=loadingChanged)
    notes = Property(str, lambda self: self._shown["notes"], notify=notesChanged)
    placeholder = Property(str, lambda self: self._shown["placeholder"], notify=placeholderChanged)
    fixLabel = Property(str, lambda self: self._shown["fixLabel"], notify=fixLabelChanged)
    hasContent = Property(bool, lambda self: self._shown["hasContent"], notify=hasContentChanged)
    hasDashboard = Property(bool, lambda self: self._shown["hasDashboard"], notify=hasDashboardChanged)
    hasStatusPage = Property(bool, lambda self: self._shown["hasStatusPage"], notify=hasStatusPageChanged)
    question = Property(str, lambda self: self._question, notify=questionChanged)
    cost = Property(QObject, lambda self: self._cost, notify=costChanged)
    rows = Property(QObject, lambda self: self._rows, constant=True)
    details = Property(QObject, lambda self: self._details, constant=True)
    money = Property(QObject, lambda self: self._money, constant=True)


def _shown(state: CardState) -> dict[str, object]:
    money = (state.credits, state.extra_usage, state.cost, state.local_cost)
    has_content = bool(state.rows or state.details) or any(part is not None for part in money)
    return {
        "name": state.name,
        "icon": state.icon,
        "accountText": state.account_text,
        "planText": state.plan_text,
        "subtitle": state.subtitle,
        "failed": state.subtitle_kind == "error",
        "stale": state.stale,
        "loading": state.loading,
        "notes": "\n".join(state.notes),
        "placeholder": state.placeholder,
        # With numbers on the card, a failure that time heals needs no second refresh button.
        "fixLabel": state.fix_label if state.fix_action == "settings" or not has_content else "",
        "hasContent": has_content,
        "hasDashboard": is_web_page(state.dashboard_url),
        "hasStatusPage": is_web_page(state.status_url),
    }


def is_web_page(url: str) -> bool:
    """Whether a page may be opened in the browser: https only."""
    return url.startswith("https://")
