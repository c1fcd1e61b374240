"""A LevelDB directory as a whole: logs and tables together; of a key the highest sequence number counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_qt.adapters.browser_storage.leveldb_log import read_log
from codexbar_qt.adapters.browser_storage.leveldb_manifest import DATA_FILE, find_obsolete
from codexbar_qt.adapters.browser_storage.leveldb_table import read_table
from codexbar_qt.adapters.browser_storage.problem import StorageUnreadable
from codexbar_qt.adapters.browser_storage.reading import LONGEST_STORED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from codexbar_qt.adapters.browser_storage.leveldb_format import Record
    from codexbar_qt.adapters.browser_storage.reading import Reading

MOST_KEPT_BYTES = 32 * 1024 * 1024
_BYTES_PER_KEY = 256
"""What an entry costs beside its key and value."""


def read_records(folder: Path, reading: Reading, prefixes: tuple[bytes, ...] | None = None) -> Iterator[Record]:
    """Give every version of every key that begins with one of `prefixes` (None: of every key), in no order.

    `folder` is a private copy. With None the files may be of any comparator. Raises OSError.
    """
    names = sorted(path.name for path in folder.iterdir() if DATA_FILE.fullmatch(path.name))
    for name in sorted(set(names) - find_obsolete(folder, names, reading)):
        with (folder / name).open("rb") as file:
            records = read_log(file, reading) if name.endswith(".log") else read_table(file, reading, prefixes)
            for record in records:
                if prefixes is None or record[0].startswith(prefixes):
                    yield record


def read_newest(folder: Path, reading: Reading, prefixes: tuple[bytes, ...]) -> list[tuple[bytes, bytes]]:
    """Return keys with their current values, the ones written last first; deleted keys are left out.

    So are keys and values above LONGEST_STORED; they hide older values all the same. Raises OSError, and
    StorageUnreadable ("too_large") when more than 32 MiB would have to be kept.
    """
    newest: dict[bytes, tuple[int, bytes | None]] = {}
    kept = 0
    for key, sequence, value in read_records(folder, reading, prefixes):
        before = newest.get(key)
        if len(key) > LONGEST_STORED or (before is not None and before[0] >= sequence):
            continue
        if value is not None and len(value) > LONGEST_STORED:
            value = None  # noqa: PLW2901  # absent from here on
        kept += len(value or b"") - len((before[1] if before else b"") or b"")
        kept += 0 if before else len(key) + _BYTES_PER_KEY
        if kept > MOST_KEPT_BYTES:
            raise StorageUnreadable("too_large")
        newest[key] = (sequence, value)
    ranked = sorted(newest.items(), key=lambda item: -item[1][0])
    return [(key, value) for key, (_, value) in ranked if value is not None]
