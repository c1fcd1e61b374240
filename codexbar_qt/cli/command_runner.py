"""Carries out a parsed command line: dispatch, output, exit code. No exception and no traceback leaves it."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from codexbar_qt.cli import api_key_command, browser_command, cache_command, commands, config_commands
from codexbar_qt.cli.arguments import Invocation, OutputMode, UnknownOption, parse_arguments, read_output_mode
from codexbar_qt.cli.command_run import CommandRun
from codexbar_qt.cli.exit_codes import FAILURE
from codexbar_qt.cli.interruption import Terminated, run_interruptible
from codexbar_qt.cli.output import CommandError, CommandOutput
from codexbar_qt.cli.targets import choose_targets
from codexbar_qt.cli.terminal import OutputFailed, Terminal
from codexbar_qt.cli.usage_command import attempt_lines, present_usage, read_usage
from codexbar_qt.cli.usage_options import read_usage_options
from codexbar_qt.core.app_config import ProviderEntry
from codexbar_qt.core.fetch_service import FetchRequest
from codexbar_qt.json_text import encode_json

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codexbar_qt.cli.backend import Backend, Host
    from codexbar_qt.provider_api import Provider

_log = logging.getLogger(__name__)


def run_command(arguments: Sequence[str], host: Host, terminal: Terminal) -> int:
    """Carry out a command line and return the exit code. KeyboardInterrupt passes through."""
    mode = read_output_mode(arguments)
    try:
        return _print(_carry_out(arguments, mode, host, terminal), mode, terminal)
    except OutputFailed as failure:
        if str(failure):
            terminal.write_error(f"Error: The output could not be written: {failure}. Choose another place for it.")
        return FAILURE
    except Terminated as end:
        return end.exit_code


def _carry_out(arguments: Sequence[str], mode: OutputMode, host: Host, terminal: Terminal) -> CommandOutput:
    try:
        invocation, backend = _prepare(arguments, mode, host)
        for failure in backend.registry.failures:
            _log.warning("The provider %s was left out: %s", failure.origin, failure.message)
        return _COMMANDS[invocation.command](CommandRun(invocation, mode, backend, host, terminal))
    except CommandError as error:
        return _failed(error)
    except Terminated:
        raise
    except Exception as error:  # whatever it is, people get a sentence and programs get their payload
        kind = type(error).__name__
        # The exception's own text may hold a secret; its frames do not.
        _log.debug("Unexpected %s", kind, exc_info=RuntimeError(kind).with_traceback(error.__traceback__))
        told = f"An internal error stopped the command ({kind}). Report it with the output of -v."
        return _failed(CommandError(told, "runtime"))


def _prepare(arguments: Sequence[str], mode: OutputMode, host: Host) -> tuple[Invocation, Backend]:
    """Read the line, and once more with the providers at hand when it has an option that only they can know."""
    try:
        invocation = parse_arguments(arguments)
    except UnknownOption:
        invocation = None
    host.start_log(mode.log_level, json_lines=mode.json_logs)
    backend = host.build()
    if invocation is None:
        reports = [report.flag for provider in backend.registry.providers for report in provider.debug_reports]
        invocation = parse_arguments(arguments, reports)
    return invocation, backend


def _failed(error: CommandError) -> CommandOutput:
    text = f"Error: {error.message}"
    # Messages of kind args have always carried the prefix in JSON, too.
    message = text if error.kind == "args" else error.message
    told = {"code": error.exit_code, "message": message, "kind": error.kind}
    return CommandOutput(
        [{"provider": "cli", "source": "cli", "error": told}], "", error.exit_code, (text,), error.notes
    )


def _print(output: CommandOutput, mode: OutputMode, terminal: Terminal) -> int:
    for line in () if mode.is_json_only else output.notes:
        terminal.write_error(line)
    if mode.is_json:
        terminal.write(encode_json(output.json_value, pretty=mode.pretty))
        return output.exit_code
    terminal.write(f"{output.text}\n" if output.text else "")
    for line in output.errors:
        terminal.write_error(line)
    return output.exit_code


def _usage(run: CommandRun) -> CommandOutput:
    options, backend = read_usage_options(run.invocation), run.backend
    hide = backend.preferences_file.current.hide_personal_info
    with config_commands.config_failures():
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


def _cost(run: CommandRun) -> CommandOutput:
    from codexbar_qt.cli.cost_command import report_cost

    return report_cost(run)


def _validate(run: CommandRun) -> CommandOutput:
    return config_commands.validate(run.backend.config_file, run.backend.registry.providers, run.backend.platform)


def _dump(run: CommandRun) -> CommandOutput:
    secrets = run.invocation.has("--show-secrets")
    return config_commands.dump(run.backend.config_file, run.backend.registry.providers, show_secrets=secrets)


def _providers(run: CommandRun) -> CommandOutput:
    return config_commands.list_providers(run.backend.config_file, run.backend.registry.providers)


def _enable(run: CommandRun) -> CommandOutput:
    return _switch(run, enabled=True)


def _disable(run: CommandRun) -> CommandOutput:
    return _switch(run, enabled=False)


def _switch(run: CommandRun, *, enabled: bool) -> CommandOutput:
    name = run.invocation.value("--provider")
    return config_commands.set_enabled(run.backend.config_file, run.backend.registry.providers, name, enabled=enabled)


def _set_api_key(run: CommandRun) -> CommandOutput:
    given = run.invocation
    options = api_key_command.ApiKeyOptions(
        provider=given.value("--provider"),
        api_key=given.value("--api-key"),
        stdin=given.has("--stdin"),
        label=given.value("--label"),
        usage_scope=given.value("--usage-scope"),
        organization_id=given.value("--organization-id"),
        workspace_id=given.value("--workspace-id"),
        no_enable=given.has("--no-enable"),
    )
    return api_key_command.set_api_key(
        run.backend.config_file,
        run.backend.registry.providers,
        options,
        read_stdin=run.terminal.read_input,
        read_env=run.backend.env.get,
        now=run.backend.clock.now(),
    )


def _allow_browser(run: CommandRun) -> CommandOutput:
    return _set_access(run, allowed=True)


def _refuse_browser(run: CommandRun) -> CommandOutput:
    return _set_access(run, allowed=False)


def _set_access(run: CommandRun, *, allowed: bool) -> CommandOutput:
    name, backend = run.invocation.value("browser"), run.backend
    known = backend.browsers.parts.reader.known()
    return browser_command.set_access(backend.preferences_file, known, name, allowed=allowed)


def _clear_cache(run: CommandRun) -> CommandOutput:
    backend, cache = run.backend, run.backend.browsers.cache

    async def forget(provider: Provider) -> int:
        if provider.forget is None:
            return 0
        entry = ProviderEntry(provider.id, enabled=False)
        return await provider.forget(backend.contexts.context(FetchRequest(provider, entry)))

    async def forget_cost() -> int:
        return await backend.cost.clear() + await backend.prices.forget()

    forgets = cache_command.Forgets(cache, forget, forget_cost)
    return run_interruptible(cache_command.clear_cache(run.invocation, backend.registry.providers, forgets))


_COMMANDS: dict[commands.Command, Callable[[CommandRun], CommandOutput]] = {
    commands.USAGE: _usage,
    commands.COST: _cost,
    commands.CONFIG_VALIDATE: _validate,
    commands.CONFIG_DUMP: _dump,
    commands.CONFIG_PROVIDERS: _providers,
    commands.CONFIG_ENABLE: _enable,
    commands.CONFIG_DISABLE: _disable,
    commands.CONFIG_SET_API_KEY: _set_api_key,
    commands.CONFIG_ALLOW_BROWSER: _allow_browser,
    commands.CONFIG_REFUSE_BROWSER: _refuse_browser,
    commands.CACHE_CLEAR: _clear_cache,
}
