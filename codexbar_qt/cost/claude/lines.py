"""One line of a Claude log as a row (token-cost.md 2 and 4)."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec

from codexbar_qt.cost.claude.known_fields import KnownLine
from codexbar_qt.cost.claude.vertex import has_vertex_metadata, may_have_vertex_metadata
from codexbar_qt.cost.columns import LARGEST

NEEDLES: Final = (b'put_tokens"',)
"""Every line that counts has input, output or cache tokens, and all their names end like this."""

LONG_PROMPT = 200_000
_LONGEST_KEY = 200
_MOST_MINUTES = 100_000
_PLAIN_LENGTHS = (24, 20)
"""Of "2031-01-05T10:20:30.123Z" and of the same without a fraction."""


class Row(NamedTuple):
    """One request. `key` tells copies of it apart from others, "" when the line does not name it.

    `at` is seconds since 1970 (UTC), `is_vertex` which of the two sources it is of; tokens as in TokenCounts.
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


class BrokenLineError(ValueError):
    """A line that is no JSON."""


class LineReader:
    """Decodes lines. Remembers the minutes it has met: a log is full of equal ones."""

    def __init__(self) -> None:
        self._known: msgspec.json.Decoder[KnownLine] = msgspec.json.Decoder(KnownLine)
        self._any: msgspec.json.Decoder[Any] = msgspec.json.Decoder()
        self._minutes: dict[str, int] = {}

    def read(self, line: bytes) -> Row | None:
        """Return the row of a line, None when it does not count. Raises BrokenLineError.

        Most lines have no fields but known ones, and are decoded without making objects of what they say; those with
        another field, or with a value of another kind, are looked at as a whole.
        """
        try:
            known = self._known.decode(line)
        except msgspec.ValidationError:
            return self._read_unknown(line)
        except msgspec.DecodeError:
            raise BrokenLineError from None
        if known.type != "assistant":
            return None
        message, usage, lives = known.message, known.message.usage, known.message.usage.cache_creation
        return self._row(
            known.timestamp,
            message.model,
            message.id,
            known.requestId,
            known.isSidechain,
            (
                usage.input_tokens,
                usage.output_tokens,
                usage.cache_read_input_tokens,
                usage.cache_creation_input_tokens,
                0 if lives is None else lives.ephemeral_1h_input_tokens,
            ),
        )

    def _read_unknown(self, line: bytes) -> Row | None:
        try:
            entry = self._any.decode(line)
        except (msgspec.DecodeError, RecursionError):
            raise BrokenLineError from None
        if not isinstance(entry, dict) or entry.get("type") != "assistant":
            return None
        message = entry.get("message")
        if not isinstance(message, dict) or not isinstance(usage := message.get("usage"), dict):
            return None
        at, model = entry.get("timestamp"), message.get("model")
        if not isinstance(at, str) or not isinstance(model, str):
            return None
        lives = usage.get("cache_creation")
        numbers = (
            _number(usage.get("input_tokens")),
            _number(usage.get("output_tokens")),
            _number(usage.get("cache_read_input_tokens")),
            _number(usage.get("cache_creation_input_tokens")),
            _number(lives.get("ephemeral_1h_input_tokens")) if isinstance(lives, dict) else 0,
        )
        sidechain = entry.get("isSidechain") is True
        row = self._row(at, model, _text(message.get("id")), _text(entry.get("requestId")), sidechain, numbers)
        if row is not None and may_have_vertex_metadata(line) and has_vertex_metadata(entry):
            return row._replace(is_vertex=True)
        return row

    def _row(
        self,
        timestamp: str,
        model: str,
        message_id: str | None,
        request_id: str | None,
        is_sidechain: bool,
        numbers: tuple[int, int, int, int, int],
    ) -> Row | None:
        fresh, output, read, write, hour = numbers
        bits = fresh | output | read | write | hour
        if not 0 <= bits <= LARGEST:  # a negative number makes it negative, and one that is too large too large
            fresh, output, read, write, hour = (min(LARGEST, max(0, number)) for number in numbers)
        at = self._minutes.get(timestamp[:16], 0)
        if at and len(timestamp) in _PLAIN_LENGTHS and timestamp[-1] == "Z" and (tail := timestamp[17:19]).isdecimal():
            at += int(tail)
        else:
            at = self._seconds(timestamp)
        if at < 0 or not (fresh or output or read or write):
            return None
        is_vertex = "@" in model and model.startswith("claude-")
        key = ""
        if message_id is not None and request_id is not None:
            key = f"{message_id}:{request_id}"
            if len(key) > _LONGEST_KEY or "\n" in key:
                key = _short(key)
        if not is_vertex:
            is_vertex = "_vrtx_" in key if key else "_vrtx_" in (message_id or request_id or "")
        return Row(key, at, model, is_vertex, is_sidechain, fresh, output, read, write, hour if hour < write else write)

    def _seconds(self, timestamp: str) -> int:
        """Return the seconds since 1970 of an ISO 8601 time with an offset, -1 for anything else."""
        try:
            moment = datetime.fromisoformat(timestamp)
        except ValueError:
            return -1
        if moment.tzinfo is None:
            return -1
        seconds = math.floor(moment.timestamp())
        if len(timestamp) in _PLAIN_LENGTHS and timestamp[-1] == "Z" and seconds > 0:
            if len(self._minutes) >= _MOST_MINUTES:
                self._minutes.clear()
            self._minutes[timestamp[:16]] = seconds - moment.second
        return seconds


def _short(key: str) -> str:
    import hashlib  # large, and hardly ever needed

    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
