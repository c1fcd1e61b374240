"""How long local cost takes and how much memory, against ccusage on the same logs."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from codexbar_qt.cost.places import Places
from tests.bench.cost import ccusage
from tests.bench.cost.claude_logs import LogPlan, appended_turns, write_claude_logs
from tests.bench.cost.stopwatch import SAMPLE_SECONDS, Run, Scan, run_program
from tests.bench.desktops import home_variables
from tests.bench.table import Row

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.bench.rows import Plan

_MB = 1_000_000
_JOBS = min(4, os.cpu_count() or 1)
"""As many processes as the command line takes."""
_TURNS = 5
_ROUNDS = 3
_AT_100_MB = "at 100 MB"
_TARGETS = (
    (f"cold scan of 600 MB, {_JOBS} processes", 0.5),
    ("warm scan, nothing changed", 0.05),
    ("warm scan, one file appended to", 0.1),
)
_CCUSAGE = f"ccusage {ccusage.VERSION}"
_DEFINITIONS = """
Local cost: "included" is the whole of codexbar cost --format json, with report and prices; "start-up excluded" is from
the request to the answer of a worker that waits for one, against ccusage less what ccusage --version takes. The best of
{} rounds, in which everything takes its turn; the logs are in the page cache. Memory is the largest sum over all
processes of a program, where a page that several share counts in parts (PSS), every {:.0f} ms, in runs of their own."""


@dataclass(frozen=True, slots=True)
class _Logs:
    """Generated logs, and the two ways to read them: a worker that waits, and the command line from its start."""

    folder: Path
    largest: Path
    plan: LogPlan
    home: Path
    environment: Mapping[str, str]
    jobs: int = _JOBS

    @property
    def state(self) -> Path:
        return self.home / ".cache" / "codexbar" / "cost-usage"

    def forget(self) -> None:
        shutil.rmtree(self.state, ignore_errors=True)

    def append(self) -> None:
        with self.largest.open("a", encoding="utf-8") as stream:
            stream.write(appended_turns(self.plan, _TURNS))

    def by_worker(self) -> float:
        """Scan; return seconds."""
        places = Places("linux", str(self.home), {"CLAUDE_CONFIG_DIR": str(self.folder)})
        return Scan(places, self.state, self.environment, self.jobs).run()

    def by_command(self, *, with_memory: bool = False) -> Run:
        """Run the command line."""
        program = Path(sys.executable).with_name("codexbar")
        command = [str(program), "cost", "--format", "json", "--provider", "claude", "--days", str(self.plan.days)]
        return run_program(command, self.environment, with_memory=with_memory)


@dataclass(frozen=True, slots=True)
class _Round:
    """Seconds with start-up excluded, and runs with it."""

    bare: tuple[float, float, float, float]
    whole: tuple[Run, Run, Run, Run]


def scan_rows(plan: Plan) -> list[Row]:
    """Scan 600 MB cold and warm, by turns with ccusage."""
    if sys.platform != "linux":
        plan.remarks.append("Not measured: local cost, which is measured on Linux.")
        return []
    program, reason = ccusage.install()
    if program is None:
        plan.remarks.append(reason)
        return []
    logs = _logs(plan, 600, 900)
    rounds = [_round(logs, program) for _ in range(_ROUNDS)]
    rows = [*_time_rows(rounds), *_memory_rows(logs, program)]
    plan.remarks.append(_DEFINITIONS.strip().format(_ROUNDS, SAMPLE_SECONDS * 1000))
    shutil.rmtree(logs.folder)
    return rows


def growth_rows(plan: Plan) -> list[Row]:
    """Compare 2 GB with 100 MB. Takes minutes."""
    times: list[float] = []
    peaks: list[float] = []
    for size, files in ((100, 150), (2000, 3000)):
        logs = _logs(plan, size, files)
        times.append(min(_cold(logs) for _ in range(2)) * 1000 / size)
        logs.forget()
        peaks.append(logs.by_command(with_memory=True).peak / _MB)
        shutil.rmtree(logs.folder)
    what = f"cold scan of 2 GB, {_JOBS} processes"
    return [
        Row(f"{what}, time a MB", times[1], "ms", 1.25, times[0], _AT_100_MB),
        Row(f"{what}, memory", peaks[1], "MB", 2.0, peaks[0], _AT_100_MB),
    ]


def _logs(plan: Plan, size: int, files: int) -> _Logs:
    """Write logs up to now, so that reports ask for them."""
    folder, home = plan.folder / f"logs-{size}", plan.folder / f"home-{size}"
    asked = LogPlan(datetime.now(UTC), size=size * _MB, files=files)
    written = write_claude_logs(folder, asked)
    environment = {**plan.environment, **home_variables(home), "CLAUDE_CONFIG_DIR": str(folder), "TZ": "UTC"}
    return _Logs(folder, written.largest, asked, home, environment)


def _cold(logs: _Logs) -> float:
    logs.forget()
    return logs.by_worker()


def _round(logs: _Logs, program: Path) -> _Round:
    environment = ccusage.environment(logs.folder, logs.home)
    theirs = run_program(ccusage.command(program), environment)
    version = run_program([str(program), "--version"], environment)
    cold = _cold(logs)
    logs.forget()
    whole = [theirs, logs.by_command()]
    warm = logs.by_worker()
    whole.append(logs.by_command())
    logs.append()
    appended = logs.by_worker()
    logs.append()
    whole.append(logs.by_command())
    return _Round((theirs.seconds - version.seconds, cold, warm, appended), (whole[0], whole[1], whole[2], whole[3]))


def _time_rows(rounds: Sequence[_Round]) -> list[Row]:
    bare = [1000 * min(each.bare[place] for each in rounds) for place in range(4)]
    whole = [1000 * min(each.whole[place].seconds for each in rounds) for place in range(4)]
    rows: list[Row] = []
    for place, (what, budget) in enumerate(_TARGETS, 1):
        rows += [
            Row(f"{what}, start-up excluded", bare[place], "ms", budget, bare[0], _CCUSAGE),
            Row(f"{what}, included", whole[place], "ms", budget, whole[0], _CCUSAGE),
        ]
    theirs, ours = (1000 * min(each.whole[place].cpu for each in rounds) for place in range(2))
    return [*rows, Row("cold scan of 600 MB, processor time", ours, "ms", 1.0, theirs, _CCUSAGE)]


def _memory_rows(logs: _Logs, program: Path) -> list[Row]:
    environment = ccusage.environment(logs.folder, logs.home)
    theirs: list[int] = []
    ours: list[int] = []
    for _ in range(_ROUNDS):
        theirs.append(run_program(ccusage.command(program), environment, with_memory=True).peak)
        logs.forget()
        ours.append(logs.by_command(with_memory=True).peak)
    what = f"cold scan of 600 MB, memory of all {_JOBS + 1} processes"
    return [Row(what, min(ours) / _MB, "MB", 0.25, min(theirs) / _MB, _CCUSAGE)]
