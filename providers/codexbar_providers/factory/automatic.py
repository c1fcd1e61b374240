"""The session found by itself: cached, stored by us, kept by the page in a browser, in its cookies, at WorkOS.

The order keeps key stores of browsers shut for as long as anything else may work.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from codexbar_providers.factory import workos
from codexbar_providers.factory.hosts import Failure, ask_hosts
from codexbar_providers.factory.login import (
    APP_HOST,
    AUTH_HOST,
    BROWSER_COOKIE_HOSTS,
    PASTED_COOKIE_HOSTS,
    SITE,
    TOKEN_HOSTS,
    Login,
    bearer_of,
    cookies_of,
    goes_to,
    is_session,
)
from codexbar_providers.factory.sentences import NO_SESSION
from codexbar_providers.factory.session_file import SessionFile, StoredSession
from codexbar_providers.factory.stored_tokens import has_refresh_token, tokens_of
from codexbar_providers.factory.times import expires_before
from codexbar_qt.provider_api import (
    AuthRejected,
    BrowserOrder,
    CookieQuery,
    MissingCredential,
    ProviderError,
    Secret,
    StorageQuery,
    jwt_payload,
)

if TYPE_CHECKING:
    from codexbar_qt.provider_api import Cookie, CookieCandidate, FetchContext, Snapshot

_ANY_BROWSER = BrowserOrder(first=("safari", "chrome", "firefox"))
_SAFARI = BrowserOrder(first=("safari",), only=True)
_OTHERS = BrowserOrder(first=("chrome", "firefox"))
_NO_BROWSER = BrowserOrder(only=True)
_COOKIES = CookieQuery(domains=(SITE, APP_HOST, AUTH_HOST), is_session=is_session)
_WORKOS_COOKIES = CookieQuery(domains=("workos.com",), is_session=bool, host=workos.HOST)
_STORAGE = StorageQuery(hosts=(APP_HOST, AUTH_HOST), browsers=_ANY_BROWSER, is_enough=has_refresh_token)
_NEARLY_OVER = timedelta(seconds=30)


async def fetch_with_found_session(ctx: FetchContext) -> Snapshot:
    """Try what is found in order. A refused login leads on to the next one, a service that is not there ends it.

    Raises what the first login met, else MissingCredential with what a person can do.
    """
    return await _Search(ctx, SessionFile(ctx)).run()


class _Search:
    """One run through the order; `_first` is why the first login failed."""

    def __init__(self, ctx: FetchContext, file: SessionFile) -> None:
        self._ctx = ctx
        self._file = file
        self._stored = StoredSession()
        self._first: ProviderError | None = None
        self._seen: set[tuple[str, str | Secret]] = set()

    async def run(self) -> Snapshot:
        found = await self._cookies(replace(_COOKIES, browsers=_NO_BROWSER), use_cache=True)
        if found is not None:
            return found
        self._stored = await self._file.read()
        for step in (self._stored_cookies, self._stored_bearer, self._stored_refresh, self._page_storage):
            found = await step()
            if found is not None:
                return found
        for browsers in (_SAFARI, _OTHERS):
            found = await self._cookies(replace(_COOKIES, browsers=browsers), use_cache=False)
            found = found or await self._workos_cookies(browsers)
            if found is not None:
                return found
        raise self._outcome()

    async def _cookies(self, query: CookieQuery, *, use_cache: bool) -> Snapshot | None:
        async for candidate in self._ctx.cookies.candidates(query, use_cache=use_cache):
            if not self._is_new(candidate, "cookies"):
                continue
            result = await self._ask_with_cookies(candidate)
            if not isinstance(result, Failure):
                await self._ctx.cookies.accept(candidate)
                return result
            if result.is_refusal:
                await self._ctx.cookies.reject(candidate)
            self._remember(result)
        return None

    async def _ask_with_cookies(self, candidate: CookieCandidate) -> Snapshot | Failure:
        # Of a cached header nothing but the text is known, so it is asked with as if it had been pasted.
        cookies = candidate.cookies or cookies_of(candidate.header)
        hosts = browser_hosts(cookies) if candidate.cookies else PASTED_COOKIE_HOSTS
        return await ask_hosts(self._ctx, hosts, Login(cookies, bearer_of(cookies)))

    async def _stored_cookies(self) -> Snapshot | None:
        cookies = self._stored.cookies
        if not is_session([cookie.name for cookie in cookies]):
            return None
        result = await ask_hosts(self._ctx, browser_hosts(cookies), Login(cookies, bearer_of(cookies)))
        if isinstance(result, Failure) and result.is_refusal:
            await self._file.drop_cookies(cookies)
        return self._taken(result)

    async def _stored_bearer(self) -> Snapshot | None:
        token = self._stored.bearer
        if token is None or (self._stored.refresh is not None and self._is_over(token)):
            return None
        result = await ask_hosts(self._ctx, TOKEN_HOSTS, Login(bearer=token))
        if isinstance(result, Failure) and result.is_refusal:
            await self._file.drop_token("bearerToken", token)
        return self._taken(result)

    async def _stored_refresh(self) -> Snapshot | None:
        token = self._stored.refresh
        if token is None:
            return None
        grant = workos.Grant(refresh_token=token, organization_id=workos.organization_of(self._stored.bearer))
        minted = await workos.mint(self._ctx, grant)
        if isinstance(minted, Failure) and minted.is_refusal:
            await self._file.drop_token("refreshToken", token)
        return await self._ask_with_minted(minted)

    async def _page_storage(self) -> Snapshot | None:
        async for profile in self._ctx.storage.profiles(_STORAGE):
            for access, refresh in tokens_of(profile.entries):
                if access is not None and not self._is_over(access):
                    found = self._taken(await ask_hosts(self._ctx, TOKEN_HOSTS, Login(bearer=access)))
                    if found is not None:
                        await self._file.keep(access)
                        return found
                grant = workos.Grant(refresh_token=refresh, organization_id=workos.organization_of(access))
                found = await self._ask_with_minted(await workos.mint(self._ctx, grant))
                if found is not None:
                    return found
        return None

    async def _workos_cookies(self, browsers: BrowserOrder) -> Snapshot | None:
        query = replace(_WORKOS_COOKIES, browsers=browsers)
        async for candidate in self._ctx.cookies.candidates(query, use_cache=False):
            if not self._is_new(candidate, "workos"):
                continue
            minted = await workos.mint(self._ctx, workos.Grant(cookie=candidate.header))
            found = await self._ask_with_minted(minted)
            if found is not None:
                return found
        return None

    async def _ask_with_minted(self, minted: workos.Minted | Failure) -> Snapshot | None:
        if isinstance(minted, Failure):
            return self._taken(minted)
        await self._file.keep(minted.access_token, minted.refresh_token)
        return self._taken(await ask_hosts(self._ctx, TOKEN_HOSTS, Login(bearer=minted.access_token)))

    def _taken(self, result: Snapshot | Failure) -> Snapshot | None:
        if isinstance(result, Failure):
            self._remember(result)
            return None
        return result

    def _remember(self, failure: Failure) -> None:
        """Keep why a login failed; raises when no other one would fare better."""
        if not failure.another_may_work:
            raise failure.error
        is_missing = isinstance(failure.error, MissingCredential)
        if self._first is None or (isinstance(self._first, MissingCredential) and not is_missing):
            self._first = failure.error

    def _is_new(self, candidate: CookieCandidate, what: str) -> bool:
        """Whether this was not tried yet: a browser often still has what was cached, Safari stands in two groups."""
        keys = {(what, candidate.header), (what, candidate.profile or candidate.header)}
        is_new = not keys & self._seen
        self._seen |= keys
        return is_new

    def _is_over(self, token: Secret) -> bool:
        return expires_before(jwt_payload(token.reveal()), self._ctx.clock.now() + _NEARLY_OVER)

    def _outcome(self) -> ProviderError:
        obstacle = self._ctx.cookies.obstacle() or self._ctx.storage.obstacle()
        if self._first is None or isinstance(self._first, MissingCredential):
            return MissingCredential(obstacle or NO_SESSION)
        if obstacle and isinstance(self._first, AuthRejected):
            return AuthRejected(f"{self._first.message} {obstacle}")
        return self._first


def browser_hosts(cookies: tuple[Cookie, ...]) -> tuple[str, ...]:
    """Return the hosts to ask with cookies of a browser; the sign-in host only where one of them may go."""
    return BROWSER_COOKIE_HOSTS if any(goes_to(cookie, AUTH_HOST) for cookie in cookies) else BROWSER_COOKIE_HOSTS[1:]
