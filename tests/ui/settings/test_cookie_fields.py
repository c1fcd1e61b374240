"""The cookie source with what is kept and imported, and the field into which a session is pasted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.core.browser_access import BrowserAccess, CachedSession
from codexbar_qt.core.config_edit import add_account, set_enabled, set_source
from codexbar_qt.core.config_normal import raw_entry
from codexbar_qt.provider_api import (
    AuthRejected,
    CookieSourceSetting,
    FetchContext,
    Link,
    Provider,
    ProviderDescriptor,
    SecretSetting,
    Snapshot,
    Source,
    Strategy,
    ToolFailed,
)
from codexbar_qt.ui.cookie_paste_field_model import CookiePasteField
from codexbar_qt.ui.cookie_source_field_model import CookieSourceField
from codexbar_qt.ui.setting_field_model import ChoiceField

if TYPE_CHECKING:
    from codexbar_qt.ui.provider_page_model import ProviderPageModel
    from tests.ui.settings.conftest import World

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)
CHROME = BrowserAccess("chrome", "Chrome", "unasked", found=True)


@pytest.fixture
async def page(world: World) -> ProviderPageModel:
    world.model.showProvider("beta")
    shown = world.model.shown_page
    assert shown is not None
    return shown


@pytest.fixture
def source(page: ProviderPageModel) -> CookieSourceField:
    return next(field for field in page.controls() if isinstance(field, CookieSourceField))


@pytest.fixture
def paste(page: ProviderPageModel) -> CookiePasteField:
    return next(field for field in page.controls() if isinstance(field, CookiePasteField))


async def test_what_is_kept_stands_beside_the_picker_and_grows_older(world: World, source: CookieSourceField) -> None:
    assert (source.kind, source.options, source.beside) == ("cookies", ["Automatic", "Manual", "Off"], "")
    world.session.kept["beta"] = CachedSession("Chrome Default", NOW - timedelta(minutes=3))
    world.session.change()
    assert source.beside == "Cached: Chrome Default • 3 minutes ago"
    await world.clock.sleep(3600)
    world.model.update_numbers()
    assert source.beside == "Cached: Chrome Default • 1 hour ago"


async def test_import_is_offered_only_while_a_browser_would_be_used(world: World, source: CookieSourceField) -> None:
    world.session.kept["beta"] = CachedSession("Chrome", NOW)
    world.session.change()
    assert source.canImport
    source.choose(1)
    await world.until(lambda: source.index == 1)
    assert (source.canImport, source.beside) == (False, "")
    source.choose(0)
    await world.until(lambda: source.canImport)
    await world.session.edit_config(lambda raw: set_source(raw, "beta", "api"))
    assert (source.canImport, source.beside) == (False, "")
    await world.session.edit_config(lambda raw: set_source(raw, "beta", "web"))
    assert (source.canImport, source.beside) == (True, "Cached: Chrome • just now")

    def add(raw: dict[str, object]) -> None:
        add_account(raw, "beta", "Work", "a=test-key-1", NOW)

    await world.session.edit_config(add)
    assert (source.canImport, source.beside) == (False, "The selected account is used")


async def test_an_import_runs_once_and_says_what_came_of_it(world: World, source: CookieSourceField) -> None:
    world.session.told = "Imported from Chrome, profile Work."
    world.session.may_go_on.clear()
    source.importNow()
    source.importNow()
    await world.until(lambda: world.session.asked)
    assert (source.importing, source.message) == (True, "")
    world.session.may_go_on.set()
    await world.until(lambda: not source.importing)
    assert (source.message, source.failed) == ("Imported from Chrome, profile Work.", False)
    assert source.beside == "Cached: Chrome Work • just now"
    assert world.session.asked == [("import", "beta")]


async def test_a_failed_import_says_why_and_can_be_tried_again(world: World, source: CookieSourceField) -> None:
    world.session.told = "The keyring is locked. Unlock it and import again."
    source.importNow()
    await world.until(lambda: source.message)
    assert (source.message, source.failed, source.importing) == (world.session.told, True, False)
    source.choose(1)
    await world.until(lambda: source.index == 1)
    assert source.message == ""
    source.importNow()
    assert not source.importing


@pytest.mark.logs_warnings
async def test_a_defect_in_an_import_ends_it(
    world: World, source: CookieSourceField, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_: str) -> str:
        raise LookupError("defect")

    monkeypatch.setattr(world.session, "import_session", broken)
    source.importNow()
    await world.until(lambda: not source.importing)
    assert (source.message, source.failed) == (
        "Something went wrong inside the app. The details are in the log.",
        True,
    )


async def test_a_paste_is_named_before_it_is_saved_and_nothing_is_kept_here(
    world: World, paste: CookiePasteField
) -> None:
    assert paste.kind == "cookiePaste"
    paste.examine("curl 'https://example.com' \\\n -H 'Cookie: auth=test-key-1; theme=test-key-2'")
    assert paste.found == "Found 2 cookies: auth, theme"
    assert not paste.stored
    assert paste.save("Cookie: auth=test-key-1; theme=test-key-2")
    await world.until(lambda: paste.stored)
    assert world.entry("beta")["cookieHeader"] == "Cookie: auth=test-key-1; theme=test-key-2"
    assert (paste.placeholder, paste.found, paste.error) == ("Saved", "Found 2 cookies: auth, theme", "")
    assert "test-key" not in repr(vars(paste))
    paste.clear()
    await world.until(lambda: not paste.stored)
    assert paste.found == ""


async def test_a_paste_without_a_session_is_not_saved(world: World, paste: CookiePasteField) -> None:
    paste.examine("hello")
    assert (paste.found, paste.error) == ("", "")
    assert not paste.save("hello")
    assert paste.error.startswith("No cookie was found in this.")
    assert not world.session.config.path.exists()
    paste.examine("auth=test-key-1")
    assert (paste.found, paste.error) == ("Found 1 cookie: auth", "")
    assert not paste.save("  ")
    assert not world.session.config.path.exists()


async def test_the_page_asks_for_the_browser_a_provider_waits_for(
    world: World, page: ProviderPageModel, source: CookieSourceField
) -> None:
    assert page.consent == ""
    await world.session.edit_config(lambda raw: set_enabled(raw, "beta", True))
    world.session.access, world.session.wanted = {"chrome": CHROME}, "chrome"
    key = world.session.active_key("beta")
    world.session.store.fail(key, AuthRejected("No session was found."), NOW)
    assert page.consent == (
        "Beta Code can use your login in Chrome. CodexBar reads only what belongs to that login, on this machine."
    )
    assert (page.lastError, page.stale) == ("No session was found.", True)
    asked = "CodexBar has not been allowed to read Chrome. Allow it to use the session you have there."
    world.session.store.fail(key, AuthRejected(asked), NOW)
    assert (page.subtitle, page.lastError, page.stale) == ("Waits for your answer", "", False)
    source.tell(asked, True)
    page.allowBrowser()
    assert (source.message, source.failed) == ("", False)
    await world.until(lambda: page.consent == "")
    assert world.session.asked == [("access", "chrome", True)]


async def test_an_import_that_a_browser_was_not_allowed_for_makes_the_page_ask(
    world: World, page: ProviderPageModel, source: CookieSourceField
) -> None:
    world.session.access = {"chrome": CHROME}
    world.session.told = "CodexBar has not been allowed to read Chrome. Allow it to use the session you have there."
    source.importNow()
    await world.until(lambda: source.message)
    assert page.consent == ""
    world.session.wanted = "chrome"
    world.session.change()
    assert page.consent.startswith("Beta Code can use your login in Chrome.")


def declares_more() -> Provider:
    """A provider that declares what the others here do not."""

    async def fetch(_: FetchContext) -> Snapshot:
        return Snapshot(updated_at=NOW)

    descriptor = ProviderDescriptor(
        "delta",
        "Delta",
        "#FF9900",
        4,
        settings=(
            CookieSourceSetting(shown_for=(Source.AUTO, Source.WEB), manual_when=("workspaceID",)),
            SecretSetting(
                "cookieHeader", "Header", shown_when=("cookieSource", "manual"), shown_for=(Source.AUTO, Source.WEB)
            ),
            SecretSetting("apiKey", "Token", shown_for=(Source.AUTO, Source.API)),
        ),
        source_labels=((Source.API, "Access token"),),
        links=(Link("Sign in again", "https://example.com/again", after=(AuthRejected,)),),
    )
    strategies = (Strategy(Source.API, fetch), Strategy(Source.WEB, fetch))
    return Provider(descriptor, strategies)


class TestWithMoreDeclared:
    @pytest.fixture
    def providers(self) -> tuple[Provider, ...]:
        return (declares_more(),)

    @pytest.fixture
    async def page(self, world: World) -> ProviderPageModel:
        world.model.showProvider("delta")
        assert world.model.shown_page is not None
        return world.model.shown_page

    async def test_controls_follow_the_usage_source_they_belong_to(self, world: World, page: ProviderPageModel) -> None:
        def shown() -> list[str]:
            return [field.text_parts.key for field in page.controls() if field.shown]

        assert shown() == ["source", "cookieSource", "apiKey", "accentColor"]
        await world.session.edit_config(lambda raw: set_source(raw, "delta", "api"))
        assert shown() == ["source", "apiKey", "accentColor"]
        await world.session.edit_config(lambda raw: set_source(raw, "delta", "web"))
        assert shown() == ["source", "cookieSource", "accentColor"]

        def store(raw: dict[str, object]) -> None:
            raw_entry(raw, "delta")["workspaceID"] = "w-1"

        # A field named in `manual_when` makes the source manual, which is what the header is shown for.
        await world.session.edit_config(store)
        assert shown() == ["source", "cookieSource", "cookieHeader", "accentColor"]

    async def test_sources_are_called_what_the_provider_calls_them(self, page: ProviderPageModel) -> None:
        source = next(field for field in page.controls() if field.text_parts.key == "source")
        assert isinstance(source, ChoiceField)
        assert source.options == ["Automatic", "Access token", "Browser session"]

    async def test_a_link_comes_with_the_failure_it_is_for(self, world: World, page: ProviderPageModel) -> None:
        key = world.session.active_key("delta")
        assert page.links == []
        world.session.store.fail(key, ToolFailed("The tool failed."), NOW)
        assert page.links == []
        world.session.store.fail(key, AuthRejected("Sign in again."), NOW)
        assert page.links == [{"label": "Sign in again", "url": "https://example.com/again"}]
