"""The shapes of the lines of a Codex log: what is of interest in them, forgiving where a value is of another type."""

from __future__ import annotations

from typing import Annotated, Generic, TypeVar

import msgspec
from msgspec import UNSET

from codexbar_qt.cost.codex.usage import Usage

LARGEST_COUNT = 10**12
"""No session has used more; larger numbers are damage."""

_Count = Annotated[int, msgspec.Meta(ge=0, le=LARGEST_COUNT)]


class UsualUsage(msgspec.Struct):
    """What Codex writes."""

    input_tokens: _Count = 0
    cached_input_tokens: _Count | None = None
    cache_read_input_tokens: _Count = 0
    cache_write_input_tokens: _Count = 0
    output_tokens: _Count = 0
    reasoning_output_tokens: _Count = 0

    def usage(self) -> Usage:
        """Return the numbers in order."""
        cached = self.cached_input_tokens
        return Usage(
            self.input_tokens,
            self.cache_read_input_tokens if cached is None else cached,
            self.output_tokens,
            self.reasoning_output_tokens,
            self.cache_write_input_tokens,
        )


class OddUsage(msgspec.Struct):
    """The same with anything in it."""

    input_tokens: object = 0
    cached_input_tokens: object = None
    cache_read_input_tokens: object = 0
    cache_write_input_tokens: object = 0
    output_tokens: object = 0
    reasoning_output_tokens: object = 0

    def usage(self) -> Usage:
        """Return the numbers in order. Raises ValueError for one that cannot be."""
        cached = self.cached_input_tokens
        return Usage(
            _count(self.input_tokens),
            _count(self.cache_read_input_tokens if cached is None else cached),
            _count(self.output_tokens),
            _count(self.reasoning_output_tokens),
            _count(self.cache_write_input_tokens),
        )


AnyUsage = TypeVar("AnyUsage", UsualUsage, OddUsage)


class _Info(msgspec.Struct, Generic[AnyUsage]):
    total_token_usage: AnyUsage | None = None
    last_token_usage: AnyUsage | None = None
    model: object = None
    model_name: object = None


class _Settings(msgspec.Struct):
    service_tier: object = None


class Payload(msgspec.Struct, Generic[AnyUsage]):
    """What a line is about; which fields there are depends on the type of the line."""

    type: object = None
    info: _Info[AnyUsage] | None = None
    model: object = None
    id: object = None
    session_id: object = None
    cwd: object = None
    timestamp: object = None
    source: object = None
    forked_from_id: object = None
    forked_from_id_camel: object = msgspec.field(default=None, name="forkedFromId")
    parent_session_id: object = None
    parent_session_id_camel: object = msgspec.field(default=None, name="parentSessionId")
    thread_settings: _Settings | None = None
    service_tier: object = UNSET


class Line(msgspec.Struct, Generic[AnyUsage]):
    """A whole line."""

    type: object = None
    timestamp: object = None
    model: object = None
    payload: Payload[AnyUsage] | None = None


def _count(value: object) -> int:
    """Return a number of tokens; what is none counts as 0. Raises ValueError for one that cannot be."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0
    if value > LARGEST_COUNT:
        raise ValueError("more tokens than there can be")
    return max(0, int(value))
