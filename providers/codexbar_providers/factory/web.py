"""The session of Factory's site: pasted by a person, or found by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_providers.factory.automatic import fetch_with_found_session
from codexbar_providers.factory.hosts import Failure, ask_hosts
from codexbar_providers.factory.login import KEY_HOSTS, PASTED_COOKIE_HOSTS, Login
from codexbar_providers.factory.pasted import parse_pasted
from codexbar_providers.factory.sentences import NO_SESSION, NOTHING_PASTED, PASTE_REFUSED, SWITCHED_OFF
from codexbar_qt.provider_api import AuthRejected, MissingCredential

if TYPE_CHECKING:
    from codexbar_qt.provider_api import FetchContext, Snapshot


async def fetch_with_session(ctx: FetchContext) -> Snapshot:
    """Read the numbers with the session that the cookie source calls for."""
    source = ctx.settings.get("cookieSource")
    if source == "off":
        raise MissingCredential(SWITCHED_OFF)
    if source != "manual":
        return await fetch_with_found_session(ctx)
    pasted = await ctx.credentials.get("cookieHeader")
    if pasted is None:
        raise MissingCredential(NO_SESSION)
    login = parse_pasted(pasted.reveal())
    if login is None:
        raise MissingCredential(NOTHING_PASTED)
    return await _fetch_pasted(ctx, login)


async def _fetch_pasted(ctx: FetchContext, login: Login) -> Snapshot:
    """Ask with the cookies, then with the bearer token alone; what went wrong with the cookies is told."""
    failures: list[Failure] = []
    if login.cookies:
        result = await ask_hosts(ctx, PASTED_COOKIE_HOSTS, login)
        if not isinstance(result, Failure):
            return result
        failures.append(result)
    if login.bearer is not None:
        result = await ask_hosts(ctx, KEY_HOSTS, Login(bearer=login.bearer))
        if not isinstance(result, Failure):
            return result
        failures.append(result)
    told = failures[0].error
    raise AuthRejected(PASTE_REFUSED) if isinstance(told, AuthRejected) else told
