"""The Kimi Code API with an API key, and the request it shares with the CLI's login."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from codexbar_providers.kimi.membership import membership_beside
from codexbar_providers.kimi.parse import parse_code_usage, unreadable
from codexbar_qt.provider_api import (
    AuthRejected,
    InvalidSetting,
    ParseError,
    RequestRefused,
    bearer,
    check_https_base,
    raise_for_status,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codexbar_qt.provider_api import FetchContext, HeaderValue, HttpResponse, Secret, Snapshot

OFFICIAL_BASE = "https://api.kimi.com/coding/v1"
_NO_KEY = "Kimi Code API key is missing. Add it in Settings or set KIMI_CODE_API_KEY."
_KEY_REFUSED = "Kimi Code API key is invalid or expired. Enter a new one in Settings or in KIMI_CODE_API_KEY."


def check_base_url(text: str) -> str | None:
    """Say that a base URL cannot be used, None when it is a plain https one with its scheme."""
    complaint = check_https_base(text)
    return complaint and f"Invalid request; the API URL (KIMI_CODE_BASE_URL) cannot be used. {complaint}"


async def fetch_with_api_key(ctx: FetchContext) -> Snapshot:
    """Read the limits with the key; `KIMI_API_KEY` belongs to the Moonshot platform and is not looked at."""
    key = await ctx.credentials.require("apiKey", message=_NO_KEY)
    url = usages_url(ctx.settings.get("enterpriseHost") or OFFICIAL_BASE)
    return await fetch_usages(ctx, url, key, {}, refused=_KEY_REFUSED)


async def fetch_usages(
    ctx: FetchContext, url: str, token: Secret, extra_headers: Mapping[str, HeaderValue], *, refused: str
) -> Snapshot:
    """Ask the Code API, and beside it the membership where there is a web session; `refused` is told for a 401."""
    headers = {"Authorization": bearer(token), "Accept": "application/json", **extra_headers}
    async with membership_beside(ctx) as add_membership:
        answer = await ctx.http.get(url, service="Kimi", headers=headers, follow_redirects=False)
        raise_for_code_status(answer, refused)
        try:
            snapshot = parse_code_usage(answer.json(), now=ctx.clock.now())
        except ParseError as error:
            raise unreadable(error) from None
        return await add_membership(snapshot)


def raise_for_code_status(answer: HttpResponse, refused: str) -> None:
    """Raise the error of any status but 200; 400 counts as a setting that cannot work, so nothing else is tried."""
    if answer.status == 400:
        raise InvalidSetting("Kimi API error: HTTP 400, invalid request. Check the API URL in Settings.")
    if answer.status == 401:
        raise AuthRejected(refused)
    if answer.status == 403:
        told = "Kimi API error: HTTP 403, permission or quota denied. Check the plan in the Kimi console."
        raise RequestRefused(told, status=403)
    raise_for_status(answer, "Kimi API", accepted=(200,))


def usages_url(base: str) -> str:
    """Return where the limits are below a base URL, whatever part of the path it already holds."""
    parts = urlsplit(base.strip())
    path = [part for part in parts.path.split("/") if part]
    if path[-2:] == ["coding", "v1"]:
        path += ["usages"]
    elif path[-1:] == ["coding"]:
        path += ["v1", "usages"]
    else:
        path += ["coding", "v1", "usages"]
    return urlunsplit((parts.scheme, parts.netloc, "/" + "/".join(path), "", ""))
