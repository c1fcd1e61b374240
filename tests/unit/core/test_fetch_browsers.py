"""One fetch and the browsers: order, consent, the kept session, prompts, cool-down, and what people are told."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, get_args

import pytest

from codexbar_qt.core.browser_access import BrowserAccess
from codexbar_qt.core.browser_consent import ALLOW_VARIABLE
from codexbar_qt.core.browser_obstacles import Obstacles
from codexbar_qt.core.fetch_browsers import SessionImport
from codexbar_qt.core.ports import BrowserTrouble, TroubleKind
from codexbar_qt.provider_api import BrowserOrder, CookieCandidate, Secret, StorageQuery
from codexbar_qt.provider_testing import FakeEnv
from tests.unit.core.browser_world import BRAVE, CHROME, FIREFOX, QUERY, BrowserWorld, FakeBrowser

if TYPE_CHECKING:
    from codexbar_qt.core.ports import KnownBrowser
    from tests.unit.core.conftest import ManualClock

WORK, HOME = "session=test-cookie-1", "session=test-cookie-2"
UNASKED = "CodexBar has not been allowed to read Chrome. Allow it to use the session you have there."
REFUSED = "CodexBar may not read Chrome, as you said. Change that under Settings > Privacy, or paste a Cookie header."


def chrome(**sessions: str) -> FakeBrowser:
    return FakeBrowser(CHROME, {name: value.removeprefix("session=") for name, value in sessions.items()})


def firefox(value: str = HOME) -> FakeBrowser:
    return FakeBrowser(FIREFOX, {"main": value.removeprefix("session=")})


def locked(browser: KnownBrowser, *, opens: bool = True, kind: TroubleKind = "keyring_locked") -> FakeBrowser:
    return FakeBrowser(browser, {"Work": f"{browser.id}-1"}, trouble=kind, opens_when_asked=opens)


async def test_the_kept_session_comes_first_and_no_browser_is_read_for_it(browsers: BrowserWorld) -> None:
    browsers.have(chrome(Work=WORK))
    await browsers.keep("session=kept", "Firefox x")
    async for candidate in browsers.fetch().candidates(QUERY):
        assert (candidate.header, candidate.label, candidate.is_cached) == (Secret("session=kept"), "Firefox x", True)
        break
    assert browsers.read() == []


async def test_every_profile_with_a_session_is_a_candidate(browsers: BrowserWorld) -> None:
    browsers.have(chrome(Work=WORK, Empty="", Home=HOME), firefox("session=fox"))
    found = await browsers.found(browsers.fetch())
    assert [(item.label, item.profile, item.header.reveal(), item.is_cached) for item in found] == [
        ("Chrome Work", "chrome/Work", WORK, False),
        ("Chrome Home", "chrome/Home", HOME, False),
        ("Firefox main", "firefox/main", "session=fox", False),
    ]
    assert [cookie.name for cookie in found[0].cookies] == ["session"]


async def test_a_browser_is_read_only_when_its_turn_has_come(browsers: BrowserWorld) -> None:
    browsers.have(chrome(Work=WORK, Home=HOME), firefox())
    async for _ in browsers.fetch().candidates(QUERY):
        break
    assert browsers.read() == ["chrome Work"]


async def test_the_order_of_the_provider_and_its_groups(browsers: BrowserWorld) -> None:
    browsers.have(chrome(Work=WORK), firefox())
    order = BrowserOrder(("firefox",))
    found = await browsers.found(browsers.fetch(), browsers.later(browsers=order))
    assert browsers.headers(found) == [HOME, WORK]
    only = BrowserOrder(("firefox",), only=True)
    assert browsers.headers(await browsers.found(browsers.fetch(), browsers.later(browsers=only))) == [HOME]
    group = BrowserOrder(("firefox",), group=True)
    assert browsers.headers(await browsers.found(browsers.fetch(), browsers.later(browsers=group))) == [HOME]
    browsers.reader.browsers[1].sessions = {"main": ""}
    assert browsers.headers(await browsers.found(browsers.fetch(), browsers.later(browsers=group))) == [WORK]


async def test_a_session_that_works_is_kept_for_the_next_fetch(browsers: BrowserWorld) -> None:
    browsers.have(chrome(Work=WORK))
    fetch = browsers.fetch()
    (candidate,) = await browsers.found(fetch)
    assert browsers.kept() == ""  # not before it was found to work
    await fetch.accept(candidate)
    assert WORK in browsers.kept()
    assert "Chrome Work" in browsers.kept()


async def test_a_kept_session_that_works_is_not_written_again(browsers: BrowserWorld, clock: ManualClock) -> None:
    await browsers.keep(WORK)
    before = browsers.kept()
    await clock.advance(60)
    fetch = browsers.fetch()
    (candidate,) = await browsers.found(fetch)
    await fetch.accept(candidate)
    assert browsers.kept() == before
    await fetch.accept(CookieCandidate(Secret("session=renewed"), "Chrome Work", is_cached=True))
    assert "session=renewed" in browsers.kept()


async def test_a_refused_session_goes_and_is_not_tried_twice(browsers: BrowserWorld) -> None:
    """The kept session is still in the browser: asking with it once more would be refused, too."""
    await browsers.keep(WORK)
    browsers.have(chrome(Work=WORK), firefox())
    fetch, tried = browsers.fetch(), []
    async for candidate in fetch.candidates(QUERY):
        tried.append(candidate.label)
        await fetch.reject(candidate)
    assert tried == ["Chrome Work", "Firefox main"]
    assert browsers.kept() == ""


async def test_scopes_are_kept_apart(browsers: BrowserWorld) -> None:
    browsers.have(chrome(Work=WORK))
    fetch = browsers.fetch()
    (candidate,) = await browsers.found(fetch, browsers.later(cache_scope="home-1"))
    await fetch.accept(candidate)
    assert list(browsers.keyring.entries) == ["cookie.acme.home-1"]
    assert await browsers.found(browsers.fetch(), browsers.later(browsers=BrowserOrder(only=True))) == []
    await fetch.reject(candidate)
    assert browsers.keyring.entries == {}


async def test_the_cache_can_be_left_out(browsers: BrowserWorld) -> None:
    await browsers.keep("session=kept")
    browsers.have(chrome(Work=WORK))
    assert browsers.headers(await browsers.found(browsers.fetch(), use_cache=False)) == [WORK]


async def test_nobody_is_read_unasked(browsers: BrowserWorld) -> None:
    browsers.have(chrome(Work=WORK), firefox(), allowed=False)
    fetch = browsers.fetch()
    assert await browsers.found(fetch) == []
    assert browsers.read() == []
    assert browsers.shared.ledger.records == ()
    assert fetch.obstacle() == UNASKED
    assert browsers.shared.wanted("acme") == BrowserAccess("chrome", "Chrome", "unasked", found=True)
    assert browsers.shared.waiting_for("chrome") == ("acme",)


async def test_the_command_line_says_how_to_allow_a_browser(browsers: BrowserWorld) -> None:
    browsers.restart(surface="command line")
    browsers.have(chrome(Work=WORK), allowed=False)
    fetch = browsers.fetch()
    await browsers.found(fetch)
    told = "CodexBar has not been allowed to read Chrome. Run codexbar config allow-browser chrome to use the session"
    assert fetch.obstacle().startswith(told)
    browsers.answer(CHROME, allowed=False)
    fetch = browsers.fetch()
    await browsers.found(fetch)
    assert "Run codexbar config allow-browser chrome, or paste" in fetch.obstacle()


async def test_a_refused_browser_is_left_alone(browsers: BrowserWorld) -> None:
    browsers.have(chrome(Work=WORK), firefox(), allowed=False)
    browsers.answer(CHROME, allowed=False)
    fetch = browsers.fetch()
    await browsers.found(fetch)
    assert (browsers.read(), fetch.obstacle()) == ([], UNASKED.replace("Chrome", "Firefox"))
    browsers.answer(FIREFOX, allowed=False)
    fetch = browsers.fetch()
    await browsers.found(fetch)
    assert (browsers.read(), fetch.obstacle(), browsers.shared.wanted("acme")) == ([], REFUSED, None)


async def test_allowed_browsers_are_read_past_unasked_ones(browsers: BrowserWorld) -> None:
    browsers.have(chrome(Work=WORK), firefox(), allowed=False)
    browsers.answer(FIREFOX, allowed=True)
    fetch = browsers.fetch()
    async for candidate in fetch.candidates(QUERY):
        assert candidate.label == "Firefox main"
        await fetch.accept(candidate)
        break
    assert browsers.shared.wanted("acme") is None  # it has a session and asks for nothing


async def test_a_success_ends_the_wish_for_a_browser(browsers: BrowserWorld) -> None:
    browsers.have(chrome(Work=WORK), allowed=False)
    told: list[BrowserAccess | None] = []
    browsers.shared.subscribe(lambda: told.append(browsers.shared.wanted("acme")))
    await browsers.found(browsers.fetch())
    await browsers.found(browsers.fetch())
    await browsers.keep(WORK)
    fetch = browsers.fetch()
    async for candidate in fetch.candidates(QUERY):
        await fetch.accept(candidate)
        break
    assert told == [BrowserAccess("chrome", "Chrome", "unasked", found=True), None]


async def test_an_answer_that_came_from_another_process_counts(browsers: BrowserWorld) -> None:
    browsers.have(chrome(Work=WORK), allowed=False)
    await browsers.found(browsers.fetch())
    (browsers.folder / "settings.json").write_text('{"browserAccess.chrome": "allowed"}')
    assert browsers.headers(await browsers.found(browsers.fetch())) == [WORK]


@pytest.mark.parametrize(("value", "reads"), [("1", True), ("true", True), ("0", False), ("off", False), ("", False)])
async def test_a_variable_answers_where_nobody_was_asked(browsers: BrowserWorld, value: str, reads: bool) -> None:
    browsers.env = FakeEnv({ALLOW_VARIABLE: value})
    browsers.restart()
    browsers.have(chrome(Work=WORK), firefox(), allowed=False)
    browsers.answer(FIREFOX, allowed=False)
    assert browsers.headers(await browsers.found(browsers.fetch())) == ([WORK] if reads else [])


async def test_readings_go_into_the_ledger_and_survive(browsers: BrowserWorld, clock: ManualClock) -> None:
    browsers.have(chrome(Work=WORK, Empty=""), FakeBrowser(FIREFOX, entries={"main": "test-token-1"}))
    await browsers.found(browsers.fetch())
    async for _ in browsers.fetch().profiles(StorageQuery(("example.com",), browsers=BrowserOrder(("firefox",)))):
        break
    records = browsers.shared.ledger.records
    assert {(item.what, item.item, item.provider_id, item.result, item.at) for item in records} == {
        ("Cookies", "~/chrome/Work", "acme", "1 cookies", clock.now()),
        ("Cookies", "~/chrome/Empty", "acme", "0 cookies", clock.now()),
        ("Cookies", "~/firefox/main", "acme", "0 cookies", clock.now()),
        ("Page storage", "~/firefox/main", "acme", "1 entries", clock.now()),
    }
    await browsers.shared.close()
    again = browsers.restart()
    await again.ledger.sync()
    assert again.ledger.records == records
    text = (browsers.folder / "cache" / "access-ledger.json").read_text()
    assert "test-cookie" not in text
    assert "test-token" not in text


async def test_page_storage_follows_the_same_consent(browsers: BrowserWorld) -> None:
    browsers.have(FakeBrowser(CHROME, entries={"Work": "test-token-1"}), allowed=False)
    fetch, query = browsers.fetch(), StorageQuery(("example.com",))
    assert [profile async for profile in fetch.profiles(query)] == []
    assert (browsers.read(), fetch.obstacle()) == ([], UNASKED)
    browsers.answer(CHROME, allowed=True)
    (profile,) = [profile async for profile in browsers.fetch().profiles(query)]
    assert (profile.label, profile.profile, profile.entries[0].value.reveal()) == (
        "Chrome Work",
        "chrome/Work",
        "test-token-1",
    )


async def test_storage_groups_end_with_enough(browsers: BrowserWorld) -> None:
    browsers.have(FakeBrowser(CHROME, entries={"Work": "a"}), FakeBrowser(FIREFOX, entries={"main": "b"}))
    order = BrowserOrder(("chrome",), group=True)
    enough = StorageQuery(("example.com",), browsers=order)
    assert [item.label async for item in browsers.fetch().profiles(enough)] == ["Chrome Work"]
    more = StorageQuery(("example.com",), browsers=order, is_enough=lambda _: False)
    assert [item.label async for item in browsers.fetch().profiles(more)] == ["Chrome Work", "Firefox main"]


async def test_the_background_never_asks(browsers: BrowserWorld) -> None:
    browsers.have(locked(CHROME), firefox())
    fetch = browsers.fetch()
    assert browsers.headers(await browsers.found(fetch)) == [HOME]
    assert browsers.read() == ["chrome Work", "firefox main"]
    assert fetch.obstacle() == "Chrome is keyring_locked."
    assert not await browsers.shared.parts.cooldown.is_active()  # locked is not refused


async def test_an_import_asks_once_for_one_browser(browsers: BrowserWorld) -> None:
    await browsers.keep("session=kept")
    browsers.have(locked(CHROME), locked(BRAVE))
    importing = SessionImport()
    fetch = browsers.fetch(importing)
    found = await browsers.found(fetch)
    assert browsers.headers(found) == ["session=chrome-1"]
    assert browsers.read() == ["chrome Work", "chrome Work, asking", "brave Work"]
    assert browsers.reader.forgotten == 1
    assert "session=kept" in browsers.kept()  # staged: it is replaced when the fetch has worked
    await fetch.accept(found[0])
    assert "session=chrome-1" in browsers.kept()
    assert (importing.browser, importing.profile) == ("Chrome", "Work")


async def test_an_import_that_fails_keeps_the_old_session(browsers: BrowserWorld) -> None:
    await browsers.keep("session=kept")
    browsers.have(chrome(Work=WORK))
    fetch = browsers.fetch(SessionImport())
    for candidate in await browsers.found(fetch):
        await fetch.reject(candidate)
    assert "session=kept" in browsers.kept()


async def test_an_import_names_the_profile_whose_storage_was_used(browsers: BrowserWorld) -> None:
    browsers.have(FakeBrowser(CHROME, entries={"Work": "a", "Home": "b"}))
    importing = SessionImport()
    async for _ in browsers.fetch(importing).profiles(StorageQuery(("example.com",))):
        break
    assert (importing.browser, importing.profile) == ("Chrome", "Work")


async def test_a_refusal_begins_six_hours_of_rest_for_the_family(browsers: BrowserWorld, clock: ManualClock) -> None:
    browsers.have(locked(CHROME, opens=False, kind="asks_first"), FakeBrowser(BRAVE, {"Work": "brave-1"}), firefox())
    fetch = browsers.fetch(SessionImport())
    assert browsers.headers(await browsers.found(fetch)) == [HOME]
    assert browsers.read() == ["chrome Work", "chrome Work, asking", "firefox main"]
    browsers.restart()
    fetch = browsers.fetch()
    assert browsers.headers(await browsers.found(fetch)) == [HOME]
    assert browsers.read() == ["firefox main"]
    assert fetch.obstacle().startswith("The key of Chrome is not asked for within 6 hours of a refusal. Choose Import")
    await clock.advance(6 * 3600)
    assert browsers.headers(await browsers.found(browsers.fetch())) == ["session=brave-1", HOME]


async def test_an_import_may_ask_again_and_ends_the_rest_when_allowed(browsers: BrowserWorld) -> None:
    await browsers.shared.parts.cooldown.start("chrome")
    browsers.have(locked(CHROME), FakeBrowser(BRAVE, {"Work": "brave-1"}))
    assert browsers.headers(await browsers.found(browsers.fetch(SessionImport()))) == [
        "session=chrome-1",
        "session=brave-1",
    ]
    assert not await browsers.shared.parts.cooldown.is_active()


async def test_a_second_refusal_prolongs_the_rest(browsers: BrowserWorld, clock: ManualClock) -> None:
    await browsers.shared.parts.cooldown.start("chrome")
    await clock.advance(5 * 3600)
    browsers.have(locked(CHROME, opens=False), FakeBrowser(BRAVE, {"Work": "brave-1"}))
    assert await browsers.found(browsers.fetch(SessionImport())) == []
    assert browsers.read() == ["chrome Work", "chrome Work, asking"]
    await clock.advance(5 * 3600)
    assert await browsers.shared.parts.cooldown.is_active()


async def test_other_profiles_of_the_browser_that_asked_are_read(browsers: BrowserWorld) -> None:
    await browsers.shared.parts.cooldown.start("brave")
    two = FakeBrowser(CHROME, {"Work": "a", "Home": "b"}, trouble="keyring_locked")
    browsers.have(two)
    assert browsers.headers(await browsers.found(browsers.fetch(SessionImport()))) == ["session=a", "session=b"]


async def test_a_refusal_seen_in_the_background_counts_too(browsers: BrowserWorld) -> None:
    browsers.have(locked(CHROME, kind="denied"), locked(BRAVE))
    await browsers.found(browsers.fetch())
    assert browsers.read() == ["chrome Work"]
    assert await browsers.shared.parts.cooldown.is_active()


async def test_without_access_to_keyrings_chromium_is_left_out(browsers: BrowserWorld) -> None:
    browsers.restart(keyring_allowed=False)
    browsers.have(chrome(Work=WORK), firefox(""))
    fetch = browsers.fetch()
    assert await browsers.found(fetch) == []
    assert browsers.read() == ["firefox main"]
    assert fetch.obstacle().startswith("Chromium browsers are left out while CODEXBAR_DISABLE_KEYCHAIN_ACCESS is set.")
    browsers.reader.browsers.pop(0)
    fetch = browsers.fetch()
    await browsers.found(fetch)
    assert fetch.obstacle() == ""


async def test_a_sandbox_is_named(browsers: BrowserWorld) -> None:
    browsers.reader.around = BrowserTrouble("sandboxed", "", "It is a Flatpak.")
    fetch = browsers.fetch()
    assert await browsers.found(fetch) == []
    assert fetch.obstacle() == "It is a Flatpak."


def test_the_most_helpful_sentence_comes_first() -> None:
    kinds: tuple[TroubleKind, ...] = get_args(TroubleKind)
    obstacles = Obstacles(refused=BRAVE, leaves_out=True, unasked=CHROME)
    for one in reversed(kinds):
        obstacles.add(BrowserTrouble(one, "chrome", one))
        obstacles.add(BrowserTrouble(one, "brave", f"{one}, but later"))
    told = []
    while sentence := obstacles.sentence():
        told.append(sentence)
        others: dict[TroubleKind, BrowserTrouble] = {
            kind: trouble for kind, trouble in obstacles._troubles.items() if trouble.sentence != sentence
        }
        if len(others) < len(obstacles._troubles):
            obstacles._troubles = others
        elif sentence == UNASKED:
            obstacles.unasked = None
        elif obstacles.leaves_out:
            obstacles.leaves_out = False
        else:
            obstacles.refused = None
    assert told[:7] == [
        "keyring_locked",
        "asks_first",
        "denied",
        "full_disk_access",
        "file_locked",
        UNASKED,
        "sandboxed",
    ]
    assert told[7:10] == ["app_bound", "no_key", "unreadable"]
    assert told[10].startswith("Chromium browsers are left out")
    assert told[11:] == [REFUSED.replace("Chrome", "Brave")]


async def test_nothing_of_a_session_is_logged(browsers: BrowserWorld, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    browsers.have(chrome(Work=WORK), FakeBrowser(FIREFOX, entries={"main": "test-token-1"}))
    fetch = browsers.fetch()
    for candidate in await browsers.found(fetch):
        await fetch.accept(candidate)
        await fetch.reject(candidate)
    assert [item async for item in fetch.profiles(StorageQuery(("example.com",)))]
    assert "Chrome Work" in caplog.text
    assert "test-cookie" not in caplog.text
    assert "test-token" not in caplog.text
