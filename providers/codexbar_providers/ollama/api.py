"""An API key: whether it is accepted. Keys see no limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_qt.provider_api import (
    HttpRequest,
    Identity,
    MissingCredential,
    ParseError,
    Snapshot,
    bearer,
    raise_for_status,
)

if TYPE_CHECKING:
    from datetime import datetime

    from codexbar_qt.provider_api import FetchContext, HeaderValue, HttpResponse, JsonView, Secret

CHECK_URL = "https://ollama.com/api/web_search"
MODELS_URL = "https://ollama.com/api/tags"
MISSING = "Ollama API key is missing. Add it in Settings or set OLLAMA_API_KEY."
ANOTHER_ACCOUNT = (
    "The Ollama API key is not used for a chosen account. Choose Usage source API key in Settings to use it."
)
REFUSED = "Ollama API key is invalid or revoked. Make a new one at https://ollama.com/settings/keys."
NOTE = "API key verified. Ollama tells limits only to a browser session: choose Usage source Browser session."
_SERVICE = "Ollama"
_SECONDS = 20.0


async def fetch_with_api_key(ctx: FetchContext) -> Snapshot:
    """Check the key where a key is asked for; the catalogue of models answers anybody and proves nothing."""
    if ctx.account and ctx.automatic:
        raise MissingCredential(ANOTHER_ACCOUNT)
    key = await ctx.credentials.require("apiKey", message=MISSING)
    # An empty query is refused with 400 once the key was accepted; nothing is searched.
    checked = await _send(ctx, key, CHECK_URL, b'{"query":""}')
    raise_for_status(checked, _SERVICE, login_message=REFUSED, accepted=(200, 400))
    models = await _send(ctx, key, MODELS_URL)
    raise_for_status(models, _SERVICE, login_message=REFUSED, accepted=(200,))
    return parse_models(models.json(), now=ctx.clock.now())


def parse_models(body: JsonView, *, now: datetime) -> Snapshot:
    """Return an account without limits. Raises ParseError when the catalogue is not a list."""
    try:
        for _ in body["models"].items():
            break
    except ParseError as error:
        told = "Ollama answer could not be parsed: it has no list of models. Report it if it stays."
        raise ParseError(told, path=error.path) from None
    return Snapshot(updated_at=now, identity=Identity(login_method="API key"), note=NOTE)


async def _send(ctx: FetchContext, key: Secret, url: str, body: bytes | None = None) -> HttpResponse:
    headers: dict[str, HeaderValue] = {
        "Authorization": bearer(key),
        "Accept": "application/json",
        "User-Agent": "CodexBar/1.0",
    }
    if body is not None:
        headers["Content-Type"] = "application/json"
    method = "GET" if body is None else "POST"
    return await ctx.http.send(HttpRequest(method, url, _SERVICE, headers, body, _SECONDS, follow_redirects=False))
