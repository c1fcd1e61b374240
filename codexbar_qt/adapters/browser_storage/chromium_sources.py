"""Where a Chromium profile keeps the storage of pages. Source: the folders of current and older releases."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from codexbar_qt.adapters.browser_storage.chromium_indexed import read_indexed
from codexbar_qt.adapters.browser_storage.chromium_storage import read_local_storage, read_session_storage
from codexbar_qt.adapters.browser_storage.source import StorageSource, folder_names

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from codexbar_qt.adapters.browser_storage.reading import Reading
    from codexbar_qt.provider_api.browser import StorageKind, StoredEntry

_INDEXED = re.compile(r"https_(?P<host>.+)_\d{1,5}\.indexeddb\.leveldb")


def find_chromium_sources(profile: Path, kind: StorageKind, hosts: tuple[str, ...]) -> list[StorageSource]:
    """Return the databases of a kind that may hold entries of `hosts`, in the order of the hosts. Raises OSError."""
    if kind == "local":
        return [StorageSource(profile / "Local Storage" / "leveldb", True, _for_hosts(read_local_storage, hosts))]
    if kind == "session":
        return [StorageSource(profile / "Session Storage", True, _for_hosts(read_session_storage, hosts))]
    folder = profile / "IndexedDB"
    matches = [match for name in folder_names(folder) if (match := _INDEXED.fullmatch(name))]
    return [
        StorageSource(folder / match[0], True, partial(_read_indexed, host))
        for host in hosts
        for match in matches
        if match["host"] == host
    ]


def _for_hosts(
    read: Callable[[Path, tuple[str, ...], Reading], list[StoredEntry]], hosts: tuple[str, ...]
) -> Callable[[Path, Reading], list[StoredEntry]]:
    return lambda copy, reading: read(copy, hosts, reading)


def _read_indexed(host: str, copy: Path, reading: Reading) -> list[StoredEntry]:
    return read_indexed(copy, host, reading)
