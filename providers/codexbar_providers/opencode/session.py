"""The site's session: pasted, cached, or of Chrome. Only the two auth cookies are ever taken along."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from codexbar_providers.opencode.usage import fetch_usage
from codexbar_qt.provider_api import (
    AuthRejected,
    BrowserOrder,
    CookieQuery,
    InvalidSetting,
    MissingCredential,
    Secret,
    cookie_pairs,
    join_cookies,
    pasted_cookie_header,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from codexbar_qt.provider_api import CookieCandidate, FetchContext, Snapshot

AUTH_COOKIES = ("auth", "__Host-auth")
NO_SESSION = (
    "No OpenCode session cookies found. Sign in at https://opencode.ai/auth in Chrome, or choose Cookie source Manual "
    "in Settings and paste a Cookie header."
)
NO_HEADER = "OpenCode cookie header is missing. Paste it in Settings, or choose Cookie source Automatic."
BAD_HEADER = (
    "OpenCode cookie header is invalid: it has no auth cookie. Copy the Cookie header of a request to opencode.ai and "
    "paste it in Settings."
)
SWITCHED_OFF = "OpenCode is switched off by its cookie source. Choose Automatic or Manual in Settings."
_DOMAINS = ("opencode.ai", "app.opencode.ai")
# A session that was refused, and one more try.
_MOST_TRIES = 2


async def fetch_with_session(ctx: FetchContext) -> Snapshot:
    """Read the limits with the session that the cookie source calls for."""
    source = ctx.settings.get("cookieSource")
    if source == "off":
        raise InvalidSetting(SWITCHED_OFF, setting="cookieSource")
    if source == "manual":
        pasted = await ctx.credentials.require("cookieHeader", message=NO_HEADER)
        session = pasted_session(pasted.reveal())
        if session is None:
            raise InvalidSetting(BAD_HEADER, setting="cookieHeader")
        return await fetch_usage(ctx, session)
    return await _fetch_with_found_session(ctx)


async def _fetch_with_found_session(ctx: FetchContext) -> Snapshot:
    refused: list[Secret] = []
    refusal: AuthRejected | None = None
    was_imported = False
    async for candidate in ctx.cookies.candidates(cookie_query(with_dia=ctx.interactive)):
        session = session_of(candidate)
        was_imported = was_imported or not candidate.is_cached
        if session is None or session in refused:
            continue
        try:
            snapshot = await fetch_usage(ctx, session)
        except AuthRejected as error:
            await ctx.cookies.reject(candidate)
            refused.append(session)
            refusal = refusal or error
            if len(refused) == _MOST_TRIES:
                break
        else:
            await ctx.cookies.accept(candidate if candidate.is_cached else replace(candidate, header=session))
            return snapshot
    obstacle = "" if was_imported else ctx.cookies.obstacle()
    if obstacle:
        raise MissingCredential(obstacle)
    raise refusal or MissingCredential(NO_SESSION)


def cookie_query(*, with_dia: bool) -> CookieQuery:
    """Say which cookies are looked for: Chrome's alone, and Dia's when a person asks."""
    browsers = BrowserOrder(("chrome", "dia") if with_dia else ("chrome",), only=True)
    return CookieQuery(_DOMAINS, _holds_session, names=AUTH_COOKIES, browsers=browsers)


def pasted_session(text: str) -> Secret | None:
    """Return the auth cookies of what people paste, in their order; None when there is none."""
    pairs = cookie_pairs(pasted_cookie_header(text) or "")
    return _header(tuple(pair for pair in pairs if pair[0] in AUTH_COOKIES))


def session_of(candidate: CookieCandidate) -> Secret | None:
    """Return the auth cookies of a candidate; of two of a name that of the site itself."""
    if not candidate.cookies:
        return pasted_session(candidate.header.reveal())
    own_first = sorted(candidate.cookies, key=lambda cookie: cookie.domain != _DOMAINS[0])
    found: dict[str, str] = {}
    for cookie in own_first:
        if cookie.name in AUTH_COOKIES and cookie.domain in _DOMAINS:
            found.setdefault(cookie.name, cookie.value.reveal())
    return _header(tuple(found.items()))


def _header(pairs: tuple[tuple[str, str], ...]) -> Secret | None:
    usable = tuple((name, value) for name, value in pairs if value)
    return Secret(join_cookies(usable)) if usable else None


def _holds_session(names: Collection[str]) -> bool:
    return any(name in names for name in AUTH_COOKIES)
