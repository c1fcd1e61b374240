"""Lines of a Claude log as rows, many at once: to make each by itself would take half the time of a scan."""

from __future__ import annotations

import math
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from codexbar_qt.cost.claude.lines import LineReader, MarkedLine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codexbar_qt.cost.claude.known_fields import KnownLine

    RowValues = tuple[str, int, str, bool, bool, int, int, int, int, int]

LONG_PROMPT = 200_000
_LONGEST_KEY = 200
_MOST_HOURS = 10_000
_SECONDS: Final = {f":{second // 60:02}:{second % 60:02}": second for second in range(3600)}
_ENDS: Final = frozenset(("Z", *(f".{part:03}Z" for part in range(1000))))
"""What may follow the hour in "2031-01-05T10:20:30.123Z", and what may follow its seconds."""
_NEVER = -1


class Row(NamedTuple):
    """One request. `key` tells copies of it apart from others, "" when the line does not name it.

    `at` is seconds since 1970 (UTC), `is_vertex` which of the two sources it is of; tokens as in TokenCounts.
    Rows on their way to the disk are plain tuples of the same values.
    """

    key: str
    at: int
    model: str
    is_vertex: bool
    is_sidechain: bool
    input: int
    output: int
    cache_read: int
    cache_write: int
    cache_write_1h: int

    @property
    def is_long(self) -> bool:
        """Whether long-context rates apply, where a model has some."""
        return self.input + self.cache_read + self.cache_write > LONG_PROMPT


class FoundRows(NamedTuple):
    """The rows of some lines: of those with one key the last, those without a key, and how many lines are broken."""

    keyed: Mapping[str, RowValues]
    keyless: Sequence[RowValues]
    broken: int


class RowReader:
    """Reads lines. Remembers the hours it has met, for a log is full of equal ones; that never changes a result."""

    def __init__(self) -> None:
        self._lines = LineReader()
        self._hours: dict[str, int] = {}

    def read(self, lines: Sequence[bytes]) -> FoundRows:
        """Return the rows of lines. Entries without tokens or a time do not count."""
        entries, broken = self._lines.read(lines)
        return FoundRows(*self._rows(entries), broken)

    def _rows(self, entries: Sequence[KnownLine]) -> tuple[dict[str, RowValues], Sequence[RowValues]]:
        """Return the rows with a key and those without."""
        keys = _keys(entries)
        last = dict(zip(keys, entries, strict=True))
        loose: list[KnownLine] = []
        if last.pop("", None) is not None:
            loose = [entry for key, entry in zip(keys, entries, strict=True) if not key]
        counted = [*last.values(), *loose]
        times = self._times([entry.timestamp for entry in counted])
        if min(times, default=0) < 0:
            return self._rows([entry for entry in entries if self._seconds(entry.timestamp) >= 0])
        rows = _rows([*last, *[""] * len(loose)], times, counted)
        return dict(zip(last, rows, strict=False)), rows[len(last) :]

    def _times(self, timestamps: Sequence[str]) -> list[int]:
        hours, seconds, ends = self._hours, _SECONDS, _ENDS
        times: list[int] = []
        for timestamp in timestamps:
            hour, second = hours.get(timestamp[:13]), seconds.get(timestamp[13:19])
            if hour is None or second is None or timestamp[19:] not in ends:
                times.append(self._seconds(timestamp))
            else:
                times.append(hour + second)
        return times

    def _seconds(self, timestamp: str) -> int:
        """Return the seconds since 1970 of an ISO 8601 time with an offset, below 0 for anything else."""
        try:
            moment = datetime.fromisoformat(timestamp)
        except ValueError:
            return _NEVER
        if moment.tzinfo is None:
            return _NEVER
        seconds = math.floor(moment.timestamp())
        passed = _SECONDS.get(timestamp[13:19])
        if passed is not None and timestamp[19:] in _ENDS:
            if len(self._hours) >= _MOST_HOURS:
                self._hours.clear()
            self._hours[timestamp[:13]] = seconds - passed
        return seconds


def _keys(entries: Sequence[KnownLine]) -> list[str]:
    """Return what tells the request of each entry from others, "" where it does not say."""
    keys = [
        "" if (name := entry.message.id) is None or entry.requestId is None else f"{name}:{entry.requestId}"
        for entry in entries
    ]
    if max(map(len, keys), default=0) > _LONGEST_KEY or "\n" in "".join(keys):
        return [_short(key) if len(key) > _LONGEST_KEY or "\n" in key else key for key in keys]
    return keys


def _rows(keys: Sequence[str], times: Sequence[int], entries: Sequence[KnownLine]) -> list[RowValues]:
    """Return a row for each entry."""
    messages = [entry.message for entry in entries]
    usages = [message.usage for message in messages]
    models = [message.model for message in messages]
    writes = [usage.cache_creation_input_tokens for usage in usages]
    lives = [usage.cache_creation for usage in usages]
    hours = [0 if each is None else each.ephemeral_1h_input_tokens for each in lives]
    return list(
        zip(
            keys,
            times,
            models,
            _are_vertex(entries, models),
            [entry.isSidechain for entry in entries],
            [usage.input_tokens for usage in usages],
            [usage.output_tokens for usage in usages],
            [usage.cache_read_input_tokens for usage in usages],
            writes,
            map(min, hours, writes),
            strict=True,
        )
    )


def _are_vertex(entries: Sequence[KnownLine], models: Sequence[str]) -> list[bool]:
    """Whether each entry went through Vertex AI (token-cost.md 4)."""
    names = {model for model in models if "@" in model and model.startswith("claude-")}
    return [
        model in names
        or "_vrtx_" in (entry.message.id or "")
        or "_vrtx_" in (entry.requestId or "")
        or type(entry) is MarkedLine
        for entry, model in zip(entries, models, strict=True)
    ]


def _short(key: str) -> str:
    import hashlib  # large, and hardly ever needed

    return hashlib.sha256(key.encode()).hexdigest()
