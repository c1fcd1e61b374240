"""How long local cost takes and how much memory, against ccusage on the same logs."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from codexbar_qt.cost.places import Places
from tests.bench.cost import ccusage
from tests.bench.cost.claude_logs import LogPlan, appended_turns, write_claude_logs
from tests.bench.cost.stopwatch import SAMPLE_SECONDS, Run, Scan, run_program
from tests.bench.table import Row

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.bench.rows import Plan

_MB = 1_000_000
_JOBS = min(4, os.cpu_count() or 1)
"""As many processes as the command line takes."""
_TURNS = 5
_CCUSAGE = f"ccusage {ccusage.VERSION}"
_DEFINITIONS = """Local cost: "start-up excluded" is from the request to the answer of a worker that waits for one; from ccusage
that excludes as much as ccusage --version takes. "Included" is from before the process is started. Best runs of each,
by turns; files are in the page cache. Memory is the largest sum over all processes of a program, where a page that
several share counts in parts (PSS), every {:.0f} ms, in runs of their own."""


@dataclass(frozen=True, slots=True)
class _Logs:
    """Generated logs, and the scans of them."""

    folder: Path
    largest: Path
    plan: LogPlan
    scan: Scan

    def forget(self) -> None:
        shutil.rmtree(self.scan.folder, ignore_errors=True)

    def append(self) -> None:
        with self.largest.open("a", encoding="utf-8") as stream:
            stream.write(appended_turns(self.plan, _TURNS))


@dataclass(slots=True)
class _Round:
    """Runs of one round, of ours with start-up excluded and included."""

    theirs: Run
    version: Run
    cold: tuple[Run, Run]
    warm: tuple[Run, Run]
    appended: tuple[Run, Run]


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
    rounds = [_round(logs, plan, program) for _ in range(3)]
    memory = _memory_rows(logs, plan, program)
    plan.remarks.append(_DEFINITIONS.format(SAMPLE_SECONDS * 1000))
    shutil.rmtree(logs.folder)
    return [*_time_rows(rounds), *memory]


def growth_rows(plan: Plan) -> list[Row]:
    """Compare 2 GB with 100 MB. Takes minutes."""
    measured: list[tuple[float, Run]] = []
    for size, files in ((100, 150), (2000, 3000)):
        logs = _logs(plan, size, files)
        best = min((_cold(logs) for _ in range(2)), key=lambda run: run.seconds)
        best.peak = _cold(logs, with_memory=True).peak
        measured.append((size, best))
        shutil.rmtree(logs.folder)
    (small_size, small), (large_size, large) = measured
    note = f"{small.seconds:.2f} s and {large.seconds:.2f} s, {_JOBS} processes"
    reference = "at 100 MB"
    return [
        Row(
            "cold scan of 2 GB, time a MB",
            1000 * large.seconds / large_size,
            "ms",
            1.25,
            1000 * small.seconds / small_size,
            reference,
            note,
        ),
        Row("cold scan of 2 GB, memory", large.peak / _MB, "MB", 2.0, small.peak / _MB, reference),
    ]


def _logs(plan: Plan, size: int, files: int) -> _Logs:
    """Write logs up to now, so that reports ask for them."""
    folder = plan.folder / f"logs-{size}"
    home = plan.folder / "nobody"
    home.mkdir(exist_ok=True)
    asked = LogPlan(datetime.now(UTC), size=size * _MB, files=files)
    written = write_claude_logs(folder, asked)
    places = Places("linux", str(home), {"CLAUDE_CONFIG_DIR": str(folder)})
    return _Logs(folder, written.largest, asked, Scan(places, folder / "state", plan.environment, _JOBS))


def _cold(logs: _Logs, *, is_started: bool = True, with_memory: bool = False) -> Run:
    logs.forget()
    return logs.scan.run(is_started=is_started, with_memory=with_memory)


def _round(logs: _Logs, plan: Plan, program: Path) -> _Round:
    environment = ccusage.environment(logs.folder, plan.folder / "nobody")
    theirs = run_program(ccusage.command(program), environment)
    version = run_program([str(program), "--version"], environment)
    cold = _cold(logs), _cold(logs, is_started=False)
    warm = logs.scan.run(is_started=True), logs.scan.run()
    appended: list[Run] = []
    for is_started in (True, False):
        logs.append()
        appended.append(logs.scan.run(is_started=is_started))
    return _Round(theirs, version, cold, warm, (appended[0], appended[1]))


def _time_rows(rounds: Sequence[_Round]) -> list[Row]:
    theirs = _best([each.theirs for each in rounds])
    bare = theirs - _best([each.version for each in rounds])
    rows: list[Row] = []
    for what, budget, runs in (
        (f"cold scan of 600 MB, {_JOBS} processes", 0.5, [each.cold for each in rounds]),
        ("warm scan, nothing changed", 0.05, [each.warm for each in rounds]),
        ("warm scan, one file appended to", 0.1, [each.appended for each in rounds]),
    ):
        rows += [
            Row(f"{what}, start-up excluded", _best([run[0] for run in runs]), "ms", budget, bare, _CCUSAGE),
            Row(f"{what}, included", _best([run[1] for run in runs]), "ms", budget, theirs, _CCUSAGE),
        ]
    ours_cpu, theirs_cpu = min(each.cold[1].cpu for each in rounds), min(each.theirs.cpu for each in rounds)
    return [*rows, Row("cold scan of 600 MB, processor time", 1000 * ours_cpu, "ms", 1.0, 1000 * theirs_cpu, _CCUSAGE)]


def _memory_rows(logs: _Logs, plan: Plan, program: Path) -> list[Row]:
    environment = ccusage.environment(logs.folder, plan.folder / "nobody")
    alone = replace(logs, scan=replace(logs.scan, jobs=1))
    rounds = [
        (
            run_program(ccusage.command(program), environment, with_memory=True),
            _cold(logs, with_memory=True),
            _cold(alone, with_memory=True),
        )
        for _ in range(3)
    ]
    theirs, ours, single = (min(run.peak for run in runs) / _MB for runs in zip(*rounds, strict=True))
    return [
        Row(f"cold scan of 600 MB, memory, {_JOBS} processes", ours, "MB", 0.25, theirs, _CCUSAGE),
        Row("cold scan of 600 MB, memory, one process", single, "MB", 0.25, theirs, _CCUSAGE),
    ]


def _best(runs: Sequence[Run]) -> float:
    """Return the shortest in milliseconds."""
    return 1000 * min(run.seconds for run in runs)
