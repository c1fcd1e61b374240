from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel

from codexbar_qt.core.card_state import CardState, ChartBar, DetailBlock, DetailLine, MoneyBlock, WindowRow
from codexbar_qt.ui.card_list_model import CardListModel
from codexbar_qt.ui.card_model import CardModel
from codexbar_qt.ui.row_model import NO_BAR, detail_items, drawn, money_items, window_items
from codexbar_qt.ui.theme import SystemLook, ThemeModel

if TYPE_CHECKING:
    from PySide6.QtQml import QQmlEngine
    from pytestqt.qtbot import QtBot

MakeCard = Callable[..., CardState]


class Listener:
    """Notes every notify signal of a card model and every change of its rows."""

    def __init__(self, model: CardModel) -> None:
        self.heard: list[str] = []
        names = [name.removesuffix("Changed") for name in vars(CardModel) if name.endswith("Changed")]
        assert len(names) > 10
        for name in names:
            getattr(model, f"{name}Changed").connect(partial(self.heard.append, name))
        rows = model.property("rows")
        assert isinstance(rows, QAbstractListModel)
        rows.rowsInserted.connect(lambda *_: self.heard.append("inserted"))
        rows.rowsRemoved.connect(lambda *_: self.heard.append("removed"))
        rows.modelReset.connect(lambda: self.heard.append("reset"))
        rows.dataChanged.connect(lambda first, *_: self.heard.append(f"row {first.row()}"))


def test_equal_states_are_silent(theme: ThemeModel, card: MakeCard) -> None:
    model = CardModel(card(), theme)
    listener = Listener(model)
    model.apply(card())
    assert listener.heard == []


def test_only_what_changed_is_announced(theme: ThemeModel, card: MakeCard) -> None:
    model = CardModel(card(), theme)
    listener = Listener(model)
    model.apply(card(subtitle="Updated 1m ago"))
    assert listener.heard == ["subtitle"]
    assert model.property("subtitle") == "Updated 1m ago"


def test_a_new_value_moves_the_bar_that_is_there(theme: ThemeModel, card: MakeCard) -> None:
    model = CardModel(card(left=72), theme)
    listener = Listener(model)
    model.apply(card(left=71))
    assert listener.heard == ["row 0"]


def test_a_new_lane_leaves_the_others_alone(theme: ThemeModel, card: MakeCard) -> None:
    state = card()
    model = CardModel(state, theme)
    listener = Listener(model)
    model.apply(replace(state, rows=(WindowRow("day", "Day", "5% left", 5), *state.rows)))
    assert listener.heard == ["inserted"]
    model.apply(state)
    assert listener.heard == ["inserted", "removed"]


def test_failure_shows_beside_the_numbers(theme: ThemeModel, card: MakeCard) -> None:
    model = CardModel(card(), theme)
    listener = Listener(model)
    model.apply(
        card(
            subtitle="No connection.",
            subtitle_kind="error",
            error_text="No connection.",
            stale=True,
            fix_label="Try again",
            fix_action="refresh",
        )
    )
    assert sorted(listener.heard) == ["failed", "stale", "subtitle"]
    assert model.property("fixLabel") == ""
    model.apply(
        card(rows=(), subtitle="No connection.", subtitle_kind="error", fix_label="Try again", fix_action="refresh")
    )
    assert model.property("fixLabel") == "Try again"
    assert model.property("hasContent") is False


def test_a_failure_that_needs_the_settings_always_has_its_button(theme: ThemeModel, card: MakeCard) -> None:
    model = CardModel(card(subtitle_kind="error", fix_label="Open settings", fix_action="settings"), theme)
    assert model.property("fixLabel") == "Open settings"


def test_links_are_https_only(theme: ThemeModel, card: MakeCard) -> None:
    model = CardModel(card(dashboard_url="https://example.com", status_url="http://example.com"), theme)
    assert (model.property("hasDashboard"), model.property("hasStatusPage")) == (True, False)


def test_the_bar_color_follows_the_theme(engine: QQmlEngine, theme: ThemeModel, card: MakeCard, qtbot: QtBot) -> None:
    model = CardModel(card(color="#FF9900"), theme)
    on_light = model.property("barColor")
    with qtbot.waitSignal(model.barColorChanged):
        theme.apply(SystemLook(dark=True))
    assert (on_light != "#ff9900", model.property("barColor")) == (True, "#ff9900")


def test_a_list_keeps_the_model_of_an_account(theme: ThemeModel, card: MakeCard) -> None:
    cards = CardListModel(theme)
    cards.show([card("alpha"), card("beta")])
    first = cards.card(card("alpha").key)
    cards.show([card("beta"), card("alpha", left=5)])
    assert cards.card(card("alpha").key) is first
    assert [record.card.property("name") for record in cards.records] == ["Beta", "Alpha"]
    cards.show([card("beta")])
    assert cards.card(card("alpha").key) is None
    assert cards.rowCount() == 1


def test_slivers_are_drawn_as_empty_or_full() -> None:
    assert [drawn(value) for value in (None, 0, 0.49, 0.5, 99.4, 99.5, 100)] == [NO_BAR, 0, 0, 0.5, 99.4, 100, 100]


def test_repeated_ids_are_told_apart(card: MakeCard) -> None:
    row = WindowRow("extra", "Extra", "1% left", 1)
    assert [item.row_id for item in window_items(card(rows=(row, row)))] == ["extra", "extra#2"]


def test_spoken_text_includes_the_detail_line(card: MakeCard) -> None:
    row = WindowRow("week", "Weekly", "41% left", 41, detail_text="82/200 requests", accessible_text="Weekly, 41% left")
    assert window_items(card(rows=(row,)))[0].accessible_text == "Weekly, 41% left, 82/200 requests"


def test_details_become_headings_lines_and_charts(card: MakeCard) -> None:
    bars = (ChartBar("Mon", "$1.00", 0.5), ChartBar("Tue", "$2.00", 1.0))
    block = DetailBlock(
        "Models", (DetailLine("Large", "10", "$1", 50), DetailLine("Large", "11")), "Spend", "line", bars
    )
    items = detail_items(card(details=(block, DetailBlock("", (DetailLine("A", "1"),)))))
    assert [item.kind for item in items] == ["title", "line", "line", "chart", "line"]
    assert len({item.item_id for item in items}) == 5
    chart = items[3]
    assert (chart.shares, chart.is_line, chart.first_label, chart.last_label) == ([0.5, 1.0], True, "Mon", "Tue")
    assert chart.accessible_text == "Spend, 2 values from Mon to Tue, highest $2.00 at Tue, latest $2.00"
    assert items[1].meter == 50
    assert items[2].meter == NO_BAR


def test_money_blocks_in_their_order(card: MakeCard) -> None:
    state = card(
        cost=MoneyBlock("Cost", "Today: $1"),
        credits=MoneyBlock("Credits", "5 left", "of 10", 50, ("Second", "Third")),
    )
    items = money_items(state)
    assert [item.item_id for item in items] == ["credits", "cost"]
    assert (items[0].more_text, items[0].fill, items[1].fill) == ("Second\nThird", 50, NO_BAR)
    assert items[0].accessible_text == "Credits, 5 left, of 10, Second, Third"
