"""What the processes share about cached sessions beside the keyring: a lock, and which scopes have entries."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from filelock import FileLock

from codexbar_qt.core.json_document import DocumentError, as_list, decode_object, encode_object
from codexbar_qt.core.private_file import OWNER_ONLY, PrivateFile

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from codexbar_qt.core.private_file import FileCalls

_log = logging.getLogger(__name__)
LOCK_NAME = "cookie-cache.lock"
SCOPES_NAME = "cookie-scopes.json"
MOST_SCOPES = 50
_MAX_BYTES = 64 * 1024


class CookieCacheFiles:
    """Two small files in a folder of this user; neither holds a header. Nothing raises."""

    def __init__(self, folder: Path, calls: FileCalls | None = None, *, lock_seconds: float = 10.0) -> None:
        self._folder = folder
        self._lock_seconds = lock_seconds
        self._file = PrivateFile(folder / SCOPES_NAME, calls, lock_seconds=lock_seconds)

    @asynccontextmanager
    async def exclusive(self) -> AsyncGenerator[bool]:
        """Keep other processes out; gives False when one of them does not come to an end.

        In a folder that cannot be written there is nobody to wait for: True.
        """
        lock = FileLock(
            self._folder / LOCK_NAME,
            timeout=self._lock_seconds,
            mode=OWNER_ONLY,
            thread_local=False,  # taken in a thread, given back on the loop
            poll_interval=0.01,
        )
        try:
            await asyncio.to_thread(self._acquire, lock)
        except TimeoutError:
            _log.info("Another process holds the lock of the cached sessions")
            yield False
            return
        except OSError as error:
            _log.info("The cached sessions have no lock: %s", type(error).__name__)
        try:
            yield True
        finally:
            lock.release()

    async def scopes(self, provider_id: str) -> tuple[str, ...]:
        """Return the scopes of a provider that have entries."""
        return tuple((await asyncio.to_thread(self._read)).get(provider_id, ()))

    async def add_scope(self, provider_id: str, scope: str) -> None:
        """Remember a scope; call it while `exclusive`. At most 50 of a provider, the oldest goes first."""
        known = await asyncio.to_thread(self._read)
        if scope not in known.get(provider_id, ()):
            known[provider_id] = [*known.get(provider_id, ()), scope][-MOST_SCOPES:]
            await asyncio.to_thread(self._write, known)

    async def forget_scopes(self, provider_id: str) -> None:
        """Forget the scopes of a provider; call it while `exclusive`."""
        known = await asyncio.to_thread(self._read)
        if known.pop(provider_id, None) is not None:
            await asyncio.to_thread(self._write, known)

    def _acquire(self, lock: FileLock) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock.acquire()

    def _read(self) -> dict[str, list[str]]:
        try:
            found = self._file.read(_MAX_BYTES)
            document = decode_object(found[0]) if found else {}
        except (OSError, DocumentError):
            return {}
        return {
            name: [scope for scope in as_list(scopes) or () if isinstance(scope, str)]
            for name, scopes in document.items()
        }

    def _write(self, known: dict[str, list[str]]) -> None:
        try:
            self._file.write(encode_object(known))
        except (OSError, TimeoutError) as error:
            _log.info("The list of cached sessions could not be saved: %s", type(error).__name__)
