"""Once a day one list is read: when, when not, what is told, what is remembered, and what is new after an upgrade."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from codexbar_qt.core.install_origin import ORIGINS, InstallOrigin
from codexbar_qt.core.update_feed import FEED_URL, MAX_BYTES, Release
from codexbar_qt.core.update_memory import VersionMemory, VersionMemoryFile
from codexbar_qt.core.update_watch import UpdateParts, UpdateWatch, UpdateWishes
from codexbar_qt.project import RELEASES_PAGE
from codexbar_qt.provider_api import (
    HttpClient,
    HttpRequest,
    HttpResponse,
    InvalidSetting,
    ParseError,
    RequestRefused,
    ServiceUnavailable,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from tests.unit.core.conftest import ManualClock

HOUR, DAY = 3600.0, 86400.0
CHANGES = "## [0.7.0] - 2026-12-01\n\n- A new thing.\n\n## [0.6.0]\n\n- An old thing.\n"
Answer = bytes | int | Exception


def feed(*tags: str) -> bytes:
    entries = [
        {"tag_name": tag, "html_url": f"{RELEASES_PAGE}/tag/{tag}", "draft": False, "prerelease": "b" in tag}
        for tag in tags
    ]
    return json.dumps(entries).encode()


class FakeGitHub(HttpClient):
    """Gives one answer until another is set: a body, a status or a failure."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self.answer: Answer = feed()
        self.requests: list[HttpRequest] = []
        self.gate: asyncio.Event | None = None

    async def send(self, request: HttpRequest) -> HttpResponse:
        self.requests.append(request)
        if self.gate is not None:
            await self.gate.wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        status = self.answer if isinstance(self.answer, int) else 200
        body = self.answer if isinstance(self.answer, bytes) else b"{}"
        return HttpResponse(status, body, request.url, self._clock.now())

    def loopback(self, port: int) -> HttpClient:
        raise AssertionError(port)


def shown(watch: UpdateWatch) -> Release | None:
    """What is told now; a function, for type checkers believe that a property stays as it was."""
    return watch.state.release


def is_news(watch: UpdateWatch) -> bool:
    """Whether there is something new now."""
    return watch.state.is_news


@dataclass
class UpdateWorld:
    """A watch over a made-up GitHub and a real file; `build` plays the next start of the app."""

    clock: ManualClock
    memory: VersionMemoryFile
    github: FakeGitHub
    wishes: UpdateWishes = field(default_factory=UpdateWishes)
    origin: InstallOrigin = ORIGINS["deb"]
    changelog: Callable[[], str] = lambda: CHANGES
    watches: list[UpdateWatch] = field(default_factory=list)

    async def start(self, running: str = "0.6.0") -> UpdateWatch:
        parts = UpdateParts(self.github, self.memory, self.changelog, self.origin, running)
        watch = UpdateWatch(parts, self.clock, lambda: self.wishes)
        self.watches.append(watch)
        watch.start()
        await self.clock.settle()
        return watch

    async def wish(self, **changes: Any) -> None:
        self.wishes = replace(self.wishes, **changes)
        self.watches[-1].apply()
        await self.clock.settle()

    @property
    def looks(self) -> int:
        """How often the list was read since the last time this was asked."""
        count = len(self.github.requests)
        self.github.requests.clear()
        return count


@pytest.fixture
async def updates(tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[UpdateWorld]:
    async def at_once(work: Callable[..., object], *arguments: object) -> object:
        return work(*arguments)

    monkeypatch.setattr(asyncio, "to_thread", at_once)
    world = UpdateWorld(clock, VersionMemoryFile(tmp_path / "updates.json"), FakeGitHub(clock))
    yield world
    for watch in world.watches:
        await watch.close()
    await clock.settle()
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_once_a_day_a_moment_after_the_start(updates: UpdateWorld, clock: ManualClock) -> None:
    updates.github.answer = feed("v0.7.0", "v0.6.0")
    watch = await updates.start()
    await clock.advance(19)
    assert updates.looks == 0
    await clock.advance(2)
    (request,) = updates.github.requests
    assert (request.method, request.url, request.body) == ("GET", FEED_URL, None)
    assert (request.follow_redirects, request.max_bytes) == (False, MAX_BYTES)
    assert watch.state.release == Release("v0.7.0")
    assert watch.state.checked_at == clock.now() - timedelta(seconds=1)
    assert updates.looks == 1
    await clock.advance(23 * HOUR)
    assert updates.looks == 0
    await clock.advance(2 * HOUR)
    assert updates.looks == 1
    await clock.advance(10 * DAY)
    assert updates.looks in (9, 10)


async def test_the_rhythm_survives_restarts(updates: UpdateWorld, clock: ManualClock) -> None:
    updates.github.answer = feed("v0.7.0")
    first = await updates.start()
    await clock.advance(60)
    await first.close()
    for _ in range(4):
        watch = await updates.start()
        assert watch.state.release == Release("v0.7.0")  # known at once, asked for later
        await clock.advance(5 * HOUR)
        await watch.close()
    assert updates.looks == 1
    await updates.start()
    await clock.advance(5 * HOUR)
    assert updates.looks == 1


async def test_what_was_found_is_forgotten_once_it_runs(updates: UpdateWorld, clock: ManualClock) -> None:
    updates.github.answer = feed("v0.7.0")
    await (await updates.start()).close()
    watch = await updates.start()
    await clock.advance(60)
    await watch.close()
    assert (await updates.start("0.7.0")).state.release is None
    assert (await updates.start("0.8.0")).state.release is None


async def test_a_clock_that_was_ahead_holds_nothing_up(updates: UpdateWorld, clock: ManualClock) -> None:
    updates.memory.save(VersionMemory(ran="0.6.0", checked_at=clock.now() + timedelta(days=400)))
    await updates.start()
    await clock.advance(60)
    assert updates.looks == 1


async def test_switched_off_nothing_is_asked_but_what_people_ask(updates: UpdateWorld, clock: ManualClock) -> None:
    updates.wishes = UpdateWishes(is_on=False)
    updates.github.answer = feed("v0.7.0")
    watch = await updates.start()
    await clock.advance(5 * DAY)
    assert (updates.looks, watch.state.is_on, watch.state.release) == (0, False, None)
    watch.check()
    assert watch.state.is_checking
    watch.check()
    await clock.settle()
    assert (updates.looks, watch.state.release, watch.state.is_checking) == (1, Release("v0.7.0"), False)
    await updates.wish(is_on=True)
    assert updates.looks == 0  # it was read just now
    await updates.wish(is_on=False)
    await clock.advance(2 * DAY)
    await updates.wish(is_on=True)
    assert updates.looks == 1


@pytest.mark.parametrize("name", [name for name, origin in ORIGINS.items() if not origin.looks_for_updates])
async def test_installations_of_others_are_never_looked_after(
    updates: UpdateWorld, clock: ManualClock, name: Any
) -> None:
    updates.origin = ORIGINS[name]
    updates.memory.save(VersionMemory(ran="0.6.0", found="v0.7.0"))
    watch = await updates.start()
    await clock.advance(3 * DAY)
    watch.check()
    await updates.wish(channel="beta")
    assert updates.looks == 0
    assert (watch.state.is_on, watch.state.release, watch.state.is_checking) == (False, None, False)
    assert watch.state.origin.how
    assert clock.waiting == 0


async def test_another_channel_is_another_list(updates: UpdateWorld, clock: ManualClock) -> None:
    updates.github.answer = feed("v0.8.0b1", "v0.7.0")
    watch = await updates.start()
    await clock.advance(60)
    assert (watch.state.channel, watch.state.release) == ("stable", Release("v0.7.0"))
    await updates.wish(channel="beta")
    assert (watch.state.channel, watch.state.release) == ("beta", Release("v0.8.0b1"))
    updates.github.gate = asyncio.Event()
    watch.check()
    await updates.wish(channel="stable")
    assert shown(watch) is None  # what was found is not of this channel, and what is comes next
    updates.github.gate.set()
    await clock.settle()
    assert (watch.state.release, watch.state.is_checking) == (Release("v0.7.0"), False)


async def test_nothing_is_read_while_nobody_can_look(updates: UpdateWorld, clock: ManualClock) -> None:
    watch = await updates.start()
    watch.set_paused(True)
    await clock.advance(3 * DAY)
    assert updates.looks == 0
    watch.set_paused(False)
    await clock.advance(HOUR)
    assert updates.looks == 1


LATER = "It is tried again later."
UNUSABLE = "The list of releases could not be used. Look at the page of all releases instead."


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (ServiceUnavailable("network error", reason="dns"), f"GitHub could not be reached. {LATER}"),
        (503, f"GitHub could not be reached. {LATER}"),
        (403, f"GitHub was asked too often from this network. {LATER}"),
        (429, f"GitHub was asked too often from this network. {LATER}"),
        (404, UNUSABLE),
        (RequestRefused("A redirect.", status=301), UNUSABLE),
        (ParseError("Too large."), UNUSABLE),
        (b"{}", UNUSABLE),
        (feed("v0.9.0").replace(b"github.com", b"example.com"), UNUSABLE),
        (InvalidSetting("The proxy cannot be used."), "The proxy cannot be used."),
    ],
)
async def test_a_failure_is_one_line_and_changes_nothing(
    updates: UpdateWorld, clock: ManualClock, answer: Answer, told: str
) -> None:
    updates.github.answer = feed("v0.7.0")
    watch = await updates.start()
    await clock.advance(60)
    before = watch.state
    updates.github.answer = answer
    await clock.advance(DAY)
    assert watch.state == replace(before, problem=told)
    assert updates.looks == 2
    await clock.advance(3 * HOUR)
    assert updates.looks == 0
    updates.github.answer = feed("v0.7.1")
    await clock.advance(2 * HOUR)
    assert (watch.state.problem, watch.state.release, updates.looks) == ("", Release("v0.7.1"), 1)


@pytest.mark.logs_warnings
async def test_a_fault_of_ours_is_told_and_ends_nothing(
    updates: UpdateWorld, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    watch = await updates.start()
    updates.github.answer = ZeroDivisionError()
    await clock.advance(60)
    assert "internal error" in watch.state.problem
    assert [record.levelname for record in caplog.records] == ["ERROR"]

    def broken() -> None:
        raise ZeroDivisionError

    watch.subscribe(broken)
    updates.github.answer = feed("v0.7.0")
    watch.check()
    await clock.settle()
    assert watch.state.release == Release("v0.7.0")


async def test_ending_waits_for_no_answer(updates: UpdateWorld, clock: ManualClock) -> None:
    updates.github.gate = asyncio.Event()
    watch = await updates.start()
    await clock.advance(60)
    assert watch.state.is_checking
    await watch.close()


async def test_a_first_run_has_nothing_new(updates: UpdateWorld) -> None:
    watch = await updates.start("0.6.0")
    assert (watch.state.before, watch.state.changes, watch.state.is_news) == ("", "", False)
    assert updates.memory.load().ran == "0.6.0"


async def test_after_an_upgrade_there_is_something_new_until_it_was_seen(updates: UpdateWorld) -> None:
    await (await updates.start("0.6.0")).close()
    watch = await updates.start("0.7.0")
    assert (watch.state.before, watch.state.is_news) == ("0.6.0", True)
    assert watch.state.changes == "#### 0.7.0 (2026-12-01)\n\n- A new thing."
    await watch.close()
    watch = await updates.start("0.7.0")
    assert is_news(watch)
    watch.seen()
    watch.seen()
    await updates.clock.settle()
    assert not is_news(watch)
    await watch.close()
    watch = await updates.start("0.7.0")
    assert (watch.state.is_news, watch.state.changes) == (False, "#### 0.7.0 (2026-12-01)\n\n- A new thing.")


async def test_what_was_seen_last_is_still_written_at_the_end(updates: UpdateWorld) -> None:
    await (await updates.start("0.6.0")).close()
    watch = await updates.start("0.7.0")
    assert updates.memory.load().is_news
    watch.seen()
    await watch.close()
    assert not updates.memory.load().is_news


async def test_after_a_downgrade_there_is_nothing_new(updates: UpdateWorld) -> None:
    await (await updates.start("0.7.0")).close()
    watch = await updates.start("0.6.0")
    assert (watch.state.before, watch.state.changes, watch.state.is_news) == ("", "", False)
    await watch.close()
    assert (await updates.start("0.7.0")).state.before == "0.6.0"


@pytest.mark.parametrize("ran", ["", "junk", "9" * 500])
async def test_a_memory_of_something_else_is_no_upgrade(updates: UpdateWorld, ran: str) -> None:
    updates.memory.save(VersionMemory(ran=ran, before="junk", is_news=True, found="junk"))
    watch = await updates.start("0.7.0")
    assert (watch.state.changes, watch.state.is_news, watch.state.release) == ("", False, None)
    assert updates.memory.load().ran == "0.7.0"


@pytest.mark.parametrize("error", [FileNotFoundError(), PermissionError()])
async def test_a_missing_changelog_says_nothing(updates: UpdateWorld, error: Exception) -> None:
    def missing() -> str:
        raise error

    updates.changelog = missing
    updates.memory.save(VersionMemory(ran="0.6.0"))
    watch = await updates.start("0.7.0")
    assert (watch.state.before, watch.state.changes, watch.state.is_news) == ("0.6.0", "", False)
