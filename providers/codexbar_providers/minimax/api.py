"""The API source: the quota by an API token, at three paths in turn; a token the global host refuses may be China's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_providers.minimax.answers import SERVICE, decode, require_status
from codexbar_providers.minimax.endpoints import CHINA, GLOBAL, api_urls, region_in_force
from codexbar_providers.minimax.remains import parse_remains
from codexbar_providers.minimax.snapshot import make_snapshot
from codexbar_qt.provider_api import (
    AuthRejected,
    HttpRequest,
    MissingCredential,
    ParseError,
    ProviderError,
    RequestRefused,
    ServiceUnavailable,
    bearer,
)

if TYPE_CHECKING:
    from codexbar_providers.minimax.remains import Usage
    from codexbar_qt.provider_api import FetchContext, HeaderValue, Secret, Snapshot

REQUEST_SECONDS, WHOLE_SECONDS = 30.0, 90.0
MAX_DOCUMENT_BYTES = 2 * 1024 * 1024
STANDARD_KEY_PREFIX = "sk-api-"
NO_KEY = (
    "MiniMax API token is missing. Paste one in Settings, or set MINIMAX_CODING_API_KEY or MINIMAX_API_KEY; "
    "a browser session works with source Automatic or Web."
)
STANDARD_KEY = (
    "The MiniMax API token is a pay-as-you-go key (sk-api-), which does not open the plan's quota. Paste the coding "
    "plan key (sk-cp-) from the Token Plan page, or sign in at platform.minimax.io (China: platform.minimaxi.com)."
)
ACCOUNT_IS_A_SESSION = (
    "The selected MiniMax account is a browser session, which the API does not take. Choose source Automatic or Web."
)
KEY_REFUSED = (
    "MiniMax did not accept the API token: it is invalid or expired. Copy the coding plan key (sk-cp-) from the Token "
    "Plan page and paste it in Settings."
)
_GONE = (404, 405)


class EndpointMissingError(RequestRefused):
    """None of the paths exists any more (HTTP 404)."""


async def fetch_with_api_token(ctx: FetchContext) -> Snapshot:
    """Read the quota with the API token of config or environment.

    Raises AuthRejected whenever a host refused the token, EndpointMissingError for a last HTTP 404.
    """
    token = await _token(ctx)
    region = region_in_force(ctx.settings)
    try:
        usage = await _read_region(ctx, region, token)
    except AuthRejected:
        if region != GLOBAL:
            raise
        usage = await _read_china(ctx, token)
    return make_snapshot(usage, ctx.clock.now())


async def _token(ctx: FetchContext) -> Secret:
    # An account stands for one person; the token of the config may belong to another one.
    if ctx.account is not None:
        raise MissingCredential(ACCOUNT_IS_A_SESSION)
    token = await ctx.credentials.require("apiKey", message=NO_KEY)
    if ctx.automatic and token.reveal().startswith(STANDARD_KEY_PREFIX):
        raise MissingCredential(STANDARD_KEY)
    return token


async def _read_china(ctx: FetchContext, token: Secret) -> Usage:
    """Ask the China host about a token that the global one has refused; whatever fails there, the refusal stands."""
    try:
        return await _read_region(ctx, CHINA, token)
    except ProviderError as error:
        ctx.log.debug(f"The China host does not help either. {error.message}")
        raise AuthRejected(KEY_REFUSED) from None


async def _read_region(ctx: FetchContext, region: str, token: Secret) -> Usage:
    refused: ProviderError | None = None
    failure: ProviderError | None = None
    for url in api_urls(region):
        try:
            return await _read(ctx, url, token)
        except ProviderError as error:
            failure = error
            refused = refused or (error if isinstance(error, AuthRejected) else None)
            if not _moves_on(error):
                break
    if refused is not None:
        raise AuthRejected(KEY_REFUSED)
    raise _told(failure) from None


def _moves_on(error: ProviderError) -> bool:
    """Whether another path may know more: not after any other status, nor after a refusal of another kind."""
    if isinstance(error, ServiceUnavailable):
        return error.reason != "status"
    return isinstance(error, AuthRejected | ParseError) or _is_gone(error)


def _is_gone(error: ProviderError) -> bool:
    return isinstance(error, RequestRefused) and error.status in _GONE


def _told(error: ProviderError | None) -> ProviderError:
    if isinstance(error, RequestRefused) and error.status == 404:
        return EndpointMissingError(f"{SERVICE} API error: HTTP 404. Update the app if it stays.", status=404)
    return error or RequestRefused(f"{SERVICE} API has no address to ask. Update the app.")


async def _read(ctx: FetchContext, url: str, token: Secret) -> Usage:
    headers: dict[str, HeaderValue] = {
        "Authorization": bearer(token),
        "Accept": "application/json",
        "Content-Type": "application/json",
        "MM-API-Source": "CodexBar",
    }
    request = HttpRequest(
        "GET",
        url,
        f"{SERVICE} API",
        headers,
        timeout=REQUEST_SECONDS,
        follow_redirects=False,
        max_bytes=MAX_DOCUMENT_BYTES,
    )
    answer = await ctx.http.send(request)
    require_status(answer)
    return parse_remains(decode(answer.body), now=ctx.clock.now(), hidden=(token.reveal(),))
