"""What people see of the access to browsers: who may be read, what was read, which session is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - the ledger's decoder looks it up at run time
from typing import Literal

AccessState = Literal["unasked", "allowed", "refused"]


@dataclass(frozen=True, slots=True)
class BrowserAccess:
    """A browser and what people said about reading it; `found` when it has cookies on this machine."""

    id: str
    label: str
    state: AccessState = "unasked"
    found: bool = False


@dataclass(frozen=True, slots=True)
class AccessRecord:
    """One secret source that was read, newest reading first among equals.

    `what` is "Cookies", "Page storage" or "Key"; `item` the file (home as `~`) or the entry of a key store; `at` aware
    UTC, the latest of `times` readings with this result; `result` a few words ("3 cookies", "nothing", "locked").
    """

    what: str
    item: str
    provider_id: str
    at: datetime
    result: str
    times: int = 1


@dataclass(frozen=True, slots=True)
class CachedSession:
    """A session kept for a provider: where it comes from and since when (aware UTC).

    `in_memory`: there is no keyring to keep it in, it lasts until the program ends.
    """

    label: str
    stored_at: datetime
    in_memory: bool = False
