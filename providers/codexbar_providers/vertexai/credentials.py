"""Google's application default credentials: a person's login, or a service account."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codexbar_providers.vertexai.gcloud import CREDENTIALS_VARIABLE, LOGIN_COMMAND, credentials_path
from codexbar_qt.provider_api import JsonView, MissingCredential, ParseError, Secret, jwt_payload, parse_iso_time

if TYPE_CHECKING:
    from datetime import datetime

    from codexbar_qt.provider_api import FetchContext

_LARGEST_FILE = 256 * 1024
_MISSING = f"Google Cloud credentials not found. Run `{LOGIN_COMMAND}`."
_MISSING_AT_VARIABLE = (
    f"Google Cloud credentials not found where {CREDENTIALS_VARIABLE} points to. "
    f"Correct that variable, or unset it and run `{LOGIN_COMMAND}`."
)
_UNDECODABLE = f"Google Cloud credentials could not be decoded. Run `{LOGIN_COMMAND}` to write them anew."
_INCOMPLETE = f"Google Cloud credentials are incomplete. Run `{LOGIN_COMMAND}` to log in again."


@dataclass(frozen=True, slots=True)
class UserLogin:
    """What `gcloud auth application-default login` leaves; `expires_at` (aware UTC) belongs to `access_token`."""

    client_id: str = field(repr=False)
    client_secret: Secret
    refresh_token: Secret
    access_token: Secret | None = None
    expires_at: datetime | None = None
    email: str | None = field(default=None, repr=False)

    @property
    def project(self) -> None:
        """None: a person's login belongs to no project."""
        return None

    @property
    def fingerprint(self) -> str:
        """Tells this login from another one without saying what it is."""
        return _fingerprint(self.client_id, self.refresh_token.reveal())


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """A service account's key file; gcloud does the signing, so the key itself is not kept."""

    email: str = field(repr=False)
    project: str | None
    fingerprint: str


async def read_credentials(ctx: FetchContext) -> UserLogin | ServiceAccount:
    """Read the credentials file. Raises MissingCredential, ParseError."""
    text = await ctx.files.read_text(credentials_path(ctx), max_bytes=_LARGEST_FILE)
    if text is None:
        raise MissingCredential(_MISSING_AT_VARIABLE if ctx.env.get(CREDENTIALS_VARIABLE) else _MISSING)
    return parse_credentials(text)


def parse_credentials(text: str) -> UserLogin | ServiceAccount:
    """Read the text of a credentials file; ParseError when it is no JSON object, MissingCredential for a half one."""
    try:
        view = JsonView.from_text(text)
    except ParseError:
        raise ParseError(_UNDECODABLE, path="$") from None
    if not view.is_object():
        raise ParseError(_UNDECODABLE, path="$")
    account, key = _text(view, "client_email"), _text(view, "private_key")
    if account and key:
        return ServiceAccount(account, _text(view, "project_id") or None, _fingerprint(account, key))
    client_id, client_secret, refresh = (_text(view, name) for name in ("client_id", "client_secret", "refresh_token"))
    if not (client_id and client_secret and refresh):
        raise MissingCredential(_INCOMPLETE)
    access = _text(view, "access_token")
    return UserLogin(
        client_id=client_id,
        client_secret=Secret(client_secret),
        refresh_token=Secret(refresh),
        access_token=Secret(access) if access else None,
        expires_at=parse_iso_time(_text(view, "token_expiry")),
        email=parse_email(_text(view, "id_token")),
    )


def parse_email(id_token: str) -> str | None:
    """Return the claim `email` of an ID token, whose signature is not checked; None when it has none."""
    email = (jwt_payload(id_token) or {}).get("email")
    return email.strip() or None if isinstance(email, str) else None


def _text(view: JsonView, key: str) -> str:
    child = view.get(key)
    return child.raw.strip() if child is not None and isinstance(child.raw, str) else ""


def _fingerprint(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]
