"""What can be wrong with a browser, from its files to the session of a fetch.

Every time: the next browser is tried, a sentence says what to do, nothing is written to a profile, and nothing that was
read stands in a log or in the ledger.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from codexbar_qt.adapters.browser_cookies import private_copy
from codexbar_qt.adapters.browser_cookies.key_sources import PasswordLookup
from codexbar_qt.adapters.browser_reader import SystemBrowserReader
from codexbar_qt.core.ports import KnownBrowser
from codexbar_qt.provider_api import CookieQuery, StorageQuery
from codexbar_qt.provider_testing import FakeClock
from tests.adapters.browser_storage.leveldb_writer import batch, log
from tests.unit.core.browser_world import BrowserWorld

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from codexbar_qt.provider_api import Platform

GOOD = "test-good-1"
SECRETS = ("test-bad", GOOD, "test-password-1", "test-other-password")
CHROME = {
    "linux": ".config/google-chrome",
    "macos": "Library/Application Support/Google/Chrome",
    "windows": "AppData/Local/Google/Chrome/User Data",
}
FIREFOX = {
    "linux": ".mozilla/firefox",
    "macos": "Library/Application Support/Firefox/Profiles",
    "windows": "AppData/Roaming/Mozilla/Firefox/Profiles",
}
QUERY = CookieQuery(("example.com",), lambda names: "sid" in names)


@dataclass
class Desk:
    """A machine with one browser that has something wrong with it, and perhaps a Firefox that has not."""

    lab: Any
    folder: Path
    monkeypatch: pytest.MonkeyPatch
    answer: PasswordLookup = field(default_factory=lambda: PasswordLookup("missing"))

    @property
    def platform(self) -> Platform:
        platform: Platform = self.lab.place.platform
        return platform

    @property
    def chrome(self) -> Path:
        home: Path = self.lab.place.home
        return home / CHROME[self.platform] / "Default"

    def cookies(self, encrypted: bytes = b"", value: str = "", host: str = "example.com", **more: Any) -> Path:
        path: Path = self.lab.write_chromium(
            self.chrome / "Network" / "Cookies", [self.lab.row(host, "sid", value, encrypted, **more)]
        )
        return path

    def encrypted(self, **more: Any) -> bytes:
        made: bytes = self.lab.crypt.cbc("test-bad-1", "example.com", platform=self.platform, **more)
        return made

    def install(self, name: str) -> None:
        (self.lab.place.root / "Applications" / name).mkdir(parents=True)

    def add_firefox(self) -> None:
        folder = self.lab.place.home / FIREFOX[self.platform] / "abcd.default-release"
        self.lab.write_firefox(folder / "cookies.sqlite", [self.lab.fox_row("example.com", "sid", GOOD)])

    def world(self) -> BrowserWorld:
        world = BrowserWorld(self.folder / "world", FakeClock(self.lab.now))
        source = self.lab.fake_source(self.answer)
        reader: Any = SystemBrowserReader(self.lab.place, lambda: self.lab.keys(source))
        world.reader = reader
        for browser in ("chrome", "safari", "firefox"):
            world.answer(KnownBrowser(browser, browser, "chromium"), allowed=True)
        world.restart()
        return world


def locked_database(desk: Desk) -> None:
    desk.cookies(value="test-bad-1")
    real = private_copy._open

    def refuse(path: Path) -> object:
        if path.is_relative_to(desk.chrome):
            raise PermissionError(13, os.strerror(13))
        return real(path)

    desk.monkeypatch.setattr(private_copy, "_open", refuse)


def key(state: Any) -> Callable[[Desk], None]:
    def make(desk: Desk) -> None:
        desk.install("Google Chrome.app")
        desk.cookies(desk.encrypted(prefix=b"v10" if desk.platform == "macos" else b"v11"))
        desk.answer = PasswordLookup(state)

    return make


def wrong_password(desk: Desk) -> None:
    desk.install("Google Chrome.app")
    desk.cookies(desk.encrypted(prefix=b"v10" if desk.platform == "macos" else b"v11"))
    desk.answer = desk.lab.found(b"test-other-password")


def half_a_database(desk: Desk) -> None:
    path = desk.cookies(value="test-bad-1")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def truncated_binary_cookies(desk: Desk) -> None:
    row = desk.lab.safari_row("example.com", "sid", "test-bad-1")
    folder = desk.lab.place.home / "Library" / "Containers" / "com.apple.Safari" / "Data" / "Library" / "Cookies"
    folder.mkdir(parents=True)
    data = desk.lab.safari_file(desk.lab.safari_page([row.record()]))
    (folder / "Cookies.binarycookies").write_bytes(data[: len(data) // 2])


def expired(desk: Desk) -> None:
    desk.cookies(value="test-bad-1", expires=desk.lab.now.replace(year=2020))


def another_host(desk: Desk) -> None:
    desk.cookies(value="test-bad-1", host="notexample.com")


def hash_of_another_host(desk: Desk) -> None:
    desk.cookies(desk.lab.crypt.cbc("test-bad-1", "other.com", password=b"peanuts", prefix=b"v10"))


def app_bound(desk: Desk) -> None:
    desk.lab.local_state(desk.chrome.parent)
    desk.cookies(desk.lab.crypt.gcm("test-bad-1", "example.com", prefix=b"v20"))


def key_of_a_sandbox(desk: Desk) -> None:
    desk.cookies(desk.encrypted(prefix=b"v12"))


CASES: dict[str, tuple[Platform, Callable[[Desk], None], str]] = {
    "locked database": ("windows", locked_database, "Chrome keeps its cookies locked while it runs. Close Chrome once"),
    "missing key": ("linux", key("missing"), "The key of Chrome is not in the keyring. Start Chrome once"),
    "keyring locked": ("linux", key("locked"), "The keyring with the key of Chrome is locked. Unlock it"),
    "keyring absent": ("linux", key("unavailable"), "No keyring answers, so the cookies of Chrome stay encrypted."),
    "dialog of macOS": ("macos", key("prompt"), "macOS wants to ask you before the key of Chrome is read."),
    "wrong password": ("linux", wrong_password, "The key at hand does not open the cookies of Chrome Default."),
    "wrong password on macOS": ("macos", wrong_password, "The key at hand does not open the cookies of Chrome"),
    "half a database": ("linux", half_a_database, "The cookies of Chrome Default could not be read. Restart Chrome"),
    "truncated binarycookies": ("macos", truncated_binary_cookies, "The cookies of Safari could not be read."),
    "expired": ("linux", expired, ""),
    "another host": ("linux", another_host, ""),
    "hash of another host": ("linux", hash_of_another_host, "The key at hand does not open the cookies of Chrome"),
    "v20": ("windows", app_bound, "1 cookie of Chrome Default can be read by Chrome alone. Sign in with Firefox"),
    "v12": ("linux", key_of_a_sandbox, "The cookies of Chrome Default are encrypted for its sandbox alone."),
}


@pytest.fixture
def desk(request: pytest.FixtureRequest, make_lab: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    platform, prepare, _ = CASES[request.param]
    made = Desk(make_lab(platform), tmp_path, monkeypatch)
    prepare(made)
    return made


@pytest.mark.parametrize(("desk", "told"), [(name, case[2]) for name, case in CASES.items()], indirect=["desk"])
async def test_what_people_are_told(
    desk: Desk, told: str, fingerprint: Callable[[Path], object], caplog: pytest.LogCaptureFixture
) -> None:
    before = fingerprint(desk.lab.place.home)
    world = desk.world()
    fetch = world.fetch()
    with caplog.at_level(logging.DEBUG):
        assert await world.found(fetch, QUERY) == []
    assert fetch.obstacle().startswith(told)
    assert bool(fetch.obstacle()) == bool(told)
    assert fingerprint(desk.lab.place.home) == before
    await assert_discreet(world, caplog, fetch.obstacle())


@pytest.mark.parametrize("desk", CASES, indirect=True)
async def test_the_next_browser_is_tried(
    desk: Desk, fingerprint: Callable[[Path], object], caplog: pytest.LogCaptureFixture
) -> None:
    desk.install("Firefox.app")
    desk.add_firefox()
    before = fingerprint(desk.lab.place.home)
    world = desk.world()
    with caplog.at_level(logging.DEBUG):
        found = await world.found(world.fetch(), QUERY)
    assert [(one.label, one.header.reveal()) for one in found] == [("Firefox default-release", f"sid={GOOD}")]
    assert fingerprint(desk.lab.place.home) == before
    await assert_discreet(world, caplog, repr(found))


async def test_a_log_of_leveldb_that_is_half_written(
    linux: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fingerprint: Callable[[Path], object]
) -> None:
    """What was complete counts, the torn rest does not; nobody is told, since the browser is only not done yet."""
    desk = Desk(linux, tmp_path, monkeypatch)
    desk.cookies(value="test-bad-1")
    folder = desk.chrome / "Local Storage" / "leveldb"
    folder.mkdir(parents=True)
    origin = b"_https://example.com\0\x01"
    whole = log([batch(1, [(origin + b"token", b"\x01test-good-1")])])
    torn = log(
        [
            batch(1, [(origin + b"token", b"\x01test-good-1")]),
            batch(2, [(origin + b"token", b"\x01test-bad-2")]),
        ]
    )
    (folder / "000003.log").write_bytes(torn[: len(whole) + (len(torn) - len(whole)) // 2])
    before = fingerprint(desk.lab.place.home)
    world = desk.world()
    fetch = world.fetch()
    profiles = [profile async for profile in fetch.profiles(StorageQuery(("example.com",)))]
    assert [(one.key, one.value.reveal()) for profile in profiles for one in profile.entries] == [("token", GOOD)]
    assert fetch.obstacle() == ""
    assert fingerprint(desk.lab.place.home) == before


async def test_two_profiles_of_two_people(linux: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two sessions, never one that is mixed from both."""
    desk = Desk(linux, tmp_path, monkeypatch)
    for folder, value in (("Default", "test-bad-1"), ("Profile 1", GOOD)):
        rows = [linux.row("example.com", "sid", value), linux.row("example.com", f"of-{folder[0]}", value)]
        linux.write_chromium(desk.chrome.parent / folder / "Cookies", rows)
    world = desk.world()
    found = await world.found(world.fetch(), QUERY)
    assert [(one.label, one.header.reveal()) for one in found] == [
        ("Chrome Default", "sid=test-bad-1; of-D=test-bad-1"),
        ("Chrome Profile 1", f"sid={GOOD}; of-P={GOOD}"),
    ]


async def assert_discreet(world: BrowserWorld, caplog: pytest.LogCaptureFixture, *said: str) -> None:
    await world.shared.close()
    texts = [caplog.text, *said]
    texts += [path.read_text(errors="replace") for path in world.folder.rglob("*") if path.is_file()]
    assert len(texts) > 1
    assert not [secret for secret in SECRETS for text in texts if secret in text]
