"""Secrets in the system's keyring, or in memory. Background use never shows a prompt."""

from __future__ import annotations

import asyncio
import concurrent.futures
import hashlib
import os
import threading
from typing import TYPE_CHECKING, Protocol

from codexbar_qt.core.ports import SecretLookup, SecretState, SecretStore
from codexbar_qt.provider_api import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

BACKGROUND_SECONDS = 5.0
INTERACTIVE_SECONDS = 120.0
MOST_PIECES = 64
_PIECES_MARK = "codexbar-pieces:"


class LockedError(Exception):
    """The keyring is locked, and asking people to unlock it was not allowed or did not help."""


class UnavailableError(Exception):
    """There is no keyring to use."""


class Vault(Protocol):
    """A keyring of this system; blocking. Every method raises LockedError, or any other exception for a failure."""

    @property
    def longest_value(self) -> int | None:
        """UTF-16 units that fit into one entry; None for no limit."""
        ...

    def check(self, *, interactive: bool) -> None:
        """Raise LockedError where the next call would show a prompt, unless `interactive`."""
        ...

    def read(self, service: str, account: str) -> str | None:
        """Return an entry."""
        ...

    def write(self, service: str, account: str, value: str) -> None:
        """Create or replace an entry."""
        ...

    def remove(self, service: str, account: str) -> None:
        """Remove an entry; nothing happens when there is none."""
        ...


class MemoryStore(SecretStore):
    """Keeps secrets until the program ends; for tests and demo mode."""

    def __init__(self) -> None:
        self._secrets: dict[tuple[str, str], Secret] = {}

    async def get(self, service: str, account: str, *, interactive: bool = False) -> SecretLookup:
        """Look a secret up."""
        del interactive
        secret = self._secrets.get((service, account))
        return SecretLookup("missing") if secret is None else SecretLookup("found", secret)

    async def set(self, service: str, account: str, secret: Secret, *, interactive: bool = False) -> SecretState:
        """Store a secret."""
        del interactive
        self._secrets[service, account] = secret
        return "found"

    async def delete(self, service: str, account: str, *, interactive: bool = False) -> SecretState:
        """Remove a secret."""
        del interactive
        self._secrets.pop((service, account), None)
        return "missing"


class KeyringStore(SecretStore):
    """Secrets in the keyring of this system, which is opened in a thread at first use.

    One call at a time; each waits for the one before it, too, at most 5 s in all (120 s when interactive) and answers
    "unavailable" after that. With CODEXBAR_DISABLE_KEYCHAIN_ACCESS set nothing is opened at all.

    Args:
        environ: The process environment.
        open_vault: Opens the keyring; raises UnavailableError when there is none. Default: that of this system.
        background_seconds: The time limit of calls that are not interactive.
    """

    def __init__(
        self,
        environ: Mapping[str, str] = os.environ,
        open_vault: Callable[[Mapping[str, str]], Vault] | None = None,
        *,
        background_seconds: float = BACKGROUND_SECONDS,
    ) -> None:
        self._environ = environ
        self._open_vault = open_vault or _open_system_vault
        self._background_seconds = background_seconds
        self._vault: Vault | None = None
        self._turn = asyncio.Lock()
        self._last: concurrent.futures.Future[SecretLookup] = concurrent.futures.Future()
        self._last.set_result(SecretLookup("missing"))

    async def get(self, service: str, account: str, *, interactive: bool = False) -> SecretLookup:
        """Look a secret up; a value whose pieces do not fit together counts as missing."""

        def read(vault: Vault) -> SecretLookup:
            text = read_whole(vault, service, account)
            return SecretLookup("missing") if text is None else SecretLookup("found", Secret(text))

        return await self._call(read, interactive=interactive)

    async def set(self, service: str, account: str, secret: Secret, *, interactive: bool = False) -> SecretState:
        """Store a secret, in several entries where the system limits their length."""

        def write(vault: Vault) -> SecretLookup:
            write_whole(vault, service, account, secret.reveal())
            return SecretLookup("found")

        return (await self._call(write, interactive=interactive)).state

    async def delete(self, service: str, account: str, *, interactive: bool = False) -> SecretState:
        """Remove a secret with all its pieces."""

        def remove(vault: Vault) -> SecretLookup:
            remove_whole(vault, service, account)
            return SecretLookup("missing")

        return (await self._call(remove, interactive=interactive)).state

    async def _call(self, action: Callable[[Vault], SecretLookup], *, interactive: bool) -> SecretLookup:
        if (self._environ.get("CODEXBAR_DISABLE_KEYCHAIN_ACCESS") or "").strip() not in ("", "0", "false"):
            return SecretLookup("unavailable")
        seconds = INTERACTIVE_SECONDS if interactive else self._background_seconds
        try:
            async with asyncio.timeout(seconds), self._turn:
                await asyncio.wrap_future(self._last)
                self._last = self._start(action, interactive)
                return await asyncio.wrap_future(self._last)
        except TimeoutError:
            return SecretLookup("unavailable")

    def _start(
        self, action: Callable[[Vault], SecretLookup], interactive: bool
    ) -> concurrent.futures.Future[SecretLookup]:
        future: concurrent.futures.Future[SecretLookup] = concurrent.futures.Future()
        future.set_running_or_notify_cancel()  # a waiter that gives up cannot cancel it any more

        def work() -> None:
            future.set_result(self._attempt(action, interactive))

        # A daemon: a keyring that never answers must not keep the program from ending.
        threading.Thread(target=work, name="keyring", daemon=True).start()
        return future

    def _attempt(self, action: Callable[[Vault], SecretLookup], interactive: bool) -> SecretLookup:
        try:
            if self._vault is None:
                self._vault = self._open_vault(self._environ)
            self._vault.check(interactive=interactive)
            return action(self._vault)
        except LockedError:
            return SecretLookup("locked")
        except Exception:  # backends raise what they like, and their texts may hold what must not be seen
            return SecretLookup("unavailable")


def read_whole(vault: Vault, service: str, account: str) -> str | None:
    """Return a value, put together from its pieces; None when it or a piece is missing or does not belong to it."""
    head = vault.read(service, account)
    if head is None or not head.startswith(_PIECES_MARK):
        return head
    count, digest = _parse_head(head)
    pieces = [vault.read(service, _piece(account, number)) for number in range(1, count + 1)]
    text = "".join(piece for piece in pieces if piece is not None)
    return text if count and _digest(text) == digest else None


def write_whole(vault: Vault, service: str, account: str, text: str) -> None:
    """Store a value; one too long for the vault goes into numbered entries, the first entry naming their count."""
    before = _count_pieces(vault, service, account)
    limit = vault.longest_value
    if not text.startswith(_PIECES_MARK) and (limit is None or _units(text) <= limit):
        vault.write(service, account, text)
        count = 0
    else:
        # Characters outside the basic plane take two units: half the limit always fits.
        size = max(1, (limit or _units(text)) if text.isascii() else (limit or _units(text)) // 2)
        pieces = [text[start : start + size] for start in range(0, len(text), size)]
        count = len(pieces)
        if count > MOST_PIECES:
            raise ValueError("too long for the keyring")
        for number, piece in enumerate(pieces, 1):
            vault.write(service, _piece(account, number), piece)
        vault.write(service, account, f"{_PIECES_MARK}{count}:{_digest(text)}")
    for number in range(count + 1, before + 1):
        vault.remove(service, _piece(account, number))


def remove_whole(vault: Vault, service: str, account: str) -> None:
    """Remove a value with its pieces."""
    for number in range(1, _count_pieces(vault, service, account) + 1):
        vault.remove(service, _piece(account, number))
    vault.remove(service, account)


def _count_pieces(vault: Vault, service: str, account: str) -> int:
    head = vault.read(service, account)
    return _parse_head(head)[0] if head is not None and head.startswith(_PIECES_MARK) else 0


def _parse_head(head: str) -> tuple[int, str]:
    count, _, digest = head.removeprefix(_PIECES_MARK).partition(":")
    return (int(count), digest) if count.isdecimal() and int(count) <= MOST_PIECES else (0, "")


def _piece(account: str, number: int) -> str:
    return f"{account}#{number}"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _open_system_vault(environ: Mapping[str, str]) -> Vault:
    from codexbar_qt.adapters.keyring_vault import open_vault  # loads keyring, in the thread

    return open_vault(environ)
