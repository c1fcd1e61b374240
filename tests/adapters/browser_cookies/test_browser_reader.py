"""The reader behind the port: threads that end nobody's day, `~` in paths, troubles and results in words."""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import TYPE_CHECKING, Any

import pytest

from codexbar_qt.adapters import browser_reader
from codexbar_qt.adapters.browser_cookies.key_sources import PasswordLookup
from codexbar_qt.adapters.browser_reader import SystemBrowserReader
from codexbar_qt.core.ports import BrowserTrouble, CookieReading, KnownBrowser, ReadSource, StorageReading
from codexbar_qt.provider_api import BrowserOrder, StorageQuery

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CHROME = "google-chrome/Default"


class Machine:
    """A Linux machine with Chrome and Firefox, whose cookies `sid` are for example.com."""

    def __init__(self, lab: Any, folder: Path) -> None:
        self.lab = lab
        self.config = lab.place.home / ".config"
        crypt = lab.crypt.cbc("test-cookie-1", "example.com")
        lab.write_chromium(self.config / CHROME / "Cookies", [lab.row("example.com", "sid", encrypted=crypt)])
        fox = lab.place.home / ".mozilla" / "firefox"
        lab.write_firefox(fox / "abcd.default-release" / "cookies.sqlite", [lab.fox_row(".example.com", "sid")])
        self.source = lab.fake_source(lab.found(b"test-password-1"))
        self.reader = SystemBrowserReader(lab.place, lambda: lab.keys(self.source))
        self.query = lab.query("example.com")

    async def read(self, browser_id: str, *, interactive: bool = False) -> Any:
        (profile,) = await self.reader.profiles(browser_id)
        return await self.reader.cookies(profile, self.query, self.lab.now, interactive=interactive)


@pytest.fixture
def machine(linux: Any, tmp_path: Path) -> Machine:
    return Machine(linux, tmp_path)


def ids(groups: Any) -> list[list[str]]:
    return [[browser.id for browser in group] for group in groups]


@pytest.mark.parametrize(
    ("system", "there", "not_there"),
    [("linux", "firefox", "safari"), ("macos", "safari", ""), ("windows", "arc", "safari")],
)
def test_browsers_of_other_systems_are_not_known(
    make_lab: Callable[..., Any], system: str, there: str, not_there: str
) -> None:
    known = [browser.id for browser in SystemBrowserReader(make_lab(system).place).known()]
    assert there in known
    assert not_there not in known
    assert known.index("chrome") < known.index("firefox") < known.index("librewolf")


async def test_candidates_come_in_order_and_by_groups(machine: Machine) -> None:
    reader = machine.reader
    assert await reader.candidates(BrowserOrder()) == (
        (KnownBrowser("chrome", "Chrome", "chromium"), KnownBrowser("firefox", "Firefox", "firefox")),
    )
    assert ids(await reader.candidates(BrowserOrder(("firefox",), group=True))) == [["firefox"], ["chrome"]]
    assert ids(await reader.candidates(BrowserOrder(), keyring_allowed=False)) == [["firefox"]]


async def test_what_has_cookies_is_remembered_until_people_ask(machine: Machine) -> None:
    await machine.reader.candidates(BrowserOrder())
    machine.lab.write_chromium(machine.config / "vivaldi/Default/Cookies", [])
    assert ids(await machine.reader.candidates(BrowserOrder())) == [["chrome", "firefox"]]
    machine.reader.forget()
    assert ids(await machine.reader.candidates(BrowserOrder())) == [["chrome", "vivaldi", "firefox"]]


async def test_cookies_and_where_they_were(machine: Machine) -> None:
    reading = await machine.read("chrome")
    assert [(item.name, item.value.reveal()) for item in reading.cookies] == [("sid", "test-cookie-1")]
    assert reading.troubles == ()
    assert set(reading.sources) == {
        ReadSource("Cookies", "~/.config/google-chrome/Default/Cookies", "1 cookie"),
        ReadSource("Key", "Test store: Safe Storage", "used"),
    }
    reading = await machine.read("firefox")
    assert reading.sources == (
        ReadSource("Cookies", "~/.mozilla/firefox/abcd.default-release/cookies.sqlite", "1 cookie"),
    )
    (profile,) = await machine.reader.profiles("firefox")
    assert (profile.browser, profile.label, profile.name) == ("firefox", "Firefox default-release", "default-release")


async def test_nothing_found_is_said(machine: Machine) -> None:
    machine.query = machine.lab.query("example.org")
    assert [source.result for source in (await machine.read("chrome")).sources] == ["nothing"]


async def test_a_key_is_asked_for_once_in_the_life_of_the_process(machine: Machine) -> None:
    await machine.read("chrome")
    await machine.read("chrome")
    assert machine.source.asked == [("chrome", False)]


@pytest.mark.parametrize(
    ("state", "kind", "result"),
    [
        ("locked", "keyring_locked", "locked"),
        ("prompt", "asks_first", "not read: it would ask you"),
        ("denied", "denied", "refused"),
        ("missing", "no_key", "no key"),
        ("unavailable", "no_key", "no key"),
    ],
)
async def test_troubles_with_keys(machine: Machine, state: Any, kind: str, result: str) -> None:
    machine.source.silent = PasswordLookup(state)
    reading = await machine.read("chrome")
    assert reading.cookies == ()
    (trouble,) = reading.troubles
    assert (trouble.kind, trouble.browser) == (kind, "chrome")
    assert "Chrome" in trouble.sentence or state == "prompt"
    assert ReadSource("Key", "Key of Chrome Default", result) in reading.sources
    assert machine.source.asked == [("chrome", False)]


async def test_a_dialog_is_shown_only_when_wished_for(machine: Machine) -> None:
    machine.source.silent = PasswordLookup("locked")
    machine.source.with_dialog = machine.lab.found(b"test-password-1")
    assert (await machine.read("chrome")).cookies == ()
    assert (await machine.read("chrome", interactive=True)).cookies
    assert machine.source.asked == [("chrome", False), ("chrome", False), ("chrome", True)]


async def test_a_database_that_cannot_be_read(machine: Machine) -> None:
    (machine.config / CHROME / "Cookies").write_bytes(b"no database")
    reading = await machine.read("chrome")
    assert [trouble.kind for trouble in reading.troubles] == ["unreadable"]
    assert reading.sources == (ReadSource("Cookies", "~/.config/google-chrome/Default", "not readable"),)


async def test_a_profile_that_is_gone(machine: Machine) -> None:
    (profile,) = await machine.reader.profiles("firefox")
    machine.reader._profiles.clear()
    assert await machine.reader.cookies(profile, machine.query, machine.lab.now) == CookieReading()
    assert await machine.reader.storage(profile, StorageQuery(("example.com",))) == StorageReading()
    assert await machine.reader.profiles("netscape") == ()


async def test_page_storage(machine: Machine) -> None:
    import sqlite3

    (profile,) = await machine.reader.profiles("firefox")
    place = machine.lab.place.home / ".mozilla/firefox/abcd.default-release/storage/default/https+++example.com/ls"
    place.mkdir(parents=True)
    with sqlite3.connect(place / "data.sqlite") as connection:
        connection.execute("CREATE TABLE data (key TEXT, value BLOB, conversion_type INT, compression_type INT)")
        connection.execute("INSERT INTO data VALUES ('token', 'test-token-1', 1, 0)")
    connection.close()
    reading = await machine.reader.storage(profile, StorageQuery(("example.com",)))
    assert reading.profile is not None
    assert [(item.key, item.value.reveal()) for item in reading.profile.entries] == [("token", "test-token-1")]
    (source,) = reading.sources
    assert (source.what, source.result) == ("Page storage", "1 entry")
    assert source.item.startswith("~/.mozilla/firefox/abcd.default-release/storage/default/https+++example.com")
    nothing = await machine.reader.storage(profile, StorageQuery(("example.org",)))
    assert (nothing.profile, nothing.sources) == (None, ())


async def test_a_package_that_sees_no_profiles(machine: Machine) -> None:
    assert machine.reader.surroundings() is None
    machine.lab.place.root.mkdir()
    (machine.lab.place.root / ".flatpak-info").touch()
    around = machine.reader.surroundings()
    assert around is not None
    assert (around.kind, "Flatpak" in around.sentence) == ("sandboxed", True)


async def test_a_read_that_does_not_end_is_left_to_itself(machine: Machine) -> None:
    gate, real = threading.Event(), machine.source.find

    def find(browser: Any, *, interactive: bool) -> PasswordLookup:
        gate.wait(10)
        answer: PasswordLookup = real(browser, interactive=interactive)
        return answer

    machine.source.find = find
    (profile,) = await machine.reader.profiles("chrome")
    machine.reader._read_seconds = 0.05
    reading = await machine.reader.cookies(profile, machine.query, machine.lab.now)
    told = "Chrome Default could not be read in time. Try again in a moment, or paste a Cookie header."
    assert reading.troubles == (BrowserTrouble("unreadable", "chrome", told),)
    gate.set()
    machine.reader._read_seconds = 10
    assert (await machine.read("chrome")).cookies


async def test_too_many_that_do_not_end_stop_the_next(machine: Machine) -> None:
    gate, begun = threading.Event(), []

    def wait() -> bool:
        begun.append(1)
        return gate.wait(10)

    machine.reader._read_seconds = 0.02
    for _ in range(browser_reader.MOST_THREADS + 3):
        assert await machine.reader._run(wait) is None
    assert len(begun) == browser_reader.MOST_THREADS
    gate.set()
    machine.reader._read_seconds = 10
    for thread in [thread for thread in threading.enumerate() if thread.name == "browsers"]:
        thread.join(10)
    assert (await machine.read("firefox")).cookies


async def test_a_reader_that_goes_away_ends_nothing_else(machine: Machine) -> None:
    gate = threading.Event()
    work = asyncio.create_task(machine.reader._run(lambda: gate.wait(10)))
    await asyncio.sleep(0.02)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert (await machine.read("firefox")).cookies
    gate.set()


@pytest.mark.logs_warnings
async def test_a_fault_of_ours_is_told_without_its_text(machine: Machine, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> bool:
        raise ValueError("test-cookie-1")

    caplog.set_level(logging.DEBUG)
    assert await machine.reader._run(fail) is None
    assert "A browser could not be read: ValueError" in caplog.text
    assert "test-cookie-1" not in caplog.text


async def test_profiles_stay_untouched(machine: Machine, fingerprint: Callable[[Path], Any]) -> None:
    before = fingerprint(machine.lab.place.home)
    for name in ("chrome", "firefox"):
        await machine.read(name)
        (profile,) = await machine.reader.profiles(name)
        await machine.reader.storage(profile, StorageQuery(("example.com",), ("local", "session", "indexed")))
    assert fingerprint(machine.lab.place.home) == before
