"""Access tokens: from memory, from the credentials file, refreshed at Google, or printed by gcloud. Never stored."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlencode

from codexbar_providers.vertexai.credentials import ServiceAccount, UserLogin, parse_email
from codexbar_providers.vertexai.gcloud import CONFIG_VARIABLE, CREDENTIALS_VARIABLE, LOGIN_COMMAND, find_gcloud
from codexbar_qt.provider_api import (
    AuthRejected,
    Command,
    HttpRequest,
    JsonView,
    ParseError,
    RequestRefused,
    Secret,
    ToolFailed,
    ToolNotInstalled,
    raise_for_status,
)

if TYPE_CHECKING:
    from codexbar_qt.provider_api import CommandResult, FetchContext, HttpResponse

TOKEN_URL = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
REFRESH_SECONDS = 30.0
GCLOUD_SECONDS = 20.0
EARLY = timedelta(seconds=300)
GCLOUD_TOKEN_LIFE = timedelta(minutes=50)
_DEFAULT_LIFE_SECONDS = 3600.0
_LONGEST_LIFE_SECONDS = 86400.0
_SERVICE = "Google token refresh"
_TOKEN = re.compile(r"[\x21-\x7e]{1,16384}")
_TOKEN_COMMAND = "gcloud auth application-default print-access-token"  # noqa: S105 - what to type
_NO_TOKEN = f"A Google Cloud token could not be obtained with gcloud. Run `{_TOKEN_COMMAND}` in a terminal to see why."
_NO_GCLOUD = (
    "A Google Cloud token could not be obtained with gcloud: it is not installed. Install the Google Cloud CLI."
)
_ODD_ANSWER = "Google's answer to the token refresh was not understood. Report it if it stays."


@dataclass(frozen=True, slots=True)
class Access:
    """A token ready to use and who it belongs to; `kept_as` is its key in the session's memory, "" if it has none."""

    token: Secret
    email: str | None = field(default=None, repr=False)
    kept_as: str = ""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """An answer to a refresh. `token` None keeps the old one; `seconds` it lives, 0 to a day."""

    token: Secret | None
    seconds: float
    email: str | None = field(default=None, repr=False)


async def access_of(ctx: FetchContext, login: UserLogin | ServiceAccount) -> Access:
    """Return a token that is good for some minutes. Raises AuthRejected, ToolNotInstalled, ToolFailed and others."""
    key = f"token {login.fingerprint}"
    kept = ctx.memory.recall(key)
    if kept is not None:
        token, _, email = kept.reveal().partition("\n")
        return Access(Secret(token), email or None, key)
    if isinstance(login, ServiceAccount):
        access = Access(await _print_token(ctx), login.email, key)
        return _remembered(ctx, access, ctx.clock.now() + GCLOUD_TOKEN_LIFE)
    if _is_fresh(ctx, login) and login.access_token is not None:
        return Access(login.access_token, login.email, "")
    return await _refresh(ctx, login, key)


def forget(ctx: FetchContext, login: UserLogin | ServiceAccount, access: Access) -> None:
    """Use a refused token no more: neither the remembered one nor the one in the file."""
    if access.kept_as:
        ctx.memory.forget(access.kept_as)
    elif isinstance(login, UserLogin) and login.expires_at is not None:
        ctx.memory.remember(_refused_key(login), access.token, until=login.expires_at)


def parse_refresh(body: JsonView) -> Refreshed:
    """Read a good answer to a refresh. Raises ParseError for another shape."""
    try:
        token, life, id_token = body.get("access_token"), body.get("expires_in"), body.get("id_token")
        text = "" if token is None else token.string().strip()
        seconds = _DEFAULT_LIFE_SECONDS if life is None else life.loose_number()
        email = None if id_token is None else parse_email(id_token.string())
    except ParseError as error:
        raise ParseError(_ODD_ANSWER, path=error.path) from None
    if text and not _TOKEN.fullmatch(text):
        raise ParseError(_ODD_ANSWER, path="$.access_token")
    return Refreshed(Secret(text) if text else None, min(max(seconds, 0.0), _LONGEST_LIFE_SECONDS), email)


def parse_refusal(answer: HttpResponse) -> str:
    """Return the code of an answer with status 400 or 401, "" when it names none."""
    try:
        code = answer.json().get("error")
    except ParseError:
        return ""
    return code.raw if code is not None and isinstance(code.raw, str) else ""


def parse_printed_token(result: CommandResult) -> Secret:
    """Return the token gcloud printed. Raises ToolFailed when it failed or printed something else."""
    if result.stopped_by is not None:
        raise ToolFailed(_NO_TOKEN, timed_out=True)
    text = result.stdout.strip()
    if result.exit_code != 0 or not _TOKEN.fullmatch(text):
        raise ToolFailed(_NO_TOKEN)
    return Secret(text)


def _is_fresh(ctx: FetchContext, login: UserLogin) -> bool:
    if login.expires_at is None or login.access_token is None or not _TOKEN.fullmatch(login.access_token.reveal()):
        return False
    lasts = login.expires_at - ctx.clock.now() >= EARLY
    return lasts and ctx.memory.recall(_refused_key(login)) != login.access_token


def _refused_key(login: UserLogin) -> str:
    return f"refused {login.fingerprint}"


def _remembered(ctx: FetchContext, access: Access, until: datetime) -> Access:
    ctx.memory.remember(access.kept_as, Secret(f"{access.token.reveal()}\n{access.email or ''}"), until=until)
    return access


async def _refresh(ctx: FetchContext, login: UserLogin, key: str) -> Access:
    form = {
        "client_id": login.client_id,
        "client_secret": login.client_secret.reveal(),
        "refresh_token": login.refresh_token.reveal(),
        "grant_type": "refresh_token",
    }
    # Redirects are not followed: the body is the login itself.
    request = HttpRequest(
        "POST",
        TOKEN_URL,
        _SERVICE,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        body=urlencode(form, errors="replace").encode("ascii"),
        timeout=REFRESH_SECONDS,
        follow_redirects=False,
    )
    answer = await ctx.http.send(request)
    if answer.status in (400, 401):
        _refuse(answer)
    raise_for_status(answer, _SERVICE, login_statuses=())
    try:
        refreshed = parse_refresh(answer.json())
    except ParseError as error:
        raise ParseError(_ODD_ANSWER, path=error.path) from None
    token = refreshed.token or login.access_token
    if token is None:
        raise ParseError(_ODD_ANSWER, path="$.access_token")
    until = ctx.clock.now() + timedelta(seconds=refreshed.seconds) - EARLY
    return _remembered(ctx, Access(token, refreshed.email or login.email, key), until)


def _refuse(answer: HttpResponse) -> NoReturn:
    code = parse_refusal(answer)
    if code == "unauthorized_client":
        raise AuthRejected(f"The Google Cloud refresh token was revoked. Run `{LOGIN_COMMAND}` to log in again.")
    if code in ("", "invalid_grant"):
        raise AuthRejected(f"The Google Cloud refresh token has expired. Run `{LOGIN_COMMAND}` to log in again.")
    told = f"{_SERVICE} error: HTTP {answer.status}. Run `{LOGIN_COMMAND}` to log in again if it stays."
    raise RequestRefused(told, status=answer.status)


async def _print_token(ctx: FetchContext) -> Secret:
    program = await find_gcloud(ctx)
    if program is None:
        raise ToolNotInstalled(_NO_GCLOUD)
    # Named again, because they may come from the file beside the config, which programs do not see.
    named = ((name, ctx.env.get(name) or "") for name in (CREDENTIALS_VARIABLE, CONFIG_VARIABLE))
    env = (("CLOUDSDK_CORE_DISABLE_PROMPTS", "1"), *(pair for pair in named if pair[1]))
    argv = (program, "auth", "application-default", "print-access-token")
    try:
        return parse_printed_token(await ctx.processes.run(Command(argv, GCLOUD_SECONDS, env=env)))
    except ToolNotInstalled:
        raise ToolNotInstalled(_NO_GCLOUD) from None
    except ToolFailed as error:
        raise ToolFailed(_NO_TOKEN, timed_out=error.timed_out) from None
