"""A small log and what ccusage and the product say of it, both worked out by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Family = Literal["claude", "codex"]
CASES_END = datetime(2026, 9, 1, tzinfo=UTC)
"""All cases are in the year before."""


@dataclass(frozen=True, slots=True)
class Said:
    """All tokens together, and dollars; None where there is no price."""

    tokens: int
    cost: float | None


@dataclass(frozen=True, slots=True)
class RuleCase:
    """Logs by path below the folder of the agent, what both say of them, and why."""

    name: str
    logs: Mapping[str, str]
    ours: Said
    theirs: Said
    why: str
    family: Family = "claude"

    def write(self, folder: Path) -> None:
        """Write the logs below a folder."""
        for name, text in self.logs.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
