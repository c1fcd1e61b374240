"""The small ports: clock, environment, credentials, settings, log."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from codexbar_qt.provider_api import Clock, Desktop, Env, NoteLog, Secret, SessionMemory, ToolFailed, clean
from codexbar_qt.provider_api.resolution import CredentialStore
from codexbar_qt.provider_testing.fake_http import matches_text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence


class FakeClock(Clock):
    """Stands still at `now` until somebody sleeps; a sleep passes at once and moves the time on."""

    def __init__(self, now: datetime) -> None:
        self._now = now.astimezone(UTC)
        self.slept: list[float] = []

    def now(self) -> datetime:
        """Return the current fake time, aware UTC."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Let other tasks run once, then be later."""
        self.slept.append(seconds)
        self._now += timedelta(seconds=seconds)
        await asyncio.sleep(0)


class FakeEnv(Env):
    """Variables from a mapping; the names in `hidden` do not exist."""

    def __init__(self, variables: Mapping[str, str], hidden: Collection[str] = ()) -> None:
        self._variables = {name: value for name, value in variables.items() if name not in hidden}

    def get(self, name: str) -> str | None:
        """Return the cleaned value, None when unset or blank."""
        return clean(self._variables.get(name))


class FakeMemory(SessionMemory):
    """Remembers in a dictionary."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.kept: dict[str, tuple[Secret, datetime]] = {}

    def recall(self, key: str) -> Secret | None:
        """Return what was remembered and is still valid."""
        value, until = self.kept.get(key, (None, self._clock.now()))
        return value if until > self._clock.now() else None

    def remember(self, key: str, value: Secret, *, until: datetime) -> None:
        """Keep a value."""
        self.kept[key] = (value, until)

    def forget(self, key: str) -> None:
        """Drop a value."""
        self.kept.pop(key, None)


class FakeDesktop(Desktop):
    """A desktop that answers as told: `terminal` is whether one opens, `redirect` what the browser comes back with."""

    def __init__(self, *, terminal: bool = False, redirect: Mapping[str, str] | None = None) -> None:
        self._terminal = terminal
        self._redirect = redirect
        self.opened: list[str] = []
        self.terminals: list[tuple[str, ...]] = []

    async def open_terminal(self, argv: Sequence[str]) -> bool:
        """Keep the command."""
        self.terminals.append(tuple(argv))
        return self._terminal

    async def receive_redirect(
        self, page: Callable[[str], str], *, path: str, limit_seconds: float
    ) -> Mapping[str, str]:
        """Keep the page's URL and come back; ToolFailed without a recorded `redirect`."""
        self.opened.append(page(f"http://127.0.0.1:40000{path}"))
        if self._redirect is None:
            raise ToolFailed(f"Nobody came back from the browser within {limit_seconds:g} s. Try again.")
        return self._redirect


class FakeCredentialStore(CredentialStore):
    """Keeps what is saved; `expected` announces every save: {"text": …}, {"matches": …} or {"fails": true}."""

    def __init__(self, expected: Mapping[str, Mapping[str, object]]) -> None:
        self._expected = dict(expected)
        self.saved: dict[str, str] = {}
        self.accounts: list[str] = []
        self.problems: list[str] = []

    async def save(self, key: str, value: Secret, *, in_account: bool) -> bool:
        """Compare with what was announced."""
        place = "tokenAccounts" if in_account else key
        wanted = self._expected.get(place)
        self.saved[place] = value.reveal()
        if wanted is None:
            self.problems.append(f"unexpected save of {place}")
        elif wanted.get("fails") is True:
            return False
        elif not matches_text(value.reveal(), wanted if "matches" in wanted else wanted.get("text")):
            self.problems.append(f"the secret saved as {place} is different")
        return True

    async def add_account(self, label: str, token: Secret) -> None:
        """Keep the label."""
        self.accounts.append(label)
        self.saved["tokenAccounts"] = token.reveal()

    def unused(self) -> list[str]:
        """Say which announced saves did not happen."""
        return [f"expected save did not happen: {place}" for place in self._expected if place not in self.saved]


class RecordedLog(NoteLog):
    """Keeps every remark in `lines`."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def debug(self, message: str) -> None:
        """Keep a remark."""
        self.lines.append(message)
