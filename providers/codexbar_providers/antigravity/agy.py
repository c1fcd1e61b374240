"""Reads the server inside the `agy` CLI: that of a running one, else of one that is started for it.

The CLI draws its screen for people. Only its server is read; the screen tells no more than that nobody is signed in.
"""

from __future__ import annotations

import re
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import TYPE_CHECKING

from codexbar_providers.antigravity.account import keep_selected
from codexbar_providers.antigravity.endpoints import list_endpoints
from codexbar_providers.antigravity.local import LIMIT_SECONDS, read_server
from codexbar_providers.antigravity.processes import ServerFlags, kind_of, runs_program
from codexbar_providers.antigravity.sentences import CLI_ENDED, CLI_NOT_FOUND, CLI_NOT_STARTED, CLI_SIGNED_OUT, NO_PORTS
from codexbar_qt.provider_api import (
    AuthRejected,
    Command,
    ProviderError,
    Snapshot,
    ToolFailed,
    ToolNotInstalled,
    strip_ansi,
)

if TYPE_CHECKING:
    from datetime import datetime

    from codexbar_qt.provider_api import FetchContext, HeldProgram

REUSE_SECONDS = 2.0
START_SECONDS = 15.0
POLL_SECONDS = 0.2
KEEP_SECONDS = 180.0
LONGEST_LIFE_SECONDS = 3600.0
_PLACES = ("~/.local/bin/agy", "/opt/homebrew/bin/agy", "/usr/local/bin/agy")
_TERMINAL = (("TERM", "xterm-256color"),)
_ASKS_TO_SIGN_IN = "selectloginmethod"


async def fetch_from_cli(ctx: FetchContext) -> Snapshot:
    """Read a running `agy`, else start one and wait up to 15 s until its quota can be read.

    Raises ToolNotInstalled without the program, AuthRejected when it asks to sign in, MissingCredential for another
    account, ToolFailed when it ends or opens no port, else what its server said last.
    """
    program = await ctx.processes.find("agy", env="ANTIGRAVITY_CLI_PATH", extra=_PLACES)
    if program is None:
        raise ToolNotInstalled(CLI_NOT_FOUND)
    snapshot = await _read_running(ctx, program) or await _read_started(ctx, program)
    return (await keep_selected(ctx, [snapshot]))[0]


async def _read_running(ctx: FetchContext, program: str) -> Snapshot | None:
    """Read an `agy` that somebody else has started, None when there is none that answers within 2 s."""
    deadline = ctx.clock.now() + timedelta(seconds=REUSE_SECONDS)
    for process in await ctx.process_table.find(lambda line: kind_of(line) == "cli"):
        if not runs_program(process, program):
            continue
        try:
            snapshot = await _read_ports(ctx, (process.pid,), deadline)
            await keep_selected(ctx, [snapshot])
        except ProviderError as error:
            ctx.log.debug(f"A running agy was left alone. {error.message}")
        else:
            return snapshot
    return None


async def _read_started(ctx: FetchContext, program: str) -> Snapshot:
    command = Command((program,), LONGEST_LIFE_SECONDS, env=_TERMINAL)
    async with AsyncExitStack() as stack:
        try:
            held = await stack.enter_async_context(ctx.processes.hold(command, keep_seconds=KEEP_SECONDS))
        except ToolNotInstalled:
            raise ToolNotInstalled(CLI_NOT_FOUND) from None
        except ToolFailed:
            raise ToolFailed(CLI_NOT_STARTED) from None
        try:
            return await _wait_for_quota(ctx, held)
        except ProviderError:
            # The next fetch is to begin with a fresh one.
            await held.stop()
            raise


async def _wait_for_quota(ctx: FetchContext, held: HeldProgram) -> Snapshot:
    """Try every 0.2 s: a fresh server opens its port before it knows the quota."""
    deadline = ctx.clock.now() + timedelta(seconds=START_SECONDS)
    while True:
        if _asks_to_sign_in(held.text):
            raise AuthRejected(CLI_SIGNED_OUT)
        if not held.is_running:
            raise ToolFailed(CLI_ENDED)
        below = await ctx.process_table.descendants(held.pid)
        try:
            return await _read_ports(ctx, (held.pid, *(process.pid for process in below)), deadline)
        except ProviderError as error:
            if ctx.clock.now() + timedelta(seconds=POLL_SECONDS) >= deadline:
                raise
            ctx.log.debug(f"agy is not ready. {error.message}")
        await ctx.clock.sleep(POLL_SECONDS)


async def _read_ports(ctx: FetchContext, pids: tuple[int, ...], deadline: datetime) -> Snapshot:
    ports = [port for pid in pids for port in await ctx.process_table.listening_ports(pid)]
    if not ports:
        raise ToolFailed(NO_PORTS)
    left = (deadline - ctx.clock.now()).total_seconds()
    return await read_server(ctx, list_endpoints(ports, ServerFlags()), seconds=min(left, LIMIT_SECONDS))


def _asks_to_sign_in(screen: str) -> bool:
    # Gaps on the screen may be jumps of the cursor instead of spaces.
    return _ASKS_TO_SIGN_IN in re.sub(r"\s+", "", strip_ansi(screen)).lower()
