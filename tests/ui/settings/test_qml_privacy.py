"""Privacy and cookies in the open window: mouse, keys, clipboard, narrow and large, both directions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtQml import QQmlExpression, qmlContext
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from codexbar_qt.core.browser_access import CachedSession
from codexbar_qt.core.config_edit import set_enabled, set_field
from codexbar_qt.provider_api import AuthRejected
from codexbar_qt.ui.privacy_scene import BROWSERS, reads
from codexbar_qt.ui.settings_window import SettingsWindow
from codexbar_qt.ui.theme import SystemLook

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from PySide6.QtQuick import QQuickItem, QQuickWindow

    from tests.ui.settings.conftest import World

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)
CURL = (
    "curl 'https://example.com/usage' \\\n  -H 'accept: */*' \\\n  -b 'auth=test-key-1; session=test-key-2; theme=dark'"
)
LOOKS = {
    "plain": SystemLook(),
    "text-200": SystemLook(font_pixels=26),
    "contrast": SystemLook(high_contrast=True),
    "contrast-dark": SystemLook(dark=True, high_contrast=True),
}


class Desk:
    def __init__(self, world: World, settings: SettingsWindow) -> None:
        self.world, self.settings = world, settings

    @property
    def window(self) -> QQuickWindow:
        assert self.settings.window is not None
        return self.settings.window

    def show(self, pane: str) -> None:
        assert self.settings.model is not None
        self.settings.model.showPane(pane)
        self.window.grabWindow()

    def items(self, kind: str) -> list[QQuickItem]:
        return [item for item in below(self.window.contentItem()) if kind_of(item) == kind]

    def texts(self) -> list[str]:
        return [str(item.property("text")) for item in below(self.window.contentItem()) if item.property("text")]

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.window, key, modifier)

    def paste(self, field: QQuickItem, text: str) -> None:
        field.forceActiveFocus()
        QGuiApplication.clipboard().setText(text)
        self.key(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)

    def row(self, kind: str, field: str, name: str) -> QQuickItem:
        return next(item for item in self.items(kind) if item.property(field) == name)


def below(item: QQuickItem) -> list[QQuickItem]:
    return [one for child in item.childItems() if child.isVisible() for one in (child, *below(child))]


def kind_of(item: QQuickItem) -> str:
    return item.metaObject().className().split("_QML")[0]


def inner(item: QQuickItem, kind: str) -> QQuickItem:
    return next(one for one in below(item) if kind_of(one) == kind)


def spoken(item: QQuickItem) -> object:
    context = qmlContext(item)
    assert context is not None
    return QQmlExpression(context, item, "Accessible.name").evaluate()[0]


@pytest.fixture
async def desk(world: World) -> AsyncIterator[Desk]:
    session = world.session
    session.access = {one.id: one for one in BROWSERS}
    session.kept = {"beta": CachedSession("Chrome Default", NOW - timedelta(minutes=3), in_memory=True)}
    session.records = reads(["alpha", "beta", "gamma"], NOW)
    settings = SettingsWindow(session, world.theme)
    settings.open()
    await world.until(lambda: settings.window is not None and settings.window.isActive())
    yield Desk(world, settings)
    settings.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
async def paste_field(desk: Desk) -> QQuickItem:
    session = desk.world.session
    beta = next(one for one in session.providers() if one.id == "beta")
    await session.edit_config(lambda raw: set_field(raw, beta, "cookieSource", "manual"))
    desk.settings.open("beta")
    desk.window.grabWindow()
    return inner(desk.items("CookiePasteRow")[0], "LineField")


async def test_the_pane_says_everything_once_and_in_order(desk: Desk) -> None:
    desk.show("privacy")
    assert [item.property("label") for item in desk.items("BrowserLine")] == [
        "Chrome",
        "Edge",
        "Brave",
        "Vivaldi",
        "Firefox",
    ]
    assert len(desk.items("KeptLine")) == 1
    lines = desk.items("ReadLine")
    assert len(lines) == 20
    assert spoken(lines[0]) == (
        "Cookies for Alpha, ~/.config/google-chrome/Default/Network/Cookies, 3 cookies, 12 times, 3 minutes ago"
    )
    assert "Show 4 more" in desk.texts()


async def test_the_empty_pane_says_what_will_be_there(desk: Desk) -> None:
    session = desk.world.session
    session.access, session.kept, session.records = {}, {}, ()
    desk.show("privacy")
    texts = desk.texts()
    assert "No browser was found on this machine." in texts
    assert any(text.startswith("No session is kept.") for text in texts)
    assert any(text.startswith("Nothing was read yet.") for text in texts)
    assert not desk.items("ReadLine")


async def test_a_browser_is_allowed_with_space_and_the_words_follow(desk: Desk) -> None:
    desk.show("privacy")
    line = desk.row("BrowserLine", "label", "Brave")
    switch = inner(line, "ToggleSwitch")
    assert spoken(switch) == "Brave, Not asked yet"
    switch.forceActiveFocus(Qt.FocusReason.TabFocusReason)
    desk.key(Qt.Key.Key_Space)
    await desk.world.until(lambda: switch.property("on"))
    assert (spoken(switch), line.property("help")) == ("Brave, Allowed", "Providers may use the logins in it.")


async def test_forget_is_a_button_with_a_name_of_its_own(desk: Desk) -> None:
    desk.show("privacy")
    button = inner(desk.items("KeptLine")[0], "TextButton")
    assert spoken(button) == "Forget the session of Beta Code"
    button.forceActiveFocus(Qt.FocusReason.TabFocusReason)
    desk.key(Qt.Key.Key_Return)
    await desk.world.until(lambda: not desk.items("KeptLine"))
    assert desk.world.session.asked == [("forget", "beta")]


async def test_the_keyboard_walks_the_whole_pane(desk: Desk) -> None:
    desk.show("privacy")
    desk.items("NavItem")[-1].forceActiveFocus(Qt.FocusReason.TabFocusReason)
    seen: list[str] = []
    for _ in range(20):
        desk.key(Qt.Key.Key_Tab)
        focused = desk.window.activeFocusItem()
        assert focused is not None
        seen.append(str(spoken(focused)))
        if seen[-1].startswith("Show "):
            desk.key(Qt.Key.Key_Return)
            break
    assert seen[-8:] == [
        "Hide personal information",
        "Chrome, Allowed",
        "Edge, Refused",
        "Brave, Not asked yet",
        "Vivaldi, Allowed",
        "Firefox, Allowed",
        "Forget the session of Beta Code",
        "Show 4 more",
    ]
    assert len(desk.items("ReadLine")) == 24


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
async def test_nothing_is_cut_off_at_480_pixels(
    desk: Desk, app: QApplication, look: SystemLook, direction: Qt.LayoutDirection
) -> None:
    app.setLayoutDirection(direction)
    try:
        desk.world.theme.apply(look)
        desk.show("privacy")
        sidebar = desk.items("Sidebar")[0].width()
        desk.window.setMinimumWidth(400)
        desk.window.setWidth(round(sidebar) + 1 + 480)
        QApplication.processEvents()
        desk.window.grabWindow()
        pane = desk.items("PrivacyPane")[0]
        assert pane.width() == pytest.approx(480, abs=1)
        labels = [item for item in below(pane) if kind_of(item) in {"Label", "HelpText", "ToggleSwitch", "TextButton"}]
        assert len(labels) > 60
        for item in labels:
            left, right = (item.mapToItem(pane, QPointF(x, 0)).x() for x in (0, item.width()))
            assert -0.5 <= left <= right <= 480.5, item.property("text")
            assert not item.property("truncated"), item.property("text")
    finally:
        app.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        desk.world.theme.apply(SystemLook())


async def test_import_now_is_pressed_and_answers_below_the_picker(desk: Desk) -> None:
    session = desk.world.session
    desk.settings.open("beta")
    desk.window.grabWindow()
    row = desk.items("CookieSourceRow")[0]
    button = inner(row, "TextButton")
    assert spoken(button) == "Import now, Cookie source"
    assert "Cached: Chrome Default • 3 minutes ago • in memory" in desk.texts()
    session.told = "Imported from Chrome, profile Work."
    session.may_go_on.clear()
    button.forceActiveFocus(Qt.FocusReason.TabFocusReason)
    desk.key(Qt.Key.Key_Space)
    assert inner(row, "Spinner").property("running")
    assert not button.isEnabled()
    session.may_go_on.set()
    await desk.world.until(lambda: "Imported from Chrome, profile Work." in desk.texts())
    assert not [item for item in below(row) if kind_of(item) == "ErrorText"]
    session.told = "The keyring is locked. Unlock it and import again."
    desk.key(Qt.Key.Key_Space)
    button.forceActiveFocus(Qt.FocusReason.TabFocusReason)
    desk.key(Qt.Key.Key_Space)
    await desk.world.until(lambda: any(kind_of(item) == "ErrorText" for item in below(row)))
    assert inner(row, "ErrorText").property("text") == session.told


async def test_a_command_is_pasted_named_saved_and_gone(desk: Desk, paste_field: QQuickItem) -> None:
    desk.paste(paste_field, CURL)
    assert "Found 3 cookies: auth, session, theme" in desk.texts()
    assert "test-key-1" not in str(paste_field.property("displayText"))
    desk.key(Qt.Key.Key_Return)
    assert paste_field.property("text") == ""
    await desk.world.until(lambda: paste_field.property("placeholderText") == "Saved")
    assert "Found 3 cookies: auth, session, theme" in desk.texts()
    desk.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert paste_field.property("text") == ""
    assert not any("test-key" in text for text in desk.texts())
    stored = desk.world.entry("beta")["cookieHeader"]
    assert isinstance(stored, str)
    assert stored.endswith("-b 'auth=test-key-1; session=test-key-2; theme=dark'")


async def test_a_pasted_account_token_cannot_be_brought_back_either(desk: Desk) -> None:
    desk.settings.open("alpha")
    desk.window.grabWindow()
    name, token = (item for item in below(desk.items("AccountAdd")[0]) if kind_of(item) == "LineField")
    desk.paste(name, "Work")
    desk.paste(token, "test-key-1")
    desk.key(Qt.Key.Key_Return)
    await desk.world.until(lambda: desk.world.session.config.entry("alpha").accounts)
    desk.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert token.property("text") == ""


async def test_a_paste_with_nothing_in_it_is_refused_in_red_and_esc_takes_it_back(
    desk: Desk, paste_field: QQuickItem
) -> None:
    before = desk.world.entry("beta")
    desk.paste(paste_field, "hello world")
    row = desk.items("CookiePasteRow")[0]
    assert not [item for item in below(row) if kind_of(item) == "ErrorText"]
    desk.key(Qt.Key.Key_Return)
    assert str(inner(row, "ErrorText").property("text")).startswith("No cookie was found in this.")
    assert paste_field.property("invalid")
    assert desk.world.entry("beta") == before
    desk.key(Qt.Key.Key_Escape)
    assert (paste_field.property("text"), desk.settings.is_visible) == ("", True)
    assert not [item for item in below(row) if kind_of(item) == "ErrorText"]


async def test_a_paste_is_saved_when_the_focus_goes(desk: Desk, paste_field: QQuickItem) -> None:
    desk.paste(paste_field, "Cookie: auth=test-key-1")
    desk.key(Qt.Key.Key_Tab)
    await desk.world.until(lambda: desk.world.session.secret_state("beta", "cookieHeader").stored)
    assert paste_field.property("text") == ""


async def test_the_page_of_a_provider_asks_and_takes_yes(desk: Desk) -> None:
    session = desk.world.session
    await session.edit_config(lambda raw: set_enabled(raw, "beta", True))
    desk.settings.open("beta")
    session.wanted = "brave"
    session.store.fail(session.active_key("beta"), AuthRejected("No session was found."), NOW)
    desk.window.grabWindow()
    sentence = "Beta Code can use your login in Brave. CodexBar reads only what belongs to that login, on this machine."
    banner = desk.row("Banner", "text", sentence)
    button = inner(banner, "TextButton")
    assert spoken(button) == f"Allow. {sentence}"
    button.forceActiveFocus(Qt.FocusReason.TabFocusReason)
    desk.key(Qt.Key.Key_Return)
    await desk.world.until(lambda: not banner.isVisible())
    assert session.asked == [("access", "brave", True)]
