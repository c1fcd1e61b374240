"""One host of Factory: the account, the token limits, else the subscription's usage."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from codexbar_providers.factory.account import parse_account, user_of
from codexbar_providers.factory.limits import parse_limits
from codexbar_providers.factory.login import API_HOST
from codexbar_providers.factory.sentences import REFUSED, REPORT_IT, SERVICE, UNREADABLE
from codexbar_providers.factory.times import local_zone
from codexbar_providers.factory.usage import parse_usage
from codexbar_qt.provider_api import ParseError, ProviderError, Snapshot, raise_for_status

if TYPE_CHECKING:
    from codexbar_providers.factory.account import Account
    from codexbar_providers.factory.limits import Limits
    from codexbar_providers.factory.login import Login
    from codexbar_qt.provider_api import FetchContext, HeaderValue, HttpResponse

_ACCOUNT = "/api/app/auth/me"
_LIMITS = f"https://{API_HOST}/api/billing/limits"
_USAGE = "/api/organization/subscription/usage"
_NO_GET = (404, 405, 501)
_COMMON = {
    "Accept": "application/json",
    "Content-Type": "application/json",
    "Origin": "https://app.factory.ai",
    "Referer": "https://app.factory.ai/",
    "x-factory-client": "web-app",
}


async def fetch_from(ctx: FetchContext, host: str, login: Login) -> Snapshot:
    """Read the numbers through one host.

    Raises AuthRejected for 401, for 403 where usage or a lone bearer token is refused; RequestRefused, RateLimited,
    ServiceUnavailable, ParseError.
    """
    account = await _ask_account(ctx, host, login)
    limits = await _ask_limits(ctx, login)
    if limits is not None:
        five_hours, week, month = limits.lanes
        return Snapshot(
            updated_at=ctx.clock.now(),
            primary=five_hours,
            secondary=week,
            tertiary=month,
            extra_windows=limits.core,
            provider_cost=limits.balance,
            identity=account.identity(limits.overage_preference),
        )
    answer = await _ask_usage(ctx, host, login, user_of(account, login.bearer))
    try:
        standard, premium = parse_usage(answer.json(), zone=local_zone(ctx.system.time_zone))
    except ParseError as error:
        raise unreadable(error) from None
    return Snapshot(updated_at=ctx.clock.now(), primary=standard, secondary=premium, identity=account.identity())


def unreadable(error: ParseError) -> ParseError:
    """Return the error for people about an answer that was not understood."""
    return ParseError(f"{UNREADABLE} {error.message} {REPORT_IT}", path=error.path)


async def _ask_account(ctx: FetchContext, host: str, login: Login) -> Account:
    answer = await _get(ctx, f"https://{host}{_ACCOUNT}", host, login)
    refusals = (401,) if login.cookies else (401, 403)
    raise_for_status(answer, SERVICE, login_statuses=refusals, login_message=REFUSED, accepted=(200,))
    try:
        return parse_account(answer.json())
    except ParseError as error:
        raise unreadable(error) from None


async def _ask_limits(ctx: FetchContext, login: Login) -> Limits | None:
    """Return the limits; None for whatever stands against them, because older accounts have none."""
    try:
        answer = await _get(ctx, _LIMITS, API_HOST, login)
        if answer.status != 200:
            return None
        return parse_limits(answer.json(), now=ctx.clock.now(), zone=local_zone(ctx.system.time_zone))
    except ProviderError as error:
        ctx.log.debug(f"The token limits of Factory are unknown. {error.message}")
        return None


async def _ask_usage(ctx: FetchContext, host: str, login: Login, user_id: str) -> HttpResponse:
    url = f"https://{host}{_USAGE}"
    query = {"useCache": "true", **({"userId": user_id} if user_id else {})}
    answer = await _get(ctx, f"{url}?{urlencode(query)}", host, login)
    if answer.status in _NO_GET:
        body = {"useCache": True, **({"userId": user_id} if user_id else {})}
        headers = _headers(host, login)
        answer = await ctx.http.post_json(url, body, service=SERVICE, headers=headers, follow_redirects=False)
    raise_for_status(answer, SERVICE, login_message=REFUSED, accepted=(200,))
    return answer


async def _get(ctx: FetchContext, url: str, host: str, login: Login) -> HttpResponse:
    return await ctx.http.get(url, service=SERVICE, headers=_headers(host, login), follow_redirects=False)


def _headers(host: str, login: Login) -> dict[str, HeaderValue]:
    return {**_COMMON, **login.headers(host)}
