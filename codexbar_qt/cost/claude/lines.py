"""One line of a Claude log as a row (token-cost.md 2 and 4)."""

from __future__ import annotations

import math
import re
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec

from codexbar_qt.cost.claude.known_fields import CacheLives, KnownLine, Message, Usage
from codexbar_qt.cost.claude.vertex import has_vertex_metadata, may_have_vertex_metadata
from codexbar_qt.cost.columns import LARGEST

NEEDLES: Final = (b'put_tokens"',)
"""Every line that counts has input, output or cache tokens, and all their names end like this."""

LONG_PROMPT = 200_000
_LONGEST_KEY = 200
_MOST_MINUTES = 10_000
_SECONDS: Final = {f":{second:02}": second for second in range(60)}
_ENDS: Final = frozenset(("Z", *(f".{part:03}Z" for part in range(1000))))
"""What may follow the minute in "2031-01-05T10:20:30.123Z", and what may follow its seconds."""
_HALF_PAIR: Final = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)
"""Any escape of JSON; group 1 is one half of a pair without the other, which JavaScript writes and msgspec refuses."""


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
    """A line that is no JSON, or has a number that cannot be."""


class LineReader:
    """Decodes lines. Remembers the minutes it has met, for a log is full of equal ones; that never changes a result."""

    def __init__(self) -> None:
        self._known: msgspec.json.Decoder[KnownLine] = msgspec.json.Decoder(KnownLine)
        self._any: msgspec.json.Decoder[Any] = msgspec.json.Decoder()
        self._minutes: dict[str, int] = {}

    def read(self, line: bytes) -> Row | None:
        """Return the row of a line, None when it does not count. Raises BrokenLineError.

        Most lines have no fields but known ones, and are decoded without making objects of what they say; those with
        another field, or with a value of another kind, are looked at as a whole. What is no text in a line
        that is JSON otherwise is replaced.
        """
        try:
            known = self._known.decode(line)
        except msgspec.ValidationError:
            return self._read_unknown(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return self._read_mended(line)
        except RecursionError:
            raise BrokenLineError from None
        if known.type != "assistant":
            return None
        return self._row(known)

    def _read_unknown(self, line: bytes) -> Row | None:
        try:
            entry = self._any.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return self._read_mended(line)
        except RecursionError:
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
        hour = _number(lives.get("ephemeral_1h_input_tokens")) if isinstance(lives, dict) else 0
        numbers = Usage(
            _number(usage.get("input_tokens")),
            _number(usage.get("output_tokens")),
            _number(usage.get("cache_read_input_tokens")),
            _number(usage.get("cache_creation_input_tokens")),
            CacheLives(ephemeral_1h_input_tokens=hour),
        )
        said = Message(model, numbers, _text(message.get("id")))
        request_id, is_sidechain = _text(entry.get("requestId")), entry.get("isSidechain") is True
        row = self._row(KnownLine("assistant", at, said, request_id, is_sidechain))
        if row is not None and may_have_vertex_metadata(line) and has_vertex_metadata(entry):
            return row._replace(is_vertex=True)
        return row

    def _read_mended(self, line: bytes) -> Row | None:
        mended = _HALF_PAIR.sub(_mend, line.decode("utf-8", "replace").encode())
        if mended == line:
            raise BrokenLineError
        return self.read(mended)

    def _row(self, line: KnownLine) -> Row | None:
        message = line.message
        usage, model, message_id, request_id = message.usage, message.model, message.id, line.requestId
        fresh, output, read = usage.input_tokens, usage.output_tokens, usage.cache_read_input_tokens
        write, lives = usage.cache_creation_input_tokens, usage.cache_creation
        hour = 0 if lives is None else lives.ephemeral_1h_input_tokens
        if not 0 <= fresh | output | read | write | hour <= LARGEST:  # one below 0 makes it so, one too large, too
            fresh, output, read, write, hour = (max(0, number) for number in (fresh, output, read, write, hour))
            if max(fresh, output, read, write) > LARGEST:
                raise BrokenLineError
        timestamp = line.timestamp
        at = self._minutes.get(timestamp[:16])
        second = _SECONDS.get(timestamp[16:19])
        if at is not None and second is not None and timestamp[19:] in _ENDS:
            at += second
        else:
            at = self._seconds(timestamp)
        if at < 0 or not (fresh or output or read or write):
            return None
        key = ids = f"{message_id}:{request_id}"
        if message_id is None or request_id is None:
            key = ""
        elif len(key) > _LONGEST_KEY or "\n" in key:
            key = _short(key)
        is_vertex = "_vrtx_" in ids or ("@" in model and model.startswith("claude-"))
        hour = hour if hour < write else write
        values = (key, at, model, is_vertex, line.isSidechain, fresh, output, read, write, hour)
        return tuple.__new__(Row, values)  # what Row(*values) does, at half the price

    def _seconds(self, timestamp: str) -> int:
        """Return the seconds since 1970 of an ISO 8601 time with an offset, -1 for anything else."""
        try:
            moment = datetime.fromisoformat(timestamp)
        except ValueError:
            return -1
        if moment.tzinfo is None:
            return -1
        seconds = math.floor(moment.timestamp())
        if timestamp[16:19] in _SECONDS and timestamp[19:] in _ENDS:
            if len(self._minutes) >= _MOST_MINUTES:
                self._minutes.clear()
            self._minutes[timestamp[:16]] = seconds - moment.second
        return seconds


def _mend(escape: re.Match[bytes]) -> bytes:
    return rb"\ufffd" if escape[1] else escape[0]


def _short(key: str) -> str:
    import hashlib  # large, and hardly ever needed

    return hashlib.sha256(key.encode()).hexdigest()


def _number(value: object) -> int:
    """Return a whole number, in whatever way JSON writes it, 0 for anything else."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
