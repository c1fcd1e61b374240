"""What only the site's session knows: total usage and the 7-day lane, asked beside the limits and never waited for."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from codexbar_providers.kimi.parse import parse_membership
from codexbar_providers.kimi.sessions import give_up, keep, session_for_extras
from codexbar_providers.kimi.site import MEMBERSHIP_URL, post_to_site
from codexbar_qt.provider_api import JsonView, ProviderError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from codexbar_providers.kimi.sessions import WebSession
    from codexbar_qt.provider_api import FetchContext, Snapshot

GRACE_SECONDS = 2.0


@asynccontextmanager
async def membership_beside(
    ctx: FetchContext, session: WebSession | None = None
) -> AsyncGenerator[Callable[[Snapshot], Awaitable[Snapshot]], None]:
    """Start asking now; the function given adds what has come within two seconds of the start.

    Without `session` one is looked for meanwhile; when there is none nothing is asked. No task outlives the block.
    """
    asked = asyncio.create_task(_ask(ctx, session))
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


async def _ask(ctx: FetchContext, known: WebSession | None) -> JsonView | None:
    try:
        session = known or await session_for_extras(ctx)
        if session is None:
            return None
        answer = await post_to_site(ctx, MEMBERSHIP_URL, {}, session.token, seconds=GRACE_SECONDS)
        if known is None and answer.status == 401:
            await give_up(ctx, session)
        if answer.status != 200:
            return None
        body = answer.json()
        if known is None:
            await keep(ctx, session)
        return body
    except ProviderError as error:
        ctx.log.debug(f"The Kimi membership is unknown. {error.message}")
        return None
