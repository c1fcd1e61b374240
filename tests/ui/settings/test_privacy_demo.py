"""The Privacy pane and a provider's page over the session of the demo: everything behind them is the real thing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QApplication

from codexbar_qt.bootstrap import build_demo_services, build_session
from codexbar_qt.ui.cookie_source_field_model import CookieSourceField
from codexbar_qt.ui.privacy_model import PrivacyModel
from codexbar_qt.ui.settings_model import SettingsDesktop, SettingsModel

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from codexbar_qt.ui.theme import ThemeModel


@pytest.fixture
async def model(theme: ThemeModel) -> AsyncIterator[SettingsModel]:
    services = await asyncio.to_thread(build_demo_services)
    session = await build_session(services)
    shown = SettingsModel(session, theme, SettingsDesktop(lambda _: None, lambda _: True, lambda _name, _done: None))
    yield shown
    shown.close()
    await session.close()
    await services.close()


@pytest.fixture
async def privacy(model: SettingsModel) -> PrivacyModel:
    model.showPane("privacy")
    shown = model.privacy
    assert isinstance(shown, PrivacyModel)
    await until(lambda: shown.browserCount and shown.keptCount)
    return shown


async def until(condition: Callable[[], object]) -> None:
    """Wait for a condition; the limit of the test is the only limit."""
    while not condition():
        await asyncio.sleep(0.005)
        QApplication.processEvents()


async def test_the_demo_pane_is_alive(privacy: PrivacyModel) -> None:
    states = {one.label: one.state_text for one in privacy.listed_browsers}
    assert states["Chrome"] == "Allowed"
    assert {"Not asked yet", "Refused"} <= set(states.values())
    assert privacy.keptCount > 1
    assert privacy.readCount > privacy.keptCount
    assert all(one.item.startswith(("~/", "Secret Service")) for one in privacy.listed_reads)


async def test_an_answer_is_stored_and_comes_back(privacy: PrivacyModel) -> None:
    waiting = next(one for one in privacy.listed_browsers if one.state_text == "Not asked yet")
    privacy.allow(waiting.browser_id, True)
    await until(lambda: any(one.browser_id == waiting.browser_id and one.allowed for one in privacy.listed_browsers))


async def test_a_session_is_forgotten_for_good(privacy: PrivacyModel) -> None:
    first, count = privacy.listed_kept[0], privacy.keptCount
    privacy.forget(first.provider_id)
    await until(lambda: privacy.keptCount == count - 1)
    assert first.provider_id not in {one.provider_id for one in privacy.listed_kept}


async def test_import_now_tells_where_the_session_came_from(model: SettingsModel, privacy: PrivacyModel) -> None:
    model.showProvider(privacy.listed_kept[0].provider_id)
    page = model.shown_page
    assert page is not None
    source = next(field for field in page.controls() if isinstance(field, CookieSourceField))
    assert source.beside.startswith("Cached: ")
    source.importNow()
    await until(lambda: source.message)
    assert (source.message, source.failed) == ("Imported from Firefox, profile default-release.", False)
