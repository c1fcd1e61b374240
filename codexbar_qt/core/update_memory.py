"""What the app remembers about versions between two runs: one small file in the data folder."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from codexbar_qt.core.private_file import PrivateFile

if TYPE_CHECKING:
    from pathlib import Path

    from codexbar_qt.core.private_file import FileCalls

FILE_NAME = "updates.json"
_FORMAT = 1
_MAX_BYTES = 4096
_LOCK_SECONDS = 2.0
_log = logging.getLogger(__name__)


class VersionMemory(msgspec.Struct, frozen=True):
    """`ran` is the version that ran last, `before` the one before it, `is_news` until people saw what is new.

    `checked_at` is when the list of releases was read last, `found` the tag of the newest release then, "" for none.
    """

    format: int = _FORMAT
    ran: str = ""
    before: str = ""
    is_news: bool = False
    checked_at: datetime | None = None
    found: str = ""


class VersionMemoryFile:
    """Both methods block: call them from a thread. Neither ever raises; what cannot be used counts as nothing."""

    def __init__(self, path: Path, calls: FileCalls | None = None) -> None:
        self._file = PrivateFile(path, calls, lock_seconds=_LOCK_SECONDS)

    def load(self) -> VersionMemory:
        """Return what was remembered; the file of a newer version counts as nothing and is made anew."""
        try:
            found = self._file.read(_MAX_BYTES)
            if found is None or len(found[0]) > _MAX_BYTES:
                return VersionMemory()
            memory = msgspec.json.decode(found[0], type=VersionMemory)
        except (OSError, msgspec.MsgspecError, RecursionError):
            return VersionMemory()
        has_zone = memory.checked_at is None or memory.checked_at.utcoffset() is not None
        return memory if memory.format == _FORMAT and has_zone else VersionMemory()

    def save(self, memory: VersionMemory) -> None:
        """Replace what was remembered."""
        try:
            with self._file.locked():
                self._file.write(msgspec.json.encode(memory))
        except (OSError, NotImplementedError) as error:  # the latter: a file system without locks
            _log.info("What is known of versions could not be saved: %s", type(error).__name__)
