"""The parts of an account on a provider's page: the list, its switches and the search, in models and in the window."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from codexbar_qt.core import config_edit
from codexbar_qt.core.config_file import ConfigFile
from codexbar_qt.core.config_location import ConfigLocation
from codexbar_qt.core.registry import Registry
from codexbar_qt.provider_api import (
    AuthRejected,
    FetchContext,
    Provider,
    ProviderDescriptor,
    Scope,
    ScopesSetting,
    Snapshot,
    Source,
    Strategy,
)
from codexbar_qt.ui.scopes_field_model import ScopesField
from codexbar_qt.ui.setting_field_model import ChoiceField, SettingField
from codexbar_qt.ui.settings_window import SettingsWindow

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from PySide6.QtQuick import QQuickItem

    from codexbar_qt.core.session_view import SessionParts
    from tests.ui.settings.conftest import World

Field = TypeVar("Field", bound=SettingField)
WORKS, LAB = Scope("org-1", "Example Works", "owner"), Scope("org-2", "Harbour Lab")


@dataclass
class Service:
    """What the made-up service answers when it is asked for the parts."""

    found: tuple[Scope, ...] | Exception = (WORKS, LAB)
    asked: list[Source] = field(default_factory=list[Source])
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def find(self, _: FetchContext, source: Source) -> tuple[Scope, ...]:
        self.asked.append(source)
        await self.gate.wait()
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def parts(parts: SessionParts, service: Service, tmp_path: Path) -> SessionParts:
    async def fetch(ctx: FetchContext) -> Snapshot:
        raise AssertionError(ctx)

    setting = ScopesSetting(
        "Organizations", "deltaKnown", "deltaOn", "Personal account", "Personal", service.find, help="One card each."
    )
    delta = Provider(
        ProviderDescriptor("delta", "Delta", "#336699", 4, settings=(setting,)),
        (Strategy(Source.API, fetch), Strategy(Source.CLI, fetch, label="delta-cli")),
    )
    registry = Registry((*parts.registry.providers, delta), (), ())
    location = ConfigLocation(tmp_path / "codexbar" / "config.json")
    return replace(parts, registry=registry, config_file=ConfigFile(location, registry.providers, parts.clock.now))


def control(world: World, key: str, kind: type[Field]) -> Field:
    world.model.showProvider("delta")
    page = world.model.shown_page
    assert page is not None
    return next(one for one in page.controls() if one.text_parts.key == key and isinstance(one, kind))


def scopes(world: World) -> ScopesField:
    return control(world, "deltaOn", ScopesField)


def titles(found: ScopesField) -> list[tuple[str, str, bool, bool]]:
    return [(row.title, row.subtitle, row.on, row.locked) for row in found.listed]


async def search(world: World, service: Service) -> ScopesField:
    found = scopes(world)
    service.gate.set()
    found.find()
    await world.until(lambda: not found.searching)
    return found


async def test_before_a_search_there_is_the_person_alone(world: World) -> None:
    found = scopes(world)
    assert (found.kind, found.label, found.help, found.message, found.error) == (
        "scopes",
        "Organizations",
        "One card each.",
        "",
        "",
    )
    assert titles(found) == [("Personal account", "", True, True)]


async def test_a_search_lists_what_it_finds_switched_off(world: World, service: Service) -> None:
    found = await search(world, service)
    assert titles(found)[1:] == [("Example Works", "Owner", False, False), ("Harbour Lab", "", False, False)]
    assert (found.message, found.error) == ("Organizations found: 2.", "")
    assert world.entry("delta")["deltaKnown"] == [
        {"id": "org-1", "name": "Example Works", "role": "owner"},
        {"id": "org-2", "name": "Harbour Lab"},
    ]
    assert "deltaOn" not in world.entry("delta")
    assert service.asked == [Source.AUTO]


async def test_a_search_knows_the_usage_source(world: World, service: Service) -> None:
    await world.session.edit_config(lambda raw: config_edit.set_source(raw, "delta", "cli"))
    await search(world, service)
    assert service.asked == [Source.CLI]


async def test_switches_are_stored_in_the_order_of_switching(world: World, service: Service) -> None:
    found = await search(world, service)
    for name in ("org-2", "org-1"):
        found.turn(name, True)
        await world.until(lambda: any(row.scope_id == name and row.on for row in found.listed))  # noqa: B023 - awaited here
    assert world.entry("delta")["deltaOn"] == ["org-2", "org-1"]
    assert [scope.name for scope in world.session.config.entry("delta").scopes] == ["Harbour Lab", "Example Works"]
    found.turn("org-2", False)
    await world.until(lambda: not found.listed[2].on)
    assert world.entry("delta")["deltaOn"] == ["org-1"]
    found.turn("org-1", False)
    await world.until(lambda: not found.listed[1].on)
    assert "deltaOn" not in world.entry("delta")


async def test_the_person_and_what_is_not_listed_cannot_be_switched(world: World, service: Service) -> None:
    found = await search(world, service)
    before = world.session.config.revision
    found.turn("", False)
    found.turn("org-9", True)
    found.turn("org-1", False)
    await asyncio.sleep(0)
    assert world.session.config.revision == before


async def test_what_is_gone_is_no_longer_on(world: World, service: Service) -> None:
    found = await search(world, service)
    found.turn("org-1", True)
    await world.until(lambda: found.listed[1].on)
    service.found = (LAB,)
    await search(world, service)
    assert titles(found)[1:] == [("Harbour Lab", "", False, False)]
    assert found.message == "Organizations found: 1; no longer there and switched off: 1."
    assert "deltaOn" not in world.entry("delta")
    service.found = ()
    await search(world, service)
    assert found.message == "No organizations were found for this account."
    assert "deltaKnown" not in world.entry("delta")


async def test_a_search_that_fails_says_why_and_changes_nothing(world: World, service: Service) -> None:
    found = await search(world, service)
    service.found = AuthRejected("Signed out. Sign in again.")
    await search(world, service)
    assert (found.message, found.error) == ("", "Signed out. Sign in again.")
    assert len(titles(found)) == 3
    service.found = (WORKS,)
    await search(world, service)
    assert (found.message, found.error) == ("Organizations found: 1.", "")


async def test_a_search_that_breaks_is_an_internal_error(
    world: World, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    service.found = RuntimeError("odd")
    found = await search(world, service)
    assert found.error == "Delta hit an internal error. Report it with the log from Settings > Advanced."
    assert caplog.records


async def test_one_search_at_a_time(world: World, service: Service) -> None:
    found = scopes(world)
    found.find()
    assert found.searching
    found.find()
    await asyncio.sleep(0)
    service.gate.set()
    await world.until(lambda: not found.searching)
    assert len(service.asked) == 1


async def test_settings_that_change_during_a_search_win(world: World, service: Service) -> None:
    found = scopes(world)
    found.find()
    await world.until(lambda: service.asked)
    await world.session.edit_config(lambda raw: config_edit.set_source(raw, "delta", "cli"))
    service.gate.set()
    await world.until(lambda: not found.searching)
    assert found.error == "The settings of the account changed meanwhile. Refresh the list again."
    assert len(titles(found)) == 1


async def test_the_source_in_use_stands_beside_automatic(world: World) -> None:
    await world.session.edit_config(lambda raw: config_edit.set_enabled(raw, "delta", True))
    source, key = control(world, "source", ChoiceField), world.session.active_key("delta")
    assert source.beside == ""
    world.session.store.succeed(key, world.snapshot, "api", world.clock.now())
    assert source.beside == "Used: API key"
    world.session.store.succeed(key, world.snapshot, "delta-cli", world.clock.now())
    assert source.beside == "Used: delta-cli"
    source.choose(1)
    await world.until(lambda: source.beside == "")
    source.choose(0)
    await world.until(lambda: source.beside != "")


def below(item: QQuickItem) -> list[QQuickItem]:
    return [found for child in item.childItems() if child.isVisible() for found in (child, *below(child))]


@pytest.fixture
async def window(world: World) -> AsyncIterator[SettingsWindow]:
    settings = SettingsWindow(world.session, world.theme)
    settings.open("delta")
    await world.until(lambda: settings.window is not None and settings.window.isActive())
    yield settings
    settings.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


async def test_the_list_is_used_with_the_mouse(world: World, service: Service, window: SettingsWindow) -> None:
    assert window.window is not None
    shown = window.window

    def items(kind: str) -> list[QQuickItem]:
        return [one for one in below(shown.contentItem()) if one.metaObject().className().startswith(kind)]

    def press(item: QQuickItem) -> None:
        middle = item.mapToScene(QPoint(round(item.width() / 2), round(item.height() / 2))).toPoint()
        QTest.mouseClick(shown, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)

    service.gate.set()
    press(next(item for item in items("IconButton") if item.property("text") == "Refresh organizations"))
    await world.until(lambda: len(items("ScopeLine")) == 3)
    switches = [
        one for line in items("ScopeLine") for one in below(line) if "ToggleSwitch" in one.metaObject().className()
    ]
    assert [one.property("accessibleName") for one in switches] == [
        "Personal account",
        "Example Works, Owner",
        "Harbour Lab",
    ]
    assert [one.isEnabled() for one in switches] == [False, True, True]
    press(switches[0])
    press(switches[2])
    await world.until(lambda: world.entry("delta").get("deltaOn"))
    assert world.entry("delta")["deltaOn"] == ["org-2"]
    await world.until(lambda: [one.property("on") for one in switches] == [True, False, True])
