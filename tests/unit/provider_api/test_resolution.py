"""The order in which values are found."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.provider_api import (
    AccountsSetting,
    Binding,
    Choice,
    ChoiceSetting,
    CookieSourceSetting,
    FetchContext,
    InvalidSetting,
    MissingCredential,
    ProviderDescriptor,
    Secret,
    SecretSetting,
    Setting,
    TextSetting,
    ToggleSetting,
)
from codexbar_qt.provider_api.resolution import (
    ResolvedSettings,
    Values,
    cookie_source,
    entry_text,
    find_setting,
    injected_key,
    is_bound_elsewhere,
    require_secret,
    resolve_flag,
    resolve_secret,
    resolve_text,
    setting_key,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY = SecretSetting("apiKey", "API key", env=("ACME_KEY", "ACME_OLD_KEY"))
REGION = ChoiceSetting("region", "Region", (Choice("eu", "EU"), Choice("US", "US")), default="eu", env=("ACME_REGION",))
BOUND = replace(KEY, binding=Binding("region", "apiKeyRegion", "ACME_REGION"))
ACCOUNTS = AccountsSetting("Accounts", injects="apiKey")


def values(
    *settings: Setting,
    entry: Mapping[str, object] | None = None,
    env: Mapping[str, str] | None = None,
    account: str | None = None,
    preferences: Mapping[str, str] | None = None,
) -> Values:
    descriptor = ProviderDescriptor("acme", "Acme", "#112233", 1, settings=settings)
    token = None if account is None else Secret(account)
    return Values(descriptor, entry or {}, (env or {}).get, preferences or {}, token)


def secret_of(found: Secret | None) -> str | None:
    return None if found is None else found.reveal()


@pytest.mark.parametrize(
    ("entry", "env", "account", "expected"),
    [
        ({}, {}, None, None),
        ({"apiKey": " 'stored' "}, {"ACME_KEY": "variable"}, None, "stored"),
        ({"apiKey": "  "}, {"ACME_KEY": ' "variable" '}, None, "variable"),
        ({"apiKey": 5}, {"ACME_KEY": "variable"}, None, "variable"),
        ({"apiKey": None}, {"ACME_KEY": " ", "ACME_OLD_KEY": "old"}, None, "old"),
        ({}, {"ACME_KEY": "new", "ACME_OLD_KEY": "old"}, None, "new"),
        ({"apiKey": "stored"}, {"ACME_KEY": "variable"}, " account ", "account"),
        ({"apiKey": "stored"}, {"ACME_KEY": "variable"}, "  ", None),
    ],
)
def test_order_of_a_secret(
    entry: dict[str, object], env: dict[str, str], account: str | None, expected: str | None
) -> None:
    assert secret_of(resolve_secret(values(KEY, ACCOUNTS, entry=entry, env=env, account=account), "apiKey")) == expected


def test_an_account_stands_in_for_the_injected_secret_only() -> None:
    other = SecretSetting("secretKey", "Secret key", env=("ACME_SECRET",))
    found = values(KEY, other, ACCOUNTS, entry={"secretKey": "second"}, account="account")
    assert secret_of(resolve_secret(found, "secretKey")) == "second"


def test_an_account_without_accounts_setting_changes_nothing() -> None:
    assert secret_of(resolve_secret(values(KEY, entry={"apiKey": "stored"}, account="x"), "apiKey")) == "stored"


@pytest.mark.parametrize(
    ("token", "cookie"), [("abc", "sid=abc"), ("sid=abc", "sid=abc"), ("Cookie: abc", "Cookie: abc")]
)
def test_a_bare_account_token_becomes_a_cookie_where_one_is_named(token: str, cookie: str) -> None:
    header = SecretSetting("cookieHeader", "Cookie", env_exempt_reason="None.")
    accounts = AccountsSetting("Accounts", injects="cookieHeader", cookie_name="sid")
    found = values(header, accounts, CookieSourceSetting(), entry={"cookieSource": "auto"}, account=token)
    assert secret_of(resolve_secret(found, "cookieHeader")) == cookie
    assert resolve_text(found, "cookieSource") == "manual"


def test_a_secret_inside_an_object() -> None:
    inner = SecretSetting("pluginSecrets.ACME_ADMIN", "Admin key", env=("ACME_ADMIN",))
    entry = {"pluginSecrets": {"ACME_ADMIN": "stored"}}
    assert secret_of(resolve_secret(values(inner, entry=entry, env={"ACME_ADMIN": "x"}), inner.key)) == "stored"
    for odd in ({}, {"pluginSecrets": "x"}, {"pluginSecrets": {"ACME_ADMIN": " "}}, {"pluginSecrets": None}):
        assert secret_of(resolve_secret(values(inner, entry=odd, env={"ACME_ADMIN": "x"}), inner.key)) == "x"


@pytest.mark.parametrize(
    ("entry", "env", "expected"),
    [
        ({"apiKey": "stored"}, {}, "stored"),
        ({"apiKey": "stored", "apiKeyRegion": "eu"}, {}, "stored"),
        ({"apiKey": "stored", "apiKeyRegion": "US"}, {}, None),
        ({"apiKey": "stored", "apiKeyRegion": "US"}, {"ACME_KEY": "variable"}, "variable"),
        ({"apiKey": "stored", "apiKeyRegion": "US", "region": "US"}, {}, "stored"),
        ({"apiKey": "stored", "apiKeyRegion": "eu"}, {"ACME_REGION": "us"}, None),
        ({"apiKey": "stored", "apiKeyRegion": " "}, {"ACME_REGION": "us"}, "stored"),
        ({}, {"ACME_KEY": "variable"}, "variable"),
        ({"region": "US"}, {"ACME_KEY": "variable"}, "variable"),
        ({"region": "US"}, {"ACME_KEY": "variable", "ACME_REGION": "EU"}, None),
        ({"region": "US"}, {"ACME_KEY": "variable", "ACME_REGION": "us"}, "variable"),
        ({"region": "US"}, {"ACME_KEY": "variable", "ACME_REGION": "mars"}, "variable"),
        ({"region": "mars"}, {"ACME_KEY": "variable", "ACME_REGION": "us"}, None),
    ],
)
def test_binding(entry: dict[str, object], env: dict[str, str], expected: str | None) -> None:
    assert secret_of(resolve_secret(values(BOUND, REGION, entry=entry, env=env), "apiKey")) == expected


def test_binding_to_a_plain_line_knows_no_other_value() -> None:
    line = TextSetting("enterpriseHost", "Host", env=("ACME_HOST",))
    bound = replace(KEY, binding=Binding("enterpriseHost", "apiKeyHost", "ACME_HOST"))
    found = values(bound, line, env={"ACME_KEY": "variable", "ACME_HOST": "h"}, entry={"enterpriseHost": "other"})
    assert secret_of(resolve_secret(found, "apiKey")) == "variable"


def test_only_a_stored_secret_is_bound_elsewhere() -> None:
    assert not is_bound_elsewhere(values(BOUND, REGION, entry={"apiKeyRegion": "US"}), BOUND)
    assert is_bound_elsewhere(values(BOUND, REGION, entry={"apiKeyRegion": "US", "apiKey": "x"}), BOUND)


def test_a_missing_secret_says_where_to_put_it() -> None:
    with pytest.raises(MissingCredential) as caught:
        require_secret(values(KEY), "apiKey")
    assert caught.value.message == "Acme API key is missing. Add it in Settings or set ACME_KEY."
    with pytest.raises(MissingCredential, match=r"^Acme API key is missing\. Add it in Settings\.$"):
        require_secret(values(replace(KEY, env=())), "apiKey")
    with pytest.raises(MissingCredential, match=r"^Sign in\.$"):
        require_secret(values(KEY), "apiKey", "Sign in.")
    assert require_secret(values(KEY, entry={"apiKey": "stored"}), "apiKey").reveal() == "stored"


def test_a_key_of_the_other_region_is_named() -> None:
    with pytest.raises(MissingCredential, match=r"\. The saved key belongs to the other region\.$"):
        require_secret(values(BOUND, REGION, entry={"apiKey": "x", "apiKeyRegion": "US"}), "apiKey")


@pytest.mark.parametrize(
    ("entry", "env", "expected"),
    [
        ({}, {}, "eu"),
        ({"region": " 'US' "}, {"ACME_REGION": "eu"}, "US"),
        ({"region": "us"}, {}, "eu"),
        ({"region": "mars"}, {"ACME_REGION": "us"}, "eu"),
        ({}, {"ACME_REGION": " us "}, "US"),
        ({}, {"ACME_REGION": "mars"}, "eu"),
        ({"region": ""}, {"ACME_REGION": "EU"}, "eu"),
    ],
)
def test_choice(entry: dict[str, object], env: dict[str, str], expected: str) -> None:
    assert resolve_text(values(REGION, entry=entry, env=env), "region") == expected


def test_choice_without_default_and_with_discovery() -> None:
    async def discover(ctx: FetchContext) -> tuple[Choice, ...]:
        return (Choice(ctx.files.home, "Home"),)

    plain = ChoiceSetting("region", "Region", (Choice("", "Any"), Choice("eu", "EU")))
    assert resolve_text(values(plain), "region") is None
    assert resolve_text(values(plain, entry={"region": "mars"}), "region") is None
    assert resolve_text(values(replace(plain, discover=discover), entry={"region": "found"}), "region") == "found"


def test_a_preference_lives_outside_the_config() -> None:
    shown = replace(REGION, is_preference=True, env=())
    assert resolve_text(values(shown, entry={"region": "US"}), "region") == "eu"
    assert resolve_text(values(shown, preferences={"region": "US"}), "region") == "US"


def complain(text: str) -> str | None:
    return "That is bad. Write it otherwise." if text == "bad" else None


@pytest.mark.parametrize(
    ("entry", "env", "expected"),
    [
        ({}, {}, "fallback"),
        ({"enterpriseHost": " 'h' "}, {"ACME_HOST": "v"}, "h"),
        ({"enterpriseHost": ""}, {"ACME_HOST": "", "ACME_URL": " v "}, "v"),
        ({"enterpriseHost": 7}, {}, "fallback"),
    ],
)
def test_line(entry: dict[str, object], env: dict[str, str], expected: str) -> None:
    line = TextSetting("enterpriseHost", "Host", env=("ACME_HOST", "ACME_URL"), default="fallback", check=complain)
    assert resolve_text(values(line, entry=entry, env=env), "enterpriseHost") == expected


def test_a_line_that_fails_its_check() -> None:
    line = TextSetting("enterpriseHost", "Host", env=("ACME_HOST",), check=complain)
    for found in (values(line, entry={"enterpriseHost": "bad"}), values(line, env={"ACME_HOST": "bad"})):
        with pytest.raises(InvalidSetting) as caught:
            resolve_text(found, "enterpriseHost")
        assert caught.value.message == "Acme: That is bad. Write it otherwise."
        assert caught.value.setting == "enterpriseHost"
    assert resolve_text(values(line), "enterpriseHost") is None


def test_other_settings_read_as_text() -> None:
    assert resolve_text(values(KEY, entry={"apiKey": "stored"}), "apiKey") == "stored"


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({}, "auto"),
        ({"cookieHeader": "a=b"}, "manual"),
        ({"cookieHeader": "  "}, "auto"),
        ({"cookieHeader": "a=b", "cookieSource": "off"}, "off"),
        ({"cookieHeader": "a=b", "cookieSource": "auto"}, "auto"),
        ({"cookieSource": "manual"}, "manual"),
        ({"cookieSource": "sometimes"}, "auto"),
        ({"cookieSource": "sometimes", "cookieHeader": "a=b"}, "manual"),
    ],
)
def test_cookie_source(entry: dict[str, object], expected: str) -> None:
    assert cookie_source(entry) == expected
    assert resolve_text(values(CookieSourceSetting(), entry=entry), "cookieSource") == expected


def test_cookie_source_is_manual_for_further_fields() -> None:
    setting = CookieSourceSetting(manual_when=("region",))
    assert resolve_text(values(setting, entry={"region": "x"}), "cookieSource") == "manual"


@pytest.mark.parametrize(
    ("stored", "default", "expected"),
    [(True, False, True), (False, True, False), (None, True, True), ("true", False, False), (1, False, False)],
)
def test_switch(stored: object, default: bool, expected: bool) -> None:
    toggle = ToggleSetting("extrasEnabled", "Extras", default=default)
    assert resolve_flag(values(toggle, entry={"extrasEnabled": stored}), "extrasEnabled") is expected


def test_a_switch_of_another_kind_is_off() -> None:
    assert not resolve_flag(values(KEY), "apiKey")


def test_undeclared_settings_are_a_mistake_of_the_provider() -> None:
    with pytest.raises(KeyError, match="acme declares no setting apiKey"):
        resolve_secret(values(), "apiKey")
    with pytest.raises(KeyError, match="region is not a secret"):
        resolve_secret(values(REGION), "region")


def test_keys_of_settings() -> None:
    assert setting_key(ACCOUNTS) == "tokenAccounts"
    assert setting_key(CookieSourceSetting()) == "cookieSource"
    assert setting_key(KEY) == "apiKey"
    descriptor = values(KEY, ACCOUNTS).descriptor
    assert find_setting(descriptor, "tokenAccounts") is ACCOUNTS
    assert injected_key(descriptor) == "apiKey"
    assert injected_key(values(KEY).descriptor) == ""
    assert entry_text({"a": {"b": {"c": "x"}}}, "a.b.c") is None


def test_only_the_config_stores() -> None:
    found = values(REGION, KEY, entry={"region": "mars", "apiKey": " '' "}, env={"ACME_REGION": "US"})
    settings = ResolvedSettings(found)
    assert (settings.is_stored("region"), settings.get("region")) == (True, "eu")
    assert not settings.is_stored("apiKey")
    assert not ResolvedSettings(values(REGION, env={"ACME_REGION": "US"})).is_stored("region")
