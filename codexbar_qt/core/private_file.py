"""A file of one person that is never half written: lock, temporary file, flush, rename, readable by its owner only."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from filelock import FileLock

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from datetime import datetime
    from pathlib import Path

OWNER_ONLY = 0o600
_TEMPORARY_SUFFIX = ".tmp"
IS_POSIX = os.name == "posix"


def restrict_mode(path: Path) -> None:
    """Make a file readable and writable by its owner only (macOS, Linux)."""
    path.chmod(OWNER_ONLY)


@dataclass(frozen=True, slots=True)
class FileCalls:
    """What differs between systems. `restrict` takes the rights of others away; Windows needs an access list for it.

    `replace` is repeated up to `retries` times, `pause_seconds` apart, while another process holds the target open.
    """

    restrict: Callable[[Path], None] = restrict_mode
    replace: Callable[[Path, Path], None] = os.replace
    retries: int = 0 if IS_POSIX else 5
    pause_seconds: float = 0.05
    sleep: Callable[[float], None] = time.sleep


class PrivateFile:
    """Reads and replaces one file. A symbolic link is followed: the file it leads to is replaced, the link stays.

    Every method may raise OSError. `write` and `back_up` need the lock to be held.
    """

    def __init__(self, path: Path, calls: FileCalls | None = None, *, lock_seconds: float = 10.0) -> None:
        self._path = path
        self._calls = calls or FileCalls()
        self._lock_seconds = lock_seconds

    @property
    def target(self) -> Path:
        """The file itself, links followed."""
        try:
            return self._path.resolve()
        except RuntimeError as error:  # a loop of links, before Python 3.13
            raise OSError(str(error)) from None

    @contextlib.contextmanager
    def locked(self) -> Generator[None]:
        """Keep other processes and threads from changing the file; makes its folder when missing.

        Raises filelock.Timeout (a TimeoutError) when somebody holds the lock for longer than `lock_seconds`.
        """
        target = self.target
        _make_private_folders(target.parent)
        lock = FileLock(
            target.with_name(f"{target.name}.lock"),
            timeout=self._lock_seconds,
            mode=OWNER_ONLY,
            poll_interval=0.01,
        )
        with lock:
            yield

    def read(self, limit: int) -> tuple[bytes, int | None] | None:
        """Return the first `limit` + 1 bytes and the permission bits (None on Windows), None when there is no file."""
        try:
            with open(self._path, "rb", opener=_open_at_once) as stream:
                mode = os.fstat(stream.fileno()).st_mode
                if not stat.S_ISREG(mode):
                    raise OSError(errno.EINVAL, "it is not a file")
                return stream.read(limit + 1), stat.S_IMODE(mode) if IS_POSIX else None
        except FileNotFoundError:
            return None

    def write(self, data: bytes) -> None:
        """Replace the content at once: readers see the old or the new file, also after a crash or a power cut."""
        target = self.target
        self._remove_leftovers(target)
        temporary = target.with_name(f".{target.name}.{secrets.token_hex(6)}{_TEMPORARY_SUFFIX}")
        _write_new(temporary, data, self._calls.restrict)
        try:
            self._replace(temporary, target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _flush_folder(target.parent)

    def back_up(self, data: bytes, now: datetime) -> Path:
        """Keep `data` beside the file as `<name>.corrupt-<UTC time>`, owner only; return where."""
        target = self.target
        stem = f"{target.name}.corrupt-{now:%Y%m%dT%H%M%SZ}"
        number = 1
        while True:
            copy = target.with_name(stem if number == 1 else f"{stem}-{number}")
            try:
                _write_new(copy, data, self._calls.restrict)
            except FileExistsError:
                number += 1
            else:
                return copy

    def _replace(self, temporary: Path, target: Path) -> None:
        for _ in range(self._calls.retries):
            try:
                self._calls.replace(temporary, target)
            except PermissionError:
                self._calls.sleep(self._calls.pause_seconds)
            else:
                return
        self._calls.replace(temporary, target)

    def _remove_leftovers(self, target: Path) -> None:
        """Remove temporary files of writers that were killed: under the lock nobody else has a live one."""
        for name in os.listdir(target.parent):  # noqa: PTH208 - names are enough
            if name.startswith(f".{target.name}.") and name.endswith(_TEMPORARY_SUFFIX):
                target.with_name(name).unlink(missing_ok=True)


def _open_at_once(path: str, flags: int) -> int:
    """Open without waiting: a pipe in the place of a file would hold the reader up until somebody writes."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _write_new(path: Path, data: bytes, restrict: Callable[[Path], None]) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags, OWNER_ONLY)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            restrict(path)
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _make_private_folders(folder: Path) -> None:
    missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    for parent in reversed(missing):
        parent.mkdir(mode=0o700, exist_ok=True)


def _flush_folder(folder: Path) -> None:
    """Make the rename itself durable. Windows has no such call; some file systems refuse it, which changes nothing."""
    if not IS_POSIX:
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
