"""Carries out a parsed command line: dispatch, output, exit code. No exception and no traceback leaves it.

What a command needs is imported when it runs: none of them should wait for what only others use.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from codexbar_qt.cli import commands
from codexbar_qt.cli.arguments import Invocation, OutputMode, UnknownOption, parse_arguments, read_output_mode
from codexbar_qt.cli.command_run import CommandRun
from codexbar_qt.cli.exit_codes import FAILURE
from codexbar_qt.cli.output import CommandError, CommandOutput, Terminated
from codexbar_qt.cli.terminal import OutputFailed, Terminal
from codexbar_qt.json_text import encode_json

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codexbar_qt.cli.backend import Backend, Host

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
    from codexbar_qt.cli.usage_command import report_usage

    return report_usage(run)


def _cost(run: CommandRun) -> CommandOutput:
    from codexbar_qt.cli.cost_command import report_cost

    return report_cost(run)


def _validate(run: CommandRun) -> CommandOutput:
    from codexbar_qt.cli.config_commands import validate

    return validate(run.backend.config_file, run.backend.registry.providers, run.backend.platform)


def _dump(run: CommandRun) -> CommandOutput:
    from codexbar_qt.cli.config_commands import dump

    secrets = run.invocation.has("--show-secrets")
    return dump(run.backend.config_file, run.backend.registry.providers, show_secrets=secrets)


def _providers(run: CommandRun) -> CommandOutput:
    from codexbar_qt.cli.config_commands import list_providers

    return list_providers(run.backend.config_file, run.backend.registry.providers)


def _enable(run: CommandRun) -> CommandOutput:
    return _switch(run, enabled=True)


def _disable(run: CommandRun) -> CommandOutput:
    return _switch(run, enabled=False)


def _switch(run: CommandRun, *, enabled: bool) -> CommandOutput:
    from codexbar_qt.cli.config_commands import set_enabled

    name = run.invocation.value("--provider")
    return set_enabled(run.backend.config_file, run.backend.registry.providers, name, enabled=enabled)


def _set_api_key(run: CommandRun) -> CommandOutput:
    from codexbar_qt.cli.api_key_command import store_api_key

    return store_api_key(run)


def _allow_browser(run: CommandRun) -> CommandOutput:
    return _set_access(run, allowed=True)


def _refuse_browser(run: CommandRun) -> CommandOutput:
    return _set_access(run, allowed=False)


def _set_access(run: CommandRun, *, allowed: bool) -> CommandOutput:
    from codexbar_qt.cli.browser_command import set_access

    name, backend = run.invocation.value("browser"), run.backend
    known = backend.browsers.parts.reader.known()
    return set_access(backend.preferences_file, known, name, allowed=allowed)


def _clear_cache(run: CommandRun) -> CommandOutput:
    from codexbar_qt.cli.cache_command import clear

    return clear(run)


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
