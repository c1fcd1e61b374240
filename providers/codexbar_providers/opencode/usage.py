"""The order of calls: workspace, subscription, and billing for those who pay per request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_providers.opencode.billing import parse_billing, pay_as_you_go
from codexbar_providers.opencode.server import BILLING, SITE, SUBSCRIPTION, Call, ask
from codexbar_providers.opencode.subscription import is_null, parse_subscription
from codexbar_providers.opencode.workspace import find_workspace
from codexbar_qt.provider_api import AuthRejected, ParseError, ProviderError, RequestRefused, ServiceUnavailable

if TYPE_CHECKING:
    from codexbar_qt.provider_api import FetchContext, Secret, Snapshot


async def fetch_usage(ctx: FetchContext, session: Secret) -> Snapshot:
    """Read the limits of a workspace, or its bill when it has no subscription."""
    workspace = await find_workspace(ctx, session)
    try:
        return await _fetch_subscription(ctx, session, workspace)
    except (RequestRefused, ServiceUnavailable, ParseError) as error:
        if isinstance(error, ServiceUnavailable) and error.reason != "status":
            raise
        billed = await _fetch_bill(ctx, session, workspace)
        if billed is None:
            raise
        return billed


async def _fetch_subscription(ctx: FetchContext, session: Secret, workspace: str) -> Snapshot:
    call = Call(SUBSCRIPTION, f"{SITE}/workspace/{workspace}/billing", session, (workspace,))
    answer = await ask(ctx, call)
    if is_null(answer):
        raise _no_quota(workspace)
    try:
        return parse_subscription(answer, now=ctx.clock.now())
    except ParseError:
        answer = await ask(ctx, call, "POST")
    if is_null(answer):
        raise _no_quota(workspace)
    return parse_subscription(answer, now=ctx.clock.now())


async def _fetch_bill(ctx: FetchContext, session: Secret, workspace: str) -> Snapshot | None:
    """Return what a workspace without subscription spends; None when its billing tells of none."""
    call = Call(BILLING, f"{SITE}/workspace/{workspace}", session, (workspace,))
    try:
        bill = parse_billing(await ask(ctx, call))
    except AuthRejected:
        raise
    except ProviderError as error:
        ctx.log.debug(f"OpenCode billing could not be read: {type(error).__name__}")
        return None
    return None if bill is None or bill.is_subscribed else pay_as_you_go(bill, now=ctx.clock.now())


def _no_quota(workspace: str) -> RequestRefused:
    return RequestRefused(
        f"OpenCode API error: no subscription usage data for workspace {workspace}, which usually means no "
        "subscription quota. Check the workspace ID in Settings."
    )
