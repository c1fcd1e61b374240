"""Usage & Spend in the open window: mouse and keys, both directions, and the save dialog."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtQml import QQmlExpression, qmlContext
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from codexbar_qt.core.cost_state import CostState, StillCosts
from codexbar_qt.ui.cost_scene import first_scan, sample_rows, sample_state
from codexbar_qt.ui.save_dialog import ask_where
from codexbar_qt.ui.settings_window import SettingsWindow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtQuick import QQuickItem, QQuickWindow

    from tests.ui.settings.conftest import World


class Desk:
    """The open window on the pane."""

    def __init__(self, world: World, settings: SettingsWindow) -> None:
        self.world, self.settings = world, settings

    @property
    def window(self) -> QQuickWindow:
        assert self.settings.window is not None
        return self.settings.window

    def items(self, kind: str) -> list[QQuickItem]:
        self.window.grabWindow()
        return [item for item in below(self.window.contentItem()) if kind_of(item) == kind]

    def item(self, kind: str) -> QQuickItem:
        return self.items(kind)[0]

    def button(self, name: str) -> QQuickItem:
        self.window.grabWindow()
        items = below(self.window.contentItem())
        return next(item for item in items if item.property("accessibleName") == name)

    def press(self, name: str) -> None:
        self.button(name).forceActiveFocus(Qt.FocusReason.TabFocusReason)
        self.key(Qt.Key.Key_Space)

    def key(self, key: Qt.Key) -> None:
        QTest.keyClick(self.window, key)

    def texts(self) -> list[str]:
        self.window.grabWindow()
        return [str(item.property("text")) for item in below(self.window.contentItem()) if item.property("text")]


def below(item: QQuickItem) -> list[QQuickItem]:
    return [one for child in item.childItems() if child.isVisible() for one in (child, *below(child))]


def kind_of(item: QQuickItem) -> str:
    return item.metaObject().className().split("_QML")[0]


def spoken(item: QQuickItem) -> str:
    context = qmlContext(item)
    assert context is not None
    return str(QQmlExpression(context, item, "Accessible.name").evaluate()[0])


@pytest.fixture
def costs(world: World, monkeypatch: pytest.MonkeyPatch) -> StillCosts:
    fake = StillCosts(sample_state("codex", "claude"), sample_rows(500))
    monkeypatch.setattr(type(world.session), "costs", property(lambda _: fake))
    return fake


@pytest.fixture
async def desk(world: World, costs: StillCosts) -> Any:
    settings = SettingsWindow(world.session, world.theme)
    settings.open(pane="spend")
    made = Desk(world, settings)
    made.window.resize(900, 1500)
    assert QTest.qWaitForWindowActive(made.window)
    yield made
    settings.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def right_to_left(qapp: QApplication) -> Iterator[None]:
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    yield
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


async def test_the_window_opens_on_the_pane(desk: Desk) -> None:
    assert desk.settings.model is not None
    assert desk.settings.model.pane == "spend"
    assert "Estimated from local logs · may differ from your bill" in desk.texts()


async def test_a_span_is_chosen_with_the_keyboard(desk: Desk) -> None:
    desk.press("Days, 7d")
    assert "Est. total (Last 7 days): " in " ".join(desk.texts())
    assert "7 of 7 days" in desk.texts()


async def test_the_rows_of_a_day_are_opened_and_walked(desk: Desk) -> None:
    desk.press("Why this number?")
    await desk.world.until(lambda: "Requests of Jan 8" in desk.texts())
    lines = desk.items("DayRow")
    # Of 500 requests only those in view exist.
    assert 0 < len(lines) < 40
    assert spoken(lines[0]).startswith("04:40:00, claude-opus-4-5, $0.0444, 12 input · 340 output")
    assert "500 requests. " in " ".join(desk.texts())
    desk.press("Hide requests")
    assert not desk.items("DayRow")


async def test_the_heat_map_answers_to_arrows_and_pointer(desk: Desk) -> None:
    grid = next(item for item in below(desk.item("HeatMap")) if spoken_or(item).startswith("Monday, 09:00"))
    grid.forceActiveFocus(Qt.FocusReason.TabFocusReason)
    desk.key(Qt.Key.Key_Right)
    assert spoken(grid).startswith("Monday, 10:00: ")
    desk.key(Qt.Key.Key_Down)
    desk.key(Qt.Key.Key_Left)
    assert spoken(grid).startswith("Tuesday, 09:00: ")
    desk.key(Qt.Key.Key_Up)
    assert spoken(grid).startswith("Monday, 09:00: ")
    desk.window.grabWindow()
    QTest.mouseMove(desk.window, grid.mapToScene(QPoint(round(grid.width()) - 36, 5)).toPoint())
    await desk.world.until(lambda: spoken(grid).startswith("Monday, 23:00: "))


def spoken_or(item: QQuickItem) -> str:
    try:
        return spoken(item)
    except AssertionError:
        return ""


@pytest.mark.usefixtures("right_to_left")
async def test_from_right_to_left_the_arrows_turn_round(desk: Desk) -> None:
    bars = desk.item("CostBars")
    bars.forceActiveFocus(Qt.FocusReason.TabFocusReason)
    desk.key(Qt.Key.Key_Right)
    assert spoken(bars).startswith("Jan 7")


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (CostState(), "Cost tracking is off"),
        (first_scan(), "312 of 900 files · 121 of 600 MB"),
        (sample_state(), "No use was found in the logs of Claude Code and Codex for these days."),
        (CostState(is_on=True, error="It failed."), "It failed."),
        (sample_state("claude", unknown=True), "example-preview-7"),
    ],
)
async def test_every_state_says_what_it_is(world: World, costs: StillCosts, state: CostState, text: str) -> None:
    costs.state = state
    settings = SettingsWindow(world.session, world.theme)
    settings.open(pane="spend")
    desk = Desk(world, settings)
    assert text in desk.texts()
    settings.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


async def test_the_switch_of_the_pane_turns_it_on(world: World, costs: StillCosts) -> None:
    costs.state = CostState()
    settings = SettingsWindow(world.session, world.theme)
    settings.open(pane="spend")
    desk = Desk(world, settings)
    assert QTest.qWaitForWindowActive(desk.window)
    desk.press("Show cost summary")
    await world.until(lambda: world.session.preferences.token_cost_usage_enabled)
    settings.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


async def test_the_save_dialog_is_asked_and_does_not_wait(world: World, tmp_path: Path) -> None:
    chosen: list[Path] = []
    ask_where("spend-2030-01-08-30d.csv", chosen.append)
    dialog = next(one for one in QApplication.topLevelWidgets() if isinstance(one, QFileDialog))
    assert chosen == []
    assert dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    assert dialog.defaultSuffix() == "csv"
    assert [path.rsplit("/", 1)[-1] for path in dialog.selectedFiles()] == ["spend-2030-01-08-30d.csv"]
    dialog.fileSelected.emit(str(tmp_path / "a.csv"))
    dialog.reject()
    assert chosen == [tmp_path / "a.csv"]
    await world.until(lambda: not any(isinstance(one, QFileDialog) for one in QApplication.topLevelWidgets()))
