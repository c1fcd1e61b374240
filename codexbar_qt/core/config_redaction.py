"""The config document with every secret masked, for `config dump` and diagnostics (config.md 14). Pure."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from codexbar_qt.core.config_normal import entry_id, raw_entries
from codexbar_qt.core.json_document import as_list, as_object
from codexbar_qt.provider_api import SecretSetting

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codexbar_qt.provider_api import Provider

REDACTED = "[REDACTED]"
_SECRET_FIELDS = frozenset({"apiKey", "secretKey", "cookieHeader"})


def redacted(root: Mapping[str, object], providers: Sequence[Provider]) -> dict[str, object]:
    """Return a copy with `[REDACTED]` for every secret, also of unknown providers and in unusable entries."""
    masked = copy.deepcopy(dict(root))
    declared = {provider.id: _declared_secrets(provider) for provider in providers}
    for _, raw in raw_entries(masked):
        entry = as_object(raw)
        if entry is not None:
            _mask_entry(entry, _SECRET_FIELDS | declared.get(entry_id(raw) or "", frozenset()))
    return masked


def _mask_entry(entry: dict[str, object], fields: frozenset[str]) -> None:
    for key in fields & entry.keys():
        entry[key] = REDACTED
    if "pluginSecrets" in entry:
        box = as_object(entry["pluginSecrets"])
        entry["pluginSecrets"] = REDACTED if box is None else dict.fromkeys(box, REDACTED)
    if "tokenAccounts" in entry:
        entry["tokenAccounts"] = _masked_accounts(entry["tokenAccounts"])


def _masked_accounts(stored: object) -> object:
    data = as_object(stored)
    accounts = as_list(data.get("accounts")) if data is not None else None
    if data is None or accounts is None or any(as_object(account) is None for account in accounts):
        return REDACTED  # not the shape we know: a token may stand anywhere
    known = [as_object(account) or {} for account in accounts]
    return {**data, "accounts": [{**account, **_masked_token(account)} for account in known]}


def _masked_token(account: Mapping[str, object]) -> dict[str, object]:
    return {"token": REDACTED} if "token" in account else {}


def _declared_secrets(provider: Provider) -> frozenset[str]:
    keys = (setting.key for setting in provider.descriptor.settings if isinstance(setting, SecretSetting))
    return frozenset(key for key in keys if "." not in key)
