"""Which cookies belong to a query, which may be sent, which of two wins, and how they become a header."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from codexbar_qt.provider_api.browser import Cookie
from codexbar_qt.provider_api.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codexbar_qt.provider_api.browser import CookieQuery

LONGEST_COOKIE = 64 * 1024
_LATEST = 253402300799.0


@dataclass(frozen=True, slots=True)
class FoundCookie:
    """A cookie as a store has it. `is_partitioned`: it belongs to a container or to one site's frames only."""

    cookie: Cookie
    is_partitioned: bool = False


def make_cookie(
    name: str,
    value: str,
    host: str,
    path: str,
    *,
    secure: bool,
    expires_at: datetime | None,
    is_partitioned: bool = False,
) -> FoundCookie | None:
    """Build a cookie of a stored host (a leading dot means: also for subdomains).

    None for what no header can carry: an empty name or host, control characters, `;`, `=` in the name, over 64 KiB.
    """
    domain = normalise_domain(host)
    fits = len(name) + len(value) <= LONGEST_COOKIE
    if not (name and domain and fits) or not is_sendable(name) or not is_sendable(value) or "=" in name:
        return None
    cookie = Cookie(
        name=name,
        value=Secret(value),
        domain=domain,
        path=path or "/",
        host_only=not host.strip().startswith("."),
        secure=secure,
        expires_at=expires_at,
    )
    return FoundCookie(cookie, is_partitioned)


def is_sendable(text: str) -> bool:
    """Whether a text has neither control characters nor `;`, which would end the cookie."""
    return not any(sign < " " or "\x7f" <= sign <= "\x9f" or sign == ";" for sign in text)


def normalise_domain(text: str) -> str:
    """Trim, drop one leading dot, lower-case."""
    return text.strip().removeprefix(".").lower()


def is_within(domain: str, parents: Iterable[str]) -> bool:
    """Whether a normalised domain is one of the others or below one. `notexample.com` is not below `example.com`."""
    return any(domain == parent or domain.endswith(f".{parent}") for parent in parents if parent)


def may_be_sent(cookie: Cookie, host: str, domains: Iterable[str] = ()) -> bool:
    """Whether a cookie goes to `host` (RFC 6265, path and Secure aside).

    A host-only cookie goes to its own host, and also to hosts below it where `domains` names it.
    """
    if host == cookie.domain:
        return True
    return host.endswith(f".{cookie.domain}") and (not cookie.host_only or cookie.domain in domains)


def expiry_moment(seconds: float) -> datetime:
    """Return the moment of seconds since 1970; times before or beyond what a date can hold become the nearest."""
    return datetime.fromtimestamp(min(max(seconds, 0.0), _LATEST), UTC)


def select_cookies(found: Iterable[FoundCookie], query: CookieQuery, now: datetime) -> list[FoundCookie]:
    """Return what the query asks for and has not expired."""
    domains = tuple(normalise_domain(domain) for domain in query.domains)
    host = normalise_domain(query.host)
    return [
        one
        for one in found
        if is_within(one.cookie.domain, domains)
        and (not query.names or one.cookie.name in query.names)
        and (not host or may_be_sent(one.cookie, host, domains))
        and (one.cookie.expires_at is None or one.cookie.expires_at >= now)
    ]


def merge_cookies(found: Iterable[FoundCookie]) -> tuple[Cookie, ...]:
    """Keep one cookie per name, domain and path, and put them in the order of a header.

    A cookie of no container wins over one of a container, then a later expiry over an earlier one and any over none;
    of equals the first. In the result containers come last, otherwise longer paths first.
    """
    best: dict[tuple[str, str, str], FoundCookie] = {}
    for one in found:
        key = (one.cookie.name, one.cookie.domain, one.cookie.path)
        if key not in best or _weight(one) > _weight(best[key]):
            best[key] = one
    ordered = sorted(best.values(), key=lambda one: (one.is_partitioned, -len(one.cookie.path)))
    return tuple(one.cookie for one in ordered)


def _weight(one: FoundCookie) -> tuple[bool, float]:
    expires_at = one.cookie.expires_at
    return not one.is_partitioned, -1.0 if expires_at is None else expires_at.timestamp()


def cookie_header(cookies: Iterable[Cookie]) -> str:
    """Return `name=value; name=value`, nothing decoded or encoded.

    Raises ValueError, without the value, for a cookie with control characters or `;`.
    """
    parts = []
    for cookie in cookies:
        value = cookie.value.reveal()
        if not is_sendable(cookie.name) or not is_sendable(value):
            raise ValueError("a cookie holds characters that no header may carry")
        parts.append(f"{cookie.name}={value}")
    return "; ".join(parts)
