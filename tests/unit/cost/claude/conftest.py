"""A home folder with Claude logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.cost.claude.claude_world import ClaudeWorld

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def world(tmp_path: Path) -> ClaudeWorld:
    """An empty home folder, and an empty folder for state."""
    return ClaudeWorld(tmp_path / "home", tmp_path / "cost-usage")
