"""How long the app's event loop is kept busy while logs are read for the first time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_qt.demo.clock import DEMO_MORNING
from tests.bench.cost.claude_logs import LogPlan, write_claude_logs
from tests.bench.programs import Program, watched_app
from tests.bench.table import Row

if TYPE_CHECKING:
    from tests.bench.rows import Plan

_SIZE = 200_000_000
_FILES = 300
_SHARE = 0.999
_CALM_SECONDS = 5


def cost_stall_rows(plan: Plan) -> list[Row]:
    """Switch cost on in the app, popup on screen, and look at the gaps between the beats of its loop."""
    folder = plan.folder / "stall"
    write_claude_logs(folder, LogPlan(DEMO_MORNING, _SIZE, _FILES))
    gaps: list[float] = []
    with Program(watched_app("--demo"), plan.environment) as program:
        program.wait("ready")
        program.do("settle")
        program.do("open")
        program.do("beat 3")
        calm = _percentile(program.do(f"beat {_CALM_SECONDS}")["gaps"])
        for _ in range(plan.repeats):
            gaps += program.do(f"scan {folder}")["gaps"]
    note = f"longest of {len(gaps):,} {max(gaps):.1f} ms; the same percentile without a scan {calm:.1f} ms"
    return [Row("stalls during a cold scan, 99.9th percentile", _percentile(gaps), "ms", 16.0, note=note)]


def _percentile(gaps: list[float]) -> float:
    return sorted(gaps)[int(len(gaps) * _SHARE)]
