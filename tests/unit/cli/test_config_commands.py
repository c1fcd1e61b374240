"""The `config` commands as functions (cli.md 6, config.md 14 and 17)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from codexbar_qt.cli import config_commands
from codexbar_qt.cli.api_key_command import ApiKeyOptions, set_api_key
from codexbar_qt.cli.output import CommandError, CommandOutput
from codexbar_qt.core.config_file import ConfigFile
from codexbar_qt.core.config_location import ConfigLocation
from codexbar_qt.provider_api import (
    AccountField,
    AccountsSetting,
    Binding,
    Choice,
    ChoiceSetting,
    FetchContext,
    Provider,
    ProviderDescriptor,
    SecretSetting,
    Snapshot,
    Source,
    Strategy,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOW = datetime(2026, 7, 16, 12, 0, 5, tzinfo=UTC)


async def never(ctx: FetchContext) -> Snapshot:
    raise AssertionError(ctx)


def check_id(text: str) -> str | None:
    return "It has a space. Take it out." if " " in text else None


KEYLESS = ProviderDescriptor(
    "alpha", "Alpha One", "#112233", 1, aliases=("al", "ALF"), default_enabled=True, api_keys_at="beta"
)
BARE = ProviderDescriptor("gamma", "Gamma", "#112233", 3)
KEYED = ProviderDescriptor(
    "beta",
    "Beta",
    "#112233",
    2,
    settings=(
        SecretSetting("apiKey", "API key", binding=Binding("region", "apiKeyRegion", "BETA_REGION")),
        ChoiceSetting(
            "region", "Region", (Choice("world", "W"), Choice("china", "C")), default="world", env=("BETA_REGION",)
        ),
        AccountsSetting(
            "Keys",
            injects="apiKey",
            usage_scopes=("personal", "team"),
            fields=(
                AccountField("organizationId", "Organization ID", "team"),
                AccountField("workspaceID", "Project ID", "team", check_id),
            ),
        ),
    ),
)
PROVIDERS = (
    Provider(KEYLESS, (Strategy(Source.CLI, never),)),
    Provider(KEYED, (Strategy(Source.API, never),)),
    Provider(BARE, (Strategy(Source.CLI, never),)),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.json"


@pytest.fixture
def file(path: Path) -> ConfigFile:
    return ConfigFile(ConfigLocation(path), PROVIDERS, lambda: NOW)


@pytest.fixture
def store_key(file: ConfigFile) -> Callable[..., CommandOutput]:
    def run(*, stdin: str | None = None, env: dict[str, str] | None = None, **options: Any) -> CommandOutput:
        def read_stdin() -> str:
            assert stdin is not None, "nobody asked for it"
            return stdin

        found = ApiKeyOptions(**{"provider": "beta", "stdin": stdin is not None, **options})
        return set_api_key(file, PROVIDERS, found, read_stdin=read_stdin, read_env=(env or {}).get, now=NOW)

    return run


def write(path: Path, *entries: object) -> None:
    path.write_text(json.dumps({"version": 1, "providers": list(entries)}))
    path.chmod(0o600)


def stored(path: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(entry for entry in json.loads(path.read_text())["providers"] if entry["id"] == name)
    return found


def refusal(call: Callable[[], object]) -> CommandError:
    with pytest.raises(CommandError) as caught:
        call()
    assert caught.value.exit_code == 1
    return caught.value


def test_validate_without_a_file_is_clean(file: ConfigFile) -> None:
    assert config_commands.validate(file, PROVIDERS, "linux") == CommandOutput([], "Config: OK", 0)


def test_validate_lists_issues_without_empty_keys(file: ConfigFile, path: Path) -> None:
    write(path, {"id": "alpha", "source": "web"}, {"id": "gamma", "region": "cn"}, {"odd": 1})
    found = config_commands.validate(file, PROVIDERS, "linux")
    assert found.exit_code == 1
    assert found.json_value == [
        {
            "severity": "error",
            "provider": "alpha",
            "field": "source",
            "code": "unsupported_source",
            "message": "Alpha One does not support the source web. Use one of: auto, cli.",
        },
        {
            "severity": "warning",
            "provider": "gamma",
            "field": "region",
            "code": "region_unused",
            "message": "Gamma does not use region. It can be removed.",
        },
        {
            "severity": "error",
            "field": "providers[2]",
            "code": "invalid_entry",
            "message": "The field id is missing. It is kept and ignored.",
        },
    ]
    assert found.text.splitlines() == [
        "[ERROR] alpha (source): Alpha One does not support the source web. Use one of: auto, cli.",
        "[WARNING] gamma (region): Gamma does not use region. It can be removed.",
        "[ERROR] config (providers[2]): The field id is missing. It is kept and ignored.",
    ]


def test_validate_with_warnings_only_succeeds(file: ConfigFile, path: Path) -> None:
    write(path, {"id": "gamma", "region": "cn"})
    assert config_commands.validate(file, PROVIDERS, "linux").exit_code == 0


def test_dump_masks_secrets_unless_asked(file: ConfigFile, path: Path) -> None:
    write(path, {"id": "beta", "apiKey": "test-key-1", "enabled": True})
    masked = config_commands.dump(file, PROVIDERS)
    assert "test-key-1" not in masked.text + json.dumps(masked.json_value)
    assert json.loads(masked.text) == masked.json_value
    assert not masked.text.endswith("\n")
    assert masked.json_value == {
        "version": 1,
        "providers": [
            {"id": "beta", "apiKey": "[REDACTED]", "enabled": True},
            {"id": "alpha", "enabled": True},
            {"id": "gamma", "enabled": False},
        ],
    }
    shown = config_commands.dump(file, PROVIDERS, show_secrets=True)
    assert json.loads(shown.text)["providers"][0]["apiKey"] == "test-key-1"


def test_providers_are_listed_in_the_order_of_the_config(file: ConfigFile, path: Path) -> None:
    write(
        path, {"id": "crossmodel", "enabled": True}, {"id": "beta", "enabled": True}, {"id": "alpha", "enabled": False}
    )
    found = config_commands.list_providers(file, PROVIDERS)
    assert found.json_value == [
        {"provider": "beta", "displayName": "Beta", "enabled": True, "defaultEnabled": False},
        {"provider": "alpha", "displayName": "Alpha One", "enabled": False, "defaultEnabled": True},
        {"provider": "gamma", "displayName": "Gamma", "enabled": False, "defaultEnabled": False},
    ]
    assert found.text.splitlines() == [
        "beta: enabled (Beta)",
        "alpha: disabled default (Alpha One)",
        "gamma: disabled (Gamma)",
    ]


def test_on_and_off_change_nothing_else(file: ConfigFile, path: Path) -> None:
    write(path, {"id": "alpha", "apiKey": "test-key-1", "x": {"y": None}})
    off = config_commands.set_enabled(file, PROVIDERS, " Alf ", enabled=False)
    value = {"provider": "alpha", "displayName": "Alpha One", "enabled": False, "configPath": str(path)}
    assert off == CommandOutput(value, "Config: disabled Alpha One")
    assert stored(path, "alpha") == {"id": "alpha", "apiKey": "test-key-1", "x": {"y": None}, "enabled": False}
    assert config_commands.set_enabled(file, PROVIDERS, "alpha", enabled=True).text == "Config: enabled Alpha One"
    assert stored(path, "alpha")["enabled"] is True


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (None, "No provider was named"),
        ("x", "There is no provider x. "),
        ("test-key-1-much-longer-than-a-name", "of this name. "),
    ],
)
def test_a_provider_that_is_not_there(file: ConfigFile, path: Path, name: str | None, sentence: str) -> None:
    error = refusal(lambda: config_commands.set_enabled(file, PROVIDERS, name, enabled=True))
    assert error.kind == "args"
    assert sentence in error.message
    assert not path.exists()


def test_a_corrupt_file_fails_every_command_and_stays(
    file: ConfigFile, path: Path, store_key: Callable[..., CommandOutput]
) -> None:
    path.write_text("{half")
    calls: list[Callable[[], object]] = [
        lambda: config_commands.validate(file, PROVIDERS, "linux"),
        lambda: config_commands.dump(file, PROVIDERS),
        lambda: config_commands.list_providers(file, PROVIDERS),
        lambda: config_commands.set_enabled(file, PROVIDERS, "beta", enabled=True),
        lambda: store_key(api_key="test-key-1"),
    ]
    for call in calls:
        error = refusal(call)
        assert error.kind == "config"
        assert "could not be read" in error.message
    assert [item.name for item in path.parent.iterdir() if item.suffix != ".lock"] == ["config.json"]
    assert path.read_text() == "{half"


def test_a_newer_file_can_be_read_but_not_changed(file: ConfigFile, path: Path) -> None:
    path.write_text('{"version": 2, "providers": []}')
    assert config_commands.validate(file, PROVIDERS, "linux").exit_code == 1
    assert config_commands.list_providers(file, PROVIDERS).exit_code == 0
    assert refusal(lambda: config_commands.set_enabled(file, PROVIDERS, "beta", enabled=True)).kind == "config"


@pytest.mark.parametrize(("env", "region"), [({}, "world"), ({"BETA_REGION": "china"}, "china")])
def test_a_key_is_stored_bound_and_its_provider_turned_on(
    path: Path, store_key: Callable[..., CommandOutput], env: dict[str, str], region: str
) -> None:
    found = store_key(stdin=' "test-key-1"\n', env=env)
    value = {"provider": "beta", "enabled": True, "configPath": str(path)}
    assert found == CommandOutput(value, "Config: stored API key for Beta and enabled")
    expected = {"id": "beta", "enabled": True, "apiKey": "test-key-1", "apiKeyRegion": region}
    assert stored(path, "beta") == expected


def test_a_key_can_leave_its_provider_off(path: Path, store_key: Callable[..., CommandOutput]) -> None:
    found = store_key(api_key="test-key-1", no_enable=True)
    assert found.json_value == {"provider": "beta", "enabled": False, "configPath": str(path)}
    assert found.text == "Config: stored API key for Beta"
    assert stored(path, "beta")["apiKey"] == "test-key-1"


@pytest.mark.parametrize(("label", "shown"), [(None, "Team"), (" Ops ", "Ops")])
def test_a_team_key_becomes_the_active_account(
    path: Path, store_key: Callable[..., CommandOutput], label: str | None, shown: str
) -> None:
    store_key(api_key="test-key-1")
    store_key(api_key="test-key-2", usage_scope="Team", organization_id="org", workspace_id="'ws'", label=label)
    entry = stored(path, "beta")
    assert not entry.keys() & {"apiKey", "apiKeyRegion"}
    data = entry["tokenAccounts"]
    assert (data["activeIndex"], len(data["accounts"])) == (0, 1)
    account = data["accounts"][0]
    assert {key: value for key, value in account.items() if key != "id"} == {
        "label": shown,
        "token": "test-key-2",
        "addedAt": 1784203205,
        "usageScope": "team",
        "organizationId": "org",
        "workspaceID": "ws",
    }


def test_a_personal_scope_is_the_ordinary_key(path: Path, store_key: Callable[..., CommandOutput]) -> None:
    store_key(api_key="test-key-1", usage_scope="personal")
    assert stored(path, "beta")["apiKey"] == "test-key-1"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"api_key": "test-key-1", "provider": "nobody"}, "There is no provider nobody."),
        ({"api_key": "test-key-1", "provider": None}, "No provider was named."),
        ({"api_key": "test-key-1", "provider": "alpha"}, "Alpha One takes no API key. Use --provider beta instead."),
        ({"api_key": "test-key-1", "provider": "gamma"}, "Gamma takes no API key. Set it up in Settings."),
        ({}, "Give the key once"),
        ({"api_key": "test-key-1", "stdin": "test-key-2"}, "Give the key once"),
        ({"api_key": "  "}, "The API key is empty."),
        ({"stdin": "\n"}, "The API key is empty."),
        ({"stdin": "test-key-1\ntest-key-2\n"}, "The API key has more than one line."),
        ({"api_key": "test-key-1", "usage_scope": "galaxy"}, "Use one of: personal, team."),
        ({"api_key": "test-key-1", "label": "x"}, "Add --usage-scope team."),
        ({"api_key": "test-key-1", "usage_scope": "personal", "workspace_id": "x"}, "Add --usage-scope team."),
        ({"api_key": "test-key-1", "usage_scope": "team", "workspace_id": "x"}, "The Organization ID is empty."),
        (
            {"api_key": "test-key-1", "usage_scope": "team", "organization_id": "a", "workspace_id": "b\nc"},
            "The Project ID has more than one line.",
        ),
        (
            {"api_key": "test-key-1", "usage_scope": "team", "organization_id": "a", "workspace_id": "b c"},
            "The Project ID cannot be used. It has a space. Take it out.",
        ),
        (
            {"api_key": "test-key-1", "usage_scope": "team", "organization_id": "a", "workspace_id": "b", "label": ""},
            "The label is empty.",
        ),
    ],
)
def test_a_key_that_is_refused(
    path: Path, store_key: Callable[..., CommandOutput], options: dict[str, Any], sentence: str
) -> None:
    error = refusal(lambda: store_key(**options))
    assert error.kind == "args"
    assert sentence in error.message
    assert "test-key" not in error.message
    assert not path.exists()


def test_account_options_need_a_provider_with_scopes(file: ConfigFile) -> None:
    plain = ProviderDescriptor("delta", "Delta", "#112233", 4, settings=(SecretSetting("apiKey", "API key"),))
    options = ApiKeyOptions("delta", "test-key-1", label="x")
    providers = (Provider(plain, (Strategy(Source.API, never),)),)
    error = refusal(lambda: set_api_key(file, providers, options, read_stdin=str, read_env=lambda name: None, now=NOW))
    assert (error.kind, error.message) == (
        "args",
        "Delta has no account options. Leave out the label, scope and ids.",
    )


def test_the_key_is_not_in_the_representation_of_the_options() -> None:
    assert "test-key-1" not in repr(ApiKeyOptions(api_key="test-key-1"))
