"""The Spend tab of the popup: every source with use, also those without a card. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from codexbar_qt.core import cost_words
from codexbar_qt.core.cost_block import CostBlock, present_cost_block
from codexbar_qt.cost.sources import COST_SOURCES

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from codexbar_qt.core.cost_state import CostState

SPEND_TAB = ":spend"
"""What stands for the tab among provider ids; no provider can have it."""


@dataclass(frozen=True, slots=True)
class SpendTab:
    """What the tab shows. What holds for all sources (age, error, progress of a first scan) is told once."""

    blocks: tuple[CostBlock, ...] = ()
    age_text: str = ""
    hint: str = ""
    note: str = ""
    error: str = ""
    is_scanning: bool = False
    progress: float | None = None
    progress_text: str = ""


def present_spend_tab(state: CostState, now: datetime, zone: tzinfo) -> SpendTab | None:
    """Return the tab, None while there is no use to tell of and none is looked for the first time."""
    is_first = state.is_scanning and state.scanned_at is None
    if not state.is_on or not (state.has_data or is_first or (state.error and state.scanned_at is None)):
        return None
    found = [present_cost_block(state, source, now, zone) for source in COST_SOURCES if state.history(source.id)]
    blocks = [block for block in found if block is not None]
    return SpendTab(
        blocks=tuple(replace(block, age_text="", error="", note="", hint="", is_scanning=False) for block in blocks),
        age_text=cost_words.read_text(state.scanned_at, now, zone),
        hint=cost_words.HINT,
        note=next((block.note for block in blocks if block.note), ""),
        error=state.error,
        is_scanning=state.is_scanning,
        progress=cost_words.progress_percent(state.progress) if is_first else None,
        progress_text=cost_words.progress_text(state.progress) if is_first else "",
    )
