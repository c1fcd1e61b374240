"""No token survives in a dump (config.md 14)."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from codexbar_qt.core.config_redaction import redacted

if TYPE_CHECKING:
    from codexbar_qt.provider_api import Provider

ACCOUNT = {"id": "a", "label": "work", "token": "test-key-4", "addedAt": 1}


@pytest.mark.parametrize("name", ["beta", "crossmodel"])
def test_every_secret_field_is_masked_and_nothing_else(catalogue: tuple[Provider, ...], name: str) -> None:
    entry: dict[str, Any] = {
        "id": name,
        "apiKey": "test-key-1",
        "secretKey": "test-key-2",
        "cookieHeader": "test-key-3",
        "pluginSecrets": {"A": "test-key-5", "B": "test-key-6"},
        "tokenAccounts": {"version": 1, "activeIndex": 0, "accounts": [ACCOUNT, {"label": "none"}]},
        "region": "cn",
        "extension": {"apiKey": "shown"},
    }
    root = {"version": 1, "providers": [entry, "odd"], "note": "x"}
    before = copy.deepcopy(root)
    masked = redacted(root, catalogue)
    assert root == before
    assert masked == {
        "version": 1,
        "note": "x",
        "providers": [
            {
                "id": name,
                "apiKey": "[REDACTED]",
                "secretKey": "[REDACTED]",
                "cookieHeader": "[REDACTED]",
                "pluginSecrets": {"A": "[REDACTED]", "B": "[REDACTED]"},
                "tokenAccounts": {
                    "version": 1,
                    "activeIndex": 0,
                    "accounts": [{**ACCOUNT, "token": "[REDACTED]"}, {"label": "none"}],
                },
                "region": "cn",
                "extension": {"apiKey": "shown"},
            },
            "odd",
        ],
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"apiKey": ["test-key-1"]},
        {"pluginSecrets": "test-key-1"},
        {"pluginSecrets": {"A": {"deep": "test-key-1"}}},
        {"tokenAccounts": "test-key-1"},
        {"tokenAccounts": {"accounts": {"token": "test-key-1"}}},
        {"tokenAccounts": {"accounts": ["test-key-1", ACCOUNT]}},
        {"tokenAccounts": {"accounts": [{"token": {"deep": "test-key-1"}}]}},
    ],
)
def test_misshapen_secrets_are_masked_too(catalogue: tuple[Provider, ...], fields: dict[str, object]) -> None:
    masked = redacted({"version": 1, "providers": [{"id": "beta", **fields}]}, catalogue)
    assert "test-key" not in str(masked)
    assert "[REDACTED]" in str(masked)
