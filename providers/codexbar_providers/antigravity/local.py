"""Reads the language servers of the running app or IDE; their requests need no secret but their own token."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from codexbar_providers.antigravity.account import keep_selected
from codexbar_providers.antigravity.endpoints import Endpoint, LocalServer, list_endpoints, told_first
from codexbar_providers.antigravity.lanes import build_model_snapshot
from codexbar_providers.antigravity.parse_models import (
    UserStatus,
    parse_command_models,
    parse_plan_info,
    parse_user_status,
)
from codexbar_providers.antigravity.parse_summary import build_summary_snapshot, parse_summary
from codexbar_providers.antigravity.processes import Kind, ServerFlags, kind_of, read_flags
from codexbar_providers.antigravity.sentences import NO_CSRF, NO_PORTS, NOT_DETECTED
from codexbar_qt.provider_api import Identity, ProviderError, Snapshot, ToolFailed, ToolNotInstalled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codexbar_qt.provider_api import FetchContext, LocalProcess

LIMIT_SECONDS = 8.0
_IDENTITY_SECONDS = 1.0
_ASKED_BY: dict[str, object] = {
    "metadata": {
        "ideName": "antigravity",
        "extensionName": "antigravity",
        "ideVersion": "unknown",
        "locale": "en",
    }
}
_SUMMARY_ROWS = 1000


async def fetch_from_app(ctx: FetchContext) -> Snapshot:
    """Read the servers of the app; errors as `fetch_from_ide`."""
    return await _fetch(ctx, "app")


async def fetch_from_ide(ctx: FetchContext) -> Snapshot:
    """Read the servers of the IDE, the richest answer wins.

    Raises ToolNotInstalled when none runs, ToolFailed without token or ports, MissingCredential for another account,
    AuthRejected, RequestRefused, ServiceUnavailable and ParseError.
    """
    return await _fetch(ctx, "ide")


async def read_server(ctx: FetchContext, endpoints: tuple[Endpoint, ...], *, seconds: float) -> Snapshot:
    """Ask one server: the quota summary, else the two lists of models. Raises the most telling of the failures."""
    server = LocalServer(ctx, endpoints, seconds=seconds)
    await server.select()
    try:
        buckets = await server.ask(
            "RetrieveUserQuotaSummary", {"forceRefresh": True}, parse_summary, seconds=server.left / 2
        )
    except ProviderError as failure:
        return await _read_models(ctx, server, failure)
    status = await server.ask_again("GetUserStatus", _ASKED_BY, parse_user_status, seconds=_IDENTITY_SECONDS)
    return build_summary_snapshot(buckets, status.identity if status else Identity(), ctx.clock.now())


async def read_plan_info(ctx: FetchContext) -> dict[str, str]:
    """Return the plan fields of the first local server that tells them, within 8 s. Raises ProviderError."""
    deadline = ctx.clock.now() + timedelta(seconds=LIMIT_SECONDS)
    failures: list[ProviderError] = []
    for process in await _find(ctx, "app", "ide", "cli"):
        left = (deadline - ctx.clock.now()).total_seconds()
        try:
            server = LocalServer(ctx, await _endpoints(ctx, process), seconds=left)
            await server.select()
            return await server.ask("GetUserStatus", _ASKED_BY, parse_plan_info, seconds=server.left)
        except ProviderError as failure:
            failures.append(failure)
    raise told_first(failures) if failures else ToolNotInstalled(NOT_DETECTED)


def richness(snapshot: Snapshot) -> int:
    """Return how much a snapshot tells: a quota summary more than any list of models, then rows, e-mail and plan."""
    identity = snapshot.identity or Identity()
    is_summary = any(window.id.startswith("antigravity-quota-summary-") for window in snapshot.extra_windows)
    known = len(snapshot.windows) + bool(identity.email) + bool(identity.login_method)
    return known + (_SUMMARY_ROWS if is_summary else 0)


async def _fetch(ctx: FetchContext, kind: Kind) -> Snapshot:
    deadline = ctx.clock.now() + timedelta(seconds=LIMIT_SECONDS)
    found = await _find(ctx, kind)
    if not found:
        raise ToolNotInstalled(NOT_DETECTED)
    usable = [process for process in found if read_flags(process.command_line).csrf_token is not None]
    if not usable:
        raise ToolFailed(NO_CSRF)
    snapshots: list[Snapshot] = []
    failures: list[ProviderError] = []
    for index, process in enumerate(usable):
        seconds = (deadline - ctx.clock.now()).total_seconds() / (len(usable) - index)
        try:
            snapshots.append(await read_server(ctx, await _endpoints(ctx, process), seconds=seconds))
        except ProviderError as failure:
            failures.append(failure)
    if not snapshots:
        raise _told(failures)
    return max(await keep_selected(ctx, snapshots), key=richness)


async def _read_models(ctx: FetchContext, server: LocalServer, summary_failure: ProviderError) -> Snapshot:
    failures: list[ProviderError] = []
    identity = Identity()
    try:
        status = await server.ask("GetUserStatus", _ASKED_BY, parse_user_status, seconds=server.left / 2)
    except ProviderError as failure:
        failures.append(failure)
    else:
        if status.models:
            return build_model_snapshot(status.models, status.identity, ctx.clock.now())
        identity = status.identity
    try:
        listed: UserStatus = await server.ask(
            "GetCommandModelConfigs", _ASKED_BY, parse_command_models, seconds=server.left
        )
    except ProviderError as failure:
        raise told_first([*failures, failure, summary_failure]) from None
    return build_model_snapshot(listed.models, identity, ctx.clock.now())


async def _find(ctx: FetchContext, *kinds: Kind) -> Sequence[LocalProcess]:
    return await ctx.process_table.find(lambda command_line: kind_of(command_line) in kinds)


async def _endpoints(ctx: FetchContext, process: LocalProcess) -> tuple[Endpoint, ...]:
    ports = await ctx.process_table.listening_ports(process.pid)
    if not ports:
        raise ToolFailed(NO_PORTS)
    is_cli = kind_of(process.command_line) == "cli"
    return list_endpoints(ports, ServerFlags() if is_cli else read_flags(process.command_line))


def _told(failures: Sequence[ProviderError]) -> ProviderError:
    """Tell what a server said before saying that another one has no ports."""
    answered = [failure for failure in failures if not isinstance(failure, ToolFailed)]
    return told_first(answered or failures)
