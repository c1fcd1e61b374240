"""Asks the installed Amp CLI, which owns its login."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_providers.amp.display_text import parse_display_text
from codexbar_providers.amp.sentences import CLI_MISSING, CLI_TIMED_OUT, NOT_UNDERSTOOD, quoted
from codexbar_providers.amp.usage import build_snapshot
from codexbar_qt.provider_api import Command, ParseError, ToolFailed, ToolNotInstalled

if TYPE_CHECKING:
    from codexbar_qt.provider_api import FetchContext, Snapshot

LIMIT_SECONDS = 15.0
_POSIX_PLACES: tuple[str, ...] = ("~/.local/bin/amp", "~/.amp/bin/amp", "/opt/homebrew/bin/amp", "/usr/local/bin/amp")


async def fetch_with_cli(ctx: FetchContext) -> Snapshot:
    """Run `amp usage`.

    Raises ToolNotInstalled, ToolFailed (failure or time-out), AuthRejected (nobody signed in) and ParseError.
    """
    program = await _find(ctx)
    command = Command((program, "usage"), LIMIT_SECONDS, env=(("NO_COLOR", "1"),))
    try:
        result = await ctx.processes.run(command)
    except ToolNotInstalled:
        raise ToolNotInstalled(CLI_MISSING) from None
    if result.stopped_by is not None:
        raise ToolFailed(CLI_TIMED_OUT, timed_out=True)
    if result.exit_code != 0:
        raise ToolFailed(_failure(result.stderr, result.exit_code))
    text = result.stdout if result.stdout.strip() else result.stderr
    if not text.strip():
        raise ParseError(NOT_UNDERSTOOD, path="amp usage")
    return build_snapshot(parse_display_text(text), now=ctx.clock.now())


async def _find(ctx: FetchContext) -> str:
    places = _POSIX_PLACES
    if ctx.system.platform == "windows":
        roaming = ctx.env.get("APPDATA") or "~/AppData/Roaming"
        folders = (f"{roaming}/npm", "~/.amp/bin")
        places = tuple(f"{folder}/amp{ending}" for folder in folders for ending in (".cmd", ".exe"))
    program = await ctx.processes.find("amp", env="AMP_CLI_PATH", extra=places)
    if program is None:
        raise ToolNotInstalled(CLI_MISSING)
    return program


def _failure(stderr: str, status: int | None) -> str:
    words = quoted(stderr)
    if words:
        return f"The Amp CLI reported: {words}. Run amp usage in a terminal to sort it out."
    return f"The Amp CLI failed with status {status}. Run amp usage in a terminal to see why."
