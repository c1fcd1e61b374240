"""Requests to www.kimi.com as its own page makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_qt.provider_api import Secret, bearer, jwt_payload, printable_ascii

if TYPE_CHECKING:
    from codexbar_qt.provider_api import FetchContext, HeaderValue, HttpResponse

_GATEWAY = "https://www.kimi.com/apiv2/kimi.gateway."
USAGES_URL = f"{_GATEWAY}billing.v1.BillingService/GetUsages"
MEMBERSHIP_URL = f"{_GATEWAY}membership.v2.MembershipService/GetSubscriptionStats"
_BROWSER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)
_CLAIM_HEADERS = (("device_id", "x-msh-device-id"), ("ssid", "x-msh-session-id"), ("sub", "x-traffic-id"))


async def post_to_site(ctx: FetchContext, url: str, body: object, token: Secret, *, seconds: float) -> HttpResponse:
    """Send one request with the `kimi-auth` token and return the answer whatever its status."""
    headers = site_headers(token, ctx.system.time_zone)
    return await ctx.http.post_json(url, body, service="Kimi", headers=headers, timeout=seconds, follow_redirects=False)


def site_headers(token: Secret, time_zone: str) -> dict[str, HeaderValue]:
    """Return the headers of the page, with the session's ids where the token is a JWT that holds them."""
    headers: dict[str, HeaderValue] = {
        "Content-Type": "application/json",
        "Authorization": bearer(token),
        "Cookie": Secret(f"kimi-auth={token.reveal()}"),
        "Origin": "https://www.kimi.com",
        "Referer": "https://www.kimi.com/code/console",
        "Accept": "*/*",
        "Accept-Language": "en-US,en;q=0.9",
        "User-Agent": _BROWSER,
        "connect-protocol-version": "1",
        "x-language": "en-US",
        "x-msh-platform": "web",
        "r-timezone": time_zone,
    }
    claims = jwt_payload(token.reveal()) or {}
    for claim, name in _CLAIM_HEADERS:
        value = claims.get(claim)
        text = printable_ascii(value, "") if isinstance(value, str) else ""
        if text:
            headers[name] = Secret(text)
    return headers
