"""What is sent to Factory's hosts: cookies, each where it may go, and a bearer token."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codexbar_qt.provider_api import Cookie, Secret, bearer, cookie_pairs, join_cookies

if TYPE_CHECKING:
    from collections.abc import Collection

    from codexbar_qt.provider_api import HeaderValue

SITE = "factory.ai"
APP_HOST = "app.factory.ai"
AUTH_HOST = "auth.factory.ai"
API_HOST = "api.factory.ai"
KEY_HOSTS = (API_HOST, APP_HOST)
TOKEN_HOSTS = (AUTH_HOST, API_HOST, APP_HOST)
PASTED_COOKIE_HOSTS = (APP_HOST, AUTH_HOST, API_HOST)
BROWSER_COOKIE_HOSTS = (AUTH_HOST, API_HOST, APP_HOST)

_CSRF = "__Host-authjs.csrf-token"
_AUTHJS = (
    "__Secure-next-auth.session-token",
    "next-auth.session-token",
    "__Secure-authjs.session-token",
    "authjs.session-token",
)
_TOKENS = ("access-token", "__recent_auth")
_SESSIONS = ("session", "wos-session")
SESSION_NAMES = ("wos-session", *_AUTHJS, _CSRF, "session", "access-token")


@dataclass(frozen=True, slots=True)
class Login:
    """A cookie without a domain was pasted or cached: it goes to every host of Factory, as the bearer token does."""

    cookies: tuple[Cookie, ...] = field(default=(), repr=False)
    bearer: Secret | None = None

    def reaches(self, host: str) -> bool:
        """Whether there is anything to send to a host."""
        return self.bearer is not None or any(goes_to(cookie, host) for cookie in self.cookies)

    def headers(self, host: str) -> dict[str, HeaderValue]:
        """Return the credential headers for a host."""
        found: dict[str, HeaderValue] = {}
        header = header_for(self.cookies, host)
        if header is not None:
            found["Cookie"] = header
        if self.bearer is not None:
            found["Authorization"] = bearer(self.bearer)
        return found


def is_session(names: Collection[str]) -> bool:
    """Whether a cookie among these signs somebody in; long ones are split into numbered parts."""
    return any(name == known or name.startswith(f"{known}.") for name in names for known in SESSION_NAMES)


def goes_to(cookie: Cookie, host: str) -> bool:
    """Whether a cookie may be sent to a host; one of factory.ai itself counts for the hosts below it."""
    if cookie.domain in ("", host):
        return True
    return host.endswith(f".{cookie.domain}") and (not cookie.host_only or cookie.domain == SITE)


def header_for(cookies: tuple[Cookie, ...], host: str) -> Secret | None:
    """Return the Cookie header for a host, None when no cookie may go there."""
    pairs = tuple((cookie.name, cookie.value.reveal()) for cookie in cookies if goes_to(cookie, host))
    return Secret(join_cookies(pairs)) if pairs else None


def cookies_of(header: Secret) -> tuple[Cookie, ...]:
    """Return the cookies of a header, of which no domain is known."""
    return tuple(Cookie(name, Secret(value), "") for name, value in cookie_pairs(header.reveal()))


def bearer_of(cookies: tuple[Cookie, ...]) -> Secret | None:
    """Return the token that goes along with cookies: one with a dot (a JWT) where there is one."""
    access = _first(cookies, ("access-token",))
    authjs = _first(cookies, _AUTHJS)
    session = _first(cookies, ("session",))
    for token in (access, authjs, session):
        if token is not None and "." in token.reveal():
            return token
    return access or authjs


def variants(login: Login) -> tuple[Login, ...]:
    """Return what to send in turn while the service calls the login stale: all of it, then less and less."""
    made = [login, Login(login.cookies)]
    for left_out in (_TOKENS, _SESSIONS, (*_TOKENS, *_SESSIONS)):
        kept = tuple(cookie for cookie in login.cookies if cookie.name not in left_out)
        made.append(Login(kept, bearer_of(kept)))
    kept = tuple(cookie for cookie in login.cookies if cookie.name in (*_AUTHJS, _CSRF))
    made.append(Login(kept, bearer_of(kept)))
    return tuple(dict.fromkeys(item for item in made if item.cookies))


def _first(cookies: tuple[Cookie, ...], names: tuple[str, ...]) -> Secret | None:
    return next((cookie.value for cookie in cookies if cookie.name in names and cookie.value), None)
