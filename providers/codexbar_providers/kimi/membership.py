"""What only the site's session knows: total usage and the 7-day lane, asked beside the limits and never waited for."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from codexbar_providers.kimi.parse import parse_membership
from codexbar_providers.kimi.site import MEMBERSHIP_URL, post_to_site
from codexbar_qt.provider_api import JsonView, ProviderError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from codexbar_qt.provider_api import FetchContext, Secret, Snapshot

GRACE_SECONDS = 2.0


@asynccontextmanager
async def membership_beside(
    ctx: FetchContext, token: Secret | None
) -> AsyncGenerator[Callable[[Snapshot], Awaitable[Snapshot]], None]:
    """Start asking now; the function given adds what has come within two seconds of the start.

    Without a token nothing is asked. No task outlives the block.
    """
    if token is None:
        yield _unchanged
        return
    asked = asyncio.create_task(_ask(ctx, token))
    latest = asyncio.get_running_loop().time() + GRACE_SECONDS

    async def add(snapshot: Snapshot) -> Snapshot:
        left = latest - asyncio.get_running_loop().time()
        done, _ = await asyncio.wait({asked}, timeout=max(0.0, left))
        body = asked.result() if done else None
        return snapshot if body is None else with_membership(snapshot, body)

    try:
        yield add
    finally:
        asked.cancel()
        await asyncio.wait({asked})


def with_membership(snapshot: Snapshot, body: JsonView) -> Snapshot:
    """Return the snapshot with the extra windows of a membership answer."""
    return replace(snapshot, extra_windows=parse_membership(body, snapshot.primary))


async def _unchanged(snapshot: Snapshot) -> Snapshot:
    return snapshot


async def _ask(ctx: FetchContext, token: Secret) -> JsonView | None:
    try:
        answer = await post_to_site(ctx, MEMBERSHIP_URL, {}, token, seconds=GRACE_SECONDS)
        return answer.json() if answer.status == 200 else None
    except ProviderError as error:
        ctx.log.debug(f"The Kimi membership is unknown. {error.message}")
        return None
