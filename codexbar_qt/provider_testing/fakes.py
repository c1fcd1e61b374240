"""The small ports: clock, environment, credentials, settings, log."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from codexbar_qt.provider_api import Clock, Env, NoteLog, clean

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


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


class RecordedLog(NoteLog):
    """Keeps every remark in `lines`."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def debug(self, message: str) -> None:
        """Keep a remark."""
        self.lines.append(message)
