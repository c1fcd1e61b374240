"""Lines of a Claude log as entries that count (token-cost.md 2 and 4)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import msgspec

from codexbar_qt.cost.claude.known_fields import CacheLives, KnownLine, Message, Usage
from codexbar_qt.cost.claude.vertex import has_vertex_metadata, may_have_vertex_metadata
from codexbar_qt.cost.columns import LARGEST

if TYPE_CHECKING:
    from collections.abc import Sequence

NEEDLES: Final = (b'put_tokens"',)
"""Every line that counts has input, output or cache tokens, and all their names end like this."""

_HALF_PAIR: Final = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)
"""Any escape of JSON; group 1 is one half of a pair without the other, which JavaScript writes and msgspec refuses."""


class MarkedLine(KnownLine, gc=False):
    """An entry whose metadata says that it went through Vertex AI."""


class BrokenLineError(ValueError):
    """A line that is no JSON, or has a number that cannot be."""


class LineReader:
    """Decodes lines."""

    def __init__(self) -> None:
        self._known: msgspec.json.Decoder[KnownLine] = msgspec.json.Decoder(KnownLine)
        self._any: msgspec.json.Decoder[Any] = msgspec.json.Decoder()

    def read(self, lines: Sequence[bytes]) -> tuple[list[KnownLine], int]:
        """Return the entries of the lines that count, and how many lines are broken.

        Most lines have no fields but known ones, and are decoded without making objects of what they say.
        """
        decode = self._known.decode
        entries: list[KnownLine] = []
        broken = 0
        for line in lines:
            try:
                entry: KnownLine | None = decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                try:
                    entry = self._read_odd(line)
                except BrokenLineError:
                    broken += 1
                    continue
            if entry is not None and entry.type == "assistant":
                usage = entry.message.usage
                if usage.output_tokens or usage.input_tokens or _has_cache_tokens(usage):
                    entries.append(entry)
        return entries, broken

    def _read_odd(self, line: bytes) -> KnownLine | None:
        """Return the entry of a line that has another field, or a value of another kind, looked at as a whole.

        What is no text in a line that is JSON otherwise is replaced. Raises BrokenLineError.
        """
        try:
            entry = self._any.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            mended = _HALF_PAIR.sub(_mend, line.decode("utf-8", "replace").encode())
            if mended == line:
                raise BrokenLineError from None
            return self._read_odd(mended)
        except RecursionError:
            raise BrokenLineError from None
        return _known_part(line, entry) if isinstance(entry, dict) else None


def _known_part(line: bytes, entry: dict[str, object]) -> KnownLine | None:
    """Return what is known of an entry, None when it cannot count. Raises BrokenLineError."""
    message, at = entry.get("message"), entry.get("timestamp")
    if not isinstance(message, dict) or not isinstance(at, str) or entry.get("type") != "assistant":
        return None
    usage, model = message.get("usage"), message.get("model")
    if not isinstance(usage, dict) or not isinstance(model, str):
        return None
    is_marked = may_have_vertex_metadata(line) and has_vertex_metadata(entry)
    return (MarkedLine if is_marked else KnownLine)(
        type="assistant",
        timestamp=at,
        message=Message(model, _numbers(usage), _text(message.get("id"))),
        requestId=_text(entry.get("requestId")),
        isSidechain=entry.get("isSidechain") is True,
    )


def _mend(escape: re.Match[bytes]) -> bytes:
    return rb"\ufffd" if escape[1] else escape[0]


def _has_cache_tokens(usage: Usage) -> bool:
    return bool(usage.cache_read_input_tokens or usage.cache_creation_input_tokens)


def _numbers(usage: dict[str, object]) -> Usage:
    """Return the numbers of an entry, those that are none as 0. Raises BrokenLineError for one that cannot be."""
    lives = usage.get("cache_creation")
    numbers = Usage(
        _number(usage.get("input_tokens")),
        _number(usage.get("output_tokens")),
        _number(usage.get("cache_read_input_tokens")),
        _number(usage.get("cache_creation_input_tokens")),
        CacheLives(ephemeral_1h_input_tokens=_number(lives.get("ephemeral_1h_input_tokens")))
        if isinstance(lives, dict)
        else None,
    )
    largest = max(
        numbers.input_tokens,
        numbers.output_tokens,
        numbers.cache_read_input_tokens,
        numbers.cache_creation_input_tokens,
    )
    if largest > LARGEST:
        raise BrokenLineError
    return numbers


def _number(value: object) -> int:
    """Return a whole number from 0 on, in whatever way JSON writes it, 0 for anything else."""
    if isinstance(value, float) and value.is_integer():
        return max(0, int(value))
    return max(0, value) if isinstance(value, int) and not isinstance(value, bool) else 0


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
