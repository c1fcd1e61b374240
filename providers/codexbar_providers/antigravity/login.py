"""The button that signs in with Google and adds the account."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from codexbar_providers.antigravity.credentials import (
    CLIENT_ID,
    CLIENT_SECRET,
    SERVICE,
    Login,
    form_request,
    parse_tokens,
)
from codexbar_providers.antigravity.leaves import text
from codexbar_providers.antigravity.oauth_client import OAuthClient, find_client
from codexbar_qt.provider_api import Action, ParseError, ProviderError, Secret, ToolFailed, bearer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from codexbar_qt.provider_api import FetchContext

AUTH_URL = "https://accounts.google.com/o/oauth2/v2/auth"
USER_URL = "https://www.googleapis.com/oauth2/v2/userinfo"
SCOPES = ("https://www.googleapis.com/auth/cloud-platform", "https://www.googleapis.com/auth/userinfo.email")
REDIRECT_PATH = "/callback"
LOGIN_SECONDS = 180.0
_CANCELLED = "The Google sign-in was cancelled. Start it again when you are ready."
_REFUSED = "Google did not accept the sign-in. Start it again."
_NOT_OURS = "The browser came back with an answer that belongs to another sign-in. Start it again."


class SignIn:
    """One sign-in: what has to come back, and the proof that the code was asked for here (PKCE)."""

    def __init__(self, client: OAuthClient) -> None:
        self._client = client
        self._state = secrets.token_urlsafe(24)
        self._verifier = secrets.token_urlsafe(48)
        self._redirect = ""

    def page(self, redirect: str) -> str:
        """Return the address of Google's page that comes back to `redirect`."""
        self._redirect = redirect
        digest = hashlib.sha256(self._verifier.encode()).digest()
        query = {
            "client_id": self._client.id,
            "redirect_uri": redirect,
            "response_type": "code",
            "scope": " ".join(SCOPES),
            "access_type": "offline",
            "prompt": "select_account consent",
            "state": self._state,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return f"{AUTH_URL}?{urlencode(query)}"

    def form(self, answer: Mapping[str, str]) -> dict[str, str]:
        """Return what is sent for the tokens. ToolFailed when `answer` (the redirect's query) is no permission."""
        if not hmac.compare_digest(answer.get("state", "").encode(), self._state.encode()):
            raise ToolFailed(_NOT_OURS)
        if answer.get("error"):
            raise ToolFailed(_CANCELLED if answer["error"] == "access_denied" else _REFUSED)
        code = answer.get("code", "").strip()
        if not code:
            raise ToolFailed(_REFUSED)
        return {
            "code": code,
            "client_id": self._client.id,
            "client_secret": self._client.secret.reveal(),
            "redirect_uri": self._redirect,
            "grant_type": "authorization_code",
            "code_verifier": self._verifier,
        }


async def sign_in(ctx: FetchContext, report: Callable[[str], None]) -> str:
    """Sign in in the browser and add the account. Raises MissingCredential, ToolFailed, InvalidSetting and others."""
    client = await find_client(ctx)
    attempt = SignIn(client)
    report("Waiting for the browser…")
    answer = await ctx.desktop.receive_redirect(attempt.page, path=REDIRECT_PATH, limit_seconds=LOGIN_SECONDS)
    form = attempt.form(answer)
    report("Signing in…")
    given = await ctx.http.send(form_request(form))
    if given.status != 200:
        raise ToolFailed(_REFUSED)
    try:
        tokens = parse_tokens(given.json(), now=ctx.clock.now())
    except ParseError:
        raise ToolFailed(_REFUSED) from None
    login = Login({}).changed({**tokens, CLIENT_ID: client.id, CLIENT_SECRET: client.secret.reveal()})
    email = login.email or await _ask_email(ctx, login)
    if email:
        login = login.changed({("email",): email})
    await ctx.credentials.add_account(email or "Google account", Secret(login.to_text()))
    return "Signed in to Google."


async def _ask_email(ctx: FetchContext, login: Login) -> str:
    """Return the address of the account, "" when Google does not tell."""
    token = login.access_token
    if token is None:
        return ""
    try:
        user = await ctx.http.get_json(USER_URL, service=SERVICE, headers={"Authorization": bearer(token)})
    except ProviderError:
        return ""
    return text(user, "email")


LOGIN = Action("login", "Login with Google", sign_in, refreshes=True, label_with_accounts="Add Google Account")
