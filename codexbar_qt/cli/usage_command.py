"""`usage`: fetch what was asked for, several at once, and put it into the order of the config (cli.md 4)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from codexbar_qt.cli.config_commands import config_failures
from codexbar_qt.cli.exit_codes import FAILURE, SUCCESS, exit_code_of
from codexbar_qt.cli.interruption import run_interruptible
from codexbar_qt.cli.output import CommandOutput
from codexbar_qt.cli.readings import Reading
from codexbar_qt.cli.targets import choose_targets
from codexbar_qt.cli.usage_json import usage_element
from codexbar_qt.cli.usage_options import read_usage_options
from codexbar_qt.cli.usage_text import attempt_notes, error_line, report_lines, usage_block
from codexbar_qt.core.fetch_service import FetchRequest, FetchService
from codexbar_qt.provider_api import MissingCredential, NoUsageData, ServiceUnavailable, Snapshot, ToolNotInstalled
from codexbar_qt.provider_api.fallback import FetchResult

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from codexbar_qt.cli.command_run import CommandRun
    from codexbar_qt.cli.targets import Target
    from codexbar_qt.cli.usage_options import UsageOptions
    from codexbar_qt.cli.usage_text import TextStyle
    from codexbar_qt.core.fetch_service import ContextFactory
    from codexbar_qt.provider_api import Clock

FETCHES_AT_ONCE = 8


def report_usage(run: CommandRun) -> CommandOutput:
    """Carry the command out. Raises CommandError."""
    options, backend = read_usage_options(run.invocation), run.backend
    hide = backend.preferences_file.current.hide_personal_info
    with config_failures():
        config = backend.config_file.read()
    targets = choose_targets(config, backend.registry.providers, options, hide_personal_info=hide)

    async def read() -> CommandOutput:
        try:
            readings = await read_usage(targets, options, backend.contexts, backend.clock)
        finally:
            await backend.close()
        if run.tells_more:
            for line in attempt_lines(readings):
                run.terminal.write_error(line)
        return present_usage(readings, style, backend.clock.now())

    style = replace(run.style, show_credits=options.show_credits)
    return run_interruptible(read())


async def read_usage(
    targets: Sequence[Target], options: UsageOptions, contexts: ContextFactory, clock: Clock
) -> tuple[Reading, ...]:
    """Fetch every target in the background manner, eight at once; the order stays."""
    service, slots = FetchService(contexts), asyncio.Semaphore(FETCHES_AT_ONCE)
    fetches = [_read_one(target, options, service, slots, clock) for target in targets]
    return tuple(await asyncio.gather(*fetches))


def present_usage(readings: Sequence[Reading], style: TextStyle, now: datetime) -> CommandOutput:
    """Return everything that worked; the exit code is that of the last failure."""
    failures = [reading for reading in readings if reading.error is not None]
    elements = [usage_element(reading, hide_personal_info=style.hide_personal_info) for reading in readings]
    blocks = [usage_block(reading, style, now) for reading in readings if reading.snapshot is not None]
    return CommandOutput(
        elements,
        "\n\n".join(blocks),
        failures[-1].exit_code if failures else SUCCESS,
        tuple(line for reading in readings for line in _error_lines(reading, style)),
    )


def _error_lines(reading: Reading, style: TextStyle) -> list[str]:
    if reading.error is None:
        return report_lines(reading, style)
    return [error_line(reading, style), *attempt_notes(reading, style)]


def attempt_lines(readings: Sequence[Reading]) -> list[str]:
    """Return what `--verbose` says about the ways that were tried."""
    lines: list[str] = []
    for reading in readings:
        lines.append(f"[{reading.descriptor.id}] fetch strategies:")
        for attempt in reading.attempts:
            error = attempt.error
            state = "unavailable" if isinstance(error, MissingCredential | ToolNotInstalled) else "available"
            failed = f" error={type(error).__name__}" if error else ""
            lines.append(f"  - {attempt.strategy.shown_source} ({attempt.strategy.source.value}) {state}{failed}")
    return lines


async def _read_one(
    target: Target, options: UsageOptions, service: FetchService, slots: asyncio.Semaphore, clock: Clock
) -> Reading:
    descriptor, mode = target.provider.descriptor, options.source or target.entry.source
    if target.error is not None:
        return Reading(descriptor, mode.value, target.label, error=target.error, exit_code=FAILURE)
    request = FetchRequest(target.provider, target.entry, target.account, is_named=target.is_named, mode=mode)
    async with slots:
        try:
            async with asyncio.timeout(options.limit_seconds):
                result = await service.fetch(request)
        except TimeoutError:
            told = (
                f"{descriptor.name} did not answer within {options.limit_seconds or 0:g} s. Set a longer --web-timeout."
            )
            result = FetchResult(mode.value, error=ServiceUnavailable(told, reason="timeout"))
        reports = await _read_reports(request, options, service) if result.snapshot else {}
    return replace(_reading(target, result, clock.now()), reports=reports)


async def _read_reports(
    request: FetchRequest, options: UsageOptions, service: FetchService
) -> dict[str, Mapping[str, str]]:
    """Return the extra facts asked for; what cannot be had is left out."""
    wanted = [report for report in request.provider.debug_reports if report.flag in options.reports]
    found = {report.json_key: await service.report(request, report) for report in wanted}
    return {key: facts for key, facts in found.items() if facts}


def _reading(target: Target, result: FetchResult, now: datetime) -> Reading:
    descriptor, error = target.provider.descriptor, result.error
    if isinstance(error, NoUsageData):
        used = result.attempts[-1].strategy.shown_source if result.attempts else result.source
        empty = Snapshot(updated_at=now, note=error.message)
        return Reading(descriptor, used, target.label, empty, attempts=result.attempts)
    code = exit_code_of(error, descriptor) if error is not None else SUCCESS
    return Reading(descriptor, result.source, target.label, result.snapshot, error, code, attempts=result.attempts)
