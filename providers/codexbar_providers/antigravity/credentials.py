"""The Google login: where it is stored, what it holds, how it is renewed and written back.

The stored object is kept as it is, members nobody here knows included; two spellings of its names are read.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, cast
from urllib.parse import urlencode

from codexbar_providers.antigravity.leaves import text
from codexbar_providers.antigravity.sentences import LOGIN_UNREADABLE, NOT_LOGGED_IN, UNREADABLE
from codexbar_qt.provider_api import (
    AuthRejected,
    HttpRequest,
    InvalidSetting,
    JsonView,
    MissingCredential,
    ParseError,
    Secret,
    ToolNotInstalled,
    jwt_payload,
    parse_epoch_seconds,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from codexbar_providers.antigravity.oauth_client import OAuthClient
    from codexbar_qt.provider_api import FetchContext

LOGIN_KEY = "pluginSecrets.ANTIGRAVITY_OAUTH_CREDENTIALS_JSON"
LOGIN_VARIABLE = "ANTIGRAVITY_OAUTH_CREDENTIALS_JSON"
LOGIN_FILE = "~/.codexbar/antigravity/oauth_creds.json"
EXCHANGE_URL = "https://oauth2.googleapis.com/token"
SERVICE = "Antigravity API"
REQUEST_SECONDS = 10.0
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_NEAR_EXPIRY = timedelta(seconds=60)
_REMEMBERED = "login"
_REMEMBER_FOR = timedelta(hours=1)

Names = tuple[str, ...]
ACCESS_TOKEN: Names = ("access_token", "accessToken")
REFRESH_TOKEN: Names = ("refresh_token", "refreshToken")
EXPIRY: Names = ("expiry_date", "expiresAt")
ID_TOKEN: Names = ("id_token", "idToken")
PROJECT: Names = ("project_id", "projectId")
CLIENT_ID: Names = ("client_id", "clientId")
CLIENT_SECRET: Names = ("client_secret", "clientSecret")


@dataclass(frozen=True, slots=True)
class Login:
    """A stored login. `in_file` says that it comes from the file and not from settings."""

    members: Mapping[str, object] = field(repr=False)
    in_file: bool = False

    def text(self, names: Names) -> str:
        """Return the first spelling that holds a text, "" when none does."""
        view = JsonView(self.members)
        return next((found for name in names if (found := text(view, name))), "")

    @property
    def access_token(self) -> Secret | None:
        """The token of requests."""
        found = self.text(ACCESS_TOKEN)
        return Secret(found) if found else None

    @property
    def expires_at(self) -> datetime | None:
        """When the access token ends, None when nobody said."""
        for name in EXPIRY:
            try:
                return parse_epoch_seconds(JsonView(self.members)[name].loose_number() / 1000)
            except ParseError:
                continue
        return None

    @property
    def claims(self) -> Mapping[str, object]:
        """What the id token says, empty without one."""
        return jwt_payload(self.text(ID_TOKEN)) or {}

    @property
    def email(self) -> str | None:
        """The address of the account: that of the id token, else the stored one."""
        return text(JsonView(self.claims), "email") or self.text(("email",)) or None

    def changed(self, changes: Mapping[Names, object]) -> Login:
        """Return the login with new values under the spellings it already uses, else under the first one."""
        members = dict(self.members)
        for names, value in changes.items():
            members[next((name for name in names if name in members), names[0])] = value
        return replace(self, members=members)

    def to_text(self) -> str:
        """Return the JSON that is stored."""
        return json.dumps(dict(self.members))


def parse_login(stored: str) -> Login:
    """Read a stored login. ParseError when it is no JSON object."""
    view = JsonView.from_text(stored)
    if not view.is_object():
        raise ParseError("The login is not a JSON object.", path="$")
    return Login(cast("Mapping[str, object]", view.raw))


async def find_login(ctx: FetchContext) -> Login:
    """Return the login of the selected account, the settings, the environment, or the file, in this order.

    Raises InvalidSetting or ParseError when the first one found cannot be read. Without any it raises
    MissingCredential, and while sources are tried in turn ToolNotInstalled: then this one was never set up.
    """
    stored = await ctx.credentials.get(LOGIN_KEY)
    if stored is not None:
        try:
            found = parse_login(stored.reveal())
        except ParseError:
            raise InvalidSetting(LOGIN_UNREADABLE, setting=LOGIN_KEY) from None
        return _remembered(ctx, found)
    written = None if ctx.account is not None else await _read_file(ctx)
    if written is not None:
        return _remembered(ctx, written)
    if ctx.account is None and ctx.automatic:
        raise ToolNotInstalled(NOT_LOGGED_IN)
    raise MissingCredential(NOT_LOGGED_IN)


async def save_login(ctx: FetchContext, login: Login) -> None:
    """Write a login back to where it came from; what cannot be written is remembered until the app ends."""
    written = login.to_text()
    if login.in_file:
        saved = await ctx.files.replace_private_text(LOGIN_FILE, f"{written}\n")
    else:
        saved = await ctx.credentials.save_rotated(LOGIN_KEY, Secret(written))
    if saved:
        ctx.memory.forget(_REMEMBERED)
    else:
        ctx.memory.remember(_REMEMBERED, Secret(written), until=ctx.clock.now() + _REMEMBER_FOR)


def needs_renewal(login: Login, now: datetime) -> bool:
    """Whether the access token is missing or ends within a minute; without a known end it counts as good."""
    ends = login.expires_at
    return login.access_token is None or (ends is not None and ends - now <= _NEAR_EXPIRY)


async def renew(ctx: FetchContext, login: Login, client: OAuthClient) -> Login:
    """Get a new access token and store it. AuthRejected for any answer but 200, ParseError for one without a token."""
    form = {
        "client_id": client.id,
        "client_secret": client.secret.reveal(),
        "refresh_token": login.text(REFRESH_TOKEN),
        "grant_type": "refresh_token",
    }
    answer = await ctx.http.send(form_request(form))
    if answer.status != 200:
        raise AuthRejected(NOT_LOGGED_IN)
    try:
        renewed = login.changed(parse_tokens(answer.json(), now=ctx.clock.now()))
    except ParseError as error:
        raise ParseError(UNREADABLE, path=error.path) from None
    await save_login(ctx, renewed)
    return renewed


def form_request(form: Mapping[str, str]) -> HttpRequest:
    """Return the request that asks Google for tokens."""
    body = urlencode(form, errors="replace").encode()
    return HttpRequest("POST", EXCHANGE_URL, SERVICE, dict(FORM), body, REQUEST_SECONDS, follow_redirects=False)


def parse_tokens(body: JsonView, *, now: datetime) -> dict[Names, object]:
    """Read an answer with tokens into members of a login; times become milliseconds. ParseError without a token."""
    token = text(body, "access_token")
    if not token:
        raise ParseError("The answer has no access token.", path="$.access_token")
    found: dict[Names, object] = {ACCESS_TOKEN: token}
    for names in (REFRESH_TOKEN, ID_TOKEN):
        if text(body, names[0]):
            found[names] = text(body, names[0])
    with contextlib.suppress(ParseError, OverflowError):
        seconds = body["expires_in"].loose_number()
        found[EXPIRY] = int((now + timedelta(seconds=seconds)).timestamp() * 1000)
    return found


async def _read_file(ctx: FetchContext) -> Login | None:
    try:
        written = await ctx.files.read_text(LOGIN_FILE)
        return None if written is None else replace(parse_login(written), in_file=True)
    except ParseError as error:
        raise ParseError(LOGIN_UNREADABLE, path=error.path) from None


def _remembered(ctx: FetchContext, login: Login) -> Login:
    """Return what an earlier fetch could not write down, when it was made out of this very login."""
    kept = ctx.memory.recall(_REMEMBERED)
    if kept is None:
        return login
    newer = replace(parse_login(kept.reveal()), in_file=login.in_file)
    return newer if newer.text(REFRESH_TOKEN) == login.text(REFRESH_TOKEN) else login
