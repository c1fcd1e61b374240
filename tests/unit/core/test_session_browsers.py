"""What a session says about browsers: consent, the kept session, import on demand, the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from codexbar_qt.core.browser_access import AccessRecord, BrowserAccess, CachedSession
from codexbar_qt.core.config_edit import add_account, remove_account, select_account, set_enabled, set_field
from codexbar_qt.provider_api import (
    AccountsSetting,
    AuthRejected,
    CookieSourceSetting,
    FetchContext,
    MissingCredential,
    Provider,
    ProviderDescriptor,
    RateWindow,
    SecretSetting,
    Snapshot,
    Source,
    Strategy,
)
from tests.unit.core.browser_world import BRAVE, CHROME, FIREFOX, QUERY, BrowserWorld, FakeBrowser

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime

    from codexbar_qt.core.session import AppSession
    from tests.unit.core.conftest import ManualClock
    from tests.unit.core.session_world import World

WORK = "session=test-cookie-1"


class WebProvider:
    """Reads its usage with the session of a browser; `refused` are headers that the service does not take."""

    def __init__(self) -> None:
        self.refused: set[str] = set()
        self.used: list[str] = []
        settings = (
            CookieSourceSetting(),
            SecretSetting("cookieHeader", "Cookie header"),
            AccountsSetting("Sessions", injects="cookieHeader", cookie_name="session"),
        )
        descriptor = ProviderDescriptor("cookie", "Cookie", "#112233", 1, settings=settings, default_enabled=True)
        strategies = (Strategy(Source.API, self.fetch_with_key), Strategy(Source.WEB, self.fetch_with_session))
        self.provider = Provider(descriptor, strategies)

    async def fetch_with_key(self, ctx: FetchContext) -> Snapshot:
        raise MissingCredential("No key was found. Add one.")

    async def fetch_with_session(self, ctx: FetchContext) -> Snapshot:
        if ctx.settings.get("cookieSource") == "manual":
            self.used.append((await ctx.credentials.require("cookieHeader")).reveal())
            return Snapshot(ctx.clock.now(), RateWindow(20.0))
        async for candidate in ctx.cookies.candidates(QUERY):
            self.used.append(candidate.header.reveal())
            if candidate.header.reveal() in self.refused:
                await ctx.cookies.reject(candidate)
                continue
            await ctx.cookies.accept(candidate)
            return Snapshot(ctx.clock.now(), RateWindow(10.0))
        if self.used and self.used[-1] in self.refused:
            raise AuthRejected("The session was refused. Sign in again.")
        raise MissingCredential(ctx.cookies.obstacle() or "No session was found. Sign in.")


@pytest.fixture
def web(world: World, browsers: BrowserWorld) -> WebProvider:
    web = WebProvider()
    world.providers = (web.provider, *world.providers)
    world.browsers = browsers.shared
    return web


@pytest.fixture
async def plugged(world: World, browsers: BrowserWorld, web: WebProvider) -> AsyncIterator[BrowserWorld]:
    """The browsers over the preferences of the session, with Chrome installed and nobody asked."""
    browsers.have(FakeBrowser(CHROME, {"Work": "test-cookie-1"}), allowed=False)
    yield browsers
    await browsers.shared.close()


def adding(label: str, token: str, now: datetime) -> Callable[[dict[str, object]], None]:
    """An edit that adds an account and selects it."""

    def add(root: dict[str, object]) -> None:
        add_account(root, "cookie", label, token, now)

    return add


async def begin(world: World, browsers: BrowserWorld) -> AppSession:
    session = world.build()
    browsers.preferences_file = world.preferences_file
    return session


async def test_a_browser_is_asked_about_then_read(world: World, plugged: BrowserWorld, web: WebProvider) -> None:
    session = await begin(world, plugged)
    await session.fetch_once()
    card = session.card("cookie")
    assert card.error_text == (
        "CodexBar has not been allowed to read Chrome. Allow it to use the session you have there."
    )
    assert (card.wants_browser, card.rows) == ("Chrome", ())
    assert session.wanted_browser("cookie") == BrowserAccess("chrome", "Chrome", "unasked", found=True)
    assert session.ledger() == ()
    assert await session.set_browser_access("chrome", True) == ""
    await plugged_settle(world)
    assert (session.card("cookie").wants_browser, session.card("cookie").error_text) == ("", "")
    assert session.wanted_browser("cookie") is None
    assert [row.value_text for row in session.card("cookie").rows] == ["90% left"]
    assert session.browsers()[0].state == "allowed"
    await session.close()


async def plugged_settle(world: World) -> None:
    await world.clock.settle()
    await world.clock.settle()


async def test_a_refusal_is_remembered_and_the_next_browser_asked_about(world: World, plugged: BrowserWorld) -> None:
    plugged.have(FakeBrowser(FIREFOX, {"main": "fox"}), allowed=False)
    session = await begin(world, plugged)
    await session.fetch_once()
    assert await session.set_browser_access("chrome", False) == ""
    await plugged_settle(world)
    wanted = session.wanted_browser("cookie")
    assert wanted is not None
    assert wanted.label == "Firefox"
    assert plugged.read() == []
    assert [item.state for item in session.browsers()] == ["refused", "unasked"]
    await session.close()


async def test_an_answer_about_a_browser_that_does_not_exist(world: World, plugged: BrowserWorld) -> None:
    session = await begin(world, plugged)
    assert await session.set_browser_access("netscape", True) == "There is no such browser on this system."
    assert not world.location.settings_path.exists()


async def test_an_answer_that_cannot_be_stored_is_told(world: World, plugged: BrowserWorld) -> None:
    session = await begin(world, plugged)
    world.location.settings_path.mkdir(parents=True)
    assert "settings file" in await session.set_browser_access("chrome", True)
    assert session.browsers()[0].state == "unasked"
    await world.clock.settle()


async def test_browsers_are_looked_for_in_the_background(world: World, plugged: BrowserWorld) -> None:
    session = await begin(world, plugged)
    assert session.browsers() == (BrowserAccess("chrome", "Chrome", "unasked", found=False),)
    told = world.told
    await world.clock.settle()
    assert session.browsers() == (BrowserAccess("chrome", "Chrome", "unasked", found=True),)
    assert world.told == told + 1
    plugged.reader.browsers.append(FakeBrowser(BRAVE))
    assert [item.found for item in session.browsers()] == [True, False]
    await world.clock.settle()
    await world.clock.advance(600)
    session.browsers()
    await world.clock.settle()
    assert [item.found for item in session.browsers()] == [True, True]


async def test_a_kept_session_is_looked_up_in_the_background(world: World, plugged: BrowserWorld) -> None:
    await plugged.keep(WORK, "Chrome Work", "cookie")
    session = await begin(world, plugged)
    assert session.cached_session("cookie") is None
    await world.clock.settle()
    kept = CachedSession("Chrome Work", world.clock.now())
    assert (session.cached_session("cookie"), world.told) == (kept, 1)
    plugged.keyring.entries.clear()
    await world.clock.advance(29)
    assert session.cached_session("cookie") == kept
    calls = len(plugged.keyring.calls)
    await world.clock.settle()
    assert len(plugged.keyring.calls) == calls  # remembered for 30 s
    await world.clock.advance(1)
    assert session.cached_session("cookie") == kept
    await world.clock.settle()
    assert (session.cached_session("cookie"), world.told) == (None, 2)


async def test_a_locked_keyring_is_asked_again_after_a_second(world: World, plugged: BrowserWorld) -> None:
    plugged.keyring.state = "locked"
    session = await begin(world, plugged)
    session.cached_session("cookie")
    await world.clock.settle()
    plugged.keyring.state = "found"
    await plugged.keep(WORK, "Chrome Work", "cookie")
    kept = CachedSession("Chrome Work", world.clock.now())
    await world.clock.advance(1)
    session.cached_session("cookie")
    await world.clock.settle()
    assert session.cached_session("cookie") == kept


@pytest.mark.parametrize(
    ("state", "fails", "told"),
    [
        ("found", set(), ""),
        ("locked", set(), ""),
        ("unavailable", set(), ""),
        ("found", {"delete"}, "The keyring did not remove the session. Try again in a moment."),
    ],
)
async def test_a_kept_session_is_forgotten(
    world: World, plugged: BrowserWorld, state: str, fails: set[str], told: str
) -> None:
    await plugged.keep(WORK, "Chrome Work", "cookie")
    plugged.keyring.state, plugged.keyring.fails = state, fails  # type: ignore[assignment]
    session = await begin(world, plugged)
    assert await session.forget_session("cookie") == told
    assert session.cached_session("cookie") is None
    await world.clock.settle()
    assert ("delete", "cookie.cookie", True) in plugged.keyring.calls or state == "unavailable"


async def test_a_person_who_does_not_unlock_the_keyring(world: World, plugged: BrowserWorld) -> None:
    await plugged.keep(WORK, "Chrome Work", "cookie")
    plugged.keyring.state, plugged.keyring.stays_locked = "locked", True
    session = await begin(world, plugged)
    assert await session.forget_session("cookie") == (
        "The keyring is locked, so the session is still in it. Unlock it and try again."
    )


async def test_import_now_takes_the_session_of_a_browser(world: World, plugged: BrowserWorld, web: WebProvider) -> None:
    await plugged.keep("session=kept", "Firefox x", "cookie")
    session = await begin(world, plugged)
    await session.fetch_once()
    web.used.clear()
    plugged.answer(CHROME, allowed=True)
    assert await session.import_session("cookie") == "Imported from Chrome, profile Work."
    assert session.cached_session("cookie") == CachedSession("Chrome Work", world.clock.now())
    await world.clock.settle()
    assert web.used == [WORK, WORK]  # for the import, then for the card
    read = AccessRecord("Cookies", "~/chrome/Work", "cookie", world.clock.now(), "1 cookies")
    assert session.ledger() == (read,)
    told = world.told
    await world.clock.advance(1)
    assert (session.ledger(), world.told) == ((read,), told + 1)
    await session.close()


async def test_import_now_may_ask_once(world: World, plugged: BrowserWorld) -> None:
    plugged.reader.browsers[0].trouble = "asks_first"
    session = await begin(world, plugged)
    await session.set_browser_access("chrome", True)
    assert await session.import_session("cookie") == "Imported from Chrome, profile Work."
    assert plugged.read() == ["chrome Work", "chrome Work, asking"]
    await world.clock.settle()
    await session.close()


async def test_an_import_without_a_keyring_says_how_long_it_lasts(world: World, plugged: BrowserWorld) -> None:
    plugged.keyring.state = "unavailable"
    session = await begin(world, plugged)
    await session.set_browser_access("chrome", True)
    assert await session.import_session("cookie") == (
        "Imported from Chrome, profile Work. "
        "The keyring is locked or missing, so the session lasts until CodexBar quits."
    )
    await world.clock.settle()
    await session.close()


async def test_an_import_that_fails_says_why_and_keeps_the_old_session(
    world: World, plugged: BrowserWorld, web: WebProvider
) -> None:
    await plugged.keep("session=kept", "Firefox x", "cookie")
    session = await begin(world, plugged)
    assert (await session.import_session("cookie")).startswith("CodexBar has not been allowed to read Chrome.")
    await session.set_browser_access("chrome", True)
    await world.clock.settle()
    web.refused = {WORK}
    assert await session.import_session("cookie") == "The session was refused. Sign in again."
    assert "session=kept" in plugged.kept("cookie")
    await session.close()


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("manual", "The cookie source is Manual. Choose Automatic to use a browser."),
        ("off", "The cookie source is Off. Choose Automatic to use a browser."),
    ],
)
async def test_nothing_is_imported_unless_the_source_is_automatic(
    world: World, plugged: BrowserWorld, web: WebProvider, source: str, told: str
) -> None:
    session = await begin(world, plugged)
    await session.edit_config(lambda root: set_field(root, web.provider, "cookieSource", source))
    assert await session.import_session("cookie") == told
    assert await session.import_session("acme") == "This provider uses no browser session."
    await world.clock.settle()
    await session.close()


async def test_selecting_another_account_forgets_the_kept_session(
    world: World, plugged: BrowserWorld, web: WebProvider
) -> None:
    session = await begin(world, plugged)
    now = world.clock.now()
    await session.edit_config(lambda root: set_enabled(root, "cookie", True))
    await plugged.keep(WORK, "Chrome Work", "cookie")
    await plugged.keep("session=other", name="acme")
    await session.edit_config(lambda root: set_enabled(root, "bolt", True))
    await world.clock.settle()
    assert plugged.kept("cookie")
    await session.edit_config(adding("A", "test-token-1", now))
    await world.clock.settle()
    assert not plugged.kept("cookie")
    assert plugged.kept("acme")
    await session.edit_config(adding("B", "test-token-2", now))
    await plugged.keep(WORK, "Chrome Work", "cookie")
    first = session.config.entry("cookie").accounts[0].id
    await session.edit_config(lambda root: select_account(root, "cookie", first, now))
    await world.clock.settle()
    assert not plugged.kept("cookie")
    await session.close()


async def test_a_fetch_after_a_change_of_account_does_not_meet_the_kept_session(
    world: World, plugged: BrowserWorld, web: WebProvider
) -> None:
    session = await begin(world, plugged)
    now = world.clock.now()
    await session.edit_config(adding("A", "test-token-1", now))
    await session.fetch_once()
    assert web.used == ["session=test-token-1"]
    await plugged.keep("session=kept", "Chrome Work", "cookie")
    account = session.config.entry("cookie").accounts[0].id
    await session.edit_config(lambda root: remove_account(root, "cookie", account))
    await world.clock.settle()
    assert plugged.kept("cookie") == ""
    session.refresh("cookie")
    await world.clock.settle()
    assert web.used == ["session=test-token-1"]
    await session.close()


async def test_without_browsers_there_is_nothing_to_say(world: World) -> None:
    session = world.build()
    assert (session.ledger(), session.browsers(), session.cached_session("acme")) == ((), (), None)
    assert session.wanted_browser("acme") is None
    assert await session.forget_session("acme") == ""
    assert await session.set_browser_access("chrome", True) == "Browsers are not read here."
    assert await session.import_session("acme") == "Browsers are not read here."


async def test_the_ledger_shows_what_other_processes_read(
    world: World, plugged: BrowserWorld, clock: ManualClock
) -> None:
    other = BrowserWorld(plugged.folder, clock)
    other.have(FakeBrowser(CHROME, {"Work": "x"}))
    await other.found(other.fetch(name="cookie"))
    await other.shared.close()
    session = await begin(world, plugged)
    assert session.ledger() == ()
    await clock.settle()
    assert [item.item for item in session.ledger()] == ["~/chrome/Work"]
    assert world.told == 1
