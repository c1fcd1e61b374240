"""The window itself: opened, walked with the keyboard, dragged with the mouse, closed. Any Qt warning fails."""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from codexbar_qt.core.config_edit import add_account, set_enabled, set_field
from codexbar_qt.provider_api import AuthRejected
from codexbar_qt.ui.settings_window import SettingsWindow
from codexbar_qt.ui.theme import SystemLook

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from PySide6.QtQuick import QQuickItem, QQuickWindow

    from tests.ui.settings.conftest import World


class Desk:
    """The open window and ways to find and press things in it."""

    def __init__(self, world: World, settings: SettingsWindow) -> None:
        self.world, self.settings = world, settings

    @property
    def window(self) -> QQuickWindow:
        assert self.settings.window is not None
        return self.settings.window

    def items(self, kind: str) -> list[QQuickItem]:
        """Visible items of a QML type, in reading order of the tree."""
        return [item for item in _below(self.window.contentItem()) if item.metaObject().className().startswith(kind)]

    def item(self, kind: str, name: str = "") -> QQuickItem:
        """The visible item of a type whose label, text or accessible name is `name`."""
        found = [one for one in self.items(kind) if not name or name in _names(one)]
        assert found, f"no {kind} called {name!r}"
        return found[0]

    def line_of(self, name: str) -> QQuickItem:
        """The field in which an id of an account is written."""
        return next(one for one in _below(self.item("AccountIdLine", name)) if "LineField" in _kind(one))

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.window, key, modifier)

    def write(self, text: str) -> None:
        for letter in text:
            QTest.keyClick(self.window, letter)  # type: ignore[call-overload]  # the stubs forget this overload

    def click(self, item: QQuickItem) -> None:
        # What has just become visible lies where it belongs only once a frame was drawn.
        self.window.grabWindow()
        QTest.mouseClick(self.window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, self.centre(item))

    @staticmethod
    def centre(item: QQuickItem) -> QPoint:
        return item.mapToScene(QPoint(round(item.width() / 2), round(item.height() / 2))).toPoint()


def _below(item: QQuickItem) -> list[QQuickItem]:
    found = []
    for child in item.childItems():
        if child.isVisible():
            found += [child, *_below(child)]
    return found


def _names(item: QQuickItem) -> set[object]:
    return {item.property(name) for name in ("label", "text", "name", "accessibleName", "title", "placeholderText")}


def _kind(item: QQuickItem) -> str:
    return item.metaObject().className()


@pytest.fixture
async def desk(world: World) -> AsyncIterator[Desk]:
    settings = SettingsWindow(world.session, world.theme)
    settings.open()
    await world.until(lambda: settings.window is not None and settings.window.isActive())
    yield Desk(world, settings)
    settings.close()
    await _gone(settings)


async def _gone(settings: SettingsWindow) -> None:
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert not settings.is_loaded


async def test_every_page_shows_without_a_warning(desk: Desk) -> None:
    model = desk.settings.model
    assert model is not None
    for name in ("privacy", "advanced", "about", "general"):
        model.showPane(name)
        QApplication.processEvents()
        assert desk.item("", name.capitalize()).isVisible()
    for provider in ("alpha", "beta", "gamma"):
        desk.settings.open(provider)
        QApplication.processEvents()
        assert desk.item("ProviderPane").isVisible()


async def test_usage_and_error_appear_while_the_page_is_open(desk: Desk) -> None:
    world = desk.world
    await world.session.edit_config(lambda raw: set_enabled(raw, "alpha", True))
    desk.settings.open("alpha")
    key = world.session.active_key("alpha")
    world.session.store.succeed(key, world.snapshot, "api", world.clock.now())
    await world.until(lambda: len(desk.items("WindowRow")) == 2)
    assert desk.item("WindowRow", "Session").property("valueText") == "72% left"
    assert not any(item.property("title") == "Last error" for item in desk.items("LastError"))
    world.session.store.fail(key, AuthRejected("The login was refused. Sign in again."), world.clock.now())
    await world.until(lambda: desk.items("LastError"))
    told = "The login was refused. Sign in again. The numbers are from just now (api)."
    assert desk.item("Label", told).isVisible()


async def test_start_at_login_shows_what_an_installer_has_switched(desk: Desk) -> None:
    desk.settings.open(pane="general")
    await desk.world.until(lambda: not desk.item("ToggleSwitch", "Start at login").property("on"))
    desk.world.login.append(True)
    desk.settings.open()
    await desk.world.until(lambda: desk.item("ToggleSwitch", "Start at login").property("on"))


async def test_keyboard_reaches_every_control_and_comes_round(desk: Desk) -> None:
    desk.settings.open("alpha")
    QApplication.processEvents()
    desk.item("SearchField").forceActiveFocus(Qt.FocusReason.TabFocusReason)
    seen: list[str] = []
    for _ in range(60):
        focused = desk.window.activeFocusItem()
        assert focused is not None
        seen.append(focused.metaObject().className().split("_")[0])
        desk.key(Qt.Key.Key_Tab)
        if desk.window.activeFocusItem() is desk.item("SearchField"):
            break
    else:
        pytest.fail(f"Tab never came back: {seen}")
    sidebar = ["SearchField", *["NavItem"] * 5, "ProviderLine"]
    accounts = ["LineField", "LineField", "ToggleSwitch"]
    connection = ["Picker", "LineField", "LinkText", "LineField", "ToggleSwitch", *accounts]
    # Refresh is skipped while the provider is off, and so is Add while nothing is entered.
    rest = ["TextButton", "TextButton", "LineField", "LinkText", "LinkText"]
    assert seen == [*sidebar, "ToggleSwitch", *connection, *rest]


async def test_what_gets_the_focus_is_scrolled_into_view(desk: Desk) -> None:
    desk.settings.open("alpha")
    desk.window.setHeight(540)
    QApplication.processEvents()
    page = desk.item("ProviderPane")
    assert page.property("contentHeight") > page.height()
    last = desk.items("LinkText")[-1]
    last.forceActiveFocus(Qt.FocusReason.TabFocusReason)
    assert last.mapToItem(page, QPoint(0, 0)).y() + last.height() <= page.height()
    desk.items("ToggleSwitch")[0].forceActiveFocus(Qt.FocusReason.BacktabFocusReason)
    assert desk.items("ToggleSwitch")[0].mapToItem(page, QPoint(0, 0)).y() >= 0


async def test_switch_answers_space_and_click_and_follows_what_is_stored(desk: Desk) -> None:
    desk.settings.open("alpha")
    QApplication.processEvents()
    switch = desk.item("ToggleSwitch", "Alpha")
    switch.forceActiveFocus()
    desk.key(Qt.Key.Key_Space)
    assert switch.property("on") is False
    await desk.world.until(lambda: switch.property("on"))
    desk.click(switch)
    await desk.world.until(lambda: not switch.property("on"))
    assert desk.world.entry("alpha")["enabled"] is False


async def test_secret_leaves_the_field_and_cannot_be_brought_back(desk: Desk) -> None:
    desk.settings.open("alpha")
    QApplication.processEvents()
    field = desk.items("LineField")[0]
    field.forceActiveFocus()
    desk.write("test-key-1")
    assert field.property("text") == "test-key-1"
    assert field.property("displayText") != "test-key-1"
    desk.key(Qt.Key.Key_Return)
    assert field.property("text") == ""
    await desk.world.until(lambda: field.property("placeholderText") == "Saved")
    desk.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert field.property("text") == ""
    assert desk.world.entry("alpha")["apiKey"] == "test-key-1"
    desk.click(desk.item("WordButton", "Clear"))
    await desk.world.until(lambda: field.property("placeholderText") == "alpha-...")


async def test_secret_is_saved_when_the_focus_goes(desk: Desk) -> None:
    desk.settings.open("alpha")
    QApplication.processEvents()
    field = desk.items("LineField")[0]
    field.forceActiveFocus()
    desk.write("test-key-1")
    desk.key(Qt.Key.Key_Tab)
    await desk.world.until(lambda: desk.world.session.secret_state("alpha", "apiKey").stored)
    assert field.property("text") == ""


async def test_wrong_line_shows_why_and_esc_takes_it_back(desk: Desk) -> None:
    desk.settings.open("alpha")
    QApplication.processEvents()
    row = desk.item("TextRow", "API URL")
    field = next(item for item in _below(row) if item.metaObject().className().startswith("LineField"))
    field.forceActiveFocus()
    desk.write("ftp")
    desk.key(Qt.Key.Key_Return)
    assert field.property("invalid") is True
    assert [item for item in _below(row) if item.metaObject().className().startswith("ErrorText")]
    desk.key(Qt.Key.Key_Escape)
    assert (field.property("text"), field.property("invalid")) == ("", False)
    assert desk.settings.is_visible
    assert not desk.world.session.config.path.exists()


async def test_an_outside_edit_shows_but_never_over_a_draft(desk: Desk) -> None:
    desk.settings.open("alpha")
    QApplication.processEvents()
    row = desk.item("TextRow", "API URL")
    field = next(item for item in _below(row) if item.metaObject().className().startswith("LineField"))
    provider = desk.world.session.providers()[0]

    async def store(address: str) -> None:
        await desk.world.session.edit_config(lambda raw: set_field(raw, provider, "enterpriseHost", address))

    await store("https://one.example.com")
    assert field.property("text") == "https://one.example.com"
    field.forceActiveFocus()
    desk.write("/v1")
    await store("https://two.example.com")
    assert field.property("text") == "https://one.example.com/v1"


async def test_half_typed_line_is_saved_when_the_window_closes(desk: Desk) -> None:
    desk.settings.open("alpha")
    QApplication.processEvents()
    row = desk.item("TextRow", "API URL")
    field = next(item for item in _below(row) if item.metaObject().className().startswith("LineField"))
    field.forceActiveFocus()
    desk.write("https://api.example.com")
    desk.settings.close()
    await desk.world.until(
        lambda: desk.world.session.setting_text("alpha", "enterpriseHost") == "https://api.example.com"
    )


async def test_picker_is_used_with_keys(desk: Desk) -> None:
    picker = desk.item("Picker", "Refresh interval")
    picker.forceActiveFocus(Qt.FocusReason.TabFocusReason)
    desk.key(Qt.Key.Key_Space)
    popup = next(one for one in picker.findChildren(QObject) if one.inherits("QQuickPopup"))
    await desk.world.until(lambda: popup.property("opened"))
    desk.key(Qt.Key.Key_Down)
    desk.key(Qt.Key.Key_Return)
    await desk.world.until(lambda: desk.world.session.preferences.refresh_frequency == "oneMinute")
    assert picker.property("displayText") == "Every minute"
    await desk.world.session.edit_preferences({"refresh_frequency": "manual"})
    assert picker.property("displayText") == "Manual"


async def test_search_filters_and_enter_opens_the_first(desk: Desk) -> None:
    desk.item("SearchField").forceActiveFocus()
    desk.write("beta")
    assert desk.item("SidebarList").property("count") == 1
    desk.key(Qt.Key.Key_Return)
    assert desk.settings.model is not None
    assert desk.settings.model.providerId == "beta"
    desk.key(Qt.Key.Key_Escape)
    assert desk.item("SidebarList").property("count") == 3


async def test_arrows_walk_and_alt_moves(desk: Desk) -> None:
    model = desk.settings.model
    assert model is not None
    sidebar = desk.item("SidebarList")

    async def stands_at(index: int) -> None:
        # In the config and, a turn of the loop later, in the list.
        await desk.world.until(lambda: desk.world.session.config.entries[index].id == "beta")
        await desk.world.until(lambda: sidebar.property("currentIndex") == index)

    sidebar.forceActiveFocus(Qt.FocusReason.TabFocusReason)
    desk.key(Qt.Key.Key_Return)
    assert model.providerId == "alpha"
    desk.key(Qt.Key.Key_Down)
    assert model.providerId == "beta"
    desk.key(Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    await stands_at(2)
    desk.key(Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    await stands_at(1)
    desk.key(Qt.Key.Key_Up)
    desk.key(Qt.Key.Key_Up)
    focused = desk.window.activeFocusItem()
    assert focused is not None
    assert focused.property("text") == "About"


async def test_a_line_is_dragged_with_the_mouse(desk: Desk) -> None:
    lines = desk.items("ProviderLine")
    start, end = desk.centre(lines[0]), desk.centre(lines[2])
    QTest.mousePress(desk.window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    for step in range(1, 11):
        QTest.mouseMove(desk.window, start + (end - start) * step / 10)
    QTest.mouseRelease(desk.window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, end)
    await desk.world.until(lambda: [one.id for one in desk.world.session.config.entries] == ["beta", "gamma", "alpha"])
    assert desk.settings.model is not None
    assert desk.settings.model.pane == "general"


async def test_removing_an_account_asks_first(desk: Desk) -> None:
    world = desk.world

    def add(raw: dict[str, object]) -> None:
        add_account(raw, "alpha", "Work", "test-key-1", world.clock.now())

    await world.session.edit_config(add)
    desk.settings.open("alpha")
    QApplication.processEvents()
    desk.click(desk.item("IconButton", "Remove Work"))
    QApplication.processEvents()
    desk.key(Qt.Key.Key_Return)
    assert len(world.session.config.entry("alpha").accounts) == 1
    desk.click(desk.item("IconButton", "Remove Work"))
    QApplication.processEvents()
    desk.click(desk.item("TextButton", "Remove"))
    await world.until(lambda: not world.session.config.entry("alpha").accounts)


async def test_a_team_account_is_added_and_edited_by_hand(desk: Desk) -> None:
    world = desk.world
    desk.settings.open("alpha")
    QApplication.processEvents()
    assert not desk.items("AccountIdLine")
    desk.item("LineField", "Name").forceActiveFocus()
    desk.write("Work")
    desk.key(Qt.Key.Key_Tab)
    desk.write("test-key-1")
    desk.click(desk.item("ToggleSwitch", "Team mode"))
    organization, project = (desk.line_of(name) for name in ("Organization ID", "Project ID"))
    desk.click(desk.item("TextButton", "Add"))
    told = [item.property("text") for item in desk.items("ErrorText")]
    assert told == ["The Organization ID is missing. Enter it.", "The Project ID is missing. Enter it."]
    assert organization.property("invalid") and project.property("invalid")
    assert not world.session.config.path.exists()
    organization.forceActiveFocus()
    desk.write(" o-1")
    project.forceActiveFocus()
    desk.write("p-1 ")
    desk.key(Qt.Key.Key_Return)
    await world.until(lambda: desk.items("AccountLine"))
    assert desk.item("HelpText", "Team · Organization ID: o-1 · Project ID: p-1").isVisible()
    assert not desk.items("ErrorText") and not desk.items("AccountIdLine")
    assert (organization.property("text"), project.property("text")) == ("", "")
    desk.click(desk.item("WordButton", "Edit"))
    shown = desk.line_of("Project ID")
    assert shown.property("text") == "p-1"
    shown.forceActiveFocus()
    shown.setProperty("text", "x")
    desk.click(desk.item("TextButton", "Save"))
    assert desk.item("ErrorText", "A project starts with p-. Copy it from the console.").isVisible()
    shown.setProperty("text", "p-2")
    desk.click(desk.item("TextButton", "Save"))
    await world.until(lambda: world.session.config.entry("alpha").accounts[0].workspace_id == "p-2")
    assert not desk.items("AccountEdit")


async def test_esc_closes_and_the_next_window_stands_where_it_was(desk: Desk) -> None:
    desk.window.setGeometry(40, 50, 900, 600)
    QApplication.processEvents()
    desk.key(Qt.Key.Key_Escape)
    await _gone(desk.settings)
    desk.settings.open("beta")
    assert desk.window.geometry().getRect() == (40, 50, 900, 600)
    assert desk.settings.model is not None
    assert desk.settings.model.providerId == "beta"


async def test_closing_gives_models_engine_and_window_back(desk: Desk) -> None:
    desk.settings.open("alpha")
    QApplication.processEvents()
    model, window = weakref.ref(desk.settings.model), weakref.ref(desk.window)
    shown: list[bool] = []
    desk.settings.visibleChanged.connect(shown.append)
    desk.settings.close()
    await _gone(desk.settings)
    await desk.world.until(lambda: gc.collect() >= 0 and model() is None and window() is None)
    assert shown == [False]


async def test_small_windows_and_large_text_keep_labels_readable(desk: Desk) -> None:
    """Where control and label do not fit beside each other the control goes below, and nothing is cut off."""
    desk.world.theme.apply(SystemLook(font_pixels=26))
    desk.settings.open("alpha")
    desk.window.setWidth(800)
    QApplication.processEvents()
    for row in desk.items("SecretRow") + desk.items("TextRow"):
        assert row.property("stacked") is True
        for item in _below(row):
            assert item.mapToItem(row, QPoint(0, 0)).x() + item.width() <= row.width() + 1
    desk.world.theme.apply(SystemLook())


async def test_icons_keep_their_size_on_sharp_screens(desk: Desk) -> None:
    """A layout would take the size of the picture, which is larger there, unless it is told the size."""
    await desk.world.session.edit_config(lambda raw: set_field(raw, desk.world.session.providers()[0], "apiKey", "k-1"))
    desk.settings.open("alpha")
    QApplication.processEvents()
    icons = [*desk.items("Icon_"), *desk.items("ProviderIcon")]
    assert icons
    for icon in icons:
        picture, size = icon.property("sourceSize"), icon.property("size")
        icon.setProperty("sourceSize", picture * 2)
        desk.window.grabWindow()
        assert (icon.width(), icon.height()) == (size, size)
