"""Who is signed in, and on which plan (`/api/app/auth/me`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codexbar_qt.provider_api import Identity, ParseError, jwt_payload

if TYPE_CHECKING:
    from codexbar_qt.provider_api import JsonView, Secret

_USER_ID = re.compile(r"[\w.:|-]{1,128}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Account:
    """Facts of a login, each "" when the service does not tell it."""

    organization: str = ""
    tier: str = ""
    plan: str = ""
    user_id: str = ""

    def identity(self, overage_preference: str = "") -> Identity:
        """Return organisation and plan; the fallback part belongs to accounts with token limits."""
        tier = " ".join(word.capitalize() for word in self.tier.split())
        parts = [f"Factory {tier}" if tier else "", "" if "factory" in self.plan.lower() else self.plan]
        parts.append(f"Fallback: {overage_preference}" if overage_preference else "")
        return Identity(
            organization=self.organization or None, login_method=" - ".join(part for part in parts if part) or None
        )


def parse_account(body: JsonView) -> Account:
    """Read the account; everything in it is optional. ParseError when the root is not an object."""
    if not body.is_object():
        raise ParseError("The account is not an object.", path="$")
    organization = _child(body, "organization")
    subscription = _child(organization, "subscription")
    return Account(
        organization=word(organization, "name"),
        tier=word(subscription, "factoryTier"),
        plan=word(_child(_child(subscription, "orbSubscription"), "plan"), "name"),
        user_id=_usable_id(word(_child(body, "userProfile"), "id")),
    )


def user_of(account: Account, token: Secret | None) -> str:
    """Return the id that usage is asked for: the account's, else the subject of the token, "" when neither is known."""
    claims = jwt_payload(token.reveal()) if token is not None else None
    subject = (claims or {}).get("sub")
    return account.user_id or (_usable_id(subject) if isinstance(subject, str) else "")


def word(view: JsonView | None, field: str) -> str:
    """Return a trimmed text of an object, "" when there is none."""
    child = view.get(field) if view is not None and view.is_object() else None
    return child.raw.strip() if child is not None and isinstance(child.raw, str) else ""


def _child(view: JsonView | None, field: str) -> JsonView | None:
    return view.get(field) if view is not None and view.is_object() else None


def _usable_id(text: str) -> str:
    # It becomes part of an address, so nothing but an identifier may pass.
    return text.strip() if _USER_ID.fullmatch(text.strip()) else ""
