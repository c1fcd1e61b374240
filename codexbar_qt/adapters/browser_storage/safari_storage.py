"""Local storage of Safari: folders named by hashes, each with a file that tells whose it is, and an SQLite file.

Source: WebKit's `OriginStorageManager`, `SQLiteStorageArea` and persistent coders (strings behind a length of four
bytes and one byte that is 1 for 8-bit characters).
"""

from __future__ import annotations

import re
import struct
from functools import partial
from typing import TYPE_CHECKING

from codexbar_qt.adapters.browser_cookies.small_file import read_small
from codexbar_qt.adapters.browser_storage.leveldb_format import DamagedData
from codexbar_qt.adapters.browser_storage.reading import LONGEST_TEXT
from codexbar_qt.adapters.browser_storage.source import StorageSource, folder_names
from codexbar_qt.adapters.browser_storage.sqlite_rows import read_rows, table_columns
from codexbar_qt.provider_api import Secret
from codexbar_qt.provider_api.browser import StoredEntry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from codexbar_qt.adapters.browser_storage.reading import Reading

_LARGEST_ORIGIN = 4096
_STRING = struct.Struct("<IB")
_ANY_ORIGIN = re.compile(rb"https(?:://|[^A-Za-z0-9.\-]{1,9})([A-Za-z0-9.\-]+)")


def find_safari_sources(folder: Path, hosts: tuple[str, ...]) -> list[StorageSource]:
    """Return the databases of `hosts` below a container's Library folder or a folder of `WebsiteDataStore`.

    A site's own storage goes before the one it has inside other sites' pages. Raises OSError: macOS lists nothing
    without Full Disk Access.
    """
    found: list[tuple[bool, int, Path]] = []
    for root in (folder / "WebKit" / "WebsiteData" / "Default", folder / "Origins"):
        for place, is_partitioned in _storage_folders(root):
            host = client_host(read_small(place / "origin", most=_LARGEST_ORIGIN) or b"")
            if host in hosts:
                found.append((is_partitioned, hosts.index(host), place))
    return [
        StorageSource(place / "LocalStorage" / "localstorage.sqlite3", False, partial(_read_origin, hosts[index]))
        for _, index, place in sorted(found)
    ]


def _storage_folders(root: Path) -> Iterator[tuple[Path, bool]]:
    """Give folders named <page>/<frame>, and whether the two differ."""
    for page in folder_names(root):
        for frame in folder_names(root / page):
            if frame != "origin":
                yield root / page / frame, page != frame


def client_host(data: bytes) -> str | None:
    """Return the host that an `origin` file gives to the frame, of which it also names the page; None unless https."""
    try:
        _, _, position = _read_origin_name(data, 0)
        scheme, host, _ = _read_origin_name(data, position)
    except DamagedData:  # an unknown form; what stands last is the frame's
        names = _ANY_ORIGIN.findall(data)
        return names[-1].decode("ascii").lower() if names else None
    return host.lower() if scheme == "https" else None


def _read_origin_name(data: bytes, position: int) -> tuple[str, str, int]:
    """Return scheme, host and the position after the optional port. Raises DamagedData."""
    scheme, position = _read_string(data, position)
    host, position = _read_string(data, position)
    if position >= len(data) or data[position] > 1:
        raise DamagedData
    return scheme, host, position + (3 if data[position] else 1)


def _read_string(data: bytes, position: int) -> tuple[str, int]:
    if position + _STRING.size > len(data):
        raise DamagedData
    length, is_8bit = _STRING.unpack_from(data, position)
    start = position + _STRING.size
    end = start + length * (1 if is_8bit else 2)
    if is_8bit > 1 or end > len(data):
        raise DamagedData
    return data[start:end].decode("latin-1" if is_8bit else "utf-16-le", "replace"), end


def _read_origin(host: str, copy: Path, reading: Reading) -> list[StoredEntry]:
    if not {"key", "value"} <= table_columns(copy, "ItemTable", reading):
        return []
    sql = f"SELECT key, value FROM ItemTable WHERE length(value) <= {2 * LONGEST_TEXT}"  # noqa: S608  # constants
    entries: list[StoredEntry] = []
    for key, value in read_rows(copy, sql, reading):
        if not isinstance(key, bytes) or not isinstance(value, bytes) or len(key) > LONGEST_TEXT:
            continue
        if len(value) % 2:
            reading.damaged += 1
            continue
        text = Secret(value.decode("utf-16-le", "replace"))
        entries.append(StoredEntry("local", host, key.decode("utf-8", "replace"), text))
    return entries
