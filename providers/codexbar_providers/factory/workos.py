"""Access tokens from WorkOS, which signs people in for Factory, out of a refresh token or WorkOS's own cookies."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codexbar_providers.factory.account import word
from codexbar_providers.factory.hosts import Failure
from codexbar_providers.factory.sentences import NO_SESSION, REFUSED
from codexbar_providers.factory.service import unreadable
from codexbar_qt.provider_api import (
    AuthRejected,
    MissingCredential,
    ParseError,
    ProviderError,
    Secret,
    jwt_payload,
    raise_for_status,
)

if TYPE_CHECKING:
    from codexbar_qt.provider_api import FetchContext, HeaderValue, HttpResponse, JsonView

URL = "https://api.workos.com/user_management/authenticate"
HOST = "api.workos.com"
# The ids of Factory's web page; they are public and name no secret.
CLIENT_IDS = ("client_01HXRMBQ9BJ3E7QSTQ9X2PHVB7", "client_01HNM792M5G5G1A2THWPXKFMXB")
_REFUSALS = (400, 401, 403)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token is asked for with: a refresh token, or the Cookie header of WorkOS."""

    refresh_token: Secret | None = None
    cookie: Secret | None = None
    organization_id: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Minted:
    """An access token, and the refresh token that replaces the one used up."""

    access_token: Secret
    refresh_token: Secret | None = None


async def mint(ctx: FetchContext, grant: Grant) -> Minted | Failure:
    """Return new tokens; Failure.is_refusal says that the grant is worth nothing any more."""
    errors: list[ProviderError] = []
    is_void = False
    for client_id in CLIENT_IDS:
        try:
            answer = await _ask(ctx, grant, client_id)
            if answer.status == 200:
                return parse_minted(answer.json())
            is_void = is_void or _is_void(answer)
            _raise_refusal(answer)
        except (AuthRejected, MissingCredential) as error:
            errors.append(error)
        except ParseError as error:
            return Failure(unreadable(error))
        except ProviderError as error:
            return Failure(error)
    told = next((error for error in errors if isinstance(error, AuthRejected)), errors[0])
    return Failure(told, is_refusal=is_void)


def parse_minted(body: JsonView) -> Minted:
    """Read new tokens. ParseError when there is no access token."""
    access, refresh = body["access_token"].string().strip(), word(body, "refresh_token")
    if not access or not _is_token(access):
        raise ParseError("The answer has no usable access token.", path="$.access_token")
    return Minted(Secret(access), Secret(refresh) if refresh and _is_token(refresh) else None)


def organization_of(token: Secret | None) -> str:
    """Return the organisation a token was made for, "" when it does not say."""
    claim = (jwt_payload(token.reveal()) or {}).get("org_id") if token is not None else None
    return claim.strip() if isinstance(claim, str) else ""


async def _ask(ctx: FetchContext, grant: Grant, client_id: str) -> HttpResponse:
    body: dict[str, object] = {"client_id": client_id, "grant_type": "refresh_token"}
    headers: dict[str, HeaderValue] = {"Accept": "application/json"}
    if grant.refresh_token is not None:
        body["refresh_token"] = grant.refresh_token.reveal()
    if grant.cookie is not None:
        body["useCookie"] = True
        headers["Cookie"] = grant.cookie
    if grant.organization_id:
        body["organization_id"] = grant.organization_id
    return await ctx.http.post_json(URL, body, service="WorkOS", headers=headers, follow_redirects=False)


def _raise_refusal(answer: HttpResponse) -> None:
    if _says_missing(answer):
        raise MissingCredential(NO_SESSION)
    # Whatever else is not accepted may be right for the other client.
    raise_for_status(answer, "WorkOS", login_statuses=(*_REFUSALS, 404, 422), login_message=REFUSED, accepted=())


def _is_void(answer: HttpResponse) -> bool:
    """Whether WorkOS says that a refresh token is used up or missing."""
    return answer.status in _REFUSALS and ("invalid_grant" in _told(answer, "error", "code") or _says_missing(answer))


def _says_missing(answer: HttpResponse) -> bool:
    return answer.status == 400 and "missing refresh token" in _told(answer, "error_description").lower()


def _told(answer: HttpResponse, *fields: str) -> str:
    try:
        body = answer.json()
    except ParseError:
        return ""
    return " ".join(word(body, name) for name in fields)


def _is_token(text: str) -> bool:
    return all("!" <= sign <= "~" for sign in text)
