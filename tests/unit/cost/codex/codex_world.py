"""A home folder with Codex logs, their lines, and a scanner that keeps its state in memory."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from codexbar_qt.cost.codex import CODEX_FAMILY
from codexbar_qt.cost.file_mark import mark_of
from codexbar_qt.cost.places import Places
from codexbar_qt.cost.values import TokenCounts

if TYPE_CHECKING:
    from collections.abc import Callable

    from codexbar_qt.cost.family import FileState
    from codexbar_qt.cost.log_files import LogFile
    from codexbar_qt.cost.values import Ledger, UsageRow

START = datetime(2031, 1, 5, 10, 0, tzinfo=UTC)
START_AT = int(START.timestamp())
SLOT = START_AT // 900
"""The slot of everything that happens in the first quarter of an hour."""

Tokens = Sequence[int]
"""Input, cached, output, reasoning and written, as many of them as matter."""

_FIELDS = (
    "input_tokens",
    "cached_input_tokens",
    "output_tokens",
    "reasoning_output_tokens",
    "cache_write_input_tokens",
)


def stamp(seconds: float) -> str:
    """Return a time so many seconds after the start, the way Codex writes it."""
    return (START + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def line(kind: str, at: float, payload: object, **more: object) -> str:
    """Return one line without its end."""
    return json.dumps({"timestamp": stamp(at), "type": kind, "payload": payload, **more}, separators=(",", ":"))


def meta(id_: str, at: float = 0, **more: object) -> str:
    """Return a line that says whose log it is."""
    return line("session_meta", at, {"id": id_, "timestamp": stamp(at), "cwd": f"/work/{id_}", **more})


def turn(model: object, at: float = 0, **more: object) -> str:
    """Return a line that sets the model."""
    return line("turn_context", at, {"cwd": "/work/turn", "model": model, **more})


def tier(name: str | None, at: float = 0) -> str:
    """Return a line that sets the service tier."""
    settings = {"model": "gpt-5", **({"service_tier": name} if name else {})}
    return line("event_msg", at, {"type": "thread_settings_applied", "thread_settings": settings})


def usage(tokens: Tokens) -> dict[str, int]:
    """Return a usage object with the fields that are given."""
    return dict(zip(_FIELDS, tokens, strict=False))


def count(at: float, total: Tokens | None = None, last: Tokens | None = None, **info: object) -> str:
    """Return a line that tells usage."""
    if total is not None:
        info["total_token_usage"] = usage(total)
    if last is not None:
        info["last_token_usage"] = usage(last)
    return line("event_msg", at, {"type": "token_count", "info": info, "rate_limits": {"primary": None}})


class States:
    """What is kept of every file."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[LogFile, FileState]] = {}

    def files(self) -> list[LogFile]:
        return [self.kept[path][0] for path in sorted(self.kept)]

    def load(self, file: LogFile) -> FileState:
        return self.kept[file.path][1]


class CodexWorld:
    """A home folder; `scan` does what the scanner is to do with the family."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.places = Places("linux", str(home))
        self.states = States()
        self.bytes_read = 0

    def path(self, name: str) -> Path:
        """Return the path of a log, "archived_sessions/..." or a name below today's folder."""
        return self.home / ".codex" / (name if "/" in name else f"sessions/2031/01/05/{name}.jsonl")

    def write(self, name: str, *lines: str, end: str = "\n") -> Path:
        """Make a log, or replace it; the last line gets another end when asked."""
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(("\n".join(lines) + end).encode() if lines else b"")
        return path

    def append(self, name: str, data: bytes) -> None:
        """Add to a log."""
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as stream:
            stream.write(data)

    def scan(self, checkpoint: Callable[[int], None] | None = None) -> Ledger:
        """Read what is new and add everything up."""
        found = CODEX_FAMILY.find(self.places).files
        for file in found:
            self.read(file, checkpoint)
        self.states.kept = {file.path: self.states.kept[file.path] for file in found}
        return CODEX_FAMILY.assemble(self.states)

    def read(self, file: LogFile, checkpoint: Callable[[int], None] | None = None) -> None:
        """Read one file, or its new part."""
        state = CODEX_FAMILY.read(file, self._earlier(file), checkpoint or self._count)
        self.states.kept[file.path] = (file, state)

    def scratch(self) -> Ledger:
        """Return what a first scan makes of the same logs."""
        return CodexWorld(self.home).scan()

    def rows(self, first: int = 0, last: int = 1 << 40) -> Sequence[UsageRow]:
        """Return the counted increments."""
        return CODEX_FAMILY.rows(self.states, "codex", first, last)

    def _earlier(self, file: LogFile) -> FileState | None:
        if file.path not in self.states.kept:
            return None
        state = self.states.kept[file.path][1]
        with Path(file.path).open("rb") as stream:
            is_same = os.fstat(stream.fileno()).st_size >= state.offset and mark_of(stream, state.offset) == state.mark
        return state if is_same else None

    def _count(self, size: int) -> None:
        self.bytes_read += size


def tokens(ledger: Ledger) -> TokenCounts:
    """Return the sum of all tokens."""
    return sum((bucket.tokens for bucket in ledger.buckets), TokenCounts())


def by_session(ledger: Ledger) -> dict[str, int]:
    """Return the tokens of each session."""
    return {session.id: sum(bucket.tokens.total for bucket in session.buckets) for session in ledger.sessions}


def left_out(ledger: Ledger) -> dict[str, int]:
    """Return what is not in the totals."""
    return {left.kind: left.count for left in ledger.left_out}
