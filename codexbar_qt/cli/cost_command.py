"""`cost`: what local logs cost at list prices (cli.md 5)."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from codexbar_qt.cli.config_commands import config_failures
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
    from collections.abc import Callable, Sequence
    from datetime import tzinfo

    from codexbar_qt.cli.backend import Backend
    from codexbar_qt.cli.command_run import CommandRun
    from codexbar_qt.cli.cost_options import CostChoice, CostOptions, Grouping
    from codexbar_qt.cli.usage_text import TextStyle
    from codexbar_qt.cost.prices import PriceTable
    from codexbar_qt.cost.report_values import CostReport
    from codexbar_qt.cost.sources import CostSource
    from codexbar_qt.cost.values import ScanProgress, ScanResult

_MOST_JOBS = 4


def report_cost(run: CommandRun) -> CommandOutput:
    """Carry the command out. Raises CommandError of kind args or config."""
    options, backend = read_cost_options(run.invocation), run.backend
    if run.mode.is_json:
        options = replace(options, group_by="")
    with config_failures():
        config = backend.config_file.read()
    choice = choose_sources(options, backend.registry.providers, config.enabled_ids)
    if not choice.sources:
        raise none_left(options.group_by, choice.notes)
    line = ProgressLine(run.terminal.write_error_part)
    shows_progress = not run.mode.is_json and run.terminal.shows_progress(backend.env)

    async def report() -> CommandOutput:
        try:
            result, table = await _read(backend, options, line.show if shows_progress else None)
        except CostScanError as error:
            return _failure(error, choice)
        finally:
            line.erase()
            await backend.close()
        zone = zone_for(backend.preferences_file.current.token_cost_usage_bucket_time_zone, backend.zone)
        reports = _reports(result, table, choice, zone=zone, now=backend.clock.now(), days=options.days)
        if run.tells_more:
            run.terminal.write_error(f"[cost] prices: {table.origin}")
        return _present(reports, choice, run.style, options.group_by, table.notes)

    return run_interruptible(report())


def _present(
    reports: Sequence[CostReport], choice: CostChoice, style: TextStyle, group_by: Grouping, notes: Sequence[str]
) -> CommandOutput:
    elements = [cost_element(report, source) for report, source in zip(reports, choice.sources, strict=True)]
    blocks = [cost_block(report, style, group_by) for report in reports]
    missing = _left_out(reports, choice.sources)
    return CommandOutput(elements, "\n\n".join(blocks), errors=missing, notes=(*choice.notes, *notes))


async def _read(
    backend: Backend, options: CostOptions, progress: Callable[[ScanProgress], None] | None
) -> tuple[ScanResult, PriceTable]:
    """Read logs and prices at the same time. Raises CostScanError."""
    jobs = min(_MOST_JOBS, os.cpu_count() or 1)
    table = asyncio.ensure_future(backend.prices.table())
    try:
        result = await backend.cost.scan(refresh=options.refresh, jobs=jobs, progress=progress)
        return result, await table
    finally:
        table.cancel()


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
