"""The Privacy pane: browsers with their switches, kept sessions, the access ledger."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QAbstractItemModel

from codexbar_qt.core.browser_access import AccessRecord, BrowserAccess, CachedSession
from codexbar_qt.ui.privacy_model import PrivacyModel
from codexbar_qt.ui.privacy_texts import age_words

if TYPE_CHECKING:
    from tests.ui.settings.conftest import World

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)
FOUND = (
    BrowserAccess("chrome", "Chrome", "allowed", found=True),
    BrowserAccess("brave", "Brave", "unasked", found=True),
    BrowserAccess("edge", "Edge", "refused", found=False),
    BrowserAccess("opera", "Opera", "unasked", found=False),
)


def record(
    minutes: float, result: str = "3 cookies", item: str = "~/.config/x/Cookies", times: int = 1
) -> AccessRecord:
    return AccessRecord("Cookies", item, "beta", NOW - timedelta(minutes=minutes), result, times)


@pytest.fixture
def privacy(world: World) -> PrivacyModel:
    world.session.access = {one.id: one for one in FOUND}
    world.model.showPane("privacy")
    model = world.model.privacy
    assert isinstance(model, PrivacyModel)
    return model


async def test_browsers_that_are_here_or_were_answered_are_listed_with_what_it_means(privacy: PrivacyModel) -> None:
    assert [(one.label, one.state_text, one.allowed, one.meaning) for one in privacy.listed_browsers] == [
        ("Chrome", "Allowed", True, "Providers may use the logins in it."),
        ("Brave", "Not asked yet", False, "Not read. You are asked when a provider could first use it."),
        ("Edge", "Refused", False, "Never read. It is not on this machine now."),
    ]
    assert privacy.browserCount == 3


async def test_a_switch_asks_and_follows_what_is_stored(world: World, privacy: PrivacyModel) -> None:
    privacy.allow("brave", True)
    assert not privacy.listed_browsers[1].allowed
    await world.until(lambda: privacy.listed_browsers[1].allowed)
    privacy.allow("brave", False)
    await world.until(lambda: privacy.listed_browsers[1].state_text == "Refused")
    assert world.session.asked == [("access", "brave", True), ("access", "brave", False)]


async def test_an_answer_that_could_not_be_stored_is_told(world: World, privacy: PrivacyModel) -> None:
    world.session.told = "The settings could not be saved. Free some space."
    privacy.allow("brave", True)
    await world.until(lambda: world.model.banner)
    assert world.model.banner == "The settings could not be saved. Free some space."
    assert not privacy.listed_browsers[1].allowed


async def test_a_kept_session_is_forgotten_once(world: World, privacy: PrivacyModel) -> None:
    world.session.kept = {"beta": CachedSession("Chrome Default", NOW - timedelta(minutes=3))}
    world.session.change()
    assert [(one.name, one.detail, one.busy) for one in privacy.listed_kept] == [
        ("Beta Code", "Chrome Default • 3 minutes ago", False)
    ]
    world.session.may_go_on.clear()
    privacy.forget("beta")
    privacy.forget("beta")
    assert privacy.listed_kept[0].busy
    world.session.may_go_on.set()
    await world.until(lambda: privacy.keptCount == 0)
    assert world.session.asked == [("forget", "beta")]


async def test_a_session_that_could_not_be_forgotten_stays_and_says_why(world: World, privacy: PrivacyModel) -> None:
    world.session.kept = {"beta": CachedSession("Chrome Default", NOW)}
    world.session.change()
    world.session.told = "The keyring is locked. Unlock it and try again."
    privacy.forget("beta")
    await world.until(lambda: world.model.banner)
    assert world.model.banner == world.session.told
    assert [one.busy for one in privacy.listed_kept] == [False]


async def test_a_session_without_a_keyring_says_how_long_it_lasts(world: World, privacy: PrivacyModel) -> None:
    world.session.kept = {"beta": CachedSession("Chrome", NOW, in_memory=True)}
    world.session.change()
    assert privacy.listed_kept[0].detail == (
        "Chrome • just now. Kept in memory until the app quits: there is no keyring to keep it in."
    )


async def test_the_ledger_tells_what_for_whom_when_and_how_it_ended(world: World, privacy: PrivacyModel) -> None:
    assert (privacy.readCount, privacy.browserCount) == (0, 3)
    gone = AccessRecord("Key", "Secret Service: Chrome Safe Storage", "zeta", NOW - timedelta(days=2), "locked")
    world.session.records = (record(5, times=12), gone)
    world.session.change()
    first, second = privacy.listed_reads
    assert (first.title, first.item, first.result, first.time_text) == (
        "Cookies for Beta Code",
        "~/.config/x/Cookies",
        "3 cookies",
        "12 times, 5 minutes ago",
    )
    assert (second.title, second.result, second.time_text) == ("Key for zeta", "Locked", "2 days ago")
    assert second.accessible_text == "Key for zeta, Secret Service: Chrome Safe Storage, locked, 2 days ago"


async def test_a_long_ledger_comes_in_two_helpings(world: World, privacy: PrivacyModel) -> None:
    world.session.records = tuple(record(number, item=f"~/profile-{number}/Cookies") for number in range(30))
    world.session.change()
    assert (privacy.readCount, privacy.hiddenReads) == (20, 10)
    privacy.showMore()
    assert (privacy.readCount, privacy.hiddenReads) == (30, 0)
    world.model.showPane("general")
    world.model.showPane("privacy")
    assert (privacy.readCount, privacy.hiddenReads) == (20, 10)


async def test_the_same_ledger_announces_nothing(world: World, privacy: PrivacyModel) -> None:
    world.session.records = (record(1), record(2, "nothing"))
    world.session.change()
    said: list[str] = []
    privacy.changed.connect(lambda: said.append("changed"))
    rows = privacy.reads
    assert isinstance(rows, QAbstractItemModel)
    rows.dataChanged.connect(lambda: said.append("row"))
    world.session.change()
    assert said == []
    world.session.records = (record(0, times=2), record(2, "nothing"))
    world.session.change()
    assert said == ["row"]


async def test_addresses_in_profile_names_and_paths_go_with_personal_information(
    world: World, privacy: PrivacyModel
) -> None:
    world.session.kept = {"beta": CachedSession("Chrome user@example.com", NOW)}
    world.session.records = (record(0, item="~/user@example.com/Cookies"),)
    world.session.change()
    assert "user@example.com" in privacy.listed_kept[0].detail + privacy.listed_reads[0].item
    assert await world.session.edit_preferences({"hide_personal_info": True}) == ""
    assert "@" not in privacy.listed_kept[0].detail + repr(privacy.listed_reads[0])


async def test_nothing_is_looked_up_while_the_pane_is_not_shown(world: World, privacy: PrivacyModel) -> None:
    world.model.showPane("general")
    world.session.records = (record(0),)
    world.session.change()
    assert privacy.readCount == 0
    world.model.showPane("privacy")
    assert privacy.readCount == 1


async def test_ages_go_on_while_the_pane_is_open(world: World, privacy: PrivacyModel) -> None:
    world.session.records = (record(0),)
    world.session.change()
    assert privacy.listed_reads[0].time_text == "just now"
    await world.clock.sleep(120)
    world.model.update_numbers()
    assert privacy.listed_reads[0].time_text == "2 minutes ago"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "just now"),
        (59, "just now"),
        (60, "1 minute ago"),
        (3599, "59 minutes ago"),
        (3600, "1 hour ago"),
        (86399, "23 hours ago"),
        (86400, "1 day ago"),
        (86400 * 40, "40 days ago"),
    ],
)
def test_ages_in_words(seconds: int, words: str) -> None:
    assert age_words(NOW - timedelta(seconds=seconds), NOW) == words
