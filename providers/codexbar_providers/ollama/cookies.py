"""The cookies of the site: which name a session, and what people paste."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codexbar_qt.provider_api import Secret, cookie_pairs, join_cookies, pasted_cookie_header

if TYPE_CHECKING:
    from collections.abc import Collection

    from codexbar_qt.provider_api import CookieCandidate

DOMAINS = ("ollama.com", "www.ollama.com")
_SESSION = "__Secure-session"
_NAMES = frozenset(
    {"session", _SESSION, "ollama_session", "__Host-ollama_session", "wos-session"}
    | {"__Secure-next-auth.session-token", "next-auth.session-token"}
)
_CHUNK = re.compile(r"(?:__Secure-)?next-auth\.session-token\.[0-9]+")
_WRAPPED = ("cookie:", "curl ")
# A shell takes a header without quotes up to the next space.
_UNQUOTED = re.compile(r"(?:^|\s)-H\s*cookie:(?=[^\s'\"])(\S+)", re.IGNORECASE)
_OPTION = re.compile(r"(?:^|\s)-H\s*['\"]?cookie:", re.IGNORECASE)


def holds_session(names: Collection[str]) -> bool:
    """Whether one of the cookies names a session of the site."""
    return any(name in _NAMES or _CHUNK.fullmatch(name) for name in names)


def pasted_header(text: str) -> Secret | None:
    """Return the whole header in what people paste; None without a session cookie."""
    entered = text.strip()
    is_plain = not _is_wrapped(entered) and len(entered.splitlines()) <= 1
    header = entered if is_plain and _is_session(entered) else _unwrapped(entered)
    return Secret(header) if _is_session(header) else None


def account_header(token: str) -> Secret | None:
    """Return the header of a stored account: a header, a request copied as cURL, or the bare session value.

    None for an empty or multi-line token, and for cookies that name no session.
    """
    text = token.strip()
    if len(text.splitlines()) != 1:
        return None
    if _is_wrapped(text) or _OPTION.search(text):
        text = _unwrapped(text)
    pairs = cookie_pairs(text)
    if any(name.lower() == _SESSION.lower() for name, _ in pairs):
        named = tuple((_SESSION if name.lower() == _SESSION.lower() else name, value) for name, value in pairs)
        text = join_cookies(named)
    elif text and ";" not in text and not _is_session(text):
        text = f"{_SESSION}={text}"
    return Secret(text) if _is_session(text) else None


def candidate_header(candidate: CookieCandidate) -> Secret | None:
    """Return the header of a browser's or the cached session; of two cookies of a name that of the site itself."""
    if not candidate.cookies:
        return candidate.header if _is_session(candidate.header.reveal()) else None
    own_first = sorted(candidate.cookies, key=lambda cookie: cookie.domain != DOMAINS[0])
    found: dict[str, str] = {}
    for cookie in own_first:
        if cookie.domain in DOMAINS:
            found.setdefault(cookie.name, cookie.value.reveal())
    return Secret(join_cookies(tuple(found.items()))) if holds_session(found) else None


def _is_wrapped(text: str) -> bool:
    return text.lower().startswith(_WRAPPED)


def _is_session(header: str) -> bool:
    return holds_session([name for name, value in cookie_pairs(header) if value])


def _unwrapped(text: str) -> str:
    unquoted = _UNQUOTED.search(text)
    return unquoted[1] if unquoted else pasted_cookie_header(text) or ""
