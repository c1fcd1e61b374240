"""Where the values of one fetch come from: the entry, the selected account, the environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_qt.provider_api import AccountsSetting, SelectedAccount, clean
from codexbar_qt.provider_api.resolution import Values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codexbar_qt.core.app_config import ProviderEntry, TokenAccount
    from codexbar_qt.provider_api import Env, ProviderDescriptor


def fetch_values(
    descriptor: ProviderDescriptor,
    entry: ProviderEntry,
    env: Env,
    preferences: Mapping[str, str] | None = None,
    account: TokenAccount | None = None,
    *,
    is_named: bool = True,
) -> Values:
    """Return where the values of one fetch come from; `account` is the token account being fetched, if any.

    The fields an account carries itself (organizationId, usageScope, workspaceID) stand before those of the entry.
    """
    raw = entry.raw
    if account is not None:
        own = {
            "organizationId": account.organization_id,
            "usageScope": account.usage_scope,
            "workspaceID": account.workspace_id,
        }
        raw = {**raw, **{key: text for key, text in own.items() if text}}
    token = account.token if account is not None else None
    return Values(descriptor, raw, account_env(descriptor, env, account).get, preferences or {}, token, is_named)


def selected_account(account: TokenAccount | None) -> SelectedAccount | None:
    """Return what a strategy may know of the token account being fetched; its token comes with the credentials."""
    if account is None:
        return None
    texts = (account.label, account.usage_scope, account.organization_id, account.workspace_id)
    return SelectedAccount(*(clean(text) or "" for text in texts))


def account_env(descriptor: ProviderDescriptor, env: Env, account: TokenAccount | None) -> Env:
    """Return the environment of a fetch: with a token account, variables of other identities are not seen."""
    if account is None:
        return env
    hidden = {name for item in descriptor.settings if isinstance(item, AccountsSetting) for name in item.related}
    return HidingEnv(env, frozenset(hidden)) if hidden else env


class HidingEnv:
    """An Env port without some variables."""

    def __init__(self, env: Env, hidden: frozenset[str]) -> None:
        self._env = env
        self._hidden = hidden

    def get(self, name: str) -> str | None:
        """Return the value; None when unset, blank or hidden."""
        return None if name in self._hidden else self._env.get(name)
