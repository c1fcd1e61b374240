"""The rules of token-cost.md 2 to 6 a second time, as plainly as possible, and those of ccusage where they differ.

It holds every line in memory and is slow. Whatever the product and ccusage say of the same logs has to be what this
says under the rules of the one and of the other; the rules that are switched one by one then explain the difference.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from codexbar_qt.cost.prices import PriceTable

Cells = dict[tuple[str, str], "Cell"]
Difference = Literal["largest copy", "no request id", "subagent replay", "long prompt"]
DIFFERENCES: tuple[Difference, ...] = ("largest copy", "no request id", "subagent replay", "long prompt")
"""What ccusage does otherwise and generated logs show; see README.md."""
_LONG = 200_000
_NO_LONG_RATES = ("claude-opus-4-6", "claude-sonnet-4-6")
"""Models whose long rates, which ended in March 2026, ccusage does not have."""
_UNITS = 1_000_000_000_000


@dataclass(slots=True)
class Cell:
    """One model on one day: input, output, cache read and cache write tokens; dollars, None without a price."""

    tokens: tuple[int, int, int, int] = (0, 0, 0, 0)
    cost: float | None = None

    def add(self, tokens: tuple[int, int, int, int], cost: float | None) -> None:
        """Add some requests."""
        a, b, c, d = self.tokens
        self.tokens = (a + tokens[0], b + tokens[1], c + tokens[2], d + tokens[3])
        if cost is not None:
            self.cost = cost + (self.cost or 0.0)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line that counts, and where it stands: file, line."""

    place: tuple[str, int]
    at: datetime
    model: str
    message_id: str | None
    request_id: str | None
    session_id: str
    is_sidechain: bool
    tokens: tuple[int, int, int, int]
    hour: int

    @property
    def rank(self) -> tuple[bool, bool, str, int]:
        """Among copies the smallest wins; in one file the last line does."""
        path, line = self.place
        return self.is_sidechain, "/subagents/" in path.replace("\\", "/"), path, -line


def read_entries(root: Path) -> list[Entry]:
    """Return all lines of all logs that count, in the order of the paths."""
    return [
        entry
        for path in sorted(root.glob("projects/**/*.jsonl"))
        for number, line in enumerate(path.read_bytes().split(b"\n"))
        if b'"usage"' in line and (entry := _entry((str(path), number), json.loads(line))) is not None
    ]


def cells_of(entries: Iterable[Entry], table: PriceTable, theirs: Collection[Difference] = ()) -> Cells:
    """Return what entries add up to by day (UTC) and model, under our rules but for the differences named."""
    cells: defaultdict[tuple[str, str], Cell] = defaultdict(Cell)
    for entry in winners(entries, theirs):
        cost = _marginal_cost(entry, table) if "long prompt" in theirs else _cost(entry, table)
        cells[f"{entry.at:%Y-%m-%d}", table.report_name("claude", entry.model)].add(entry.tokens, cost)
    return dict(cells)


def winners(entries: Iterable[Entry], theirs: Collection[Difference] = ()) -> list[Entry]:
    """Return each request once."""
    counted: list[Entry] = []
    copies: defaultdict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.message_id is None or (entry.request_id is None and "no request id" not in theirs):
            counted.append(entry)
        else:
            request = entry.request_id or f"{entry.at} {entry.session_id}"
            copies[entry.message_id, request].append(entry)
    if "largest copy" in theirs:
        counted += [min(found, key=lambda entry: (entry.is_sidechain, -sum(entry.tokens))) for found in copies.values()]
    else:
        counted += [min(found, key=lambda entry: entry.rank) for found in copies.values()]
    return _without_replays(counted) if "subagent replay" in theirs else counted


def _without_replays(entries: Iterable[Entry]) -> list[Entry]:
    """Return one entry of a sidechain for each message id, and none where the main conversation has it."""
    kept = [entry for entry in entries if not entry.is_sidechain or entry.message_id is None]
    known = {entry.message_id for entry in kept}
    replays: dict[str, Entry] = {}
    for entry in entries:
        if entry.is_sidechain and entry.message_id is not None and entry.message_id not in known:
            other = replays.get(entry.message_id)
            if other is None or sum(entry.tokens) > sum(other.tokens):
                replays[entry.message_id] = entry
    return [*kept, *replays.values()]


def _cost(entry: Entry, table: PriceTable) -> float | None:
    """Return dollars: the whole request at the rates for its prompt."""
    fresh, output, read, write = entry.tokens
    rates = table.rates("claude", entry.model, entry.at.timestamp(), fresh + read + write > _LONG)
    if rates is None:
        return None
    priced = (
        (fresh, rates.input),
        (output, rates.output),
        (read, rates.cache_read),
        (write - entry.hour, rates.cache_write),
        (entry.hour, rates.cache_write_1h),
    )
    return sum(count * rate for count, rate in priced if rate is not None) / _UNITS


def _marginal_cost(entry: Entry, table: PriceTable) -> float | None:
    """Return dollars: of each kind of tokens only what is above the threshold at its rate, and not for `@` names."""
    fresh, output, read, write = entry.tokens
    moment = entry.at.timestamp()
    usual, long = (table.rates("claude", entry.model, moment, is_long) for is_long in (False, True))
    if usual is None or long is None:
        return None
    if "@" in entry.model or entry.model in _NO_LONG_RATES:
        long = usual
    priced = (
        (fresh, usual.input, long.input),
        (output, usual.output, long.output),
        (read, usual.cache_read, long.cache_read),
        (write - entry.hour, usual.cache_write, long.cache_write),
        (entry.hour, usual.cache_write_1h, long.cache_write_1h),
    )
    units = 0
    for count, below, above in priced:
        units += min(count, _LONG) * (below or 0) + max(0, count - _LONG) * (above or 0)
    return units / _UNITS


def _entry(place: tuple[str, int], line: Any) -> Entry | None:
    usage = line["message"].get("usage") if line.get("type") == "assistant" else None
    if usage is None:
        return None
    names = ("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
    fresh, output, read, write = (usage.get(name, 0) for name in names)
    if not (fresh or output or read or write):
        return None
    return Entry(
        place=place,
        at=datetime.fromisoformat(line["timestamp"]).astimezone(UTC),
        model=line["message"]["model"],
        message_id=line["message"].get("id"),
        request_id=line.get("requestId"),
        session_id=line["sessionId"],
        is_sidechain=line.get("isSidechain", False),
        tokens=(fresh, output, read, write),
        hour=min(write, usage.get("cache_creation", {}).get("ephemeral_1h_input_tokens", 0)),
    )
