"""Reads single lines of a Codex log into facts (token-cost.md 5). Pure.

Field names beyond the sheet, as public readers of these logs and the protocol crate of openai/codex have them in 2026:
- `cache_write_input_tokens` next to `cached_input_tokens`: part of the input that was written to the cache.
- Fast turns: no field of `token_count` tells them. `event_msg` / `thread_settings_applied` carries
  `thread_settings.service_tier`, which holds from there on: "priority" (older: "fast") is the fast mode, "default" or
  no field is not. Logs have it since the middle of 2026 (openai/codex issues 13794 and 20311 asked for it, the measured
  shape is in antiburn/antiburn pull request 269); some writers put `service_tier` on `turn_context`, too. Older logs do
  not tell, and count as standard.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec
from msgspec import UNSET

from codexbar_qt.cost.codex.usage import Usage

OWNER_NEEDLE = b'"session_meta"'
NEEDLES = (b'"token_count"', b'"turn_context"', OWNER_NEEDLE, b'"thread_settings_applied"')
"""What makes a line worth decoding."""

LARGEST_COUNT = 10**12
"""No session has used more; larger numbers are damage."""

_FAST_TIERS = ("priority", "fast")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class SessionFact(msgspec.Struct, frozen=True, array_like=True, tag="session"):
    """Whose log it is: ids are "" when not given, `at` is in milliseconds since 1970 (UTC)."""

    id: str
    folder: str
    parent: str
    at: int | None
    is_subagent: bool


class TurnFact(msgspec.Struct, frozen=True, array_like=True, tag="turn"):
    """What holds from here on: None says nothing, a model of "" takes the one before back."""

    model: str | None = None
    folder: str = ""
    is_fast: bool | None = None


class UsageFact(msgspec.Struct, frozen=True, array_like=True, tag="usage"):
    """Usage at a time in milliseconds since 1970 (UTC); at least one of the two is there."""

    at: int
    model: str
    total: Usage | None
    last: Usage | None


Fact = SessionFact | TurnFact | UsageFact


class _Usage(msgspec.Struct):
    input_tokens: object = 0
    cached_input_tokens: object = None
    cache_read_input_tokens: object = 0
    cache_write_input_tokens: object = 0
    output_tokens: object = 0
    reasoning_output_tokens: object = 0


class _Info(msgspec.Struct):
    total_token_usage: _Usage | None = None
    last_token_usage: _Usage | None = None
    model: object = None
    model_name: object = None


class _Settings(msgspec.Struct):
    service_tier: object = None


class _Payload(msgspec.Struct):
    type: object = None
    info: _Info | None = None
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


class _Line(msgspec.Struct):
    type: object = None
    timestamp: object = None
    model: object = None
    payload: _Payload | None = None


_DECODER = msgspec.json.Decoder(_Line)


def read_line(line: bytes) -> Fact | Literal["broken"] | None:
    """Return what a line says, None when that is nothing of interest.

    "broken" is a line that is no JSON, or usage that cannot be counted: without a time, or beyond all measure.
    """
    try:
        return _fact(_DECODER.decode(line))
    except msgspec.ValidationError:
        return None if _is_json(line) else "broken"
    except (ValueError, OverflowError, RecursionError):
        return "broken"


def _is_json(line: bytes) -> bool:
    try:
        msgspec.json.decode(line)
    except (ValueError, RecursionError):
        return False
    return True


def _fact(line: _Line) -> Fact | None:
    payload = line.payload
    if payload is None:
        return None
    if line.type == "event_msg":
        if payload.type == "token_count":
            return _usage_fact(line, payload)
        if payload.type == "thread_settings_applied":
            settings = payload.thread_settings
            return TurnFact(is_fast=settings.service_tier in _FAST_TIERS) if settings else None
    if line.type == "turn_context":
        tier = payload.service_tier
        return TurnFact(
            model=payload.model.strip() if isinstance(payload.model, str) else None,
            folder=_text(payload.cwd),
            is_fast=None if tier is UNSET else tier in _FAST_TIERS,
        )
    return _session_fact(line, payload) if line.type == "session_meta" else None


def _session_fact(line: _Line, payload: _Payload) -> SessionFact:
    source = payload.source
    return SessionFact(
        id=_first_text(payload.id, payload.session_id),
        folder=_text(payload.cwd),
        parent=_first_text(
            payload.forked_from_id,
            payload.forked_from_id_camel,
            payload.parent_session_id,
            payload.parent_session_id_camel,
        ),
        at=_first_moment(payload.timestamp, line.timestamp),
        is_subagent=source == "subagent" or (isinstance(source, dict) and "subagent" in source),
    )


def _usage_fact(line: _Line, payload: _Payload) -> UsageFact | None:
    info = payload.info
    if info is None or (info.total_token_usage is None and info.last_token_usage is None):
        return None
    return UsageFact(
        at=_moment(line.timestamp),
        model=_first_text(info.model, info.model_name, payload.model, line.model),
        total=_usage(info.total_token_usage),
        last=_usage(info.last_token_usage),
    )


def _usage(usage: _Usage | None) -> Usage | None:
    if usage is None:
        return None
    cached = usage.cached_input_tokens
    return Usage(
        input=_count(usage.input_tokens),
        cached=_count(usage.cache_read_input_tokens if cached is None else cached),
        output=_count(usage.output_tokens),
        reasoning=_count(usage.reasoning_output_tokens),
        written=_count(usage.cache_write_input_tokens),
    )


def _count(value: object) -> int:
    """Return a number of tokens; what is none counts as 0. Raises ValueError for one that cannot be."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0
    if value > LARGEST_COUNT:
        raise ValueError("more tokens than there can be")
    return max(0, int(value))


def _moment(value: object) -> int:
    """Return a time as milliseconds since 1970 (UTC). Raises ValueError for one that is not ISO 8601."""
    if not isinstance(value, str):
        raise ValueError("no time")
    moment = datetime.fromisoformat(value.strip())
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - _EPOCH) // _MILLISECOND


def _first_moment(*values: object) -> int | None:
    for value in values:
        with suppress(ValueError, OverflowError):
            return _moment(value)
    return None


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _first_text(*values: object) -> str:
    return next((text for text in map(_text, values) if text), "")
