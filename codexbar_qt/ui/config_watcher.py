"""Notices outside edits of the config file and the `env` file, within a second."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

if TYPE_CHECKING:
    from pathlib import Path

_Stamp = tuple[int, int, int] | None
_SETTLE_MS = 250
_POLL_MS = 5_000


class ConfigWatcher(QObject):
    """`configChanged` and `environmentChanged` come 250 ms after the last event on the file or its folder.

    An atomic replace changes the inode, so the folder is watched too. Where the system cannot watch (network file
    systems), the file's time is looked at every 5 s.
    """

    configChanged = Signal()
    environmentChanged = Signal()

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self._watcher = QFileSystemWatcher(self)
        self._watcher.fileChanged.connect(self._on_event)
        self._watcher.directoryChanged.connect(self._on_event)
        self._settle = QTimer(self, interval=_SETTLE_MS, singleShot=True)
        self._settle.timeout.connect(self._on_settled)
        self._poll = QTimer(self, interval=_POLL_MS)
        self._poll.timeout.connect(self._on_poll)
        self._seen = self._signature()
        self._watch()

    def _watch(self) -> None:
        folder = self._path.parent
        while not folder.is_dir() and folder != folder.parent:
            folder = folder.parent
        wanted = [str(folder), *([str(self._path)] if self._path.exists() else [])]
        known = {*self._watcher.files(), *self._watcher.directories()}
        missing = [path for path in wanted if path not in known]
        failed = self._watcher.addPaths(missing) if missing else []
        if failed:
            self._poll.start()

    def _on_event(self) -> None:
        self._settle.start()

    def _on_poll(self) -> None:
        if self._signature() != self._seen:
            self._on_settled()

    def _on_settled(self) -> None:
        self._watch()
        before, self._seen = self._seen, self._signature()
        if self._seen[0] != before[0]:
            self.configChanged.emit()
        if self._seen[1] != before[1]:
            self.environmentChanged.emit()

    def _signature(self) -> tuple[_Stamp, _Stamp]:
        return (_stamp(self._path), _stamp(self._path.with_name("env")))


def _stamp(path: Path) -> _Stamp:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
