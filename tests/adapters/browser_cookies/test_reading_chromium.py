"""Chromium's cookies on three systems, from synthetic profiles encrypted with known keys."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from codexbar_qt.adapters.browser_cookies import chromium_ciphers, private_copy
from codexbar_qt.adapters.browser_cookies.catalogue import BY_ID
from codexbar_qt.adapters.browser_cookies.key_sources import BrowserKeys, PasswordLookup
from codexbar_qt.adapters.browser_cookies.profiles import find_profiles
from codexbar_qt.adapters.browser_cookies.reading import ReadResult, read_cookies

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def values(result: ReadResult) -> dict[str, str]:
    return {cookie.name: cookie.value.reveal() for cookie in result.cookies}


@pytest.fixture
def chromium(linux: Any) -> Path:
    """Chromium's usual profile on Linux."""
    folder: Path = linux.place.home / ".config/chromium/Default"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def chrome_on_windows(windows: Any) -> Path:
    folder: Path = windows.place.home / "AppData/Local/Google/Chrome/User Data/Default"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def chrome_on_mac(macos: Any) -> Path:
    folder: Path = macos.place.home / "Library/Application Support/Google/Chrome/Default"
    folder.mkdir(parents=True)
    return folder


@pytest.mark.parametrize("schema", [0, 18, 23, 24, 25])
def test_every_scheme_of_linux_in_one_database(linux: Any, chromium: Path, schema: int) -> None:
    linux.crypt.schema = schema
    host = ".example.com"
    rows = [
        linux.row(host, "plain", "plain-1"),
        linux.row(host, "unprefixed", encrypted=b"plain-2"),
        linux.row(host, "fixed", encrypted=linux.crypt.cbc("fixed-1", host, password=b"peanuts", prefix=b"v10")),
        linux.row(host, "fixed-empty", encrypted=linux.crypt.cbc("fixed-2", host, password=b"", prefix=b"v10")),
        linux.row(host, "stored", encrypted=linux.crypt.cbc("stored-1", host)),
        linux.row(host, "stored-empty", encrypted=linux.crypt.cbc("stored-2", host, password=b"")),
        linux.row(host, "blank", encrypted=linux.crypt.cbc("", host)),
        linux.row(host, "long", encrypted=linux.crypt.cbc("x" * 4096, host)),
        linux.row(host, "nothing"),
    ]
    linux.write_chromium(chromium / "Network/Cookies", rows, schema=schema)
    result = read_cookies(
        linux.profile("chromium"),
        linux.query(),
        linux.keys(linux.fake_source(linux.found(b"test-password-1"))),
        linux.now,
    )
    assert values(result) == {
        "plain": "plain-1",
        "unprefixed": "plain-2",
        "fixed": "fixed-1",
        "fixed-empty": "fixed-2",
        "stored": "stored-1",
        "stored-empty": "stored-2",
        "blank": "",
        "long": "x" * 4096,
        "nothing": "",
    }
    assert result.problems == ()
    assert result.sources == (str(chromium / "Network/Cookies"), "Test store: Safe Storage")


def test_a_plain_value_wins_over_an_encrypted_one(linux: Any, chromium: Path) -> None:
    row = linux.row("example.com", "both", "plain-1", linux.crypt.cbc("other", "example.com"))
    linux.write_chromium(chromium / "Cookies", [row])
    source = linux.fake_source(linux.found(b"test-password-1"))
    result = read_cookies(linux.profile("chromium"), linux.query(), linux.keys(source), linux.now)
    assert values(result) == {"both": "plain-1"}
    assert source.asked == []


def test_a_hash_of_another_host_drops_the_cookie(linux: Any, chromium: Path) -> None:
    moved = linux.crypt.cbc("moved-1", "elsewhere.com", password=b"peanuts", prefix=b"v10")
    linux.write_chromium(chromium / "Cookies", [linux.row("example.com", "moved", encrypted=moved)])
    result = read_cookies(linux.profile("chromium"), linux.query(), linux.keys(), linux.now)
    assert result.cookies == ()
    assert [problem.kind for problem in result.problems] == ["unreadable"]


@pytest.mark.parametrize("schema", [23, 24])
@pytest.mark.parametrize("damage", ["wrong password", "cut", "odd length", "no body"])
def test_what_no_key_opens_is_named_and_the_rest_is_kept(linux: Any, chromium: Path, schema: int, damage: str) -> None:
    linux.crypt.schema = schema
    password = b"another" if damage == "wrong password" else b"test-password-1"
    encrypted = linux.crypt.cbc("secret-1" * 8, "example.com", password=password)
    encrypted = {"cut": encrypted[:-16], "odd length": encrypted[:-1], "no body": b"v11"}.get(damage, encrypted)
    rows = [
        linux.row("example.com", "bad", encrypted=encrypted),
        linux.row("example.com", "good", encrypted=linux.crypt.cbc("good-1", "example.com")),
    ]
    linux.write_chromium(chromium / "Cookies", rows, schema=schema)
    keys = linux.keys(linux.fake_source(linux.found(b"test-password-1")))
    result = read_cookies(linux.profile("chromium"), linux.query(), keys, linux.now)
    assert values(result) == {"good": "good-1"}
    (problem,) = result.problems
    assert (problem.kind, problem.count) == ("unreadable", 1)
    assert "secret-1" not in problem.sentence


@pytest.mark.parametrize("state", ["missing", "locked", "denied", "unavailable"])
def test_a_key_that_is_not_to_be_had(linux: Any, chromium: Path, state: str) -> None:
    rows = [
        linux.row("example.com", "stored", encrypted=linux.crypt.cbc("stored-1", "example.com")),
        linux.row(
            "example.com",
            "fixed",
            encrypted=linux.crypt.cbc("fixed-1", "example.com", password=b"peanuts", prefix=b"v10"),
        ),
    ]
    linux.write_chromium(chromium / "Cookies", rows)
    result = read_cookies(linux.profile("chromium"), linux.query(), linux.keys(state=state), linux.now)
    assert values(result) == {"fixed": "fixed-1"}
    (problem,) = result.problems
    assert (problem.kind, problem.cause, problem.count) == ("needs_key", state, 1)
    assert problem.sentence.count(". ") == 1
    assert problem.sentence.endswith(".")


def test_keys_are_not_asked_for_when_no_wanted_cookie_is_encrypted(linux: Any, chromium: Path) -> None:
    rows = [
        linux.row("other.org", "theirs", encrypted=linux.crypt.cbc("theirs-1", "other.org")),
        linux.row(
            "example.com", "old", encrypted=linux.crypt.cbc("old-1", "example.com"), expires=linux.now - timedelta(1)
        ),
        linux.row("example.com", "unwanted", encrypted=linux.crypt.cbc("unwanted-1", "example.com")),
        linux.row(
            "example.com", "wanted", encrypted=linux.crypt.cbc("w", "example.com", password=b"peanuts", prefix=b"v10")
        ),
    ]
    linux.write_chromium(chromium / "Cookies", rows)
    source = linux.fake_source(linux.found(b"test-password-1"))
    query = linux.query(names=("wanted", "old"))
    result = read_cookies(linux.profile("chromium"), query, linux.keys(source), linux.now)
    assert values(result) == {"wanted": "w"}
    assert source.asked == []


def test_cookies_of_a_sandbox_key_are_reported(linux: Any, chromium: Path) -> None:
    linux.write_chromium(chromium / "Cookies", [linux.row("example.com", "portal", encrypted=b"v12" + b"x" * 60)])
    result = read_cookies(linux.profile("chromium"), linux.query(), linux.keys(), linux.now)
    (problem,) = result.problems
    assert (problem.kind, problem.count) == ("unreadable", 1)
    assert "sandbox" in problem.sentence


def test_an_unknown_prefix_is_no_plain_value(linux: Any, chromium: Path) -> None:
    linux.write_chromium(chromium / "Cookies", [linux.row("example.com", "new", encrypted=b"v31" + b"x" * 32)])
    source = linux.fake_source(PasswordLookup("missing"))
    result = read_cookies(linux.profile("chromium"), linux.query(), linux.keys(source), linux.now)
    assert result.cookies == ()
    assert [problem.kind for problem in result.problems] == ["unreadable"]
    assert source.asked == []


def test_old_column_names(linux: Any, chromium: Path) -> None:
    linux.crypt.schema = 9
    encrypted = linux.crypt.cbc("old-1", "example.com", password=b"peanuts", prefix=b"v10")
    linux.write_chromium(chromium / "Cookies", [linux.row("example.com", "a", encrypted=encrypted)], schema=9, old=True)
    result = read_cookies(linux.profile("chromium"), linux.query(), linux.keys(), linux.now)
    assert values(result) == {"a": "old-1"}
    assert result.cookies[0].secure


def test_rows_that_are_only_in_the_log(linux: Any, chromium: Path, fingerprint: Callable[[Path], object]) -> None:
    file = linux.write_chromium(chromium / "Cookies", [linux.row("example.com", "fresh", "fresh-1")], wal=True)
    assert b"fresh-1" not in file.read_bytes()
    before = fingerprint(linux.place.home)
    result = read_cookies(linux.profile("chromium"), linux.query(), linux.keys(), linux.now)
    assert values(result) == {"fresh": "fresh-1"}
    assert fingerprint(linux.place.home) == before


@pytest.mark.skipif("sys.platform == 'win32'", reason="an open journal cannot be read there")
def test_a_database_with_an_unfinished_change_is_rolled_back_in_the_copy(
    linux: Any, chromium: Path, fingerprint: Callable[[Path], object]
) -> None:
    import sqlite3

    file = linux.write_chromium(chromium / "Cookies", [linux.row("example.com", "kept", "kept-1")])
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA cache_size=1")
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("UPDATE cookies SET value = 'half-written'")
    connection.execute("CREATE TABLE filler (text TEXT)")
    connection.executemany("INSERT INTO filler VALUES (?)", [("x" * 900,)] * 2000)
    pieces = {name: (chromium / name).read_bytes() for name in ("Cookies", "Cookies-journal")}
    connection.close()
    for name, data in pieces.items():
        (chromium / name).write_bytes(data)
    assert pieces["Cookies-journal"]
    assert b"half-written" in pieces["Cookies"]
    before = fingerprint(linux.place.home)
    result = read_cookies(linux.profile("chromium"), linux.query(), linux.keys(), linux.now)
    assert values(result) == {"kept": "kept-1"}
    assert fingerprint(linux.place.home) == before


def test_both_stores_of_a_profile_are_merged(linux: Any, chromium: Path) -> None:
    later = linux.future + timedelta(30)
    linux.write_chromium(
        chromium / "Network/Cookies",
        [
            linux.row("example.com", "same", "network"),
            linux.row("example.com", "later", "network"),
            linux.row("example.com", "session", "network", expires=None),
            linux.row("example.com", "network-only", "n"),
        ],
    )
    linux.write_chromium(
        chromium / "Cookies",
        [
            linux.row("example.com", "same", "old place"),
            linux.row("example.com", "later", "old place", expires=later),
            linux.row("example.com", "session", "old place"),
            linux.row("example.com", "old-only", "o"),
        ],
    )
    result = read_cookies(linux.profile("chromium"), linux.query(), linux.keys(), linux.now)
    assert values(result) == {
        "same": "network",
        "later": "old place",
        "session": "old place",
        "network-only": "n",
        "old-only": "o",
    }


def test_a_partitioned_cookie_comes_after_the_usual_one(linux: Any, chromium: Path) -> None:
    rows = [
        linux.row("example.com", "a", "framed", partition="https://other.org", expires=linux.future + timedelta(9)),
        linux.row("example.com", "a", "usual"),
        linux.row("example.com", "b", "framed", partition="https://other.org"),
    ]
    linux.write_chromium(chromium / "Cookies", rows)
    result = read_cookies(linux.profile("chromium"), linux.query(), linux.keys(), linux.now)
    assert [(cookie.name, cookie.value.reveal()) for cookie in result.cookies] == [("a", "usual"), ("b", "framed")]


def test_times_and_hosts(linux: Any, chromium: Path) -> None:
    rows = [
        linux.row(".Example.com", "everywhere", "1"),
        linux.row("app.example.com", "one-host", "2"),
        linux.row("notexample.com", "foreign", "3"),
        linux.row("example.com.evil.org", "foreign-2", "4"),
        linux.row("example.com", "expired", "5", expires=linux.now - timedelta(seconds=1)),
        linux.row("example.com", "just", "6", expires=linux.now),
        linux.row("example.com", "session", "7", expires=None),
    ]
    linux.write_chromium(chromium / "Cookies", rows)
    result = read_cookies(linux.profile("chromium"), linux.query(".Example.COM "), linux.keys(), linux.now)
    found = {cookie.name: cookie for cookie in result.cookies}
    assert set(found) == {"everywhere", "one-host", "just", "session"}
    assert (found["everywhere"].domain, found["everywhere"].host_only) == ("example.com", False)
    assert (found["one-host"].domain, found["one-host"].host_only) == ("app.example.com", True)
    assert found["everywhere"].expires_at == linux.future
    assert found["session"].expires_at is None


@pytest.mark.parametrize("how", ["empty", "text", "half", "holes", "no table"])
def test_a_broken_database_is_reported(
    linux: Any, chromium: Path, corrupt: Callable[[Path, str], None], how: str
) -> None:
    rows = [linux.row("example.com", f"n{number}", "v" * 500) for number in range(200)]
    corrupt(linux.write_chromium(chromium / "Network/Cookies", rows), how)
    linux.write_chromium(chromium / "Cookies", [linux.row("example.com", "whole", "1")])
    result = read_cookies(linux.profile("chromium"), linux.query(), linux.keys(), linux.now)
    assert values(result) == {"whole": "1"}
    assert [problem.kind for problem in result.problems] == ["unreadable"]
    assert str(chromium / "Cookies") in result.sources


def test_rows_of_wrong_types_do_no_harm(linux: Any, chromium: Path) -> None:
    import sqlite3

    file = linux.write_chromium(chromium / "Cookies", [linux.row("example.com", "good", "1")])
    connection = sqlite3.connect(file)
    odd: list[tuple[object, ...]] = [
        ("example.com", b"\xff\xfe", "x", "/", "soon", b""),
        ("example.com", None, None, None, None, None),
        ("example.com", 5, 6.5, 7, 1e30, 8),
        ("example.com", "line", "a\r\nb", "/", 0, b""),
        ("example.com", "semi", "a; b=c", "/", 0, b""),
        ("example.com", "early", "v", "/", -5, b""),
    ]
    connection.executemany(
        "INSERT INTO cookies (host_key, name, value, path, expires_utc, encrypted_value) VALUES (?, ?, ?, ?, ?, ?)", odd
    )
    connection.commit()
    connection.close()
    result = read_cookies(linux.profile("chromium"), linux.query(), linux.keys(), linux.now)
    assert values(result) == {"good": "1", "5": "6.5"}


def test_macos(macos: Any, chrome_on_mac: Path) -> None:
    host = ".example.com"
    rows = [
        macos.row(host, "stored", encrypted=macos.crypt.cbc("mac-1", host, prefix=b"v10", platform="macos")),
        macos.row(host, "plain", encrypted=b"old plain"),
        macos.row(host, "linux", encrypted=macos.crypt.cbc("x", host, prefix=b"v10", platform="linux")),
        macos.row(
            host, "fixed", encrypted=macos.crypt.cbc("x", host, prefix=b"v10", platform="macos", password=b"peanuts")
        ),
    ]
    macos.write_chromium(chrome_on_mac / "Cookies", rows)
    keys = macos.keys(macos.fake_source(macos.found(b"test-password-1", item="Keychain: Chrome Safe Storage")))
    result = read_cookies(macos.profile("chrome"), macos.query(), keys, macos.now)
    assert values(result) == {"stored": "mac-1", "plain": "old plain"}
    assert [(problem.kind, problem.count) for problem in result.problems] == [("unreadable", 2)]
    assert "Keychain: Chrome Safe Storage" in result.sources


def test_macos_never_asks_people_in_the_background(macos: Any, chrome_on_mac: Path) -> None:
    encrypted = macos.crypt.cbc("mac-1", "example.com", prefix=b"v10", platform="macos")
    macos.write_chromium(
        chrome_on_mac / "Cookies", [macos.row("example.com", f"n{i}", encrypted=encrypted) for i in "123"]
    )
    source = macos.fake_source(PasswordLookup("prompt"), macos.found(b"test-password-1"))
    keys = macos.keys(source)
    result = read_cookies(macos.profile("chrome"), macos.query(), keys, macos.now)
    (problem,) = result.problems
    assert (problem.kind, problem.cause, problem.count) == ("needs_key", "prompt", 3)
    assert source.asked == [("chrome", False)]

    asked = read_cookies(macos.profile("chrome"), macos.query(), keys, macos.now, interactive=True)
    assert set(values(asked).values()) == {"mac-1"}
    assert source.asked[1:] == [("chrome", False), ("chrome", True)]
    again = read_cookies(macos.profile("chrome"), macos.query(), keys, macos.now)
    assert len(again.cookies) == 3
    assert len(source.asked) == 3


def test_a_refusal_is_asked_once_per_read(macos: Any, chrome_on_mac: Path) -> None:
    encrypted = macos.crypt.cbc("mac-1", "example.com", prefix=b"v10", platform="macos")
    macos.write_chromium(
        chrome_on_mac / "Cookies", [macos.row("example.com", f"n{i}", encrypted=encrypted) for i in "123"]
    )
    source = macos.fake_source(PasswordLookup("prompt"), PasswordLookup("denied"))
    result = read_cookies(macos.profile("chrome"), macos.query(), macos.keys(source), macos.now, interactive=True)
    assert [(problem.kind, problem.cause) for problem in result.problems] == [("needs_key", "denied")]
    assert source.asked == [("chrome", False), ("chrome", True)]


@pytest.mark.parametrize("schema", [23, 24])
def test_windows_with_a_mixed_database(windows: Any, chrome_on_windows: Path, schema: int) -> None:
    windows.crypt.schema = schema
    host = ".example.com"
    rows = [
        windows.row(host, "gcm", encrypted=windows.crypt.gcm("gcm-1", host)),
        windows.row(host, "dpapi", encrypted=b"box:" + windows.crypt.body("dpapi-1", host)),
        windows.row(host, "bound-1", encrypted=b"v20" + b"x" * 60),
        windows.row(host, "bound-2", encrypted=b"v20" + b"y" * 60),
        windows.row(host, "plain", "plain-1"),
        windows.row(host, "wrong", encrypted=windows.crypt.gcm("x", host, key=b"k" * 32)),
        windows.row(host, "short", encrypted=b"v10abc"),
        windows.row(host, "foreign", encrypted=b"no blob of ours"),
    ]
    windows.write_chromium(chrome_on_windows / "Network/Cookies", rows, schema=schema)
    windows.local_state(chrome_on_windows.parent)
    result = read_cookies(windows.profile("chrome"), windows.query(), windows.keys(), windows.now)
    assert values(result) == {"gcm": "gcm-1", "dpapi": "dpapi-1", "plain": "plain-1"}
    bound, wrong = result.problems
    assert (bound.kind, bound.count) == ("app_bound", 2)
    assert "Firefox, Zen or LibreWolf" in bound.sentence
    assert bound.sentence.startswith("2 cookies of Chrome Default")
    assert (wrong.kind, wrong.count) == ("unreadable", 3)
    assert f"DPAPI: {chrome_on_windows.parent / 'Local State'}" in result.sources


def test_windows_checks_the_hash_of_the_host(windows: Any, chrome_on_windows: Path) -> None:
    rows = [
        windows.row("example.com", "gcm", encrypted=windows.crypt.gcm("moved-1", "elsewhere.com")),
        windows.row("example.com", "dpapi", encrypted=b"box:" + windows.crypt.body("moved-2", "elsewhere.com")),
    ]
    windows.write_chromium(chrome_on_windows / "Network/Cookies", rows)
    windows.local_state(chrome_on_windows.parent)
    result = read_cookies(windows.profile("chrome"), windows.query(), windows.keys(), windows.now)
    assert result.cookies == ()
    assert [(problem.kind, problem.count) for problem in result.problems] == [("unreadable", 2)]


@pytest.mark.parametrize(
    "state",
    [
        "",
        "{",
        "[]",
        '{"os_crypt": 5}',
        '{"os_crypt": {"encrypted_key": "%%%"}}',
        '{"os_crypt": {"encrypted_key": "RFBBUElub25lIG9mIG91cnM="}}',  # DPAPInone of ours
        '{"os_crypt": {"encrypted_key": "RFBBUElib3g6c2hvcnQ="}}',  # DPAPIbox:short
        '{"os_crypt": {"encrypted_key": "QVBQQg=="}}',
        "[" * 100_000,
    ],
)
def test_windows_without_a_key(windows: Any, chrome_on_windows: Path, state: str) -> None:
    row = windows.row("example.com", "gcm", encrypted=windows.crypt.gcm("gcm-1", "example.com"))
    windows.write_chromium(chrome_on_windows / "Network/Cookies", [row])
    (chrome_on_windows.parent / "Local State").write_text(state)
    result = read_cookies(windows.profile("chrome"), windows.query(), windows.keys(), windows.now)
    assert [(problem.kind, problem.cause) for problem in result.problems] == [("needs_key", "missing")]


@pytest.mark.parametrize(("platform", "kind"), [("windows", "locked_database"), ("linux", "unreadable")])
def test_a_file_that_the_browser_shares_with_nobody(
    make_lab: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, platform: str, kind: str
) -> None:
    lab = make_lab(platform)
    places = {"windows": "AppData/Local/{}/User Data/Default", "linux": ".config/{}/Default"}
    names = {"windows": ("Google/Chrome", "Microsoft/Edge"), "linux": ("google-chrome", "microsoft-edge")}
    chrome, edge = (lab.place.home / places[platform].format(name) for name in names[platform])
    lab.write_chromium(chrome / "Network/Cookies", [lab.row("example.com", "a", "1")])
    lab.write_chromium(edge / "Network/Cookies", [lab.row("example.com", "a", "2")])
    real = private_copy._open

    def refuse(path: Path) -> object:
        if path.is_relative_to(chrome):
            raise PermissionError(13, os.strerror(13))
        return real(path)

    monkeypatch.setattr(private_copy, "_open", refuse)
    refused = read_cookies(lab.profile("chrome"), lab.query(), lab.keys(), lab.now)
    assert [problem.kind for problem in refused.problems] == [kind]
    assert refused.sources == ()
    assert values(read_cookies(lab.profile("edge"), lab.query(), lab.keys(), lab.now)) == {"a": "2"}


def test_two_profiles_with_and_without_the_cookie(linux: Any, chromium: Path) -> None:
    linux.write_chromium(chromium / "Cookies", [linux.row("example.com", "theme", "dark")])
    linux.write_chromium(chromium.parent / "Profile 1/Cookies", [linux.row("example.com", "auth", "test-session-1")])
    first, second = find_profiles(BY_ID["chromium"], linux.place)
    query = linux.query(names=("auth",))
    assert read_cookies(first, query, linux.keys(), linux.now).cookies == ()
    assert values(read_cookies(second, query, linux.keys(), linux.now)) == {"auth": "test-session-1"}


def test_a_key_that_opens_nothing_is_looked_up_again_next_time(linux: Any, chromium: Path) -> None:
    linux.write_chromium(
        chromium / "Cookies", [linux.row("example.com", "a", encrypted=linux.crypt.cbc("1", "example.com"))]
    )
    source = linux.fake_source(linux.found(b"outdated"))
    keys = linux.keys(source)
    assert read_cookies(linux.profile("chromium"), linux.query(), keys, linux.now).cookies == ()
    source.silent = linux.found(b"test-password-1")
    assert values(read_cookies(linux.profile("chromium"), linux.query(), keys, linux.now)) == {"a": "1"}


def test_the_second_store_is_asked_when_the_first_has_the_wrong_key(linux: Any, chromium: Path) -> None:
    linux.write_chromium(
        chromium / "Cookies", [linux.row("example.com", "a", encrypted=linux.crypt.cbc("1", "example.com"))]
    )
    first = linux.fake_source(linux.found(b"of another installation"))
    second = linux.fake_source(linux.found(b"wrong", b"test-password-1"))
    result = read_cookies(linux.profile("chromium"), linux.query(), linux.keys(first, second), linux.now)
    assert values(result) == {"a": "1"}


def test_the_value_comes_from_pycookiecheat(linux: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import pycookiecheat.chrome  # type: ignore[import-untyped]  # ships no types

    monkeypatch.setattr(pycookiecheat.chrome, "chrome_decrypt", lambda *_: "as it says")
    encrypted = linux.crypt.cbc("1", "example.com")
    key = BrowserKeys("linux").derive(b"test-password-1")
    assert chromium_ciphers.open_cbc(encrypted, key, b"example.com", 24) == "as it says"
    assert chromium_ciphers.open_cbc(encrypted, key, b"example.org", 24) is None


def test_values_do_not_show_in_representations(linux: Any, chromium: Path) -> None:
    linux.write_chromium(chromium / "Cookies", [linux.row("example.com", "a", "test-session-1")])
    result = read_cookies(linux.profile("chromium"), linux.query(), linux.keys(), linux.now)
    assert "test-session-1" not in repr(result) + repr(result.cookies) + str(result.problems)


def test_no_domains_read_nothing(linux: Any, chromium: Path) -> None:
    from codexbar_qt.provider_api.browser import CookieQuery

    linux.write_chromium(chromium / "Cookies", [linux.row("example.com", "a", "1"), linux.row("", "b", "2")])
    for domains in ((), ("",), (" . ",)):
        result = read_cookies(linux.profile("chromium"), CookieQuery(domains, bool), linux.keys(), linux.now)
        assert result == ReadResult()


def test_a_key_that_fits_by_chance_is_told_by_its_text(linux: Any) -> None:
    linux.crypt.schema = 23
    key = BrowserKeys("linux").derive(b"test-password-1")
    assert chromium_ciphers.open_cbc(linux.crypt.cbc("a\x01b", "example.com"), key, b"example.com", 23) is None
    assert chromium_ciphers.open_cbc(linux.crypt.cbc("a b", "example.com"), key, b"example.com", 23) == "a b"


def test_nothing_heavy_is_loaded_before_it_is_needed() -> None:
    modules = (
        "reading",
        "candidates",
        "system_keys",
        "secret_service",
        "kwallet",
        "keychain",
        "mac_frameworks",
        "dpapi",
    )
    heavy = ("cryptography", "pycookiecheat", "keyring", "secretstorage", "jeepney", "cramjam", "msgspec")
    script = "import sys\n" + "".join(f"import codexbar_qt.adapters.browser_cookies.{name}\n" for name in modules)
    script += f"print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
