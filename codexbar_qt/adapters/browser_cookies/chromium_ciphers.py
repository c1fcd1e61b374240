"""Opens the encrypted values of Chromium's cookies: AES-CBC on Linux and macOS, AES-GCM and DPAPI on Windows.

On Linux and macOS the value itself is decrypted by pycookiecheat. It checks neither the padding nor the hash of the
host, so both are checked here first: from them one sees whether a key is the right one.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from itertools import chain
from typing import TYPE_CHECKING, Literal, Protocol

from codexbar_qt.adapters.browser_cookies.cookie_rules import is_sendable
from codexbar_qt.adapters.browser_cookies.key_sources import CookieKey
from codexbar_qt.adapters.browser_cookies.small_file import read_small

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from codexbar_qt.adapters.browser_cookies.key_sources import BrowserKeys, KeySearch

Obstacle = Literal["needs_key", "wrong_key", "app_bound", "sandbox_key"]
HASHED_SCHEMA = 24
_IV = b" " * 16
_HASH = 32
_NONCE = 12
_TAG = 16
_PREFIX = re.compile(rb"v[0-9]{2}")


class CipherError(Exception):
    """A value could not be opened.

    `obstacle`: "needs_key" (no key at hand); "wrong_key" (none of the keys fits, or the value is damaged);
    "app_bound" (Windows `v20`: for the browser alone); "sandbox_key" (Linux `v12`: for the browser's sandbox alone).
    """

    def __init__(self, obstacle: Obstacle) -> None:
        super().__init__(obstacle)
        self.obstacle: Obstacle = obstacle


class ValueCipher(Protocol):
    """Opens the values of one profile."""

    def open_value(self, encrypted: bytes, host_key: bytes, schema: int) -> str:
        """Return the text of an `encrypted_value`. Raises CipherError."""
        ...


class PasswordCipher:
    """Linux and macOS. `used` collects the items whose keys opened a value."""

    def __init__(self, keys: BrowserKeys, search: KeySearch) -> None:
        self._platform = keys.platform
        self._search = search
        self._fixed = CookieKey(keys.derive(b"peanuts"))
        self._empty = CookieKey(keys.derive(b""))
        self.used: set[str] = set()

    def open_value(self, encrypted: bytes, host_key: bytes, schema: int) -> str:
        """Return the text of an `encrypted_value`; without a prefix it is plain. Raises CipherError."""
        prefix = encrypted[:3]
        if not _PREFIX.fullmatch(prefix):
            return _text(encrypted)
        if self._platform == "linux" and prefix == b"v12":
            raise CipherError("sandbox_key")
        for key in self._keys_for(prefix):
            value = open_cbc(encrypted, key.key, host_key, schema)
            if value is not None:
                if key.item:
                    self.used.add(key.item)
                return value
        needs_search = prefix == (b"v10" if self._platform == "macos" else b"v11")
        raise CipherError("needs_key" if needs_search and self._search.state != "found" else "wrong_key")

    def _keys_for(self, prefix: bytes) -> Iterable[CookieKey]:
        if self._platform == "macos":
            return self._search if prefix == b"v10" else ()
        if prefix == b"v10":
            return (self._fixed, self._empty)
        return chain(self._search, (self._empty,)) if prefix == b"v11" else ()


def open_cbc(encrypted: bytes, key: bytes, host_key: bytes, schema: int) -> str | None:
    """Open a `v10` or `v11` value with AES-128-CBC; None when key, host or value do not belong together."""
    body = encrypted[3:]
    if not body or len(body) % 16 or not _fits(body, key, host_key, schema):
        return None
    from pycookiecheat.chrome import chrome_decrypt  # type: ignore[import-untyped]  # ships no types

    try:
        value: str = chrome_decrypt(encrypted, key, _IV, schema)
    except UnicodeDecodeError:
        return None
    return value if is_sendable(value) else None  # a wrong key that passes the padding by chance does not pass this


def _fits(body: bytes, key: bytes, host_key: bytes, schema: int) -> bool:
    """Check the padding (last block), and from schema 24 on the hash of the host (first two blocks)."""
    last = _open_blocks(key, (_IV + body)[-32:-16], body[-16:])
    padding = last[-1]
    if not 1 <= padding <= 16 or last[-padding:] != bytes([padding]) * padding:
        return False
    if schema < HASHED_SCHEMA:
        return True
    return len(body) > _HASH and _open_blocks(key, _IV, body[:_HASH]) == hashlib.sha256(host_key).digest()


def _open_blocks(key: bytes, vector: bytes, blocks: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import CBC

    decryptor = Cipher(AES(key), CBC(vector)).decryptor()
    return decryptor.update(blocks) + decryptor.finalize()


class WindowsCipher:
    """Windows. `root` holds `Local State`, whose key is unwrapped when the first `v10` value wants it."""

    def __init__(self, keys: BrowserKeys, root: Path) -> None:
        self._unprotect = keys.unprotect
        self._state = root / "Local State"
        self._key: bytes | None = None
        self._asked = False
        self.used: set[str] = set()

    def open_value(self, encrypted: bytes, host_key: bytes, schema: int) -> str:
        """Return the text of an `encrypted_value`; without a prefix it is a DPAPI blob. Raises CipherError."""
        prefix = encrypted[:3]
        if prefix == b"v20":
            raise CipherError("app_bound")
        if prefix == b"v10":
            return _check_host(self._open_gcm(encrypted), host_key, schema)
        if _PREFIX.fullmatch(prefix):
            raise CipherError("wrong_key")
        plain = self._unprotect(encrypted) if self._unprotect else None
        if plain is None:
            raise CipherError("wrong_key" if self._unprotect else "needs_key")
        self.used.add("DPAPI")
        return _check_host(plain, host_key, schema)

    def _open_gcm(self, encrypted: bytes) -> bytes:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        key = self._unwrapped_key()
        if len(encrypted) < 3 + _NONCE + _TAG:
            raise CipherError("wrong_key")
        try:
            return AESGCM(key).decrypt(encrypted[3 : 3 + _NONCE], encrypted[3 + _NONCE :], None)
        except InvalidTag:
            raise CipherError("wrong_key") from None

    def _unwrapped_key(self) -> bytes:
        if not self._asked:
            self._asked = True
            blob = read_wrapped_key(self._state)
            plain = self._unprotect(blob) if blob is not None and self._unprotect else None
            self._key = plain if plain is not None and len(plain) == 32 else None
        if self._key is None:
            raise CipherError("needs_key")
        self.used.add(f"DPAPI: {self._state}")
        return self._key


def read_wrapped_key(local_state: Path) -> bytes | None:
    """Return `os_crypt.encrypted_key` of a `Local State` file as DPAPI wants it; None when there is none."""
    try:
        text = json.loads(read_small(local_state) or b"null")["os_crypt"]["encrypted_key"]
        blob = base64.b64decode(text, validate=True)
    except (ValueError, LookupError, TypeError, RecursionError, binascii.Error):
        return None
    return blob[5:] if blob.startswith(b"DPAPI") else None


def _check_host(plain: bytes, host_key: bytes, schema: int) -> str:
    if schema < HASHED_SCHEMA:
        return _text(plain)
    if plain[:_HASH] != hashlib.sha256(host_key).digest():
        raise CipherError("wrong_key")
    return _text(plain[_HASH:])


def _text(plain: bytes) -> str:
    try:
        return plain.decode("utf-8")
    except UnicodeDecodeError:
        raise CipherError("wrong_key") from None
