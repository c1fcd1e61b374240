"""Ports that only the core needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from codexbar_qt.provider_api import (
        BrowserOrder,
        Cookie,
        CookieQuery,
        Secret,
        StorageProfile,
        StorageQuery,
    )

SecretState = Literal["found", "missing", "locked", "unavailable"]
OriginName = Literal[
    "deb",
    "rpm",
    "tarball",
    "appimage",
    "inno",
    "dmg",
    "msix",
    "flatpak",
    "snap",
    "homebrew",
    "distribution",
    "pipx",
    "uv",
    "python",
    "source",
    "unknown",
]
"""How this installation got here; what follows from it stands in `core.install_origin`."""


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


BrowserFamily = Literal["chromium", "firefox", "safari"]
TroubleKind = Literal[
    "keyring_locked",
    "asks_first",
    "denied",
    "full_disk_access",
    "file_locked",
    "app_bound",
    "sandboxed",
    "no_key",
    "unreadable",
]
"""What stands between us and a browser; "denied": people were asked for its key and said no."""


@dataclass(frozen=True, slots=True)
class KnownBrowser:
    """A browser that exists on this system, installed or not."""

    id: str
    label: str
    family: BrowserFamily


@dataclass(frozen=True, slots=True)
class ProfileInfo:
    """A profile: `id` as in a CookieCandidate, `label` what people see ("Chrome Work"), `name` without the browser."""

    id: str
    browser: str
    label: str
    name: str


@dataclass(frozen=True, slots=True)
class BrowserTrouble:
    """Why something could not be read. `sentence` is for people and holds no path and no value."""

    kind: TroubleKind
    browser: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ReadSource:
    """A file or key item that was read, for the access ledger; home is `~` in `item`, `result` a few words."""

    what: Literal["Cookies", "Page storage", "Key"]
    item: str
    result: str


@dataclass(frozen=True, slots=True)
class CookieReading:
    """The cookies of one profile in the order of a header, and what reading them took."""

    cookies: tuple[Cookie, ...] = field(default=(), repr=False)
    troubles: tuple[BrowserTrouble, ...] = ()
    sources: tuple[ReadSource, ...] = ()


@dataclass(frozen=True, slots=True)
class StorageReading:
    """The page storage of one profile, None without an entry of the query, and what reading it took."""

    profile: StorageProfile | None = field(default=None, repr=False)
    troubles: tuple[BrowserTrouble, ...] = ()
    sources: tuple[ReadSource, ...] = ()


class BrowserReader(Protocol):
    """The browsers of this machine. Nothing raises but for cancellation, and profiles are never written to."""

    def known(self) -> tuple[KnownBrowser, ...]:
        """Return every browser of this system in the default order; returns at once."""
        ...

    async def candidates(
        self, order: BrowserOrder, *, keyring_allowed: bool = True
    ) -> tuple[tuple[KnownBrowser, ...], ...]:
        """Return the browsers with cookies in an order, by groups: a later one counts when none before had a session.

        Remembered for 10 minutes. Without `keyring_allowed` Chromium browsers are left out.
        """
        ...

    async def profiles(self, browser_id: str) -> tuple[ProfileInfo, ...]:
        """Return the profiles of a browser in the order in which they are to be tried."""
        ...

    async def cookies(
        self, profile: ProfileInfo, query: CookieQuery, now: datetime, *, interactive: bool = False
    ) -> CookieReading:
        """Return the cookies of a query that have not expired; `interactive` allows one dialog for the key."""
        ...

    async def storage(self, profile: ProfileInfo, query: StorageQuery) -> StorageReading:
        """Return the page storage of a query."""
        ...

    def surroundings(self) -> BrowserTrouble | None:
        """Return why no browser at all can be seen from here, None for nothing."""
        ...

    def forget(self) -> None:
        """Look anew: people ask for an import now."""
        ...
