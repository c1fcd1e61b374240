"""A config that a newer version has written into: every change leaves alone what this version does not know."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

from codexbar_qt.core import config_edit
from codexbar_qt.core.config_errors import ConfigEditError, ConfigReadOnlyError
from codexbar_qt.core.config_file import ConfigFile
from codexbar_qt.core.config_location import ConfigLocation
from codexbar_qt.core.json_document import is_newer
from codexbar_qt.provider_api import Provider, ProviderDescriptor, Secret, Source, Strategy

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from codexbar_qt.provider_api import FetchContext, Snapshot

Root = dict[str, Any]
FIRST, SECOND = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
FUTURE: dict[str, object] = {"when": {"deep": [1, None, {"x": "y"}]}, "list": [None, 1.5]}
ACCOUNT = {"label": "work", "token": "test-key-1", "addedAt": 1735123456, "futureAccount": FUTURE}
CONFIG: Root = {
    "version": 1,
    "futureRoot": FUTURE,
    "hooks": {
        "enabled": True,
        "futureHooks": FUTURE,
        "events": [{"event": "future_event", "executable": "/x", "futureRule": FUTURE}],
    },
    "providers": [
        {"id": "future-provider", "enabled": True, "source": "future", "apiKey": 5, "futureEntry": FUTURE},
        {
            "id": "beta",
            "enabled": True,
            "region": "world",
            "futureEntry": FUTURE,
            "pluginSecrets": {"FUTURE_KEY": "test-key-3"},
            "quotaWarnings": {"session": {"thresholds": [50], "futureWindow": FUTURE}, "futureWarnings": FUTURE},
            "tokenAccounts": {
                "version": 1,
                "activeIndex": 0,
                "futureAccounts": FUTURE,
                "accounts": [{"id": FIRST, **ACCOUNT}, {"id": SECOND, **ACCOUNT}],
            },
        },
        {"id": "delta", "source": "future", "futureEntry": FUTURE},
        "future form of an entry",
        {"futureEntryWithoutId": FUTURE},
    ],
}


def no_env(name: str) -> str | None:
    return None


def doing(edit: Callable[[Root], object]) -> Callable[[Root], None]:
    """Return a change whose result nobody asks for."""

    def change(root: Root) -> None:
        edit(root)

    return change


def foreign(value: object, path: str = "") -> dict[str, object]:
    """Return all that this version does not know, by its place; list places of accounts and entries by their ids."""
    if isinstance(value, dict):
        found: dict[str, object] = {}
        for key, inner in value.items():
            if key.lower().startswith("future"):
                found[f"{path}.{key}"] = inner
            else:
                found |= foreign(inner, f"{path}.{key}")
        return found
    if isinstance(value, list):
        names = [str(item.get("id", "?")) if isinstance(item, dict) else str(item) for item in value]
        return {
            key: kept
            for name, item in zip(names, value, strict=True)
            for key, kept in foreign(item, f"{path}[{name}]").items()
        }
    return {path: value} if isinstance(value, str) and value.startswith("future") else {}


@pytest.fixture
def edits(beta: Provider, delta: Provider, now: datetime) -> dict[str, Callable[[Root], object]]:
    """Every kind of change that app and command line make."""
    first, new = Secret("test-key-1"), Secret("test-key-9")

    def renew_key(root: Root) -> None:
        config_edit.set_field(root, beta, "apiKey", "test-key-1")
        config_edit.replace_secret(root, beta, "apiKey", first, new)

    return {
        "set_enabled": lambda root: config_edit.set_enabled(root, "beta", False),
        "set_enabled of an entry that cannot be used": lambda root: config_edit.set_enabled(root, "delta", True),
        "set_source": lambda root: config_edit.set_source(root, "beta", "api"),
        "set_field": lambda root: config_edit.set_field(root, beta, "region", "china"),
        "set_field inside": lambda root: config_edit.set_field(root, delta, "pluginSecrets.DELTA_ADMIN_KEY", "k"),
        "store_api_key": lambda root: config_edit.store_api_key(root, beta, "test-key-9", no_env),
        "replace_secret": renew_key,
        "reorder": lambda root: config_edit.reorder(root, ["delta", "beta"]),
        "add_account": lambda root: config_edit.add_account(root, "beta", "more", "test-key-9", now),
        "change_account": lambda root: config_edit.change_account(root, "beta", FIRST, {"workspaceID": "w"}),
        "select_account": lambda root: config_edit.select_account(root, "beta", SECOND, now),
        "replace_token": lambda root: config_edit.replace_token(root, "beta", FIRST, first, new),
        "nothing": lambda root: None,
    }


NAMES = [
    "set_enabled",
    "set_enabled of an entry that cannot be used",
    "set_source",
    "set_field",
    "set_field inside",
    "store_api_key",
    "replace_secret",
    "reorder",
    "add_account",
    "change_account",
    "select_account",
    "replace_token",
    "nothing",
]


def test_every_change_there_is_stands_in_the_list() -> None:
    known = {name for name in config_edit.__all__ if name != "API_KEY"}
    assert known - {name.partition(" ")[0] for name in NAMES} == {"remove_account"}  # below


@pytest.mark.parametrize("name", NAMES)
def test_a_change_leaves_alone_what_it_does_not_know(
    config_file: ConfigFile, config_path: Path, edits: dict[str, Callable[[Root], object]], name: str
) -> None:
    config_path.parent.mkdir()
    config_path.write_text(json.dumps(CONFIG), "utf-8")
    before = foreign(CONFIG)
    assert len(before) == 18
    config = config_file.update(doing(edits[name]))
    assert (config.problem, config.read_only) == (None, False)
    after = json.loads(config_path.read_bytes())
    assert foreign(after) == before
    assert after["providers"][0] == CONFIG["providers"][0]
    assert [item.name for item in config_path.parent.iterdir() if item.suffix != ".lock"] == ["config.json"]


def test_a_removed_account_takes_only_its_own_fields_along(config_file: ConfigFile, config_path: Path) -> None:
    config_path.parent.mkdir()
    config_path.write_text(json.dumps(CONFIG), "utf-8")
    config_file.update(lambda root: config_edit.remove_account(root, "beta", FIRST))
    after = foreign(json.loads(config_path.read_bytes()))
    gone = {key for key in foreign(CONFIG) if FIRST in key}
    assert after == {key: value for key, value in foreign(CONFIG).items() if key not in gone}
    assert len(gone) == 1


def test_what_an_older_version_cannot_use_is_off_and_said(config_file: ConfigFile, config_path: Path) -> None:
    config_path.parent.mkdir()
    config_path.write_text(json.dumps(CONFIG), "utf-8")
    config = config_file.load()
    assert (config.problem, config.read_only) == (None, False)
    assert config.entry("beta").enabled
    assert [account.id for account in config.entry("beta").accounts] == [FIRST, SECOND]
    delta = config.entry("delta")
    assert (delta.enabled, delta.invalid) == (False, ("source is not a known word",))


async def _never(ctx: FetchContext) -> Snapshot:
    raise AssertionError(ctx)


def test_from_old_to_new_to_old_and_back(
    config_path: Path, catalogue: tuple[Provider, ...], now: datetime, config_file: ConfigFile
) -> None:
    """Two versions take turns over one file; the newer one has a provider more."""
    extra = Provider(ProviderDescriptor("omega", "Omega", "#112233", 9), (Strategy(Source.API, _never),))
    newer = ConfigFile(ConfigLocation(config_path), (*catalogue, extra), lambda: now)
    config_file.update(lambda root: config_edit.set_enabled(root, "beta", True))

    def write_as_newer(root: Root) -> None:
        config_edit.set_enabled(root, "omega", True)
        root["futureRoot"] = copy.deepcopy(FUTURE)
        next(raw for raw in root["providers"] if raw["id"] == "omega")["apiKey"] = "test-key-7"

    newer.update(write_as_newer)
    config_file.update(lambda root: config_edit.set_enabled(root, "gamma", True))
    assert config_file.load().enabled_ids == ("alpha", "beta", "gamma")
    config_file.update(lambda root: config_edit.reorder(root, ["gamma", "beta", "alpha"]))
    back = newer.load()
    assert set(back.enabled_ids) == {"alpha", "beta", "gamma", "omega"}
    assert back.entry("omega").raw["apiKey"] == "test-key-7"
    assert back.root["futureRoot"] == FUTURE


def test_accounts_of_a_newer_version_are_read_and_not_changed(
    config_file: ConfigFile, config_path: Path, now: datetime
) -> None:
    document = copy.deepcopy(CONFIG)
    document["providers"][1]["tokenAccounts"]["version"] = 2
    config_path.parent.mkdir()
    config_path.write_text(json.dumps(document), "utf-8")
    assert len(config_file.load().entry("beta").accounts) == 2
    before = config_path.read_bytes()
    for change in (
        lambda root: config_edit.select_account(root, "beta", SECOND, now),
        lambda root: config_edit.remove_account(root, "beta", SECOND),
        doing(lambda root: config_edit.add_account(root, "beta", "more", "test-key-9", now)),
    ):
        with pytest.raises(ConfigEditError) as caught:
            config_file.update(change)
        assert caught.value.message == (
            "The accounts of beta belong to a newer version. Update CodexBar to change them."
        )
    assert config_path.read_bytes() == before
    config_file.update(lambda root: config_edit.set_enabled(root, "beta", False))
    assert json.loads(config_path.read_bytes())["providers"][1]["tokenAccounts"]["version"] == 2


def test_a_field_of_another_form_is_not_replaced(config_file: ConfigFile, config_path: Path, delta: Provider) -> None:
    document = {"version": 1, "providers": [{"id": "delta", "pluginSecrets": ["future form"]}]}
    config_path.parent.mkdir()
    config_path.write_text(json.dumps(document), "utf-8")
    with pytest.raises(ConfigEditError, match="has a form that is not known here"):
        config_file.update(lambda root: config_edit.set_field(root, delta, "pluginSecrets.DELTA_ADMIN_KEY", "k"))
    assert json.loads(config_path.read_bytes()) == document


@pytest.mark.parametrize("version", [2, 2.0, 99, 10**15])
@pytest.mark.parametrize("name", NAMES)
def test_a_newer_file_is_refused_whatever_the_change(
    config_file: ConfigFile,
    config_path: Path,
    edits: dict[str, Callable[[Root], object]],
    name: str,
    version: float,
) -> None:
    config_path.parent.mkdir()
    config_path.write_text(json.dumps({**CONFIG, "version": version}), "utf-8")
    before = config_path.read_bytes()
    assert config_file.load().entry("beta").enabled
    with pytest.raises(ConfigReadOnlyError) as caught:
        config_file.update(doing(edits[name]))
    assert caught.value.message == (
        f"The config file {config_path} belongs to a newer version and is left as it is. Update CodexBar to change it."
    )
    with pytest.raises(ConfigReadOnlyError):
        config_file.restore_defaults()
    assert config_path.read_bytes() == before
    assert [item.name for item in config_path.parent.iterdir() if item.suffix != ".lock"] == ["config.json"]


@pytest.mark.parametrize(
    ("version", "newer"), [(2, True), (2.0, True), (1, False), (1.5, False), (True, False), ("2", False), (None, False)]
)
def test_what_makes_a_document_newer(version: object, newer: bool) -> None:
    assert is_newer({"version": version}, 1) is newer
