"""Every file of the QML module on its own, and the popup as a whole. A warning from Qt or QML fails a test."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import pytest
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtQml import QQmlComponent, QQmlExpression, qmlContext
from PySide6.QtQuick import QQuickItem, QQuickWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from codexbar_qt.core.card_state import ChartBar, DetailBlock, DetailLine, MoneyBlock, WindowRow
from codexbar_qt.core.spend_tab import SPEND_TAB
from codexbar_qt.ui.card_model import CardModel
from codexbar_qt.ui.contact_states import scenes
from codexbar_qt.ui.cost_scene import sample_block
from codexbar_qt.ui.cost_section_model import CostSectionModel
from codexbar_qt.ui.qml_engine import QmlLoadError, create_object, qml_folder
from codexbar_qt.ui.spend_tab_model import SpendTabModel
from codexbar_qt.ui.theme import SystemLook, ThemeModel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from PySide6.QtQml import QQmlEngine
    from pytestqt.qtbot import QtBot

    from codexbar_qt.core.card_state import CardState
    from codexbar_qt.ui.popup_model import PopupModel

MODULE = qml_folder() / "CodexBar"
FILES = sorted(MODULE.glob("*.qml"))
ROW = {"label": "Session", "valueText": "72% left", "accessibleText": "Session, 72% left"}
CHART: dict[str, object] = {"shares": [0.1, 1.0, 0.4], "color": "#ff0000"}
REQUIRED: dict[str, dict[str, object]] = {
    "BarChart": CHART,
    "Chart": {
        **CHART,
        "title": "Spend",
        "peakText": "$3",
        "firstLabel": "Mon",
        "lastLabel": "Wed",
        "isLine": True,
        "accessibleText": "Spend",
    },
    "DetailRow": {
        **ROW,
        "kind": "chart",
        "secondaryText": "",
        "firstLabel": "",
        "lastLabel": "",
        "meter": -1,
        "shares": [1.0],
        "isLine": False,
        "index": 0,
    },
    "Icon": {"name": "refresh"},
    "LineChart": CHART,
    "Meter": {"value": 40},
    "MoneyRow": {
        "title": "Credits",
        "leftText": "5 left",
        "rightText": "of 10",
        "moreText": "",
        "accessibleText": "5",
        "fill": 50,
    },
    "CostBars": {"color": "#ff0000"},
    "CostChart": {"color": "#ff0000"},
    "ProviderIcon": {"name": "no-such-drawing"},
    "SegmentedChoice": {"labels": ["Cost", "Tokens"], "current": 1, "name": "Chart shows"},
    "Tab": {
        "label": "Alpha",
        "icon": "alpha",
        "iconFolder": "providers",
        "accessibleText": "Alpha",
        "barColor": "#ff0000",
        "strip": 40,
        "failed": True,
    },
    "WindowRow": {**ROW, "resetText": "Resets in 2h", "detailText": "40/100", "fill": 72, "spent": False},
}
NEEDS_CARD = {"Card", "CardBody", "CardHeader", "CardLinks"}
NEEDS_CHART = {"CostBars", "CostChart"}
NEEDS_COST = {"CostSection"}
NEEDS_POPUP = {"PopupActions", "PopupCards", "PopupContent", "PopupLinks"}
LITERAL = re.compile(
    r"#[0-9a-fA-F]{3,8}\b|\b(?:width|height|spacing|radius|duration|pixelSize|size|\w*[mM]argins?|\w*[pP]adding)\s*:\s*-?[1-9]"
)


@pytest.fixture
def window(engine: QQmlEngine, model: PopupModel) -> Iterator[QQuickWindow]:
    shown = _show(engine, model)
    yield shown
    _destroy(shown)


@pytest.fixture
def right_to_left(qapp: QApplication) -> Iterator[None]:
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    yield
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def _show(engine: QQmlEngine, model: PopupModel, **properties: object) -> QQuickWindow:
    model.opened()
    made = create_object(engine, qml_folder() / "windows" / "PopupWindow.qml", {"popup": model, **properties})
    assert isinstance(made, QQuickWindow)
    made.show()
    made.requestActivate()
    assert QTest.qWaitForWindowActive(made)
    QApplication.processEvents()
    return made


def _destroy(item: QObject) -> None:
    item.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _items(root: QQuickItem) -> list[QQuickItem]:
    found = [root]
    for child in root.childItems():
        found.extend(_items(child))
    return found


def _kind(item: QQuickItem) -> str:
    return item.metaObject().className().split("_QML")[0]


def _visible(window: QQuickWindow, kind: str) -> list[QQuickItem]:
    return [item for item in _items(window.contentItem()) if _kind(item) == kind and item.isVisible()]


def _attached(item: QQuickItem, expression: str) -> Any:
    context = qmlContext(item)
    assert context is not None
    return QQmlExpression(context, item, expression).evaluate()[0]


def _texts(window: QQuickWindow) -> list[str]:
    return [str(item.property("text")) for item in _visible(window, "Label")]


def _geometry(window: QQuickWindow) -> dict[int, tuple[str, QPointF, float, float]]:
    return {
        place: (_kind(item), item.mapToScene(QPointF(0, 0)), item.width(), item.height())
        for place, item in enumerate(_items(window.contentItem()))
    }


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_file_loads_alone(
    file: Path, engine: QQmlEngine, theme: ThemeModel, model: PopupModel, card: Callable[..., CardState]
) -> None:
    if file.stem == "Theme":
        assert engine.singletonInstance("CodexBar", "Theme") is not None
        return
    properties = dict(REQUIRED.get(file.stem, {}))
    owner = CardModel(card(), theme)
    if file.stem in NEEDS_CARD:
        properties["card"] = owner
    section = CostSectionModel(sample_block("claude"), theme)
    section.toggle()
    if file.stem in NEEDS_CHART:
        properties["chart"] = section.property("chart")
    if file.stem in NEEDS_COST:
        properties["cost"] = section
    if file.stem == "SpendCard":
        properties["spend"] = SpendTabModel(theme)
    if file.stem in NEEDS_POPUP:
        model.opened()
        properties["popup"] = model
    made = create_object(engine, file, properties)
    QApplication.processEvents()
    _destroy(made)


def test_a_file_that_does_not_load_says_where(engine: QQmlEngine, tmp_path: Path) -> None:
    file = tmp_path / "Broken.qml"
    file.write_text("import QtQuick\nItem { widht: 3 }\n")
    with pytest.raises(QmlLoadError, match=r"Broken\.qml:2"):
        create_object(engine, file, {})


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_files_are_short_and_take_their_looks_from_the_theme(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 150
    if file.stem != "Theme":
        found = [line.strip() for line in text.splitlines() if LITERAL.search(line)]
        assert not found, found


def test_the_module_lists_every_file() -> None:
    listed = set(re.findall(r"^(?:singleton )?\w+ 1\.0 (\w+\.qml)$", (MODULE / "qmldir").read_text(), re.MULTILINE))
    assert {file.name for file in FILES} <= listed


@pytest.mark.parametrize("name", list(scenes()))
def test_every_state_can_be_shown(
    name: str, engine: QQmlEngine, theme: ThemeModel, new_model: Callable[[Any], PopupModel], new_scene: Any
) -> None:
    scene = scenes()[name]
    look = SystemLook(high_contrast=scene.high_contrast, font_pixels=scene.font_pixels, reduced_motion=True)
    theme.apply(look)
    popup = new_model(new_scene(scene))
    shown = _show(engine, popup)
    if scene.spend is not None:
        popup.select_provider(SPEND_TAB)
    if scene.opens_cost:
        popup.open_costs()
        shown.grabWindow()
        assert _visible(shown, "CostChart")
    assert shown.width() >= 320
    for item in _items(shown.contentItem()):
        if item.isVisible() and _kind(item) in {"Label", "Meter", "TextButton", "IconButton"}:
            right = item.mapToScene(QPointF(item.width(), 0)).x()
            if not any(_kind(parent) == "TabBar" for parent in _parents(item)):
                assert right <= shown.width() + 0.5, (item, item.property("text"))
    _destroy(shown)


def _parents(item: QQuickItem) -> list[QQuickItem]:
    parent = cast("QQuickItem | None", item.parentItem())
    return [] if parent is None else [parent, *_parents(parent)]


def test_a_change_of_one_percent_moves_nothing_but_the_bar(
    window: QQuickWindow, session: Any, card: Callable[..., CardState]
) -> None:
    before = _geometry(window)
    session.show(card("alpha", left=71))
    QApplication.processEvents()
    after = _geometry(window)
    assert "71% left" in _texts(window)
    moved = [place for place, item in before.items() if after[place] != item]
    items = _items(window.contentItem())
    parents = {_kind(items[place].parentItem()) for place in moved}
    assert moved
    assert parents == {"Meter"}


def test_a_bar_runs_to_its_new_value(
    engine: QQmlEngine, theme: ThemeModel, model: PopupModel, session: Any, card: Callable[..., CardState], qtbot: QtBot
) -> None:
    theme.apply(replace(theme.look, reduced_motion=False))
    window = _show(engine, model)
    lane = next(item for item in _visible(window, "Meter") if item.property("animated"))
    fill = lane.childItems()[1]
    assert fill.width() == pytest.approx(lane.width() * 0.72, abs=1)
    session.show(card("alpha", left=10))
    QApplication.processEvents()
    assert fill.width() > lane.width() * 0.15
    qtbot.waitUntil(lambda: fill.width() == pytest.approx(lane.width() * 0.10, abs=1))
    assert lane in _visible(window, "Meter")
    _destroy(window)


def test_switching_tabs_shows_the_other_card_at_once(window: QQuickWindow, model: PopupModel) -> None:
    QTest.keyClick(window, Qt.Key.Key_Right)
    QApplication.processEvents()
    assert model.property("selectedIndex") == 1
    assert [item.property("selected") for item in _visible(window, "Tab")] == [False, True, False]
    assert "Beta" in _texts(window)


def test_a_click_on_a_tab_selects_it(window: QQuickWindow, model: PopupModel) -> None:
    tab = _visible(window, "Tab")[2]
    middle = tab.mapToScene(QPointF(tab.width() / 2, tab.height() / 2)).toPoint()
    QTest.mouseClick(window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)
    assert model.property("selectedIndex") == 2


def test_everything_can_be_reached_by_keyboard(window: QQuickWindow) -> None:
    reached = []
    for _ in range(12):
        QTest.keyClick(window, Qt.Key.Key_Tab)
        item = window.activeFocusItem()
        reached.append(_attached(item, "Accessible.name"))
        rings = [ring for ring in _items(item) if _kind(ring) == "FocusRing"]
        assert [ring.isVisible() for ring in rings] == [True], reached
    assert set(reached) == {"Alpha, 72%", "Refresh", "Settings…", "Quit"}
    QTest.keyClick(window, Qt.Key.Key_Down)
    assert window.activeFocusItem() is not None


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_the_keyboard_presses_buttons(window: QQuickWindow, session: Any, key: Qt.Key) -> None:
    QTest.keyClick(window, Qt.Key.Key_Tab)
    QTest.keyClick(window, Qt.Key.Key_Down)
    QTest.keyClick(window, key)
    assert ("refresh", None) in session.asked


def test_no_ring_before_the_keyboard_is_used(window: QQuickWindow) -> None:
    assert _visible(window, "FocusRing") == []


def test_everything_is_spoken(
    engine: QQmlEngine, new_session: Any, new_model: Callable[[Any], PopupModel], card: Callable[..., CardState]
) -> None:
    chart = (ChartBar("Mon", "$1", 0.5), ChartBar("Tue", "$2", 1.0))
    session = new_session(
        card(
            details=(DetailBlock("Models", (DetailLine("Large", "5", "", 50),), "Spend", "bars", chart),),
            credits=MoneyBlock("Credits", "5 left", "of 10", 50),
            subtitle_kind="error",
            subtitle="No connection.",
            error_text="No connection.",
        ),
        card("beta"),
    )
    window = _show(engine, new_model(session))
    for kind in ("Meter", "Tab", "ActionRow", "IconButton", "TextButton", "Chart"):
        for item in _visible(window, kind):
            if not _attached(item, "Accessible.ignored"):
                assert _attached(item, "Accessible.name"), kind
                assert _attached(item, "Accessible.role"), kind
    lane = next(item for item in _visible(window, "Meter") if not _attached(item, "Accessible.ignored"))
    assert _attached(lane, "Accessible.name") == "Session 72% left"
    assert _attached(lane, "Accessible.role === Accessible.ProgressBar") is True
    assert [lane.property(name) for name in ("minimumValue", "value", "maximumValue")] == [0, 72, 100]
    assert _attached(_visible(window, "Tab")[0], "Accessible.selected") is True
    _destroy(window)


def test_cards_of_one_provider_are_stacked_and_share_their_pages(
    engine: QQmlEngine, new_model: Callable[[Any], PopupModel], new_session: Any
) -> None:
    model = new_model(new_session(*scenes()["parts-of-an-account"].cards))
    window = _show(engine, model)
    cards = _visible(window, "Card")
    assert [text for text in _texts(window) if text in ("Personal", "Example Works")] == ["Personal", "Example Works"]
    assert len(_visible(window, "CardLinks")) == 1
    tops = [item.mapToScene(QPointF(0, 0)).y() for item in cards]
    assert tops[1] > tops[0] + cards[0].height()
    copy = next(item for item in _visible(window, "IconButton") if item.property("text") == "Copy error")
    middle = copy.mapToScene(QPointF(copy.width() / 2, copy.height() / 2)).toPoint()
    QTest.mouseClick(window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)
    assert model.property("copiedError") == 1
    assert copy.property("text") == "Copied"
    _destroy(window)


def test_one_provider_needs_no_switcher(
    engine: QQmlEngine, new_session: Any, new_model: Callable[[Any], PopupModel], card: Callable[..., CardState]
) -> None:
    window = _show(engine, new_model(new_session(card())))
    assert _visible(window, "Tab") == []
    _destroy(window)


def test_the_cards_scroll_and_the_actions_stay(
    engine: QQmlEngine, new_session: Any, new_model: Callable[[Any], PopupModel], card: Callable[..., CardState]
) -> None:
    rows = tuple(WindowRow(f"r{n}", f"Lane {n}", "5% left", 5, "Resets in 2h") for n in range(40))
    window = _show(engine, new_model(new_session(card(rows=rows), card("beta"))), maximumContentHeight=500)
    assert window.height() == 500
    actions = _visible(window, "ActionRow")
    bottoms = [item.mapToScene(QPointF(0, item.height())).y() for item in actions]
    assert max(bottoms) <= 500
    area = _visible(window, "ScrollArea")[0]
    assert float(area.property("contentHeight")) > area.height()
    _destroy(window)


@pytest.mark.usefixtures("right_to_left")
def test_right_to_left_mirrors(engine: QQmlEngine, model: PopupModel) -> None:
    window = _show(engine, model)
    tabs = _visible(window, "Tab")
    assert tabs[0].mapToScene(QPointF(0, 0)).x() > tabs[1].mapToScene(QPointF(0, 0)).x()
    lane = next(item for item in _visible(window, "Meter") if item.property("animated"))
    fill = lane.childItems()[1]
    assert fill.x() + fill.width() == pytest.approx(lane.width())
    refresh = next(item for item in _visible(window, "Label") if item.property("text") == "Refresh")
    assert _attached(refresh, "effectiveHorizontalAlignment === Text.AlignRight") is True
    QTest.keyClick(window, Qt.Key.Key_Left)
    assert model.property("selectedIndex") == 1
    _destroy(window)


def test_a_component_that_is_misused_is_noticed(engine: QQmlEngine) -> None:
    component = QQmlComponent(engine, str(MODULE / "Meter.qml"))
    assert component.createWithInitialProperties({}) is None or component.isError()
