"""Sessions out of a real Firefox: what is still in its log, what ends with the session, what its pages have stored."""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from codexbar_qt.provider_api import cookie_pairs
from tests.e2e.browsers import jar, sites
from tests.e2e.browsers.browser_process import PATIENCE, wait_until
from tests.e2e.browsers.importing import TOLD, import_watched
from tests.e2e.browsers.installed import Services
from tests.e2e.browsers.untouched import fingerprint
from tests.e2e.cli.case_reading import compare

if TYPE_CHECKING:
    from codexbar_qt.adapters.browser_reader import SystemBrowserReader
    from tests.e2e.browsers.conftest import Travelled
    from tests.e2e.browsers.installed import Installed

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(60)]

RUNNING, CLOSED = ("firefox", "running"), ("firefox", "closed")


def in_states(*states: tuple[str, str]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("travelled", states, indirect=True, ids=" ".join)


async def the_profile(reader: SystemBrowserReader) -> Any:
    (profile,) = await reader.profiles("firefox")
    return profile


def database(travelled: Travelled) -> Path:
    return travelled.process.profile / "cookies.sqlite"


@in_states(RUNNING, CLOSED)
async def test_cookies_that_last(travelled: Travelled, profile_reader: SystemBrowserReader) -> None:
    profile = await the_profile(profile_reader)
    now = datetime.now(UTC)
    reading = await profile_reader.cookies(profile, jar.BROAD, now)
    assert {jar.as_expected(one) for one in reading.cookies} == jar.LASTING_COOKIES
    assert (len(reading.cookies), reading.troubles) == (len(jar.LASTING_COOKIES), ())
    assert all(one.expires_at is not None and one.expires_at < now + timedelta(days=401) for one in reading.cookies)
    shown = "~/" + database(travelled).relative_to(travelled.home).as_posix()
    assert [(one.item, one.result) for one in reading.sources] == [(shown, f"{len(jar.LASTING_COOKIES)} cookies")]
    assert (profile.label, reading.cookies[-1].name) == ("Firefox default-esr", "framed")


@in_states(RUNNING, CLOSED)
async def test_a_login_that_ends_with_the_session(travelled: Travelled, profile_reader: SystemBrowserReader) -> None:
    reading = await profile_reader.cookies(await the_profile(profile_reader), jar.PASSING, datetime.now(UTC))
    found = {jar.as_expected(one) for one in reading.cookies}
    assert found == (jar.ALL_COOKIES if travelled.is_running else jar.LASTING_COOKIES)
    assert reading.troubles == ()


@in_states(RUNNING)
async def test_rows_that_are_only_in_the_log(
    travelled: Travelled, profile_reader: SystemBrowserReader, tmp_path: Path
) -> None:
    profile = await the_profile(profile_reader)
    visit = travelled.process.visit
    assert visit is not None
    for number in range(5):
        visit(f"https://{jar.LATE_HOST}/{number}")
        name = f"late{number}"
        wait_until(partial(_is_in, database(travelled), name, tmp_path, with_log=True), "it is not written")
        reading = await profile_reader.cookies(profile, jar.LATE, datetime.now(UTC))
        assert name in {one.name for one in reading.cookies}
        assert reading.troubles == ()
        if not _is_in(database(travelled), name, tmp_path, with_log=False):
            return
    pytest.fail("Firefox emptied its log after each of five cookies")


def _is_in(original: Path, name: str, folder: Path, *, with_log: bool) -> bool:
    """Whether a copy has a cookie, together with its log or without."""
    copy = Path(shutil.copy(original, folder / "copy.sqlite"))
    log = copy.with_name("copy.sqlite-wal")
    log.unlink(missing_ok=True)
    if with_log:
        shutil.copy(original.with_name("cookies.sqlite-wal"), log)
    with closing(sqlite3.connect(copy)) as connection:
        return bool(connection.execute("SELECT 1 FROM moz_cookies WHERE name = ?", (name,)).fetchall())


@in_states(RUNNING)
def test_import_of_rows_that_are_only_in_the_log(travelled: Travelled, installed: Installed, tmp_path: Path) -> None:
    (site,) = (one for one in travelled.sites if one.provider == "minimax")
    installed.configure([site])
    installed.allow("firefox")
    assert travelled.process.visit is not None
    for deposit in sites.LATE:
        ((name, value), *_) = cookie_pairs(deposit.set_cookies[0])
        travelled.process.visit(deposit.url)
        wait_until(partial(_is_in, database(travelled), name, tmp_path, with_log=True), "it is not written")
        with travelled.held_still(), Services([site], tmp_path) as services:
            if _is_in(database(travelled), name, tmp_path, with_log=False):
                continue
            before = fingerprint(travelled.root)
            ended = installed.run(*services.arguments(site), **services.variables)
            assert fingerprint(travelled.root) == before
            (element,) = json.loads(ended.stdout)
            assert (compare(element, ended.returncode, site.case, only=TOLD), services.problems()) == ([], [])
            sent = [dict(cookie_pairs(one.headers.get("cookie", ""))).get(name) for one in services.requests]
            assert sent == [value] * len(site.case.http)
            return
    pytest.fail("Firefox emptied its log after each of five cookies")


@in_states(RUNNING)
async def test_a_browser_that_writes(travelled: Travelled, profile_reader: SystemBrowserReader) -> None:
    profile = await the_profile(profile_reader)
    assert travelled.process.visit is not None
    travelled.process.visit(f"https://{jar.LATE_HOST}/ticks")
    seen: list[int] = []
    deadline = time.monotonic() + PATIENCE
    while len(set(seen)) < 4:
        assert time.monotonic() < deadline, f"the cookie did not change often enough: {set(seen)}"
        reading = await profile_reader.cookies(profile, jar.LATE, datetime.now(UTC))
        assert reading.troubles == ()
        seen += [int(one.value.reveal()) for one in reading.cookies if one.name == "tick"]
    assert seen == sorted(seen)
    travelled.process.visit("about:blank")


@in_states(RUNNING, CLOSED)
async def test_storage(travelled: Travelled, profile_reader: SystemBrowserReader) -> None:
    profile = await the_profile(profile_reader)
    local = await profile_reader.storage(profile, jar.STORAGE)
    framed = await profile_reader.storage(profile, jar.FRAMED)
    assert dict(jar.entries(local)) == jar.LOCAL_ENTRIES
    assert jar.entries(framed) == jar.FRAME_ENTRIES
    assert (local.troubles, framed.troubles) == ((), ())


@in_states(RUNNING, CLOSED)
async def test_reading_changes_nothing(travelled: Travelled, profile_reader: SystemBrowserReader) -> None:
    with travelled.held_still():
        before = fingerprint(travelled.root)
        profile = await the_profile(profile_reader)
        assert (await profile_reader.cookies(profile, jar.PASSING, datetime.now(UTC))).cookies
        assert (await profile_reader.storage(profile, jar.STORAGE)).profile
        assert fingerprint(travelled.root) == before


@in_states(RUNNING, CLOSED)
def test_import_of_all(travelled: Travelled, installed: Installed, tmp_path: Path) -> None:
    """Sessions that ended with the browser are told from others."""
    lasting = [site for site in travelled.sites if travelled.is_running or not site.passing]
    assert travelled.is_running or len(lasting) < len(travelled.sites)
    import_watched(travelled, installed, tmp_path, lasting)
