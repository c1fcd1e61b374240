"""The web source: which session of the site is used, and what is tried when one does not work."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from codexbar_providers.minimax.endpoints import resolve_web_endpoints
from codexbar_providers.minimax.pasted import Login, logins_of, parse_pasted
from codexbar_providers.minimax.profiles import BrowserTokens, storage_query
from codexbar_providers.minimax.site import Site, read_everything, read_quota
from codexbar_qt.provider_api import (
    AuthRejected,
    BrowserOrder,
    CookieQuery,
    MissingCredential,
    ParseError,
    ProviderError,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codexbar_qt.provider_api import FetchContext, Snapshot

T = TypeVar("T")
COOKIE_VARIABLES = ("MINIMAX_COOKIE", "MINIMAX_COOKIE_HEADER")
BROWSERS = BrowserOrder(first=("safari", "chrome", "firefox"))
NO_SESSION = (
    "Neither a MiniMax API token (Settings, MINIMAX_CODING_API_KEY or MINIMAX_API_KEY) nor a MiniMax browser session "
    "was found. Sign in at platform.minimax.io (China: platform.minimaxi.com) in a browser, or paste a token."
)
NO_HEADER = (
    "Cookie source is Manual and there is no MiniMax Cookie header. Paste one in Settings, set MINIMAX_COOKIE, or "
    "paste an API token."
)
COOKIES_OFF = (
    "MiniMax cookies are switched off and no API token is set. Paste an API token in Settings, or choose another "
    "cookie source."
)
_OTHER_LOGIN_MAY_DO = (AuthRejected, ParseError)


async def fetch_with_web_session(ctx: FetchContext) -> Snapshot:
    """Read the numbers with a session of the site.

    Raises InvalidSetting for an unusable override before anything else, MissingCredential without any session,
    otherwise the error of the last one that was tried.
    """
    source = ctx.settings.get("cookieSource")
    if source == "off":
        raise MissingCredential(COOKIES_OFF)
    site = Site.of(ctx, resolve_web_endpoints(ctx.settings, ctx.env))
    given = await _given_login(ctx, source)
    if given is not None:
        return (await _first_that_works(site, _each(logins_of(given))))[0]
    if source == "manual":
        raise MissingCredential(NO_HEADER)
    return await _fetch_from_browsers(site)


def cookie_query(site: str) -> CookieQuery:
    """Return what is asked of the browsers: every cookie of the region's domains. The other region's stay there."""
    return CookieQuery((f"platform.{site}", f"openplatform.{site}", site), is_session=bool, browsers=BROWSERS)


async def _given_login(ctx: FetchContext, source: str | None) -> Login | None:
    """Return what was pasted or set in the environment; it is used alone."""
    if source == "manual" and (ctx.account is not None or ctx.settings.is_stored("cookieHeader")):
        stored = await ctx.credentials.get("cookieHeader")
        login = parse_pasted(stored.reveal()) if stored else None
        if login is not None:
            return login
    # Of a selected account nothing else may stand in; its variables are hidden from this fetch anyway.
    texts = (ctx.env.get(name) or "" for name in COOKIE_VARIABLES)
    return next((login for text in texts if (login := parse_pasted(text)) is not None), None)


async def _fetch_from_browsers(site: Site) -> Snapshot:
    """Try the kept session, the profiles with cookies, those with a token alone, a header left in the config."""
    ctx = site.ctx
    failure: ProviderError | None = None
    async with _closed_after(ctx.storage.profiles(storage_query(site.endpoints.site, BROWSERS))) as profiles:
        tokens = BrowserTokens(ctx, site.endpoints.site, profiles)
        async with _closed_after(ctx.cookies.candidates(cookie_query(site.endpoints.site))) as candidates:
            async for candidate in candidates:
                try:
                    snapshot, login = await _first_that_works(site, tokens.logins(candidate))
                except _OTHER_LOGIN_MAY_DO as error:
                    failure = error
                    await ctx.cookies.reject(candidate)
                    continue
                tokens.remember(candidate, login)
                await ctx.cookies.accept(candidate)
                return snapshot
        async with aclosing(tokens.without_cookies()) as logins:
            async for login in logins:
                try:
                    return await read_quota(site, login)
                except _OTHER_LOGIN_MAY_DO as error:
                    failure = error
    left_over = await _left_over_login(ctx)
    if left_over is not None:
        return (await _first_that_works(site, _each(logins_of(left_over))))[0]
    raise _nothing_worked(ctx, failure)


async def _first_that_works(site: Site, logins: AsyncGenerator[Login]) -> tuple[Snapshot, Login]:
    failure: ProviderError | None = None
    async with aclosing(logins):
        async for login in logins:
            try:
                return await read_everything(site, login), login
            except _OTHER_LOGIN_MAY_DO as error:
                failure = error
    raise failure or MissingCredential(NO_SESSION)


async def _each(logins: Iterable[Login]) -> AsyncGenerator[Login]:
    for login in logins:
        yield login


async def _left_over_login(ctx: FetchContext) -> Login | None:
    if not ctx.settings.is_stored("cookieHeader"):
        return None
    stored = await ctx.credentials.get("cookieHeader")
    return parse_pasted(stored.reveal()) if stored else None


def _nothing_worked(ctx: FetchContext, failure: ProviderError | None) -> ProviderError:
    """Return the refusal, with what can be done about browsers that could not be read; without one only that."""
    obstacle = ctx.cookies.obstacle() or ctx.storage.obstacle()
    if failure is None:
        return MissingCredential(obstacle or NO_SESSION)
    return AuthRejected(f"{failure.message} {obstacle}") if obstacle and isinstance(failure, AuthRejected) else failure


@asynccontextmanager
async def _closed_after(items: AsyncIterator[T]) -> AsyncGenerator[AsyncIterator[T]]:
    """End a generator that is not read to its end, so that it gives back what it holds at once."""
    try:
        yield items
    finally:
        if isinstance(items, AsyncGenerator):
            await items.aclose()
