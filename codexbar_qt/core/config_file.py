"""The config file: read with tolerance, changed under a lock, replaced at once, never lost (config.md 11-13)."""

from __future__ import annotations

import hashlib
import threading
from typing import TYPE_CHECKING

from codexbar_qt.core.app_config import AppConfig
from codexbar_qt.core.config_errors import ConfigReadError, ConfigReadOnlyError
from codexbar_qt.core.config_normal import CURRENT_VERSION, default_root, normalise, read_entries
from codexbar_qt.core.config_reading import Reading, read_config
from codexbar_qt.core.exclusive_write import exclusive
from codexbar_qt.core.json_document import MAX_BYTES, encode_object
from codexbar_qt.core.private_file import IS_POSIX, OWNER_ONLY, FileCalls, PrivateFile

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from codexbar_qt.core.config_location import ConfigLocation
    from codexbar_qt.provider_api import Provider


class ConfigFile:
    """Reads and changes one config file. Every method blocks for as long as the disk does: call it from a thread.

    Safe to use from several threads and beside other processes that use the same lock file.
    """

    def __init__(
        self,
        location: ConfigLocation,
        providers: Sequence[Provider],
        now: Callable[[], datetime],
        calls: FileCalls | None = None,
        *,
        lock_seconds: float = 10.0,
    ) -> None:
        self._location = location
        self._providers = tuple(providers)
        self._now = now
        self._file = PrivateFile(location.path, calls, lock_seconds=lock_seconds)
        self._what = f"The config file {location.path}"
        self._mutex = threading.RLock()
        self._current: AppConfig | None = None
        self._last_good: dict[str, object] | None = None

    def load(self) -> AppConfig:
        """Return what the file says now. A bad file gives the last good values (else the defaults) and a `problem`."""
        with self._mutex:
            return self._adopt(self._read())

    def read(self) -> AppConfig:
        """Return what the file says now. Raises ConfigReadError for a file that cannot be used."""
        with self._mutex:
            reading = self._read()
            _refuse_bad(reading)
            return self._adopt(reading)

    def update(self, edit: Callable[[dict[str, object]], None], *, strict: bool = False) -> AppConfig:
        """Change the file: lock, read again, let `edit` change the document in place, save, return the new values.

        A corrupt file is first copied to `<name>.corrupt-<UTC time>`; with `strict` it raises ConfigReadError instead.
        Raises ConfigReadOnlyError for a file of a newer version or one that cannot be read, ConfigWriteError when the
        system refuses, and whatever `edit` raises; then nothing was saved.
        """
        with self._mutex, exclusive(self._file, self._what):
            reading = self._read()
            if strict:
                _refuse_bad(reading)
            _refuse_read_only(reading)
            root = self._normal_root(reading)
            edit(root)
            return self._save(reading, root)

    def restore_defaults(self) -> AppConfig:
        """Write the config of a new install; what stood there is kept as `<name>.corrupt-<UTC time>`."""
        with self._mutex, exclusive(self._file, self._what):
            reading = self._read()
            _refuse_read_only(reading)
            if reading.state == "good":
                reading = Reading("invalid", reading.data, reading.mode)
            return self._save(reading, default_root(self._providers))

    def is_own_write(self) -> bool:
        """Whether the file still holds what this object last wrote or read: a watcher then has nothing to do."""
        with self._mutex:
            return self._current is not None and self.fingerprint() == self._current.fingerprint

    def fingerprint(self) -> str:
        """Return the SHA-256 of the file's bytes now, "" when there is no readable file."""
        try:
            found = self._file.read(MAX_BYTES)
        except OSError:
            return ""
        return _digest(found[0]) if found is not None and len(found[0]) <= MAX_BYTES else ""

    def _read(self) -> Reading:
        return read_config(self._file, self._location.path)

    def _normal_root(self, reading: Reading) -> dict[str, object]:
        if reading.root is not None:
            return normalise(reading.root, self._providers)
        if reading.state != "missing" and self._last_good is not None:
            return normalise(self._last_good, self._providers)
        return default_root(self._providers)

    def _save(self, reading: Reading, root: dict[str, object]) -> AppConfig:
        normal = normalise(root, self._providers)
        data = encode_object(normal)
        if reading.state == "invalid":
            self._file.back_up(reading.data, self._now())
        self._file.write(data)
        return self._adopt(Reading("good", data, OWNER_ONLY if IS_POSIX else None, normal))

    def _adopt(self, reading: Reading) -> AppConfig:
        root = self._normal_root(reading)
        if reading.state == "good":
            self._last_good = root
        digest = "" if reading.state in ("missing", "unreadable") else _digest(reading.data)
        before = self._current
        changed = before is None or before.fingerprint != digest
        version = root["version"]
        self._current = AppConfig(
            version=int(version) if isinstance(version, int | float) else CURRENT_VERSION,
            entries=read_entries(root, self._providers),
            root=root,
            path=self._location.path,
            revision=(before.revision if before else 0) + (1 if changed else 0),
            read_only=reading.state in ("newer", "unreadable"),
            problem=reading.problem or None,
            shadowed=self._location.shadowed,
            mode=reading.mode,
            fingerprint=digest,
        )
        return self._current


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _refuse_bad(reading: Reading) -> None:
    if reading.state in ("invalid", "unreadable"):
        raise ConfigReadError(reading.problem)


def _refuse_read_only(reading: Reading) -> None:
    if reading.state in ("newer", "unreadable"):
        raise ConfigReadOnlyError(reading.problem)
