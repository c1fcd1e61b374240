"""Logs of the Codex CLI, its editor extension and its app (token-cost.md 1 and 5)."""

from __future__ import annotations

from codexbar_qt.cost.codex.family import CodexFamily

CODEX_FAMILY = CodexFamily()
"""What the scanner is given."""
