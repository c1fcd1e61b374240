"""The one place where changes of the store become Qt signals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from collections.abc import Callable

    from codexbar_qt.core.account import AccountKey
    from codexbar_qt.core.store import SnapshotStore
    from codexbar_qt.provider_api import Snapshot


class StoreBridge(QObject):
    """Says what changed: `snapshotChanged(id, Snapshot | None)` for numbers, `accountChanged(id)` for anything."""

    snapshotChanged = Signal(str, object)
    accountChanged = Signal(str)

    def __init__(self, store: SnapshotStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._shown: dict[AccountKey, Snapshot] = {}
        self._unsubscribe: Callable[[], None] | None = store.subscribe(self._on_change)

    def close(self) -> None:
        """Stop listening; further calls do nothing."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None

    def _on_change(self, key: AccountKey) -> None:
        snapshot = self._store.get(key).snapshot
        if snapshot != self._shown.get(key):
            if snapshot is None:
                self._shown.pop(key, None)
            else:
                self._shown[key] = snapshot
            self.snapshotChanged.emit(key.provider_id, snapshot)
        self.accountChanged.emit(key.provider_id)
