"""Collects what the fault matrix counted, shows it at the end of the run and leaves it in build/fault-matrix.txt."""

from __future__ import annotations

from pathlib import Path

import pytest

from codexbar_qt.provider_testing.fault_matrix import FaultReport, fault_table

BUILD = Path(__file__).parents[2] / "build"
REPORTS = pytest.StashKey[dict[str, list[FaultReport]]]()
NOTE = """\
Leaves: of more than 200 in one document (and of more than 50 objects and lists) every nth was damaged. A document that
comes again at the same address gets one wrong value and one null per leaf; all others it got the first time."""


@pytest.fixture
def fault_reports(pytestconfig: pytest.Config) -> dict[str, list[FaultReport]]:
    """The reports of this run by the title of their table; tests add theirs."""
    return pytestconfig.stash.setdefault(REPORTS, {})


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Show the tables."""
    tables = config.stash.get(REPORTS, {})
    if not tables:
        return
    told = "\n\n".join(f"{title}\n\n{fault_table(reports)}" for title, reports in tables.items())
    terminalreporter.section("faults injected")
    terminalreporter.write_line(f"{told}\n\n{NOTE}")
    BUILD.mkdir(exist_ok=True)
    (BUILD / "fault-matrix.txt").write_text(f"{told}\n\n{NOTE}\n", encoding="utf-8")
