"""What people paste: a Cookie header in any form, an Authorization header, a bare token, a whole cURL command."""

from __future__ import annotations

import re

from codexbar_providers.factory.login import Login, cookies_of
from codexbar_qt.provider_api import Secret, pasted_cookie_header

_BEARER = re.compile(r"(?<![\w-])bearer\s+([A-Za-z0-9._~+/=-]+)", re.IGNORECASE)
_COOKIE_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VISIBLE = re.compile(r"[!-~]+")
_SHORTEST_TOKEN = 40
_JWT_PARTS = 3


def parse_pasted(text: str) -> Login | None:
    """Find cookies and a bearer token in pasted text; None when it has neither."""
    header = pasted_cookie_header(text) or ""
    # What stands before the first "=" of a command or of "Authorization: Bearer a=" is no name of a cookie.
    found = (cookie for cookie in cookies_of(Secret(header)) if _COOKIE_NAME.fullmatch(cookie.name))
    cookies = tuple(cookie for cookie in found if cookie.value.reveal().isprintable())
    named = _BEARER.search(text)
    access = next((cookie.value for cookie in cookies if cookie.name == "access-token" and cookie.value), None)
    token = Secret(named[1]) if named else access or _bare_token(text)
    return Login(cookies, token) if cookies or token else None


def _bare_token(text: str) -> Secret | None:
    token = text.strip()
    if "=" in token or ";" in token or not _VISIBLE.fullmatch(token):
        return None
    parts = [part for part in token.split(".") if part]
    return Secret(token) if len(token) >= _SHORTEST_TOKEN or len(parts) >= _JWT_PARTS else None
