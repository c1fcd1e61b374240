"""Sessions of browsers: cookies and page storage found on this machine. Profiles are only ever read, in a copy."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection
    from datetime import datetime

    from codexbar_qt.provider_api.secret import Secret

StorageKind = Literal["local", "session", "indexed"]


@dataclass(frozen=True, slots=True)
class BrowserOrder:
    """Which browsers are asked, in order; ids as in browser-sessions.md 2 ("chrome", "firefox-beta", "brave").

    The others of the default order follow, unless `only`. With `group` they follow only when no store of the first
    ones held a session.
    """

    first: tuple[str, ...] = ()
    only: bool = False
    group: bool = False


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie that has not expired. `domain` is lower case without a leading dot; `expires_at` None for a session."""

    name: str
    value: Secret
    domain: str
    path: str = "/"
    host_only: bool = False
    secure: bool = True
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CookieQuery:
    """Which cookies a provider needs.

    Only cookies of `domains` and below them are read. `names` are the ones kept, () keeps all. `is_session` decides by
    the names found in one profile whether it holds a session. With `host` only cookies that may be sent there count
    (RFC 6265; also host-only cookies of a parent named in `domains`).
    """

    domains: tuple[str, ...]
    is_session: Callable[[Collection[str]], bool]
    names: tuple[str, ...] = ()
    host: str = ""
    browsers: BrowserOrder = BrowserOrder()
    cache_scope: str = ""


@dataclass(frozen=True, slots=True)
class CookieCandidate:
    """A session that may work. `label` says where it comes from ("Chrome Work"), `profile` names the profile.

    `cookies` are those of the header; empty for a cached header, of which nothing else is known.
    """

    header: Secret
    label: str
    profile: str = ""
    is_cached: bool = False
    cookies: tuple[Cookie, ...] = field(default=(), repr=False)


class CookieSessions(Protocol):
    """The cached session of an account, then those of the browsers, as far as people allowed it."""

    def candidates(self, query: CookieQuery, *, use_cache: bool = True) -> AsyncIterator[CookieCandidate]:
        """Give the cached session first, then one candidate for every profile with a session, in browser order.

        Browsers are read one after another, only when the next candidate is asked for. Nothing is raised for a browser
        that cannot be read: the next one is tried, and `obstacle` tells.
        """
        ...

    async def accept(self, candidate: CookieCandidate) -> None:
        """A fetch with it succeeded: its header replaces the cached one."""
        ...

    async def reject(self, candidate: CookieCandidate) -> None:
        """The service refused it: the cached header goes, if it is still this one."""
        ...

    def has_read(self) -> bool:
        """Whether a profile was read for cookies in this fetch, with a session in it or not."""
        return False

    def obstacle(self) -> str:
        """Return what a person can do about browsers that could not be read in this fetch, "" for nothing."""
        ...


@dataclass(frozen=True, slots=True)
class StorageQuery:
    """Which page storage a provider needs: entries of `hosts` (exact), of the kinds named, in this order of kinds.

    Later kinds are read only for profiles in which the earlier ones held nothing that `is_enough`.
    """

    hosts: tuple[str, ...]
    kinds: tuple[StorageKind, ...] = ("local",)
    browsers: BrowserOrder = BrowserOrder()
    is_enough: Callable[[Collection[StoredEntry]], bool] = bool


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry of a page's storage. For "indexed" `key` is "" and `value` a run of token characters found in it."""

    kind: StorageKind
    host: str
    key: str
    value: Secret


@dataclass(frozen=True, slots=True)
class StorageProfile:
    """What one profile holds; `profile` is the same as in a CookieCandidate of that profile."""

    label: str
    profile: str
    entries: tuple[StoredEntry, ...] = field(repr=False)


class BrowserStorage(Protocol):
    """Local storage, session storage and IndexedDB of the browsers, as far as people allowed it."""

    def profiles(self, query: StorageQuery) -> AsyncIterator[StorageProfile]:
        """Give every profile with an entry of the query, in browser order; at most 2 000 entries of 64 KiB each."""
        ...

    def obstacle(self) -> str:
        """Return what a person can do about browsers that could not be read in this fetch, "" for nothing."""
        ...
