"""Vertex AI or Anthropic (token-cost.md 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from codexbar_qt.cost.values import TokenCounts
from tests.unit.cost.claude.claude_world import line, read_one, requests, tokens

if TYPE_CHECKING:
    from tests.unit.cost.claude.claude_world import ClaudeWorld

MARKS: list[dict[str, Any]] = [
    {"id": "msg_vrtx_0154"},
    {"requestId": "req_vrtx_011C"},
    {"id": "msg_vrtx_" + "x" * 300},
    {"id": "msg_vrtx_\n"},
    {"id": "msg_vrtx_1", "requestId": None},
    {"id": None, "requestId": "req_vrtx_1"},
    {"model": "claude-opus-4-5@20251101"},
    {"vertexProject": "p"},
    {"VERTEX": None},
    {"gcpRegion": 5},
    {"metadata": {"my_GCP_zone": {}}},
    {"metadata": [{"deep": [{"vertex_ai": 1}]}]},
    *({name: "Google Vertex AI"} for name in ("provider", "platform", "backend", "source", "vendor", "client")),
    *({name: "VERTEX"} for name in ("api_provider", "apiprovider", "api_type", "apitype", "apiProvider", "apiType")),
    {"request": {"client": "anthropic-vertex"}},
    {"message": {"metadata": {"provider": "vertex"}}},
    {"message": {"gcp": True}},
    {"message": {"usage": {"output_tokens": 1, "backend": "vertex"}}},
]
NO_MARKS: list[dict[str, Any]] = [
    {},
    {"id": "msg_vrtx"},
    {"id": "msg_vr", "requestId": "tx_1"},
    {"model": "gemini@vertex"},
    {"model": "claude-opus-4-5-vertex"},
    {"cwd": "/home/user/vertex", "gitBranch": "gcp/vertex", "slug": "vertex", "sessionId": "vertex"},
    {"metadata": {"note": "runs on vertex", "provider": "anthropic"}},
    {"metadata": {"provider": ["vertex"], "source": {"name": "vertex"}}},
    {"message": {"content": "on vertex: gcp"}},
    {"message": {"content": [{"type": "text", "text": "vertex", "source": "vertex", "vertexShader": 1}]}},
    {"message": {"content": [{"type": "tool_use", "name": "x", "input": {"provider": "vertex", "gcp": 1}}]}},
    {"toolUseResult": {"vertexShader": "void main", "provider": "vertex"}},
    {"toolUseResult": "vertex"},
    {"data": {"message": {"message": {"content": [{"vertex": 1}]}, "toolUseResult": {"gcp": 1}}}},
    {
        "calls": [
            {"type": "tool_use", "input": {"vertexShader": 1}},
            {"toolInput": {"gcp": 1}},
            {"tool_input": {"gcp": 1}},
        ]
    },
]


@pytest.mark.parametrize("more", [{}, {"aFieldOfTomorrow": 1}], ids=["known fields", "another field"])
@pytest.mark.parametrize(
    ("change", "is_vertex"), [*((change, True) for change in MARKS), *((change, False) for change in NO_MARKS)]
)
def test_marks(change: dict[str, Any], is_vertex: bool, more: dict[str, Any]) -> None:
    row = read_one(line("1", 5, **change, **more))
    assert row is not None
    assert row.is_vertex is is_vertex


def test_a_name_with_escaped_letters_marks_too() -> None:
    row = read_one(line("1", 5, vertexName=1).replace(b'"vertexName"', b'"\\u0076ertexName"'))
    assert row is not None
    assert row.is_vertex


def test_the_two_never_overlap_and_sum_to_the_whole(world: ClaudeWorld) -> None:
    """30 requests: number n has n input tokens and one more of each other kind; the first half is marked."""
    lines = [
        line(None, n, n + 1, n + 2, n + 3, 1, at=n, **{"id": f"m{n}", "requestId": f"r{n}", **change})
        for n, change in enumerate([*MARKS[:15], *NO_MARKS[:15]])
    ]
    world.write("a/1", *lines[::2])
    world.write("b/2", *lines[1::2])
    ledger = world.scan()
    assert (requests(ledger, "vertexai"), requests(ledger, "claude")) == (15, 15)
    assert tokens(ledger, "vertexai") == TokenCounts(105, 120, 135, 150, 15)
    assert tokens(ledger, "claude") == TokenCounts(330, 345, 360, 375, 15)
    assert {bucket.source for bucket in ledger.buckets} == {"claude", "vertexai"}
    rows = [*world.rows("claude").rows, *world.rows("vertexai").rows]
    assert len({row.at for row in rows}) == len(rows) == 30
    assert sum((row.tokens for row in rows), TokenCounts()) == tokens(ledger) + tokens(ledger, "vertexai")


def test_copies_are_of_one_source_only(world: ClaudeWorld) -> None:
    """The winner says which source it is of, whatever its copies say."""
    world.write("a", line("1", 5))
    world.write("b", line("1", 7, provider="vertex"))
    ledger = world.scan()
    assert (tokens(ledger).total, tokens(ledger, "vertexai").total) == (5, 0)
    assert world.rows("vertexai").total == 0
