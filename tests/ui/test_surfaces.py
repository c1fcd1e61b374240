"""Tray, popup and settings bound to one session: the demo, as the app builds it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QApplication

from codexbar_qt import bootstrap
from codexbar_qt.ui.qt_messages import QtMessages
from codexbar_qt.ui.surfaces import Surfaces
from codexbar_qt.ui.tray import TrayController

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from pytestqt.qtbot import QtBot

    from codexbar_qt.core.session import AppSession


@pytest.fixture
async def session() -> AsyncIterator[AppSession]:
    services = bootstrap.build_demo_services()
    made = await bootstrap.build_session(services)
    await made.fetch_once()
    yield made
    await made.close()
    await services.close()


def app() -> QApplication:
    found = QApplication.instance()
    assert isinstance(found, QApplication)
    return found


async def until(met: Callable[[], bool]) -> None:
    while not met():
        await asyncio.sleep(0.005)
        QApplication.processEvents()


async def test_the_tray_follows_the_store(qtbot: QtBot, session: AppSession) -> None:
    tray = TrayController()
    surfaces = Surfaces(app(), session, tray, QtMessages(), has_tray=True)
    shown: list[str] = []
    surfaces._bridge.snapshotChanged.connect(lambda name, _snapshot: shown.append(name))
    state = session.tray()
    assert "% left" in state.tooltip
    key = session.active_key("kimi")
    snapshot = session.store.get(key).snapshot
    assert snapshot is not None
    session.store.keep_only([])
    session.store.succeed(key, snapshot, "api", session.clock.now())
    assert shown[-1] == "kimi"
    surfaces.close()


async def test_popup_and_settings_are_made_when_asked_for(qtbot: QtBot, session: AppSession) -> None:
    surfaces = Surfaces(app(), session, TrayController(), QtMessages(), has_tray=True)
    assert {"popup", "settings"}.isdisjoint(surfaces.__dict__)
    surfaces.show_wish("toggle")
    await until(lambda: surfaces.popup.is_visible)
    surfaces.show_wish("settings")
    await until(lambda: surfaces.settings.is_visible)
    assert surfaces.settings.model is not None
    surfaces.close()
    assert not surfaces.settings.is_loaded
    assert not surfaces.popup.is_loaded


async def test_a_second_start_may_ask_to_quit(qtbot: QtBot, session: AppSession) -> None:
    surfaces, asked = Surfaces(app(), session, TrayController(), QtMessages(), has_tray=True), list[bool]()
    surfaces.quitRequested.connect(lambda: asked.append(True))
    surfaces.show_wish("quit")
    assert asked == [True]
    assert {"popup", "settings"}.isdisjoint(surfaces.__dict__)
    surfaces.close()


@pytest.mark.parametrize("has_tray", [True, False])
async def test_closing_the_last_window_ends_an_app_without_a_tray(
    qtbot: QtBot, session: AppSession, has_tray: bool
) -> None:
    surfaces, asked = Surfaces(app(), session, TrayController(), QtMessages(), has_tray=has_tray), list[bool]()
    surfaces.quitRequested.connect(lambda: asked.append(True))
    surfaces.show_wish("open")
    surfaces.show_wish("settings")
    await until(lambda: surfaces.popup.is_visible and surfaces.settings.is_visible)
    surfaces.popup.hide()
    assert asked == []
    surfaces.settings.close()
    await until(lambda: not surfaces.settings.is_visible)
    assert asked == ([] if has_tray else [True])
    surfaces.close()


async def test_a_tray_that_comes_takes_the_window_back(qtbot: QtBot, session: AppSession) -> None:
    surfaces, asked = Surfaces(app(), session, TrayController(), QtMessages(), has_tray=False), list[bool]()
    surfaces.quitRequested.connect(lambda: asked.append(True))
    surfaces.show_wish("open")
    await until(lambda: surfaces.popup.is_visible)
    surfaces.set_has_tray(True)
    assert not surfaces.popup.is_visible
    assert asked == []
    surfaces.close()
    assert asked == []


async def test_a_tray_that_goes_while_the_popup_is_open_leaves_a_window(qtbot: QtBot, session: AppSession) -> None:
    surfaces, asked = Surfaces(app(), session, TrayController(), QtMessages(), has_tray=True), list[bool]()
    surfaces.quitRequested.connect(lambda: asked.append(True))
    surfaces.show_wish("open")
    await until(lambda: surfaces.popup.is_visible)
    surfaces.set_has_tray(False)
    surfaces.show_wish("open")
    await until(lambda: surfaces.popup.is_visible)
    assert asked == []
    surfaces.close()


async def test_notices_reach_the_tray_until_the_surfaces_close(
    qtbot: QtBot, session: AppSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, str]] = []
    monkeypatch.setattr(TrayController, "notify", lambda _self, title, text: told.append((title, text)))
    surfaces = Surfaces(app(), session, TrayController(), QtMessages(), has_tray=True)
    session._tell("kimi", "The session has ended.")
    surfaces.close()
    session._tell("kimi", "Nobody hears this.")
    assert told == [("Kimi", "The session has ended.")]
