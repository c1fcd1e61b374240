"""Session cookies of an open Firefox, from `sessionstore-backups/recovery.jsonlz4`: they are in no table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_qt.adapters.browser_cookies.cookie_rules import FoundCookie, is_within, make_cookie, normalise_domain
from codexbar_qt.adapters.browser_cookies.firefox_cookies import stored_expiry
from codexbar_qt.adapters.browser_cookies.private_copy import copy_file
from codexbar_qt.adapters.browser_cookies.small_file import read_small

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from codexbar_qt.provider_api import Platform

LARGEST_FILE = 32 * 1024 * 1024
LARGEST_SESSION = 128 * 1024 * 1024
_MAGIC = b"mozLz40\0"
_MOST = 5_000


def read_firefox_session(path: Path, platform: Platform, domains: tuple[str, ...]) -> tuple[FoundCookie, ...]:
    """Read at most 5 000 cookies of normalised `domains` (and below); none where the file is damaged.

    Raises CopyError.
    """
    with copy_file(path, platform, most=LARGEST_FILE) as copy:
        text = unpack(read_small(copy, most=LARGEST_FILE) or b"")
    cookies = (_cookie(entry) for entry in _entries(text) if is_within(_host(entry), domains))
    found = [cookie for cookie in cookies if cookie is not None][:_MOST]
    return tuple(sorted(found, key=lambda one: one.is_partitioned))


def unpack(data: bytes) -> bytes:
    """Return what a `.jsonlz4` file holds: magic, size (4 bytes, little-endian), LZ4 block; b"" if damaged."""
    size = int.from_bytes(data[8:12], "little")
    if not data.startswith(_MAGIC) or len(data) < 13 or not 0 < size <= LARGEST_SESSION:
        return b""
    import cramjam

    try:
        return bytes(cramjam.lz4.decompress_block(data[12:], output_len=size))
    except cramjam.DecompressionError:
        return b""


def _entries(text: bytes) -> list[dict[str, object]]:
    """Return the entries of `cookies`; the tabs, by far the most of a session, are passed over unbuilt."""
    import msgspec

    class Session(msgspec.Struct):
        cookies: list[dict[str, object]] = []

    try:
        return msgspec.json.decode(text, type=Session).cookies
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return []


def _host(entry: Mapping[str, object]) -> str:
    host = entry.get("host")
    return normalise_domain(host) if isinstance(host, str) else ""


def _cookie(entry: Mapping[str, object]) -> FoundCookie | None:
    name, value, host, path = (entry.get(key, "") for key in ("name", "value", "host", "path"))
    if not (isinstance(name, str) and isinstance(value, str) and isinstance(host, str) and isinstance(path, str)):
        return None
    expiry = entry.get("expiry")
    attributes = entry.get("originAttributes")
    return make_cookie(
        name,
        value,
        host,
        path,
        secure=entry.get("secure") is True,
        expires_at=stored_expiry(int(expiry)) if isinstance(expiry, (int, float)) else None,
        is_partitioned=isinstance(attributes, dict) and any(attributes.values()),
    )
