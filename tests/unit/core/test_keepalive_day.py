"""Augment's session over 24 hours of an accelerated clock, in a whole running session: how often its site is asked."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

import pytest

from codexbar_providers.augment import PROVIDER
from codexbar_providers.augment.session import SITE
from codexbar_qt.core import config_edit
from codexbar_qt.core.cadence import Cadence
from codexbar_qt.core.config_file import ConfigFile
from codexbar_qt.core.config_location import ConfigLocation
from codexbar_qt.core.credentials import fetch_values
from codexbar_qt.core.fetch_service import FetchService
from codexbar_qt.core.preferences_file import PreferencesFile
from codexbar_qt.core.registry import Registry
from codexbar_qt.core.scheduler import RefreshScheduler
from codexbar_qt.core.session import AppSession
from codexbar_qt.core.session_view import SessionParts
from codexbar_qt.core.store import SnapshotStore
from codexbar_qt.provider_api import (
    AuthRejected,
    Cookie,
    CookieCandidate,
    CookieSessions,
    FileInfo,
    HttpClient,
    HttpResponse,
    Secret,
    ServiceUnavailable,
    join_cookies,
)
from codexbar_qt.provider_testing import FakeEnv, FakeFiles, empty_context
from tests.unit.core.conftest import ManualClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable
    from pathlib import Path

    from codexbar_qt.core.fetch_service import FetchRequest
    from codexbar_qt.provider_api import CookieQuery, FetchContext, HttpRequest

START = datetime(2030, 1, 8, tzinfo=UTC)
HOUR = 3600.0
LIFETIME = timedelta(minutes=40)
GAP = 120.0
SAME_ATTEMPT = timedelta(seconds=5)
RENEWING = ("/api/auth/session", "/api/session", "/api/user")


class Site(HttpClient):
    """Augment's site: a session dies 40 minutes after its last use. `asked` holds time and path of every request."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self.alive_until = START + LIFETIME
        self.reachable = True
        self.renews = True
        self.asked: list[tuple[datetime, str]] = []

    async def send(self, request: HttpRequest) -> HttpResponse:
        """Answer as a site with sessions does."""
        now, parts = self._clock.now(), urlsplit(request.url)
        assert parts.hostname == "app.augmentcode.com"
        self.asked.append((now, parts.path))
        if not self.reachable:
            raise ServiceUnavailable("Augment network error: no network. Check the connection.", reason="dns")
        alive = now < self.alive_until
        if alive and self.renews:
            self.alive_until = now + LIFETIME
        bodies = {"/api/credits": b'{"usageUnitsRemaining": 3, "usageUnitsAvailable": 4}', "/api/user": b"{}"}
        status = 404 if parts.path == "/api/auth/session" else 200 if alive else 401
        body = bodies.get(parts.path, b'{"user": {"id": "7"}}')
        return HttpResponse(status, body if alive else b"", request.url, now)

    def loopback(self, port: int) -> HttpClient:
        """Nothing of this is on this machine."""
        raise AssertionError(port)

    def log_in(self) -> None:
        """A person logs in at the site."""
        self.alive_until = self._clock.now() + LIFETIME


@dataclass
class Browser(CookieSessions):
    """One profile of a browser; `ends` is the end of its session cookie, `signed_in` whether there is one."""

    clock: ManualClock
    signed_in: bool = True
    ends: timedelta | None = None
    kept: list[str] = field(default_factory=list[str])

    async def candidates(self, query: CookieQuery, *, use_cache: bool = True) -> AsyncIterator[CookieCandidate]:
        """Give the session."""
        if self.signed_in:
            until = self.clock.now() + self.ends if self.ends is not None else None
            cookies = (Cookie("_session", Secret("test-session-1"), "app.augmentcode.com", expires_at=until),)
            header = join_cookies(tuple((one.name, one.value.reveal()) for one in cookies))
            yield CookieCandidate(Secret(header), "Chrome Default", "chrome/Default", cookies=cookies)

    async def accept(self, candidate: CookieCandidate) -> None:
        """Keep the label."""
        self.kept.append(candidate.label)

    async def reject(self, candidate: CookieCandidate) -> None:
        """Nothing is kept."""

    def obstacle(self) -> str:
        """Nothing is in the way."""
        return ""


class QuietFiles(FakeFiles):
    """Takes every write; what is removed is noted in `removed`, or stays."""

    removed: ClassVar[list[str]] = []
    stubborn: ClassVar[bool] = False

    async def stat(self, path: str) -> FileInfo | None:
        """Everything is there."""
        return FileInfo(path, path, False, None)

    async def remove_private_text(self, path: str) -> bool:
        """Note it."""
        self.removed.append(path)
        return not self.stubborn

    async def replace_private_text(self, path: str, text: str) -> bool:
        """Take it."""
        return True


class Desk:
    """A running session with Augment on; `opened` are pages shown in the browser, `notices` what was told."""

    def __init__(self, folder: Path, clock: ManualClock) -> None:
        self.clock, self.site, self.browser = clock, Site(clock), Browser(clock)
        self.opened: list[str] = []
        self.notices: list[tuple[str, str]] = []
        self.when_opened: Callable[[], None] = lambda: None
        self.env = FakeEnv({})
        self.location = ConfigLocation(folder / "config.json")
        self.config_file = ConfigFile(self.location, (PROVIDER,), clock.now)
        self.preferences_file = PreferencesFile(self.location.settings_path, self.env.get, clock.now)
        self.rows: list[str] = []

    def build(self) -> AppSession:
        store = SnapshotStore()
        parts = SessionParts(
            registry=Registry((PROVIDER,), (), ()),
            config_file=self.config_file,
            preferences_file=self.preferences_file,
            store=store,
            scheduler=RefreshScheduler(store, self.clock, Cadence(), jitter=False),
            service=FetchService(self),
            contexts=self,
            clock=self.clock,
            env=self.env,
            zone=UTC,
            open_page=self._open,
        )
        session = AppSession(parts, self.config_file.load(), self.preferences_file.load())
        session.on_notice(lambda title, text: self.notices.append((title, text)))
        return session

    async def begin(self) -> None:
        self.config_file.load()
        self.config_file.update(lambda root: config_edit.set_enabled(root, PROVIDER.id, True))
        self.session = self.build()
        self.running = asyncio.create_task(self.session.run())
        await self.clock.settle()

    async def end(self) -> None:
        self.running.cancel()
        await asyncio.gather(self.running, return_exceptions=True)
        await self.session.close()
        await self.clock.settle()

    def context(self, request: FetchRequest) -> FetchContext:
        values = fetch_values(PROVIDER.descriptor, request.entry, self.env, {}, request.account)
        empty = empty_context(values, self.env, self.clock, interactive=request.interactive)
        files = QuietFiles({}, {}, platform="linux", now=self.clock.now())
        return replace(empty, http=self.site, cookies=self.browser, files=files)

    def attempts(self, first: int = 0) -> list[datetime]:
        """When attempts began, among the requests from the `first` on.

        One asks up to three addresses, and after the login page was shown all of them again.
        """
        times = [at for at, path in self.site.asked[first:] if path == RENEWING[0]]
        return [at for number, at in enumerate(times) if not number or at - times[number - 1] > SAME_ATTEMPT]

    async def live(self, hours: float, what: str) -> list[datetime]:
        """Let time pass and add a row to the table."""
        begun, asked = self.clock.now(), len(self.site.asked)
        await self.clock.advance(hours * HOUR)
        renewing = [path for _, path in self.site.asked[asked:] if path in RENEWING]
        times = self.attempts(asked)
        gaps = seconds_between(times)
        told = f"{min(gaps):7.0f} s {max(gaps):7.0f} s" if gaps else f"{'-':>9} {'-':>9}"
        span = f"{begun:%H:%M}-{self.clock.now():%H:%M}"
        self.rows.append(f"{span}  {what:<44} {len(times):>8} {len(renewing):>8}  {told}")
        return times

    async def _open(self, url: str) -> bool:
        self.opened.append(url)
        self.when_opened()
        return True


def seconds_between(times: Iterable[datetime]) -> list[float]:
    ordered = sorted(times)
    return [(later - sooner).total_seconds() for sooner, later in pairwise(ordered)]


@pytest.fixture
async def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    """A desk that is closed and leaves nothing running."""

    async def at_once(work: Callable[..., object], *arguments: object) -> object:
        return work(*arguments)

    monkeypatch.setattr(asyncio, "to_thread", at_once)
    made = Desk(tmp_path, ManualClock(START))
    await made.begin()
    yield made
    await made.end()
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_day_of_keeping_the_session(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    plain = await desk.live(7, "session cookie without an end")
    desk.browser.ends = timedelta(days=30)
    distant = await desk.live(2, "cookie that ends in 30 days")
    desk.browser.ends = timedelta(minutes=4)
    ending = await desk.live(1, "cookie that always ends in 4 minutes")
    desk.browser.ends = None
    desk.session.pause()
    asleep = await desk.live(3, "machine asleep")
    desk.session.resumed()
    desk.site.log_in()
    desk.site.reachable = False
    offline = await desk.live(2, "woken up without a network")
    desk.site.reachable = True
    desk.site.log_in()
    back = await desk.live(3, "network back")
    desk.when_opened = desk.site.log_in
    desk.site.alive_until = desk.clock.now()
    expired = await desk.live(2, "ended at the site; the person logs in again")
    desk.browser.signed_in = False
    signed_out = await desk.live(4, "signed out in the browser")

    with capsys.disabled():
        head = f"{'time':<11}  {'what':<44} {'attempts':>8} {'requests':>8}  {'min gap':>9} {'max gap':>9}"
        print("", head, "-" * len(head), *desk.rows, sep="\n")
    assert desk.clock.now() == START + timedelta(days=1)
    # Checked every 5 minutes, more than 30 minutes after the last success: every 35 minutes.
    assert set(seconds_between(plain)) == {2100.0}
    assert len(plain) == 12
    assert distant == []
    assert len(ending) == 12
    assert asleep == []
    assert offline == []
    assert back
    assert desk.opened == [SITE]
    assert expired
    assert signed_out == []
    assert min(seconds_between(desk.attempts())) >= GAP
    assert len(desk.attempts()) < 50
    assert desk.notices == []
    assert desk.browser.kept


async def test_nothing_is_asked_once_the_provider_is_off(desk: Desk) -> None:
    assert await desk.live(2, "on")
    assert await desk.session.edit_config(lambda root: config_edit.set_enabled(root, PROVIDER.id, False)) == ""
    assert await desk.live(24, "off") == []


async def test_nothing_is_asked_with_another_cookie_source(desk: Desk) -> None:
    def choose(word: str) -> Callable[[dict[str, object]], None]:
        return lambda root: config_edit.set_field(root, PROVIDER, "cookieSource", word, FakeEnv({}).get)

    for word in ("off", "manual"):
        assert await desk.session.edit_config(choose(word)) == ""
        assert await desk.live(24, word) == []
    assert await desk.session.edit_config(choose("auto")) == ""
    assert await desk.live(2, "automatic again")


async def test_nothing_is_asked_for_the_cli(desk: Desk) -> None:
    assert await desk.session.edit_config(lambda root: config_edit.set_source(root, PROVIDER.id, "cli")) == ""
    assert await desk.live(24, "CLI") == []


async def test_nothing_is_asked_after_the_session_was_forgotten(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await desk.live(2, "on")
    monkeypatch.setattr(QuietFiles, "removed", removed := list[str]())
    assert await desk.session.forget_session(PROVIDER.id) == ""
    assert removed == ["~/.local/share/codexbar/augment-session.json"]
    monkeypatch.setattr(QuietFiles, "stubborn", True)
    assert "could not be removed" in await desk.session.forget_session(PROVIDER.id)
    assert await desk.live(24, "forgotten") == []


async def test_three_failures_end_it_until_people_refresh_the_session(desk: Desk) -> None:
    desk.site.alive_until = START
    desk.site.renews = False
    times = await desk.live(24, "ended")
    assert desk.opened == [SITE]
    assert seconds_between(times) == [300.0, 300.0]
    assert desk.notices == [("Augment", "Augment session expired, log in at app.augmentcode.com.")]

    with pytest.raises(AuthRejected):
        await desk.session.run_action(PROVIDER.id, "refresh-session", lambda _: None)
    desk.site.renews = True
    desk.site.log_in()
    told = await desk.session.run_action(PROVIDER.id, "refresh-session", lambda _: None)
    assert told == "Augment session refreshed from Chrome Default."
    assert await desk.live(2, "again")
    assert len(desk.notices) == 1


async def test_a_quit_ends_it(tmp_path: Path, desk: Desk) -> None:
    other = Desk(tmp_path / "other", desk.clock)
    await other.begin()
    await other.end()
    await desk.clock.advance(24 * HOUR)
    assert other.attempts() == []


async def test_one_fetch_or_the_demo_starts_nothing(tmp_path: Path, desk: Desk) -> None:
    other = Desk(tmp_path / "other", desk.clock)
    other.config_file.load()
    other.config_file.update(lambda root: config_edit.set_enabled(root, PROVIDER.id, True))
    session = other.build()
    await session.fetch_once()
    await desk.clock.advance(24 * HOUR)
    assert [path for _, path in other.site.asked] == ["/api/credits", "/api/subscription"]
    await session.close()
