"""Last good snapshots across launches."""

from __future__ import annotations

import dataclasses
import json
import logging
import math
import tempfile
import threading
import types
import typing
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as some

from codexbar_qt.core.account import AccountKey
from codexbar_qt.core.private_file import IS_POSIX
from codexbar_qt.core.snapshot_archive import ArchivedAccount, SnapshotArchive, archived, restore
from codexbar_qt.core.store import SnapshotStore
from codexbar_qt.provider_api import (
    CreditLimit,
    Credits,
    DetailRow,
    DetailSection,
    Identity,
    NamedWindow,
    ParseError,
    RateWindow,
    Snapshot,
)

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)
KEY, OTHER = AccountKey("acme"), AccountKey("bolt", "work")
GOOD = Snapshot(NOW, RateWindow(25.0, 300, NOW + timedelta(hours=2)), identity=Identity("user@example.com", "Acme"))

ZONES = [UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-8))]
PLAIN: dict[object, some.SearchStrategy[object]] = {
    str: some.text(alphabet=some.characters(exclude_categories=["Cs"]), max_size=12),
    float: some.floats(allow_nan=False, allow_infinity=False),
    int: some.integers(-(2**53), 2**53),
    bool: some.booleans(),
    type(None): some.none(),
    date: some.dates(),
    datetime: some.datetimes(datetime(1971, 1, 1), datetime(2199, 1, 1), timezones=some.sampled_from(ZONES)),  # noqa: DTZ001
}


def values_of(kind: object) -> some.SearchStrategy[object]:
    """Random values of a type as the contract's dataclasses use it, every field of them included."""
    if kind in PLAIN:
        return PLAIN[kind]
    arguments = typing.get_args(kind)
    if typing.get_origin(kind) is typing.Literal:
        return some.sampled_from(arguments)
    if typing.get_origin(kind) is tuple:
        return some.lists(values_of(arguments[0]), max_size=2).map(tuple)
    if isinstance(kind, types.UnionType) or typing.get_origin(kind) is typing.Union:
        return some.one_of([values_of(item) for item in arguments])
    assert isinstance(kind, type)
    assert dataclasses.is_dataclass(kind)
    hints = typing.get_type_hints(kind)
    return some.builds(kind, **{item.name: values_of(hints[item.name]) for item in dataclasses.fields(kind)})


SNAPSHOTS = typing.cast("some.SearchStrategy[Snapshot]", values_of(Snapshot))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "snapshots.json"


def entry(snapshot: Snapshot = GOOD, name: str = "acme") -> ArchivedAccount:
    return ArchivedAccount(name, "", "api", snapshot)


@given(SNAPSHOTS)
def test_every_field_survives(snapshot: Snapshot) -> None:
    with tempfile.TemporaryDirectory() as folder:
        archive = SnapshotArchive(Path(folder) / "snapshots.json")
        archive.save((entry(snapshot), entry(GOOD, "bolt")))
        assert archive.load() == (entry(snapshot), entry(GOOD, "bolt"))


def test_what_is_restored_shows_until_the_first_fetch(path: Path) -> None:
    before = SnapshotStore()
    before.succeed(KEY, GOOD, "api", NOW)
    before.succeed(OTHER, GOOD, "cli", NOW)
    before.fail(OTHER, ParseError("Odd."), NOW)
    before.fail(AccountKey("none"), ParseError("Odd."), NOW)
    SnapshotArchive(path).save(archived(before, hide_personal_info=False))

    after = SnapshotStore()
    restore(after, SnapshotArchive(path).load(), frozenset([KEY, OTHER]))
    assert set(after.accounts()) == {KEY, OTHER}
    state = after.get(OTHER)
    assert (state.snapshot, state.source, state.is_restored, state.error) == (GOOD, "cli", True, None)


def test_only_wanted_accounts_are_restored(path: Path) -> None:
    store = SnapshotStore()
    restore(store, (entry(), entry(name="bolt")), frozenset([KEY]))
    assert store.accounts() == (KEY,)


ADDRESSES = Snapshot(
    NOW,
    RateWindow(1.0, reset_description="for user@example.com"),
    extra_windows=(NamedWindow("user@example.com", "Pool of user@example.com", RateWindow(2.0)),),
    credits=Credits(1.0, NOW, limit=CreditLimit("Limit of user@example.com", 1.0, 2.0, 1.0, 50.0, NOW)),
    details=(DetailSection((DetailRow("Owner", "Sam <user@example.com>", "user@example.com"),), "user@example.com"),),
    identity=Identity("user@example.com", "user@example.com's team", "Signed in as user@example.com", "account-1"),
    note="Shared with user@example.com",
)


def test_hidden_personal_information_is_not_written(path: Path) -> None:
    store = SnapshotStore()
    store.succeed(KEY, ADDRESSES, "api", NOW)
    archive = SnapshotArchive(path)
    archive.save(archived(store, hide_personal_info=False))
    assert path.read_text().count("user@example.com") == 11
    archive.save(archived(store, hide_personal_info=True))
    written = path.read_text()
    assert "@" not in written
    assert "account-1" not in written
    (kept,) = archive.load()
    assert kept.snapshot.note == "Shared with"
    assert kept.snapshot.details[0].rows[0].value == "Sam"
    assert kept.snapshot.identity == Identity(None, "'s team", "Signed in as", None)
    assert store.get(KEY).snapshot == ADDRESSES


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"\xff\xfe", b"[]", b"null", b'{"accounts": []}', b'{"version": "x"}', b"[" * 100_000],
    ids=lambda data: str(data[:12]),
)
def test_a_file_that_is_not_ours_counts_as_nothing(path: Path, data: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(data)
    assert SnapshotArchive(path).load() == ()


def rewritten(path: Path, **changes: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_a_newer_huge_or_missing_file_counts_as_nothing(path: Path) -> None:
    archive = SnapshotArchive(path)
    assert archive.load() == ()
    archive.save((entry(),))
    rewritten(path, version=2)
    assert archive.load() == ()
    rewritten(path, version=1, padding="x" * (4 * 1024 * 1024))
    assert archive.load() == ()
    rewritten(path, padding="x")
    assert archive.load() == (entry(),)


@pytest.mark.parametrize(
    "bad",
    [
        {},
        None,
        {"provider_id": "bolt", "account_id": "", "source": "api", "snapshot": {}},
        {"provider_id": "bolt", "account_id": "", "source": "api", "snapshot": {"updated_at": "yesterday"}},
        {"provider_id": "bolt", "account_id": "", "source": "api", "snapshot": {"updated_at": "2030-01-08T12:00:00"}},
    ],
)
def test_a_bad_entry_does_not_take_the_others_along(path: Path, bad: object) -> None:
    archive = SnapshotArchive(path)
    archive.save((entry(), entry(name="zeta")))
    first, last = json.loads(path.read_text())["accounts"]
    rewritten(path, accounts=[first, bad, last])
    assert archive.load() == (entry(), entry(name="zeta"))


@pytest.mark.parametrize("value", [object(), "\ud800", math.nan], ids=["object", "surrogate", "nan"])
def test_what_cannot_be_written_is_left_out_alone(path: Path, value: object) -> None:
    odd = dataclasses.replace(GOOD, primary=RateWindow(value))  # type: ignore[arg-type]  # a careless plugin
    archive = SnapshotArchive(path)
    archive.save((entry(odd), entry(name="zeta")))
    assert archive.load() == (entry(name="zeta"),)


@pytest.mark.skipif(not IS_POSIX, reason="Windows has no permission bits")
def test_only_the_owner_may_read_it(path: Path) -> None:
    archive = SnapshotArchive(path)
    archive.save((entry(),))
    path.chmod(0o644)
    archive.save((entry(),))
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_writers_at_the_same_time_leave_one_whole_file(path: Path) -> None:
    sets = [tuple(entry(name=f"p{writer}-{index}") for index in range(20)) for writer in range(4)]
    start = threading.Barrier(len(sets))

    def write(accounts: tuple[ArchivedAccount, ...]) -> None:
        start.wait()
        for _ in range(5):
            SnapshotArchive(path).save(accounts)

    writers = [threading.Thread(target=write, args=(accounts,)) for accounts in sets]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert SnapshotArchive(path).load() in sets
    assert {item.name for item in path.parent.iterdir()} <= {path.name, f"{path.name}.lock"}


def test_a_folder_in_the_way_is_told_and_raises_nothing(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    path.mkdir(parents=True)
    archive = SnapshotArchive(path)
    archive.save((entry(),))
    assert archive.load() == ()
    assert "The snapshot cache could not be saved" in caplog.text
    assert "user@example.com" not in caplog.text


def test_a_lock_that_is_not_given_back_is_not_waited_for_long(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr("codexbar_qt.core.snapshot_archive._LOCK_SECONDS", 0.02)
    path.parent.mkdir()
    with FileLock(path.with_name(f"{path.name}.lock"), is_singleton=False):
        SnapshotArchive(path).save((entry(),))
    assert not path.exists()
    assert "could not be saved" in caplog.text
