"""The running application while it lives: accounts, refreshes, popup, buttons, the archive and the end."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.core import config_edit
from codexbar_qt.core.account import AccountKey
from codexbar_qt.core.config_file import ConfigFile
from codexbar_qt.core.fetch_service import UnexpectedFailure
from codexbar_qt.core.session import AppSession
from codexbar_qt.core.snapshot_archive import ArchivedAccount, SnapshotArchive
from codexbar_qt.provider_api import (
    AuthRejected,
    Choice,
    Identity,
    MissingCredential,
    NoUsageData,
    RateWindow,
    ServiceUnavailable,
    Snapshot,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.core.conftest import ManualClock
    from tests.unit.core.session_world import World

SECRET = "test-key-1"
ACME, BOLT = AccountKey("acme"), AccountKey("bolt")
Root = dict[str, object]


def add_account(label: str, token: str, clock: ManualClock) -> Callable[[Root], None]:
    def edit(root: Root) -> None:
        config_edit.add_account(root, "acme", label, token, clock.now())

    return edit


# Accounts


async def test_the_selected_account_is_fetched_and_shown_alone(world: World) -> None:
    session = await world.begin()
    world.names()
    await session.edit_config(add_account("home", "test-key-3", world.clock))
    await session.edit_config(add_account("work", "test-key-4", world.clock))
    await world.clock.settle()
    entry = session.config.entry("acme")
    home, work = entry.accounts
    assert world.asked[-1] == ("acme", "test-key-4")
    assert session.active_key("acme") == AccountKey("acme", work.id)
    assert world.store.accounts() == (AccountKey("acme", work.id),)
    assert session.card("acme").account_text == "work"
    await session.edit_config(lambda root: config_edit.select_account(root, "acme", home.id, world.clock.now()))
    await world.clock.settle()
    assert world.asked[-1] == ("acme", "test-key-3")
    assert world.store.accounts() == (AccountKey("acme", home.id),)
    assert session.card("acme").account_text == "home"


# Refreshing


async def test_a_manual_refresh_fetches_one_or_all(world: World) -> None:
    session = await world.begin()
    await session.edit_config(world.switch("bolt", True))
    await world.clock.settle()
    world.names()
    session.refresh("bolt")
    await world.clock.settle()
    assert world.names() == ["bolt"]
    session.refresh()
    await world.clock.settle()
    assert world.names() == ["acme", "bolt"]


@pytest.mark.parametrize(
    ("choice", "low_power", "short_of_power", "minutes"),
    [
        ("fiveMinutes", "off", True, 5),
        ("fiveMinutes", "automatic", False, 5),
        ("fiveMinutes", "automatic", True, 30),
        ("fiveMinutes", "on", False, 30),
        ("adaptive", "off", False, 30),
        ("manual", "off", False, None),
    ],
)
async def test_the_cadence_follows_the_preferences(
    world: World, choice: str, low_power: str, short_of_power: bool, minutes: int | None
) -> None:
    session = await world.begin()
    await session.edit_preferences({"refresh_frequency": choice, "low_power_mode": low_power})
    session.set_constrained(short_of_power)
    world.names()
    await world.clock.advance(60 * (minutes or 600) - 1)
    assert world.names() == []
    await world.clock.advance(1)
    assert world.names() == ([] if minutes is None else ["acme"])


async def test_nothing_is_fetched_between_pause_and_resume(world: World) -> None:
    session = await world.begin()
    world.names()
    session.pause()
    await world.clock.advance(3600)
    assert world.names() == []
    session.resumed()
    await world.clock.advance(10)
    assert world.names() == ["acme"]


async def test_a_changed_environment_tries_everything_anew(world: World) -> None:
    world.answers["acme"] = MissingCredential("No key.")
    session = await world.begin()
    del world.answers["acme"]
    world.names()
    session.environment_changed()
    await world.clock.settle()
    assert world.names() == ["acme"]
    assert world.store.get(ACME).error is None


async def test_fetching_once_needs_no_timer(world: World) -> None:
    session = world.build()
    await session.fetch_once()
    assert world.names() == ["acme"]
    assert world.store.get(ACME).snapshot is not None
    await session.close()


# The popup


async def all_on(world: World) -> AppSession:
    world.location.path.parent.mkdir()
    session = world.build()
    await session.edit_config(world.switch("bolt", True))
    await session.close()
    return await world.begin()


async def test_opening_the_popup_fetches_what_is_missing_or_failed_after_a_moment(world: World) -> None:
    world.answers["bolt"] = ServiceUnavailable("Away.")
    session = await all_on(world)
    world.names()
    session.popup_opened()
    await world.clock.advance(1.1)
    assert world.names() == []
    await world.clock.advance(0.2)
    assert world.names() == ["bolt"]


async def test_opening_the_popup_again_while_the_first_look_waits_changes_nothing(world: World) -> None:
    world.answers["acme"] = MissingCredential("No key.")
    session = await world.begin()
    world.names()
    session.popup_opened()
    await world.clock.advance(0.6)
    session.popup_opened()
    await world.clock.advance(1.2)
    assert world.names() == ["acme"]


@pytest.mark.parametrize(
    ("answer", "again"),
    [
        (NoUsageData("None."), []),
        (AuthRejected("No."), []),
        (MissingCredential("No key."), ["acme"]),
        (ServiceUnavailable("Away."), ["acme"]),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_what_counts_as_missing(world: World, answer: Exception, again: list[str]) -> None:
    world.answers["acme"] = answer
    session = await world.begin()
    world.names()
    session.popup_opened()
    await world.clock.advance(1.2)
    assert world.names() == again


async def test_the_popup_fetches_one_after_another_and_all_at_once_on_request(world: World) -> None:
    world.answers |= {"acme": ServiceUnavailable("Away."), "bolt": ServiceUnavailable("Away.")}
    session = await all_on(world)
    world.names()
    world.held = {"acme", "bolt"}
    session.popup_opened()
    await world.clock.advance(1.2)
    assert world.names() == ["acme"]
    session.popup_opened()
    await world.clock.advance(1.2)
    assert world.names() == []
    world.gate.set()
    await world.clock.settle()
    assert world.names() == ["bolt"]

    world.answers.clear()
    session.refresh()
    await world.clock.settle()
    world.names()
    await session.edit_preferences({"refresh_when_menu_opens": True})
    world.gate.clear()
    session.popup_opened()
    await world.clock.advance(1.2)
    assert world.names() == ["acme", "bolt"]
    world.gate.set()


# Buttons and pickers


async def test_a_button_reports_and_refreshes_where_it_should(world: World) -> None:
    session = await world.begin()
    world.names()
    progress: list[str] = []
    assert await session.run_action("acme", "plain", progress.append) == "Done."
    await world.clock.settle()
    assert (progress, world.names()) == (["Working"], [])
    assert await session.run_action("acme", "login", progress.append) == "Done."
    await world.clock.settle()
    assert world.names() == ["acme"]


async def test_a_button_that_fails_raises_a_sentence(world: World, caplog: pytest.LogCaptureFixture) -> None:
    session = await world.begin()
    progress: list[str] = []
    world.names()
    world.answers["act"] = AuthRejected("The login was refused.")
    with pytest.raises(AuthRejected, match="refused"):
        await session.run_action("acme", "login", progress.append)
    assert caplog.records == []
    world.answers["act"] = ZeroDivisionError(SECRET)
    for _ in range(2):
        with pytest.raises(UnexpectedFailure, match=r"^Acme hit an internal error\. Report it"):
            await session.run_action("acme", "login", progress.append)
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert SECRET not in caplog.text
    await world.clock.settle()
    assert world.names() == []


async def test_an_unknown_button_is_a_fault_of_the_caller(world: World) -> None:
    session = await world.begin()
    with pytest.raises(KeyError):
        await session.run_action("acme", "nothing", list[str]().append)


async def test_a_picker_without_its_finds_is_empty(world: World, caplog: pytest.LogCaptureFixture) -> None:
    session = await world.begin()
    assert await session.discover_choices("acme", "place") == (Choice("here", "Here"),)
    assert await session.discover_choices("acme", "region") == ()
    world.answers["discover"] = ServiceUnavailable("Away.")
    assert await session.discover_choices("acme", "place") == ()
    assert caplog.records == []
    world.answers["discover"] = ZeroDivisionError(SECRET)
    assert await session.discover_choices("acme", "place") == ()
    assert await session.discover_choices("acme", "place") == ()
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert SECRET not in caplog.text


# Start at login


class LoginItem:
    """The system's list of programs that start at login."""

    def __init__(self, complaint: str, *, on: bool = False) -> None:
        self.complaint = complaint
        self.on = on

    def is_on(self) -> bool:
        return self.on

    def set_on(self, on: bool) -> str:
        self.on = self.on if self.complaint else on
        return self.complaint


async def test_start_at_login(world: World) -> None:
    session = world.build()
    assert await session.set_start_at_login(True) == "Start at login is not available in demo mode."
    for complaint in ("The system refused. Try again.", ""):
        parts = replace(session._parts, login_item=LoginItem(complaint))
        other = AppSession(parts, session.config, session.preferences)
        assert await other.set_start_at_login(True) == complaint
        assert other.preferences.start_at_login == (not complaint)
        await other.close()
    await session.close()


@pytest.mark.parametrize("on", [True, False])
async def test_start_at_login_is_what_the_system_says(world: World, on: bool) -> None:
    session = world.build()
    await session.edit_preferences({"start_at_login": not on})
    await session.check_start_at_login()
    assert session.preferences.start_at_login != on  # a demo asks no system
    parts = replace(session._parts, login_item=LoginItem("", on=on))
    other = AppSession(parts, session.config, session.preferences)
    await other.check_start_at_login()
    assert other.preferences.start_at_login == on
    assert world.preferences_file.load().start_at_login == on
    await other.close()
    await session.close()


# The archive and the end


def saved(world: World) -> tuple[ArchivedAccount, ...]:
    return SnapshotArchive(world.archive_path).load()


async def test_what_an_earlier_run_knew_is_shown_until_the_first_fetch(world: World) -> None:
    old = Snapshot(world.clock.now() - timedelta(hours=3), RateWindow(40.0))
    SnapshotArchive(world.archive_path).save((ArchivedAccount("acme", "", "api", old),))
    world.held = {"acme"}
    session = await world.begin()
    card = session.card("acme")
    assert (card.rows[0].value_text, card.stale, card.subtitle) == ("60% left", True, "Refreshing…")
    world.gate.set()
    await world.clock.settle()
    card = session.card("acme")
    assert (card.rows[0].value_text, card.stale) == ("90% left", False)


async def test_an_edit_while_the_archive_is_read_counts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = asyncio.Event()
    at_once = asyncio.to_thread

    async def later(work: Callable[..., object], *arguments: object) -> object:
        await gate.wait()
        return work(*arguments)

    monkeypatch.setattr(asyncio, "to_thread", later)
    session = await world.begin()
    monkeypatch.setattr(asyncio, "to_thread", at_once)
    await session.edit_config(world.switch("bolt", True))
    gate.set()
    await world.clock.settle()
    assert world.names() == ["acme", "bolt"]


async def test_good_snapshots_are_saved_a_moment_later_and_at_the_end(world: World) -> None:
    session = await world.begin()
    await world.clock.advance(4.9)
    assert saved(world) == ()
    await world.clock.advance(0.2)
    first = saved(world)
    assert [item.provider_id for item in first] == ["acme"]
    world.answers["acme"] = Snapshot(world.clock.now(), RateWindow(77.0))
    session.refresh()
    await world.clock.settle()
    assert saved(world) == first
    await world.end()
    world.running = None
    assert saved(world)[0].snapshot == world.answers["acme"]


async def test_hiding_personal_information_rewrites_the_archive(world: World) -> None:
    world.answers["acme"] = Snapshot(world.clock.now(), identity=Identity("user@example.com"))
    session = await world.begin()
    await world.clock.advance(5)
    assert "user@example.com" in world.archive_path.read_text()
    await session.edit_preferences({"hide_personal_info": True})
    await world.clock.advance(5)
    assert "user@example.com" not in world.archive_path.read_text()


async def test_the_end_waits_for_edits_and_for_nothing_else(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    session = await world.begin()
    world.held = {"acme"}
    session.refresh()
    session.popup_opened()
    gate, at_once = asyncio.Event(), asyncio.to_thread

    async def later(work: Callable[..., object], *arguments: object) -> object:
        await gate.wait()
        return work(*arguments)

    monkeypatch.setattr(asyncio, "to_thread", later)
    editing = asyncio.create_task(session.edit_config(world.switch("bolt", True)))
    await world.clock.settle()
    monkeypatch.setattr(asyncio, "to_thread", at_once)
    ending = asyncio.create_task(world.end())
    await world.clock.settle()
    assert not ending.done()
    gate.set()
    await ending
    world.running = None
    assert await editing == ""
    assert ConfigFile(world.location, world.providers, world.clock.now).load().enabled_ids == ("acme", "bolt")
    assert "bolt" not in world.names()


async def test_an_end_before_the_archive_was_read_keeps_it(world: World) -> None:
    old = Snapshot(world.clock.now(), RateWindow(12.0))
    SnapshotArchive(world.archive_path).save((ArchivedAccount("acme", "", "api", old),))
    session = world.build()
    await session.close()
    assert [item.snapshot for item in saved(world)] == [old]
