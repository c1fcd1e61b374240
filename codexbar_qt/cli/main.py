"""Entry point of `codexbar`. What `--version` needs is imported here, everything else when a command asks for it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, cast

from codexbar_qt import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codexbar_qt.cli.backend import Backend

_HELP = ("-h", "--help")
_VERSION = ("-V", "--version")
_INTERRUPTED = 130


class BootstrapHost:
    """Gets everything from the composition root; `build` replaces the real services (demo)."""

    def __init__(self, build: Callable[[], Backend] | None = None) -> None:
        self._build = build

    def start_log(self, level: str, *, json_lines: bool) -> None:
        """Log to standard error."""
        from codexbar_qt.bootstrap import start_command_log

        start_command_log(level, json_lines=json_lines)

    def build(self) -> Backend:
        """Return the services."""
        from codexbar_qt.bootstrap import MachineParts, NoHomeError
        from codexbar_qt.cli.output import CommandError

        try:
            # The cast is for pyright, to which a cached property is no property of a protocol.
            return cast("Backend", MachineParts()) if self._build is None else self._build()
        except NoHomeError as error:
            raise CommandError(str(error), "runtime") from None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line (default: that of the process) and return the exit code."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    if getattr(sys, "frozen", False) and (ended := _own_process(given)) is not None:
        return ended
    try:
        if any(word in _HELP for word in given):
            return _say(_help(given))
        if any(word in _VERSION for word in given):
            return _say(f"CodexBar {__version__}\n")
        return _run(given)
    except KeyboardInterrupt:
        return _INTERRUPTED


def _run(given: Sequence[str]) -> int:
    import gc

    from codexbar_qt.cli.command_runner import run_command
    from codexbar_qt.cli.terminal import process_terminal

    was_enabled = gc.isenabled()
    gc.disable()  # a command is over before there is garbage worth a tenth of its time
    try:
        return run_command(given, BootstrapHost(), process_terminal())
    finally:
        if was_enabled:
            gc.enable()


def _own_process(given: Sequence[str]) -> int | None:
    from codexbar_qt.bootstrap import run_own_process

    return run_own_process(given)


def _help(given: Sequence[str]) -> str:
    from codexbar_qt.cli.arguments import find_command
    from codexbar_qt.cli.help_texts import help_text

    command = None if given[0] in _HELP else find_command(given)[0]
    if command is None or not command.takes_reports:
        return help_text(command)
    from codexbar_qt.cli.output import CommandError

    try:
        providers = BootstrapHost().build().registry.providers
    except CommandError:
        return help_text(command)
    return help_text(command, [report for provider in providers for report in provider.debug_reports])


def _say(text: str) -> int:
    """Print a short text; a reader that has gone away is no failure of the command."""
    if sys.stdout is None:
        return 0
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError:
        # What could not be written would be tried again, and complained about, when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


if __name__ == "__main__":
    sys.exit(main())
