"""The requests: credits are required; the key's limit and the spend are extras that may fail."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from codexbar_providers.openrouter.activity import parse_activity
from codexbar_providers.openrouter.parse import parse_credits, parse_key, unavailable
from codexbar_qt.provider_api import (
    InvalidSetting,
    ParseError,
    ProviderError,
    ServiceUnavailable,
    bearer,
    raise_for_status,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codexbar_qt.provider_api import (
        CostSummary,
        DetailSection,
        FetchContext,
        HeaderValue,
        JsonView,
        RateWindow,
        Secret,
        Snapshot,
    )

OFFICIAL_BASE = "https://openrouter.ai/api/v1"
ACTIVITY_URL = f"{OFFICIAL_BASE}/activity"
MANAGEMENT_KEY = "pluginSecrets.OPENROUTER_MANAGEMENT_API_KEY"
EXTRA_SECONDS = 1.0
_MISSING = "OpenRouter API token not configured. Add it in Settings or set OPENROUTER_API_KEY."
_INVALID = "Response was invalid"


async def fetch_with_api_key(ctx: FetchContext) -> Snapshot:
    """Read the credits, then at the same time the key's limit and the spend, one second each."""
    key = await ctx.credentials.require("apiKey", message=_MISSING)
    base = base_url(ctx.settings.get("enterpriseHost") or OFFICIAL_BASE)
    snapshot = await _read_credits(ctx, base, key)
    async with asyncio.TaskGroup() as extras:
        limit = extras.create_task(_read_key(ctx, base, key))
        spend = extras.create_task(_read_spend(ctx))
    primary, key_section = limit.result()
    summary, history = spend.result()
    details = (*snapshot.details, key_section, *history)
    return replace(snapshot, primary=primary, details=details, spend=summary)


def base_url(text: str) -> str:
    """Return a checked base URL with its scheme and without slashes at its end."""
    address = text.strip()
    return (address if "://" in address else f"https://{address}").rstrip("/")


async def _read_credits(ctx: FetchContext, base: str, key: Secret) -> Snapshot:
    headers = dict(_headers(key), **{"X-Title": _line(ctx, "OPENROUTER_X_TITLE") or "CodexBar"})
    referer = _line(ctx, "OPENROUTER_HTTP_REFERER")
    if referer:
        headers["HTTP-Referer"] = referer
    answer = await ctx.http.get(f"{base}/credits", service="OpenRouter", headers=headers)
    raise_for_status(answer, "OpenRouter API", accepted=(200,))
    try:
        return parse_credits(answer.json(), now=ctx.clock.now())
    except ParseError as error:
        told = f"OpenRouter response could not be parsed. {error.message} Report it if it stays."
        raise ParseError(told, path=error.path) from None


async def _read_key(ctx: FetchContext, base: str, key: Secret) -> tuple[RateWindow | None, DetailSection]:
    body = await _ask(ctx, f"{base}/key", key)
    if not isinstance(body, str):
        try:
            return parse_key(body)
        except ParseError as error:
            body = _INVALID if error.path != "$.data" else "Response was unavailable"
    ctx.log.debug(f"The key's limit is unknown: {body}.")
    return None, unavailable("API key", "API key budget", body)


async def _read_spend(ctx: FetchContext) -> tuple[CostSummary | None, tuple[DetailSection, ...]]:
    """Ask the official host whatever the base URL is: the management key never goes anywhere else."""
    key = await ctx.credentials.get(MANAGEMENT_KEY)
    if key is None:
        return None, (_no_history("Management API key not configured"),)
    today = ctx.clock.now().strftime("%Y-%m-%d")
    async with asyncio.TaskGroup() as group:
        urls = (ACTIVITY_URL, f"{ACTIVITY_URL}?date={today}")
        asked = [group.create_task(_ask(ctx, url, key, management=True)) for url in urls]
    answers = [task.result() for task in asked]
    reason = next((answer for answer in answers if isinstance(answer, str)), None)
    if reason is None:
        try:
            pages = [answer for answer in answers if not isinstance(answer, str)]
            return await asyncio.to_thread(parse_activity, pages, now=ctx.clock.now()), ()
        except ParseError as error:
            reason = _INVALID if error.path != "$.data" else "Response was unavailable"
    ctx.log.debug(f"The 30-day spend is unknown: {reason}.")
    return None, (_no_history(reason),)


def _no_history(reason: str) -> DetailSection:
    return unavailable("Spend history", "Last 30 days", reason)


async def _ask(ctx: FetchContext, url: str, key: Secret, *, management: bool = False) -> JsonView | str:
    """Return the decoded answer of an extra, or why there is none."""
    try:
        answer = await ctx.http.get(
            url,
            service="OpenRouter",
            headers=_headers(key),
            timeout=EXTRA_SECONDS,
            follow_redirects=not management,
        )
        if management and answer.status == 403:
            return "Management API key required"
        if answer.status != 200:
            return f"Request returned HTTP {answer.status}"
        return await asyncio.to_thread(answer.json)  # an activity answer may hold thousands of rows
    except ParseError:
        return _INVALID
    except ProviderError as error:
        late = isinstance(error, ServiceUnavailable) and error.reason == "timeout"
        return "Request timed out" if late else "Request failed"


def _headers(key: Secret) -> Mapping[str, HeaderValue]:
    return {"Authorization": bearer(key), "Accept": "application/json"}


def _line(ctx: FetchContext, name: str) -> str | None:
    value = ctx.env.get(name)
    if value and any(ord(char) < 0x20 or ord(char) == 0x7F for char in value):
        raise InvalidSetting(f"{name} must be a single line. Remove the line break from it.")
    return value
