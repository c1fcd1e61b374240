"""Environment variables: those of the process, then those of the optional `env` file beside the config."""

from __future__ import annotations

import os
import stat
import sys
import time
from typing import TYPE_CHECKING

from codexbar_qt.provider_api import Env, clean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

FILE_LIMIT = 64 * 1024
_LOOK_SECONDS = 1.0


class ProcessEnv(Env):
    """Env over `environ`, else over `env_file` (`KEY=VALUE` lines), which desktop sessions without a shell need.

    The file is looked at when it is asked for, at most once a second, and read again when its time or size changed.
    A missing, unreadable, too large (64 KiB) or undecodable file is an empty one. On Windows names ignore case.

    Args:
        environ: The process environment.
        env_file: The file, None for none.
        ignore_case: Whether names ignore case.
        monotonic: Seconds of a clock that never goes back.
    """

    def __init__(
        self,
        environ: Mapping[str, str] = os.environ,
        env_file: Path | None = None,
        *,
        ignore_case: bool = sys.platform == "win32",
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._environ = environ
        self._file = env_file
        self._ignore_case = ignore_case
        self._monotonic = monotonic
        self._looked_at = float("-inf")
        self._signature: tuple[int, int, int] | None = None
        self._values: dict[str, str] = {}

    def get(self, name: str) -> str | None:
        """Return the value, trimmed and without one pair of quotes; None when unset or blank in both places."""
        return clean(self._of_process(name)) or clean(self._of_file().get(self._spelling(name)))

    def _of_process(self, name: str) -> str | None:
        value = self._environ.get(name)
        if value is not None or not self._ignore_case:
            return value
        wanted = self._spelling(name)
        return next((text for key, text in self._environ.items() if self._spelling(key) == wanted), None)

    def _of_file(self) -> Mapping[str, str]:
        now = self._monotonic()
        if self._file is None or now - self._looked_at < _LOOK_SECONDS:
            return self._values
        self._looked_at = now
        signature = _look(self._file)
        if signature != self._signature:
            self._signature = signature
            found = parse_env_file(_read(self._file)) if signature is not None else {}
            self._values = {self._spelling(key): value for key, value in found.items()}
        return self._values

    def _spelling(self, name: str) -> str:
        return name.upper() if self._ignore_case else name


def parse_env_file(text: str) -> dict[str, str]:
    """Read `KEY=VALUE` lines: `#` comments, optional `export`, one pair of quotes; a later line wins.

    In an unquoted value ` #` starts a comment. Lines of another form are passed over.
    """
    values: dict[str, str] = {}
    for line in text.splitlines():
        entry = line.strip()
        if entry.startswith("export") and entry[6:7].isspace():
            entry = entry[6:].lstrip()
        name, separator, value = entry.partition("=")
        name = name.strip()
        if separator and name.isidentifier():
            values[name] = _unquote(value.strip())
    return values


def _unquote(value: str) -> str:
    if value[:1] in ("'", '"'):
        end = value.find(value[0], 1)
        rest = value[end + 1 :].strip()
        if end > 0 and (not rest or rest.startswith("#")):
            return value[1:end]
        return value
    if value.startswith("#"):
        return ""
    return value.partition(" #")[0].rstrip()


def _look(path: Path) -> tuple[int, int, int] | None:
    try:
        info = path.stat()
    except OSError:
        return None
    if not stat.S_ISREG(info.st_mode) or info.st_size > FILE_LIMIT:
        return None
    return info.st_ino, info.st_size, info.st_mtime_ns


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(FILE_LIMIT).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return ""
