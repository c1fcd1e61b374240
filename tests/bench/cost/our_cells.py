"""What the product says of logs, in the form that ccusage is compared in."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC
from typing import TYPE_CHECKING

from codexbar_qt.cost.claude import CLAUDE_FAMILY
from codexbar_qt.cost.places import Places
from codexbar_qt.cost.progress import Progress
from codexbar_qt.cost.reading_pool import ReadingPool
from codexbar_qt.cost.report import build_report
from codexbar_qt.cost.scanner import Scanner
from codexbar_qt.cost.sources import COST_SOURCES
from codexbar_qt.cost.state_file import StateFile
from tests.bench.cost.reference_rules import Cell

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from codexbar_qt.cost.prices import PriceTable
    from tests.bench.cost.reference_rules import Cells


def our_cells(claude: Path, table: PriceTable, end: datetime) -> Cells:
    """Return Claude and Vertex AI together, by day (UTC) and model, of the year up to `end`."""
    places = Places("linux", str(claude), {"CLAUDE_CONFIG_DIR": str(claude)})
    with StateFile(None, CLAUDE_FAMILY.version) as state:
        ledger = Scanner(places, ReadingPool(), Progress(lambda _: None)).scan(CLAUDE_FAMILY, state)
    cells: defaultdict[tuple[str, str], Cell] = defaultdict(Cell)
    for source in COST_SOURCES:
        if source.family != CLAUDE_FAMILY.name:
            continue
        report = build_report(ledger, source, table, zone=UTC, now=end, days=365)
        for day in report.days:
            for model in day.models:
                counts = model.tokens
                tokens = (counts.input, counts.output, counts.cache_read, counts.cache_write)
                cells[day.day.isoformat(), model.name].add(tokens, model.cost)
    return dict(cells)
