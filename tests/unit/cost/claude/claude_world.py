"""A home folder with Claude logs, their lines, and scans of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from codexbar_qt.cost.claude import CLAUDE_FAMILY
from codexbar_qt.cost.claude.lines import BrokenLineError
from codexbar_qt.cost.claude.rows import Row, RowReader
from codexbar_qt.cost.places import Places
from codexbar_qt.cost.progress import Progress
from codexbar_qt.cost.reading_pool import ReadingPool
from codexbar_qt.cost.scanner import Scanner
from codexbar_qt.cost.state_file import StateFile, open_state, state_path
from codexbar_qt.cost.values import TokenCounts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from codexbar_qt.cost.family import LogFamily
    from codexbar_qt.cost.values import Ledger, RowsPage, ScanProgress

START = datetime(2031, 1, 5, 10, 20, 30, tzinfo=UTC)
START_AT = int(START.timestamp())
MODEL = "claude-opus-4-5-20251101"


def read_one(text: bytes, reader: RowReader | None = None) -> Row | None:
    """Return the row of a line, None when it does not count. Raises BrokenLineError."""
    found = (reader or RowReader()).read([text])
    if found.broken:
        raise BrokenLineError
    return next((Row(*row) for row in (*found.keyed.values(), *found.keyless)), None)


def stamp(seconds: float = 0) -> str:
    """Return a time so many seconds after the start, the way Claude Code writes it."""
    return (START + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def usage(
    fresh: object = 0, output: object = 0, read: object = 0, write: object = 0, hour: object = 0
) -> dict[str, Any]:
    """Return a usage object: input, output, read from caches, written to caches, the part of that with an hour."""
    return {
        "input_tokens": fresh,
        "output_tokens": output,
        "cache_read_input_tokens": read,
        "cache_creation_input_tokens": write,
        "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": hour},
    }


def entry(key: str | None = "1", *numbers: object, at: float = 0, **more: Any) -> dict[str, Any]:
    """Return an entry with the ids msg_<key> and req_<key>, or without ids for None, and usage in the order of `usage`.

    `model`, `id` and `message` (a dict of more fields) go into the message, everything else stands at the top.
    """
    message = {"model": more.pop("model", MODEL), "role": "assistant", "usage": usage(*(numbers or (1,)))}
    made = {"type": "assistant", "timestamp": stamp(at), "sessionId": "s", "isSidechain": False}
    if key is not None:
        message["id"], made["requestId"] = f"msg_{key}", f"req_{key}"
    if "id" in more:
        message["id"] = more.pop("id")
    message.update(more.pop("message", {}))
    return {**made, "message": message, **more}


def line(key: str | None = "1", *numbers: object, at: float = 0, **more: Any) -> bytes:
    """Return an entry as a line without its end, with the fields of `entry`."""
    return json.dumps(entry(key, *numbers, at=at, **more), separators=(",", ":")).encode()


@dataclass
class ClaudeWorld:
    """A home folder, and state beside it."""

    home: Path
    folder: Path
    family: LogFamily = CLAUDE_FAMILY

    def path(self, name: str) -> Path:
        """Return the path of a log of Claude Code."""
        return self.home / ".claude" / "projects" / f"{name}.jsonl"

    def write(self, name: str, *lines: bytes, end: bytes = b"\n") -> Path:
        """Make a log, or replace its content; the last line gets another end when asked."""
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\n".join(lines) + end if lines else b"")
        return path

    def append(self, name: str, data: bytes) -> None:
        """Add to a log."""
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as stream:
            stream.write(data)

    @property
    def places(self) -> Places:
        """Where the logs are."""
        return Places("linux", str(self.home))

    @property
    def state_path(self) -> Path:
        """Where state is kept."""
        return state_path(self.folder, self.family)

    def scan(
        self,
        told: Callable[[ScanProgress], None] | None = None,
        *,
        refresh: bool = False,
        pool: ReadingPool | None = None,
    ) -> Ledger:
        """Scan with the state of the last time; `told` hears of every block."""
        with open_state(self.folder, self.family) as state:
            return self._scanner(told, pool).scan(self.family, state, refresh=refresh)

    def scratch(self) -> Ledger:
        """Return what one scan without any state gives."""
        with StateFile(None, CLAUDE_FAMILY.version) as state:
            ledger = self._scanner(None, None).scan(CLAUDE_FAMILY, state)
        return without(ledger, "unsaved_state")

    def rows(self, source: str = "claude", first: int = 0, last: int = 1 << 40, limit: int = 2000) -> RowsPage:
        """Return the counted requests."""
        with open_state(self.folder, self.family) as state:
            return self._scanner(None, None).rows(self.family, state, source, first, last, limit)

    def _scanner(self, told: Callable[[ScanProgress], None] | None, pool: ReadingPool | None) -> Scanner:
        progress = Progress(told or (lambda _: None), clock=_Always())
        return Scanner(self.places, pool or ReadingPool(), progress)


class _Always:
    """A clock on which it is always time to tell."""

    def __init__(self) -> None:
        self._now = 0.0

    def __call__(self) -> float:
        self._now += 1000
        return self._now


def without(ledger: Ledger, kind: str) -> Ledger:
    """Return a ledger that does not say one thing was left out."""
    return msgspec.structs.replace(ledger, left_out=tuple(left for left in ledger.left_out if left.kind != kind))


def tokens(ledger: Ledger, source: str = "claude") -> TokenCounts:
    """Return the sum of all tokens of a source."""
    return sum((bucket.tokens for bucket in ledger.buckets if bucket.source == source), TokenCounts())


def requests(ledger: Ledger, source: str = "claude") -> int:
    """Return how many requests of a source there are."""
    return sum(bucket.requests for bucket in ledger.buckets if bucket.source == source)


def left_out(ledger: Ledger) -> dict[str, int]:
    """Return what is not in the totals."""
    return {left.kind: left.count for left in ledger.left_out}
