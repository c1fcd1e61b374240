"""The sessions of the site in the order in which they are tried: a given token alone, else what is found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from codexbar_providers.kimi.desktop import find_desktop_token
from codexbar_providers.kimi.token import find_web_token
from codexbar_qt.provider_api import BrowserOrder, CookieQuery, Secret, cookie_pairs

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection

    from codexbar_qt.provider_api import CookieCandidate, FetchContext

COOKIE = "kimi-auth"
_NONE_LATELY = "noWebSession"
_LOOK_AGAIN = timedelta(hours=1)


def has_token(names: Collection[str]) -> bool:
    """Whether cookies of these names hold a login."""
    return COOKIE in names


_QUERY = CookieQuery(
    domains=("www.kimi.com", "kimi.com"),
    is_session=has_token,
    names=(COOKIE,),
    host="www.kimi.com",
    browsers=BrowserOrder(first=("arc", "chrome", "safari", "edge", "brave", "chromium")),
)


@dataclass(frozen=True, slots=True)
class WebSession:
    """A token; `is_given` by a person or the environment, with `candidate` it comes from the cache or a browser."""

    token: Secret
    is_given: bool = False
    candidate: CookieCandidate | None = None


async def web_sessions(ctx: FetchContext) -> AsyncIterator[WebSession]:
    """Give the pasted token or that of the environment; with Automatic, without one, what is found.

    That is the desktop app's, the cached one, then the browsers', each token once. Browsers are read when the next
    session is asked for.
    """
    given = await find_web_token(ctx)
    if given is not None:
        yield WebSession(given, is_given=True)
        return
    if ctx.settings.get("cookieSource") != "auto":
        return
    desktop = await find_desktop_token(ctx)
    if desktop is not None:
        yield WebSession(desktop)
    known = {desktop}
    async for candidate in ctx.cookies.candidates(_QUERY):
        token = token_of(candidate.header)
        if token is not None and token not in known:
            known.add(token)
            yield WebSession(token, candidate=candidate)


async def session_for_extras(ctx: FetchContext) -> WebSession | None:
    """Return the first session for what is only asked beside an answer.

    When there was none, browsers are left alone for an hour, unless a person asks.
    """
    if ctx.settings.get("cookieSource") == "off":
        return None
    if ctx.memory.recall(_NONE_LATELY) is not None and not ctx.interactive:
        return None
    async for session in web_sessions(ctx):
        return session
    ctx.memory.remember(_NONE_LATELY, Secret("1"), until=ctx.clock.now() + _LOOK_AGAIN)
    return None


async def keep(ctx: FetchContext, session: WebSession) -> None:
    """The service took the session."""
    if session.candidate is not None:
        await ctx.cookies.accept(session.candidate)


async def give_up(ctx: FetchContext, session: WebSession) -> None:
    """The service refused the session."""
    if session.candidate is not None:
        await ctx.cookies.reject(session.candidate)


def token_of(header: Secret) -> Secret | None:
    """Return the value of the first `kimi-auth` cookie of a header."""
    return next((Secret(value) for name, value in cookie_pairs(header.reveal()) if name == COOKIE and value), None)
