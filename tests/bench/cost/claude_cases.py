"""Small logs of Claude Code on which ccusage and the product differ, or could be thought to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.bench.cost.rule_case import RuleCase, Said

if TYPE_CHECKING:
    from collections.abc import Mapping

_SONNET = "claude-sonnet-4-5-20250929"
_LOG = "projects/one/a.jsonl"
_EACH: dict[str, Any] = {"fresh": 100_000, "output": 100_000, "read": 50_000, "write": 50_000}
"""Tokens of every kind, below the threshold of long prompts at which other rates begin."""


def _line(
    model: str = _SONNET,
    at: str = "2026-03-20T10:00:00.000Z",
    *,
    fresh: int = 0,
    output: int = 0,
    read: int = 0,
    write: int = 0,
    usage: Mapping[str, Any] | None = None,
    message: Mapping[str, Any] | None = None,
    **fields: Any,
) -> str:
    counts = {
        "input_tokens": fresh,
        "output_tokens": output,
        "cache_read_input_tokens": read,
        "cache_creation_input_tokens": write,
    }
    said = {"model": model, "id": "msg_1", "usage": {**counts, **(usage or {})}, **(message or {})}
    entry = {
        "type": "assistant",
        "timestamp": at,
        "requestId": "req_1",
        "sessionId": "one",
        "isSidechain": False,
        "message": said,
        **fields,
    }
    kept = {name: value for name, value in entry.items() if value is not None}
    return json.dumps(kept, separators=(",", ":")) + "\n"


def _lives(*, five: int, hour: int) -> dict[str, Any]:
    return {"cache_creation": {"ephemeral_5m_input_tokens": five, "ephemeral_1h_input_tokens": hour}}


_COPIES = (
    RuleCase(
        "lines of one answer with growing usage",
        {_LOG: _line(output=10) + _line(output=20)},
        Said(20, 0.0003),
        Said(20, 0.0003),
        "the same: the last line is the largest",
    ),
    RuleCase(
        "last line of an answer smaller than one before",
        {_LOG: _line(output=20) + _line(output=5)},
        Said(5, 0.000075),
        Said(20, 0.0003),
        "we take the last line, ccusage the largest; agents do not write this",
    ),
    RuleCase(
        "resumed session that was cut within an answer",
        {_LOG: _line(output=10), "projects/one/b.jsonl": _line(output=20)},
        Said(10, 0.00015),
        Said(20, 0.0003),
        "of copies in several files we take the smaller path, ccusage the largest",
    ),
    RuleCase(
        "subagent that repeats an answer of its parent",
        {_LOG: _line(output=10), "projects/one/one/subagents/agent-1.jsonl": _line(output=20, isSidechain=True)},
        Said(10, 0.00015),
        Said(10, 0.00015),
        "the same: the main conversation wins",
    ),
    RuleCase(
        "subagent that repeats an answer under another request",
        {_LOG: _line(output=10), "projects/one/b.jsonl": _line(output=20, isSidechain=True, requestId="req_2")},
        Said(30, 0.00045),
        Said(10, 0.00015),
        "another request id is another request for us; ccusage goes by the message alone in sidechains",
    ),
    RuleCase(
        "no request id, same message, moment and session",
        {_LOG: _line(output=10, requestId=None) + _line(output=20, requestId=None)},
        Said(30, 0.00045),
        Said(20, 0.0003),
        "lines without both ids all count for us; ccusage takes these for copies",
    ),
)

_PRICES = (
    RuleCase(
        "cache writes that live for an hour",
        {_LOG: _line(write=150_000, usage=_lives(five=50_000, hour=100_000))},
        Said(150_000, 0.7875),
        Said(150_000, 0.7875),
        "the same",
    ),
    RuleCase(
        "prompt above 200,000 tokens",
        {_LOG: _line(fresh=100_000, read=150_000, output=1000)},
        Said(251_000, 0.7125),
        Said(251_000, 0.36),
        "long rates hold for the whole request; ccusage asks each kind of tokens alone and prices what is above",
    ),
    RuleCase(
        "long prompt before 13 March 2026",
        {_LOG: _line("claude-sonnet-4-6", "2026-01-05T10:00:00Z", fresh=250_000, output=1000)},
        Said(251_000, 1.5225),
        Said(251_000, 0.765),
        "ccusage has today's prices only",
    ),
    RuleCase(
        "long prompt over Vertex AI",
        {_LOG: _line("claude-sonnet-4-5@20250929", fresh=300_000)},
        Said(300_000, 1.8),
        Said(300_000, 0.9),
        "ccusage has no long rates under names with @",
    ),
    RuleCase(
        "model nobody knows",
        {_LOG: _line("claude-nova-9", output=100)},
        Said(100, None),
        Said(100, None),
        "the same tokens; we say that there is no price, ccusage says 0",
    ),
    RuleCase(
        "model that is not in our list",
        {_LOG: _line("claude-3-5-haiku-20241022", **_EACH)},
        Said(300_000, None),
        Said(300_000, 0.534),
        "no price in token-cost.md 6",
    ),
    RuleCase(
        "region of Bedrock in the name",
        {_LOG: _line("us.anthropic.claude-haiku-4-5-20251001-v1:0", **_EACH)},
        Said(300_000, 0.6675),
        Said(300_000, 0.73425),
        "we price the model, ccusage adds the tenth that Bedrock takes for a region",
    ),
    RuleCase(
        "model reached through somebody else",
        {_LOG: _line("openrouter/claude-opus-4-5", **_EACH)},
        Said(300_000, None),
        Said(300_000, 3.3375),
        "other routes have other prices; ccusage takes those of Anthropic",
    ),
    RuleCase(
        "fast mode",
        {_LOG: _line("claude-opus-4-6", fresh=100_000, output=100_000, usage={"speed": "fast"})},
        Said(200_000, 3.0),
        Said(200_000, 18.0),
        "token-cost.md has no fast mode for Claude; ccusage takes six times the price",
    ),
    RuleCase(
        "line that names its own cost",
        {_LOG: _line(output=1, costUSD=5)},
        Said(1, 0.000015),
        Said(1, 5.0),
        "we price every line, ccusage believes the line",
    ),
)

_LINES = (
    RuleCase(
        "Vertex AI",
        {_LOG: _line("claude-opus-4-5@20251101", output=1_000_000)},
        Said(1_000_000, 25.0),
        Said(1_000_000, 25.0),
        "the same; we list it apart from Claude, ccusage among it",
    ),
    RuleCase(
        "spaces between the parts of a line",
        {_LOG: _line(output=1).replace('":', '": ')},
        Said(1, 0.000015),
        Said(0, None),
        "ccusage looks for lines as Claude Code writes them",
    ),
    RuleCase(
        "line above 512 KiB",
        {_LOG: _line(fresh=5, message={"content": "x" * 600_000})},
        Said(0, None),
        Said(5, 0.000015),
        "we leave it out and say so",
    ),
    RuleCase(
        "hidden file",
        {"projects/one/.a.jsonl": _line(fresh=5)},
        Said(0, None),
        Said(5, 0.000015),
        "we leave hidden files and folders out",
    ),
    RuleCase(
        "extension in capitals",
        {"projects/one/a.JSONL": _line(fresh=5)},
        Said(5, 0.000015),
        Said(0, None),
        "ccusage wants small letters",
    ),
    RuleCase(
        "negative number",
        {_LOG: _line(fresh=10, output=-5)},
        Said(10, 0.00003),
        Said(0, None),
        "it is 0 for us; ccusage leaves the line out",
    ),
    RuleCase(
        "usage in another kind of line",
        {_LOG: _line(fresh=5, type="user")},
        Said(0, None),
        Said(5, 0.000015),
        "only answers count for us",
    ),
    RuleCase(
        "answer that Claude Code made up",
        {_LOG: _line("<synthetic>", output=10)},
        Said(10, None),
        Said(10, None),
        "the same; ccusage does not show the model <synthetic>, which has no tokens in real logs",
    ),
    RuleCase(
        "cache write whose parts are not the sum",
        {_LOG: _line(write=150_000, usage=_lives(five=0, hour=100_000))},
        Said(150_000, 0.7875),
        Said(100_000, 0.6),
        "we count the sum, ccusage the parts",
    ),
)

CLAUDE_CASES = (*_COPIES, *_PRICES, *_LINES)
