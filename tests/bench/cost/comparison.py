"""Compares what the product says of logs with what ccusage says, and explains every difference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codexbar_qt.cost.prices import built_in_table
from tests.bench.cost import ccusage
from tests.bench.cost.claude_cases import CLAUDE_CASES
from tests.bench.cost.codex_cases import CODEX_CASES
from tests.bench.cost.our_cells import our_cells
from tests.bench.cost.reference_rules import DIFFERENCES, cells_of, read_entries, winners
from tests.bench.cost.rule_case import CASES_END, Said

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    from codexbar_qt.cost.prices import PriceTable
    from tests.bench.cost.reference_rules import Cell, Cells, Entry
    from tests.bench.cost.rule_case import RuleCase

CENT = 0.01
RULE_CASES = (*CLAUDE_CASES, *CODEX_CASES)


@dataclass(frozen=True, slots=True)
class Step:
    """What is counted after one more rule of ccusage's: requests, tokens, dollars."""

    rule: str
    requests: int
    tokens: int
    cost: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Days and models: how many there are, which differ from the product under our rules, from ccusage under its own.

    `steps` begin with our rules and end with those of ccusage; `apart` are the cells where the two do not say the same.
    """

    cells: int
    ours_differ: list[str]
    theirs_differ: list[str]
    apart: int
    steps: list[Step]


def compare(claude: Path, table: PriceTable, end: datetime, theirs: Cells | None) -> Comparison:
    """Compare the logs of the year up to `end`; `theirs` is None where ccusage is not there."""
    entries = read_entries(claude)
    ours = our_cells(claude, table, end)
    expected = cells_of(entries, table)
    adapted = cells_of(entries, table, DIFFERENCES)
    found = ccusage.under_report_names(theirs, table.report_name) if theirs is not None else adapted
    return Comparison(
        cells=len(expected),
        ours_differ=differing(ours, expected),
        theirs_differ=differing(found, adapted),
        apart=len(differing(ours, found)),
        steps=_steps(entries, table),
    )


def differing(found: Cells, expected: Cells) -> list[str]:
    """Return days and models whose tokens differ at all, or whose cost differs by a cent where both know it."""
    keys = sorted(found.keys() | expected)
    return [f"{day} {model}" for day, model in keys if not _equal(found.get((day, model)), expected.get((day, model)))]


def said(cells: Cells) -> Said:
    """Return what cells add up to."""
    costs = [cell.cost for cell in cells.values() if cell.cost is not None]
    return Said(sum(sum(cell.tokens) for cell in cells.values()), sum(costs) if costs else None)


def our_result(case: RuleCase, folder: Path) -> Said:
    """Return what the product says of a small log that was written below a folder."""
    return said(our_cells(folder, built_in_table(), CASES_END, case.family))


def cases_table(results: Iterable[tuple[RuleCase, Said, Said | None]]) -> str:
    """Return a table of the small logs: what the two say, and why."""
    lines = ["what is in the logs                                      ours                   ccusage"]
    for case, ours, theirs in results:
        is_expected = same(ours, case.ours) and (theirs is None or same(theirs, case.theirs))
        shown = f"{case.name:55}  {_shown(ours):21}  {_shown(theirs or case.theirs):21}  {case.why}"
        lines.append(shown if is_expected else f"{shown} - NOT AS EXPECTED: {_shown(case.ours)}, {_shown(case.theirs)}")
    return "\n".join(lines)


def documented(case: RuleCase) -> str:
    """Return the line of README.md on a small log."""
    return f"| {case.name} | {_shown(case.ours)} | {_shown(case.theirs)} | {case.why} |"


def steps_table(steps: Sequence[Step]) -> str:
    """Return a table of how our totals become those of ccusage."""
    lines = ["rule of ccusage that is added         requests          tokens         dollars"]
    before = steps[0]
    lines.append(f"{'(ours)':33} {before.requests:12,} {before.tokens:15,} {before.cost:15,.2f}")
    for step in steps[1:]:
        requests, tokens, cost = step.requests - before.requests, step.tokens - before.tokens, step.cost - before.cost
        lines.append(f"{step.rule:33} {requests:+12,} {tokens:+15,} {cost:+15,.2f}")
        before = step
    return "\n".join([*lines, f"{'(ccusage)':33} {before.requests:12,} {before.tokens:15,} {before.cost:15,.2f}"])


def same(one: Said, other: Said) -> bool:
    """Whether two results are equal but for the last digits of a sum."""
    if one.tokens != other.tokens or (one.cost is None) != (other.cost is None):
        return False
    return abs((one.cost or 0) - (other.cost or 0)) < 1e-9


def _steps(entries: Sequence[Entry], table: PriceTable) -> list[Step]:
    steps: list[Step] = []
    for count in range(len(DIFFERENCES) + 1):
        rules = DIFFERENCES[:count]
        total = said(cells_of(entries, table, rules))
        steps.append(Step(rules[-1] if rules else "", len(winners(entries, rules)), total.tokens, total.cost or 0))
    return steps


def _equal(one: Cell | None, other: Cell | None) -> bool:
    if one is None or other is None or one.tokens != other.tokens:
        return False
    return not one.cost or not other.cost or abs(one.cost - other.cost) < CENT


def _shown(result: Said) -> str:
    cost = "no price" if result.cost is None else f"${result.cost:.6f}".rstrip("0").rstrip(".")
    return f"{result.tokens:,} {cost}"
