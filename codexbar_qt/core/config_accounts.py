"""Changes of the token accounts of one provider in a config document (config.md 7)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, cast

from codexbar_qt.core.config_errors import ConfigEditError
from codexbar_qt.core.config_models import parse_accounts
from codexbar_qt.core.config_normal import raw_entry
from codexbar_qt.provider_api import clean

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from codexbar_qt.core.config_normal import Root
    from codexbar_qt.provider_api import Secret

ACCOUNTS_VERSION = 1


def add_account(
    root: Root, provider_id: str, label: str, token: str, now: datetime, extra: Mapping[str, str] | None = None
) -> str:
    """Append an account, select it and return its id. `extra` holds optional fields such as workspaceID.

    Raises ConfigEditError for a blank token, and for a field of more than one line.
    """
    cleaned = clean(token)
    if cleaned is None:
        message = "The token is empty. Paste the token of the account."
        raise ConfigEditError(message)
    data = _stored_accounts(root, provider_id)
    accounts = _listed(data)
    identity = str(uuid.uuid4())
    account: dict[str, object] = {"id": identity, "label": label.strip(), "token": cleaned}
    account["addedAt"] = int(now.timestamp())
    _put_lines(account, extra or {})
    accounts.append(account)
    data["activeIndex"] = len(accounts) - 1
    raw_entry(root, provider_id)["tokenAccounts"] = data
    return identity


def remove_account(root: Root, provider_id: str, account_id: str) -> None:
    """Remove an account; the selection stays on the same account, or moves to its neighbour."""
    data = _stored_accounts(root, provider_id)
    accounts = _listed(data)
    place = _place(accounts, account_id)
    active = _active(data, len(accounts))
    del accounts[place]
    if not accounts:
        raw_entry(root, provider_id).pop("tokenAccounts", None)
        return
    data["activeIndex"] = min(active - 1 if place < active else active, len(accounts) - 1)


def select_account(root: Root, provider_id: str, account_id: str, now: datetime) -> None:
    """Make an account the one that is fetched, and note when."""
    data = _stored_accounts(root, provider_id)
    accounts = _listed(data)
    place = _place(accounts, account_id)
    data["activeIndex"] = place
    accounts[place]["lastUsed"] = int(now.timestamp())


def change_account(root: Root, provider_id: str, account_id: str, fields: Mapping[str, str]) -> None:
    """Change optional fields of an account, such as usageScope; a blank text takes a field away.

    Raises ConfigEditError when the account is gone, and for a field of more than one line.
    """
    accounts = _listed(_stored_accounts(root, provider_id))
    _put_lines(accounts[_place(accounts, account_id)], fields)


def replace_token(root: Root, provider_id: str, account_id: str, present: Secret, value: Secret) -> None:
    """Put a renewed token in the place of `present`.

    Raises ConfigEditError when the account is gone or has another token, or the new token is blank.
    """
    accounts = _listed(_stored_accounts(root, provider_id))
    account, text = accounts[_place(accounts, account_id)], clean(value.reveal())
    if text is None or clean(str(account["token"])) != clean(present.reveal()):
        message = "The account has another token now. Nothing was changed."
        raise ConfigEditError(message)
    account["token"] = text


def _put_lines(account: dict[str, object], fields: Mapping[str, str]) -> None:
    for key, text in fields.items():
        line = text.strip()
        if any(not char.isprintable() for char in line):
            message = f"The field {key} of an account has more than one line. Enter a single line."
            raise ConfigEditError(message)
        account[key] = line
        if not line:
            del account[key]


def _stored_accounts(root: Root, provider_id: str) -> dict[str, object]:
    entry = raw_entry(root, provider_id)
    if entry.get("tokenAccounts") is None:
        return {"version": ACCOUNTS_VERSION, "activeIndex": 0, "accounts": []}
    stored = parse_accounts(entry)
    if stored is not None and stored.version > ACCOUNTS_VERSION:
        message = f"The accounts of {provider_id} belong to a newer version. Update CodexBar to change them."
        raise ConfigEditError(message)
    if stored is None:
        message = f"The accounts of {provider_id} in the config file cannot be read. Correct the file first."
        raise ConfigEditError(message)
    return cast("dict[str, object]", entry["tokenAccounts"])


def _listed(data: dict[str, object]) -> list[dict[str, object]]:
    return cast("list[dict[str, object]]", data["accounts"])


def _place(accounts: list[dict[str, object]], account_id: str) -> int:
    for place, account in enumerate(accounts):
        if account["id"] == account_id:
            return place
    message = "This account is no longer in the config file. Reload the settings."
    raise ConfigEditError(message)


def _active(data: dict[str, object], count: int) -> int:
    index = data["activeIndex"]
    return min(max(int(index) if isinstance(index, int | float) else 0, 0), count - 1)
