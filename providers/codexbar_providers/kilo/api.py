"""Requests to the Kilo service with a token, whichever it is, and what their failures mean."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from codexbar_providers.kilo.batch import REJECTED, UNREADABLE
from codexbar_providers.kilo.parse import parse_usage
from codexbar_qt.provider_api import (
    AuthRejected,
    ParseError,
    RateLimited,
    RequestRefused,
    ServiceUnavailable,
    bearer,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codexbar_qt.provider_api import FetchContext, HeaderValue, HttpResponse, JsonView, Secret, Snapshot

TRPC_URL = "https://app.kilo.ai/api/trpc"
PROCEDURES = ("user.getCreditBlocks", "kiloPass.getState", "user.getAutoTopUpPaymentMethod")
ORGANIZATION_HEADER = "X-KILOCODE-ORGANIZATIONID"
_NO_KEY = "Kilo API credentials are missing. Add an API key in Settings or set KILO_API_KEY."


def batch_url(*procedures: str) -> str:
    """Return the address of one batch. The service wants its commas as they are, and the input percent-encoded."""
    asked = ",".join(f'"{place}":{{"json":null}}' for place in range(len(procedures)))
    return f"{TRPC_URL}/{','.join(procedures)}?batch=1&input={quote(f'{{{asked}}}', safe='')}"


USAGE_URL = batch_url(*PROCEDURES)


async def require_key(ctx: FetchContext) -> Secret:
    """Return the API key; raises MissingCredential when there is none."""
    return await ctx.credentials.require("apiKey", message=_NO_KEY)


async def fetch_with_api_key(ctx: FetchContext) -> Snapshot:
    """Read the numbers with the API key; the file of the Kilo CLI is not looked at."""
    return await fetch_usage(ctx, await require_key(ctx))


async def fetch_usage(ctx: FetchContext, token: Secret) -> Snapshot:
    """Read the numbers of the person, or of the organization that `ctx.scope` names."""
    scope = ctx.scope
    extra: dict[str, HeaderValue] = {} if scope is None else {ORGANIZATION_HEADER: scope.id}
    answer = await ask(ctx, USAGE_URL, token, extra)
    raise_for_kilo_status(answer)
    return parse_usage(decoded(answer), now=ctx.clock.now(), organization=scope.name if scope else None)


async def ask(
    ctx: FetchContext, url: str, token: Secret, extra_headers: Mapping[str, HeaderValue] | None = None
) -> HttpResponse:
    """Send a GET with the token; the answer may have any status."""
    headers = {"Authorization": bearer(token), "Accept": "application/json", **(extra_headers or {})}
    return await ctx.http.get(url, service="Kilo", headers=headers, follow_redirects=False)


def raise_for_kilo_status(answer: HttpResponse) -> None:
    """Raise the error of any status but success; a batch that failed in part is a success (207)."""
    status = answer.status
    if 200 <= status < 300:
        return
    if status in (401, 403):
        raise AuthRejected(REJECTED)
    if status == 404:
        raise RequestRefused("The Kilo API endpoint was not found (HTTP 404). Update the app.", status=404)
    if status >= 500:
        told = f"Kilo API unavailable (HTTP {status}). Trying again later."
        raise ServiceUnavailable(told, reason="status", status=status)
    told = f"Kilo API request failed (HTTP {status})."
    if status == 429:
        raise RateLimited(f"{told} It was asked too often.", retry_after=answer.retry_after())
    raise RequestRefused(f"{told} Try again later.", status=status)


def decoded(answer: HttpResponse) -> JsonView:
    """Return the body. Raises ParseError in the words for an answer that was not understood."""
    try:
        return answer.json()
    except ParseError as error:
        raise ParseError(UNREADABLE, path=error.path) from None
