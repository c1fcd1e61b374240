"""Round trip, normal form and the values read from it (config.md 3-8)."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from codexbar_qt.core import config_normal
from codexbar_qt.core.config_normal import default_root, read_entries
from codexbar_qt.provider_api import Secret, Source
from codexbar_qt.provider_api.resolution import cookie_source

if TYPE_CHECKING:
    from codexbar_qt.core.app_config import ProviderEntry
    from codexbar_qt.provider_api import Provider

ACCOUNT: dict[str, object] = {
    "id": "11111111-2222-3333-4444-555555555555",
    "label": "work",
    "token": "test-key-1",
    "addedAt": 1735123456,
    "lastUsed": 1735220000.5,
    "externalIdentifier": "ext",
    "usageScope": "team",
    "organizationId": "org",
    "workspaceID": "ws",
}
FULL_ENTRY: dict[str, object] = {
    "id": "beta",
    "enabled": True,
    "source": "api",
    "extrasEnabled": False,
    "apiKey": "test-key-1",
    "secretKey": "test-key-2",
    "cookieHeader": "Cookie: a=b",
    "cookieSource": "manual",
    "region": "china",
    "workspaceID": "ws",
    "enterpriseHost": "https://example.com",
    "tokenAccounts": {"version": 1, "activeIndex": 0, "accounts": [ACCOUNT], "later": {"x": None}},
    "quotaWarnings": {"session": {"thresholds": [10, 200, 10, -5], "enabled": True}, "weekly": {"thresholds": []}},
    "accentColor": "#A1b2C3",
    "pluginSettings": {"a": "b"},
    "pluginSecrets": {"NAME": "test-key-3"},
    "apiKeyRegion": "china",
    "someFutureKey": {"nested": [1, {"deep": None}], "n": None},
}


def document(*entries: object, **root: object) -> dict[str, Any]:
    return {"version": 1, "providers": list(entries), **root}


def normalise(root: dict[str, Any], catalogue: tuple[Provider, ...]) -> dict[str, Any]:
    return config_normal.normalise(root, catalogue)


def entry_of(root: dict[str, Any], catalogue: tuple[Provider, ...], name: str) -> ProviderEntry:
    return next(entry for entry in read_entries(normalise(root, catalogue), catalogue) if entry.id == name)


def test_every_documented_key_and_everything_foreign_survives(catalogue: tuple[Provider, ...]) -> None:
    unknown = {"id": "crossmodel", "enabled": True, "source": "tomorrow", "null": None}
    hooks = {"enabled": False, "events": [{"id": "a", "event": "quota_low", "executable": "/bin/true", "x": 1}]}
    root = document(FULL_ENTRY, unknown, hooks=hooks, foreign={"k": [None, 1.5]}, note=None)
    before = copy.deepcopy(root)
    normal = normalise(root, catalogue)
    assert root == before
    assert normal["providers"][:2] == [FULL_ENTRY, unknown]
    assert {key: normal[key] for key in ("hooks", "foreign", "note")} == {
        key: root[key] for key in ("hooks", "foreign", "note")
    }
    assert normalise(json.loads(json.dumps(normal)), catalogue) == normal


def test_duplicates_go_order_stays_missing_come_last(catalogue: tuple[Provider, ...]) -> None:
    root = document({"id": "gamma", "enabled": True}, {"id": "x"}, {"id": "gamma", "enabled": False}, {"id": "x"})
    normal = normalise(root, catalogue)
    assert normal["providers"] == [
        {"id": "gamma", "enabled": True},
        {"id": "x"},
        {"id": "alpha", "enabled": True},
        {"id": "beta", "enabled": False},
        {"id": "delta", "enabled": False, "region": "cn"},
    ]


def test_a_new_file_lists_the_catalogue_in_order(catalogue: tuple[Provider, ...]) -> None:
    assert default_root(catalogue) == {
        "version": 1,
        "providers": [
            {"id": "alpha", "enabled": True},
            {"id": "beta", "enabled": False},
            {"id": "gamma", "enabled": False},
            {"id": "delta", "enabled": False, "region": "intl"},
        ],
    }


def test_nulls_are_absent_but_not_inside_extension_objects(catalogue: tuple[Provider, ...]) -> None:
    entry = {
        "id": "beta",
        "enabled": None,
        "region": None,
        "tokenAccounts": {"version": 1, "activeIndex": 0, "accounts": [{**ACCOUNT, "lastUsed": None}], "x": None},
        "quotaWarnings": {"session": {"thresholds": None, "enabled": True}, "weekly": None},
        "extension": {"kept": None},
        "dropped": None,
    }
    account = {key: value for key, value in ACCOUNT.items() if key != "lastUsed"}
    assert normalise(document(entry), catalogue)["providers"][0] == {
        "id": "beta",
        "tokenAccounts": {"version": 1, "activeIndex": 0, "accounts": [account]},
        "quotaWarnings": {"session": {"enabled": True}},
        "extension": {"kept": None},
    }


@pytest.mark.parametrize(
    ("hooks", "kept"),
    [
        (None, False),
        ({}, False),
        ({"enabled": False, "events": []}, False),
        ({"enabled": True, "events": []}, True),
        ({"enabled": False, "events": [], "note": 1}, True),
    ],
)
def test_hooks_that_say_nothing_are_left_out(
    catalogue: tuple[Provider, ...], hooks: dict[str, object] | None, kept: bool
) -> None:
    assert ("hooks" in normalise(document(hooks=hooks), catalogue)) is kept


def test_the_version_becomes_one_but_never_goes_back(catalogue: tuple[Provider, ...]) -> None:
    assert normalise({"version": 1.0, "providers": []}, catalogue)["version"] == 1
    assert normalise({"version": 2, "providers": []}, catalogue)["version"] == 2


def test_all_values_of_an_entry(catalogue: tuple[Provider, ...]) -> None:
    entry = entry_of(document(FULL_ENTRY), catalogue, "beta")
    assert (entry.enabled, entry.source, entry.accent_color, entry.invalid) == (True, Source.API, "#A1b2C3", ())
    account = entry.account
    assert account is not None
    assert entry.accounts == (account,)
    assert (account.label, account.token, account.usage_scope) == ("work", Secret("test-key-1"), "team")
    assert (account.organization_id, account.workspace_id, account.external_identifier) == ("org", "ws", "ext")
    assert account.added_at == datetime(2024, 12, 25, 10, 44, 16, tzinfo=UTC)
    assert entry.session_warning.thresholds == (99, 10, 0)
    assert (entry.weekly_warning.thresholds, entry.weekly_warning.enabled) == ((50, 20), True)


def test_no_secret_in_the_representation_of_an_entry(catalogue: tuple[Provider, ...]) -> None:
    assert "test-key" not in repr(entry_of(document(FULL_ENTRY), catalogue, "beta"))


def test_defaults_of_an_empty_entry(catalogue: tuple[Provider, ...]) -> None:
    entry = entry_of(document({"id": "alpha", "source": " ", "cookieSource": ""}), catalogue, "alpha")
    assert (entry.enabled, entry.source, entry.account, entry.accounts) == (True, Source.AUTO, None, ())
    assert (entry.session_warning.thresholds, entry.session_warning.enabled) == ((), None)


@pytest.mark.parametrize(("stored", "color"), [("#12345", ""), ("red", ""), ("#12345G", ""), ("#123456", "#123456")])
def test_an_unparsable_color_is_ignored(catalogue: tuple[Provider, ...], stored: str, color: str) -> None:
    assert entry_of(document({"id": "gamma", "accentColor": stored}), catalogue, "gamma").accent_color == color


def test_an_unsupported_source_counts_as_auto(catalogue: tuple[Provider, ...]) -> None:
    assert entry_of(document({"id": "gamma", "source": "web"}), catalogue, "gamma").source == Source.AUTO


@pytest.mark.parametrize(("index", "label"), [(-3, "a"), (0, "a"), (1, "b"), (9, "b"), (1.0, "b")])
def test_the_active_account_is_clamped(catalogue: tuple[Provider, ...], index: float, label: str) -> None:
    accounts = [{**ACCOUNT, "label": "a"}, {**ACCOUNT, "label": "b"}]
    entry = {"id": "beta", "tokenAccounts": {"version": 1, "activeIndex": index, "accounts": accounts}}
    account = entry_of(document(entry), catalogue, "beta").account
    assert account is not None
    assert account.label == label


def test_accounts_of_a_provider_without_them_are_ignored(catalogue: tuple[Provider, ...]) -> None:
    assert entry_of(document({**FULL_ENTRY, "id": "delta"}), catalogue, "delta").accounts == ()


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"source": "tomorrow"}, "source is not a known word"),
        ({"cookieSource": "sometimes"}, "cookieSource is not a known word"),
        ({"enabled": "yes"}, "enabled is not true or false"),
        ({"enabled": 1}, "enabled is not true or false"),
        ({"apiKey": 5}, "apiKey is not text"),
        ({"pluginSecrets": {"A": 1}}, "pluginSecrets.A is not text"),
        ({"tokenAccounts": []}, "tokenAccounts is not an object"),
        ({"tokenAccounts": {"version": 1, "accounts": []}}, "tokenAccounts.activeIndex is missing"),
        (
            {"tokenAccounts": {"version": 1, "activeIndex": 0, "accounts": [{**ACCOUNT, "id": "x"}]}},
            "tokenAccounts.accounts[0].id is not a UUID",
        ),
        (
            {"tokenAccounts": {"version": 1, "activeIndex": 0.5, "accounts": []}},
            "tokenAccounts.activeIndex is not a whole number",
        ),
        ({"quotaWarnings": {"session": {"thresholds": ["x"]}}}, "quotaWarnings.session.thresholds[0] is not a whole"),
    ],
)
def test_a_bad_entry_is_off_kept_and_harms_no_other(
    catalogue: tuple[Provider, ...], fields: dict[str, object], problem: str
) -> None:
    bad = {"id": "beta", "enabled": True, "note": None, **fields}
    normal = normalise(document(bad, {"id": "gamma", "enabled": True}), catalogue)
    assert normal["providers"][0] == bad
    entries = {entry.id: entry for entry in read_entries(normal, catalogue)}
    assert not entries["beta"].enabled
    assert entries["beta"].invalid[0].startswith(problem)
    assert entries["gamma"].enabled


def test_elements_that_are_no_entries_stay_in_place(catalogue: tuple[Provider, ...]) -> None:
    odd: list[object] = ["text", {"enabled": True}, {"id": 7}, None]
    normal = normalise(document(*odd), catalogue)
    assert normal["providers"][:4] == odd
    assert [entry.id for entry in read_entries(normal, catalogue)] == ["alpha", "beta", "gamma", "delta"]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({}, "auto"),
        ({"cookieHeader": "a=b"}, "manual"),
        ({"cookieHeader": "  "}, "auto"),
        ({"cookieSource": "off", "cookieHeader": "a=b"}, "off"),
        ({"pastedLogin": "x"}, "manual"),
    ],
)
def test_the_cookie_source_in_force(entry: dict[str, object], expected: str) -> None:
    assert cookie_source(entry, ("pastedLogin",)) == expected
