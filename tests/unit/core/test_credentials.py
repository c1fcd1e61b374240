"""The order in which credentials and settings are found: account, config, environment (config.md 7, 15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from codexbar_qt.core.app_config import ProviderEntry, TokenAccount
from codexbar_qt.core.credentials import account_env, fetch_values
from codexbar_qt.provider_api import InvalidSetting, MissingCredential, ProviderDescriptor, Secret, SecretSetting
from codexbar_qt.provider_api.resolution import ResolvedCredentials, ResolvedSettings, env_names, resolve_secret

if TYPE_CHECKING:
    from codexbar_qt.provider_api import Provider

ACCOUNT = TokenAccount("a1", "work", Secret("test-key-3"))


class Env:
    def __init__(self, **values: str) -> None:
        self._values = values

    def get(self, name: str) -> str | None:
        return self._values.get(name)


@pytest.fixture
def descriptors(catalogue: tuple[Provider, ...]) -> dict[str, ProviderDescriptor]:
    return {provider.id: provider.descriptor for provider in catalogue}


def entry(name: str, **fields: object) -> ProviderEntry:
    return ProviderEntry(name, enabled=True, raw={"id": name, **fields})


@pytest.mark.parametrize(
    ("fields", "env", "account", "expected"),
    [
        ({"apiKey": ' "test-key-1" '}, {"BETA_API_KEY": "test-key-2"}, None, "test-key-1"),
        ({"apiKey": " "}, {"BETA_API_KEY": "test-key-2"}, None, "test-key-2"),
        ({}, {}, None, None),
        ({"apiKey": "test-key-1"}, {"BETA_API_KEY": "test-key-2"}, "test-key-3", "test-key-3"),
        ({"apiKey": "test-key-1"}, {"BETA_API_KEY": "test-key-2"}, "  ", None),
        ({"apiKey": "test-key-1", "apiKeyRegion": "china"}, {}, None, None),
        ({"apiKey": "test-key-1", "apiKeyRegion": "china"}, {"BETA_REGION": "china"}, None, "test-key-1"),
        ({"region": "china"}, {"BETA_API_KEY": "test-key-2", "BETA_REGION": "world"}, None, None),
    ],
)
async def test_the_order_of_credentials(
    descriptors: dict[str, ProviderDescriptor],
    fields: dict[str, object],
    env: dict[str, str],
    account: str | None,
    expected: str | None,
) -> None:
    chosen = TokenAccount("a1", "work", Secret(account)) if account is not None else None
    values = fetch_values(descriptors["beta"], entry("beta", **fields), Env(**env), account=chosen)
    credentials = ResolvedCredentials(values)
    assert await credentials.get("apiKey") == (Secret(expected) if expected else None)
    if expected:
        assert await credentials.require("apiKey") == Secret(expected)
    else:
        with pytest.raises(MissingCredential, match=r"^Nothing here\."):
            await credentials.require("apiKey", message="Nothing here.")


async def test_a_bare_session_token_becomes_a_cookie(descriptors: dict[str, ProviderDescriptor]) -> None:
    for token, header in (("abc", "sessionKey=abc"), ("a=b", "a=b"), ("Cookie: x", "Cookie: x")):
        account = TokenAccount("a1", "work", Secret(token))
        values = fetch_values(descriptors["alpha"], entry("alpha", cookieSource="off"), Env(), account=account)
        assert await ResolvedCredentials(values).get("cookieHeader") == Secret(header)
        assert ResolvedSettings(values).get("cookieSource") == "manual"


def test_variables_of_other_identities_are_hidden_from_an_account(descriptors: dict[str, ProviderDescriptor]) -> None:
    env = Env(BETA_API_KEY="test-key-2", BETA_TEAM="x", PATH="/bin")
    assert account_env(descriptors["beta"], env, None) is env
    assert account_env(descriptors["gamma"], env, ACCOUNT) is env
    hidden = account_env(descriptors["beta"], env, ACCOUNT)
    assert [hidden.get(name) for name in ("BETA_API_KEY", "BETA_TEAM", "PATH")] == [None, None, "/bin"]


def test_plain_settings(descriptors: dict[str, ProviderDescriptor]) -> None:
    fields = {"workspaceID": " team ", "region": "mars", "extrasEnabled": True, "enterpriseHost": "http://x"}
    values = fetch_values(descriptors["delta"], entry("delta", **fields), Env(), {"deltaMenuBarDisplay": "hidden"})
    settings = ResolvedSettings(values)
    assert (settings.get("workspaceID"), settings.get("region")) == ("team", None)
    assert settings.get("deltaMenuBarDisplay") == "hidden"
    assert settings.flag("extrasEnabled") is True
    with pytest.raises(InvalidSetting, match="https"):
        settings.get("enterpriseHost")


def test_an_account_brings_its_own_workspace(descriptors: dict[str, ProviderDescriptor]) -> None:
    own = TokenAccount("a1", "work", Secret("test-key-3"), workspace_id="mine")
    stored = entry("delta", workspaceID="shared")
    for account, expected in ((own, "mine"), (ACCOUNT, "shared"), (None, "shared")):
        values = fetch_values(descriptors["delta"], stored, Env(), account=account)
        assert ResolvedSettings(values).get("workspaceID") == expected


@pytest.mark.parametrize(
    ("env", "named", "expected"),
    [
        ({"SHARED_KEY": "test-key-2"}, True, "test-key-2"),
        ({"SHARED_KEY": "test-key-2"}, False, None),
        ({"OWN_KEY": "test-key-1", "SHARED_KEY": "test-key-2"}, True, "test-key-1"),
        ({"OWN_KEY": "test-key-1", "SHARED_KEY": "test-key-2"}, False, "test-key-1"),
        ({"OWN_KEY": " ", "SHARED_KEY": "test-key-2"}, True, "test-key-2"),
    ],
)
def test_variables_of_other_programs_are_for_named_providers(
    env: dict[str, str], named: bool, expected: str | None
) -> None:
    setting = SecretSetting("apiKey", "API key", env=("OWN_KEY",), env_when_named=("SHARED_KEY",))
    descriptor = ProviderDescriptor("acme", "Acme", "#112233", 1, settings=(setting,))
    values = fetch_values(descriptor, entry("acme"), Env(**env), is_named=named)
    found = resolve_secret(values, "apiKey")
    assert (found.reveal() if found else None) == expected
    assert env_names(values, setting) == (("OWN_KEY", "SHARED_KEY") if named else ("OWN_KEY",))
