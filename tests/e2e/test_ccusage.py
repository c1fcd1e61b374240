"""ccusage on the same logs: every difference is one that was explained. Runs where `make bench` has installed it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.cost.prices import built_in_table
from tests.bench.cost import ccusage
from tests.bench.cost.claude_logs import LogPlan, write_claude_logs
from tests.bench.cost.comparison import RULE_CASES, compare, same

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bench.cost.rule_case import RuleCase

END = datetime(2026, 4, 1, tzinfo=UTC)

pytestmark = pytest.mark.e2e


@pytest.fixture(name="program")
def ccusage_program() -> Path:
    program = ccusage.installed()
    if program is None:
        pytest.skip("ccusage is not installed; make bench ARGS='--only differences' does so")
    return program


@pytest.mark.parametrize("case", RULE_CASES, ids=lambda case: case.name)
def test_a_small_log_is_worth_to_it_what_was_worked_out(case: RuleCase, program: Path, tmp_path: Path) -> None:
    case.write(tmp_path / "logs")
    assert same(ccusage.run_whole(program, tmp_path / "logs", tmp_path, case.family), case.theirs)


def test_generated_logs_differ_by_known_rules_alone(program: Path, tmp_path: Path) -> None:
    write_claude_logs(tmp_path / "logs", LogPlan(END, size=6_000_000, files=150))
    theirs = ccusage.run(program, tmp_path / "logs", tmp_path)
    found = compare(tmp_path / "logs", built_in_table(), END, theirs)
    assert found.theirs_differ == []
    assert 0 < found.apart < found.cells
