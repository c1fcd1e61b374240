"""The families of logs there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_qt.cost.claude import CLAUDE_FAMILY
from codexbar_qt.cost.codex import CODEX_FAMILY

if TYPE_CHECKING:
    from codexbar_qt.cost.family import LogFamily

FAMILIES: tuple[LogFamily, ...] = (CLAUDE_FAMILY, CODEX_FAMILY)
