"""Local cost in demo mode: made-up requests of some months, the same at every start. No log of this machine is read."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from codexbar_qt.cost.values import (
    SLOT_SECONDS,
    Ledger,
    LeftOut,
    RowsPage,
    ScanProgress,
    ScanResult,
    TokenCounts,
    UsageBucket,
    UsageRow,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date

    from codexbar_qt.provider_api import Clock

HOME = "/home/you"
_DAYS = 100
_STEPS, _STEP_SECONDS = 4, 0.2
_FILES, _BYTES = 340, 212_000_000
_HOURS = (8, 9, 9, 10, 10, 10, 11, 13, 14, 14, 15, 15, 16, 17, 20, 21)
_WEEKEND = 5


class _Agent(NamedTuple):
    """Who uses which models how much: `load` is the usual number of requests on a working day."""

    source: str
    family: str
    models: tuple[str, ...]
    load: int
    log: str


_AGENTS = (
    _Agent(
        "claude",
        "claude",
        ("claude-opus-4-8", "claude-opus-4-8", "claude-sonnet-4-6", "claude-haiku-4-5"),
        40,
        "/.claude/projects/-home-you-work-example-app/{day}-session.jsonl",
    ),
    _Agent(
        "vertexai",
        "claude",
        ("claude-sonnet-4-5@20250929",),
        9,
        "/.claude/projects/-home-you-work-example-api/{day}-session.jsonl",
    ),
    _Agent(
        "codex",
        "codex",
        ("gpt-5.6-sol", "gpt-5.6-sol", "gpt-5.6-luna", "example-preview-1"),
        24,
        "/.codex/sessions/{path}/rollout-{day}.jsonl",
    ),
)


class DemoCostLogs:
    """The CostLogs port over made-up requests up to now."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def scan(
        self, *, refresh: bool = False, jobs: int = 1, progress: Callable[[ScanProgress], None] | None = None
    ) -> ScanResult:
        """Return what the demo has, after a moment in which it seems to read."""
        for step in range(_STEPS):
            if progress is not None:
                progress(ScanProgress(_FILES * step // _STEPS, _FILES, _BYTES * step // _STEPS, _BYTES))
            await self._clock.sleep(_STEP_SECONDS)
        now = self._clock.now()
        return ScanResult(await asyncio.to_thread(_ledgers, now), now.timestamp())

    async def rows(self, source: str, first: int, last: int, limit: int = 2000) -> RowsPage:
        """Return the requests behind it."""
        rows = await asyncio.to_thread(_between, source, first, min(last, int(self._clock.now().timestamp())))
        return RowsPage(rows[:limit], len(rows))

    async def clear(self) -> int:
        """Nothing is kept."""
        return 0


def _ledgers(now: datetime) -> tuple[Ledger, ...]:
    rows: dict[str, list[UsageRow]] = defaultdict(list)
    for agent in _AGENTS:
        for ago in range(_DAYS):
            day = now.date() - timedelta(days=ago)
            rows[agent.family] += (row for row in _requests(agent, day) if row.at <= now.timestamp())
    return tuple(
        Ledger(
            family,
            buckets=_buckets(counted),
            left_out=(LeftOut("broken_line", 1),),
            files=len({row.file for row in counted}),
            rows=len(counted),
            duplicates=sum(row.copies for row in counted),
        )
        for family, counted in rows.items()
    )


def _between(source: str, first: int, last: int) -> tuple[UsageRow, ...]:
    days = {datetime.fromtimestamp(at, UTC).date() for at in range(first, last + 86_400, 43_200)}
    found = (row for agent in _AGENTS if agent.source == source for day in days for row in _requests(agent, day))
    return tuple(sorted((row for row in found if first <= row.at < last), key=lambda row: row.at))


def _buckets(rows: Iterable[UsageRow]) -> tuple[UsageBucket, ...]:
    sums: dict[tuple[str, int, str], tuple[int, TokenCounts]] = {}
    for row in rows:
        place = (row.source, row.at // SLOT_SECONDS, row.model)
        requests, tokens = sums.get(place, (0, TokenCounts()))
        sums[place] = (requests + 1, tokens + row.tokens)
    return tuple(
        UsageBucket(source, slot, model, False, False, requests, tokens)
        for (source, slot, model), (requests, tokens) in sums.items()
    )


def _requests(agent: _Agent, day: date) -> Iterator[UsageRow]:
    """Go through the requests of a day; weekends are quiet."""
    # Made up, not secret: the same day always gives the same requests.
    dice = random.Random(f"{agent.source} {day.isoformat()}")  # noqa: S311
    busy = agent.load * (0.1 if day.weekday() >= _WEEKEND else 0.5 + dice.random())
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    for _ in range(round(busy)):
        at = midnight + timedelta(hours=dice.choice(_HOURS), seconds=dice.randrange(3600))
        yield UsageRow(
            source=agent.source,
            at=int(at.timestamp()),
            model=dice.choice(agent.models),
            is_long=False,
            is_fast=False,
            tokens=_tokens(dice, agent.family),
            file=HOME + agent.log.format(day=day.isoformat(), path=day.isoformat().replace("-", "/")),
            copies=dice.choice((0, 0, 0, 1, 2)),
        )


def _tokens(dice: random.Random, family: str) -> TokenCounts:
    output = dice.randrange(200, 4_000)
    read = dice.randrange(15_000, 140_000)
    if family == "codex":
        return TokenCounts(dice.randrange(400, 9_000), output, read, reasoning=output // 3)
    write = dice.randrange(500, 9_000)
    return TokenCounts(dice.randrange(5, 60), output, read, write, dice.choice((0, 0, write // 2)))
