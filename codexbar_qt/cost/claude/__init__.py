"""Logs of Claude Code and Claude Desktop, those of Vertex AI among them (token-cost.md 1 to 4)."""

from __future__ import annotations

from codexbar_qt.cost.claude.family import CLAUDE_FAMILY

__all__ = ["CLAUDE_FAMILY"]
