"""What a fetch saves: exactly where the old value stood, under the file's lock, and never over somebody's edit."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from codexbar_qt.core import config_edit
from codexbar_qt.core.config_errors import ConfigEditError
from codexbar_qt.core.credential_store import ConfigCredentialStore, FileConfigWriter, Rotation
from codexbar_qt.core.credentials import fetch_values, selected_account
from codexbar_qt.core.fetch_service import FetchRequest
from codexbar_qt.provider_api import InvalidSetting, Provider, Secret, SelectedAccount
from codexbar_qt.provider_api.resolution import ResolvedCredentials
from codexbar_qt.provider_testing import FakeEnv

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from codexbar_qt.core.app_config import TokenAccount
    from codexbar_qt.core.config_file import ConfigFile

    Catalogue = tuple[Provider, ...]
    Edit = Callable[[dict[str, object]], None]

OLD, NEW = Secret("test-key-1"), Secret("test-key-2")


@pytest.fixture
def provider(catalogue: Catalogue) -> Callable[[str], Provider]:
    return lambda name: next(item for item in catalogue if item.id == name)


@pytest.fixture
def credentials(config_file: ConfigFile, now: datetime) -> Callable[..., ResolvedCredentials]:
    """The credentials of a fetch with what the file says now, as the command line has them."""

    def make(provider: Provider, env: dict[str, str] | None = None) -> ResolvedCredentials:
        entry = config_file.load().entry(provider.id)
        request = FetchRequest(provider, entry, entry.account)
        store = ConfigCredentialStore(request, FileConfigWriter(config_file), lambda: now)
        values = fetch_values(provider.descriptor, entry, FakeEnv(env or {}), {}, entry.account)
        return ResolvedCredentials(values, store)

    return make


def raw(path: Path) -> bytes:
    return path.read_bytes()


def overwrite(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def no_env(name: str) -> None:
    return None


def stored(path: Path, name: str) -> dict[str, Any]:
    """The entry of a provider as it stands in the file."""
    return next(entry for entry in json.loads(path.read_text())["providers"] if entry["id"] == name)


def with_key(provider: Provider, key: str = "apiKey", value: Secret = OLD) -> Edit:
    return lambda root: config_edit.set_field(root, provider, key, value.reveal())


def with_accounts(provider: Provider, now: datetime, *tokens: str) -> Edit:
    def edit(root: dict[str, object]) -> None:
        for token in tokens:
            config_edit.add_account(root, provider.id, f"{token} label", token, now, {"usageScope": "team"})

    return edit


@pytest.mark.parametrize("key", ["apiKey", "secretKey", "pluginSecrets.DELTA_ADMIN_KEY"])
async def test_a_field_of_the_entry(
    config_file: ConfigFile, config_path: Path, provider: Any, credentials: Any, key: str
) -> None:
    delta = provider("delta")
    config_file.update(with_key(delta, key))
    before = stored(config_path, "delta")
    assert await credentials(delta).save_rotated(key, NEW)
    outer, _, inner = key.partition(".")
    expected = {outer: {inner: "test-key-2"}} if inner else {outer: "test-key-2"}
    assert stored(config_path, "delta") == {**before, **expected}


async def test_what_a_secret_is_bound_to_stays(
    config_file: ConfigFile, config_path: Path, provider: Any, credentials: Any
) -> None:
    beta = provider("beta")

    def edit(root: dict[str, object]) -> None:
        config_edit.set_field(root, beta, "region", "china")
        config_edit.set_field(root, beta, "apiKey", "test-key-1", no_env)
        config_edit.set_field(root, beta, "region", None)

    config_file.update(edit)
    assert await credentials(beta).save_rotated("apiKey", NEW)
    found = stored(config_path, "beta")
    assert (found["apiKey"], found["apiKeyRegion"], found.get("region")) == ("test-key-2", "china", None)


async def test_the_selected_account_alone(
    config_file: ConfigFile, config_path: Path, provider: Any, credentials: Any, now: datetime
) -> None:
    beta = provider("beta")
    config_file.update(with_accounts(beta, now, "test-token-1", "test-token-2"))
    config_file.update(with_key(beta))
    found = credentials(beta)
    # Somebody else selects another account meanwhile.
    first = config_file.load().entry("beta").accounts[0].id
    config_file.update(lambda root: config_edit.select_account(root, "beta", first, now))
    before = stored(config_path, "beta")
    assert await found.save_rotated("apiKey", NEW)
    after = stored(config_path, "beta")
    before["tokenAccounts"]["accounts"][1]["token"] = "test-key-2"
    assert after == before


async def test_a_second_renewal_in_the_same_fetch(
    config_file: ConfigFile, config_path: Path, provider: Any, credentials: Any, now: datetime
) -> None:
    beta, delta = provider("beta"), provider("delta")
    config_file.update(with_accounts(beta, now, " test-token-1 "))
    config_file.update(with_key(delta))
    for name, one in (("beta", credentials(beta)), ("delta", credentials(delta))):
        assert await one.save_rotated("apiKey", NEW), name
        assert await one.save_rotated("apiKey", NEW), name
        assert await one.save_rotated("apiKey", Secret(" test-key-3 ")), name
        assert await one.save_rotated("apiKey", Secret("test-key-4")), name
    assert stored(config_path, "beta")["tokenAccounts"]["accounts"][0]["token"] == "test-key-4"
    assert stored(config_path, "delta")["apiKey"] == "test-key-4"


async def test_a_secret_of_the_environment_is_not_stored(
    config_file: ConfigFile, config_path: Path, provider: Any, credentials: Any
) -> None:
    delta = provider("delta")
    config_file.update(lambda root: None)
    before = raw(config_path)
    assert not await credentials(delta, {"DELTA_API_KEY": "test-key-1"}).save_rotated("apiKey", NEW)
    assert raw(config_path) == before


@pytest.mark.logs_warnings
@pytest.mark.parametrize("removed", [True, False])
async def test_what_a_person_entered_meanwhile_stays(
    config_file: ConfigFile,
    config_path: Path,
    provider: Any,
    credentials: Any,
    now: datetime,
    caplog: pytest.LogCaptureFixture,
    removed: bool,
) -> None:
    beta, delta = provider("beta"), provider("delta")
    config_file.update(with_accounts(beta, now, "test-token-1"))
    config_file.update(with_key(delta))
    fetches = [credentials(beta), credentials(delta)]
    account = config_file.load().entry("beta").accounts[0].id
    config_file.update(lambda root: config_edit.remove_account(root, "beta", account))
    if not removed:
        config_file.update(with_accounts(beta, now, "test-token-1"))  # the same token, another account
    config_file.update(with_key(delta, value=Secret("" if removed else "test-key-9")))
    before = raw(config_path)
    assert [await one.save_rotated("apiKey", NEW) for one in fetches] == [False, False]
    assert raw(config_path) == before
    told = [record.getMessage() for record in caplog.records]
    assert told == [f"A renewed credential of {name} could not be stored" for name in ("beta", "delta")]


@pytest.mark.logs_warnings
@pytest.mark.parametrize("content", [b"{", b'{"version": 99, "providers": []}', b"\xff"])
async def test_a_file_that_cannot_be_used_is_left_alone(
    config_file: ConfigFile, config_path: Path, provider: Any, credentials: Any, content: bytes
) -> None:
    delta = provider("delta")
    config_file.update(with_key(delta))
    one = credentials(delta)
    overwrite(config_path, content)
    assert not await one.save_rotated("apiKey", NEW)
    with pytest.raises(InvalidSetting):
        await one.add_account("work", NEW)
    assert raw(config_path) == content
    assert [place.name for place in config_path.parent.iterdir() if "corrupt" in place.name] == []


async def test_a_blank_secret_is_never_stored(
    config_file: ConfigFile, provider: Any, credentials: Any, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    beta, delta = provider("beta"), provider("delta")
    config_file.update(with_accounts(beta, now, "test-token-1"))
    config_file.update(with_key(delta))
    for name in (beta, delta):
        assert not await credentials(name).save_rotated("apiKey", Secret("  "))
    caplog.clear()
    assert config_file.load().entry("beta").account == config_file.load().entry("beta").accounts[0]
    assert config_file.load().entry("delta").raw["apiKey"] == "test-key-1"


async def test_an_account_is_added_and_selected(
    config_file: ConfigFile, config_path: Path, provider: Any, credentials: Any, now: datetime
) -> None:
    beta = provider("beta")
    config_file.update(with_accounts(beta, now, "test-token-1"))
    await credentials(beta).add_account(" user@example.com ", NEW)
    accounts = stored(config_path, "beta")["tokenAccounts"]
    assert accounts["activeIndex"] == 1
    added = accounts["accounts"][1]
    assert (added["label"], added["token"], added["addedAt"]) == (
        "user@example.com",
        "test-key-2",
        int(now.timestamp()),
    )
    with pytest.raises(InvalidSetting) as caught:
        await credentials(beta).add_account("work", Secret(" "))
    assert (caught.value.message, caught.value.setting) == (
        "The token is empty. Paste the token of the account.",
        "tokenAccounts",
    )


def test_a_rotation_changes_nothing_else_of_a_config(config_file: ConfigFile, provider: Any, now: datetime) -> None:
    beta, delta = provider("beta"), provider("delta")
    config_file.update(with_key(delta))
    before = config_file.update(with_accounts(beta, now, "test-token-1"))
    account = before.entry("beta").accounts[0]
    one = Rotation(delta, "apiKey", OLD, NEW)
    two = Rotation(beta, "apiKey", account.token, NEW, account.id)
    after = two.applied_to(one.applied_to(before))
    assert before.entry("delta").raw["apiKey"] == "test-key-1"
    assert after.entry("delta") == replace(
        before.entry("delta"), raw={**before.entry("delta").raw, "apiKey": "test-key-2"}
    )
    renewed: TokenAccount = replace(account, token=NEW)
    assert (after.entry("beta").account, after.entry("beta").accounts) == (renewed, (renewed,))
    assert [entry.id for entry in after.entries] == [entry.id for entry in before.entries]
    assert one.applied_to(after) == after  # it fits no more
    with pytest.raises(ConfigEditError):
        one.change({"providers": [dict(after.entry("delta").raw)]})


def test_what_a_strategy_may_know_of_an_account(config_file: ConfigFile, provider: Any, now: datetime) -> None:
    config_file.update(with_accounts(provider("beta"), now, "test-token-1"))
    account = config_file.load().entry("beta").account
    assert selected_account(None) is None
    assert selected_account(account) == SelectedAccount("test-token-1 label", "team")
    assert account is not None
    odd = replace(account, label=" 'x' ", organization_id=" o ", workspace_id=" ")
    assert selected_account(odd) == SelectedAccount("x", "team", "o", "")
