"""The site's session: the limits as the console page reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_providers.kimi.membership import membership_beside
from codexbar_providers.kimi.parse import parse_web_usage, unreadable
from codexbar_providers.kimi.site import USAGES_URL, post_to_site
from codexbar_providers.kimi.token import find_web_token
from codexbar_qt.provider_api import MissingCredential, ParseError, RequestRefused, raise_for_status

if TYPE_CHECKING:
    from codexbar_qt.provider_api import FetchContext, HttpResponse, Snapshot

_LIMIT_SECONDS = 15.0
_REFUSED = (
    "Kimi auth token is invalid or expired. Paste a new token from the browser in Settings or set it in "
    "KIMI_AUTH_TOKEN; with Cookie source Automatic, log in to Kimi again."
)


async def fetch_with_web_token(ctx: FetchContext) -> Snapshot:
    """Read the limits with the `kimi-auth` token."""
    token = await find_web_token(ctx)
    if token is None:
        raise MissingCredential(missing_token_sentence(ctx.system.platform))
    async with membership_beside(ctx, token) as add_membership:
        scope = {"scope": ["FEATURE_CODING"]}
        answer = await post_to_site(ctx, USAGES_URL, scope, token, seconds=_LIMIT_SECONDS)
        raise_for_web_status(answer)
        try:
            snapshot = parse_web_usage(answer.json(), now=ctx.clock.now())
        except ParseError as error:
            raise unreadable(error) from None
        return await add_membership(snapshot)


def raise_for_web_status(answer: HttpResponse) -> None:
    """Raise the error of any status but 200."""
    if answer.status == 400:
        raise RequestRefused("Kimi API error: HTTP 400, invalid request. Update the app if it stays.", status=400)
    raise_for_status(answer, "Kimi API", login_message=_REFUSED, accepted=(200,))


def missing_token_sentence(platform: str) -> str:
    """Say what to do about a missing token, in the words of the picker."""
    access = " and allow CodexBar Full Disk Access" if platform == "macos" else ""
    return (
        "Kimi auth token is missing. Check that Cookie source is set as intended. Automatic: log in to Kimi in a "
        f"supported browser{access}. Or switch to Manual and paste the token, or set KIMI_AUTH_TOKEN; an API key "
        "in Settings or KIMI_CODE_API_KEY works too."
    )
