"""Last good snapshots across launches: no secrets, no addresses of people when they are hidden."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import msgspec

from codexbar_qt.core.account import AccountKey
from codexbar_qt.core.privacy import anonymous
from codexbar_qt.core.private_file import PrivateFile
from codexbar_qt.provider_api import Snapshot
from codexbar_qt.provider_api.fallback import has_zones

if TYPE_CHECKING:
    from pathlib import Path

    from codexbar_qt.core.private_file import FileCalls
    from codexbar_qt.core.store import SnapshotStore

_log = logging.getLogger(__name__)
_MAX_BYTES = 4 * 1024 * 1024
_VERSION = 1
_LOCK_SECONDS = 2.0


class ArchivedAccount(msgspec.Struct, frozen=True):
    """One account's last good snapshot."""

    provider_id: str
    account_id: str
    source: str
    snapshot: Snapshot
    scope_id: str = ""


class _Archive(msgspec.Struct, frozen=True):
    version: int
    accounts: list[msgspec.Raw] = []


class SnapshotArchive:
    """One small file in the cache folder. `load` and `save` block: call them from a thread. Neither ever raises."""

    def __init__(self, path: Path, calls: FileCalls | None = None) -> None:
        self._file = PrivateFile(path, calls, lock_seconds=_LOCK_SECONDS)

    def load(self) -> tuple[ArchivedAccount, ...]:
        """Return what was saved; an unreadable file or entry counts as nothing."""
        try:
            found = self._file.read(_MAX_BYTES)
            if found is None or len(found[0]) > _MAX_BYTES:
                return ()
            archive = msgspec.json.decode(found[0], type=_Archive)
        except (OSError, msgspec.MsgspecError, RecursionError):
            return ()
        if archive.version != _VERSION:
            return ()
        return tuple(item for raw in archive.accounts if (item := _decoded(raw)) is not None)

    def save(self, accounts: tuple[ArchivedAccount, ...]) -> None:
        """Replace what was saved."""
        encoded = [raw for item in accounts if (raw := _encoded(item)) is not None]
        data = msgspec.json.encode(_Archive(_VERSION, encoded))
        try:
            with self._file.locked():
                self._file.write(data)
        except (OSError, NotImplementedError) as error:  # the latter: a file system without locks
            reason = error.strerror if isinstance(error, OSError) else None
            _log.info("The snapshot cache could not be saved: %s", reason or type(error).__name__)


def archived(store: SnapshotStore, *, hide_personal_info: bool) -> tuple[ArchivedAccount, ...]:
    """Return what `save` takes: every account with a snapshot."""
    kept: list[ArchivedAccount] = []
    for key in store.accounts():
        state = store.get(key)
        if state.snapshot is not None:
            snapshot = anonymous(state.snapshot) if hide_personal_info else state.snapshot
            kept.append(ArchivedAccount(key.provider_id, key.account_id, state.source, snapshot, key.scope_id))
    return tuple(kept)


def restore(store: SnapshotStore, accounts: tuple[ArchivedAccount, ...], wanted: frozenset[AccountKey]) -> None:
    """Put saved snapshots of `wanted` accounts into the store."""
    for item in accounts:
        key = AccountKey(item.provider_id, item.account_id, item.scope_id)
        if key in wanted:
            store.restore(key, item.snapshot, item.source)


def _encoded(item: ArchivedAccount) -> msgspec.Raw | None:
    try:
        return msgspec.Raw(msgspec.json.encode(item))
    except (msgspec.MsgspecError, TypeError, ValueError, OverflowError, RecursionError):
        # A plugin put something else into a field than the contract says: this account alone is not kept.
        return None


def _decoded(raw: msgspec.Raw) -> ArchivedAccount | None:
    try:
        item = msgspec.json.decode(raw, type=ArchivedAccount)
    except (msgspec.MsgspecError, RecursionError):
        return None
    return item if has_zones(item.snapshot) else None
