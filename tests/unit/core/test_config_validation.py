"""Every code of config.md section 10, found and not found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from codexbar_qt.core.app_config import AppConfig
from codexbar_qt.core.config_normal import normalise, read_entries
from codexbar_qt.core.config_validation import validate_config

if TYPE_CHECKING:
    from codexbar_qt.core.config_issue import ConfigIssue
    from codexbar_qt.provider_api import Platform, Provider

UUID = "11111111-2222-3333-4444-555555555555"


def accounts(token: str = "test-key-1") -> dict[str, object]:
    account = {"id": UUID, "label": "work", "token": token, "addedAt": 1}
    return {"version": 1, "activeIndex": 0, "accounts": [account]}


def two_accounts(fields: dict[str, object]) -> dict[str, object]:
    first = {"id": UUID, "label": "work", "token": "test-key-1", "addedAt": 1}
    return {"version": 1, "activeIndex": 0, "accounts": [first, {**first, "label": "team", **fields}]}


@pytest.fixture
def clean(catalogue: tuple[Provider, ...]) -> AppConfig:
    root = normalise({"version": 1, "providers": []}, catalogue)
    entries = read_entries(root, catalogue)
    return AppConfig(1, entries, root, Path("/c/config.json"), mode=0o600)


def issues(
    clean: AppConfig, catalogue: tuple[Provider, ...], *raw: object, platform: Platform = "linux", **root: object
) -> tuple[ConfigIssue, ...]:
    document = normalise({"version": 1, "providers": list(raw), **root}, catalogue)
    return validate_config(replace(clean, root=document), catalogue, platform)


def test_a_new_config_is_clean(clean: AppConfig, catalogue: tuple[Provider, ...]) -> None:
    assert validate_config(clean, catalogue, "linux") == ()


@pytest.mark.parametrize(
    ("entry", "severity", "field", "code"),
    [
        ({"id": "crossmodel"}, "error", "id", "unsupported_provider"),
        ({"id": "beta", "source": "web"}, "error", "source", "unsupported_source"),
        ({"id": "gamma", "apiKey": "test-key-1"}, "warning", "apiKey", "api_key_unused"),
        ({"id": "beta", "source": "api"}, "warning", "apiKey", "api_key_missing"),
        ({"id": "beta", "source": "api", "apiKey": " '' "}, "warning", "apiKey", "api_key_missing"),
        ({"id": "beta", "source": "api", "tokenAccounts": accounts(" ")}, "warning", "apiKey", "api_key_missing"),
        ({"id": "gamma", "cookieSource": "off"}, "warning", "cookieSource", "cookie_source_unused"),
        ({"id": "gamma", "cookieHeader": "a=b"}, "warning", "cookieHeader", "cookie_header_unused"),
        ({"id": "alpha", "cookieSource": "manual"}, "warning", "cookieHeader", "cookie_header_missing"),
        ({"id": "beta", "secretKey": "test-key-1"}, "warning", "secretKey", "secret_key_unused"),
        ({"id": "gamma", "region": "cn"}, "warning", "region", "region_unused"),
        ({"id": "gamma", "workspaceID": "x"}, "warning", "workspaceID", "workspace_unused"),
        ({"id": "gamma", "enterpriseHost": "https://x"}, "warning", "enterpriseHost", "enterprise_host_unused"),
        ({"id": "gamma", "tokenAccounts": accounts()}, "warning", "tokenAccounts", "token_accounts_unused"),
        ({"id": "beta", "region": "mars"}, "error", "region", "invalid_region"),
        ({"id": "delta", "enterpriseHost": "http://x"}, "error", "enterpriseHost", "invalid_enterprise_host"),
        ({"id": "beta", "source": "tomorrow"}, "error", "source", "invalid_entry"),
        ({"id": "beta", "cookieSource": "maybe"}, "error", "cookieSource", "invalid_entry"),
        ({"id": "beta", "enabled": "yes"}, "error", "enabled", "invalid_entry"),
    ],
)
def test_found_in_an_entry(
    clean: AppConfig,
    catalogue: tuple[Provider, ...],
    entry: dict[str, Any],
    severity: str,
    field: str,
    code: str,
) -> None:
    found = issues(clean, catalogue, entry)
    assert [(issue.severity, issue.provider, issue.field, issue.code) for issue in found] == [
        (severity, entry["id"], field, code)
    ]
    assert found[0].message.endswith(".")
    assert "test-key-1" not in found[0].message


@pytest.mark.parametrize(
    "entry",
    [
        {"id": "alpha", "source": "web", "cookieSource": "manual", "cookieHeader": "a=b"},
        {"id": "alpha", "cookieSource": "manual", "tokenAccounts": accounts()},
        {"id": "alpha", "cookieSource": "auto"},
        {"id": "beta", "source": "api", "apiKey": "test-key-1", "region": "china"},
        {"id": "beta", "source": "api", "tokenAccounts": accounts()},
        {"id": "beta", "source": " "},
        {"id": "gamma", "source": "cli", "accentColor": "nonsense", "future": {"x": 1}},
        {"id": "gamma", "apiKey": " ", "cookieHeader": "", "cookieSource": "", "region": "", "workspaceID": " "},
        {"id": "gamma", "tokenAccounts": {"version": 1, "activeIndex": 0, "accounts": []}},
        {
            "id": "delta",
            "apiKey": "test-key-1",
            "secretKey": "test-key-2",
            "workspaceID": "x",
            "enterpriseHost": "https://example.com",
            "region": "cn",
            "deltaMenuBarDisplay": "anything",
        },
    ],
)
def test_nothing_found_in_an_entry(clean: AppConfig, catalogue: tuple[Provider, ...], entry: object) -> None:
    assert issues(clean, catalogue, entry) == ()


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"usageScope": "team"}, "Account 2 is one of a team but has no Organization ID and no Project ID."),
        ({"usageScope": " Team ", "organizationId": "o"}, "Account 2 is one of a team but has no Project ID."),
        ({"usageScope": "team", "organizationId": " ''", "workspaceID": "p"}, "has no Organization ID."),
    ],
)
def test_an_account_of_a_team_without_its_ids(
    clean: AppConfig, catalogue: tuple[Provider, ...], fields: dict[str, object], told: str
) -> None:
    (found,) = issues(clean, catalogue, {"id": "beta", "tokenAccounts": two_accounts(fields)})
    assert (found.severity, found.provider, found.code) == ("warning", "beta", "beta_team_context_missing")
    assert found.field == "tokenAccounts.accounts[1]"
    assert told in found.message
    assert found.message.endswith(" Add it in Settings.")


@pytest.mark.parametrize(
    "fields",
    [
        {"usageScope": "team", "organizationId": "o", "workspaceID": "p"},
        {"usageScope": "personal"},
        {"usageScope": None},
        {"organizationId": "o"},
        {"usageScope": "galaxy"},
    ],
)
def test_an_account_that_needs_no_ids_or_has_them(
    clean: AppConfig, catalogue: tuple[Provider, ...], fields: dict[str, object]
) -> None:
    assert issues(clean, catalogue, {"id": "beta", "tokenAccounts": two_accounts(fields)}) == ()
    assert issues(clean, catalogue, {"id": "alpha", "tokenAccounts": two_accounts({"usageScope": "team"})}) == ()


def test_an_api_source_without_api_mode_is_named_twice(clean: AppConfig, catalogue: tuple[Provider, ...]) -> None:
    found = issues(clean, catalogue, {"id": "gamma", "source": "api"})
    assert [(issue.code, issue.severity) for issue in found] == [
        ("unsupported_source", "error"),
        ("api_source_unsupported", "error"),
    ]
    assert "Use one of: auto, cli." in found[0].message


@pytest.mark.parametrize("name", ["test-key-1" * 5, "a\x1b[2Jb", "\u202ebad", "two words", ""])
def test_an_id_that_is_no_name_is_not_repeated(clean: AppConfig, catalogue: tuple[Provider, ...], name: str) -> None:
    (found,) = issues(clean, catalogue, {"id": name})
    assert (found.code, found.provider) == ("unsupported_provider", "")
    assert found.message == "There is no provider of this name here. The entry is kept and ignored."


@pytest.mark.parametrize("element", ["text", None, {"enabled": True}, {"id": 7}])
def test_an_element_without_an_id_is_named_by_its_place(
    clean: AppConfig, catalogue: tuple[Provider, ...], element: object
) -> None:
    found = issues(clean, catalogue, {"id": "beta"}, element)
    assert [(issue.code, issue.provider, issue.field) for issue in found] == [("invalid_entry", "", "providers[1]")]


def test_every_bad_field_of_an_entry_is_listed(clean: AppConfig, catalogue: tuple[Provider, ...]) -> None:
    found = issues(clean, catalogue, {"id": "beta", "apiKey": 5, "tokenAccounts": {"version": 1, "activeIndex": 0}})
    assert [(issue.field, issue.code) for issue in found] == [
        ("apiKey", "invalid_entry"),
        ("tokenAccounts.accounts", "invalid_entry"),
    ]


def test_a_newer_version(clean: AppConfig, catalogue: tuple[Provider, ...]) -> None:
    found = validate_config(replace(clean, version=2), catalogue, "linux")
    assert [(issue.severity, issue.field, issue.code) for issue in found] == [("error", "version", "version_mismatch")]


def test_a_shadowed_config(clean: AppConfig, catalogue: tuple[Provider, ...]) -> None:
    other = Path("/d/config.json")
    found = validate_config(replace(clean, shadowed=other), catalogue, "linux")
    assert [(issue.severity, issue.code) for issue in found] == [("warning", "shadowed_config")]
    assert f"{Path('/c/config.json')} is in use, {other} is not" in found[0].message


@pytest.mark.parametrize(
    ("mode", "found"), [(0o600, False), (0o400, False), (None, False), (0o640, True), (0o604, True)]
)
def test_insecure_permissions(clean: AppConfig, catalogue: tuple[Provider, ...], mode: int | None, found: bool) -> None:
    codes = [issue.code for issue in validate_config(replace(clean, mode=mode), catalogue, "linux")]
    assert codes == (["insecure_permissions"] if found else [])


def rule(**fields: object) -> dict[str, object]:
    return {"event": "quota_low", "executable": "/usr/bin/true", **fields}


@pytest.mark.parametrize(
    ("rules", "field", "code"),
    [
        ([rule()] * 33, "hooks.events", "too_many_hook_rules"),
        ([rule(id="a"), rule(id="b"), rule(id="a")], "hooks.events[2].id", "duplicate_hook_id"),
        ([rule(id="")], "hooks.events[0].id", "invalid_hook_id"),
        ([rule(event="later")], "hooks.events[0].event", "invalid_hook_event"),
        ([rule(id="ü" * 65)], "hooks.events[0].id", "invalid_hook_id"),
        ([rule(executable="true")], "hooks.events[0].executable", "invalid_hook_executable"),
        ([rule(executable="")], "hooks.events[0].executable", "invalid_hook_executable"),
        ([rule(executable="/a\0b")], "hooks.events[0].executable", "invalid_hook_executable"),
        ([rule(executable="/" + "a" * 4096)], "hooks.events[0].executable", "invalid_hook_executable"),
        ([rule(executable="C:\\x.exe")], "hooks.events[0].executable", "invalid_hook_executable"),
        ([rule(provider="nobody")], "hooks.events[0].provider", "invalid_hook_provider"),
        ([rule(threshold=0)], "hooks.events[0].threshold", "invalid_hook_threshold"),
        ([rule(threshold=1.01)], "hooks.events[0].threshold", "invalid_hook_threshold"),
        ([rule(timeoutSeconds=0.09)], "hooks.events[0].timeoutSeconds", "invalid_hook_timeout"),
        ([rule(timeoutSeconds=300.5)], "hooks.events[0].timeoutSeconds", "invalid_hook_timeout"),
        ([rule(), rule(arguments=["x"] * 33)], "hooks.events[1].arguments", "invalid_hook_command_size"),
        ([rule(arguments=["x" * 4097])], "hooks.events[0].arguments", "invalid_hook_command_size"),
        ([rule(arguments=["x" * 4096] * 8)], "hooks.events[0].arguments", "invalid_hook_command_size"),
    ],
)
def test_found_in_a_hook_rule(
    clean: AppConfig, catalogue: tuple[Provider, ...], rules: list[object], field: str, code: str
) -> None:
    found = issues(clean, catalogue, hooks={"enabled": False, "events": rules})
    assert [(issue.severity, issue.provider, issue.field, issue.code) for issue in found] == [
        ("error", "", field, code)
    ]


@pytest.mark.parametrize(
    "rules",
    [
        [rule()] * 32,
        [rule(id="a"), rule(id="b" * 128), rule(id=None)],
        [rule(provider="beta", threshold=1, timeoutSeconds=0.1, arguments=None)],
        [rule(threshold=0.001, timeoutSeconds=300, arguments=["x" * 4096, *["y"] * 31], later={"x": 1})],
        [rule(executable="/x.cmd")],
    ],
)
def test_nothing_found_in_a_hook_rule(clean: AppConfig, catalogue: tuple[Provider, ...], rules: list[object]) -> None:
    assert issues(clean, catalogue, hooks={"enabled": True, "events": rules}) == ()


@pytest.mark.parametrize(
    ("executable", "ok"), [("C:\\x.exe", True), ("C:\\x.CMD", False), ("C:\\x.bat", False), ("/x", False)]
)
def test_programs_of_hooks_on_windows(
    clean: AppConfig, catalogue: tuple[Provider, ...], executable: str, ok: bool
) -> None:
    hooks = {"events": [rule(executable=executable)]}
    assert (issues(clean, catalogue, platform="windows", hooks=hooks) == ()) is ok


def test_an_image_of_half_a_surrogate_pair_is_measured(clean: AppConfig, catalogue: tuple[Provider, ...]) -> None:
    assert issues(clean, catalogue, hooks={"events": [rule(arguments=["\ud800"])]}) == ()
