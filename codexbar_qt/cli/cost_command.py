"""`cost`: what local logs cost at list prices (cli.md 5)."""

from __future__ import annotations

import asyncio
import contextlib
import os
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from codexbar_qt.cli.cost_options import choose_sources, none_left, read_cost_options
from codexbar_qt.cli.cost_text import cost_block
from codexbar_qt.cli.exit_codes import FAILURE, TIMEOUT
from codexbar_qt.cli.interruption import run_interruptible
from codexbar_qt.cli.output import CommandOutput
from codexbar_qt.cli.progress_line import ProgressLine
from codexbar_qt.core.cost_logs import CostScanError
from codexbar_qt.cost.report import build_report
from codexbar_qt.cost.report_json import cost_element, failed_element
from codexbar_qt.cost.time_window import zone_for
from codexbar_qt.cost.values import Ledger
from codexbar_qt.cost.wording import left_out_sentences

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import tzinfo

    from codexbar_qt.cli.backend import Backend
    from codexbar_qt.cli.command_run import CommandRun
    from codexbar_qt.cli.cost_options import CostChoice, CostOptions, Grouping
    from codexbar_qt.cli.usage_text import TextStyle
    from codexbar_qt.cost.prices import PriceTable
    from codexbar_qt.cost.report_values import CostReport
    from codexbar_qt.cost.sources import CostSource
    from codexbar_qt.cost.values import ScanResult

_MOST_JOBS = 4


def report_cost(run: CommandRun) -> CommandOutput:
    """Carry the command out. Raises CommandError of kind args or config."""
    options = read_cost_options(run.invocation)
    if run.mode.is_json:
        options = replace(options, group_by="")
    return run_interruptible(_report(run, options))


async def _report(run: CommandRun, options: CostOptions) -> CommandOutput:
    """Read logs and prices, and meanwhile find out what to say of them: half of what takes time is not reading logs."""
    backend = run.backend
    line = ProgressLine(run.terminal.write_error_part)
    shows_progress = not run.mode.is_json and run.terminal.shows_progress(backend.env)
    jobs = min(_MOST_JOBS, os.cpu_count() or 1)
    scan = backend.cost.scan(refresh=options.refresh, jobs=jobs, progress=line.show if shows_progress else None)
    reading = asyncio.ensure_future(scan)
    pricing: asyncio.Future[PriceTable] | None = None
    try:
        await asyncio.sleep(0)  # the scan begins here
        choice = _choice(backend, options)
        pricing = asyncio.ensure_future(backend.prices.table())
        style, zone = run.style, _zone(backend)
        try:
            result = await reading
        except CostScanError as error:
            return _failure(error, choice)
        table = await pricing
    finally:
        await _ended(reading, pricing)
        line.erase()
        await backend.close()
    reports = _reports(result, table, choice, zone=zone, now=backend.clock.now(), days=options.days)
    if run.tells_more:
        run.terminal.write_error(f"[cost] prices: {table.origin}")
    return _present(reports, choice, style, options.group_by, table.notes)


def _choice(backend: Backend, options: CostOptions) -> CostChoice:
    """Return what to report. Raises CommandError of kind args or config."""

    def enabled() -> Collection[str]:
        from codexbar_qt.cli.config_commands import config_failures  # slow to import, and not needed for named sources

        with config_failures():
            return backend.config_file.read().enabled_ids

    choice = choose_sources(options, lambda: backend.registry.providers, enabled)
    if not choice.sources:
        raise none_left(options.group_by, choice.notes)
    return choice


def _zone(backend: Backend) -> tzinfo:
    return zone_for(backend.preferences_file.current.token_cost_usage_bucket_time_zone, backend.zone)


async def _ended(*tasks: asyncio.Future[Any] | None) -> None:
    """End what is still running, and see its end: a reader that is told to stop keeps what it has read."""
    for task in tasks:
        if task is not None and not task.done():
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, CostScanError):
                await task


def _present(
    reports: Sequence[CostReport], choice: CostChoice, style: TextStyle, group_by: Grouping, notes: Sequence[str]
) -> CommandOutput:
    elements = [cost_element(report, source) for report, source in zip(reports, choice.sources, strict=True)]
    blocks = [cost_block(report, style, group_by) for report in reports]
    missing = _left_out(reports, choice.sources)
    return CommandOutput(elements, "\n\n".join(blocks), errors=missing, notes=(*choice.notes, *notes))


def _reports(
    result: ScanResult, table: PriceTable, choice: CostChoice, *, zone: tzinfo, now: datetime, days: int
) -> tuple[CostReport, ...]:
    """Return the report of every source; logs that were not looked at have an unfinished one."""
    ledgers = {ledger.family: ledger for ledger in result.ledgers}
    read_at = datetime.fromtimestamp(result.scanned_at, UTC)
    return tuple(
        build_report(
            ledgers.get(source.family, Ledger(source.family, is_complete=False)),
            source,
            table,
            zone=zone,
            now=now,
            days=days,
            read_at=read_at,
        )
        for source in choice.sources
    )


def _left_out(reports: Sequence[CostReport], sources: Sequence[CostSource]) -> tuple[str, ...]:
    """Return what is not in the reports, each thing once: sources may share their logs."""
    told: dict[tuple[str, str], str] = {}
    for report, source in zip(reports, sources, strict=True):
        for sentence in left_out_sentences(report.left_out):
            told.setdefault((source.family, sentence), f"{source.name}: {sentence}")
    return tuple(told.values())


def _failure(error: CostScanError, choice: CostChoice) -> CommandOutput:
    code = TIMEOUT if error.timed_out else FAILURE
    elements = [failed_element(source, error.message, code) for source in choice.sources]
    return CommandOutput(elements, "", code, (f"Error: {error.message}",), choice.notes)
