"""The cost part of a card, and the block of a source in the Spend tab. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codexbar_qt.core import cost_words

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from codexbar_qt.core.cost_state import CostState
    from codexbar_qt.cost.report_values import CostReport
    from codexbar_qt.cost.sources import CostSource

CARD_TITLE = "Cost"


@dataclass(frozen=True, slots=True)
class CostBlock:
    """Today and the history of one source. `report` is what the chart is drawn from, None before the first scan.

    `progress` (0-100) is there while a first scan has something to read; texts are "" where there is nothing to say.
    """

    source_id: str
    title: str
    color: str
    heading: str = ""
    today_text: str = ""
    total_text: str = ""
    age_text: str = ""
    hint: str = ""
    note: str = ""
    error: str = ""
    is_scanning: bool = False
    progress: float | None = None
    progress_text: str = ""
    report: CostReport | None = None


def present_cost_block(
    state: CostState, source: CostSource, now: datetime, zone: tzinfo, *, title: str = "", color: str = ""
) -> CostBlock | None:
    """Return the block of a source: on its card, or with its own title. None while there is nothing to tell.

    A source that was not used has no block once the logs were read.
    """
    report = state.history(source.id)
    is_known = state.scanned_at is not None
    if not state.is_on or (is_known and (report is None or not report.requests)):
        return None
    if not is_known and not state.is_scanning and not state.error:
        return None
    is_first = state.is_scanning and not is_known
    return CostBlock(
        source_id=source.id,
        title=title or source.name,
        color=color or source.color,
        heading="" if title else source.heading,
        today_text=cost_words.today_text(report) if report else "",
        total_text=cost_words.total_text(report) if report else "",
        age_text=cost_words.read_text(state.scanned_at, now, zone),
        hint=cost_words.HINT if report else "",
        note=cost_words.WAITING if report and not report.is_complete else "",
        error=state.error,
        is_scanning=state.is_scanning,
        progress=cost_words.progress_percent(state.progress) if is_first else None,
        progress_text=cost_words.progress_text(state.progress) if is_first else "",
        report=report,
    )
