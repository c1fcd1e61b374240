r"""The fault matrix: every fault at every place of every recorded case, and how a provider takes it.

    matrix = FaultMatrix(PROVIDER, [load_case(path) for path in Path("cases").glob("*.json")])
    for family in FAMILIES:
        report = matrix.run(family)
        assert not report.problems, "\n".join(report.problems)

For each injected fault the outcome has to be a snapshot or an error of the tree, in time, without a secret in message
or log, with no credential on its way to a server that did not get it before, and with no task left behind.
"""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codexbar_qt.provider_testing.fault_answers import answer_faults, content_faults
from codexbar_qt.provider_testing.fault_files import file_faults
from codexbar_qt.provider_testing.fault_injection import FAULTS, Injection, Seen
from codexbar_qt.provider_testing.fault_judgement import FaultJudge
from codexbar_qt.provider_testing.fault_loop import SkippingLoop
from codexbar_qt.provider_testing.fault_programs import program_faults
from codexbar_qt.provider_testing.fault_run import LogKeeper, run_disturbed

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from codexbar_qt.provider_api import Provider
    from codexbar_qt.provider_testing.case import Case
    from codexbar_qt.provider_testing.fault_judgement import KnownCase, SnapshotCheck

FAMILIES: Mapping[str, Callable[[Case, Seen], Iterator[Injection]]] = {
    "answers": answer_faults,
    "contents": content_faults,
    "programs": program_faults,
    "files": file_faults,
}
MOST_PROBLEMS = 5


@dataclass(frozen=True, slots=True)
class FaultReport:
    """`counts` by the names in FAULTS, `failures` how many of them were taken badly.

    `problems` are one sentence each with case, fault and place, for the first 5 failures of a fault.
    """

    provider_id: str
    counts: Mapping[str, int]
    failures: Mapping[str, int]
    problems: tuple[str, ...]


class FaultTally:
    """Counts faults while they are injected."""

    def __init__(self, provider_id: str) -> None:
        self._provider_id = provider_id
        self._counts = Counter[str]()
        self._failures = Counter[str]()
        self._problems: list[str] = []

    def add(self, fault: str, case: str, place: str, problems: Sequence[str]) -> None:
        """Count one fault with what went wrong."""
        self._counts[fault] += 1
        self._failures[fault] += bool(problems)
        if self._failures[fault] <= MOST_PROBLEMS:
            self._problems += [f"{case}, {fault}, {place}: {what}" for what in problems]

    def report(self) -> FaultReport:
        """Return what was counted."""
        return FaultReport(self._provider_id, self._counts, self._failures, tuple(self._problems))


class FaultMatrix:
    """All recorded cases of one provider, ready to be disturbed through fakes; `check`: see FaultJudge."""

    def __init__(self, provider: Provider, cases: Sequence[Case], *, check: SnapshotCheck | None = None) -> None:
        self._provider = provider
        self.judge = FaultJudge(provider, cases, check)

    def run(self, family: str) -> FaultReport:
        """Inject every fault of a family (a key of FAMILIES), in an event loop of its own."""
        tally, seen = FaultTally(self._provider.id), Seen()
        # Not asyncio.run: that waits for a task that does not let itself be cancelled.
        with closing(SkippingLoop()) as loop, LogKeeper() as log:
            try:
                for known in self.judge.known:
                    faults = FAMILIES[family](known.case, seen)
                    loop.run_until_complete(self._disturb(known, faults, tally, log))
                loop.run_until_complete(loop.shutdown_asyncgens())
            finally:
                loop.set_exception_handler(_stay_silent)
        return tally.report()

    async def _disturb(self, known: KnownCase, faults: Iterator[Injection], tally: FaultTally, log: LogKeeper) -> None:
        for injection in faults:
            run = await run_disturbed(self._provider, known.case, injection, log)
            stalls, repeats = injection.stalled is not None, injection.repeats_texts
            problems = self.judge.problems(known, run, injection.case, stalls=stalls, repeats_texts=repeats)
            tally.add(injection.fault, known.case.name, injection.place, problems)


def _stay_silent(_: asyncio.AbstractEventLoop, told: object) -> None:
    del told  # what a task says that is thrown away with its loop


def fault_table(reports: Sequence[FaultReport]) -> str:
    """Write how many faults were injected, a row per fault and a column per provider; "!" marks a cell that failed."""
    names = sorted({report.provider_id for report in reports})
    counts, failures = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for report in reports:
        counts.update({(report.provider_id, fault): count for fault, count in report.counts.items()})
        failures.update({(report.provider_id, fault): count for fault, count in report.failures.items()})
    known = [fault for fault in FAULTS if any(counts[name, fault] for name in names)]
    lines = [["fault", *names, "all"]]
    for fault in known:
        cells = [_cell(counts[name, fault], failures[name, fault]) for name in names]
        lines.append([fault, *cells, _cell(sum(counts[name, fault] for name in names))])
    sums = [sum(counts[name, fault] for fault in known) for name in names]
    lines.append(["all", *map(_cell, sums), _cell(sum(sums))])
    widths = [max(len(line[column]) for line in lines) for column in range(len(names) + 2)]
    return "\n".join(_line(cells, widths) for cells in lines)


def _cell(count: int, failed: int = 0) -> str:
    return f"{count}{'!' if failed else ''}" if count else "-"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    right = (cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True))
    return "  ".join([cells[0].ljust(widths[0]), *right])
