"""Whole profiles: order of kinds, problems as sentences, and profiles that stay as they are."""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import tempfile
from contextlib import closing
from threading import Event
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.adapters.browser_cookies.private_copy import CopyError
from codexbar_qt.adapters.browser_cookies.profiles import BrowserProfile
from codexbar_qt.adapters.browser_storage import reader, safari_storage
from codexbar_qt.adapters.browser_storage.problem import StorageProblem
from codexbar_qt.adapters.browser_storage.reader import BrowserStorageReader
from codexbar_qt.provider_api.browser import StorageQuery
from tests.adapters.browser_storage.leveldb_writer import SNAPPY, Row, batch, edit, log, table

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

    from codexbar_qt.adapters.browser_cookies.browser import Family
    from codexbar_qt.adapters.browser_storage.reader import StorageReading
    from codexbar_qt.provider_api.browser import StorageKind, StoredEntry

TOKEN = "placeholder-" + "t" * 60
ALL_KINDS: tuple[StorageKind, ...] = ("local", "session", "indexed")


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where copies go; the test sees whether anything is left."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def chromium(tmp_path: Path) -> BrowserProfile:
    folder = tmp_path / "google-chrome" / "Default"
    rows: list[Row] = [(b"_https://example.com\0\1old", 1, b"\1first"), (b"_https://other.test\0\1k", 2, b"\1v")]
    for name, data in (
        ("Local Storage/leveldb/000005.ldb", table(rows, SNAPPY)),
        ("Local Storage/leveldb/000006.log", log([batch(9, [(b"_https://example.com\0\1new", b"\1second")])])),
        ("Local Storage/leveldb/MANIFEST-000002", log([edit(log_number=6, new=[5])])),
        ("Local Storage/leveldb/CURRENT", b"MANIFEST-000002\n"),
        ("Local Storage/leveldb/LOCK", b""),
        ("Session Storage/000003.log", log([batch(1, [
            (b"namespace-0f0e0d0c_1111_4222_8333_444455556666-https://example.com/", b"1"),
            (b"map-1-tab", "third".encode("utf-16-le")),
        ])])),
        ("IndexedDB/https_example.com_0.indexeddb.leveldb/000003.log", log([batch(1, [(b"k", TOKEN.encode())])])),
        ("IndexedDB/https_notexample.com_0.indexeddb.leveldb/000003.log", log([batch(1, [(b"k", b"n" * 70)])])),
        ("IndexedDB/http_example.com_0.indexeddb.leveldb/000003.log", log([batch(1, [(b"k", b"h" * 70)])])),
        ("IndexedDB/https_example.com_0.indexeddb.blob/1/00/3", b"b" * 70),
    ):  # fmt: skip
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return profile_in(folder, "chromium")


def profile_in(folder: Path, family: Family) -> BrowserProfile:
    return BrowserProfile("test", family, "Chrome Work", "test:0123456789ab", folder, folder.parent)


def query(
    *kinds: StorageKind,
    is_enough: Callable[[Collection[StoredEntry]], bool] = bool,
    hosts: tuple[str, ...] = ("example.com",),
) -> StorageQuery:
    return StorageQuery(hosts, kinds, is_enough=is_enough)


def plain(reading: StorageReading) -> list[tuple[str, str, str]]:
    if reading.profile is None:
        return []
    assert (reading.profile.label, reading.profile.profile) == ("Chrome Work", "test:0123456789ab")
    return [(entry.kind, entry.key, entry.value.reveal()) for entry in reading.profile.entries]


def kinds(reading: StorageReading) -> list[str]:
    return [problem.kind for problem in reading.problems]


def fingerprint(folder: Path) -> dict[str, tuple[str, int]]:
    return {
        str(path.relative_to(folder)): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
        if path.is_file()
        else ("", path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
    }


LOCAL = [("local", "new", "second"), ("local", "old", "first")]
SESSION = [("session", "tab", "third")]
INDEXED = [("indexed", "", TOKEN)]


def test_kinds_are_read_in_their_order_until_it_is_enough(chromium: BrowserProfile, temporary: Path) -> None:
    storage = BrowserStorageReader("linux")
    before = fingerprint(chromium.folder)

    def never(_entries: Collection[StoredEntry]) -> bool:
        return False

    def has_session(entries: Collection[StoredEntry]) -> bool:
        return any(entry.kind == "session" for entry in entries)

    assert plain(storage.read_profile(chromium, query("local", "session"))) == LOCAL
    assert plain(storage.read_profile(chromium, query("session", "local"))) == SESSION
    assert plain(storage.read_profile(chromium, query(*ALL_KINDS, is_enough=has_session))) == [*LOCAL, *SESSION]
    everything = storage.read_profile(chromium, query(*ALL_KINDS, is_enough=never))
    assert plain(everything) == [*LOCAL, *SESSION, *INDEXED]
    assert everything.problems == ()
    assert everything.sources == (
        str(chromium.folder / "Local Storage" / "leveldb"),
        str(chromium.folder / "Session Storage"),
        str(chromium.folder / "IndexedDB" / "https_example.com_0.indexeddb.leveldb"),
    )
    assert fingerprint(chromium.folder) == before
    assert list(temporary.iterdir()) == []


def test_nothing_found_and_nothing_there(chromium: BrowserProfile, tmp_path: Path) -> None:
    storage = BrowserStorageReader("linux")
    for hosts in (("absent.test",), (), ("",)):
        found = storage.read_profile(chromium, query(*ALL_KINDS, hosts=hosts))
        assert (found.profile, found.problems) == (None, ())
    for family in ("chromium", "firefox", "safari"):
        found = storage.read_profile(profile_in(tmp_path / "nowhere", family), query(*ALL_KINDS))
        assert (found.profile, found.problems, found.sources) == (None, (), ())


def test_a_storage_above_the_limit_is_refused_and_the_next_kind_is_read(
    chromium: BrowserProfile, temporary: Path
) -> None:
    big = chromium.folder / "Local Storage/leveldb/000007.ldb"
    big.write_bytes(bytes(20_000))
    found = BrowserStorageReader("linux", most=10_000).read_profile(chromium, query("local", "session"))
    assert (plain(found), kinds(found)) == (SESSION, ["too_large"])
    assert found.problems[0].sentence == (
        "The page storage of Chrome Work is too large to read. Sign in with another browser, or paste a Cookie header."
    )
    assert list(temporary.iterdir()) == []


def test_damage_is_told_beside_what_was_read(chromium: BrowserProfile) -> None:
    (chromium.folder / "Local Storage/leveldb/000007.log").write_bytes(log([b"no batch"]))
    (chromium.folder / "Local Storage/leveldb/000008.ldb").write_bytes(b"half a table")
    found = BrowserStorageReader("linux").read_profile(chromium, query("local"))
    assert (plain(found), kinds(found)) == (LOCAL, ["damaged"])


def test_half_written_files_are_no_damage(chromium: BrowserProfile) -> None:
    folder = chromium.folder / "Local Storage/leveldb"
    torn = log([batch(20, [(b"_https://example.com\0\1torn", b"\1" + b"x" * 50_000)])])
    (folder / "000006.log").write_bytes((folder / "000006.log").read_bytes() + torn[:40])
    (folder / "000009.log").write_bytes(torn[:-1])
    (folder / "000010.ldb").write_bytes(table([(b"_https://example.com\0\1torn", 20, b"\1x")])[:-9])
    found = BrowserStorageReader("linux").read_profile(chromium, query("local"))
    assert (plain(found), kinds(found)) == (LOCAL, [])


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("locked", "Chrome Work keeps its page storage locked. Close that browser once, or paste a Cookie header."),
        (
            "forbidden",
            "CodexBar may not read the page storage of Chrome Work. "
            "Check that you may read its folder, or paste a Cookie header.",
        ),
        (
            "unreadable",
            "The page storage of Chrome Work could not be read. "
            "Sign in with another browser, or paste a Cookie header.",
        ),
    ],
)
def test_a_copy_that_cannot_be_made_is_a_problem_once(
    chromium: BrowserProfile, monkeypatch: pytest.MonkeyPatch, kind: str, sentence: str
) -> None:
    def refuse(*_args: object, **_options: object) -> Iterator[Path]:
        raise CopyError(kind)  # type: ignore[arg-type]

    monkeypatch.setattr(reader, "copy_folder", refuse)
    found = BrowserStorageReader("windows").read_profile(chromium, query(*ALL_KINDS))
    assert found.profile is None
    assert [(problem.kind, problem.label, problem.sentence) for problem in found.problems] == [
        (kind, "Chrome Work", sentence)
    ]
    assert found.sources == ()


def test_safari_without_full_disk_access_says_where_to_grant_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_folder: Path) -> list[str]:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(safari_storage, "folder_names", refuse)
    found = BrowserStorageReader("macos").read_profile(profile_in(tmp_path, "safari"), query("local"))
    assert found.problems == (
        StorageProblem(
            "forbidden",
            "test",
            "Chrome Work",
            "macOS keeps the page storage of Chrome Work closed. "
            "Allow CodexBar under System Settings → Privacy & Security → Full Disk Access.",
        ),
    )


def test_a_file_in_place_of_a_folder_and_a_folder_in_place_of_a_file(chromium: BrowserProfile) -> None:
    folder = chromium.folder / "Local Storage/leveldb"
    (folder / "000006.log").unlink()
    (folder / "000006.log").mkdir()
    session = chromium.folder / "Session Storage"
    for path in session.iterdir():
        path.unlink()
    session.rmdir()
    session.write_bytes(b"")
    found = BrowserStorageReader("linux").read_profile(chromium, query("session", "local"))
    assert plain(found) == [("local", "old", "first")]


def test_a_reading_that_nobody_waits_for_ends_empty(chromium: BrowserProfile, temporary: Path) -> None:
    given_up = Event()

    def stop(_entries: Collection[StoredEntry]) -> bool:
        given_up.set()
        return False

    found = BrowserStorageReader("linux").read_profile(chromium, query(*ALL_KINDS, is_enough=stop), given_up)
    assert (found.profile, found.problems) == (None, ())
    assert list(temporary.iterdir()) == []


def test_firefox_rows_that_are_only_in_the_log_are_found(tmp_path: Path, temporary: Path) -> None:
    database = tmp_path / "profile/storage/default/https+++example.com/ls/data.sqlite"
    database.parent.mkdir(parents=True)
    with closing(sqlite3.connect(database)) as browser:
        browser.execute("PRAGMA journal_mode=WAL")
        browser.execute("PRAGMA wal_autocheckpoint=0")
        browser.execute(
            "CREATE TABLE data(key TEXT PRIMARY KEY, utf16_length INTEGER NOT NULL, conversion_type INTEGER NOT NULL,"
            " compression_type INTEGER NOT NULL, last_access_time INTEGER NOT NULL DEFAULT 0, value BLOB NOT NULL)"
        )
        browser.execute("INSERT INTO data VALUES('token', 5, 1, 0, 0, ?)", (b"value",))
        browser.commit()
        before = fingerprint(tmp_path / "profile")
        assert any(name.endswith("-wal") for name in before)
        found = BrowserStorageReader("linux").read_profile(
            profile_in(tmp_path / "profile", "firefox"), query(*ALL_KINDS)
        )
        assert fingerprint(tmp_path / "profile") == before
    assert (plain(found), kinds(found), found.sources) == ([("local", "token", "value")], [], (str(database),))
    assert list(temporary.iterdir()) == []


def test_a_broken_firefox_database_does_not_hide_the_next_one(tmp_path: Path) -> None:
    folder = tmp_path / "profile/storage/default"
    for name, is_broken in (("https+++example.com", True), ("https+++example.com^userContextId=1", False)):
        database = folder / name / "ls/data.sqlite"
        database.parent.mkdir(parents=True)
        with closing(sqlite3.connect(database)) as browser:
            browser.execute("CREATE TABLE data(key, value, conversion_type, compression_type)")
            browser.execute("INSERT INTO data VALUES('token', ?, 1, 0)", (name.encode(),))
            browser.commit()
        if is_broken:
            database.write_bytes(b"\0" * 5000)
    found = BrowserStorageReader("linux").read_profile(profile_in(tmp_path / "profile", "firefox"), query("local"))
    assert plain(found) == [("local", "token", "https+++example.com^userContextId=1")]
    assert kinds(found) == ["unreadable"]


def test_nothing_that_was_read_is_shown_or_logged(chromium: BrowserProfile, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    (chromium.folder / "Local Storage/leveldb/000007.log").write_bytes(log([b"second"]))
    found = BrowserStorageReader("linux").read_profile(chromium, query(*ALL_KINDS))
    assert plain(found) == LOCAL
    assert "second" not in repr(found)
    assert "second" not in caplog.text
    assert "second" not in " ".join(problem.sentence for problem in found.problems)
