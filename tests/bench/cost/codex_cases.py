"""Small logs of Codex on which ccusage and the product differ, or could be thought to."""

from __future__ import annotations

import json
from typing import Any

from tests.bench.cost.rule_case import RuleCase, Said

_Counts = tuple[int, int, int]
"""Input, the cached part of it, output."""
_USUAL = (200_000, 100_000, 10_000)
_ARCHIVED = "archived_sessions/rollout-2026-08-05T10-00-00-a.jsonl"


def _path(name: str, month: str = "08") -> str:
    return f"sessions/2026/{month}/05/rollout-2026-{month}-05T10-00-00-{name}.jsonl"


def _log(*events: dict[str, Any], month: str = "08") -> str:
    """Return a log with an event a second."""
    stamped = ({"timestamp": f"2026-{month}-05T10:00:{second:02}.000Z", **event} for second, event in enumerate(events))
    return "".join(json.dumps(event, separators=(",", ":")) + "\n" for event in stamped)


def _at(second: int, event: dict[str, Any]) -> dict[str, Any]:
    return {"timestamp": f"2026-08-05T10:00:{second:02}.000Z", **event}


def _session(name: str, **fields: str) -> dict[str, Any]:
    return {"type": "session_meta", "payload": {"id": name, "cwd": "/home/dev/project", **fields}}


def _model(name: str) -> dict[str, Any]:
    return {"type": "turn_context", "payload": {"model": name, "cwd": "/home/dev/project"}}


def _used(total: _Counts, last: _Counts | None = None) -> dict[str, Any]:
    info = {"total_token_usage": _usage(total), "last_token_usage": _usage(last or total)}
    return {"type": "event_msg", "payload": {"type": "token_count", "info": info}}


def _usage(counts: _Counts) -> dict[str, int]:
    names = ("input_tokens", "cached_input_tokens", "output_tokens")
    return {**dict(zip(names, counts, strict=True)), "total_tokens": counts[0] + counts[2]}


def _turn(model: str, total: _Counts = _USUAL, month: str = "08") -> dict[str, str]:
    return {_path("a", month): _log(_session("a"), _model(model), _used(total), month=month)}


_ONE = (_session("a"), _model("gpt-5"), _used((1000, 0, 100)))
_FAST = {"type": "thread_settings_applied", "thread_settings": {"service_tier": "priority"}}

_INCREMENTS = (
    RuleCase(
        "Codex: event that is there twice",
        {
            _path("a"): _log(
                _session("a"),
                _model("gpt-5-codex"),
                _used((100_000, 40_000, 5000)),
                _used((100_000, 40_000, 5000)),
                _used((120_000, 40_000, 5100), (20_000, 0, 100)),
            )
        },
        Said(125_100, 0.156),
        Said(125_100, 0.156),
        "the same: a total that was there before says nothing new",
        "codex",
    ),
    RuleCase(
        "Codex: total that grows by less than the last usage",
        {_path("a"): _log(*_ONE, _used((1500, 0, 150), (900, 0, 90)))},
        Said(1650, 0.003375),
        Said(2090, 0.004275),
        "we take the growth of the total, ccusage the last usage",
        "codex",
    ),
    RuleCase(
        "Codex: total that grows by more than the last usage",
        {_path("a"): _log(*_ONE, _used((1500, 0, 150), (300, 0, 30)))},
        Said(1430, 0.002925),
        Said(1430, 0.002925),
        "the same: the last usage",
        "codex",
    ),
    RuleCase(
        "Codex: total that shrinks",
        {_path("a"): _log(*_ONE, _used((300, 0, 30)))},
        Said(1430, 0.002925),
        Said(1430, 0.002925),
        "the same: the last usage",
        "codex",
    ),
    RuleCase(
        "Codex: fork that begins with a copy",
        {
            _path("a"): _log(*_ONE),
            _path("b"): _log(
                *(_at(30, event) for event in (_session("b", forked_from_id="a"), *_ONE)),
                _at(40, _used((1500, 0, 150), (500, 0, 50))),
            ),
        },
        Said(1650, 0.003375),
        Said(1650, 0.003375),
        "the same: the copy does not count",
        "codex",
    ),
    RuleCase(
        "Codex: fork of a session that is not there",
        {_path("b"): _log(_session("b", forked_from_id="gone"), *_ONE[1:])},
        Said(0, None),
        Said(1100, 0.00225),
        "nobody knows how much of it was copied; we leave it out and say so",
        "codex",
    ),
    RuleCase(
        "Codex: session that is in the archive, too",
        {_path("a"): _log(*_ONE), _ARCHIVED: _log(*_ONE)},
        Said(1100, 0.00225),
        Said(1100, 0.00225),
        "the same: it counts once",
        "codex",
    ),
)

_PRICES = (
    RuleCase(
        "Codex: long prompt",
        _turn("gpt-5.4", (300_000, 100_000, 1000)),
        Said(301_000, 1.0725),
        Said(301_000, 1.0725),
        "the same",
        "codex",
    ),
    RuleCase(
        "Codex: fast mode",
        {_path("a"): _log(_session("a"), {"type": "event_msg", "payload": _FAST}, _model("gpt-5.4"), _used(_USUAL))},
        Said(210_000, 0.85),
        Said(210_000, 0.85),
        "the same: twice the price",
        "codex",
    ),
    RuleCase(
        "Codex: no model",
        {_path("a"): _log(_session("a"), _used(_USUAL))},
        Said(210_000, None),
        Said(210_000, 0.2375),
        "ccusage takes it for gpt-5",
        "codex",
    ),
    RuleCase(
        "Codex: model nobody knows",
        _turn("gpt-99"),
        Said(210_000, None),
        Said(210_000, None),
        "the same tokens; we say that there is no price, ccusage says 0",
        "codex",
    ),
    RuleCase(
        "Codex: gpt-5.6-sol",
        _turn("gpt-5.6-sol"),
        Said(210_000, 0.85),
        Said(210_000, 0.64),
        "another price list",
        "codex",
    ),
    RuleCase(
        "Codex: gpt-5.3-codex-spark",
        _turn("gpt-5.3-codex-spark"),
        Said(210_000, 0.0),
        Said(210_000, 0.3325),
        "it costs nothing in token-cost.md 6",
        "codex",
    ),
    RuleCase(
        "Codex: gpt-5.6-terra before 30 July 2026",
        _turn("gpt-5.6-terra", month="07"),
        Said(210_000, 0.425),
        Said(210_000, 0.34),
        "ccusage has today's prices only",
        "codex",
    ),
    RuleCase(
        "Codex: date in the name",
        _turn("gpt-5-2025-08-07"),
        Said(210_000, 0.2375),
        Said(210_000, 0.2375),
        "the same",
        "codex",
    ),
)

CODEX_CASES = (*_INCREMENTS, *_PRICES)
