"""The running application behind its surfaces: what can be read, and edits of config and preferences."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from codexbar_qt.core import config_edit
from codexbar_qt.core.account import AccountKey
from codexbar_qt.core.config_file import ConfigFile
from codexbar_qt.core.registry import LoadFailure, PluginFile
from codexbar_qt.core.session_view import SecretStatus
from codexbar_qt.provider_api import InvalidSetting
from codexbar_qt.provider_testing import FakeEnv

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from tests.unit.core.session_world import World

SECRET = "test-key-1"
ACME, BOLT = AccountKey("acme"), AccountKey("bolt")
Root = dict[str, object]


# Reading


async def test_what_can_be_read(world: World) -> None:
    session = await world.begin()
    assert [provider.id for provider in session.providers()] == ["acme", "bolt"]
    assert [provider.id for provider in session.enabled()] == ["acme"]
    assert session.load_failures() == (LoadFailure("x", "It broke."),)
    assert session.waiting_plugins() == (PluginFile("/p.py", "00"),)
    assert (session.problem, session.is_demo, session.clock, session.env) == ("", False, world.clock, world.env)
    card = session.card("acme")
    assert (card.name, card.rows[0].value_text) == ("Acme", "90% left")
    assert session.tab("acme").strip == 90.0
    assert session.tray().tooltip == "Acme: own none"


async def test_preferences_change_how_things_read(world: World) -> None:
    session = await world.begin()
    changes = {
        "usage_bars_show_used": True,
        "reset_times_show_absolute": True,
        "hide_personal_info": True,
        "show_optional_credits_and_extra_usage": False,
        "token_cost_usage_enabled": True,
        "shown": "b",
    }
    assert await session.edit_preferences(changes) == ""
    look = session.look()
    assert (look.show_used, look.absolute_resets, look.hide_personal_info) == (True, True, True)
    assert (look.show_credits, look.show_cost) == (False, True)
    assert session.card("acme").rows[0].value_text == "10% used"
    assert (session.setting_text("acme", "shown"), session.tray().tooltip) == ("b", "Acme: own b")
    assert world.told == 1


async def test_a_tray_text_that_breaks_leaves_the_icon_to_the_others(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    session = await world.begin()
    world.answers["tray"] = ZeroDivisionError(SECRET)
    assert session.tray().tooltip == "Acme: 90% left"
    session.tray()
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert SECRET not in caplog.text


async def test_the_usage_page_follows_the_settings(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.env = FakeEnv({})
    session = await world.begin()
    acme = world.providers[0]
    assert session.card("acme").dashboard_url == "https://acme.example.com"
    await session.edit_config(lambda root: config_edit.set_field(root, acme, "region", "east"))
    assert session.card("acme").dashboard_url == "https://east.example.com"
    now = world.clock.now()

    def add(root: Root) -> None:
        config_edit.add_account(root, "acme", "work", SECRET, now)

    await session.edit_config(add)
    assert session.card("acme").dashboard_url == "https://work.example.com"
    world.answers["dashboard"] = ZeroDivisionError(SECRET)
    assert session.card("acme").dashboard_url == "https://acme.example.com"
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert SECRET not in caplog.text


async def test_the_usage_page_may_depend_on_the_environment(world: World) -> None:
    world.env = FakeEnv({"ACME_PAGE": "named"})
    session = await world.begin()
    assert session.card("acme").dashboard_url == "https://named.example.com"


async def test_a_provider_says_where_it_finds_a_credential_itself(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    session = await world.begin()
    assert await session.locate_secret("acme", "apiKey") == "~/keys/world"
    assert await session.locate_secret("bolt", "apiKey") == ""
    world.answers["locate"] = InvalidSetting("No.")
    assert await session.locate_secret("acme", "apiKey") == ""
    assert not caplog.records
    world.answers["locate"] = ZeroDivisionError(SECRET)
    assert await session.locate_secret("acme", "apiKey") == ""
    assert SECRET not in caplog.text


async def test_a_secret_is_described_and_never_told(world: World) -> None:
    world.env = FakeEnv({"ACME_API_KEY": "test-key-2", "BOLT_API_KEY": "test-key-2"})
    session = await world.begin()
    assert session.secret_state("acme", "apiKey") == SecretStatus(from_env="ACME_API_KEY")
    acme = world.providers[0]
    await session.edit_config(lambda root: config_edit.set_field(root, acme, "apiKey", SECRET, world.env.get))
    assert session.secret_state("acme", "apiKey") == SecretStatus(stored=True)
    await session.edit_config(lambda root: config_edit.set_field(root, acme, "region", "east"))
    state = session.secret_state("acme", "apiKey")
    assert state == SecretStatus(from_env="ACME_API_KEY", bound_elsewhere=True)
    assert SECRET not in repr(state) + repr(session.config.entry("acme"))
    assert session.secret_state("acme", "region") == SecretStatus()


async def test_a_variable_of_another_region_is_not_said_to_be_used(world: World) -> None:
    world.env = FakeEnv({"ACME_API_KEY": "test-key-2", "ACME_REGION": "east"})
    session = await world.begin()
    assert session.secret_state("acme", "apiKey") == SecretStatus()


async def test_a_variable_of_other_programs_is_used_once_the_provider_is_on(world: World) -> None:
    world.env = FakeEnv({"SHARED_API_KEY": "test-key-2"})
    session = await world.begin()
    assert session.secret_state("bolt", "apiKey") == SecretStatus()
    await session.edit_config(world.switch("bolt", True))
    await world.clock.settle()
    assert session.secret_state("bolt", "apiKey") == SecretStatus(from_env="SHARED_API_KEY")
    assert ("bolt", "test-key-2") in world.asked


# Edits of the config


async def test_an_edit_counts_at_once_is_saved_told_and_fetched(world: World) -> None:
    session = await world.begin()
    assert world.names() == ["acme"]
    assert await session.edit_config(world.switch("bolt", True)) == ""
    assert session.config.enabled_ids == ("acme", "bolt")
    assert world.told == 1
    assert ConfigFile(world.location, world.providers, world.clock.now).load().enabled_ids == ("acme", "bolt")
    await world.clock.settle()
    assert world.asked == [("bolt", "test-key-2")]
    assert world.store.get(BOLT).snapshot is not None


async def test_switching_off_clears_the_state(world: World) -> None:
    session = await world.begin()
    await session.edit_config(world.switch("acme", False))
    assert (world.store.accounts(), session.enabled(), session.tray().tooltip) == (
        (),
        (),
        "CodexBar · no provider is on",
    )
    await session.edit_config(world.switch("acme", True))
    assert session.card("acme").rows == ()
    await world.clock.settle()
    assert len(session.card("acme").rows) == 1


async def test_the_accent_alone_does_not_touch_other_providers(world: World) -> None:
    session = await world.begin()
    await session.edit_config(world.switch("bolt", True))
    await world.clock.settle()
    world.names()
    acme = world.providers[0]
    await session.edit_config(lambda root: config_edit.set_field(root, acme, "host", "https://example.com"))
    await world.clock.settle()
    assert world.names() == ["acme"]


def refuse(root: Root) -> None:
    root.clear()
    raise KeyError(SECRET)


async def test_an_edit_that_cannot_be_made_gives_a_sentence_and_changes_nothing(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    session = await world.begin()
    await session.edit_config(world.switch("acme", True))
    before, config, told = world.location.path.read_bytes(), session.config, world.told
    acme = world.providers[0]
    complaint = await session.edit_config(lambda root: config_edit.set_field(root, acme, "host", "http://"))
    assert complaint.endswith(".")
    assert "internal" not in complaint
    assert caplog.records == []
    internal = await session.edit_config(refuse)
    assert (
        internal == "The change could not be made because of an internal error. Report it with the log from Settings."
    )
    assert "KeyError" in caplog.text
    assert SECRET not in caplog.text
    assert (world.location.path.read_bytes(), session.config, world.told) == (before, config, told)


async def test_a_file_of_a_newer_version_is_not_changed(world: World) -> None:
    world.location.path.parent.mkdir()
    world.location.path.write_text('{"version": 99}')
    session = await world.begin()
    assert await session.edit_config(world.switch("bolt", True))
    assert world.location.path.read_text() == '{"version": 99}'
    assert (world.told, [provider.id for provider in session.enabled()]) == (0, ["acme"])
    assert session.problem


async def test_a_caller_that_goes_away_leaves_file_and_memory_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = await world.begin()
    gate = asyncio.Event()

    async def later(work: Callable[..., object], *arguments: object) -> object:
        done = work(*arguments)
        await gate.wait()
        return done

    monkeypatch.setattr(asyncio, "to_thread", later)
    leaving = [
        asyncio.create_task(session.edit_config(world.switch("bolt", True))),
        asyncio.create_task(session.edit_preferences({"usage_bars_show_used": True})),
    ]
    await world.clock.settle()
    for task in leaving:
        task.cancel()
    await asyncio.gather(*leaving, return_exceptions=True)
    gate.set()
    await world.clock.settle()
    assert session.config.enabled_ids == ("acme", "bolt")
    assert session.look().show_used


async def test_of_two_edits_at_once_the_later_one_counts_whichever_is_heard_of_first(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = await world.begin()
    first = asyncio.Event()

    async def slow(work: Callable[..., object], *arguments: object) -> object:
        done = work(*arguments)
        await first.wait()
        return done

    quick = asyncio.to_thread
    monkeypatch.setattr(asyncio, "to_thread", slow)
    early = [
        asyncio.create_task(session.edit_config(world.switch("bolt", True))),
        asyncio.create_task(session.edit_preferences({"usage_bars_show_used": True})),
    ]
    await world.clock.settle()
    monkeypatch.setattr(asyncio, "to_thread", quick)
    await session.edit_config(world.switch("bolt", False))
    await session.edit_preferences({"usage_bars_show_used": False})
    first.set()
    assert await asyncio.gather(*early) == ["", ""]
    assert session.config.enabled_ids == ("acme",)
    assert not session.look().show_used


async def test_a_view_that_breaks_does_not_keep_the_others_from_hearing(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    session = world.build()
    heard: list[str] = []

    def broken() -> None:
        raise RuntimeError(SECRET)

    session.subscribe(broken)
    leave = session.subscribe(lambda: heard.append("last"))
    assert await session.edit_config(world.switch("bolt", True)) == ""
    leave()
    await session.edit_config(world.switch("bolt", False))
    assert (heard, world.told) == (["last"], 2)
    assert SECRET not in caplog.text
    await session.close()


async def test_an_outside_change_is_taken_and_our_own_is_not_taken_twice(world: World) -> None:
    session = await world.begin()
    await session.edit_config(world.switch("acme", True))
    told = world.told
    await session.reload_config()
    assert world.told == told
    document = json.loads(world.location.path.read_text())
    next(item for item in document["providers"] if item["id"] == "bolt")["enabled"] = True
    world.location.path.write_text(json.dumps(document))
    await session.reload_config()
    await world.clock.settle()
    assert (session.config.enabled_ids, world.told) == (("acme", "bolt"), told + 1)
    assert world.store.get(BOLT).snapshot is not None


async def test_a_file_that_breaks_outside_keeps_the_last_good_values(world: World) -> None:
    session = await world.begin()
    await session.edit_config(world.switch("bolt", True))
    world.location.path.write_text("{")
    await session.reload_config()
    assert session.config.enabled_ids == ("acme", "bolt")
    assert "could not be read" in session.problem
    assert world.store.get(ACME).snapshot is not None


async def test_restoring_the_defaults(world: World) -> None:
    session = await world.begin()
    await session.edit_config(world.switch("bolt", True))
    assert await session.restore_default_config() == ""
    assert session.config.enabled_ids == ("acme",)
    assert list(world.location.path.parent.glob("config.json.corrupt-*")) != []


async def test_a_preference_that_does_not_fit_gives_a_sentence(world: World) -> None:
    session = await world.begin()
    before = session.preferences
    complaint = await session.edit_preferences({"refresh_frequency": "sometimes"})
    assert complaint == "refresh_frequency cannot have this value. Choose another one."
    assert (session.preferences, world.told) == (before, 0)
