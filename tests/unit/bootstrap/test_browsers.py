"""The browsers as they are wired: for a fetch, for the surfaces, and made up for the demo."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.adapters.browser_reader import SystemBrowserReader
from codexbar_qt.adapters.secret_file_store import PrivateFileStore
from codexbar_qt.adapters.secret_store import KeyringStore
from codexbar_qt.bootstrap import build_demo_services, build_services, build_session
from codexbar_qt.bootstrap.browsers import DENIAL_NAME, LEDGER_NAME, open_secret_store
from codexbar_qt.bootstrap.places import cache_folder
from codexbar_qt.core.fetch_browsers import FetchBrowsers, SessionImport
from codexbar_qt.core.fetch_service import FetchRequest
from codexbar_qt.core.ports import ReadSource
from codexbar_qt.provider_api import CookieSourceSetting

if TYPE_CHECKING:
    from pathlib import Path

    from codexbar_qt.bootstrap import Services


@pytest.fixture(autouse=True)
def config(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    path = tmp_path / "config.json"
    monkeypatch.setenv("CODEXBAR_CONFIG", str(path))
    return path


def uses_cookies(services: Services) -> list[str]:
    declared = {provider.id: provider.descriptor.settings for provider in services.registry.providers}
    return [
        name for name, settings in declared.items() if any(isinstance(one, CookieSourceSetting) for one in settings)
    ]


async def test_a_fetch_gets_the_browsers_of_this_machine() -> None:
    services = build_services()
    provider = services.registry.providers[0]
    request = FetchRequest(provider, services.config_file.load().entry(provider.id), importing=SessionImport())
    found = services.contexts.context(request)
    assert isinstance(found.cookies, FetchBrowsers)
    assert found.cookies is found.storage
    assert isinstance(services.browsers.parts.reader, SystemBrowserReader)
    await services.close()


@pytest.mark.parametrize(("keeps_programs", "surface"), [(True, "app"), (False, "command line")])
async def test_sentences_are_those_of_the_surface(keeps_programs: bool, surface: str) -> None:
    services = build_services(keeps_programs=keeps_programs)
    assert services.browsers.parts.surface == surface
    await services.close()


@pytest.mark.parametrize(("value", "allowed"), [("1", False), ("yes", False), ("0", True), ("false", True), ("", True)])
async def test_access_to_keyrings_can_be_switched_off(
    monkeypatch: pytest.MonkeyPatch, value: str, allowed: bool
) -> None:
    monkeypatch.setenv("CODEXBAR_DISABLE_KEYCHAIN_ACCESS", value)
    services = build_services()
    assert services.browsers.parts.keyring_allowed is allowed
    await services.close()


async def test_what_was_read_is_saved_at_the_end() -> None:
    services = build_services()
    services.browsers.note([ReadSource("Cookies", "~/x", "nothing")], "acme")
    await services.browsers.parts.cooldown.start("chrome")
    await services.close()
    assert {LEDGER_NAME, DENIAL_NAME} <= set(stored_files())
    again = build_services()
    await again.browsers.ledger.sync()
    assert [record.item for record in again.browsers.ledger.records] == ["~/x"]
    assert await again.browsers.parts.cooldown.is_active()
    await again.close()


def stored_files() -> list[str]:
    return [path.name for path in cache_folder().iterdir()]


def test_people_may_choose_a_file_in_the_place_of_the_keyring(config: Path) -> None:
    assert isinstance(open_secret_store(build_services().preferences_file), KeyringStore)
    config.with_name("settings.json").write_text(json.dumps({"keyringFallbackFile": True}))
    assert isinstance(open_secret_store(build_services().preferences_file), PrivateFileStore)


async def test_the_demo_shows_made_up_browsers() -> None:
    services = build_demo_services()
    session = await build_session(services)
    states = {browser.label: browser.state for browser in session.browsers()}
    assert set(states.values()) == {"allowed", "refused", "unasked"}
    names = uses_cookies(services)
    assert {record.provider_id for record in session.ledger()} == set(names)
    for name in names:
        session.cached_session(name)
    await session.close()
    assert await services.browsers.cache.summary(names[0]) != (None, "missing")
    assert session.preferences.refresh_frequency == "adaptive"
    await services.close()


async def test_an_import_in_the_demo_says_what_a_real_one_would() -> None:
    services = build_demo_services()
    session = await build_session(services)
    name = next(name for name in uses_cookies(services) if session.config.entry(name).enabled)
    assert await session.import_session(name) == "Imported from Firefox, profile default-release."
    await session.close()
    await services.close()


async def test_nothing_of_the_demo_reaches_the_machine() -> None:
    services = build_demo_services()
    session = await build_session(services)
    assert await session.set_browser_access("brave", True) == ""
    assert await session.forget_session(uses_cookies(services)[0]) == ""
    await session.close()
    await services.close()
    assert not cache_exists()


def cache_exists() -> bool:
    return cache_folder().exists()
