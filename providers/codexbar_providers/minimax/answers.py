"""What all documents have in common: success is said in `base_resp`, whatever the HTTP status."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codexbar_providers.minimax.loose import as_fields, number, read, text
from codexbar_qt.provider_api import AuthRejected, JsonView, ParseError, RequestRefused, raise_for_status

if TYPE_CHECKING:
    from collections.abc import Collection

    from codexbar_providers.minimax.loose import Fields
    from codexbar_qt.provider_api import HttpResponse

SERVICE = "MiniMax"
LOGIN_REFUSED = (
    "MiniMax did not accept the login: it is invalid or expired. Sign in again at platform.minimax.io (China: "
    "platform.minimaxi.com), or paste a new Cookie header or API token in Settings."
)
NO_PLAN_DATA = "The MiniMax answer could not be read: coding plan data missing. Update the app if it stays."
_NOT_SIGNED_IN = 1004
_LONGEST_REASON = 120
# Longer runs look like keys and tokens, which a refusal may repeat.
_TOKEN_LIKE = re.compile(r"sk-(?:cp|api)-|[A-Za-z0-9._\-+=/]{32,}")


def require_status(answer: HttpResponse) -> None:
    """Return for HTTP 200; raise the error of any other status."""
    raise_for_status(answer, f"{SERVICE} API", login_message=LOGIN_REFUSED, accepted=(200,))


def decode(body: bytes | str) -> object:
    """Decode a JSON document. Raises ParseError, also for one that is nested too deeply."""
    try:
        return JsonView.from_text(body).raw
    except ParseError as error:
        raise ParseError(NO_PLAN_DATA, path=error.path) from None


def unwrap(document: object) -> Fields:
    """Return what is inside `data`, else the document itself."""
    outer = as_fields(document)
    inner = outer.get("data")
    return as_fields(inner) if as_fields(inner) else outer


def require_success(document: object, hidden: Collection[str] = ()) -> None:
    """Return for a `status_code` of 0 or none; the one inside `data` wins. It may be written as a text.

    Raises AuthRejected for 1004 and for messages about cookies or logging in, RequestRefused for any other. `hidden`
    are texts that the error must not repeat.
    """
    outer = as_fields(document)
    for place in (as_fields(outer.get("data")), outer):
        told = as_fields(read(place, "base_resp"))
        code = number(told.get("status_code"))
        if code is None:
            continue
        if code != 0:
            raise _refusal(int(code), text(told.get("status_msg")) or "", hidden)
        return


def _refusal(code: int, message: str, hidden: Collection[str]) -> AuthRejected | RequestRefused:
    lower = message.lower()
    about_login = any(word in lower for word in ("cookie", "log in", "login")) or lower == "invalid api key"
    if code == _NOT_SIGNED_IN or about_login:
        return AuthRejected(LOGIN_REFUSED)
    return RequestRefused(f"{SERVICE} API error: {_line(message, hidden) or f'status {code}'}. Try again later.")


def _line(message: str, hidden: Collection[str]) -> str:
    """Return what the service says as part of a line; nothing when it names somebody or repeats what is hidden."""
    if "@" in message or _TOKEN_LIKE.search(message) or any(part in message for part in hidden):
        return ""
    printable = "".join(char if char.isprintable() else " " for char in message[: 4 * _LONGEST_REASON])
    plain = re.sub(r"(?i)[!\uff01]|\bplease\b", " ", printable)
    return re.sub(r"\s+", " ", plain).strip()[:_LONGEST_REASON].rstrip(" .。")
