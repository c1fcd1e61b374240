"""The access token's source: the request behind the balance in Amp's own programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_providers.amp.display_text import parse_display_text
from codexbar_providers.amp.sentences import NOT_CONFIGURED, NOT_UNDERSTOOD, REFUSED, REQUEST_FAILED, quoted
from codexbar_providers.amp.usage import build_snapshot
from codexbar_qt.provider_api import AuthRejected, ParseError, RequestRefused, bearer, raise_for_status

if TYPE_CHECKING:
    from codexbar_qt.provider_api import FetchContext, HeaderValue, JsonView, Secret, Snapshot

BALANCE_URL = "https://ampcode.com/api/internal?userDisplayBalanceInfo"
_QUESTION: dict[str, object] = {"method": "userDisplayBalanceInfo", "params": dict[str, object]()}


async def fetch_with_token(ctx: FetchContext) -> Snapshot:
    """Ask for the balance. A bearer token follows no redirect.

    Raises MissingCredential and AuthRejected about the token, RequestRefused with what Amp says, ParseError.
    """
    token = await ctx.credentials.require("apiKey", message=NOT_CONFIGURED)
    headers: dict[str, HeaderValue] = {"Authorization": bearer(token), "Accept": "application/json"}
    try:
        answer = await ctx.http.post_json(
            BALANCE_URL, _QUESTION, service="Amp", headers=headers, follow_redirects=False
        )
    except RequestRefused as refusal:
        raise _as_status(refusal) from None
    raise_for_status(answer, "Amp", login_message=REFUSED, accepted=(200,))
    return build_snapshot(parse_display_text(parse_answer(answer.json(), token)), now=ctx.clock.now())


def parse_answer(body: JsonView, token: Secret) -> str:
    """Return the display text of an answer.

    Raises AuthRejected when it calls the token invalid, RequestRefused with another failure's own words (without
    `token`), ParseError for anything else.
    """
    try:
        if body["ok"].boolean():
            text = body["result"]["displayText"].string()
            if text.strip():
                return text
            raise ParseError(NOT_UNDERSTOOD, path="$.result.displayText")
        error = body["error"]
        code, message = error.get("code"), error.get("message")
        if code is not None and code.raw == "auth-required":
            raise AuthRejected(REFUSED)
        words = quoted(message.string(), token) if message is not None else ""
    except ParseError as failure:
        raise ParseError(NOT_UNDERSTOOD, path=failure.path) from None
    raise RequestRefused(f"Amp request failed: {words}. Try again later." if words else REQUEST_FAILED)


def _as_status(refusal: RequestRefused) -> RequestRefused:
    return RequestRefused(f"Amp error: HTTP {refusal.status}.", status=refusal.status)
