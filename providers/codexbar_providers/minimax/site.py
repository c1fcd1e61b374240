"""The requests of the web source: page, quota, subscription, billing history, each with one way to sign in."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from codexbar_providers.minimax.answers import SERVICE, decode, require_status
from codexbar_providers.minimax.billing import BillingHistory, parse_billing
from codexbar_providers.minimax.endpoints import BILLING_LIMIT, origin_of, with_query
from codexbar_providers.minimax.page import local_zone, parse_page
from codexbar_providers.minimax.remains import parse_remains
from codexbar_providers.minimax.snapshot import make_snapshot
from codexbar_providers.minimax.subscription import parse_subscription
from codexbar_qt.provider_api import (
    AuthRejected,
    HttpRequest,
    ParseError,
    ProviderError,
    RequestRefused,
    Secret,
    ServiceUnavailable,
    bearer,
)

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from datetime import tzinfo

    from codexbar_providers.minimax.billing import BillingPage
    from codexbar_providers.minimax.endpoints import WebEndpoints
    from codexbar_providers.minimax.pasted import Login
    from codexbar_providers.minimax.remains import Usage
    from codexbar_providers.minimax.subscription import Subscription
    from codexbar_qt.provider_api import DetailSection, FetchContext, HeaderValue, HttpResponse, Snapshot

T = TypeVar("T")
REQUEST_SECONDS, WHOLE_SECONDS = 30.0, 90.0
BILLING_SECONDS, RESERVE_SECONDS = 25.0, 3.0
MOST_BILLING_PAGES = 20
MAX_PAGE_BYTES = 4 * 1024 * 1024
USER_AGENT = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 "
    "Safari/537.36"
)
_LANGUAGE, _CHINESE = "en-US,en;q=0.9", "zh-CN,zh;q=0.9"
_ANY_DOCUMENT = "application/json, text/plain, */*"
_PAGE = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
_BY_SCRIPT = {"X-Requested-With": "XMLHttpRequest"}


@dataclass(frozen=True, slots=True)
class Site:
    """One fetch: where to, and until when (seconds of the event loop's clock)."""

    ctx: FetchContext
    endpoints: WebEndpoints
    latest: float

    @classmethod
    def of(cls, ctx: FetchContext, endpoints: WebEndpoints) -> Site:
        """Begin a fetch now."""
        return cls(ctx, endpoints, asyncio.get_running_loop().time() + WHOLE_SECONDS - RESERVE_SECONDS)


async def read_everything(site: Site, login: Login) -> Snapshot:
    """Read the quota, then whatever of subscription and billing history can be had.

    Raises AuthRejected and ParseError, after which another login may do, and the other errors of a failed quota.
    """
    usage = await _read_usage(site, login)
    subscription = await _read_subscription(site, login) if login.group_id else None
    billing = await _read_billing(site, login) if site.ctx.settings.flag("extrasEnabled") else None
    return make_snapshot(usage, site.ctx.clock.now(), subscription, billing)


async def read_quota(site: Site, login: Login) -> Snapshot:
    """Read the quota alone, with a token that no cookies belong to."""
    return make_snapshot(await _read_remains(site, login), site.ctx.clock.now())


async def _read_usage(site: Site, login: Login) -> Usage:
    """Read the page; when that does not tell of services, the quota document, which the page then completes."""
    try:
        page = await _read_page(site, login)
    except ParseError:
        return await _read_remains(site, login)
    if page.services:
        return page
    try:
        usage = await _read_remains(site, login)
    except AuthRejected:
        raise
    except ProviderError as error:
        site.ctx.log.debug(f"Only the page could be read. {error.message}")
        return page
    return replace(usage, plan=usage.plan or page.plan)


async def _read_page(site: Site, login: Login) -> Usage:
    url = site.endpoints.page_url
    answer = await _get(site, url, login, {"Accept": _PAGE, "Referer": site.endpoints.referer})
    return await _read_document(site, answer, login)


async def _read_remains(site: Site, login: Login) -> Usage:
    headers = {"Accept": _ANY_DOCUMENT, "Referer": site.endpoints.referer, **_BY_SCRIPT}
    failure: ProviderError | None = None
    for url in site.endpoints.remains_urls:
        try:
            asked = with_query(url, GroupId=login.group_id) if login.group_id else url
            return await _read_document(site, await _get(site, asked, login, headers), login)
        except ProviderError as error:
            failure = error
            if not _moves_on(error):
                break
    raise failure or RequestRefused(f"{SERVICE} has no address to ask. Update the app.") from None


def _moves_on(error: ProviderError) -> bool:
    if isinstance(error, ServiceUnavailable):
        return error.reason != "status"
    return isinstance(error, ParseError) or (isinstance(error, RequestRefused) and error.status in (404, 405))


async def _read_subscription(site: Site, login: Login) -> Subscription | None:
    origin = site.endpoints.subscription_origin
    headers: dict[str, HeaderValue] = {
        "Accept": _ANY_DOCUMENT,
        "Accept-Language": _CHINESE,
        "Origin": origin,
        "Referer": f"{origin}/",
        "x-group-id": Secret(login.group_id),
    }

    async def ask() -> Subscription:
        answer = await _get(site, site.endpoints.subscription_url, login, headers)
        return parse_subscription(decode(answer.body))

    return await _extra(site, "Subscription", ask(), REQUEST_SECONDS)


async def _read_billing(site: Site, login: Login) -> DetailSection | None:
    """Read the billing history. A refused login counts when a token was used: then the token is stale."""
    work = _gather_billing(site, login)
    return await _extra(site, "Billing history", work, BILLING_SECONDS, login_matters=login.bearer is not None)


async def _gather_billing(site: Site, login: Login) -> DetailSection | None:
    url, zone = site.endpoints.billing_url, local_zone(site.ctx.system.time_zone)
    headers = {"Accept": _ANY_DOCUMENT, "Referer": f"{origin_of(url)}/account", **_BY_SCRIPT}
    history = BillingHistory(site.ctx.clock.now(), zone)
    for page in range(1, MOST_BILLING_PAGES + 1):
        asked = with_query(url, page=str(page), limit=str(BILLING_LIMIT), aggregate="false")
        answer = await _get(site, asked, login, headers)
        if not history.add(await asyncio.to_thread(_billing_page, answer.body, zone, login.hidden())):
            break
    return history.section()


def _billing_page(body: bytes, zone: tzinfo, hidden: frozenset[str]) -> BillingPage:
    return parse_billing(decode(body), zone, hidden)


async def _extra(
    site: Site, what: str, work: Coroutine[object, object, T], seconds: float, *, login_matters: bool = False
) -> T | None:
    """Wait for something that may be missing; only a refused login may matter."""
    left = min(seconds, site.latest - asyncio.get_running_loop().time())
    try:
        async with asyncio.timeout(max(0.0, left)):
            return await work
    except (ProviderError, TimeoutError) as error:
        if login_matters and isinstance(error, AuthRejected):
            raise
        told = error.message if isinstance(error, ProviderError) else "It took too long."
        site.ctx.log.debug(f"{what}: not known. {told}")
        return None


async def _read_document(site: Site, answer: HttpResponse, login: Login) -> Usage:
    """Read an answer that is the quota document or, in words or with data inside, a page."""
    now, hidden = site.ctx.clock.now(), login.hidden()
    is_json = "json" in answer.headers.get("content-type", "").lower() or answer.body.lstrip()[:1] in (b"{", b"[")
    if is_json:
        return await asyncio.to_thread(lambda: parse_remains(decode(answer.body), now=now, hidden=hidden))
    zone = local_zone(site.ctx.system.time_zone)
    return await asyncio.to_thread(lambda: parse_page(answer.text(), now=now, zone=zone, hidden=hidden))


async def _get(site: Site, url: str, login: Login, headers: dict[str, HeaderValue] | dict[str, str]) -> HttpResponse:
    """Send a GET; whatever is not HTTP 200 is an error. A redirect keeps the login only at the same origin."""
    signed: dict[str, HeaderValue] = {
        "User-Agent": USER_AGENT,
        "Accept-Language": _LANGUAGE,
        "Origin": origin_of(url),
        **headers,
    }
    if login.cookie is not None:
        signed["Cookie"] = login.cookie
    if login.bearer is not None:
        signed["Authorization"] = bearer(login.bearer)
    request = HttpRequest("GET", url, SERVICE, signed, timeout=REQUEST_SECONDS, max_bytes=MAX_PAGE_BYTES)
    answer = await site.ctx.http.send(request)
    require_status(answer)
    return answer
