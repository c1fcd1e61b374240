"""Whole logs through the product: totals worked out by hand, and the rules of the sheet written a second time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.cost.prices import built_in_table
from tests.bench.cost.claude_logs import LogPlan, write_claude_logs
from tests.bench.cost.comparison import RULE_CASES, compare, differing, documented, our_result, same
from tests.bench.cost.reference_rules import DIFFERENCES, Cell, cells_of, read_entries
from tests.bench.cost.rule_case import Said

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bench.cost.rule_case import RuleCase

END = datetime(2026, 4, 1, tzinfo=UTC)
"""Rates changed 19 days earlier."""
SMALL = LogPlan(END, size=3_000_000, files=40, days=40)


@pytest.mark.parametrize("case", RULE_CASES, ids=lambda case: case.name)
def test_a_small_log_is_worth_what_was_worked_out_by_hand(case: RuleCase, tmp_path: Path) -> None:
    case.write(tmp_path)
    assert same(our_result(case, tmp_path), case.ours)


def test_the_differences_are_documented(repo_root: Path) -> None:
    page = (repo_root / "tests" / "bench" / "README.md").read_text("utf-8")
    assert "\n".join(documented(case) for case in RULE_CASES) in page


def test_generated_logs_are_worth_what_plain_rules_say(tmp_path: Path) -> None:
    written = write_claude_logs(tmp_path, SMALL)
    found = compare(tmp_path, built_in_table(), END, None)
    assert written.usage_lines > 1000
    assert found.cells > 50
    assert found.ours_differ == []


def test_generated_logs_show_every_difference(tmp_path: Path) -> None:
    """Each rule of ccusage changes something, else its explanation would prove nothing."""
    write_claude_logs(tmp_path, LogPlan(END, size=6_000_000, files=150))
    entries, table = read_entries(tmp_path), built_in_table()
    ours = cells_of(entries, table)
    assert [rule for rule in DIFFERENCES if not differing(cells_of(entries, table, [rule]), ours)] == []


def test_the_same_plan_gives_the_same_logs(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_claude_logs(tmp_path / name, SMALL)
    one, two = (
        {path.relative_to(tmp_path / name): path.read_bytes() for path in (tmp_path / name).rglob("*.jsonl")}
        for name in ("one", "two")
    )
    assert one == two
    assert len(one) == SMALL.files


def test_a_difference_is_noticed() -> None:
    """Tokens count at once, cost from a cent on."""
    known = {("2026-03-01", "m"): Cell((1, 2, 3, 4), 1.0)}
    assert differing({("2026-03-01", "m"): Cell((1, 2, 3, 4), 1.004)}, known) == []
    assert differing({("2026-03-01", "m"): Cell((1, 2, 3, 4), 1.02)}, known) == ["2026-03-01 m"]
    assert differing({("2026-03-01", "m"): Cell((1, 2, 3, 5), 1.0)}, known) == ["2026-03-01 m"]
    assert differing({}, known) == ["2026-03-01 m"]
    assert not same(Said(1, None), Said(1, 0.5))
