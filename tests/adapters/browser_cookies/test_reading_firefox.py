"""Cookies of Firefox and its relatives, from synthetic profiles."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import cramjam
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codexbar_qt.adapters.browser_cookies import firefox_session
from codexbar_qt.adapters.browser_cookies.firefox_cookies import stored_expiry
from codexbar_qt.adapters.browser_cookies.firefox_session import read_firefox_session, unpack
from codexbar_qt.adapters.browser_cookies.reading import ReadResult, read_cookies
from codexbar_qt.provider_api import CookieQuery

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PLACES = {"linux": ".mozilla/firefox", "macos": "Library/Application Support/Firefox/Profiles"}
PLACES["windows"] = "AppData/Roaming/Mozilla/Firefox/Profiles"


def values(result: ReadResult) -> list[tuple[str, str]]:
    return [(cookie.name, cookie.value.reveal()) for cookie in result.cookies]


@pytest.fixture
def folder(linux: Any) -> Path:
    made: Path = linux.place.home / ".mozilla/firefox/abc.default-release"
    made.mkdir(parents=True)
    return made


def pack(content: object) -> bytes:
    data = json.dumps(content).encode()
    packed = bytes(cramjam.lz4.compress_block(data, store_size=False))
    return b"mozLz40\0" + len(data).to_bytes(4, "little") + packed


@pytest.mark.parametrize("platform", ["linux", "macos", "windows"])
@pytest.mark.parametrize("wal", [False, True])
def test_every_system(
    make_lab: Callable[..., Any], fingerprint: Callable[[Path], object], platform: str, wal: bool
) -> None:
    lab = make_lab(platform)
    file = lab.place.home / PLACES[platform] / "abc.default-release/cookies.sqlite"
    rows = [lab.fox_row(".example.com", "a"), lab.fox_row("other.org", "b"), lab.fox_row("notexample.com", "c")]
    lab.write_firefox(file, rows, wal=wal)
    assert (b"fox-1" in file.read_bytes()) is not wal
    before = fingerprint(lab.place.home)
    source = lab.fake_source(lab.found(b"x"))
    result = read_cookies(lab.profile("firefox"), lab.query(), lab.keys(source), lab.now)
    assert values(result) == [("a", "fox-1")]
    assert result.sources == (str(file),)
    assert result.problems == ()
    assert source.asked == []
    assert fingerprint(lab.place.home) == before


def test_expiry_in_seconds_and_milliseconds(linux: Any, folder: Path) -> None:
    now = int(linux.now.timestamp())
    rows = [
        linux.fox_row("example.com", "seconds", expiry=now + 60),
        linux.fox_row("example.com", "milliseconds", expiry=(now + 60) * 1000 + 500),
        linux.fox_row("example.com", "old-seconds", expiry=now - 60),
        linux.fox_row("example.com", "old-milliseconds", expiry=(now - 60) * 1000),
        linux.fox_row("example.com", "session", expiry=0),
        linux.fox_row("example.com", "far", expiry=2**62),
    ]
    linux.write_firefox(folder / "cookies.sqlite", rows, version=16)
    result = read_cookies(linux.profile("firefox"), linux.query(), linux.keys(), linux.now)
    found = {cookie.name: cookie.expires_at for cookie in result.cookies}
    assert set(found) == {"seconds", "milliseconds", "session", "far"}
    assert found["session"] is None
    assert found["seconds"] == datetime.fromtimestamp(now + 60, UTC)
    assert found["milliseconds"] == datetime.fromtimestamp(now + 60.5, UTC)


def test_stored_expiry() -> None:
    assert stored_expiry(99_999_999_999) == datetime(5138, 11, 16, 9, 46, 39, tzinfo=UTC)
    assert stored_expiry(100_000_000_000) == datetime(1973, 3, 3, 9, 46, 40, tzinfo=UTC)


def test_containers_come_after_the_usual_cookies(linux: Any, folder: Path) -> None:
    later = int(linux.future.timestamp()) + 9
    rows = [
        linux.fox_row("example.com", "a", "container", attributes="^userContextId=3", expiry=later),
        linux.fox_row("example.com", "b", "partition", attributes="^partitionKey=%28https%2Cother.org%29"),
        linux.fox_row("example.com", "a", "usual"),
        linux.fox_row("example.com", "c", "usual", attributes="^inBrowser=1"),
    ]
    linux.write_firefox(folder / "cookies.sqlite", rows)
    result = read_cookies(linux.profile("firefox"), linux.query(), linux.keys(), linux.now)
    assert values(result) == [("a", "usual"), ("c", "usual"), ("b", "partition")]


def test_a_table_without_attributes(linux: Any, folder: Path) -> None:
    with closing(sqlite3.connect(folder / "cookies.sqlite")) as connection:
        connection.execute("CREATE TABLE moz_cookies (name, value, host, path, expiry, isSecure, isHttpOnly)")
        connection.execute("INSERT INTO moz_cookies VALUES ('a', 'v', 'example.com', '/', 0, 0, 1)")
        connection.execute("INSERT INTO moz_cookies VALUES (x'ff', 'v', 'example.com', '/', 0, 0, 1)")
        connection.execute("INSERT INTO moz_cookies VALUES (NULL, NULL, 'example.com', NULL, 'x', 'y', NULL)")
        connection.commit()
    result = read_cookies(linux.profile("firefox"), linux.query(), linux.keys(), linux.now)
    assert values(result) == [("a", "v")]
    assert not result.cookies[0].secure


@pytest.mark.parametrize("how", ["empty", "text", "half", "holes", "no table"])
def test_a_broken_database_is_reported(
    linux: Any, folder: Path, corrupt: Callable[[Path, str], None], how: str
) -> None:
    rows = [linux.fox_row("example.com", f"n{number}", "v" * 500) for number in range(200)]
    corrupt(linux.write_firefox(folder / "cookies.sqlite", rows), how)
    result = read_cookies(linux.profile("firefox"), linux.query(), linux.keys(), linux.now)
    assert result.cookies == ()
    (problem,) = result.problems
    assert (problem.kind, problem.label) == ("unreadable", "Firefox default-release")


SESSION = {
    "windows": [{"tabs": [{"entries": [{"url": "https://example.com/"}]}]}],
    "cookies": [
        {"host": "example.com", "name": "open", "value": "session-1", "path": "/", "secure": True},
        {"host": ".example.com", "name": "boxed", "value": "b", "path": "/", "originAttributes": {"userContextId": 2}},
        {"host": "example.com", "name": "kept", "value": "k", "path": "/", "originAttributes": {"userContextId": 0}},
        {"host": "example.com", "name": "gone", "value": "g", "path": "/", "expiry": 1},
        {"host": "other.org", "name": "foreign", "value": "f", "path": "/"},
        {"host": 5, "name": "odd"},
        {"host": "example.com", "name": None, "value": "x"},
        {"host": "example.com"},
    ],
}


def test_the_open_session(linux: Any, folder: Path, fingerprint: Callable[[Path], object]) -> None:
    linux.write_firefox(folder / "cookies.sqlite", [linux.fox_row("other.org", "b")])
    (folder / "sessionstore-backups").mkdir()
    file = folder / "sessionstore-backups/recovery.jsonlz4"
    file.write_bytes(pack(SESSION))
    before = fingerprint(linux.place.home)
    result = read_cookies(linux.profile("firefox"), linux.query(), linux.keys(), linux.now)
    assert values(result) == [("open", "session-1"), ("kept", "k"), ("boxed", "b")]
    assert result.cookies[0].expires_at is None
    assert str(file) in result.sources
    assert fingerprint(linux.place.home) == before


def test_the_open_session_is_left_alone_when_the_table_has_what_is_wanted(linux: Any, folder: Path) -> None:
    (folder / "sessionstore-backups").mkdir()
    (folder / "sessionstore-backups/recovery.jsonlz4").write_bytes(pack(SESSION))
    linux.write_firefox(
        folder / "cookies.sqlite", [linux.fox_row("example.com", "a"), linux.fox_row("example.com", "b")]
    )
    everything = read_cookies(linux.profile("firefox"), linux.query(), linux.keys(), linux.now)
    assert [name for name, _ in values(everything)] == ["a", "b"]
    wanted = read_cookies(linux.profile("firefox"), linux.query(names=("open",)), linux.keys(), linux.now)
    assert values(wanted) == [("open", "session-1")]


def test_a_login_that_ends_with_the_session_beside_cookies_that_last(linux: Any, folder: Path) -> None:
    (folder / "sessionstore-backups").mkdir()
    session = folder / "sessionstore-backups/recovery.jsonlz4"
    session.write_bytes(pack(SESSION))
    table = linux.write_firefox(folder / "cookies.sqlite", [linux.fox_row("example.com", "theme")])

    def read(login: str) -> ReadResult:
        query = CookieQuery(("example.com",), lambda names: login in names)
        return read_cookies(linux.profile("firefox"), query, linux.keys(), linux.now)

    found = read("open")
    assert [name for name, _ in values(found)] == ["theme", "open", "kept", "boxed"]
    assert found.counts == ((str(table), 1), (str(session), 3))
    held = read("theme")
    assert [name for name, _ in values(held)] == ["theme"]
    assert held.counts == ((str(table), 1),)


@pytest.mark.parametrize(
    "content", [[], {"cookies": 5}, {"cookies": [5]}, {"cookies": [[]]}, {}, {"windows": []}, None]
)
def test_a_session_of_another_form(linux: Any, folder: Path, content: object) -> None:
    file = folder / "recovery.jsonlz4"
    file.write_bytes(pack(content))
    assert read_firefox_session(file, "linux", ("example.com",)) == ()


def test_sizes_of_sessions_are_bounded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = pack(SESSION)
    assert unpack(packed) == json.dumps(SESSION).encode()
    monkeypatch.setattr(firefox_session, "LARGEST_SESSION", 100)
    assert unpack(packed) == b""


def test_every_cut_of_a_session_is_refused() -> None:
    packed = pack(SESSION)
    for length in range(len(packed)):
        assert unpack(packed[:length]) != json.dumps(SESSION).encode()


@given(st.binary(max_size=400), st.integers(0, 2**20))
def test_random_sessions_do_no_harm(data: bytes, size: int) -> None:
    assert isinstance(unpack(data), bytes)
    assert len(unpack(b"mozLz40\0" + size.to_bytes(4, "little") + data)) <= size
