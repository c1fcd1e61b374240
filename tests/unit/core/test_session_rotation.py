"""A fetch that renews its own credential: it goes on, its data stays, and the next one uses the new value."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from codexbar_qt.core import config_edit
from codexbar_qt.core.account import AccountKey
from codexbar_qt.provider_api import InvalidSetting, Secret
from codexbar_qt.provider_testing import FakeEnv

if TYPE_CHECKING:
    from collections.abc import Callable

    from codexbar_qt.core.app_config import AppConfig
    from codexbar_qt.core.session import AppSession
    from codexbar_qt.provider_api import FetchContext
    from tests.unit.core.session_world import World

ACME, BOLT = AccountKey("acme"), AccountKey("bolt")
OLD, NEW = "test-key-1", "test-key-2"
Root = dict[str, object]


def keyed(world: World, value: str, name: str = "acme") -> Callable[[Root], None]:
    provider = {item.id: item for item in world.providers}[name]
    return lambda root: config_edit.set_field(root, provider, "apiKey", value, FakeEnv({}).get)


def with_account(world: World, token: str) -> Callable[[Root], None]:
    def edit(root: Root) -> None:
        config_edit.add_account(root, "acme", "work", token, world.clock.now())

    return edit


async def begin(world: World) -> AppSession:
    """A session whose providers are on and have keys, and were fetched once."""
    session = await world.begin()
    await session.edit_config(world.switch("bolt", True))
    await session.edit_config(keyed(world, "test-key-5", "bolt"))
    await session.edit_config(keyed(world, OLD))
    await world.clock.settle()
    world.names()
    return session


class Renewal:
    """Renews the key in the middle of a fetch and waits there for the test."""

    def __init__(self, world: World, value: str = NEW, name: str = "acme") -> None:
        self._value = value
        self._world = world
        self.saved: list[bool] = []
        self.renewed = asyncio.Event()
        self.go_on = asyncio.Event()
        world.during[name] = self._act

    async def _act(self, ctx: FetchContext) -> None:
        ctx.memory.remember("session", Secret("test-session-1"), until=ctx.clock.now() + timedelta(hours=9))
        self.saved.append(await ctx.credentials.save_rotated("apiKey", Secret(self._value)))
        self.renewed.set()
        await self.go_on.wait()


def remembered(world: World, name: str = "acme", account: str = "") -> Secret | None:
    return world.memories.of(name, account, "").recall("session")


async def test_the_fetch_goes_on_and_the_next_one_uses_the_new_value(world: World) -> None:
    session = await begin(world)
    told = world.told
    known = world.store.get(ACME).snapshot
    renewal = Renewal(world)
    session.refresh("acme")
    await renewal.renewed.wait()
    await world.clock.settle()
    assert renewal.saved == [True]
    state = world.store.get(ACME)
    assert (state.refreshing, state.is_restored, state.snapshot) == (True, False, known)
    assert world.asked == [("acme", OLD)]  # nobody was fetched anew
    entry: dict[str, Any] = json.loads(world.location.path.read_text())["providers"][0]
    assert (entry["id"], entry["apiKey"], entry["apiKeyRegion"]) == ("acme", NEW, "world")
    assert session.config.entry("acme").raw["apiKey"] == NEW
    assert world.told == told + 1
    renewal.go_on.set()
    await world.clock.settle()
    assert world.store.get(ACME).refreshing is False
    assert world.store.get(ACME).error is None
    assert remembered(world) == Secret("test-session-1")
    session.refresh("acme")
    await world.clock.settle()
    assert world.asked == [("acme", OLD), ("acme", NEW)]


async def test_the_token_of_the_selected_account(world: World) -> None:
    session = await begin(world)
    await session.edit_config(with_account(world, "test-token-1"))
    await world.clock.settle()
    world.names()
    key = session.active_key("acme")
    renewal = Renewal(world)
    session.refresh("acme")
    await renewal.renewed.wait()
    await world.clock.settle()
    assert session.active_key("acme") == key
    account = session.config.entry("acme").account
    assert account is not None
    assert account.token.reveal() == NEW
    assert session.config.entry("acme").raw["apiKey"] == OLD
    assert (world.store.get(key).refreshing, world.store.get(key).is_restored) == (True, False)
    renewal.go_on.set()
    await world.clock.settle()
    assert remembered(world, account=key.account_id) == Secret("test-session-1")
    assert world.asked == [("acme", "test-token-1")]


async def test_a_key_that_a_person_enters_starts_the_account_afresh(world: World) -> None:
    session = await begin(world)
    renewal = Renewal(world)
    session.refresh("acme")
    await renewal.renewed.wait()
    await session.edit_config(keyed(world, "test-key-9"))
    await world.clock.settle()
    assert world.asked == [("acme", OLD), ("acme", "test-key-9")]
    assert remembered(world) is None
    assert not renewal.go_on.is_set()


async def test_a_changed_environment_forgets_too(world: World) -> None:
    session = await begin(world)
    for name in ("acme", "bolt"):
        memory = world.memories.of(name, "", "")
        memory.remember("session", Secret("x"), until=world.clock.now() + timedelta(hours=1))
    await session.edit_config(world.switch("bolt", False))
    assert (remembered(world), remembered(world, "bolt")) == (Secret("x"), None)
    session.environment_changed()
    assert remembered(world) is None


@pytest.mark.parametrize("first", ["rotation", "edit"])
async def test_another_edit_at_the_same_time_restarts_nobody(
    world: World, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    """Whichever of two changes of the file is heard of first, the renewed account goes on."""
    session = await begin(world)
    written, heard = {name: asyncio.Event() for name in ("rotation", "edit")}, list[str]()
    turn = {"rotation": asyncio.Event(), "edit": asyncio.Event()}

    async def change_config(change: Callable[[], AppConfig]) -> None:
        name = "edit" if written["rotation"].is_set() else "rotation"
        config = await asyncio.to_thread(change)
        written[name].set()
        await turn[name].wait()
        session._take_config(config)
        heard.append(name)

    monkeypatch.setattr(session, "_change_config", change_config)
    renewal = Renewal(world)
    session.refresh("acme")
    await written["rotation"].wait()
    edit = asyncio.create_task(session.edit_config(keyed(world, "test-key-6", "bolt")))
    await written["edit"].wait()
    second = "edit" if first == "rotation" else "rotation"
    for name in (first, second):
        turn[name].set()
        await world.clock.settle()
    assert await edit == ""
    assert heard == [first, second]
    assert world.asked == [("acme", OLD), ("bolt", "test-key-6")]
    assert world.store.get(ACME).refreshing
    assert session.config.entry("acme").raw["apiKey"] == NEW
    assert session._rotations == []
    renewal.go_on.set()


@pytest.mark.logs_warnings
async def test_a_value_that_cannot_be_stored_leaves_everything_as_it_is(world: World) -> None:
    session = await begin(world)
    renewal = Renewal(world)
    world.location.path.write_text("{")
    session.refresh("acme")
    await renewal.renewed.wait()
    assert renewal.saved == [False]
    assert world.location.path.read_text() == "{"
    assert session.config.entry("acme").raw["apiKey"] == OLD
    assert session._rotations == []
    renewal.go_on.set()
    await world.clock.settle()
    assert world.store.get(ACME).error is None


async def test_a_fetch_that_is_cancelled_in_the_middle_of_saving(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    session = await begin(world)
    writing, go_on = asyncio.Event(), asyncio.Event()
    change = session._change_config

    async def slowly(work: Callable[[], AppConfig]) -> None:
        writing.set()
        await go_on.wait()
        await change(work)

    monkeypatch.setattr(session, "_change_config", slowly)
    Renewal(world)
    session.refresh("acme")
    await writing.wait()
    session._parts.scheduler.apply({}, ())
    go_on.set()
    await asyncio.gather(*(task for task in session._tasks if task.get_name() == "edit"))
    await world.clock.settle()
    assert json.loads(world.location.path.read_text())["providers"][0]["apiKey"] == NEW
    assert session._rotations == []


async def test_a_button_that_signs_in_goes_the_way_of_an_edit(world: World) -> None:
    session = await begin(world)

    async def sign_in(ctx: FetchContext) -> None:
        await ctx.credentials.add_account("user@example.com", Secret("test-token-7"))

    world.during["act"] = sign_in
    assert await session.run_action("acme", "plain", lambda _: None) == "Done."
    await world.clock.settle()
    account = session.config.entry("acme").account
    assert account is not None
    assert (account.label, account.token.reveal()) == ("user@example.com", "test-token-7")
    assert world.asked == [("acme", "test-token-7")]

    async def sign_in_blank(ctx: FetchContext) -> None:
        await ctx.credentials.add_account("user@example.com", Secret(""))

    world.during["act"] = sign_in_blank
    with pytest.raises(InvalidSetting, match="The token is empty"):
        await session.run_action("acme", "plain", lambda _: None)
