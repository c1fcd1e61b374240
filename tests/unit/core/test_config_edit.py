"""Changes of a config document (config.md 4, 7, 12, 17)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from codexbar_qt.core import config_edit
from codexbar_qt.core.config_errors import ConfigEditError
from codexbar_qt.core.config_normal import normalise, read_entry
from codexbar_qt.provider_api import Secret

if TYPE_CHECKING:
    from datetime import datetime

    from codexbar_qt.provider_api import Provider

Root = dict[str, Any]


@pytest.fixture
def root(catalogue: tuple[Provider, ...]) -> Root:
    entries = [{"id": "crossmodel"}, {"id": "beta"}, {"id": "delta"}, "odd"]
    return normalise({"version": 1, "providers": entries}, catalogue)


def entry(root: Root, name: str) -> dict[str, Any]:
    return next(raw for raw in root["providers"] if isinstance(raw, dict) and raw["id"] == name)


def order(root: Root) -> list[str]:
    return [raw["id"] if isinstance(raw, dict) else raw for raw in root["providers"]]


def no_env(name: str) -> str | None:
    return None


def test_on_off_and_source(root: Root) -> None:
    config_edit.set_enabled(root, "beta", True)
    config_edit.set_source(root, "beta", "api")
    assert entry(root, "beta") == {"id": "beta", "enabled": True, "source": "api"}
    config_edit.set_enabled(root, "beta", False)
    assert entry(root, "beta")["enabled"] is False
    with pytest.raises(ValueError, match="tomorrow"):
        config_edit.set_source(root, "beta", "tomorrow")
    with pytest.raises(ConfigEditError, match="no entry for nobody"):
        config_edit.set_enabled(root, "nobody", True)


def test_text_is_cleaned_and_blank_text_clears(root: Root, delta: Provider) -> None:
    config_edit.set_field(root, delta, "workspaceID", ' "team" ')
    assert entry(root, "delta")["workspaceID"] == "team"
    config_edit.set_field(root, delta, "workspaceID", "  ")
    assert "workspaceID" not in entry(root, "delta")
    config_edit.set_field(root, delta, "workspaceID", None)
    assert entry(root, "delta") == {"id": "delta"}


def test_a_switch_is_stored_as_it_is(root: Root, delta: Provider) -> None:
    config_edit.set_field(root, delta, "extrasEnabled", False)
    assert entry(root, "delta")["extrasEnabled"] is False


def test_a_key_with_a_point_goes_into_an_object(root: Root, delta: Provider) -> None:
    entry(root, "delta")["pluginSecrets"] = {"OTHER": "test-key-2"}
    config_edit.set_field(root, delta, "pluginSecrets.DELTA_ADMIN_KEY", "test-key-1")
    assert entry(root, "delta")["pluginSecrets"] == {"OTHER": "test-key-2", "DELTA_ADMIN_KEY": "test-key-1"}
    config_edit.set_field(root, delta, "pluginSecrets.DELTA_ADMIN_KEY", "")
    assert entry(root, "delta")["pluginSecrets"] == {"OTHER": "test-key-2"}
    entry(root, "delta")["pluginSecrets"] = {}
    config_edit.set_field(root, delta, "pluginSecrets.DELTA_ADMIN_KEY", None)
    assert "pluginSecrets" not in entry(root, "delta")


def test_a_text_its_setting_refuses_is_not_stored(root: Root, delta: Provider) -> None:
    with pytest.raises(ConfigEditError, match="needs to use https"):
        config_edit.set_field(root, delta, "enterpriseHost", "http://example.com")
    assert "enterpriseHost" not in entry(root, "delta")
    config_edit.set_field(root, delta, "enterpriseHost", "https://example.com")
    config_edit.set_field(root, delta, "enterpriseHost", "")
    assert "enterpriseHost" not in entry(root, "delta")


def test_an_undeclared_setting_is_refused(root: Root, delta: Provider) -> None:
    with pytest.raises(KeyError):
        config_edit.set_field(root, delta, "cookieHeader", "a=b")


@pytest.mark.parametrize(
    ("stored_region", "env", "bound"),
    [
        (None, {}, "world"),
        (None, {"BETA_REGION": "China"}, "china"),
        ("china", {"BETA_REGION": "world"}, "china"),
    ],
)
def test_a_secret_is_stored_with_what_it_is_bound_to(
    root: Root, beta: Provider, stored_region: str | None, env: dict[str, str], bound: str
) -> None:
    config_edit.set_field(root, beta, "region", stored_region)
    config_edit.store_api_key(root, beta, "'test-key-1'", env.get)
    assert entry(root, "beta")["apiKey"] == "test-key-1"
    assert entry(root, "beta")["apiKeyRegion"] == bound
    assert entry(root, "beta")["enabled"] is True
    config_edit.set_field(root, beta, "apiKey", "", env.get)
    assert not entry(root, "beta").keys() & {"apiKey", "apiKeyRegion"}


def test_without_an_environment_only_a_stored_value_binds(root: Root, beta: Provider) -> None:
    entry(root, "beta")["apiKeyRegion"] = "china"
    config_edit.set_field(root, beta, "apiKey", "test-key-1")
    assert "apiKeyRegion" not in entry(root, "beta")
    config_edit.set_field(root, beta, "region", "china")
    config_edit.set_field(root, beta, "apiKey", "test-key-2")
    assert entry(root, "beta")["apiKeyRegion"] == "china"


def test_a_key_can_be_stored_without_turning_the_provider_on(root: Root, delta: Provider) -> None:
    config_edit.store_api_key(root, delta, "test-key-1", no_env, enable=False)
    assert entry(root, "delta") == {"id": "delta", "apiKey": "test-key-1"}


def test_order_changes_within_the_places_of_the_named(root: Root) -> None:
    assert order(root) == ["crossmodel", "beta", "delta", "odd", "alpha", "gamma"]
    config_edit.reorder(root, ["gamma", "alpha", "beta", "nobody"])
    assert order(root) == ["crossmodel", "gamma", "delta", "odd", "alpha", "beta"]


def test_accounts_come_and_go(root: Root, beta: Provider, now: datetime) -> None:
    first = config_edit.add_account(root, "beta", " one ", ' "test-key-1" ', now)
    second = config_edit.add_account(root, "beta", "two", "test-key-2", now, {"workspaceID": " ws ", "usageScope": ""})
    third = config_edit.add_account(root, "beta", "three", "test-key-3", now)
    data = entry(root, "beta")["tokenAccounts"]
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", first)
    assert (data["version"], data["activeIndex"]) == (1, 2)
    assert data["accounts"][0] == {"id": first, "label": "one", "token": "test-key-1", "addedAt": 1784203205}
    assert data["accounts"][1]["workspaceID"] == "ws"
    assert "usageScope" not in data["accounts"][1]

    config_edit.select_account(root, "beta", second, now)
    assert (data["activeIndex"], data["accounts"][1]["lastUsed"]) == (1, 1784203205)
    config_edit.remove_account(root, "beta", first)
    account = read_entry(beta, entry(root, "beta")).account
    assert account is not None
    assert (account.id, account.token) == (second, Secret("test-key-2"))

    config_edit.remove_account(root, "beta", second)
    assert data["activeIndex"] == 0
    config_edit.remove_account(root, "beta", third)
    assert "tokenAccounts" not in entry(root, "beta")


def test_the_fields_beside_a_token_change(root: Root, beta: Provider, now: datetime) -> None:
    first = config_edit.add_account(root, "beta", "one", "test-key-1", now, {"usageScope": "team", "workspaceID": "p"})
    config_edit.add_account(root, "beta", "two", "test-key-2", now)
    config_edit.change_account(root, "beta", first, {"usageScope": "", "workspaceID": " q ", "organizationId": " "})
    account = read_entry(beta, entry(root, "beta")).accounts[0]
    assert (account.usage_scope, account.organization_id, account.workspace_id) == ("", "", "q")
    assert account.token == Secret("test-key-1")
    stored = entry(root, "beta")["tokenAccounts"]["accounts"]
    assert not {"usageScope", "organizationId"} & stored[0].keys()
    assert "workspaceID" not in stored[1]
    with pytest.raises(ConfigEditError, match="no longer in the config file"):
        config_edit.change_account(root, "beta", "gone", {})


@pytest.mark.parametrize("text", ["a\nb", "a\rb", "a\x00b", "a\u2028b"])
def test_a_field_of_two_lines_is_not_stored(root: Root, now: datetime, text: str) -> None:
    with pytest.raises(ConfigEditError, match="workspaceID of an account has more than one line"):
        config_edit.add_account(root, "beta", "one", "test-key-1", now, {"workspaceID": text})
    assert "tokenAccounts" not in entry(root, "beta")
    first = config_edit.add_account(root, "beta", "one", "test-key-1", now, {"workspaceID": "p"})
    with pytest.raises(ConfigEditError, match="Enter a single line"):
        config_edit.change_account(root, "beta", first, {"workspaceID": text})
    assert entry(root, "beta")["tokenAccounts"]["accounts"][0]["workspaceID"] == "p"


def test_removing_the_last_in_the_row_selects_its_neighbour(root: Root, now: datetime) -> None:
    config_edit.add_account(root, "beta", "one", "test-key-1", now)
    last = config_edit.add_account(root, "beta", "two", "test-key-2", now)
    config_edit.remove_account(root, "beta", last)
    assert entry(root, "beta")["tokenAccounts"]["activeIndex"] == 0


def test_accounts_that_do_not_fit_are_refused(root: Root, now: datetime) -> None:
    with pytest.raises(ConfigEditError, match="token is empty"):
        config_edit.add_account(root, "beta", "one", "  ", now)
    config_edit.add_account(root, "beta", "one", "test-key-1", now)
    with pytest.raises(ConfigEditError, match="no longer in the config file"):
        config_edit.remove_account(root, "beta", "gone")
    with pytest.raises(ConfigEditError, match="no longer in the config file"):
        config_edit.select_account(root, "beta", "gone", now)
    entry(root, "beta")["tokenAccounts"] = {"accounts": "odd"}
    with pytest.raises(ConfigEditError, match="cannot be read"):
        config_edit.add_account(root, "beta", "one", "test-key-1", now)
