"""The shared scope of accounts, such as a team: which ids it needs, and what is said about an account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codexbar_qt.core.app_config import TokenAccount
    from codexbar_qt.provider_api import AccountField, AccountsSetting

_FEWEST_SCOPES = 2


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account as listed. `values` are the ids of the shared scope as declared, `detail` says them in words."""

    id: str
    label: str
    selected: bool
    shared: bool = False
    values: tuple[str, ...] = ()
    detail: str = ""


@dataclass(frozen=True, slots=True)
class SharedScope:
    """The scope an account may have beside the usual one. `word` is "" where there is none."""

    word: str = ""
    fields: tuple[AccountField, ...] = ()

    @classmethod
    def of(cls, setting: AccountsSetting) -> SharedScope:
        """Return the second declared scope with the fields that belong to it."""
        if len(setting.usage_scopes) < _FEWEST_SCOPES:
            return cls()
        word = setting.usage_scopes[1]
        return cls(word, tuple(field for field in setting.fields if field.usage_scope in ("", word)))

    @property
    def label(self) -> str:
        """Words beside the switch, "" where there is none."""
        return f"{self.word.capitalize()} mode" if self.word else ""

    def complaints(self, values: Sequence[str]) -> tuple[str, ...]:
        """Say what is wrong with each value, "" for one that can be stored."""
        return tuple(_complaint(field, text.strip()) for field, text in zip(self.fields, values, strict=True))

    def stored(self, shared: bool, values: Sequence[str]) -> Mapping[str, str]:
        """Return the fields of an account; without the scope its ids stay as they are."""
        if not self.word:
            return {}
        if not shared:
            return {"usageScope": ""}
        texts = {field.key: text.strip() for field, text in zip(self.fields, values, strict=True)}
        return {"usageScope": self.word, **texts}


def account_row(account: TokenAccount, scope: SharedScope, *, selected: bool) -> AccountRow:
    """Return an account as listed, never its token."""
    shared = bool(scope.word) and account.usage_scope.strip().lower() == scope.word
    stored = {"organizationId": account.organization_id, "workspaceID": account.workspace_id}
    values = tuple(stored.get(field.key, "").strip() for field in scope.fields)
    told = [f"{field.label}: {text or 'missing'}" for field, text in zip(scope.fields, values, strict=True)]
    detail = " · ".join([scope.word.capitalize(), *told]) if shared else ""
    return AccountRow(account.id, account.label, selected, shared, values, detail)


def _complaint(field: AccountField, line: str) -> str:
    if not line:
        return f"The {field.label} is missing. Enter it."
    if any(not char.isprintable() for char in line):
        return f"The {field.label} has more than one line. Paste the value alone."
    return (field.check(line) if field.check else None) or ""
