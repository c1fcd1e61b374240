"""Sessions out of a real Chromium, which has encrypted them with its built-in key and with one of a real keyring."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from codexbar_qt.adapters.browser_cookies.place import Place
from codexbar_qt.adapters.browser_reader import SystemBrowserReader
from codexbar_qt.provider_api import CookieQuery, StorageQuery
from tests.e2e.browsers import jar, sites
from tests.e2e.browsers.browser_process import PATIENCE, BrowserProcess, browser_environment
from tests.e2e.browsers.chromium import flush_deposits, start_chromium
from tests.e2e.browsers.deposits import Deposit, Tour
from tests.e2e.browsers.importing import TOLD, import_watched
from tests.e2e.browsers.installed import Installed, Services
from tests.e2e.browsers.places import Authority, BrowserWorld, Keyring, skip_without
from tests.e2e.browsers.untouched import fingerprint
from tests.e2e.cli.case_reading import compare

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.browsers.conftest import Travelled
    from tests.e2e.browsers.places import Kind
    from tests.e2e.browsers.sites import Site

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(60)]

V10: Kind = "chromium v10"
V11: Kind = "chromium v11"
AT_THE_PLACE_OF_CHROME: tuple[Kind, ...] = ("chrome v10", "chrome v11")
BOTH_KEYS = [(kind, state) for kind in (V10, V11) for state in ("running", "closed")]


def in_states(*states: tuple[str, str]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("travelled", states, indirect=True, ids=" ".join)


async def the_profile(reader: SystemBrowserReader) -> Any:
    (profile,) = await reader.profiles("chromium")
    return profile


@in_states(*BOTH_KEYS)
async def test_cookies(travelled: Travelled, profile_reader: SystemBrowserReader, tmp_path: Path) -> None:
    profile = await the_profile(profile_reader)
    now = datetime.now(UTC)
    reading = await profile_reader.cookies(profile, jar.BROAD, now)
    assert {jar.as_expected(one) for one in reading.cookies} == jar.ALL_COOKIES
    assert (len(reading.cookies), reading.troubles) == (len(jar.ALL_COOKIES), ())
    # The most that Chromium keeps a cookie for is 400 days.
    assert all(one.expires_at is None or now < one.expires_at < now + timedelta(days=400) for one in reading.cookies)
    items = ["~/.config/chromium/Default/Cookies"]
    if travelled.kind == V11:
        items.insert(0, "Secret Service: Chromium Safe Storage")
    assert [source.item for source in reading.sources] == items
    assert _versions(travelled.root / "Default" / "Cookies", tmp_path) == {travelled.kind[-3:].encode()}


def _versions(database: Path, folder: Path) -> set[bytes]:
    """Return how the browser says it encrypted its values."""
    copy = shutil.copy(database, folder / "copy")
    with closing(sqlite3.connect(copy)) as connection:
        rows = connection.execute("SELECT DISTINCT substr(encrypted_value, 1, 3) FROM cookies").fetchall()
    return {prefix for (prefix,) in rows}


@in_states((V10, "running"))
async def test_only_what_a_host_may_get(profile_reader: SystemBrowserReader) -> None:
    reading = await profile_reader.cookies(await the_profile(profile_reader), jar.EXACT, datetime.now(UTC))
    # The host-only cookie of the parent goes along because the query names the parent.
    assert {jar.as_expected(one) for one in reading.cookies} == jar.ALL_COOKIES
    query = CookieQuery((jar.HOST,), bool, host=jar.HOST)
    reading = await profile_reader.cookies(await the_profile(profile_reader), query, datetime.now(UTC))
    assert {one.domain for one in reading.cookies} == {jar.HOST}


@in_states((V10, "running"))
async def test_order_of_the_header(profile_reader: SystemBrowserReader) -> None:
    """Longer paths first (RFC 6265); what belongs to one site's frames last."""
    reading = await profile_reader.cookies(await the_profile(profile_reader), jar.BROAD, datetime.now(UTC))
    names = [one.name for one in reading.cookies]
    assert (names[0], names[-1]) == ("below", "framed")


@in_states(*BOTH_KEYS)
async def test_storage(profile_reader: SystemBrowserReader) -> None:
    profile = await the_profile(profile_reader)
    local = await profile_reader.storage(profile, jar.STORAGE)
    session = await profile_reader.storage(profile, jar.SESSION_STORAGE)
    indexed = await profile_reader.storage(profile, jar.INDEXED)
    framed = await profile_reader.storage(profile, jar.FRAMED)
    assert dict(jar.entries(local)) == jar.LOCAL_ENTRIES
    assert dict(jar.entries(session)) == jar.SESSION_ENTRIES
    assert jar.entries(indexed) == [("", jar.TOKEN)]
    assert jar.entries(framed) == jar.FRAME_ENTRIES
    assert [one.troubles for one in (local, session, indexed, framed)] == [()] * 4


@in_states(*BOTH_KEYS)
async def test_reading_changes_nothing(travelled: Travelled, profile_reader: SystemBrowserReader) -> None:
    with travelled.held_still():
        before = fingerprint(travelled.root)
        profile = await the_profile(profile_reader)
        assert (await profile_reader.cookies(profile, jar.BROAD, datetime.now(UTC))).cookies
        for query in (jar.STORAGE, jar.SESSION_STORAGE, jar.INDEXED):
            assert (await profile_reader.storage(profile, query)).profile
        assert fingerprint(travelled.root) == before


@pytest.mark.parametrize("site", sites.CHROMIUM, ids=lambda site: site.provider)
@in_states((V10, "running"))
def test_import(travelled: Travelled, installed: Installed, site: Site, tmp_path: Path) -> None:
    installed.configure([site])
    installed.allow(travelled.browser_id)
    with Services([site], tmp_path) as services:
        ended = installed.run(*services.arguments(site), **services.variables)
        assert ended.stderr == b""
        (element,) = json.loads(ended.stdout)
        assert (compare(element, ended.returncode, site.case, only=TOLD), services.problems()) == ([], [])
        assert not services.leaks(ended.stdout)


@in_states(*BOTH_KEYS)
def test_import_of_all(travelled: Travelled, installed: Installed, tmp_path: Path) -> None:
    import_watched(travelled, installed, tmp_path, travelled.sites)


@in_states(*((kind, state) for kind in AT_THE_PLACE_OF_CHROME for state in ("running", "closed")))
async def test_two_people(
    travelled: Travelled, profile_reader: SystemBrowserReader, installed: Installed, tmp_path: Path
) -> None:
    """Where Chrome keeps its profiles: the session of the first one is refused, that of the second one works."""
    profiles = await profile_reader.profiles("chrome")
    assert [profile.label for profile in profiles] == ["Chrome Default", "Chrome Profile 1"]
    await asyncio.to_thread(import_watched, travelled, installed, tmp_path, travelled.sites)
    root = "~/.config/google-chrome"
    used = {(record["provider_id"], record["item"]) for record in installed.ledger()}
    key = ("opencode", "Secret Service: Chrome Safe Storage")
    assert (key in used) == (travelled.kind == "chrome v11")
    assert used - {key} == {
        ("opencode", f"{root}/Default/Cookies"),
        ("opencode", f"{root}/Profile 1/Cookies"),
        ("factory", f"{root}/Default/Local Storage/leveldb"),
    }


async def test_a_browser_that_writes(tmp_path: Path, runtime_dir: Path) -> None:
    skip_without(V10)
    tour = Tour([Deposit(jar.LATE_HOST, ticks="tick", path="/ticks")])
    reader = SystemBrowserReader(Place("linux", tmp_path))
    seen: list[int] = []
    with contextlib.ExitStack() as stack:
        world = stack.enter_context(BrowserWorld(tour, Authority(tmp_path / "sites.pem", [jar.LATE_HOST])))
        environment = browser_environment(tmp_path, runtime_dir)
        process = start_chromium(world, tmp_path / ".config" / "chromium", environment, store="basic")
        stack.callback(process.kill)
        profile = await the_profile(reader)
        deadline = time.monotonic() + PATIENCE
        while len(set(seen)) < 4:
            assert time.monotonic() < deadline, f"the cookie did not change often enough: {set(seen)}"
            reading = await reader.cookies(profile, jar.LATE, datetime.now(UTC))
            storage = await reader.storage(profile, StorageQuery((jar.LATE_HOST,)))
            assert (reading.troubles, storage.troubles) == ((), ())
            seen += [int(one.value.reveal()) for one in reading.cookies]
    assert seen == sorted(seen)


@in_states((V10, "running"))
def test_nothing_is_read_without_consent(travelled: Travelled, installed: Installed, tmp_path: Path) -> None:
    (site,) = (one for one in travelled.sites if one.provider == "ollama")
    installed.configure([site])
    with Services([site], tmp_path) as services:
        ended = installed.run(*services.arguments(site), **services.variables)
        (element,) = json.loads(ended.stdout)
        assert (ended.returncode, services.requests, installed.ledger()) == (1, [], [])
        told = "CodexBar has not been allowed to read Chromium. Run codexbar config allow-browser chromium"
        assert element["error"]["message"].startswith(told)
        assert installed.run("config", "allow-browser", "chromium").returncode == 0
        ended = installed.run(*services.arguments(site), **services.variables)
        assert (ended.returncode, services.problems()) == (0, [])
        assert [record["item"] for record in installed.ledger()] == ["~/.config/chromium/Default/Cookies"]


@in_states((V11, "running"))
def test_what_worked_is_kept_in_the_keyring(travelled: Travelled, installed: Installed, tmp_path: Path) -> None:
    (site,) = (one for one in travelled.sites if one.provider == "ollama")
    installed.configure([site])
    installed.allow("chromium")
    with Services([site], tmp_path) as services:
        assert installed.run(*services.arguments(site), **services.variables).returncode == 0
        read = installed.ledger()
        assert {record["what"] for record in read} == {"Key", "Cookies"}
        again = installed.run(*services.arguments(site), **services.variables)
        assert (again.returncode, services.problems()) == (0, [])
        first, second = (one.headers["cookie"] for one in services.requests)
        assert first == second
        assert len(first) > 4_000
        assert installed.ledger() == read  # the browser was left alone
        cleared = json.loads(installed.run("cache", "clear", "--cookies", "--json-only").stdout)
        assert [(one["cache"], one["cleared"]) for one in cleared] == [("cookies", 1)]
        assert installed.run(*services.arguments(site), **services.variables).returncode == 0
        assert {record["times"] for record in installed.ledger()} == {2}


async def test_a_profile_that_changed_its_key_and_was_killed(
    tmp_path: Path, runtime_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Values of two keys side by side, tables and a log of LevelDB side by side, and nobody who tidied up."""
    skip_without(V11)
    root = tmp_path / ".config" / "chromium"
    hosts = [MANY_HOST, *(one.host for one in flush_deposits())]
    authority = Authority(tmp_path / "sites.pem", hosts)
    with contextlib.ExitStack() as stack:
        bus = stack.enter_context(Keyring(tmp_path, runtime_dir)).address
        environment = browser_environment(tmp_path, runtime_dir, bus)

        def start(store: str) -> BrowserProcess:
            world = stack.enter_context(BrowserWorld(Tour([many(store), *flush_deposits()]), authority))
            process = start_chromium(world, root, environment, store=store)
            stack.callback(process.kill)
            return process

        start("basic").close()
        process = start("gnome-libsecret")
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus)
        reader = SystemBrowserReader(Place("linux", tmp_path))
        profile = await the_profile(reader)
        deadline = time.monotonic() + PATIENCE
        while not await _holds(reader, profile, "gnome-libsecret"):
            assert time.monotonic() < deadline, "Chromium has not written what its page has stored"
        process.kill()
        before = fingerprint(root)
        cookies = await reader.cookies(profile, CookieQuery((MANY_HOST,), bool), datetime.now(UTC))
        storage = await reader.storage(profile, StorageQuery((MANY_HOST,)))
        assert fingerprint(root) == before
    values = {"basic", "gnome-libsecret"}
    assert {(one.name, one.value.reveal()) for one in cookies.cookies} == {(f"set-{one}", one) for one in values}
    assert _versions(root / "Default" / "Cookies", tmp_path) == {b"v10", b"v11"}
    found = dict(jar.entries(storage))
    assert {found.pop("only-basic"), found.pop("only-gnome-libsecret"), found.pop("last")} == {"x", "gnome-libsecret"}
    assert found == {f"key-{number}": value(number, "gnome-libsecret") for number in range(1, MANY)}
    assert {path.suffix for path in (root / "Default" / "Local Storage" / "leveldb").iterdir()} >= {".ldb", ".log"}
    assert (cookies.troubles, storage.troubles) == ((), ())


async def _holds(reader: SystemBrowserReader, profile: Any, tag: str) -> bool:
    """Whether the profile holds the last that a visit leaves behind."""
    storage = await reader.storage(profile, StorageQuery((MANY_HOST,)))
    cookies = await reader.cookies(profile, CookieQuery((MANY_HOST,), bool), datetime.now(UTC))
    return ("last", tag) in jar.entries(storage) and f"set-{tag}" in {one.name for one in cookies.cookies}


MANY, MANY_HOST = 100, "many.example"


def value(number: int, tag: str) -> str:
    return f"{tag} {number} " + "filling " * 100


def many(tag: str) -> Deposit:
    """More than Chromium keeps in a log; one entry goes again, one stays of each visit."""
    entries: list[tuple[str, str | None]] = [(f"key-{number}", value(number, tag)) for number in range(MANY)]
    entries += [("key-0", None), (f"only-{tag}", "x"), ("last", tag)]
    return Deposit(MANY_HOST, (f"set-{tag}={tag}; Path=/; Secure; Max-Age=9999",), local=tuple(entries))


@in_states((V11, "closed"))
@pytest.mark.parametrize("has_keyring", [True, False], ids=["locked keyring", "no keyring"])
def test_a_key_out_of_reach(travelled: Travelled, tmp_path: Path, runtime_dir: Path, has_keyring: bool) -> None:
    """Nobody is asked, nothing is sent, and what to do is told."""
    (site,) = (one for one in travelled.sites if one.provider == "ollama")
    with contextlib.ExitStack() as stack:
        bus = stack.enter_context(Keyring(travelled.home, runtime_dir, is_locked=True)).address if has_keyring else ""
        installed = Installed(travelled.home, tmp_path, runtime_dir, bus)
        installed.configure([site])
        installed.allow("chromium")
        services = stack.enter_context(Services([site], tmp_path))
        ended = installed.run(*services.arguments(site), **services.variables)
        assert (ended.returncode, ended.stderr, services.requests) == (1, b"", [])
        (element,) = json.loads(ended.stdout)
        message = element["error"]["message"]
        assert "locked" in message if has_keyring else "key" in message, message
        assert ("Key", "locked" if has_keyring else "no key") in {
            (record["what"], record["result"]) for record in installed.ledger()
        }
