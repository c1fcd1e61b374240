"""Clean-up of model names (token-cost.md 6)."""

from __future__ import annotations

import pytest

from codexbar_qt.cost.model_names import claude_names, codex_names

LISTED = {"claude-opus-4-5", "claude-opus-4-20250514", "gpt-5", "gpt-5.6-sol"}
ALIASES = {("codex", "gpt-5.6"): "gpt-5.6-sol"}


def is_listed(name: str) -> bool:
    return name in LISTED


@pytest.mark.parametrize(
    ("logged", "names"),
    [
        ("claude-opus-4-5", ("claude-opus-4-5",)),
        ("  claude-opus-4-5\n", ("claude-opus-4-5",)),
        ("anthropic.claude-opus-4-5", ("claude-opus-4-5",)),
        ("us.anthropic.claude-opus-4-5", ("claude-opus-4-5",)),
        ("eu.anthropic.claude-opus-4-5-20251101-v1:0", ("claude-opus-4-5",)),
        ("anthropic.claude-opus-4-5-v1", ("claude-opus-4-5",)),
        ("claude-opus-4-5-20251101", ("claude-opus-4-5",)),
        ("claude-opus-4-20250514", ("claude-opus-4-20250514",)),
        ("claude-opus-7-20270101", ("claude-opus-7-20270101",)),
        ("claude-opus-4-5-2025", ("claude-opus-4-5-2025",)),
        ("claude-3.5-sonnet", ("claude-3.5-sonnet",)),
        ("claude-opus-4@20250514", ("claude-opus-4-20250514", "claude-opus-4")),
        ("claude-opus-4-5@20251101", ("claude-opus-4-5",)),
        ("claude-opus-4-5@default", ("claude-opus-4-5-default", "claude-opus-4-5")),
        ("anthropic/claude-opus-4-5", ()),
        ("arn:aws:bedrock:x:1:inference-profile/us.anthropic.claude-opus-4-5", ()),
        ("", ("",)),
    ],
)
def test_claude(logged: str, names: tuple[str, ...]) -> None:
    assert claude_names(logged, is_listed) == names


@pytest.mark.parametrize(
    ("logged", "names"),
    [
        ("gpt-5", ("gpt-5",)),
        (" openai/gpt-5 ", ("gpt-5",)),
        ("gpt-5-2025-08-07", ("gpt-5",)),
        ("gpt-8-2025-08-07", ("gpt-8-2025-08-07",)),
        ("gpt-5.6", ("gpt-5.6-sol",)),
        ("gpt-5.6-2026-07-01", ("gpt-5.6-sol",)),
        ("azure/gpt-5", ()),
        ("openai/azure/gpt-5", ()),
    ],
)
def test_codex(logged: str, names: tuple[str, ...]) -> None:
    assert codex_names(logged, is_listed, ALIASES) == names
