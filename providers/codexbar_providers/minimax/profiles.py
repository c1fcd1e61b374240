"""Tokens of browser profiles, matched to the cookie sessions of the same profiles; each is read when it is needed."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import TYPE_CHECKING

from codexbar_providers.minimax.loose import as_fields, moment, text
from codexbar_providers.minimax.pasted import Login, logins_of
from codexbar_providers.minimax.tokens import Found, expiry_of, find_tokens, has_tokens
from codexbar_qt.provider_api import Secret, StorageQuery

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from codexbar_qt.provider_api import BrowserOrder, CookieCandidate, FetchContext, StorageProfile

MEMORY_KEY = "bearer"
REMEMBERED = timedelta(hours=6)
_SUFFIXES = (" (Session Storage)", " (IndexedDB)", " (Network)")


def own_origins(site: str) -> tuple[str, ...]:
    """Return the hosts whose pages keep the tokens."""
    return f"platform.{site}", f"www.{site}", site


def storage_query(site: str, browsers: BrowserOrder) -> StorageQuery:
    """Return what is asked of the browsers: local storage, else session storage, else IndexedDB."""
    hosts = (*own_origins(site), f"openplatform.{site}")
    return StorageQuery(hosts, ("local", "session", "indexed"), browsers, is_enough=has_tokens)


def plain_label(label: str) -> str:
    """Return the label of a profile without the part of it that was read."""
    for suffix in _SUFFIXES:
        label = label.removesuffix(suffix)
    return label


class BrowserTokens:
    """Reads profiles one after another, as far as a session asks for its own; `profiles` is read once."""

    def __init__(self, ctx: FetchContext, site: str, profiles: AsyncIterator[StorageProfile]) -> None:
        self._ctx = ctx
        self._origins = own_origins(site)
        self._profiles = profiles
        self._read: list[tuple[StorageProfile, Found]] = []
        self._with_cookies: set[str] = set()

    async def logins(self, candidate: CookieCandidate) -> AsyncGenerator[Login]:
        """Give the ways to sign in with a session. Of a kept one that which worked last goes first, unread."""
        self._with_cookies.update((candidate.profile, plain_label(candidate.label)) if not candidate.is_cached else ())
        remembered = self._recall(candidate)
        if remembered is not None:
            yield remembered
        found = await self._find(candidate)
        for login in logins_of(Login(candidate.header, None, found.group_id), found.tokens):
            if login != remembered:
                yield login

    async def without_cookies(self) -> AsyncGenerator[Login]:
        """Give a login by token alone for every profile that no session with cookies belongs to."""
        while await self._read_next() is not None:
            pass
        for profile, found in self._read:
            if self._with_cookies.isdisjoint((profile.profile, plain_label(profile.label))):
                for token in found.tokens:
                    yield Login(None, token, found.group_id)

    def remember(self, candidate: CookieCandidate, login: Login) -> None:
        """Keep in memory how the session of a profile signs in, so that the next fetch need not read its storage."""
        now = self._ctx.clock.now()
        token = login.bearer.reveal() if login.bearer else ""
        expiry = moment(expiry_of(token) or 0.0)
        until = min(now + REMEMBERED, expiry) if expiry and expiry > now else now + REMEMBERED
        kept = {"label": plain_label(candidate.label), "token": token, "group": login.group_id}
        self._ctx.memory.remember(MEMORY_KEY, Secret(json.dumps(kept)), until=until)

    def _recall(self, candidate: CookieCandidate) -> Login | None:
        kept = self._ctx.memory.recall(MEMORY_KEY) if candidate.is_cached else None
        fields = as_fields(json.loads(kept.reveal()) if kept else None)
        if fields.get("label") != plain_label(candidate.label):
            return None
        token = text(fields.get("token"))
        return Login(candidate.header, Secret(token) if token else None, text(fields.get("group")) or "")

    async def _find(self, candidate: CookieCandidate) -> Found:
        for profile, found in self._read:
            if _belongs(profile, candidate):
                return found
        while (read := await self._read_next()) is not None:
            if _belongs(read[0], candidate):
                return read[1]
        return Found()

    async def _read_next(self) -> tuple[StorageProfile, Found] | None:
        profile = await anext(self._profiles, None)
        if profile is None:
            return None
        # Entries may be many and long; the event loop goes on meanwhile.
        now = self._ctx.clock.now()
        found = await asyncio.to_thread(find_tokens, profile.entries, self._origins, now)
        self._read.append((profile, found))
        return self._read[-1]


def _belongs(profile: StorageProfile, candidate: CookieCandidate) -> bool:
    if candidate.profile:
        return profile.profile == candidate.profile
    return plain_label(profile.label) == plain_label(candidate.label)
