"""The web source: credits and subscription with a browser's session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_providers.augment.sentences import (
    COOKIES_OFF,
    NO_SESSION,
    NOT_UNDERSTOOD,
    NOTHING_PASTED,
    SESSION_EXPIRED,
)
from codexbar_providers.augment.session import SESSIONS, SITE, forget_stored_session, load_session, store_session
from codexbar_providers.augment.usage import Subscription, build_snapshot, parse_credits, parse_subscription
from codexbar_qt.provider_api import (
    AuthRejected,
    MissingCredential,
    ParseError,
    ProviderError,
    RequestRefused,
    Secret,
    pasted_cookie_header,
    raise_for_status,
)

if TYPE_CHECKING:
    from codexbar_qt.provider_api import CookieCandidate, FetchContext, HeaderValue, JsonView, Snapshot

CREDITS_URL = f"{SITE}/api/credits"
SUBSCRIPTION_URL = f"{SITE}/api/subscription"
_LIMIT_SECONDS = 15.0


async def fetch_with_cookies(ctx: FetchContext) -> Snapshot:
    """Ask with the pasted header alone, else with the kept session, those of the browsers and the stored one in turn.

    Raises MissingCredential without a session, AuthRejected when it has ended, RequestRefused and ServiceUnavailable
    for other statuses, ParseError.
    """
    source = ctx.settings.get("cookieSource")
    if source == "off":
        raise MissingCredential(COOKIES_OFF)
    if source != "manual":
        return await _read_with_browser(ctx)
    stored = await ctx.credentials.get("cookieHeader")
    header = pasted_cookie_header(stored.reveal()) if stored else None
    if header is None:
        raise MissingCredential(NOTHING_PASTED)
    return await read_usage(ctx, Secret(header))


async def read_usage(ctx: FetchContext, header: Secret) -> Snapshot:
    """Ask for the credits, then for the subscription, whose failure costs only plan, date and address."""
    body = await _ask(ctx, CREDITS_URL, header)
    parse_credits(body, Subscription())  # an answer that cannot be used needs no second question
    try:
        subscription = parse_subscription(await _ask(ctx, SUBSCRIPTION_URL, header))
    except ProviderError as error:
        ctx.log.debug(f"no subscription: {type(error).__name__}")
        subscription = Subscription()
    return build_snapshot(parse_credits(body, subscription), now=ctx.clock.now())


async def keep_session(ctx: FetchContext, candidate: CookieCandidate) -> None:
    """Keep a session that worked: its header in the keyring, the cookies of a browser also in a file of ours."""
    await ctx.cookies.accept(candidate)
    if candidate.cookies:
        await store_session(ctx, candidate.cookies)


async def _read_with_browser(ctx: FetchContext) -> Snapshot:
    refused: list[AuthRejected] = []
    imported = False
    async for candidate in ctx.cookies.candidates(SESSIONS):
        try:
            snapshot = await read_usage(ctx, candidate.header)
        except AuthRejected as error:
            await ctx.cookies.reject(candidate)
            refused.append(error)
            imported = imported or not candidate.is_cached
            continue
        await keep_session(ctx, candidate)
        return snapshot
    stored = await load_session(ctx)
    if stored is not None:
        try:
            return await read_usage(ctx, stored.header)
        except AuthRejected as error:
            await forget_stored_session(ctx)
            refused.append(error)
    obstacle = ctx.cookies.obstacle()
    if refused and (imported or not obstacle):
        raise refused[0]
    raise MissingCredential(obstacle or NO_SESSION)


async def _ask(ctx: FetchContext, url: str, header: Secret) -> JsonView:
    headers: dict[str, HeaderValue] = {"Accept": "application/json", "Cookie": header}
    try:
        answer = await ctx.http.get(
            url, service="Augment", headers=headers, timeout=_LIMIT_SECONDS, follow_redirects=False
        )
    except RequestRefused as refusal:
        raise RequestRefused(f"Augment API error: HTTP {refusal.status}.", status=refusal.status) from None
    raise_for_status(answer, "Augment API", login_statuses=(401,), login_message=SESSION_EXPIRED, accepted=(200,))
    try:
        return answer.json()
    except ParseError as error:
        raise ParseError(NOT_UNDERSTOOD, path=error.path) from None
