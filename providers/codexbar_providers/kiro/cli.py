"""Asks the installed `kiro-cli`: account and version beside the usage, then the context, the service last."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, TypeGuard

from codexbar_providers.kiro.api import fetch_usage_limits
from codexbar_providers.kiro.parse import (
    UsageReport,
    is_logged_out,
    parse_context,
    parse_usage,
    parse_version,
    parse_whoami,
    plain_text,
)
from codexbar_providers.kiro.snapshot import Findings, build_snapshot
from codexbar_qt.provider_api import (
    AuthRejected,
    Command,
    CommandResult,
    Identity,
    ParseError,
    ProviderError,
    ToolFailed,
    ToolNotInstalled,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from codexbar_qt.provider_api import FetchContext, Snapshot

NOT_INSTALLED = "The Kiro CLI is required. Install it from kiro.dev, then run kiro-cli login."
LOGGED_OUT = "Not logged in to Kiro. Run kiro-cli login in a terminal."
TIMED_OUT = "Kiro CLI timed out. It is tried again later; run kiro-cli in a terminal if this stays."
TERMINAL = (("TERM", "xterm-256color"),)
USAGE_SECONDS, WHOAMI_SECONDS, CONTEXT_SECONDS, VERSION_SECONDS = 20.0, 3.0, 8.0, 3.0
_POSIX_PLACES: tuple[str, ...] = ("~/.local/bin/kiro-cli", "/opt/homebrew/bin/kiro-cli", "/usr/local/bin/kiro-cli")
_WINDOWS_FOLDERS = ("Programs/Kiro", "Programs/Kiro/bin", "Programs/kiro-cli", "Kiro-Cli")
_ADDRESS = re.compile(r"[^\s<>@\"']{1,64}@[^\s<>@\"']{1,255}")
_TOKEN_LIKE = re.compile(r"[A-Za-z0-9_\-+/=.]{40,}")
_LONGEST_WORDS = 200


async def fetch_with_cli(ctx: FetchContext) -> Snapshot:
    """Run the CLI and return what it and, as far as it answers, the service say.

    Raises ToolNotInstalled, AuthRejected (nobody signed in), ToolFailed (failure or time-out) and ParseError.
    """
    program = await find_program(ctx)
    async with asyncio.TaskGroup() as group:
        usage = group.create_task(_run(ctx, usage_command(program)))
        account = group.create_task(_run(ctx, whoami_command(program)))
        version = group.create_task(_run(ctx, Command((program, "--version"), VERSION_SECONDS, env=TERMINAL)))
    report = read_usage(usage.result(), account.result())
    context = read_context(await _run(ctx, context_command(program)))
    # Last, so that a token which the CLI renewed a moment ago is the one on disk.
    limits = await fetch_usage_limits(ctx)
    findings = Findings(
        report,
        account=read_account(account.result()),
        context=context,
        limits=limits,
        tool_version=_read_version(version.result()),
    )
    return build_snapshot(findings, now=ctx.clock.now(), time_zone=ctx.system.time_zone)


async def find_program(ctx: FetchContext) -> str:
    """Return the path of `kiro-cli`; ToolNotInstalled when there is none."""
    places = _POSIX_PLACES
    if ctx.system.platform == "windows":
        local = ctx.env.get("LOCALAPPDATA") or "~/AppData/Local"
        places = tuple(
            f"{local}/{folder}/kiro-cli{ending}" for folder in _WINDOWS_FOLDERS for ending in (".exe", ".cmd")
        )
    program = await ctx.processes.find("kiro-cli", env="KIRO_CLI_PATH", extra=places)
    if program is None:
        raise ToolNotInstalled(NOT_INSTALLED)
    return program


def usage_command(program: str) -> Command:
    """Describe `/usage`: an incomplete report may pause for 10 s, a complete one is not waited for longer than 4 s."""
    return Command(
        (program, "chat", "--no-interactive", "/usage"),
        USAGE_SECONDS,
        idle_limit=lambda text: 4.0 if _is_usage(text) else 10.0,
        accept=_acceptable(lambda result: _is_usage(result.text)),
        pty_fallback=True,
        env=TERMINAL,
    )


def whoami_command(program: str) -> Command:
    """Describe `whoami`."""
    return Command(
        (program, "whoami"),
        WHOAMI_SECONDS,
        idle_limit=lambda _: 1.5,
        accept=_acceptable(lambda result: parse_whoami(result.text) != Identity()),
        pty_fallback=True,
        env=TERMINAL,
    )


def context_command(program: str) -> Command:
    """Describe `/context`; a chat without any context prints nothing."""
    return Command(
        (program, "chat", "--no-interactive", "/context"),
        CONTEXT_SECONDS,
        idle_limit=lambda _: 3.0,
        accept=_acceptable(
            lambda result: bool(parse_context(result.text)) or (result.exit_code == 0 and not result.text)
        ),
        pty_fallback=True,
        env=TERMINAL,
    )


def read_usage(usage: CommandResult | ProviderError, account: CommandResult | ProviderError) -> UsageReport:
    """Return the report of a run of `/usage`, or raise what went wrong.

    A failure is told as "not logged in" when `whoami` says so.
    """
    try:
        return _report(usage)
    except (ToolFailed, ParseError):
        if isinstance(account, CommandResult) and is_logged_out(account.text):
            raise AuthRejected(LOGGED_OUT) from None
        raise


def read_account(account: CommandResult | ProviderError) -> Identity:
    """Return who is signed in; empty when `whoami` failed, whatever it printed."""
    return parse_whoami(account.text) if _is_usable(account) else Identity()


def read_context(context: CommandResult | ProviderError) -> tuple[tuple[str, float], ...]:
    """Return the context percentages; empty when `/context` failed."""
    return parse_context(context.text) if _is_usable(context) else ()


def own_words(result: CommandResult) -> str:
    """Return the CLI's own message for people: one line, at most 200 characters, no addresses or tokens."""
    said = plain_text(result.stderr)
    # What a killed run printed is half a report, not a message.
    if not said and (result.exit_code or 0) > 0 and not _is_usage(result.stdout):
        said = plain_text(result.stdout)
    words = " ".join(said[:4000].split())
    words = _TOKEN_LIKE.sub("(hidden)", _ADDRESS.sub("(address)", words))
    return words if len(words) <= _LONGEST_WORDS else f"{words[:_LONGEST_WORDS].rstrip()}…"


def failure_sentence(result: CommandResult) -> str:
    """Say how a run of the CLI failed."""
    words = own_words(result).rstrip(".")
    if words:
        return f"The Kiro CLI reported: {words}. Run kiro-cli in a terminal to sort it out."
    return f"The Kiro CLI failed with status {result.exit_code}. Run kiro-cli in a terminal to see why."


def _report(usage: CommandResult | ProviderError) -> UsageReport:
    if isinstance(usage, ToolNotInstalled):
        raise ToolNotInstalled(NOT_INSTALLED)
    if isinstance(usage, ProviderError):
        raise usage
    if is_logged_out(usage.text):
        raise AuthRejected(LOGGED_OUT)
    if usage.stopped_by is not None:
        if not _is_usage(usage.text):
            raise ToolFailed(TIMED_OUT, timed_out=True)
    elif usage.exit_code != 0:
        raise ToolFailed(failure_sentence(usage))
    return parse_usage(usage.text)


def _is_usage(text: str) -> bool:
    try:
        parse_usage(text)
    except ParseError:
        return False
    return True


def _acceptable(reads: Callable[[CommandResult], bool]) -> Callable[[CommandResult], bool]:
    def accept(result: CommandResult) -> bool:
        if result.transport == "pty" and result.exit_code != 0:
            return False
        return is_logged_out(result.text) or reads(result)

    return accept


def _is_usable(outcome: CommandResult | ProviderError) -> TypeGuard[CommandResult]:
    return isinstance(outcome, CommandResult) and (outcome.exit_code == 0 or outcome.stopped_by is not None)


def _read_version(outcome: CommandResult | ProviderError) -> str | None:
    return parse_version(outcome.text) if _is_usable(outcome) else None


async def _run(ctx: FetchContext, command: Command) -> CommandResult | ProviderError:
    try:
        return await ctx.processes.run(command)
    except ProviderError as error:
        return error
