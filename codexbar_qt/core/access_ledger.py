"""Which secret sources of browsers were read, for whom, when, with which result. Never what was in them."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from codexbar_qt.core.browser_access import AccessRecord
from codexbar_qt.core.private_file import PrivateFile

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from codexbar_qt.core.ports import ReadSource
    from codexbar_qt.core.private_file import FileCalls

_log = logging.getLogger(__name__)
MOST_RECORDS = 200
_LONGEST_ITEM = 300
_MAX_BYTES = 512 * 1024
_LOCK_SECONDS = 2.0


class AccessLedger:
    """At most 200 records, the latest first; equal readings are counted in one. Nothing here raises.

    `path` None keeps them in memory only. Several processes may write to one file: each adds what it has read.
    """

    def __init__(self, path: Path | None = None, calls: FileCalls | None = None) -> None:
        self._file = None if path is None else PrivateFile(path, calls, lock_seconds=_LOCK_SECONDS)
        self._records: tuple[AccessRecord, ...] = ()
        self._unsaved: tuple[AccessRecord, ...] = ()
        self._turn = asyncio.Lock()

    @property
    def records(self) -> tuple[AccessRecord, ...]:
        """What is known in this process: its own readings, and those of the file as of the last `sync`."""
        return self._records

    def add(self, sources: Iterable[ReadSource], provider_id: str, at: datetime) -> None:
        """Note what was read; `sync` makes it last."""
        new = [
            AccessRecord(source.what, source.item[:_LONGEST_ITEM], provider_id, at, source.result) for source in sources
        ]
        self._records = _merged(self._records, new)
        self._unsaved = _merged(self._unsaved, new)

    async def sync(self) -> bool:
        """Read what others wrote and write what is new here; whether `records` changed."""
        if self._file is None:
            return False
        async with self._turn:
            before, own = self._records, self._unsaved
            self._unsaved = ()
            found = await asyncio.to_thread(self._merge_into_file, self._file, own)
            if found is None:
                self._unsaved = _merged(own, self._unsaved)
                return False
            self._records = _merged(found, self._unsaved)
            return self._records != before

    def _merge_into_file(self, file: PrivateFile, new: tuple[AccessRecord, ...]) -> tuple[AccessRecord, ...] | None:
        try:
            if not new:
                return _read(file)
            with file.locked():
                records = _merged(_read(file), new)
                file.write(msgspec.json.encode(records))
        except (OSError, TimeoutError) as error:
            _log.info("The access ledger could not be saved: %s", type(error).__name__)
            return None
        return records


def _read(file: PrivateFile) -> tuple[AccessRecord, ...]:
    """Return the records of the file; what cannot be used counts as none."""
    found = file.read(_MAX_BYTES)
    if found is None or len(found[0]) > _MAX_BYTES:
        return ()
    try:
        records = msgspec.json.decode(found[0], type=tuple[AccessRecord, ...])
    except (msgspec.MsgspecError, RecursionError):
        return ()
    return _merged((), (record for record in records if record.at.utcoffset() is not None))


def _merged(old: tuple[AccessRecord, ...], new: Iterable[AccessRecord]) -> tuple[AccessRecord, ...]:
    kept = {_key(record): record for record in old}
    for record in new:
        known = kept.get(_key(record))
        if known is not None:
            record = replace(record, at=max(record.at, known.at), times=record.times + known.times)  # noqa: PLW2901
        kept[_key(record)] = record
    return tuple(sorted(kept.values(), key=lambda record: record.at, reverse=True)[:MOST_RECORDS])


def _key(record: AccessRecord) -> tuple[str, str, str, str]:
    return record.what, record.item, record.provider_id, record.result
