"""The cost part of a card: its model, its chart, and both under the pointer and the keyboard."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QAbstractListModel, QEvent, QObject, QPoint, Qt
from PySide6.QtQml import QQmlExpression, qmlContext
from PySide6.QtQuick import QQuickItem, QQuickWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from codexbar_qt.ui.card_model import CardModel
from codexbar_qt.ui.cost_chart_model import CostChartModel
from codexbar_qt.ui.cost_scene import first_scan_block, sample_block, sample_report
from codexbar_qt.ui.cost_section_model import CostSectionModel
from codexbar_qt.ui.qml_engine import create_object, qml_folder
from codexbar_qt.ui.theme import SystemLook, ThemeModel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtQml import QQmlEngine

    from codexbar_qt.core.card_state import CardState
    from codexbar_qt.ui.popup_model import PopupModel


# Models


def test_the_chart_begins_at_the_latest_day_with_use() -> None:
    chart = CostChartModel(sample_report("claude", 30))
    assert chart.selectedLabel == "Jan 8"
    assert chart.selectedValue == "$46.00 · 30M tokens"
    assert chart.selectedModels[0] == "claude-opus-4-5 $30.00 · 8.5M"
    assert chart.day == date(2030, 1, 8)
    assert (chart.firstLabel, chart.lastLabel) == ("Dec 10", "Jan 8")
    assert chart.scale == ["$0", "$40.25", "$80.50"]


def test_hovering_looks_and_pinning_stays() -> None:
    chart = CostChartModel(sample_report("claude", 30))
    chart.hover(0)
    assert (chart.selectedLabel, chart.day) == ("Dec 10", date(2030, 1, 8))
    chart.hover(-1)
    assert chart.selectedLabel == "Jan 8"
    chart.pin(0)
    assert chart.day == date(2029, 12, 10)
    chart.step(-1)
    assert chart.selected == 0
    chart.step(1)
    assert chart.selectedLabel == "Dec 11"
    chart.pin(99)
    assert (chart.selected, chart.selectedLabel, chart.selectedModels) == (-1, "", [])
    chart.step(-1)
    assert chart.selectedLabel == "Jan 8"


def test_cost_or_tokens() -> None:
    chart = CostChartModel(sample_report("claude", 30))
    bars = chart.bars
    assert isinstance(bars, QAbstractListModel)
    chart.choose(1)
    assert (chart.units[chart.unit], chart.scale[0]) == ("Tokens", "0")
    chart.choose(7)
    assert chart.unit == 1
    assert bars.rowCount() == 30


def test_the_highest_bar_says_so() -> None:
    chart = CostChartModel(sample_report("claude", 7, used_days=1))
    bars: Any = chart.bars
    assert [item.is_peak for item in bars.records] == [False] * 6 + [True]
    assert bars.records[-1].accessible_text == "Jan 8, $46.00, 30M tokens, the highest"


def test_another_report_keeps_the_pinned_day() -> None:
    chart = CostChartModel(sample_report("claude", 30))
    chart.pin(27)
    chart.show(sample_report("claude", 7))
    assert chart.day == date(2030, 1, 6)
    chart.show(sample_report("claude", 7, used_days=1))
    assert chart.day == date(2030, 1, 6)


def test_no_report_is_an_empty_chart() -> None:
    chart = CostChartModel()
    chart.step(1)
    assert (chart.count, chart.selected, chart.day, chart.firstLabel) == (0, -1, None, "")


def test_a_week_is_no_day() -> None:
    assert CostChartModel(sample_report("claude", 365)).day is None


def test_the_chart_is_made_when_it_is_opened(theme: ThemeModel) -> None:
    section = CostSectionModel(sample_block("claude"), theme)
    assert section.property("chart") is None
    section.toggle()
    chart = section.chart
    assert isinstance(chart, CostChartModel)
    section.toggle()
    assert not section.isOpen
    section.apply(replace(sample_block("claude", used_days=1), title="Cost"))
    assert chart.totalText == "Est. total (Last 30 days): $46.00 · 30M"


def test_a_first_scan_has_nothing_to_open(theme: ThemeModel) -> None:
    section = CostSectionModel(first_scan_block(), theme)
    section.toggle()
    assert not section.isOpen
    assert section.scanning
    assert section.progress == pytest.approx(20.23, abs=0.01)
    assert section.progressText == "312 of 900 files · 121 of 600 MB"


def test_equal_blocks_are_silent_and_colours_follow_the_theme(theme: ThemeModel, engine: QQmlEngine) -> None:
    section = CostSectionModel(sample_block("claude"), theme)
    heard: list[str] = []
    section.changed.connect(lambda: heard.append("changed"))
    section.barColorChanged.connect(lambda: heard.append("color"))
    section.apply(section.block)
    theme.apply(SystemLook(dark=True))
    assert heard == ["color"]


def test_a_card_gains_and_loses_its_cost(theme: ThemeModel, card: Callable[..., CardState]) -> None:
    model = CardModel(card(), theme)
    heard: list[None] = []
    model.costChanged.connect(lambda: heard.append(None))
    model.apply(card(local_cost=first_scan_block()))
    section = model.property("cost")
    assert isinstance(section, CostSectionModel)
    model.apply(card(local_cost=sample_block("claude")))
    assert model.property("cost") is section
    assert section.todayText == "Today: $46.00 · 30M tokens"
    model.apply(card())
    assert model.property("cost") is None
    assert len(heard) == 2


def test_cost_alone_is_content(theme: ThemeModel, card: Callable[..., CardState]) -> None:
    assert CardModel(card(rows=(), local_cost=sample_block("claude")), theme).property("hasContent")


# In the popup


@pytest.fixture
def popup(
    engine: QQmlEngine, new_session: Any, new_model: Callable[[Any], PopupModel], card: Callable[..., CardState]
) -> Iterator[QQuickWindow]:
    model = new_model(new_session(card(local_cost=sample_block("claude"))))
    model.opened()
    made = create_object(engine, qml_folder() / "windows" / "PopupWindow.qml", {"popup": model})
    assert isinstance(made, QQuickWindow)
    made.setProperty("maximumContentHeight", 1200)
    made.show()
    made.requestActivate()
    assert QTest.qWaitForWindowActive(made)
    made.grabWindow()
    yield made
    made.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def below(item: QQuickItem) -> list[QQuickItem]:
    return [one for child in item.childItems() if child.isVisible() for one in (child, *below(child))]


def find(window: QQuickWindow, kind: str) -> QQuickItem:
    window.grabWindow()
    items = below(window.contentItem())
    return next(item for item in items if item.metaObject().className().split("_QML")[0] == kind)


def attached(item: QObject, expression: str) -> object:
    context = qmlContext(item)
    assert context is not None
    return QQmlExpression(context, item, expression).evaluate()[0]


def open_chart(window: QQuickWindow) -> QQuickItem:
    head = next(one for one in below(find(window, "CostSection")) if one.property("accessibleName"))
    assert attached(head, "Accessible.name") == "Cost, show history"
    head.forceActiveFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(window, Qt.Key.Key_Return)
    assert attached(head, "Accessible.name") == "Cost, hide history"
    return find(window, "CostBars")


def test_the_keyboard_opens_the_chart_and_walks_along_it(popup: QQuickWindow) -> None:
    bars = open_chart(popup)
    bars.forceActiveFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(popup, Qt.Key.Key_Left)
    assert str(attached(bars, "Accessible.name")).startswith("Jan 7, $")
    QTest.keyClick(popup, Qt.Key.Key_Right)
    assert str(attached(bars, "Accessible.name")).startswith("Jan 8, $46.00 · 30M tokens, claude-opus-4-5")


def test_the_pointer_looks_at_bars_and_moves_nothing(popup: QQuickWindow) -> None:
    bars = open_chart(popup)
    height = popup.height()
    at = bars.mapToScene(QPoint(3, 40)).toPoint()
    QTest.mouseMove(popup, at)
    QTest.qWait(0)
    assert str(attached(bars, "Accessible.name")).startswith("Dec 10, $80.50")
    popup.grabWindow()
    assert popup.height() == height
    QTest.mouseMove(popup, QPoint(5, 5))
    QTest.qWait(0)
    assert str(attached(bars, "Accessible.name")).startswith("Jan 8")


def test_a_tap_stays_at_a_bar(popup: QQuickWindow) -> None:
    bars = open_chart(popup)
    QTest.mouseClick(popup, Qt.MouseButton.LeftButton, pos=bars.mapToScene(QPoint(3, 40)).toPoint())
    QTest.mouseMove(popup, QPoint(5, 5))
    QTest.qWait(0)
    assert str(attached(bars, "Accessible.name")).startswith("Dec 10")


def test_the_unit_is_chosen_by_a_press(popup: QQuickWindow) -> None:
    open_chart(popup)
    unit = find(popup, "SegmentedChoice")
    tokens = next(one for one in below(unit) if one.property("accessibleName") == "Chart shows, Tokens")
    tokens.forceActiveFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(popup, Qt.Key.Key_Space)
    assert unit.property("current") == 1
    assert attached(tokens, "Accessible.checked") is True
