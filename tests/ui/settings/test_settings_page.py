"""A provider's page: controls made from what it declares, and what they do to the config file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeVar

import pytest

from codexbar_qt.core.config_edit import set_enabled, set_field
from codexbar_qt.provider_api import AuthRejected, Choice
from codexbar_qt.ui.accounts_field_model import AccountsField
from codexbar_qt.ui.secret_field_model import SecretField
from codexbar_qt.ui.setting_field_model import ChoiceField, SettingField, ToggleField
from codexbar_qt.ui.text_field_model import TextField

if TYPE_CHECKING:
    from codexbar_qt.ui.provider_page_model import ProviderPageModel
    from tests.ui.settings.conftest import World

Field = TypeVar("Field", bound=SettingField)


def page_of(world: World, provider_id: str) -> ProviderPageModel:
    world.model.showProvider(provider_id)
    page = world.model.shown_page
    assert page is not None
    assert page.provider_id == provider_id
    return page


def field_of(page: ProviderPageModel, key: str, kind: type[Field]) -> Field:
    found = next(field for field in page.controls() if field.text_parts.key == key and isinstance(field, kind))
    assert isinstance(found, kind)
    return found


async def test_one_control_per_setting_in_declared_order(world: World) -> None:
    kinds = [(field.text_parts.key, field.kind) for field in page_of(world, "alpha").controls()]
    assert kinds == [
        ("region", "choice"),
        ("apiKey", "secret"),
        ("enterpriseHost", "text"),
        ("extrasEnabled", "toggle"),
        ("tokenAccounts", "accounts"),
        ("accentColor", "text"),
    ]


async def test_source_picker_only_where_there_is_a_choice(world: World) -> None:
    assert [field.text_parts.key for field in page_of(world, "gamma").controls()] == ["accentColor"]
    source = field_of(page_of(world, "beta"), "source", ChoiceField)
    assert source.options == ["Automatic", "API key", "Browser session"]
    source.choose(2)
    await world.until(lambda: source.index == 2)
    assert world.entry("beta")["source"] == "web"


async def test_secret_is_stored_bound_and_never_kept_here(world: World) -> None:
    page = page_of(world, "alpha")
    secret, region = field_of(page, "apiKey", SecretField), field_of(page, "region", ChoiceField)
    assert (secret.placeholder, secret.stored, secret.inForce) == ("alpha-...", False, False)
    assert secret.save("  'test-key-1' ")
    await world.until(lambda: secret.stored)
    assert (secret.placeholder, secret.inForce) == ("Saved", True)
    assert world.entry("alpha")["apiKey"] == "test-key-1"
    assert world.entry("alpha")["apiKeyRegion"] == "world"
    assert "test-key-1" not in repr(vars(secret))
    region.choose(1)
    await world.until(lambda: secret.placeholder == "Saved for another region")
    assert (secret.stored, secret.inForce) == (True, False)
    secret.clear()
    await world.until(lambda: not secret.stored)
    assert not {"apiKey", "apiKeyRegion"} & world.entry("alpha").keys()


@pytest.mark.parametrize("typed", ["", "   ", "''", '" "'])
async def test_a_blank_secret_changes_nothing(world: World, typed: str) -> None:
    secret = field_of(page_of(world, "alpha"), "apiKey", SecretField)
    assert not secret.save(typed)
    assert not world.session.config.path.exists()


async def test_a_secret_of_two_lines_is_refused_with_a_reason(world: World) -> None:
    secret = field_of(page_of(world, "alpha"), "apiKey", SecretField)
    assert not secret.save("test-key-1\ntest-key-2")
    assert secret.error == "This has more than one line. Paste the value alone."
    assert not world.session.config.path.exists()


class TestWithEnvironment:
    @pytest.fixture
    def variables(self) -> dict[str, str]:
        return {"ALPHA_API_KEY": "test-key-2"}

    async def test_a_secret_of_the_environment_is_named_not_shown(self, world: World) -> None:
        secret = field_of(page_of(world, "alpha"), "apiKey", SecretField)
        assert (secret.placeholder, secret.stored, secret.inForce) == ("From ALPHA_API_KEY", False, True)


class TestWithAKeyFile:
    @pytest.fixture
    def variables(self) -> dict[str, str]:
        return {"ALPHA_KEY_FILE": "~/alpha/key"}

    async def test_a_secret_the_provider_finds_itself_is_named(self, world: World, variables: dict[str, str]) -> None:
        page = page_of(world, "alpha")
        secret, region = field_of(page, "apiKey", SecretField), field_of(page, "region", ChoiceField)
        await world.until(lambda: secret.placeholder == "From ~/alpha/key")
        assert (secret.stored, secret.inForce) == (False, True)
        variables.clear()
        region.choose(1)
        await world.until(lambda: secret.placeholder == "alpha-...")
        assert secret.inForce is False


async def test_the_dashboard_follows_the_settings(world: World) -> None:
    page = page_of(world, "alpha")
    assert page.links[0] == {"label": "Dashboard", "url": "https://example.com/usage"}
    assert world.session.card("alpha").dashboard_url == "https://example.com/usage"
    field_of(page, "region", ChoiceField).choose(1)
    await world.until(lambda: page.links[0]["url"] == "https://east.example.com/usage")
    assert world.session.card("alpha").dashboard_url == "https://east.example.com/usage"


async def test_the_link_of_a_bound_secret_follows_what_it_is_bound_to(world: World) -> None:
    page = page_of(world, "alpha")
    secret, region = field_of(page, "apiKey", SecretField), field_of(page, "region", ChoiceField)
    assert secret.link == "https://example.com/keys"
    region.choose(1)
    await world.until(lambda: secret.link == "https://east.example.com/keys")


async def test_a_line_is_checked_before_it_is_stored(world: World) -> None:
    line = field_of(page_of(world, "alpha"), "enterpriseHost", TextField)
    assert not line.commit("http://example.com")
    assert line.error
    assert line.value == ""
    assert not world.session.config.path.exists()
    line.edit("http://example.co")
    assert line.error
    line.edit("https://example.com")
    assert line.error == ""
    assert line.commit(" https://example.com ")
    await world.until(lambda: line.value == "https://example.com")
    assert world.entry("alpha")["enterpriseHost"] == "https://example.com"
    assert line.commit("")
    await world.until(lambda: line.value == "")
    assert "enterpriseHost" not in world.entry("alpha")


async def test_a_toggle_starts_at_its_default(world: World) -> None:
    toggle = field_of(page_of(world, "alpha"), "extrasEnabled", ToggleField)
    assert toggle.on is True
    toggle.turn(False)
    await world.until(lambda: toggle.on is False)
    assert world.entry("alpha")["extrasEnabled"] is False


async def test_the_manual_cookie_appears_with_its_mode(world: World) -> None:
    page = page_of(world, "beta")
    source, cookie = field_of(page, "cookieSource", ChoiceField), field_of(page, "cookieHeader", SecretField)
    assert source.options == ["Automatic", "Manual", "Off"]
    assert cookie.shown is False
    source.choose(1)
    await world.until(lambda: cookie.shown)
    assert world.entry("beta")["cookieSource"] == "manual"


async def test_choices_of_this_machine_arrive_later(world: World) -> None:
    picker = field_of(page_of(world, "beta"), "ideBasePath", ChoiceField)
    assert picker.options == ["Auto-detect"]
    await world.until(lambda: len(picker.options) == 3)
    picker.choose(2)
    await world.until(lambda: picker.index == 2)
    assert world.entry("beta")["ideBasePath"] == "/opt/two"


async def test_a_stored_value_nobody_offers_is_kept_as_a_choice(world: World) -> None:
    picker = field_of(page_of(world, "beta"), "ideBasePath", ChoiceField)
    provider = next(one for one in world.session.providers() if one.id == "beta")
    await world.session.edit_config(lambda raw: set_field(raw, provider, "ideBasePath", "/own/place"))
    await world.until(lambda: picker.options[-1] == "/own/place")
    assert picker.index == len(picker.options) - 1


async def test_a_picker_with_nothing_to_pick_is_not_shown(world: World) -> None:
    picker = field_of(page_of(world, "beta"), "ideBasePath", ChoiceField)
    picker.offer(())
    assert picker.shown is False
    picker.offer([Choice("", "Auto-detect")])
    assert picker.shown is True


async def test_a_preference_goes_to_the_other_file(world: World) -> None:
    picker = field_of(page_of(world, "beta"), "betaDisplay", ChoiceField)
    picker.choose(1)
    await world.until(lambda: picker.index == 1)
    stored = json.loads(world.session.config.path.with_name("settings.json").read_text("utf-8"))
    assert stored["betaDisplay"] == "left"
    assert not world.session.config.path.exists()


async def test_accounts_are_added_selected_and_removed(world: World) -> None:
    accounts = field_of(page_of(world, "alpha"), "tokenAccounts", AccountsField)
    for label, token, complaint in [("", "test-key-1", "name"), ("Work", " ", "token"), ("Work", "a\nb", "line")]:
        assert not accounts.add(label, token)
        assert complaint in accounts.error
    assert accounts.add("Work", "test-key-1")
    await world.until(lambda: accounts.count == 1)
    assert accounts.error == ""
    assert not accounts.add("work", "test-key-2")
    assert "exists" in accounts.error
    assert accounts.add("Private", "test-key-2")
    await world.until(lambda: accounts.count == 2)
    assert [(row.label, row.selected) for row in accounts.listed] == [("Work", False), ("Private", True)]
    accounts.select(accounts.listed[0].id)
    await world.until(lambda: accounts.listed[0].selected)
    accounts.remove(accounts.listed[0].id)
    await world.until(lambda: accounts.count == 1)
    assert [(row.label, row.selected) for row in accounts.listed] == [("Private", True)]
    assert "test-key" not in repr(accounts.listed)


async def test_accent_colour_is_checked_and_can_be_taken_back(world: World) -> None:
    page = page_of(world, "alpha")
    accent = field_of(page, "accentColor", TextField)
    assert (accent.placeholder, page.sample) == ("#FF9900", "#FF9900")
    for wrong in ("red", "#12345", "#GG0000", "FF9900"):
        assert not accent.commit(wrong)
        assert accent.error
    assert accent.commit("#3366cc")
    await world.until(lambda: page.sample == "#3366CC")
    assert world.entry("alpha")["accentColor"] == "#3366CC"
    assert accent.commit("")
    await world.until(lambda: page.sample == "#FF9900")
    assert "accentColor" not in world.entry("alpha")


async def test_switch_and_header_follow_config_and_store(world: World) -> None:
    page = page_of(world, "alpha")
    assert (page.enabled, page.subtitle, page.rowCount) == (False, "Off", 0)
    page.turn(True)
    await world.until(lambda: page.enabled)
    assert world.entry("alpha")["enabled"] is True
    key = world.session.active_key("alpha")
    world.session.store.succeed(key, world.snapshot, "api", world.clock.now())
    assert (page.subtitle, page.identity, page.rowCount) == ("Updated just now · api", "user@example.com · Pro", 2)
    world.session.store.fail(key, AuthRejected("The login was refused. Sign in again."), world.clock.now())
    told = "The login was refused. Sign in again. The numbers are from just now (api)."
    assert (page.subtitle, page.lastError, page.stale) == ("Last refresh failed · api", told, True)
    page.copyError()
    assert world.copied == [told]


async def test_links_lead_to_what_is_declared(world: World) -> None:
    assert page_of(world, "alpha").links == [
        {"label": "Dashboard", "url": "https://example.com/usage"},
        {"label": "Keys", "url": "https://example.com/keys"},
    ]
    assert page_of(world, "gamma").links == []


async def test_an_action_says_what_it_does_and_how_it_ended(world: World) -> None:
    sign_in, broken = page_of(world, "alpha").actions
    told: list[tuple[str, bool]] = []
    sign_in.changed.connect(lambda: told.append((sign_in.message, sign_in.running)))
    sign_in.run()
    sign_in.run()
    await world.until(lambda: not sign_in.running)
    assert told == [("", True), ("Opening the browser…", True), ("Signed in.", False)]
    broken.run()
    await world.until(lambda: not broken.running)
    assert broken.message == "The tool failed. Install it again."


async def test_signals_fire_only_for_what_is_different(world: World) -> None:
    page = page_of(world, "alpha")
    fired: list[str] = []
    page.changed.connect(lambda: fired.append("page"))
    page.enabledChanged.connect(lambda: fired.append("enabled"))
    for field in page.controls():
        field.errorChanged.connect(lambda: fired.append("error"))
        field.shownChanged.connect(lambda: fired.append("shown"))
        field.valueChanged.connect(lambda key=field.text_parts.key: fired.append(key))  # type: ignore[attr-defined]  # every control declares it
    world.model.update()
    assert fired == []
    await world.session.edit_config(lambda raw: set_enabled(raw, "beta", True))
    assert fired == []
    field_of(page, "extrasEnabled", ToggleField).turn(False)
    await world.until(lambda: fired)
    assert fired == ["extrasEnabled"]


class TestWithABadEntry:
    @pytest.fixture
    def first_config(self) -> str:
        return json.dumps({"version": 1, "providers": [{"id": "alpha", "enabled": True, "source": 5}]})

    async def test_the_page_says_what_is_wrong(self, world: World) -> None:
        page = page_of(world, "alpha")
        assert page.enabled is False
        assert page.invalidEntry.startswith("The config entry cannot be used: source ")


async def test_an_unknown_provider_shows_nothing_new(world: World) -> None:
    world.model.showProvider("missing")
    assert (world.model.pane, world.model.shown_page) == ("general", None)


async def test_a_failed_save_is_told_in_one_sentence(world: World) -> None:
    page = page_of(world, "alpha")
    world.config_file.restore_defaults()
    newer = json.loads(world.session.config.path.read_text("utf-8")) | {"version": 2}
    world.session.config.path.write_text(json.dumps(newer), "utf-8")
    page.turn(True)
    await world.until(lambda: world.model.banner)
    assert "newer version" in world.model.banner
    assert page.enabled is False
    world.model.dismissBanner()
    assert world.model.banner == ""


async def test_what_was_wrong_with_the_file_is_taken_back_with_it(world: World) -> None:
    page, path = page_of(world, "alpha"), world.session.config.path
    world.config_file.restore_defaults()
    good = path.read_text("utf-8")
    path.write_text(json.dumps(json.loads(good) | {"version": 2}), "utf-8")
    await world.session.reload_config()
    page.turn(True)
    await world.until(lambda: world.model.banner)
    path.write_text(good, "utf-8")
    await world.session.reload_config()
    assert world.model.banner == ""
