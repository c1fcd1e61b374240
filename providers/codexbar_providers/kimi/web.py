"""The site's session: the limits as the console page reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_providers.kimi.membership import membership_beside
from codexbar_providers.kimi.parse import parse_web_usage, unreadable
from codexbar_providers.kimi.sessions import give_up, keep, web_sessions
from codexbar_providers.kimi.site import USAGES_URL, post_to_site
from codexbar_qt.provider_api import AuthRejected, MissingCredential, ParseError, RequestRefused, raise_for_status

if TYPE_CHECKING:
    from codexbar_providers.kimi.sessions import WebSession
    from codexbar_qt.provider_api import FetchContext, HttpResponse, ProviderError, Snapshot

_LIMIT_SECONDS = 15.0
_REFUSED = (
    "Kimi auth token is invalid or expired. Paste a new token from the browser in Settings or set it in "
    "KIMI_AUTH_TOKEN; with Cookie source Automatic, log in to Kimi again."
)
_FOUND_REFUSED = "Kimi auth token is invalid or expired. Log in to Kimi again in the browser or the desktop app."


async def fetch_with_web_token(ctx: FetchContext) -> Snapshot:
    """Read the limits with the `kimi-auth` token. A refused token that was found leads on to the next one.

    Raises AuthRejected, MissingCredential with what to do, and what the service answers.
    """
    refusal: AuthRejected | None = None
    async for session in web_sessions(ctx):
        try:
            snapshot = await _fetch(ctx, session)
        except AuthRejected as error:
            if session.is_given:
                raise
            await give_up(ctx, session)
            refusal = refusal or error
            continue
        await keep(ctx, session)
        return snapshot
    raise _outcome(ctx, refusal)


async def _fetch(ctx: FetchContext, session: WebSession) -> Snapshot:
    async with membership_beside(ctx, session) as add_membership:
        scope = {"scope": ["FEATURE_CODING"]}
        answer = await post_to_site(ctx, USAGES_URL, scope, session.token, seconds=_LIMIT_SECONDS)
        raise_for_web_status(answer, refused=_REFUSED if session.is_given else _FOUND_REFUSED)
        try:
            snapshot = parse_web_usage(answer.json(), now=ctx.clock.now())
        except ParseError as error:
            raise unreadable(error) from None
        return await add_membership(snapshot)


def _outcome(ctx: FetchContext, refusal: AuthRejected | None) -> ProviderError:
    obstacle = ctx.cookies.obstacle()
    if refusal is not None:
        return AuthRejected(f"{refusal.message} {obstacle}") if obstacle else refusal
    if obstacle:
        return MissingCredential(f"Kimi auth token is missing. {obstacle}")
    told = no_cookies_sentence if ctx.cookies.has_read() else missing_token_sentence
    return MissingCredential(told(ctx.system.platform))


def raise_for_web_status(answer: HttpResponse, *, refused: str) -> None:
    """Raise the error of any status but 200; `refused` is told for a refused login."""
    if answer.status == 400:
        raise RequestRefused("Kimi API error: HTTP 400, invalid request. Update the app if it stays.", status=400)
    raise_for_status(answer, "Kimi API", login_message=refused, accepted=(200,))


def missing_token_sentence(platform: str) -> str:
    """Say what to do about a missing token, in the words of the picker."""
    access = " and allow CodexBar Full Disk Access" if platform == "macos" else ""
    return (
        "Kimi auth token is missing. Check that Cookie source is set as intended. Automatic: log in to Kimi in a "
        f"supported browser{access}. Or switch to Manual and paste the token, or set KIMI_AUTH_TOKEN; an API key "
        "in Settings or KIMI_CODE_API_KEY works too."
    )


def no_cookies_sentence(platform: str) -> str:
    """Say that browsers were read and hold no login."""
    access = (
        ", or allow CodexBar to read Safari in System Settings → Privacy & Security → Full Disk Access → CodexBar"
        if platform == "macos"
        else ""
    )
    return (
        "No Kimi session cookies found. No supported browser is logged in to Kimi: log in at "
        f"https://www.kimi.com/code/console{access}. A pasted token, or an API key in Settings or KIMI_CODE_API_KEY, "
        "works too."
    )
