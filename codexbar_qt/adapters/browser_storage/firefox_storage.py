"""Local storage of the Firefox family: one SQLite file per origin and container.

Source: `dom/localstorage/ActorsParent.cpp` and `LSValue.h` of Firefox, and its `OriginAttributes`. Until schema 4
(Firefox 79) values were UTF-8 always.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from codexbar_qt.adapters.browser_storage.leveldb_format import DamagedData, unpack_snappy
from codexbar_qt.adapters.browser_storage.reading import LONGEST_STORED, LONGEST_TEXT
from codexbar_qt.adapters.browser_storage.source import StorageSource, folder_names
from codexbar_qt.adapters.browser_storage.sqlite_rows import read_rows, table_columns
from codexbar_qt.provider_api import Secret
from codexbar_qt.provider_api.browser import StoredEntry

if TYPE_CHECKING:
    from pathlib import Path

    from codexbar_qt.adapters.browser_storage.reading import Reading

_ORIGIN = re.compile(r"https\+\+\+(?P<host>[^+^]+)(?:\+\d{1,5})?(?P<attributes>\^.*)?")
_MOST_ORIGINS = 100
_UTF16, _UTF8 = 0, 1
_PLAIN, _SNAPPY = 0, 1


def find_firefox_sources(profile: Path, hosts: tuple[str, ...]) -> list[StorageSource]:
    """Return the databases of `hosts`: those of the default container first, partitioned ones last. Raises OSError."""
    folder = profile / "storage" / "default"
    found: list[tuple[int, int, str]] = []
    for name in folder_names(folder):
        match = _ORIGIN.fullmatch(name)
        if match is not None and match["host"] in hosts and (rank := _rank(match["attributes"] or "")) is not None:
            found.append((rank, hosts.index(match["host"]), name))
    return [
        StorageSource(folder / name / "ls" / "data.sqlite", False, partial(_read_origin, hosts[place]))
        for _, place, name in sorted(found)[:_MOST_ORIGINS]
    ]


def _rank(attributes: str) -> int | None:
    """Return 0 for the default container, 1 for others, 2 for storage inside other sites' pages, None for private."""
    if "privateBrowsingId=" in attributes:
        return None
    if "partitionKey=" in attributes or "firstPartyDomain=" in attributes:
        return 2
    return 1 if attributes else 0


def _read_origin(host: str, copy: Path, reading: Reading) -> list[StoredEntry]:
    columns = table_columns(copy, "data", reading)
    if {"key", "value", "conversion_type", "compression_type"} <= columns:
        how = "conversion_type, compression_type"
    elif {"key", "value", "compressed"} <= columns:
        how = f"{_UTF8}, compressed"
    else:
        return []
    sql = f"SELECT key, value, {how} FROM data WHERE length(value) <= {LONGEST_STORED}"  # noqa: S608  # constants
    entries: list[StoredEntry] = []
    for key, value, conversion, compression in read_rows(copy, sql, reading):
        if not isinstance(key, bytes) or not isinstance(value, bytes):
            continue
        try:
            text = _decode(value, conversion, compression)
        except DamagedData:
            reading.damaged += 1
            continue
        if len(key) <= LONGEST_TEXT and len(text) <= LONGEST_TEXT:
            entries.append(StoredEntry("local", host, key.decode("utf-8", "replace"), Secret(text)))
    return entries


def _decode(value: bytes, conversion: object, compression: object) -> str:
    if compression == _SNAPPY:
        value = unpack_snappy(value, 2 * LONGEST_STORED)
    elif compression != _PLAIN:
        raise DamagedData
    if conversion == _UTF8:
        return value.decode("utf-8", "replace")
    if conversion != _UTF16 or len(value) % 2:
        raise DamagedData
    return value.decode("utf-16-le", "replace")
