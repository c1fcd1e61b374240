"""The session last known to work, per provider, in the keyring (browser-sessions.md 10).

Without a keyring entries stay in memory until the program ends; they are never written to a file of ours.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from codexbar_qt.core.browser_access import CachedSession
from codexbar_qt.core.cached_header import CachedHeader, decode, encode, header_digest, normal_text
from codexbar_qt.provider_api import Secret

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Coroutine
    from datetime import datetime

    from codexbar_qt.core.cookie_cache_files import CookieCacheFiles
    from codexbar_qt.core.ports import SecretState, SecretStore
    from codexbar_qt.provider_api import Clock, Platform

_log = logging.getLogger(__name__)
_Result = TypeVar("_Result")
SERVICE = "com.steipete.codexbar.cache"
# The reference app guards its own entry on macOS; asking for that one would show a dialog.
SERVICE_MACOS = "com.steipete.codexbar.qt.cache"
LONGEST_HEADER = 64 * 1024
ClearState = Literal["cleared", "locked", "kept", "unavailable"]


def cache_service(platform: Platform) -> str:
    """Return the keyring service of the entries `cookie.<provider id>[.<scope>]`."""
    return SERVICE_MACOS if platform == "macos" else SERVICE


@dataclass(frozen=True, slots=True)
class CacheLookup:
    """What is kept. `state` is what the keyring answered, an `entry` may be there in spite of it: from memory."""

    state: SecretState
    entry: CachedHeader | None = None
    in_memory: bool = False


@dataclass(frozen=True, slots=True)
class Clearing:
    """What came of removing entries and how many went.

    "locked" and "kept" (the keyring failed) may have left some; "unavailable": there is no keyring, or it is silent.
    """

    state: ClearState
    count: int = 0


class CookieCache:
    """Entries of all providers. Changes are made one at a time, also between processes, and never half.

    Cancelling a caller does not stop a change that has begun. Nothing here raises and nothing prompts unless
    `interactive`.

    Args:
        store: The keyring; whatever it answers but "found" and "missing" means that memory has to do.
        service: The service of the entries, from `cache_service`.
        clock: The time.
        files: Lock and list of scopes shared by the processes; None for tests and demo.
    """

    def __init__(self, store: SecretStore, service: str, clock: Clock, files: CookieCacheFiles | None = None) -> None:
        self._store = store
        self._service = service
        self._clock = clock
        self._files = files
        self._turn = asyncio.Lock()
        self._memory: dict[str, CachedHeader] = {}
        self._refused: dict[str, str] = {}
        self._void: dict[str, datetime] = {}
        self._changes: set[asyncio.Task[Any]] = set()

    async def load(self, provider_id: str, scope: str = "") -> CacheLookup:
        """Return the entry of a provider. One that nobody can read is removed, a locked keyring changes nothing."""
        return await self._finish(self._load(_account(provider_id, scope)))

    async def put(
        self, provider_id: str, header: Secret, label: str, scope: str = "", *, stored_at: datetime | None = None
    ) -> None:
        """Keep a header that worked, now unless told otherwise, in the place of the last one; a blank one clears it."""
        text = normal_text(header)
        if not text:
            await self.clear(provider_id)
        elif len(text) <= LONGEST_HEADER:
            entry = CachedHeader(Secret(text), label, stored_at or self._clock.now())
            await self._finish(self._put(provider_id, scope, entry))

    async def reject(self, provider_id: str, header: Secret, scope: str = "") -> None:
        """The service refused a header: the entry goes if it is still this one, so that a newer one is not lost."""
        await self._finish(self._reject(_account(provider_id, scope), header_digest(header)))

    async def clear(self, provider_id: str, *, interactive: bool = False) -> Clearing:
        """Remove the entries of a provider, those of its scopes as well."""
        return await self._finish(self._clear(provider_id, interactive=interactive))

    async def summary(self, provider_id: str) -> tuple[CachedSession | None, SecretState]:
        """Return what may be said about the latest entry of a provider, and how the keyring answered."""
        found = [await self.load(provider_id, scope) for scope in await self._scopes(provider_id)]
        state: SecretState = "locked" if any(lookup.state == "locked" for lookup in found) else found[0].state
        entries = [(lookup.entry, lookup.in_memory) for lookup in found if lookup.entry is not None]
        if not entries:
            return None, state
        entry, in_memory = max(entries, key=lambda item: item[0].stored_at)
        return CachedSession(entry.label, entry.stored_at, in_memory), state

    async def close(self) -> None:
        """Wait until changes that have begun are made, at most 2 seconds."""
        if self._changes:
            await asyncio.wait(self._changes, timeout=2.0)

    async def _load(self, account: str) -> CacheLookup:
        async with self._turn:
            found = await self._store.get(self._service, account)
            entry = decode(found.secret) if found.secret is not None else None
            kept = self._memory.get(account)
            if found.state in ("locked", "unavailable"):
                return CacheLookup(found.state, self._usable(account, kept), in_memory=kept is not None)
            if kept is not None and (entry is None or kept.stored_at >= entry.stored_at):
                return await self._move_to_store(account, kept)
            self._memory.pop(account, None)
        usable = self._usable(account, entry)
        if found.secret is not None and usable is None:
            await self._remove_if(account, found.secret)
        return CacheLookup("missing" if usable is None else "found", usable)

    def _usable(self, account: str, entry: CachedHeader | None) -> CachedHeader | None:
        """A header that was refused or cleared while it could not be removed does not come back."""
        if entry is None or entry.digest == self._refused.get(account):
            return None
        cleared_at = self._void.get(account)
        return None if cleared_at is not None and entry.stored_at <= cleared_at else entry

    async def _move_to_store(self, account: str, entry: CachedHeader) -> CacheLookup:
        """The keyring answers again: it takes what memory kept meanwhile."""
        async with self._locked_files() as is_locked:
            state = await self._store.set(self._service, account, encode(entry)) if is_locked else "locked"
        if state == "found":
            self._memory.pop(account, None)
        return CacheLookup(state, entry, in_memory=state != "found")

    async def _put(self, provider_id: str, scope: str, entry: CachedHeader) -> None:
        account = _account(provider_id, scope)
        async with self._turn, self._locked_files() as is_locked:
            self._refused.pop(account, None)
            self._void.pop(account, None)
            # First in memory: a keyring that fails in the middle must not cost the session that works.
            self._memory[account] = entry
            state = await self._store.set(self._service, account, encode(entry)) if is_locked else "locked"
            if state != "found":
                _log.info("The session of %s is kept in memory: the keyring is %s", provider_id, state)
                return
            del self._memory[account]
            if scope and self._files is not None:
                await self._files.add_scope(provider_id, scope)

    async def _reject(self, account: str, digest: str) -> None:
        async with self._turn, self._locked_files() as is_locked:
            kept = self._memory.get(account)
            if kept is not None and kept.digest == digest:
                del self._memory[account]
            found = await self._store.get(self._service, account)
            entry = decode(found.secret) if found.secret is not None else None
            if found.state == "missing" or (entry is not None and entry.digest != digest):
                return
            state = await self._store.delete(self._service, account) if entry and is_locked else found.state
            if state != "missing":
                self._refused[account] = digest

    async def _remove_if(self, account: str, present: Secret) -> None:
        """Remove an entry if it is still this text."""
        async with self._turn, self._locked_files() as is_locked:
            found = await self._store.get(self._service, account)
            if is_locked and found.secret == present:
                await self._store.delete(self._service, account)

    async def _clear(self, provider_id: str, *, interactive: bool) -> Clearing:
        scopes = await self._scopes(provider_id)
        async with self._turn, self._locked_files() as is_locked:
            if not is_locked:
                return Clearing("kept")
            accounts = [_account(provider_id, scope) for scope in scopes]
            gone = {account for account in accounts if self._memory.pop(account, None) is not None}
            outcome: ClearState = "cleared"
            for account in accounts:
                if outcome not in ("locked", "unavailable"):  # then all others are out of reach, too
                    state, is_gone = await self._remove(account, interactive=interactive)
                    gone |= {account} if is_gone else set()
                    outcome = outcome if state == "cleared" else state
                    if state == "cleared":
                        continue
                self._void[account] = self._clock.now()
            if outcome == "cleared" and self._files is not None and len(scopes) > 1:
                await self._files.forget_scopes(provider_id)
        return Clearing(outcome, len(gone))

    async def _remove(self, account: str, *, interactive: bool) -> tuple[ClearState, bool]:
        """Remove one entry of the keyring; whether there was one that is gone now."""
        found = await self._store.get(self._service, account, interactive=interactive)
        if found.state in ("locked", "unavailable"):
            return found.state, False
        if found.state == "missing":
            return "cleared", False
        state = await self._store.delete(self._service, account, interactive=interactive)
        if state == "missing":
            return "cleared", True
        return ("locked" if state == "locked" else "kept"), False

    async def _scopes(self, provider_id: str) -> tuple[str, ...]:
        """Return every scope that may have an entry, "" first."""
        start = f"{_account(provider_id)}."
        own = [account.removeprefix(start) for account in self._memory if account.startswith(start)]
        listed = await self._files.scopes(provider_id) if self._files is not None else ()
        return tuple(dict.fromkeys(("", *listed, *own)))

    @asynccontextmanager
    async def _locked_files(self) -> AsyncGenerator[bool]:
        if self._files is None:
            yield True
            return
        async with self._files.exclusive() as is_locked:
            yield is_locked

    async def _finish(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        """Let a change end that its caller no longer waits for: half of one would lose an entry or keep a lock."""
        task = asyncio.get_running_loop().create_task(work)
        self._changes.add(task)
        task.add_done_callback(self._changes.discard)
        return await asyncio.shield(task)


def _account(provider_id: str, scope: str = "") -> str:
    return f"cookie.{provider_id}.{scope}" if scope else f"cookie.{provider_id}"
