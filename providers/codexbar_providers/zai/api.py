"""The requests: the quota is required; model usage and the balance are extras that may fail or come too late."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote
from zoneinfo import ZoneInfo

from codexbar_providers.zai.answers import CHECK_KEY, QUOTA_API
from codexbar_providers.zai.details import quota_details
from codexbar_providers.zai.endpoints import resolve_endpoints, with_type
from codexbar_providers.zai.keys import require_key
from codexbar_providers.zai.quota import Quota, lay_out, parse_quota
from codexbar_providers.zai.spending import parse_balance, parse_model_usage
from codexbar_providers.zai.team import team_headers
from codexbar_qt.provider_api import (
    DetailRow,
    DetailSection,
    HttpResponse,
    Identity,
    ParseError,
    ProviderError,
    RequestRefused,
    Snapshot,
    bearer,
    raise_for_status,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

    from codexbar_providers.zai.endpoints import Endpoints
    from codexbar_qt.provider_api import FetchContext, HeaderValue, JsonView, Secret

T = TypeVar("T")
REQUEST_SECONDS, BALANCE_SECONDS, WHOLE_SECONDS = 15.0, 5.0, 19.0
QUOTA_TYPE, USAGE_TYPE = 2, 3
CHARTS = (("Hourly tokens", 1), ("Daily tokens", 30))
_HINT = "Check the API region (Global or BigModel CN), the key and the team ids in Settings."


@dataclass(frozen=True, slots=True)
class Call:
    """One fetch: where to, as whom."""

    ctx: FetchContext
    endpoints: Endpoints
    own: Mapping[str, HeaderValue] = field(repr=False)
    team: Mapping[str, Secret] = field(repr=False)


async def fetch_with_api_key(ctx: FetchContext) -> Snapshot:
    """Read the quota, then at the same time whatever of the extras comes within the limit of the whole fetch."""
    latest = asyncio.get_running_loop().time() + WHOLE_SECONDS
    endpoints = resolve_endpoints(ctx.settings, ctx.env)
    team = team_headers(ctx.account)
    key = await require_key(ctx, endpoints.region)
    call = Call(ctx, endpoints, {"Authorization": bearer(key), "Accept": "application/json"}, team)
    quota = await _read_quota(call, key)
    left = latest - asyncio.get_running_loop().time()
    charts, balance = await _read_extras(call, left)
    return _snapshot(quota, charts, balance, ctx.clock.now())


def usage_query(now: datetime, days: int, zone: tzinfo) -> str:
    """Return the query for the local days back to `days` ago, up to the end of the present hour."""
    local = now.astimezone(zone)
    begins = f"{local.date() - timedelta(days=days)} 00:00:00"
    ends = f"{local:%Y-%m-%d %H}:59:59"
    return f"startTime={quote(begins, safe='')}&endTime={quote(ends, safe='')}"


def local_zone(name: str) -> tzinfo:
    """Return the time zone of an IANA name; UTC when this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC


async def _read_quota(call: Call, key: Secret) -> Quota:
    url = with_type(call.endpoints.quota_url, QUOTA_TYPE) if call.team else call.endpoints.quota_url
    try:
        answer = await _get(call, url, REQUEST_SECONDS)
    except RequestRefused as error:
        told = f"{QUOTA_API} error: HTTP {error.status}. {CHECK_KEY}"
        raise (RequestRefused(told, status=error.status) if error.status else error) from None
    login = f"{QUOTA_API} error: HTTP {answer.status}. {CHECK_KEY}"
    raise_for_status(answer, QUOTA_API, login_message=login, accepted=(200,))
    try:
        return parse_quota(answer.json(), hidden=(key.reveal(),))
    except ParseError as error:
        told = f"z.ai quota response could not be parsed. {error.message} {_HINT}"
        raise ParseError(told, path=error.path) from None


async def _read_extras(call: Call, seconds: float) -> tuple[tuple[DetailSection, ...], DetailRow | None]:
    """Ask for all extras at once; one that fails or is not there in time is left out. No task outlives this."""
    charts = [asyncio.create_task(_read_chart(call, title, days)) for title, days in CHARTS]
    balance = asyncio.create_task(_read_balance(call))
    tasks = {*charts, balance}
    try:
        await asyncio.wait(tasks, timeout=max(0.0, seconds))
        sections = [task.result() for task in charts if task.done()]
        return tuple(section for section in sections if section), balance.result() if balance.done() else None
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def _read_chart(call: Call, title: str, days: int) -> DetailSection | None:
    query = usage_query(call.ctx.clock.now(), days, local_zone(call.ctx.system.time_zone))
    url = f"{call.endpoints.usage_url}?{query}"
    url = with_type(url, USAGE_TYPE) if call.team else url
    return await _extra(call, url, title, lambda body: parse_model_usage(body, title))


async def _read_balance(call: Call) -> DetailRow | None:
    if not call.endpoints.balance_url:
        return None
    plain = Call(call.ctx, call.endpoints, call.own, {})
    return await _extra(plain, call.endpoints.balance_url, "Account balance", parse_balance, BALANCE_SECONDS)


async def _extra(
    call: Call,
    url: str,
    what: str,
    parse: Callable[[JsonView], T | None],
    seconds: float = REQUEST_SECONDS,
) -> T | None:
    try:
        answer = await _get(call, url, seconds)
        raise_for_status(answer, "z.ai", accepted=(200,))
        return await asyncio.to_thread(lambda: parse(answer.json()))
    except ProviderError as error:
        call.ctx.log.debug(f"{what}: not known. {error.message}")
        return None


def _get(call: Call, url: str, seconds: float) -> Coroutine[object, object, HttpResponse]:
    headers = {**call.own, **call.team}
    return call.ctx.http.get(url, service="z.ai", headers=headers, timeout=seconds, follow_redirects=False)


def _snapshot(quota: Quota, charts: tuple[DetailSection, ...], balance: DetailRow | None, now: datetime) -> Snapshot:
    layout = lay_out(quota)
    section = quota_details(quota, balance, now)
    return Snapshot(
        updated_at=now,
        primary=layout.primary,
        secondary=layout.secondary,
        extra_windows=layout.extra,
        details=((section,) if section else ()) + charts,
        identity=Identity(login_method=quota.plan) if quota.plan else None,
    )
