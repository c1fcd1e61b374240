"""The kept session: what is stored, when it goes, and that nothing is lost to a race, a lock or a failing keyring."""

from __future__ import annotations

import asyncio
import json
import logging
import multiprocessing
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

import pytest
from filelock import FileLock

from codexbar_qt.core.browser_access import CachedSession
from codexbar_qt.core.cached_header import header_digest
from codexbar_qt.core.cookie_cache import LONGEST_HEADER, SERVICE, CacheLookup, Clearing, CookieCache
from codexbar_qt.core.cookie_cache_files import LOCK_NAME, MOST_SCOPES, SCOPES_NAME, CookieCacheFiles
from codexbar_qt.provider_api import Secret
from codexbar_qt.provider_testing import FakeClock
from tests.unit.core.browser_world import HOUR, BrowserWorld, FakeKeyring

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.core.conftest import ManualClock

OLD, NEW = "session=test-cookie-1", "session=test-cookie-2"


async def header(browsers: BrowserWorld, name: str = "acme", scope: str = "") -> str | None:
    entry = (await browsers.shared.cache.load(name, scope)).entry
    return entry.header.reveal() if entry else None


async def test_an_entry_is_the_json_of_the_sheet(browsers: BrowserWorld) -> None:
    await browsers.keep(f"Cookie: {OLD} ", "Chrome Work")
    assert json.loads(browsers.kept()) == {
        "cookieHeader": OLD,
        "storedAt": "2026-07-16T12:00:05Z",
        "sourceLabel": "Chrome Work",
    }
    found = await browsers.shared.cache.load("acme")
    assert (found.state, found.in_memory) == ("found", False)
    assert found.entry is not None
    assert (found.entry.label, found.entry.stored_at) == ("Chrome Work", browsers.clock.now())
    assert OLD not in repr(found)


async def test_every_provider_and_scope_has_its_own(browsers: BrowserWorld) -> None:
    await browsers.keep(OLD)
    await browsers.keep(NEW, scope="home-1")
    await browsers.keep("session=b", name="bolt")
    assert sorted(browsers.keyring.entries) == ["cookie.acme", "cookie.acme.home-1", "cookie.bolt"]
    assert (await header(browsers), await header(browsers, scope="home-1")) == (OLD, NEW)


async def test_a_header_of_4_kb_is_kept_whole_and_a_huge_one_is_not_kept(browsers: BrowserWorld) -> None:
    long = "session=" + "x" * 4096
    await browsers.keep(long)
    assert await header(browsers) == long
    await browsers.keep("y" * (LONGEST_HEADER + 1))
    assert await header(browsers) == long


async def test_a_blank_header_clears_the_entry(browsers: BrowserWorld) -> None:
    await browsers.keep(OLD)
    await browsers.keep(" Cookie:  ")
    assert browsers.keyring.entries == {}


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "{}",
        '{"cookieHeader": 1, "storedAt": "2026-07-16T12:00:05Z"}',
        '{"cookieHeader": "a=b", "storedAt": "soon"}',
        '{"cookieHeader": "a=b", "storedAt": "2026-07-16T12:00:05"}',
        '{"cookieHeader": "  ", "storedAt": "2026-07-16T12:00:05Z"}',
    ],
)
async def test_what_cannot_be_read_is_removed(browsers: BrowserWorld, text: str) -> None:
    browsers.keyring.entries["cookie.acme"] = text
    assert await browsers.shared.cache.load("acme") == CacheLookup("missing")
    assert browsers.keyring.entries == {}


async def test_an_entry_of_the_reference_app_is_understood(browsers: BrowserWorld) -> None:
    browsers.keyring.entries["cookie.acme"] = json.dumps({"cookieHeader": OLD, "storedAt": "2026-07-16T12:00:05.5Z"})
    entry = (await browsers.shared.cache.load("acme")).entry
    assert entry is not None
    assert (entry.header.reveal(), entry.label) == (OLD, "Browser")


async def test_the_refused_header_goes_and_no_other(browsers: BrowserWorld) -> None:
    await browsers.keep(OLD)
    await browsers.shared.cache.reject("acme", Secret(NEW))
    assert await header(browsers) == OLD
    await browsers.shared.cache.reject("acme", Secret(f"cookie: {OLD}"))
    assert browsers.keyring.entries == {}


async def test_a_refusal_does_not_take_a_newer_session_away(browsers: BrowserWorld) -> None:
    """Two fetches: one is refused while the other stores what it imported."""
    await browsers.keep(OLD)
    cache = browsers.shared.cache
    await asyncio.gather(cache.reject("acme", Secret(OLD)), cache.put("acme", Secret(NEW), "Firefox x"))
    assert await header(browsers) == NEW
    await asyncio.gather(cache.put("acme", Secret(OLD), "Firefox x"), cache.reject("acme", Secret(NEW)))
    assert await header(browsers) == OLD


async def test_a_header_refused_between_reading_and_removing_stays_when_it_was_replaced(browsers: BrowserWorld) -> None:
    """Another process stores a new session while this one is about to remove the old one."""
    await browsers.keep(OLD)
    other = CookieCache(browsers.keyring, SERVICE, browsers.clock, CookieCacheFiles(browsers.folder / "cache"))
    put: list[asyncio.Task[None]] = []

    async def store_elsewhere() -> None:
        put.append(asyncio.create_task(other.put("acme", Secret(NEW), "Firefox x")))
        await asyncio.sleep(0.05)  # time to get past the lock, were there none

    browsers.keyring.during["get"] = store_elsewhere
    await browsers.shared.cache.reject("acme", Secret(OLD))
    await asyncio.gather(*put)
    assert await header(browsers) == NEW
    assert [name for name, _, _ in browsers.keyring.calls][-4:-1] == ["get", "delete", "set"]


class FileKeyring(FakeKeyring):
    """Keeps its entries in a file, so that processes share them; slow enough for another one to come between."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    async def _begin(self, name: str, service: str, account: str, interactive: bool) -> str:  # type: ignore[override]
        self.entries = Entries(self._path)
        await asyncio.sleep(0.001)
        return "found"


class Entries(dict[str, str]):
    """A dictionary that is a file."""

    def __init__(self, path: Path) -> None:
        super().__init__(json.loads(path.read_text()) if path.exists() else {})
        self._path = path

    def __setitem__(self, key: str, value: str) -> None:
        super().__setitem__(key, value)
        self._path.write_text(json.dumps(self))

    def pop(self, key: str, default: str | None = None) -> str:  # type: ignore[override]
        value = super().pop(key, default)
        self._path.write_text(json.dumps(self))
        return value or ""


def _use_cache(folder: Path, mine: str, rounds: int) -> None:
    async def use() -> None:
        store = FileKeyring(folder / "keyring.json")
        cache = CookieCache(store, SERVICE, FakeClock(datetime(2030, 1, 1, tzinfo=UTC)), CookieCacheFiles(folder))
        for number in range(rounds):
            header = Secret(f"session={mine}-{number}")
            await cache.put("acme", header, mine)
            await cache.put("acme", Secret(f"session={mine}"), mine, f"{mine}-{number}")
            await cache.reject("acme", header)
        await cache.put("acme", Secret(f"session={mine}-last"), mine)
        for other in range(rounds):
            await cache.reject("acme", Secret(f"session={mine}-{other}"))

    asyncio.run(use())


def test_two_processes_lose_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    users = [context.Process(target=_use_cache, args=(tmp_path, name, 10)) for name in "ab"]
    for user in users:
        user.start()
    for user in users:
        user.join(90)
    assert [user.exitcode for user in users] == [0, 0]
    entries = json.loads((tmp_path / "keyring.json").read_text())
    assert json.loads(entries["cookie.acme"])["cookieHeader"] in ("session=a-last", "session=b-last")
    scopes = {f"{name}-{number}" for name in "ab" for number in range(10)}
    assert set(json.loads((tmp_path / SCOPES_NAME).read_text())["acme"]) == scopes
    assert set(entries) == {"cookie.acme"} | {f"cookie.acme.{scope}" for scope in scopes}


async def test_a_locked_keyring_changes_nothing_in_it(browsers: BrowserWorld) -> None:
    await browsers.keep(OLD)
    before = dict(browsers.keyring.entries)
    browsers.keyring.state = "locked"
    assert await browsers.shared.cache.load("acme") == CacheLookup("locked")
    await browsers.shared.cache.reject("acme", Secret(NEW))
    assert browsers.keyring.entries == before
    browsers.keyring.state = "found"
    assert await header(browsers) == OLD
    assert not any(interactive for _, _, interactive in browsers.keyring.calls)


async def test_a_header_refused_while_the_keyring_is_locked_does_not_come_back(browsers: BrowserWorld) -> None:
    await browsers.keep(OLD)
    browsers.keyring.state = "locked"
    await browsers.shared.cache.reject("acme", Secret(OLD))
    browsers.keyring.state = "found"
    assert await header(browsers) is None
    assert browsers.keyring.entries == {}
    await browsers.keep(OLD)
    assert await header(browsers) == OLD


@pytest.mark.parametrize("state", ["locked", "unavailable"])
async def test_without_a_keyring_memory_has_to_do(browsers: BrowserWorld, state: str) -> None:
    browsers.keyring.state = state  # type: ignore[assignment]
    await browsers.keep(OLD)
    found = await browsers.shared.cache.load("acme")
    assert (found.state, found.in_memory, await header(browsers)) == (state, True, OLD)
    assert (await browsers.shared.cache.summary("acme"))[0] == CachedSession("Chrome Work", browsers.clock.now(), True)
    files = [path for path in browsers.folder.rglob("*") if path.is_file()]
    assert not any(b"test-cookie" in path.read_bytes() for path in files)
    await browsers.shared.cache.reject("acme", Secret(NEW))
    assert await header(browsers) == OLD
    await browsers.shared.cache.reject("acme", Secret(OLD))
    assert await header(browsers) is None


async def test_what_memory_kept_moves_to_the_keyring(browsers: BrowserWorld, clock: ManualClock) -> None:
    await browsers.keep(OLD)
    browsers.keyring.state = "locked"
    await clock.advance(60)
    await browsers.keep(NEW)
    browsers.keyring.state = "found"
    assert await header(browsers) == NEW
    assert NEW in browsers.kept()
    assert not (await browsers.shared.cache.load("acme")).in_memory


async def test_a_newer_entry_of_another_process_wins_over_memory(browsers: BrowserWorld, clock: ManualClock) -> None:
    browsers.keyring.state = "locked"
    await browsers.keep(OLD)
    browsers.keyring.state = "found"
    await clock.advance(60)
    other = CookieCache(browsers.keyring, SERVICE, clock, CookieCacheFiles(browsers.folder / "cache"))
    await other.put("acme", Secret(NEW), "Firefox x")
    assert await header(browsers) == NEW


async def test_a_keyring_that_fails_in_the_middle_costs_no_session(browsers: BrowserWorld) -> None:
    await browsers.keep(OLD)
    browsers.keyring.fails = {"set"}
    await browsers.keep(NEW)
    assert await header(browsers) == NEW
    assert OLD in browsers.kept()
    browsers.keyring.fails = set()
    assert await header(browsers) == NEW
    assert NEW in browsers.kept()


async def test_an_entry_that_cannot_be_removed_is_not_used_again(browsers: BrowserWorld) -> None:
    await browsers.keep(OLD)
    browsers.keyring.fails = {"delete"}
    await browsers.shared.cache.reject("acme", Secret(OLD))
    assert await header(browsers) is None
    assert OLD in browsers.kept()


async def test_clearing_takes_scopes_along(browsers: BrowserWorld) -> None:
    await browsers.keep(OLD)
    await browsers.keep(NEW, scope="home-1")
    await browsers.keep("session=b", name="bolt")
    browsers.restart()  # another process: what it knows of scopes is in the file
    assert await browsers.shared.cache.clear("acme") == Clearing("cleared", 2)
    assert list(browsers.keyring.entries) == ["cookie.bolt"]
    assert json.loads((browsers.folder / "cache" / SCOPES_NAME).read_text()) == {}
    assert await browsers.shared.cache.clear("acme") == Clearing("cleared", 0)


async def test_clearing_a_locked_keyring(browsers: BrowserWorld, clock: ManualClock) -> None:
    await browsers.keep(OLD)
    browsers.keyring.state = "locked"
    assert await browsers.shared.cache.clear("acme") == Clearing("locked", 0)
    browsers.keyring.state = "found"
    assert await header(browsers) is None  # people wanted it gone
    assert browsers.keyring.entries == {}
    await clock.advance(1)
    await browsers.keep(NEW)
    assert await header(browsers) == NEW


@pytest.mark.parametrize("state", ["locked", "unavailable"])
async def test_what_was_cleared_out_of_reach_does_not_come_back_in_any_scope(
    browsers: BrowserWorld, state: Literal["locked", "unavailable"]
) -> None:
    await browsers.keep(OLD)
    await browsers.keep(NEW, scope="home-1")
    browsers.keyring.state = state
    assert await browsers.shared.cache.clear("acme") == Clearing(state, 0)
    browsers.keyring.state = "found"
    assert (await browsers.shared.cache.load("acme", "home-1")).entry is None
    assert await header(browsers) is None
    assert browsers.keyring.entries == {}


async def test_a_person_may_be_asked_to_unlock_it(browsers: BrowserWorld) -> None:
    await browsers.keep(OLD)
    browsers.keyring.state = "locked"
    assert await browsers.shared.cache.clear("acme", interactive=True) == Clearing("cleared", 1)


async def test_clearing_without_a_keyring_and_with_one_that_fails(browsers: BrowserWorld) -> None:
    browsers.keyring.state = "unavailable"
    await browsers.keep(OLD)
    assert await browsers.shared.cache.clear("acme") == Clearing("unavailable", 1)
    browsers.keyring.state = "found"
    await browsers.keep(NEW)
    browsers.keyring.fails = {"delete"}
    assert await browsers.shared.cache.clear("acme") == Clearing("kept", 0)


async def test_the_latest_session_of_all_scopes_is_shown(browsers: BrowserWorld, clock: ManualClock) -> None:
    assert await browsers.shared.cache.summary("acme") == (None, "missing")
    await browsers.keep(OLD, "Chrome Work")
    await clock.advance(60)
    await browsers.keep(NEW, "Firefox x", scope="home-1")
    assert await browsers.shared.cache.summary("acme") == (CachedSession("Firefox x", clock.now()), "found")


async def test_a_change_ends_although_nobody_waits_for_it(browsers: BrowserWorld) -> None:
    entered, go_on = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        entered.set()
        await go_on.wait()

    browsers.keyring.during["set"] = wait
    work = asyncio.create_task(browsers.keep(NEW))
    await entered.wait()
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    go_on.set()
    await browsers.shared.cache.close()
    assert NEW in browsers.kept()
    with FileLock(browsers.folder / "cache" / LOCK_NAME, timeout=5):
        pass  # and the lock was given back


async def test_a_process_that_never_gives_the_lock_back(browsers: BrowserWorld) -> None:
    files = CookieCacheFiles(browsers.folder / "cache", lock_seconds=0.05)
    cache = CookieCache(browsers.keyring, SERVICE, browsers.clock, files)
    (browsers.folder / "cache").mkdir()
    with FileLock(browsers.folder / "cache" / LOCK_NAME):
        await cache.put("acme", Secret(OLD), "Chrome Work")
        found = await cache.load("acme")
        assert await cache.clear("bolt") == Clearing("kept", 0)
    assert found.entry is not None
    assert (found.in_memory, browsers.keyring.entries) == (True, {})
    found = await cache.load("acme")
    assert (found.in_memory, list(browsers.keyring.entries)) == (False, ["cookie.acme"])


async def test_a_file_in_the_place_of_the_folder_costs_only_the_lock(browsers: BrowserWorld) -> None:
    browsers.folder.joinpath("cache").write_text("")
    await browsers.keep(OLD, scope="home-1")
    assert await header(browsers, scope="home-1") == OLD


async def test_scopes_are_few_and_a_broken_list_counts_as_none(browsers: BrowserWorld) -> None:
    for number in range(MOST_SCOPES + 2):
        await browsers.keep(OLD, scope=str(number))
    path = browsers.folder / "cache" / SCOPES_NAME
    assert len(json.loads(path.read_text())["acme"]) == MOST_SCOPES
    path.write_text("{")
    assert await browsers.shared.cache.clear("acme") == Clearing("cleared", 0)


async def test_the_lock_file_is_private(browsers: BrowserWorld) -> None:
    await browsers.keep(OLD, scope="home-1")
    folder = browsers.folder / "cache"
    if os.name == "posix":
        assert folder.stat().st_mode & 0o777 == 0o700
        assert (folder / SCOPES_NAME).stat().st_mode & 0o777 == 0o600
        assert (folder / LOCK_NAME).exists()  # on Windows a lock takes its file along when it ends
    assert {path.name for path in folder.iterdir()} - {LOCK_NAME} == {SCOPES_NAME}


async def test_nothing_of_a_header_is_logged(browsers: BrowserWorld, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await browsers.keep(OLD)
    browsers.keyring.state = "locked"
    await browsers.keep(NEW)
    await browsers.shared.cache.reject("acme", Secret(NEW))
    assert "kept in memory" in caplog.text
    assert "test-cookie" not in caplog.text
    assert header_digest(Secret(OLD)) not in caplog.text


def test_the_time_of_an_entry_is_that_of_its_storing(browsers: BrowserWorld) -> None:
    moment = browsers.clock.now() - HOUR

    async def keep() -> CachedSession | None:
        await browsers.shared.cache.put("acme", Secret(OLD), "Chrome Work", stored_at=moment)
        return (await browsers.shared.cache.summary("acme"))[0]

    assert asyncio.run(keep()) == CachedSession("Chrome Work", moment)
