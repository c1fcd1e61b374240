"""A home folder with Codex logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.cost.codex.codex_world import CodexWorld

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def world(tmp_path: Path) -> CodexWorld:
    """An empty home folder."""
    return CodexWorld(tmp_path)
