"""Reads single lines of a Codex log into facts (token-cost.md 5). Pure.

Field names beyond the sheet, as public readers of these logs and the protocol crate of openai/codex have them in 2026:
- `cache_write_input_tokens` next to `cached_input_tokens`: part of the input that was written to the cache.
- Fast turns: no field of `token_count` tells them (openai/codex issues 13794 and 20311 ask for one). `event_msg` /
  `thread_settings_applied` carries `thread_settings.service_tier`, which holds from there on: "priority" (older:
  "fast") is the fast mode, "default" or no field is not (measured in antiburn/antiburn pull request 269, August 2026).
  Some writers put `service_tier` on `turn_context`, too. Older versions of Codex wrote neither: those turns count as
  standard.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec
from msgspec import UNSET

from codexbar_qt.cost.codex.line_shapes import AnyUsage, Line, OddUsage, Payload, UsualUsage
from codexbar_qt.cost.codex.usage import Usage

OWNER_NEEDLE = b'"session_meta"'
NEEDLES = (b'"token_count"', b'"turn_context"', OWNER_NEEDLE, b'"thread_settings_applied"')
"""What makes a line worth decoding."""

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


_DECODER = msgspec.json.Decoder(Line[UsualUsage])
_ODD_DECODER = msgspec.json.Decoder(Line[OddUsage])


def read_line(line: bytes) -> Fact | Literal["broken"] | None:
    """Return what a line says, None when that is nothing of interest.

    "broken" is a line that is no JSON, or usage that cannot be counted: without a time, or beyond all measure.
    """
    try:
        return _fact(_DECODER.decode(line))
    except msgspec.ValidationError:
        return _read_odd_line(line)
    except (ValueError, OverflowError, RecursionError):
        return "broken"


def _read_odd_line(line: bytes) -> Fact | Literal["broken"] | None:
    try:
        return _fact(_ODD_DECODER.decode(line))
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


def _fact(line: Line[AnyUsage]) -> Fact | None:
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


def _session_fact(line: Line[AnyUsage], payload: Payload[AnyUsage]) -> SessionFact:
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


def _usage_fact(line: Line[AnyUsage], payload: Payload[AnyUsage]) -> UsageFact | None:
    info = payload.info
    if info is None or (info.total_token_usage is None and info.last_token_usage is None):
        return None
    models = (info.model, info.model_name, payload.model, line.model)
    return UsageFact(
        _moment(line.timestamp),
        _first_text(*models) if any(models) else "",
        info.total_token_usage.usage() if info.total_token_usage else None,
        info.last_token_usage.usage() if info.last_token_usage else None,
    )


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
