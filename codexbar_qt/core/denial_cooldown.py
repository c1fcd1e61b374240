"""After people refused a browser's key, the Chromium family is left alone for 6 hours, across restarts."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from codexbar_qt.core.json_document import DocumentError, decode_object, encode_object
from codexbar_qt.core.private_file import PrivateFile

if TYPE_CHECKING:
    from pathlib import Path

    from codexbar_qt.core.private_file import FileCalls
    from codexbar_qt.provider_api import Clock

_log = logging.getLogger(__name__)
COOL_DOWN = timedelta(hours=6)
_MAX_BYTES = 4096
_LOCK_SECONDS = 2.0


class DenialCooldown:
    """One moment for the whole family: only its browsers keep keys. Nothing raises; no path means memory only."""

    def __init__(self, clock: Clock, path: Path | None = None, calls: FileCalls | None = None) -> None:
        self._clock = clock
        self._file = None if path is None else PrivateFile(path, calls, lock_seconds=_LOCK_SECONDS)
        self._denied_at: datetime | None = None

    async def is_active(self) -> bool:
        """Whether a refusal is less than 6 hours old. Another process may have written it."""
        if self._file is not None:
            self._denied_at = await asyncio.to_thread(self._read, self._file)
        # A clock that was set back must not keep browsers out for longer.
        return self._denied_at is not None and abs(self._clock.now() - self._denied_at) < COOL_DOWN

    async def start(self, browser_id: str) -> None:
        """People refused the key of a browser just now."""
        self._denied_at = self._clock.now()
        await self._save({"browser": browser_id, "deniedAt": self._denied_at.isoformat()})

    async def end(self) -> None:
        """People allowed a key after all."""
        self._denied_at = None
        await self._save({})

    def _read(self, file: PrivateFile) -> datetime | None:
        try:
            found = file.read(_MAX_BYTES)
            if found is None:
                return self._denied_at
            text = decode_object(found[0]).get("deniedAt")
            moment = datetime.fromisoformat(text) if isinstance(text, str) else None
        except (OSError, DocumentError, ValueError):
            return self._denied_at
        return moment if moment is not None and moment.utcoffset() is not None else None

    async def _save(self, document: dict[str, object]) -> None:
        if self._file is not None:
            await asyncio.to_thread(self._write, self._file, document)

    def _write(self, file: PrivateFile, document: dict[str, object]) -> None:
        try:
            with file.locked():
                file.write(encode_object(document))
        except (OSError, TimeoutError) as error:
            _log.info("The cool-down after a refusal could not be saved: %s", type(error).__name__)
