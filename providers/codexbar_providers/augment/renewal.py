"""Keeps the browser's session alive, and the button that fetches it anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_providers.augment.sentences import (
    EXPIRED_NOTICE,
    NO_SESSION,
    NOT_REFRESHED,
    NOTHING_TO_REFRESH,
    SESSION_EXPIRED,
)
from codexbar_providers.augment.session import SESSIONS, SITE
from codexbar_providers.augment.web import keep_session, read_usage
from codexbar_qt.provider_api import (
    Action,
    AuthRejected,
    InvalidSetting,
    Keepalive,
    MissingCredential,
    ParseError,
    RateLimited,
    RequestRefused,
    ServiceUnavailable,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from codexbar_qt.provider_api import CookieCandidate, FetchContext, HeaderValue, HttpResponse

RENEWAL_URLS = (f"{SITE}/api/auth/session", f"{SITE}/api/session", f"{SITE}/api/user")
RENEWAL_SECONDS = 30.0
_SIGNS_OF_LIFE = ("user", "email", "session")


async def find_session(ctx: FetchContext) -> CookieCandidate | None:
    """Return the session now in a browser: of the profile whose session is in use, else the first one."""
    if ctx.settings.get("cookieSource") != "auto":
        return None
    first, in_use = None, ""
    async for candidate in ctx.cookies.candidates(SESSIONS):
        if candidate.is_cached:
            in_use = candidate.label
            continue
        if not in_use or candidate.label == in_use:
            return candidate
        first = first or candidate
    return first


async def renew_session(ctx: FetchContext, candidate: CookieCandidate) -> None:
    """Ask the service who is signed in, which moves the end of the session; the first good answer is enough.

    Raises AuthRejected when the session has ended, ServiceUnavailable and RateLimited when the service cannot say,
    RequestRefused otherwise.
    """
    statuses: list[int] = []
    for url in RENEWAL_URLS:
        headers: dict[str, HeaderValue] = {
            "Accept": "application/json",
            "Origin": SITE,
            "Referer": SITE,
            "Cookie": candidate.header,
        }
        try:
            answer = await ctx.http.get(
                url, service="Augment", headers=headers, timeout=RENEWAL_SECONDS, follow_redirects=False
            )
        except RequestRefused:
            continue
        if answer.status == 200 and is_alive(answer):
            return
        if answer.status == 429:
            raise RateLimited("Augment was asked too often. Try again later.", retry_after=answer.retry_after())
        statuses.append(answer.status)
    if 401 in statuses:
        raise AuthRejected(SESSION_EXPIRED)
    broken = next((status for status in statuses if status >= 500), None)
    if broken is not None:
        told = f"Augment API error: HTTP {broken}. The service has a problem; trying again later."
        raise ServiceUnavailable(told, reason="status", status=broken)
    raise RequestRefused(NOT_REFRESHED)


def is_alive(answer: HttpResponse) -> bool:
    """Whether an answer names somebody who is signed in."""
    try:
        body = answer.json()
        return any(body.get(key) is not None for key in _SIGNS_OF_LIFE)
    except ParseError:
        return False


async def refresh_session(ctx: FetchContext, report: Callable[[str], None]) -> str:
    """Drop the kept session and take one that works out of a browser.

    Raises InvalidSetting when no browser is to be read, MissingCredential without a session in one, AuthRejected when
    they have ended, and whatever the service fails with.
    """
    if ctx.settings.get("cookieSource") != "auto":
        raise InvalidSetting(NOTHING_TO_REFRESH, setting="cookieSource")
    report("Looking for a session in the browsers…")
    refused: AuthRejected | None = None
    async for candidate in ctx.cookies.candidates(SESSIONS):
        if candidate.is_cached:
            await ctx.cookies.reject(candidate)
            continue
        report(f"Trying {candidate.label}…")
        try:
            await _try(ctx, candidate)
        except AuthRejected as error:
            refused = error
            continue
        await keep_session(ctx, candidate)
        return f"Augment session refreshed from {candidate.label}."
    raise refused or MissingCredential(ctx.cookies.obstacle() or NO_SESSION)


async def _try(ctx: FetchContext, candidate: CookieCandidate) -> None:
    """Renew the session; where that is not offered, the credits themselves show whether it works."""
    try:
        await renew_session(ctx, candidate)
    except RequestRefused:
        await read_usage(ctx, candidate.header)


REFRESH = Action("refresh-session", "Refresh Session", refresh_session, refreshes=True)
KEEPALIVE = Keepalive(
    find=find_session,
    renew=renew_session,
    keep=keep_session,
    login_page=SITE,
    notice=EXPIRED_NOTICE,
    restart=REFRESH.id,
)
