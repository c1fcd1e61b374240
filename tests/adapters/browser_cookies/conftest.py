"""Makers of synthetic profiles, encrypted with known keys, and fakes of the systems' key stores."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import sqlite3
import struct
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from codexbar_qt.adapters.browser_cookies.catalogue import BY_ID
from codexbar_qt.adapters.browser_cookies.key_sources import (
    BrowserKeys,
    KeyState,
    PasswordLookup,
    StoredPassword,
    derive_key,
)
from codexbar_qt.adapters.browser_cookies.place import Place
from codexbar_qt.adapters.browser_cookies.profiles import find_profiles
from codexbar_qt.provider_api.browser import CookieQuery

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from codexbar_qt.adapters.browser_cookies.browser import Browser
    from codexbar_qt.adapters.browser_cookies.profiles import BrowserProfile
    from codexbar_qt.provider_api import Platform

NOW = datetime(2025, 3, 1, 12, 0, tzinfo=UTC)
FUTURE = datetime(2025, 9, 1, tzinfo=UTC)
PASSWORD = b"test-password-1"
WINDOWS_KEY = bytes(range(32))
DENIED = PasswordLookup("denied")


@dataclass
class Crypt:
    """Encrypts values as the browsers do."""

    schema: int = 24

    def body(self, value: str, host: str) -> bytes:
        text = value.encode()
        return hashlib.sha256(host.encode()).digest() + text if self.schema >= 24 else text

    def cbc(
        self, value: str, host: str, *, password: bytes = PASSWORD, prefix: bytes = b"v11", platform: Platform = "linux"
    ) -> bytes:
        plain = self.body(value, host)
        padding = 16 - len(plain) % 16
        encryptor = Cipher(AES(derive_key(password, platform)), CBC(b" " * 16)).encryptor()
        return prefix + encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()

    def gcm(self, value: str, host: str, *, key: bytes = WINDOWS_KEY, prefix: bytes = b"v10") -> bytes:
        return prefix + b"n" * 12 + AESGCM(key).encrypt(b"n" * 12, self.body(value, host), None)


@dataclass
class Row:
    """A row of Chromium's table; `expires` None is a session cookie."""

    host: str
    name: str
    value: str = ""
    encrypted: bytes = b""
    expires: datetime | None = FUTURE
    path: str = "/"
    partition: str = ""


def chrome_time(moment: datetime | None) -> int:
    return 0 if moment is None else int((moment.timestamp() + 11_644_473_600) * 1_000_000)


def write_chromium(path: Path, rows: list[Row], *, schema: int = 24, old: bool = False, wal: bool = False) -> Path:
    """Write a cookie database; `old` has the first column names, `wal` leaves the rows in the log only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    secure, http_only = ("secure", "httponly") if old else ("is_secure", "is_httponly")
    partition = "" if old else ", top_frame_site_key TEXT NOT NULL DEFAULT ''"
    connection = sqlite3.connect(path)
    if wal:
        connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE meta (key LONGVARCHAR NOT NULL UNIQUE PRIMARY KEY, value LONGVARCHAR)")
    connection.execute("INSERT INTO meta VALUES ('version', ?)", (str(schema),))
    connection.execute(
        f"CREATE TABLE cookies (creation_utc INTEGER, host_key TEXT, name TEXT, value TEXT, path TEXT,"
        f" expires_utc INTEGER, {secure} INTEGER, {http_only} INTEGER, encrypted_value BLOB DEFAULT ''{partition})"
    )
    connection.commit()
    if wal:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA wal_autocheckpoint=0")
    for row in rows:
        values: list[Any] = [row.host, row.name, row.value, row.path, chrome_time(row.expires), row.encrypted]
        names = f"host_key, name, value, path, expires_utc, encrypted_value, {secure}, {http_only}"
        if not old:
            names, values = names + ", top_frame_site_key", [*values[:6], row.partition]
        marks = "?, ?, ?, ?, ?, ?, 1, 1" + ("" if old else ", ?")
        connection.execute(f"INSERT INTO cookies ({names}) VALUES ({marks})", values)
    connection.commit()
    _close(connection, path, keep_log=wal)
    return path


@dataclass
class FoxRow:
    """A row of Firefox's table; `expiry` as it is stored."""

    host: str
    name: str
    value: str = "fox-1"
    expiry: int = int(FUTURE.timestamp())
    path: str = "/"
    attributes: str = ""


def write_firefox(path: Path, rows: list[FoxRow], *, version: int = 12, wal: bool = False) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path)
    if wal:
        connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(f"PRAGMA user_version={version}")
    connection.execute(
        "CREATE TABLE moz_cookies (id INTEGER PRIMARY KEY, originAttributes TEXT NOT NULL DEFAULT '', name TEXT,"
        " value TEXT, host TEXT, path TEXT, expiry INTEGER, isSecure INTEGER, isHttpOnly INTEGER)"
    )
    connection.commit()
    if wal:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA wal_autocheckpoint=0")
    connection.executemany(
        "INSERT INTO moz_cookies (originAttributes, name, value, host, path, expiry, isSecure, isHttpOnly)"
        " VALUES (?, ?, ?, ?, ?, ?, 1, 1)",
        [(row.attributes, row.name, row.value, row.host, row.path, row.expiry) for row in rows],
    )
    connection.commit()
    _close(connection, path, keep_log=wal)
    return path


def _close(connection: sqlite3.Connection, path: Path, *, keep_log: bool) -> None:
    """Close; with `keep_log` put the log back that SQLite merges on closing, as if the browser were still running."""
    kept = {}
    if keep_log:
        for ending in ("", "-wal", "-shm") if os.name == "posix" else ("", "-wal"):  # Windows locks the index itself
            file = path.with_name(path.name + ending)
            kept[file] = file.read_bytes()
    connection.close()
    for file, data in kept.items():
        file.write_bytes(data)


@dataclass
class SafariRow:
    """A record of Safari's file; `expiry` in seconds since 2001."""

    domain: str
    name: str
    value: str = "safari-1"
    path: str = "/"
    expiry: float = FUTURE.timestamp() - 978_307_200
    flags: int = 5

    def record(self) -> bytes:
        texts = b""
        offsets = []
        for text in (self.domain, self.name, self.path, self.value):
            offsets.append(56 + len(texts))
            texts += text.encode() + b"\0"
        head = struct.pack("<4I4I2I2d", 56 + len(texts), 0, self.flags, 0, *offsets, 0, 0, self.expiry, 0.0)
        return head + texts


def safari_page(records: list[bytes]) -> bytes:
    start = 8 + 4 * len(records) + 4
    offsets = []
    for record in records:
        offsets.append(start)
        start += len(record)
    head = b"\x00\x00\x01\x00" + struct.pack(f"<I{len(records)}I", len(records), *offsets) + b"\0\0\0\0"
    return head + b"".join(records)


def safari_file(*pages: bytes) -> bytes:
    sizes = struct.pack(f">I{len(pages)}I", len(pages), *(len(page) for page in pages))
    return b"cook" + sizes + b"".join(pages) + b"\0\0\0\x01" + b"\x07\x17\x20\x05" + b"\0\0\0\x4b"


@dataclass
class FakeSource:
    """A key store: `lookups` are the answers without a dialog, then with one."""

    silent: PasswordLookup
    with_dialog: PasswordLookup = DENIED
    asked: list[tuple[str, bool]] = field(default_factory=list)

    def find(self, browser: Browser, *, interactive: bool) -> PasswordLookup:
        self.asked.append((browser.id, interactive))
        return self.with_dialog if interactive else self.silent


def found(*passwords: bytes, item: str = "Test store: Safe Storage") -> PasswordLookup:
    return PasswordLookup("found", tuple(StoredPassword(password, item) for password in passwords))


def unprotect(blob: bytes) -> bytes | None:
    """Data protection of the tests: the blob without its first four bytes."""
    return blob[4:] if blob.startswith(b"box:") else None


class Lab:
    """One machine below a temporary folder, and the makers of what may lie there."""

    row = Row
    fox_row = FoxRow
    safari_row = SafariRow
    fake_source = FakeSource
    now = NOW
    future = FUTURE
    windows_key = WINDOWS_KEY
    write_chromium = staticmethod(write_chromium)
    write_firefox = staticmethod(write_firefox)
    safari_page = staticmethod(safari_page)
    safari_file = staticmethod(safari_file)
    found = staticmethod(found)
    unprotect = staticmethod(unprotect)

    def __init__(self, place: Place) -> None:
        self.place = place
        self.crypt = Crypt()

    def keys(self, *sources: FakeSource, state: KeyState = "missing") -> BrowserKeys:
        """Keys of this system; without sources one that answers with `state`."""
        chosen = sources or (FakeSource(PasswordLookup(state)),)
        return BrowserKeys(self.place.platform, chosen, unprotect if self.place.platform == "windows" else None)

    def profile(self, browser_id: str) -> BrowserProfile:
        """The only profile of a browser."""
        (profile,) = find_profiles(BY_ID[browser_id], self.place)
        return profile

    def query(self, *domains: str, host: str = "", names: tuple[str, ...] = ()) -> CookieQuery:
        return CookieQuery(domains or ("example.com",), bool, host=host, names=names)

    def local_state(self, root: Path, *, key: bytes = WINDOWS_KEY, **more: object) -> None:
        root.mkdir(parents=True, exist_ok=True)
        wrapped = base64.b64encode(b"DPAPIbox:" + key).decode()
        (root / "Local State").write_text(json.dumps({"os_crypt": {"encrypted_key": wrapped}, **more}))


@pytest.fixture
def make_lab(tmp_path: Path) -> Callable[..., Lab]:
    """Makes a machine of any system with its home in the temporary folder."""

    def make(platform: Platform = "linux", **env: str) -> Lab:
        home = tmp_path / "home"
        home.mkdir(exist_ok=True)
        return Lab(Place(platform, home, env.get, root=tmp_path / "root", program=tmp_path / "app"))

    return make


@pytest.fixture
def linux(make_lab: Callable[..., Lab]) -> Lab:
    return make_lab("linux")


@pytest.fixture
def macos(make_lab: Callable[..., Lab]) -> Lab:
    return make_lab("macos")


@pytest.fixture
def windows(make_lab: Callable[..., Lab]) -> Lab:
    return make_lab("windows")


@pytest.fixture
def fingerprint() -> Callable[[Path], dict[str, tuple[int, int, str]]]:
    """Describes every file and folder: size, time of change, hash."""

    def describe(folder: Path) -> dict[str, tuple[int, int, str]]:
        described = {}
        for path in sorted(folder.rglob("*")):
            info = path.lstat()
            digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
            described[str(path.relative_to(folder))] = (info.st_size, info.st_mtime_ns, digest)
        return described

    return describe


@pytest.fixture
def corrupt() -> Callable[[Path, str], None]:
    """Breaks a database file in one of several ways."""

    def break_it(path: Path, how: str) -> None:
        data = path.read_bytes()
        if how == "empty":
            path.write_bytes(b"")
        elif how == "text":
            path.write_text("this is no database\n" * 400)
        elif how == "half":
            path.write_bytes(data[: len(data) // 2])
        elif how == "holes":
            path.write_bytes(data[:100] + b"\xff" * (len(data) - 100))
        elif how == "no table":
            with closing(sqlite3.connect(path)) as connection:
                connection.execute("DROP TABLE " + ("cookies" if path.name == "Cookies" else "moz_cookies"))
                connection.commit()

    return break_it
