"""The `kimi-auth` token of the site, out of what people paste: a value, a Cookie line, a cURL command."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codexbar_qt.provider_api import Secret

if TYPE_CHECKING:
    from codexbar_qt.provider_api import FetchContext

_NAMED = re.compile(r"kimi-auth(?:=|:\s*)([A-Za-z0-9._+=/-]+)", re.IGNORECASE)


async def find_web_token(ctx: FetchContext) -> Secret | None:
    """Return the token of the pasted header (manual), else that of the environment.

    A pasted header without a token gives None: another session must not stand in for it. KIMI_AUTH_TOKEN may
    also be a bare value of any shape.
    """
    literal = ctx.env.get("KIMI_AUTH_TOKEN") or ctx.env.get("kimi_auth_token")
    variables = [value for value in (ctx.env.get("KIMI_MANUAL_COOKIE"), literal) if value]
    if ctx.settings.get("cookieSource") == "manual":
        stored = await ctx.credentials.get("cookieHeader")
        if stored is not None and stored.reveal() not in variables:
            return extract_token(stored.reveal())
    found = next((token for token in map(extract_token, variables) if token), None)
    return found or (Secret(literal) if literal else None)


def extract_token(text: str) -> Secret | None:
    """Return the value of `kimi-auth` anywhere in `text`, or the whole text when it is a JWT."""
    named = _NAMED.search(text)
    if named:
        return Secret(named[1])
    token = text.strip()
    return Secret(token) if token.startswith("eyJ") and token.count(".") == 2 and all(token.split(".")) else None
