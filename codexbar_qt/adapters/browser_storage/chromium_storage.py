"""Decodes Chromium's local storage and session storage, which lie in LevelDB unencrypted.

Source: `components/services/storage/dom_storage` (local_storage_impl, session_storage_metadata) and blink's
`cached_storage_area` of Chromium.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_qt.adapters.browser_storage.leveldb_folder import read_newest
from codexbar_qt.adapters.browser_storage.origin import host_of, is_partitioned
from codexbar_qt.adapters.browser_storage.reading import LONGEST_TEXT, MOST_ENTRIES
from codexbar_qt.provider_api import Secret
from codexbar_qt.provider_api.browser import StoredEntry

if TYPE_CHECKING:
    from pathlib import Path

    from codexbar_qt.adapters.browser_storage.reading import Reading

_NAMESPACE = b"namespace-"
_MOST_MAPS = 500
_UTF16, _LATIN1 = 0, 1


def read_local_storage(folder: Path, hosts: tuple[str, ...], reading: Reading) -> list[StoredEntry]:
    """Return the entries of `hosts` in the copy of a `Local Storage/leveldb`, the latest first.

    Those that a site stored inside another site's page come last. Raises OSError and StorageUnreadable.
    """
    own: list[StoredEntry] = []
    partitioned: list[StoredEntry] = []
    for key, value in read_newest(folder, reading, tuple(f"_https://{host}".encode() for host in hosts)):
        storage_key, _, encoded_name = key[1:].partition(b"\0")
        origin = storage_key.decode("utf-8", "replace")
        host, name, text = host_of(origin), decode_text(encoded_name), decode_text(value)
        if host in hosts and name is not None and text is not None:
            entries = partitioned if is_partitioned(origin) else own
            entries.append(StoredEntry("local", host, name, Secret(text)))
    return [*own, *partitioned][:MOST_ENTRIES]


def read_session_storage(folder: Path, hosts: tuple[str, ...], reading: Reading) -> list[StoredEntry]:
    """Return the entries of `hosts` in the copy of a `Session Storage`, of all tabs, the latest first.

    Raises OSError and StorageUnreadable.
    """
    maps = _find_maps(folder, hosts, reading)
    entries: list[StoredEntry] = []
    if not maps:
        return entries
    for key, value in read_newest(folder, reading, tuple(maps)):
        prefix = key[: key.index(b"-", len(b"map-")) + 1]
        name, text = key[len(prefix) :].decode("utf-8", "replace"), _decode_utf16(value)
        if len(name) <= LONGEST_TEXT and text is not None:
            entries.append(StoredEntry("session", maps[prefix], name, Secret(text)))
    return entries[:MOST_ENTRIES]


def _find_maps(folder: Path, hosts: tuple[str, ...], reading: Reading) -> dict[bytes, str]:
    """Return `map-<number>-` with its host: rows `namespace-<guid>-<origin>` hold the number."""
    maps: dict[bytes, str] = {}
    for key, number in read_newest(folder, reading, (_NAMESPACE,)):
        _, scheme, rest = key.partition(b"-https://")
        host = host_of((scheme[1:] + rest).decode("utf-8", "replace"))
        if host in hosts and number.isdigit() and len(maps) < _MOST_MAPS:
            maps[b"map-%s-" % number] = host
    return maps


def decode_text(data: bytes) -> str | None:
    """Return the text behind one byte that tells the encoding; None when it is not one or too long."""
    if not data:
        return None
    if data[0] == _UTF16:
        return _decode_utf16(data[1:])
    return data[1:].decode("latin-1") if data[0] == _LATIN1 and len(data) <= LONGEST_TEXT + 1 else None


def _decode_utf16(data: bytes) -> str | None:
    if len(data) % 2 or len(data) > 2 * LONGEST_TEXT:
        return None
    return data.decode("utf-16-le", "replace")
