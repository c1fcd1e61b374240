"""Secrets in a plain file only its owner may read: for systems without a keyring, and only when people choose it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from codexbar_qt.core.ports import SecretLookup, SecretState, SecretStore
from codexbar_qt.provider_api import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FILE_LIMIT = 4 * 1024 * 1024
_LOCK_SECONDS = 2.0
_Entries = dict[str, dict[str, str]]


class PrivateFileStore(SecretStore):
    """One JSON object, service -> account -> text, in a file with mode 0600 in a directory with mode 0700.

    Changes are made under a lock file beside it and replace the file whole. A file that is not such an object is
    "unavailable" and never overwritten; so is one this user may not read, or larger than 4 MiB.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    async def get(self, service: str, account: str, *, interactive: bool = False) -> SecretLookup:
        """Look a secret up."""
        del interactive
        return await asyncio.to_thread(self._get, service, account)

    async def set(self, service: str, account: str, secret: Secret, *, interactive: bool = False) -> SecretState:
        """Store a secret."""
        del interactive

        def store(entries: _Entries) -> None:
            entries.setdefault(service, {})[account] = secret.reveal()

        return "found" if await asyncio.to_thread(self._change, store) else "unavailable"

    async def delete(self, service: str, account: str, *, interactive: bool = False) -> SecretState:
        """Remove a secret."""
        del interactive

        def remove(entries: _Entries) -> None:
            entries.get(service, {}).pop(account, None)

        return "missing" if await asyncio.to_thread(self._change, remove) else "unavailable"

    def _get(self, service: str, account: str) -> SecretLookup:
        try:
            text = self._read().get(service, {}).get(account)
        except (OSError, ValueError):
            return SecretLookup("unavailable")
        return SecretLookup("missing") if text is None else SecretLookup("found", Secret(text))

    def _change(self, change: Callable[[_Entries], None]) -> bool:
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with _locked(self._path.with_name(self._path.name + ".lock")):
                entries = self._read()
                change(entries)
                self._write({service: accounts for service, accounts in entries.items() if accounts})
        except (OSError, ValueError):
            return False
        return True

    def _read(self) -> _Entries:
        try:
            with self._path.open("rb") as file:
                data = file.read(FILE_LIMIT + 1)
        except FileNotFoundError:
            return {}
        if len(data) > FILE_LIMIT:
            raise ValueError("too large")
        return _checked(json.loads(data))

    def _write(self, entries: _Entries) -> None:
        # mkstemp creates with mode 0600, so there is no moment at which others can read.
        descriptor, name = tempfile.mkstemp(prefix=self._path.name, dir=self._path.parent)
        temporary = Path(name)
        try:
            with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123  # a descriptor
                json.dump(entries, file, indent=2, sort_keys=True)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self._path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def _checked(document: object) -> _Entries:
    if not isinstance(document, dict):
        raise ValueError("not an object")  # every unusable file is one kind of failure here
    entries: _Entries = {}
    for service, accounts in document.items():
        if not isinstance(accounts, dict) or not all(isinstance(text, str) for text in accounts.values()):
            raise ValueError("not an object of texts")
        entries[str(service)] = {str(account): str(text) for account, text in accounts.items()}
    return entries


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock file; raises OSError when another process keeps it for 2 s."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        deadline = time.monotonic() + _LOCK_SECONDS
        while not _try_lock(descriptor):
            if time.monotonic() > deadline:
                raise TimeoutError("the lock is held")
            time.sleep(0.02)
        yield
    finally:
        os.close(descriptor)  # gives the lock back


def _try_lock(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
