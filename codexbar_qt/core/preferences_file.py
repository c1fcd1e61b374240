"""settings.json: the app preferences beside the config file, written with the same care (config.md 1)."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codexbar_qt.core.config_errors import ConfigEditError, ConfigReadOnlyError
from codexbar_qt.core.exclusive_write import exclusive, reason_of
from codexbar_qt.core.json_document import MAX_BYTES, DocumentError, decode_object, encode_object, is_newer
from codexbar_qt.core.preference_sources import file_key, file_keys, fits, read_preferences
from codexbar_qt.core.private_file import FileCalls, PrivateFile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from codexbar_qt.core.preferences import Preferences

_VERSION = 1


@dataclass(frozen=True, slots=True)
class _Reading:
    document: Mapping[str, object] = field(repr=False)
    is_fresh: bool = False
    is_locked_away: bool = False
    corrupt: bytes | None = field(default=None, repr=False)
    problem: str = ""


class PreferencesFile:
    """Reads and changes settings.json. Every method blocks for as long as the disk does: call it from a thread.

    A whole number above 1 under "version" makes it the file of a newer version: it is read as far as it is understood,
    and never written. Without that key it is version 1; this version does not write it.
    """

    def __init__(
        self,
        path: Path,
        read_env: Callable[[str], str | None],
        now: Callable[[], datetime],
        calls: FileCalls | None = None,
        *,
        lock_seconds: float = 10.0,
    ) -> None:
        self._read_env = read_env
        self._now = now
        self._file = PrivateFile(path, calls, lock_seconds=lock_seconds)
        self._what = f"The settings file {path}"
        self._mutex = threading.Lock()
        self._problem: str | None = None
        self._current: Preferences | None = None

    @property
    def problem(self) -> str | None:
        """What people should read when the last `load` could not use the file, else None."""
        return self._problem

    @property
    def current(self) -> Preferences:
        """The preferences as last read or written; read now when they never were."""
        return self._current or self.load()

    def load(self) -> Preferences:
        """Return the preferences; a file that cannot be used counts as empty and leaves a `problem`."""
        with self._mutex:
            reading = self._read()
            self._problem = reading.problem or None
            return self._preferences(reading)

    def update(self, changes: Mapping[str, object]) -> Preferences:
        """Store values by attribute name or stored key and return the result; None takes a value back.

        A corrupt file is first copied to `<name>.corrupt-<UTC time>`. Raises ConfigEditError for a value that does not
        fit, ConfigReadOnlyError when the file cannot be read or is of a newer version, ConfigWriteError when the system
        refuses.
        """
        stored = _by_file_key(changes)
        with self._mutex, exclusive(self._file, self._what):
            document = self._writable_document()
            kept = {key: value for key, value in document.items() if key not in stored}
            return self._save(kept | {key: value for key, value in stored.items() if value is not None})

    def settle(self) -> Preferences:
        """Store the cadence in force when none is stored, so that a later default changes nobody's interval.

        A word that is not known here stays: a newer version, to which people may go back, knows it.
        """
        with self._mutex, exclusive(self._file, self._what):
            reading = self._read()
            key = file_key("refresh_frequency")
            if reading.problem or isinstance(reading.document.get(key), str):
                return self._preferences(reading)
            settled = read_preferences(reading.document, lambda _: None, is_fresh=reading.is_fresh)
            return self._save({**reading.document, key: settled.refresh_frequency})

    def _read(self) -> _Reading:
        try:
            found = self._file.read(MAX_BYTES)
        except OSError as error:
            return self._unreadable(reason_of(error))
        if found is None:
            return _Reading({}, is_fresh=True)
        data, _ = found
        if len(data) > MAX_BYTES:
            return self._unreadable("it is larger than 8 MB")
        try:
            document = decode_object(data)
        except DocumentError as error:
            advice = "The defaults are in use; a copy of the file is kept when you change a setting."
            problem = f"{self._what} could not be read: {error}. {advice}"
            return _Reading({}, corrupt=data, problem=problem)
        if is_newer(document, _VERSION):
            problem = f"{self._what} belongs to a newer version and is left as it is. Update CodexBar to change it."
            return _Reading(document, is_locked_away=True, problem=problem)
        return _Reading(document)

    def _unreadable(self, reason: str) -> _Reading:
        problem = f"{self._what} could not be read: {reason}. Check the file and its permissions."
        return _Reading({}, is_locked_away=True, problem=problem)

    def _writable_document(self) -> Mapping[str, object]:
        reading = self._read()
        if reading.is_locked_away:
            raise ConfigReadOnlyError(reading.problem)
        if reading.corrupt is not None:
            self._file.back_up(reading.corrupt, self._now())
        return reading.document

    def _save(self, document: Mapping[str, object]) -> Preferences:
        self._file.write(encode_object(document))
        self._problem = None
        return self._preferences(_Reading(document))

    def _preferences(self, reading: _Reading) -> Preferences:
        self._current = read_preferences(reading.document, self._read_env, is_fresh=reading.is_fresh)
        return self._current


def _by_file_key(changes: Mapping[str, object]) -> dict[str, object]:
    keys = file_keys()
    names = {key: name for name, key in keys.items()}
    stored: dict[str, object] = {}
    for given, value in changes.items():
        key = keys.get(given, given)
        if value is not None and key in names and not fits(names[key], value):
            message = f"{given} cannot have this value. Choose another one."
            raise ConfigEditError(message)
        stored[key] = value
    return stored
