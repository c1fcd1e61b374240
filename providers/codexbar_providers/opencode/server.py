"""Calls of the site's server functions, and what every answer is checked for before it is read."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast
from urllib.parse import quote, urlencode, urlsplit

from codexbar_qt.provider_api import (
    AuthRejected,
    HttpRequest,
    ParseError,
    RateLimited,
    RequestRefused,
    Secret,
    ServiceUnavailable,
    cookie_pairs,
)

if TYPE_CHECKING:
    from codexbar_qt.provider_api import FetchContext, HeaderValue, HttpResponse

SITE = "https://opencode.ai"
SERVER_URL = f"{SITE}/_server"
WORKSPACES = "def39973159c7f0483d8793a822b8dbb10d067e12c65455fcb4608459ba0234f"
SUBSCRIPTION = "7abeebee372f304e050aaaf92be863f4a86490e382f8c79db68fd94040d691b4"
BILLING = "c83b78a614689c38ebee981f9b39a8b377716db85c1fd7dbab604adc02d3313d"
REFUSED = (
    "OpenCode session cookie is invalid or expired. Sign in again at https://opencode.ai/auth; with Cookie source "
    "Manual, paste a new header in Settings."
)
LIMIT_SECONDS = 60.0
_MOST_BYTES = 2 * 1024 * 1024
_BROWSER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)
_SIGNED_OUT = (
    b"login",
    b"sign in",
    b"auth/authorize",
    b"not associated with an account",
    b'actor of type "public"',
)
_SIGN_IN_PATHS = frozenset({"auth", "authorize", "login", "signin", "sign-in"})
_TITLE = re.compile(r"<title[^<>]{0,200}>([^<]{1,400})", re.IGNORECASE)
_LONGEST_DETAIL = 160


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a function, as the page at `referer` makes it. `session` holds the auth cookies and nothing else."""

    function: str
    referer: str
    session: Secret
    args: tuple[str, ...] = ()


async def ask(ctx: FetchContext, call: Call, method: Literal["GET", "POST"] = "GET") -> str:
    """Return the text of an answer.

    Raises AuthRejected when nobody is signed in, RequestRefused and ServiceUnavailable for other statuses and
    transport failures, ParseError for an answer that is not UTF-8.
    """
    headers: dict[str, HeaderValue] = {
        "Cookie": call.session,
        "X-Server-Id": call.function,
        "X-Server-Instance": f"server-fn:{uuid.uuid4()}",
        "User-Agent": _BROWSER,
        "Origin": SITE,
        "Referer": call.referer,
        "Accept": "text/javascript, application/json;q=0.9, */*;q=0.8",
    }
    args = json.dumps(list(call.args), separators=(",", ":"))
    url, body = SERVER_URL, None
    if method == "GET":
        query = {"id": call.function, **({"args": args} if call.args else {})}
        url = f"{SERVER_URL}?{urlencode(query, quote_via=quote)}"
    else:
        headers["Content-Type"] = "application/json"
        body = args.encode()
    request = HttpRequest(
        method, url, "OpenCode", headers, body, LIMIT_SECONDS, follow_redirects=False, max_bytes=_MOST_BYTES
    )
    try:
        answer = await ctx.http.send(request)
    except RequestRefused as error:
        if leads_to_sign_in(error.location):
            raise AuthRejected(REFUSED) from None
        raise
    return checked_text(answer, call.session)


def checked_text(answer: HttpResponse, session: Secret) -> str:
    """Return the text of a good answer; signed-out words anywhere come before the status, as scripts hold them too."""
    status = answer.status
    if status == 429:
        told = "OpenCode API error: HTTP 429. It was asked too often."
        raise RateLimited(told, retry_after=answer.retry_after())
    if status in (401, 403) or is_signed_out(answer.body):
        raise AuthRejected(REFUSED)
    if status != 200:
        detail = _detail(answer, session)
        told = f"OpenCode API error: HTTP {status}{f': {detail}' if detail else ''}."
        if status >= 500:
            raise ServiceUnavailable(f"{told} Trying again later.", reason="status", status=status)
        raise RequestRefused(f"{told} Report it if it stays.", status=status)
    try:
        return answer.body.decode()
    except UnicodeDecodeError:
        told = "OpenCode answer could not be parsed: it is not UTF-8. Report it if it stays."
        raise ParseError(told, path="$") from None


def is_signed_out(body: bytes) -> bool:
    """Whether an answer says that nobody is signed in; quotes may be escaped inside a script."""
    words = body.lower().replace(b"\\", b"")
    return any(sign in words for sign in _SIGNED_OUT)


def leads_to_sign_in(location: str) -> bool:
    """Whether a redirect goes to the place where people sign in."""
    try:
        parts = urlsplit(location)
    except ValueError:
        return False
    host = (parts.hostname or "").lower()
    if host != "opencode.ai" and not host.endswith(".opencode.ai"):
        return False
    steps = {step.lower() for step in parts.path.split("/")}
    return host.startswith("auth.") or bool(steps & _SIGN_IN_PATHS)


def _detail(answer: HttpResponse, session: Secret) -> str:
    """Return what the service says about a failure; nothing when it names somebody or repeats the session."""
    line = " ".join(_words(answer)[: 4 * _LONGEST_DETAIL].split())
    secrets = (session.reveal(), *(value for _, value in cookie_pairs(session.reveal()) if value))
    if not line.isprintable() or "@" in line or any(secret in line for secret in secrets):
        return ""
    line = re.sub(r"\bplease\b,? ?|!", "", line, flags=re.IGNORECASE)
    return line[:_LONGEST_DETAIL].rstrip(" .")


def _words(answer: HttpResponse) -> str:
    try:
        facts: object = json.loads(answer.body)
    except (ValueError, RecursionError):
        title = _TITLE.search(answer.text()[:20_000])
        return title[1] if title else ""
    members = cast("dict[str, object]", facts) if isinstance(facts, dict) else {}
    said = (members.get(name) for name in ("message", "error", "detail"))
    return next((text for text in said if isinstance(text, str) and text.strip()), "")
