"""Collects what the fault matrix counted, shows it at the end of the run and leaves it in build/fault-matrix.txt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from codexbar_qt.provider_testing.fault_matrix import FaultReport, fault_table

BUILD = Path(__file__).parents[2] / "build"
REPORTS = pytest.StashKey[dict[str, list[FaultReport]]]()
NOTE = """\
Leaves: of more than 200 in one document (and of more than 50 objects and lists) every nth was damaged. A document whose
shape comes again at the same address gets one wrong value or a null per place, and an answer of an address that comes
again one in turn of failures that are much alike; all others they got the first time."""


@pytest.fixture
def fault_reports(pytestconfig: pytest.Config) -> dict[str, list[FaultReport]]:
    """The reports of this run by the title of their table; tests add theirs."""
    return pytestconfig.stash.setdefault(REPORTS, {})


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand the counts of a worker process to the process that prints."""
    output: dict[str, object] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["faults"] = [
            (title, report.provider_id, dict(report.counts), dict(report.failures))
            for title, reports in session.config.stash.get(REPORTS, {}).items()
            for report in reports
        ]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take the counts of a worker process that has ended."""
    tables = node.config.stash.setdefault(REPORTS, {})
    for title, provider_id, counts, failures in getattr(node, "workeroutput", {}).get("faults", ()):
        tables.setdefault(title, []).append(FaultReport(provider_id, counts, failures, ()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Show the tables."""
    tables = config.stash.get(REPORTS, {})
    if not tables:
        return
    told = "\n\n".join(f"{title}\n\n{fault_table(reports)}" for title, reports in sorted(tables.items()))
    terminalreporter.section("faults injected")
    terminalreporter.write_line(f"{told}\n\n{NOTE}")
    BUILD.mkdir(exist_ok=True)
    (BUILD / "fault-matrix.txt").write_text(f"{told}\n\n{NOTE}\n", encoding="utf-8")
