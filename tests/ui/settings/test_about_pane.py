"""Settings > About: versions and where they came from, looking for newer ones, what is new."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt, qVersion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from codexbar_qt import __version__
from codexbar_qt.core.install_origin import ORIGINS
from codexbar_qt.project import HOME_PAGE, RELEASES_PAGE
from codexbar_qt.ui import update_scene
from codexbar_qt.ui.about_model import AboutModel
from codexbar_qt.ui.setting_field_model import ChoiceField, ToggleField
from codexbar_qt.ui.settings_tasks import SettingsTasks
from codexbar_qt.ui.settings_window import SettingsWindow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtQuick import QQuickItem

    from codexbar_qt.core.update_state import UpdateState
    from tests.ui.settings.conftest import World


class FakeUpdates:
    """A state that tests change; intents are counted."""

    def __init__(self, state: UpdateState) -> None:
        self.state = state
        self.checks = 0
        self.seen_times = 0
        self.callbacks: list[Callable[[], None]] = []

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        self.callbacks.append(callback)
        return lambda: self.callbacks.remove(callback)

    def check(self) -> None:
        self.checks += 1

    def seen(self) -> None:
        self.seen_times += 1

    def put(self, **changes: Any) -> None:
        self.state = replace(self.state, **changes)
        for callback in tuple(self.callbacks):
            callback()

    def apply(self) -> None:
        """Take no note of preferences."""

    async def close(self) -> None:
        """Return at once."""


@pytest.fixture
def updates(world: World) -> FakeUpdates:
    state = update_scene.checked(update_scene.OFFERED_AND_UPGRADED, world.clock.now())
    fake = FakeUpdates(state)
    world.session._updates = fake  # type: ignore[assignment]  # has what views and session ask for
    return fake


@pytest.fixture
def about(world: World, updates: FakeUpdates) -> Iterator[AboutModel]:
    model = AboutModel(world.session, SettingsTasks(world.session))
    yield model
    model.close()
    assert updates.callbacks == []


def test_facts(about: AboutModel) -> None:
    assert (about.version, about.licence, about.origin) == ("0.7.0", "MIT licence", "Debian package")
    assert about.runtime.endswith(f"Qt {qVersion()}")
    assert about.homePage == HOME_PAGE


async def test_a_session_that_looks_for_nothing(world: World) -> None:
    about = AboutModel(world.session, SettingsTasks(world.session))
    assert (about.version, about.looks, about.canCheck, about.updateFields) == (__version__, False, False, [])
    about.close()


def test_it_follows_what_is_known(about: AboutModel, updates: FakeUpdates) -> None:
    heard: list[str] = []
    about.changed.connect(lambda: heard.append(about.title))
    assert (about.title, about.detail) == ("CodexBar 0.8.0 is out", "Checked 3h ago")
    assert (about.page, about.pageLabel) == (f"{RELEASES_PAGE}/tag/v0.8.0", "What’s in 0.8.0")
    assert about.changesTitle == "What’s new since 0.6.0"
    assert about.changes.startswith("#### 0.7.0")
    updates.put(release=None)
    updates.put(is_news=False)
    updates.put(is_checking=True)
    assert heard == ["This is the newest version", "This is the newest version"]
    assert (about.checking, about.canCheck) == (True, False)


def test_looking_now(about: AboutModel, updates: FakeUpdates) -> None:
    assert (about.looks, about.canCheck) == (True, True)
    about.check()
    assert updates.checks == 1


def test_showing_the_pane_is_seeing_what_is_new(about: AboutModel, updates: FakeUpdates) -> None:
    about.show(False)
    assert updates.seen_times == 0
    about.show(True)
    assert updates.seen_times == 1


async def test_the_switch_and_the_channel_are_stored(world: World, about: AboutModel) -> None:
    switch, channel = about.controls()
    assert isinstance(switch, ToggleField)
    assert isinstance(channel, ChoiceField)
    assert (switch.on, channel.index) == (True, 0)
    switch.turn(False)
    await world.until(lambda: not world.session.preferences.update_checks_enabled)
    channel.choose(1)
    await world.until(lambda: world.session.preferences.update_channel == "beta")
    about.update()
    assert (switch.on, channel.index) == (False, 1)
    stored = json.loads(world.config_file.load().path.with_name("settings.json").read_bytes())
    assert (stored["updateChecksEnabled"], stored["updateChannel"]) == (False, "beta")


def test_a_pre_release_is_on_its_channel_by_itself(world: World, updates: FakeUpdates) -> None:
    updates.put(running="0.8.0b1")
    about = AboutModel(world.session, SettingsTasks(world.session))
    channel = about.controls()[1]
    assert isinstance(channel, ChoiceField)
    assert channel.index == 1
    about.close()


@pytest.mark.parametrize("name", ["flatpak", "pipx", "source", "unknown"])
def test_who_else_updates_it_is_said_and_nothing_can_be_switched(world: World, updates: FakeUpdates, name: Any) -> None:
    updates.put(origin=ORIGINS[name], release=None, is_on=False)
    about = AboutModel(world.session, SettingsTasks(world.session))
    assert (about.title, about.detail) == (ORIGINS[name].updated_by, ORIGINS[name].how)
    assert (about.looks, about.updateFields, about.canCheck) == (False, [], False)
    about.close()


def below(item: QQuickItem) -> list[QQuickItem]:
    return [one for child in item.childItems() if child.isVisible() for one in (child, *below(child))]


async def test_the_pane_in_the_window(world: World, updates: FakeUpdates) -> None:
    settings = SettingsWindow(world.session, world.theme)
    settings.open(pane="about")
    window = settings.window
    assert window is not None
    window.resize(900, 900)
    assert QTest.qWaitForWindowActive(window)
    window.grabWindow()
    assert updates.seen_times == 1
    items = below(window.contentItem())
    texts = [str(item.property("text")) for item in items]
    for text in ("CodexBar 0.8.0 is out", "Checked 3h ago", "Debian package", "What’s new since 0.6.0"):
        assert text in texts
    link = next(item for item in items if item.property("text") == "What’s in 0.8.0")
    assert link.property("url") == f"{RELEASES_PAGE}/tag/v0.8.0"
    button = next(item for item in items if item.property("accessibleName") == "Check now")
    middle = button.mapToScene(QPoint(round(button.width() / 2), round(button.height() / 2))).toPoint()
    QTest.mouseClick(window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)
    assert updates.checks == 1
    settings.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert updates.callbacks == []


async def test_a_long_changelog_is_read_with_the_page_keys(world: World, updates: FakeUpdates) -> None:
    updates.put(changes="\n".join(f"- Change {number}" for number in range(200)))
    settings = SettingsWindow(world.session, world.theme)
    settings.open(pane="about")
    window = settings.window
    assert window is not None
    assert QTest.qWaitForWindowActive(window)
    window.grabWindow()
    items = below(window.contentItem())
    page = next(item for item in items if item.objectName() == "page")
    next(item for item in items if item.property("accessibleName") == "Check now").forceActiveFocus()
    places = [0.0]
    for key in (*[Qt.Key.Key_PageDown] * 30, *[Qt.Key.Key_PageUp] * 30):
        QTest.keyClick(window, key)
        places.append(float(page.property("contentY")))
    end = float(page.property("contentHeight")) - page.height()
    assert places[1] > 100
    assert (max(places), places[30], places[-1]) == (end, end, 0)
    QTest.keyClick(window, Qt.Key.Key_A)
    assert float(page.property("contentY")) == 0
    settings.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
