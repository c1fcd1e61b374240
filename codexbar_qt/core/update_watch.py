"""When the list of releases is read, what is known since, and what is new in the version that runs."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from codexbar_qt.core.changelog import changes_between
from codexbar_qt.core.faults import log_fault
from codexbar_qt.core.listeners import Listeners
from codexbar_qt.core.update_feed import (
    FEED_HEADERS,
    FEED_URL,
    MAX_BYTES,
    FeedError,
    Release,
    channel_of,
    is_wanted,
    newest_release,
)
from codexbar_qt.core.update_memory import VersionMemory
from codexbar_qt.core.update_state import UpdateState
from codexbar_qt.core.versions import parse_version
from codexbar_qt.provider_api import (
    AuthRejected,
    HttpRequest,
    InvalidSetting,
    ProviderError,
    RateLimited,
    ServiceUnavailable,
    raise_for_status,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from codexbar_qt.core.install_origin import InstallOrigin
    from codexbar_qt.core.preferences import UpdateChannel
    from codexbar_qt.core.update_memory import VersionMemoryFile
    from codexbar_qt.provider_api import Clock, HttpClient

DAY = timedelta(hours=24)
RETRY = timedelta(hours=4)
FIRST_LOOK_SECONDS = 20.0
"""After the start of the app, when the first fetch of the providers is on its way."""
LOOK_SECONDS = 3600.0
_SERVICE = "GitHub"
_LIMIT_SECONDS = 15.0
_STOP_SECONDS = 2.0
_WRITING = "writing"
_LATER = "It is tried again later."
_UNREACHABLE = f"GitHub could not be reached. {_LATER}"
_TOO_OFTEN = f"GitHub was asked too often from this network. {_LATER}"
_UNUSABLE = "The list of releases could not be used. Look at the page of all releases instead."
_BROKEN = "Looking for updates failed because of an internal error. Report it with the log from Settings."
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class UpdateWishes:
    """What the preferences say; no `channel` follows the running version."""

    is_on: bool = True
    channel: UpdateChannel | None = None


@dataclass(frozen=True, slots=True)
class UpdateParts:
    """What the watch is made of. `read_changelog` returns the text of CHANGELOG.md, "" without one; it blocks."""

    http: HttpClient
    memory: VersionMemoryFile
    read_changelog: Callable[[], str]
    origin: InstallOrigin
    running: str


class UpdateWatch:
    """Lives on one event loop. Once a day, and when people ask, it reads one list; it never takes anything else."""

    def __init__(self, parts: UpdateParts, clock: Clock, wishes: Callable[[], UpdateWishes]) -> None:
        self._parts, self._clock, self._ask = parts, clock, wishes
        self._memory = VersionMemory()
        self._state = UpdateState(parts.origin, parts.running)
        self._listeners = Listeners(_log, "A view of the updates broke")
        self._tasks: set[asyncio.Task[None]] = set()
        self._saving = asyncio.Lock()
        self._asked_at: datetime | None = None
        self._is_paused = False
        self._has_begun = False
        self._take_wishes()

    @property
    def state(self) -> UpdateState:
        """What is known."""
        return self._state

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` after every change of the state until the returned function is called."""
        return self._listeners.add(callback)

    def start(self) -> None:
        """Remember what an earlier run knew, then look once a day until closed."""
        if not self._has_begun:
            self._has_begun = True
            self._spawn(self._live())

    def apply(self) -> None:
        """Preferences have changed."""
        before = self._state
        self._take_wishes()
        turned_on = self._state.is_on and not before.is_on
        if self._has_begun and (self._state.channel != before.channel or (turned_on and self._is_due())):
            self.check()

    def set_paused(self, paused: bool) -> None:
        """Nobody can be looking: read nothing by itself until that is over."""
        self._is_paused = paused

    def check(self) -> None:
        """Look now on behalf of a person, also where looking by itself is off; never for an installation of others."""
        if self._parts.origin.looks_for_updates and not self._state.is_checking:
            self._put(is_checking=True)
            self._spawn(self._look())

    def seen(self) -> None:
        """People have seen that there is something new in this version."""
        if self._memory.is_news:
            self._put(is_news=False)
            self._spawn(self._remember(is_news=False), _WRITING)

    async def close(self) -> None:
        """Stop looking, and finish writing what was seen; at most two seconds."""
        for task in self._tasks:
            if task.get_name() != _WRITING:
                task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_STOP_SECONDS)

    async def _live(self) -> None:
        memory = await asyncio.to_thread(self._parts.memory.load)
        self._memory = _started(memory, self._parts.running)
        if self._memory != memory:
            await asyncio.to_thread(self._parts.memory.save, self._memory)
        changes = await asyncio.to_thread(self._changes)
        self._put(before=self._memory.before, changes=changes, is_news=self._memory.is_news and bool(changes))
        self._show_found()
        if not self._parts.origin.looks_for_updates:
            return
        await self._clock.sleep(FIRST_LOOK_SECONDS)
        while True:
            if self._state.is_on and not self._is_paused and self._is_due():
                self.check()
            await self._clock.sleep(LOOK_SECONDS)

    def _changes(self) -> str:
        if not self._memory.before:
            return ""
        try:
            return changes_between(self._parts.read_changelog(), self._memory.before, self._parts.running)
        except (OSError, UnicodeDecodeError) as error:
            _log.info("The changelog could not be read: %s", type(error).__name__)
            return ""

    def _is_due(self) -> bool:
        now, checked = self._clock.now(), self._memory.checked_at
        # Times that lie ahead were written under another clock; they must hold nothing up.
        is_fresh = checked is not None and timedelta() <= now - checked < DAY
        was_asked = self._asked_at is not None and timedelta() <= now - self._asked_at < RETRY
        return not is_fresh and not was_asked

    async def _look(self) -> None:
        channel = self._state.channel
        self._asked_at = self._clock.now()
        try:
            checked_at, release = await self._read(channel)
        except (ProviderError, FeedError) as error:
            _log.debug("The list of releases was not read: %s", type(error).__name__)
            self._put(is_checking=False, problem=_problem(error))
        except Exception as error:
            log_fault(_log, "Looking for updates broke", error)
            self._put(is_checking=False, problem=_BROKEN)
        else:
            await self._remember(checked_at=checked_at, found=release.tag if release else "")
            self._put(is_checking=False, problem="")
            self._show_found()
        if channel != self._state.channel:
            self.check()

    async def _read(self, channel: UpdateChannel) -> tuple[datetime, Release | None]:
        request = HttpRequest(
            "GET",
            FEED_URL,
            _SERVICE,
            FEED_HEADERS,
            timeout=_LIMIT_SECONDS,
            follow_redirects=False,  # the list is here or nowhere
            max_bytes=MAX_BYTES,
        )
        answer = await self._parts.http.send(request)
        raise_for_status(answer, _SERVICE)
        release = await asyncio.to_thread(newest_release, answer.body, self._parts.running, channel)
        return answer.received_at, release

    async def _remember(self, **changes: object) -> None:
        self._memory = msgspec.structs.replace(self._memory, **changes)
        async with self._saving:
            await asyncio.to_thread(self._parts.memory.save, self._memory)

    def _take_wishes(self) -> None:
        wishes, origin = self._ask(), self._parts.origin
        channel = channel_of(wishes.channel, self._parts.running)
        self._put(is_on=wishes.is_on and origin.looks_for_updates, channel=channel)
        self._show_found()

    def _show_found(self) -> None:
        """Tell of the release that was found last, unless it has been installed since or is not asked for."""
        release, origin = Release(self._memory.found), self._parts.origin
        is_told = origin.looks_for_updates and is_wanted(release, self._parts.running, self._state.channel)
        self._put(checked_at=self._memory.checked_at, release=release if is_told else None)

    def _put(self, **changes: object) -> None:
        state = replace(self._state, **changes)  # type: ignore[arg-type]  # field names
        if state == self._state:
            return
        self._state = state
        self._listeners.tell()

    def _spawn(self, work: Coroutine[object, object, None], name: str | None = None) -> None:
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _started(memory: VersionMemory, running: str) -> VersionMemory:
    """Return what is to be remembered now that a version runs: after an upgrade there is something new."""
    if memory.ran == running:
        return memory
    earlier, now = parse_version(memory.ran), parse_version(running)
    if earlier is not None and now is not None and earlier < now:
        return msgspec.structs.replace(memory, ran=running, before=memory.ran, is_news=True)
    return msgspec.structs.replace(memory, ran=running, before="", is_news=False)


def _problem(error: ProviderError | FeedError) -> str:
    if isinstance(error, RateLimited | AuthRejected):  # GitHub says 403 where others say 429
        return _TOO_OFTEN
    if isinstance(error, ServiceUnavailable):
        return _UNREACHABLE
    # What is wrong with a proxy or a certificate is told as it is everywhere else.
    return error.message if isinstance(error, InvalidSetting) else _UNUSABLE
