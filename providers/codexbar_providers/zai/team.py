"""The scope of a token account: a person's own quota, or the one of a team's project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_qt.provider_api import InvalidSetting, Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codexbar_qt.provider_api import SelectedAccount

TEAM = "team"
_MISSING = "z.ai needs an Organization ID and a Project ID for a team. Add both to the account in Settings."


def is_team(account: SelectedAccount | None) -> bool:
    """Whether the quota of a team is meant; any other word than "team" is personal."""
    return account is not None and account.usage_scope.lower() == TEAM


def check_id(text: str) -> str | None:
    """Say what is wrong with an id, None when it can be sent."""
    if text.isascii() and all(char.isprintable() and not char.isspace() for char in text):
        return None
    return "An id is one line without spaces. Paste the id alone."


def team_headers(account: SelectedAccount | None) -> Mapping[str, Secret]:
    """Return the headers that name the team, none for a person.

    Raises InvalidSetting when an id is missing or cannot be sent: the service would answer with nothing in it.
    """
    if account is None or not is_team(account):
        return {}
    ids = (account.organization_id, account.workspace_id)
    if not all(ids):
        raise InvalidSetting(_MISSING, setting="tokenAccounts")
    for name, text in zip(("Organization ID", "Project ID"), ids, strict=True):
        complaint = check_id(text)
        if complaint:
            raise InvalidSetting(f"The {name} of the z.ai account cannot be used. {complaint}", setting="tokenAccounts")
    return {"Bigmodel-Organization": Secret(ids[0]), "Bigmodel-Project": Secret(ids[1])}
