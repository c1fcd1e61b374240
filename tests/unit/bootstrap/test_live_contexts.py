"""The real services: every port of a fetch is wired, memories and saved secrets go where they belong."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from codexbar_qt.bootstrap import LiveContexts, build_demo_services, build_services, build_session
from codexbar_qt.core import config_edit
from codexbar_qt.core.app_config import TokenAccount
from codexbar_qt.core.fetch_service import FetchRequest
from codexbar_qt.provider_api import (
    AccountsSetting,
    Provider,
    ProviderDescriptor,
    Scope,
    Secret,
    SecretSetting,
    SelectedAccount,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from codexbar_qt.bootstrap import Services
    from codexbar_qt.core.app_config import ProviderEntry
    from codexbar_qt.core.credential_store import Rotation

OLD, NEW = "test-key-1", "test-key-2"


@pytest.fixture
async def services(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Services]:
    """The services over a config file in a temporary folder."""
    monkeypatch.setenv("CODEXBAR_CONFIG", str(tmp_path / "config.json"))
    monkeypatch.setenv("SHARED_KEY", "test-key-8")
    built = build_services()
    yield built
    await built.close()


@pytest.fixture
def contexts(services: Services) -> LiveContexts:
    assert isinstance(services.contexts, LiveContexts)
    return services.contexts


@pytest.fixture
def provider(services: Services) -> Provider:
    """A built-in one with an API key."""
    return next(item for item in services.registry.providers if _has_key(item))


def _has_key(provider: Provider) -> bool:
    return any(isinstance(item, SecretSetting) and item.key == "apiKey" for item in provider.descriptor.settings)


def entry_with_key(services: Services, provider: Provider) -> ProviderEntry:
    services.config_file.update(lambda root: config_edit.set_field(root, provider, "apiKey", OLD, services.env.get))
    return services.config_file.load().entry(provider.id)


def stored_key(services: Services, provider: Provider) -> Any:
    entries = json.loads(services.location.path.read_text())["providers"]
    return next(entry["apiKey"] for entry in entries if entry["id"] == provider.id)


async def test_every_port_is_there(contexts: LiveContexts, services: Services, provider: Provider) -> None:
    entry = services.config_file.load().entry(provider.id)
    found = contexts.context(FetchRequest(provider, entry, interactive=True))
    ports = (found.http, found.processes, found.process_table, found.files, found.desktop, found.clock)
    wired = (
        contexts.http,
        contexts.processes,
        contexts.process_table,
        contexts.files,
        contexts.desktop,
        contexts.clock,
    )
    assert all(port is other for port, other in zip(ports, wired, strict=True))
    assert (found.account, found.scope, found.interactive) == (None, None, True)
    assert await found.process_table.find(lambda line: False) == ()


async def test_account_and_scope_are_those_of_the_request(
    contexts: LiveContexts, services: Services, provider: Provider
) -> None:
    account, scope = TokenAccount("1", " work ", Secret(OLD), usage_scope="team"), Scope("o-1", "Acme")
    request = FetchRequest(provider, services.config_file.load().entry(provider.id), account, scope)
    found = contexts.context(request)
    assert (found.account, found.scope) == (SelectedAccount("work", "team"), scope)


async def test_memories_are_shared_by_the_fetches_of_one_part_of_an_account(
    contexts: LiveContexts, services: Services, provider: Provider
) -> None:
    request = FetchRequest(provider, services.config_file.load().entry(provider.id))
    others = [
        replace(request, account=TokenAccount("1", "a", Secret(OLD))),
        replace(request, scope=Scope("o-1", "Acme")),
        replace(request, account=TokenAccount("1", "a", Secret(OLD)), scope=Scope("o-1", "Acme")),
    ]
    memory = contexts.context(request).memory
    memory.remember("token", Secret(NEW), until=services.clock.now() + timedelta(hours=1))
    assert contexts.context(replace(request, interactive=True)).memory.recall("token") == Secret(NEW)
    assert [contexts.context(other).memory.recall("token") for other in others] == [None, None, None]
    assert services.memories is not None
    services.memories.forget(provider.id)
    assert contexts.context(request).memory.recall("token") is None


@pytest.mark.parametrize(("is_named", "key"), [(True, "test-key-8"), (False, None)])
async def test_variables_of_other_programs_count_for_named_providers(
    contexts: LiveContexts, services: Services, provider: Provider, is_named: bool, key: str | None
) -> None:
    settings = (SecretSetting("apiKey", "API key", env_when_named=("SHARED_KEY",)), AccountsSetting("A", "apiKey"))
    acme = Provider(ProviderDescriptor(provider.id, "Acme", "#112233", 1, settings=settings), ())
    request = FetchRequest(acme, services.config_file.load().entry(provider.id), is_named=is_named)
    found = await contexts.context(request).credentials.get("apiKey")
    assert (found.reveal() if found else None) == key


async def test_without_a_writer_of_its_own_a_fetch_saves_to_the_file(
    contexts: LiveContexts, services: Services, provider: Provider
) -> None:
    request = FetchRequest(provider, entry_with_key(services, provider))
    assert await contexts.context(request).credentials.save_rotated("apiKey", Secret(NEW))
    assert stored_key(services, provider) == NEW


async def test_the_writer_of_a_request_is_asked_instead(
    contexts: LiveContexts, services: Services, provider: Provider
) -> None:
    asked: list[Rotation] = []

    class Writer:
        async def rotate(self, rotation: Rotation) -> bool:
            asked.append(rotation)
            return True

        async def edit_config(self, edit: object) -> str:
            raise AssertionError(edit)

    request = FetchRequest(provider, entry_with_key(services, provider), writer=Writer())
    assert await contexts.context(request).credentials.save_rotated("apiKey", Secret(NEW))
    assert [(item.provider.id, item.key, item.value.reveal()) for item in asked] == [(provider.id, "apiKey", NEW)]
    assert stored_key(services, provider) == OLD


async def test_a_session_takes_what_its_fetches_save(services: Services, provider: Provider) -> None:
    entry_with_key(services, provider)
    session = await build_session(services)
    context = session._context(provider)
    context.memory.remember("token", Secret(NEW), until=services.clock.now() + timedelta(hours=1))
    assert await context.credentials.save_rotated("apiKey", Secret(NEW))
    assert session.config.entry(provider.id).raw["apiKey"] == NEW
    assert session._context(provider).memory.recall("token") == Secret(NEW)
    is_on = session.config.entry(provider.id).enabled
    await session.edit_config(lambda root: config_edit.set_enabled(root, provider.id, not is_on))
    assert session._context(provider).memory.recall("token") is None
    await session.close()


@pytest.mark.parametrize("keeps", [True, False])
async def test_held_programs_are_kept_by_the_tray_app_alone(keeps: bool) -> None:
    services = build_services(keeps_programs=keeps)
    assert isinstance(services.contexts, LiveContexts)
    assert services.contexts.processes._keeps_programs is keeps  # type: ignore[attr-defined]
    # A page is opened by the tray app only.
    assert (services.open_page is not None) is keeps
    await services.close()


async def test_the_demo_saves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    services = build_demo_services()
    session = await build_session(services)
    before = services.location.path.read_bytes()
    provider = next(item for item in session.enabled() if _has_key(item))
    await session._context(provider).credentials.save_rotated("apiKey", Secret(NEW))
    await session._context(provider).credentials.add_account("work", Secret(NEW))
    assert services.location.path.read_bytes() == before
    assert not await session._context(provider).desktop.open_terminal(["tool"])
    await session.close()
    await services.close()
