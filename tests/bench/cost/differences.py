"""The part of the benchmark that is about right numbers: the same logs through the product and through ccusage."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from codexbar_qt.cost.prices import built_in_table
from tests.bench.cost import ccusage
from tests.bench.cost.claude_logs import LogPlan, write_claude_logs
from tests.bench.cost.comparison import RULE_CASES, cases_table, compare, our_result, steps_table
from tests.bench.table import Row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.bench.cost.rule_case import RuleCase, Said
    from tests.bench.rows import Plan

_END = datetime(2026, 4, 1, tzinfo=UTC)
_MB = 1_000_000


def difference_rows(plan: Plan) -> list[Row]:
    """Compare generated logs and small ones; the tables that explain the differences are remarks of the plan."""
    program, reason = ccusage.install()
    if reason:
        plan.remarks.append(reason)
    folder, home = plan.folder / "differences", plan.folder / "nobody"
    home.mkdir(exist_ok=True)
    written = write_claude_logs(folder, LogPlan(_END, size=100 * _MB, files=150))
    theirs = ccusage.run(program, folder, home) if program is not None else None
    found = compare(folder, built_in_table(), _END, theirs)
    what = f"of {found.cells} days and models, {written.usage_lines:,} lines"
    rows = [_row("differ from the plain rules of tests/bench/cost", found.ours_differ, what)]
    if theirs is not None:
        rows.append(_row("differ from ccusage and are not explained", found.theirs_differ, what))
        plan.remarks.append(f"From our totals to those of ccusage, {found.apart} {what} differ:")
        plan.remarks.append(steps_table(found.steps))
    plan.remarks.append(f"Small logs, ccusage {ccusage.VERSION}, all tokens and dollars:")
    plan.remarks.append(cases_table(_case_results(plan.folder, program)))
    return rows


def _row(what: str, differing: list[str], note: str) -> Row:
    return Row(what, len(differing), "cells", 0, note="; ".join([note, *differing[:5]]))


def _case_results(folder: Path, program: Path | None) -> Iterator[tuple[RuleCase, Said, Said | None]]:
    for number, case in enumerate(RULE_CASES):
        place, home = folder / f"case-{number}", folder / "nobody"
        case.write(place)
        theirs = ccusage.run_whole(program, place, home, case.family) if program is not None else None
        yield case, our_result(case, place), theirs
