"""What all answers have in common: success is said in the body, whatever the HTTP status."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codexbar_qt.provider_api import AuthRejected, ProviderError, RateLimited, RequestRefused

if TYPE_CHECKING:
    from collections.abc import Collection

    from codexbar_qt.provider_api import JsonView

QUOTA_API = "z.ai quota API"
CHECK_KEY = "Check the key and the API region in Settings."
# https://docs.bigmodel.cn/cn/api/api-code: 1000-1004 are refused logins, 1302 and 1303 too many requests.
_LOGIN_CODES = frozenset({401, 403, 1000, 1001, 1002, 1003, 1004})
_LIMIT_CODES = frozenset({429, 1302, 1303})
_LONGEST_REASON = 160


def require_success(body: JsonView, hidden: Collection[str] = ()) -> None:
    """Return for `success` true and `code` 200. Raises the error of any other answer, ParseError when one is missing.

    `code` and `msg` may be missing in a refusal. `hidden` are texts that the error must not repeat.
    """
    code, success = body.get("code"), body.get("success")
    refused = success is not None and not success.boolean()
    if refused or (code is not None and code.integer() != 200):
        raise refusal(0 if code is None else code.integer(), _reason(body, hidden))
    body["success"].boolean()
    body["code"].integer()


def refusal(code: int, reason: str) -> ProviderError:
    """Return the error for a refusal inside an HTTP 200."""
    told = f"{QUOTA_API} error: {reason or f'code {code}'}."
    if code in _LOGIN_CODES:
        return AuthRejected(f"{told} {CHECK_KEY}")
    if code in _LIMIT_CODES:
        return RateLimited(f"{told} It was asked too often.")
    return RequestRefused(f"{told} Try again later.")


def _reason(body: JsonView, hidden: Collection[str]) -> str:
    """Return what the service says as part of a line; nothing when it names somebody or repeats what is hidden."""
    found = body.get("msg")
    words = found.raw if found else ""
    if not isinstance(words, str) or "@" in words or any(text in words for text in hidden):
        return ""
    line = re.sub(r"\s+", " ", "".join(char if char.isprintable() else " " for char in words[: 4 * _LONGEST_REASON]))
    return line.strip()[:_LONGEST_REASON].rstrip(" .。")
