"""Ports that only the core needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from codexbar_qt.provider_api import Secret

SecretState = Literal["found", "missing", "locked", "unavailable"]


@dataclass(frozen=True, slots=True)
class SecretLookup:
    """What a store answered; `secret` is set exactly when `state` is "found"."""

    state: SecretState
    secret: Secret | None = None


class SecretStore(Protocol):
    """Secrets at rest by service and account. Nothing raises, and nothing asks people unless `interactive`.

    States: "found"; "missing" (there is no such entry); "locked" (people would have to unlock the store first);
    "unavailable" (no store, switched off, or it does not answer).
    """

    async def get(self, service: str, account: str, *, interactive: bool = False) -> SecretLookup:
        """Look a secret up."""
        ...

    async def set(self, service: str, account: str, secret: Secret, *, interactive: bool = False) -> SecretState:
        """Store a secret; "found" when it is stored."""
        ...

    async def delete(self, service: str, account: str, *, interactive: bool = False) -> SecretState:
        """Remove a secret; "missing" when it is gone, whether or not there was one."""
        ...
