"""What the product says of logs, in the form that ccusage is compared in."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC
from typing import TYPE_CHECKING

from codexbar_qt.cost.families import FAMILIES
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
    from tests.bench.cost.rule_case import Family


def our_cells(folder: Path, table: PriceTable, end: datetime, family: Family = "claude") -> Cells:
    """Return the sources of a family together, by day (UTC) and model, of the year up to `end`."""
    places = Places("linux", str(folder), {"CLAUDE_CONFIG_DIR": str(folder), "CODEX_HOME": str(folder)})
    logs = next(each for each in FAMILIES if each.name == family)
    with StateFile(None, logs.version) as state:
        ledger = Scanner(places, ReadingPool(), Progress(lambda _: None)).scan(logs, state)
    cells: defaultdict[tuple[str, str], Cell] = defaultdict(Cell)
    for source in COST_SOURCES:
        if source.family != family:
            continue
        report = build_report(ledger, source, table, zone=UTC, now=end, days=365)
        for day in report.days:
            for model in day.models:
                counts = model.tokens
                tokens = (counts.input, counts.output, counts.cache_read, counts.cache_write)
                cells[day.day.isoformat(), model.name].add(tokens, model.cost)
    return dict(cells)
