"""The button that signs in again: the CLI does it, its device code and address are shown as it prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_providers.kiro.cli import NOT_INSTALLED, TERMINAL, failure_sentence, find_program
from codexbar_providers.kiro.parse import plain_text
from codexbar_qt.provider_api import Action, Command, ToolFailed, ToolNotInstalled

if TYPE_CHECKING:
    from collections.abc import Callable

    from codexbar_qt.provider_api import FetchContext

LOGIN_SECONDS = 120.0
_LINES_SHOWN = 8
_TEXT_KEPT = 8192


class LoginText:
    """Collects what the CLI prints and reports its last distinct lines whenever they change."""

    def __init__(self, report: Callable[[str], None]) -> None:
        self._report = report
        self._text = ""
        self._shown = ""

    def add(self, piece: str) -> None:
        """Take the next piece of output; a line that was drawn over and over counts once."""
        self._text = (self._text + piece)[-_TEXT_KEPT:]
        lines = [line.strip() for line in plain_text(self._text).split("\n")]
        distinct = list(dict.fromkeys(line for line in lines if line))
        shown = "\n".join(distinct[-_LINES_SHOWN:])
        if shown and shown != self._shown:
            self._shown = shown
            self._report(shown)


async def sign_in(ctx: FetchContext, report: Callable[[str], None]) -> str:
    """Run `kiro-cli login` to its end.

    Raises ToolNotInstalled, and ToolFailed when it failed or nobody confirmed the code within 120 s.
    """
    program = await find_program(ctx)
    report("Waiting for the Kiro CLI…")
    printed = LoginText(report)
    command = Command((program, "login"), LOGIN_SECONDS, env=TERMINAL, on_output=printed.add)
    try:
        result = await ctx.processes.run(command)
    except ToolNotInstalled:
        raise ToolNotInstalled(NOT_INSTALLED) from None
    if result.stopped_by is not None:
        told = "The Kiro sign-in was not finished within 120 s. Start it again and confirm the code in the browser."
        raise ToolFailed(told, timed_out=True)
    if result.exit_code != 0:
        raise ToolFailed(failure_sentence(result))
    return "Signed in to Kiro."


REAUTHENTICATE = Action("reauthenticate", "Re-authenticate", sign_in, refreshes=True)
