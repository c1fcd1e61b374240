"""Asks the installed auggie CLI, which owns its login."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_providers.augment.account_status import local_zone, parse_account_status
from codexbar_providers.augment.sentences import CLI_LOGGED_OUT, CLI_MISSING, CLI_SILENT, CLI_TIMED_OUT
from codexbar_providers.augment.usage import build_snapshot, usage_of_status
from codexbar_qt.provider_api import AuthRejected, Command, ToolFailed, ToolNotInstalled

if TYPE_CHECKING:
    from codexbar_qt.provider_api import FetchContext, Snapshot

LIMIT_SECONDS = 15.0
_LOGGED_OUT = ("authentication failed", "auggie login")


async def fetch_with_cli(ctx: FetchContext) -> Snapshot:
    """Run `auggie account status`.

    Raises ToolNotInstalled, AuthRejected (nobody signed in), ToolFailed (failure, time-out, silence) and ParseError.
    """
    program = await _find(ctx)
    try:
        result = await ctx.processes.run(Command((program, "account", "status"), LIMIT_SECONDS))
    except ToolNotInstalled:
        raise ToolNotInstalled(CLI_MISSING) from None
    if any(words in result.text.lower() for words in _LOGGED_OUT):
        raise AuthRejected(CLI_LOGGED_OUT)
    if result.stopped_by is not None:
        raise ToolFailed(CLI_TIMED_OUT, timed_out=True)
    if result.exit_code != 0:
        told = f"The auggie CLI failed with status {result.exit_code}."
        raise ToolFailed(f"{told} Run auggie account status in a terminal to see why.")
    if not result.stdout.strip():
        raise ToolFailed(CLI_SILENT)
    status = parse_account_status(result.stdout, zone=local_zone(ctx.system.time_zone))
    return build_snapshot(usage_of_status(status), now=ctx.clock.now())


async def _find(ctx: FetchContext) -> str:
    places: tuple[str, ...] = ()
    if ctx.system.platform == "windows":
        roaming = ctx.env.get("APPDATA") or "~/AppData/Roaming"
        places = tuple(f"{roaming}/npm/auggie{ending}" for ending in (".cmd", ".exe"))
    program = await ctx.processes.find("auggie", env="AUGGIE_CLI_PATH", extra=places)
    if program is None:
        raise ToolNotInstalled(CLI_MISSING)
    return program
