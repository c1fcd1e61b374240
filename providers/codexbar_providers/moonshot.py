"""Moonshot / Kimi API: the prepaid balance of the open platform, read with an API key.

The service has one host per region, and a key works on its own host only. Amounts are shown with a dollar sign
in both regions, although China is billed in yuan: consumers of the JSON output rely on it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codexbar_qt.provider_api import (
    AuthRejected,
    Binding,
    Choice,
    ChoiceSetting,
    FetchContext,
    HeaderValue,
    Identity,
    JsonView,
    ParseError,
    Provider,
    ProviderDescriptor,
    ProviderError,
    RequestRefused,
    SecretSetting,
    Snapshot,
    Source,
    Strategy,
    WindowSpec,
    bearer,
    format_money,
    raise_for_status,
)

if TYPE_CHECKING:
    from datetime import datetime

BALANCE_URLS = {
    "international": "https://api.moonshot.ai/v1/users/me/balance",
    "china": "https://api.moonshot.cn/v1/users/me/balance",
}
CONSOLE_URLS = {
    "international": "https://platform.moonshot.ai/console/account",
    "china": "https://platform.kimi.com/console/account",
}
_SHORT_CODE = re.compile(r"[A-Za-z0-9_.-]{1,24}")

DESCRIPTOR = ProviderDescriptor(
    id="moonshot",
    name="Moonshot / Kimi API",
    short_name="Moonshot",
    color="#205DEB",
    order=26,
    icon="kimi",
    windows=WindowSpec(primary="Balance", secondary="Balance"),
    settings=(
        ChoiceSetting(
            "region",
            "API region",
            choices=(
                Choice("international", "International (api.moonshot.ai)"),
                Choice("china", "China (api.moonshot.cn)"),
            ),
            default="international",
            env=("MOONSHOT_REGION",),
            help="A key works in its own region only; a saved key is kept for the region it was saved in.",
            console_links=tuple(CONSOLE_URLS.items()),
        ),
        SecretSetting(
            "apiKey",
            "Open Platform API key",
            env=("MOONSHOT_API_KEY", "MOONSHOT_KEY"),
            placeholder="sk-...",
            help="The balance is prepaid and separate from a Kimi For Coding plan.",
            link=CONSOLE_URLS["international"],
            binding=Binding(setting="region", stored_as="apiKeyRegion", env="MOONSHOT_REGION"),
        ),
    ),
    dashboard_url=CONSOLE_URLS["international"],
    plan_label="Balance",
    quality="solid",
)


async def fetch_with_api_key(ctx: FetchContext) -> Snapshot:
    """Read the balance of the region in use; the other region's host is never asked."""
    region = ctx.settings.get("region") or "international"
    missing = "Moonshot API key missing. Add it in Settings or set MOONSHOT_API_KEY."
    key = await ctx.credentials.require("apiKey", message=missing)
    headers: dict[str, HeaderValue] = {"Authorization": bearer(key), "Accept": "application/json"}
    answer = await ctx.http.get(BALANCE_URLS[region], service="Moonshot", headers=headers, follow_redirects=False)
    raise_for_status(answer, "Moonshot API", accepted=(200,))
    try:
        return parse_balance(answer.json(), now=ctx.clock.now())
    except ParseError as error:
        told = f"Moonshot response could not be parsed. {error.message} Report it if it stays."
        raise ParseError(told, path=error.path) from None


def parse_balance(body: JsonView, *, now: datetime) -> Snapshot:
    """Read a balance answer; the plan text is "Balance: $31.07", with the cash deficit when there is one.

    Raises the error of a refusal inside an HTTP 200, ParseError for any other shape. `available_balance`
    already contains the vouchers.
    """
    code, scode, succeeded = body["code"].integer(), body["scode"].string(), body["status"].boolean()
    if code != 0 or not succeeded:
        raise refusal(code, scode)
    data = body["data"]
    available, cash = data["available_balance"].number(), data["cash_balance"].number()
    data["voucher_balance"].number()
    deficit = f" · {format_money(-cash)} in deficit" if cash < 0 else ""
    balance = f"Balance: {format_money(available)}{deficit}"
    return Snapshot(updated_at=now, identity=Identity(login_method=balance))


def refusal(code: int, scode: str) -> ProviderError:
    """Return the error for a `code` other than 0, which may be an HTTP status; a long `scode` is not repeated."""
    shown = scode if _SHORT_CODE.fullmatch(scode) else "unknown"
    told = f"Moonshot API error: code {code}, scode {shown}."
    if code in (401, 403):
        return AuthRejected(f"{told} Check the key and the region in Settings.")
    return RequestRefused(f"{told} Try again later.")


PROVIDER = Provider(DESCRIPTOR, strategies=(Strategy(Source.API, fetch_with_api_key),))
