"""What people read when Amp's numbers cannot be had."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codexbar_qt.provider_api import strip_ansi

if TYPE_CHECKING:
    from codexbar_qt.provider_api import Secret

NOT_CONFIGURED = "Amp access token is not configured. Set AMP_API_KEY or add the token in Settings."
REFUSED = "Amp access token is invalid or expired. Create a new one at ampcode.com and add it in Settings."
CLI_MISSING = "The Amp CLI 'amp' is missing. Install it from ampcode.com, then run amp login."
CLI_TIMED_OUT = "The Amp CLI timed out. It is tried again later; run amp usage in a terminal if this stays."
NO_SESSION = "No Amp session cookie was found. Log in to ampcode.com in a browser, or paste a Cookie header."
PASTED_WITHOUT_SESSION = (
    "The Cookie header for Amp holds no session cookie. Log in to ampcode.com, copy the header again and paste it in "
    "Settings."
)
COOKIES_OFF = "Browser cookies are switched off for Amp. Set Cookie source to Automatic or Manual in Settings."
SESSION_EXPIRED = (
    "The Amp session has expired. Log in to ampcode.com again; with Cookie source Manual paste a new header."
)
NOT_LOGGED_IN = "Not logged in to Amp. Log in to ampcode.com in a browser, or run amp login in a terminal."
NOT_UNDERSTOOD = "Could not parse Amp usage. Update the app, or report it if it stays."
NO_FREE_TIER_DATA = "Could not parse Amp usage: missing Amp Free usage data. Update the app, or report it if it stays."
REQUEST_FAILED = "Amp request failed. Try again later, or report it if it stays."

_ADDRESS = re.compile(r"[^\s<>@\"']{1,64}@[^\s<>@\"']{1,255}")
_TOKEN_LIKE = re.compile(r"sgamp_[\w-]+|[A-Za-z0-9_\-+/=.]{40,}")
_BEGGING = re.compile(r"(?i)\bplease\b\s*")
_READ_CHARACTERS, _SHOWN_CHARACTERS = 4000, 200


def quoted(text: str, *hidden: Secret) -> str:
    """Return somebody else's words fit for a sentence: one short line without addresses, tokens or `hidden` texts."""
    words = strip_ansi(text[:_READ_CHARACTERS])
    for secret in hidden:
        words = words.replace(secret.reveal(), "(hidden)")
    words = _TOKEN_LIKE.sub("(hidden)", _ADDRESS.sub("(address)", words))
    words = "".join(sign if sign.isprintable() else " " for sign in words)
    words = " ".join(_BEGGING.sub("", words).replace("!", ".").split()).rstrip(". ")
    return words if len(words) <= _SHOWN_CHARACTERS else f"{words[:_SHOWN_CHARACTERS].rstrip()}…"


def mentions_login(text: str) -> bool:
    """Whether a text invites somebody to sign in."""
    return re.search(r"(?i)\b(?:sign|log)[\s-]?in\b", text) is not None
