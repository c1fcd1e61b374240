"""The store tells of every change once, and of nothing else."""

from __future__ import annotations

from datetime import UTC, datetime

from codexbar_qt.core.account import AccountKey
from codexbar_qt.core.store import SnapshotStore
from codexbar_qt.provider_api import AuthRejected, RateWindow, Snapshot

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)
KEY, OTHER = AccountKey("one"), AccountKey("two", "work")
SNAPSHOT = Snapshot(NOW, primary=RateWindow(10.0))


def test_every_change_is_told_once() -> None:
    store, heard = SnapshotStore(), list[AccountKey]()
    unsubscribe = store.subscribe(heard.append)
    store.begin(KEY)
    store.begin(KEY)
    store.succeed(KEY, SNAPSHOT, "api", NOW)
    store.cancel(KEY)
    assert heard == [KEY, KEY]
    unsubscribe()
    store.fail(KEY, AuthRejected("no"), NOW)
    assert heard == [KEY, KEY]


def test_a_subscriber_may_leave_while_it_is_told() -> None:
    store, heard = SnapshotStore(), list[str]()

    def first(_: AccountKey) -> None:
        heard.append("first")
        leave()

    leave = store.subscribe(first)
    store.subscribe(lambda _: heard.append("second"))
    store.begin(KEY)
    store.begin(OTHER)
    assert heard == ["first", "second", "second"]


def test_restored_data_never_replaces_what_is_known() -> None:
    store = SnapshotStore()
    store.restore(KEY, SNAPSHOT, "api")
    assert store.get(KEY).is_restored
    fresh = Snapshot(NOW, primary=RateWindow(20.0))
    store.succeed(KEY, fresh, "api", NOW)
    store.restore(KEY, SNAPSHOT, "api")
    assert store.get(KEY).snapshot == fresh
    assert not store.get(KEY).is_restored


def test_what_is_switched_off_is_forgotten() -> None:
    store, heard = SnapshotStore(), list[AccountKey]()
    store.succeed(KEY, SNAPSHOT, "api", NOW)
    store.succeed(OTHER, SNAPSHOT, "api", NOW)
    store.subscribe(heard.append)
    store.keep_only([KEY])
    assert (store.accounts(), heard) == ((KEY,), [OTHER])
    assert store.get(OTHER).never_fetched


def test_cancelling_an_unknown_account_tells_nothing() -> None:
    store, heard = SnapshotStore(), list[AccountKey]()
    store.subscribe(heard.append)
    store.cancel(KEY)
    assert heard == []


def test_data_of_a_changed_config_is_dimmed_until_the_next_answer() -> None:
    store = SnapshotStore()
    store.succeed(KEY, SNAPSHOT, "api", NOW)
    store.distrust(KEY)
    store.distrust(OTHER)
    assert store.get(KEY).is_restored
    assert OTHER not in store.accounts()
    store.succeed(KEY, SNAPSHOT, "api", NOW)
    assert not store.get(KEY).is_restored
