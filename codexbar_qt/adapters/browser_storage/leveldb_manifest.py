"""Which files of a LevelDB directory are obsolete: replaced by others, but not removed yet.

A compaction drops deletions together with what they deleted. A replaced table that was left behind would bring such an
entry back, and its sequence number alone cannot tell. Source: `db/version_edit.cc` and `doc/impl.md` of LevelDB.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codexbar_qt.adapters.browser_storage.leveldb_format import DamagedData, read_slice, read_varint
from codexbar_qt.adapters.browser_storage.leveldb_log import read_batches
from codexbar_qt.adapters.browser_storage.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

DATA_FILE = re.compile(r"(\d{1,18})\.(log|ldb|sst)")
_CURRENT = re.compile(rb"(MANIFEST-\d{1,18})\n?")
_COMPARATOR, _LOG, _NEXT_FILE, _LAST_SEQUENCE, _COMPACT_POINTER, _DELETED, _NEW, _PREVIOUS_LOG = 1, 2, 3, 4, 5, 6, 7, 9


def is_database_file(name: str) -> bool:
    """Whether a file belongs to the content of a LevelDB directory: log, table or manifest."""
    return name == "CURRENT" or name.startswith("MANIFEST-") or DATA_FILE.fullmatch(name) is not None


@dataclass(slots=True)
class _Version:
    log: int = 0
    previous_log: int = 0
    tables: set[int] = field(default_factory=set)


def find_obsolete(folder: Path, names: Collection[str], reading: Reading) -> frozenset[str]:
    """Return those of `names` that the manifest has replaced by others.

    Empty when there is no manifest, when it is damaged, or when it speaks of tables that are not here: then every file
    counts, which at worst shows an old entry.
    """
    edits = Reading(reading.given_up)
    try:
        version = _read_version(folder, edits)
    except (DamagedData, OSError):
        return frozenset()
    numbers = {name: int(match[1]) for name in names if (match := DATA_FILE.fullmatch(name))}
    if edits.damaged or not version.tables <= set(numbers.values()):
        return frozenset()
    newest = max(version.tables, default=0)
    return frozenset(name for name, number in numbers.items() if _is_obsolete(name, number, version, newest))


def _is_obsolete(name: str, number: int, version: _Version, newest: int) -> bool:
    """A table with a number above all known ones may be younger than the manifest we saw."""
    if name.endswith(".log"):
        return number < version.log and number != version.previous_log
    return number not in version.tables and number < newest


def _read_version(folder: Path, reading: Reading) -> _Version:
    with (folder / "CURRENT").open("rb") as file:
        match = _CURRENT.fullmatch(file.read(64))
    if match is None:
        raise DamagedData
    version = _Version()
    with (folder / match[1].decode("ascii")).open("rb") as file:
        for edit in read_batches(file, reading):
            _apply(edit, version)
    return version


def _apply(edit: bytes, version: _Version) -> None:
    position = 0
    while position < len(edit):
        tag, position = read_varint(edit, position)
        if tag == _COMPARATOR:
            _, position = read_slice(edit, position)
        elif tag in (_LOG, _NEXT_FILE, _LAST_SEQUENCE, _PREVIOUS_LOG):
            number, position = read_varint(edit, position)
            if tag == _LOG:
                version.log = number
            elif tag == _PREVIOUS_LOG:
                version.previous_log = number
        else:
            position = _apply_file(tag, edit, position, version)


def _apply_file(tag: int, edit: bytes, position: int, version: _Version) -> int:
    _level, position = read_varint(edit, position)
    if tag == _COMPACT_POINTER:
        return read_slice(edit, position)[1]
    number, position = read_varint(edit, position)
    if tag == _DELETED:
        version.tables.discard(number)
    elif tag == _NEW:
        _size, position = read_varint(edit, position)
        _smallest, position = read_slice(edit, position)
        _largest, position = read_slice(edit, position)
        version.tables.add(number)
    else:
        raise DamagedData
    return position
