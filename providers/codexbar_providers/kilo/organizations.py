"""The organizations a person belongs to, asked for by a press of a button; each has credits of its own."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from codexbar_providers.kilo.api import ask, batch_url, decoded, raise_for_kilo_status, require_key
from codexbar_providers.kilo.batch import entry_error
from codexbar_providers.kilo.cli_session import require_session
from codexbar_providers.kilo.loose import Fields, as_fields, as_items, text
from codexbar_qt.provider_api import MissingCredential, RequestRefused, Scope, Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codexbar_qt.provider_api import FetchContext, JsonView, Secret

ORGANIZATIONS_URL = batch_url("user.getOrganizations")
PROFILE_URL = "https://api.kilo.ai/api/profile"
_NOT_FOUND = 404


async def find_organizations(ctx: FetchContext, source: Source) -> tuple[Scope, ...]:
    """Ask the service for the organizations, with the token that `source` calls for."""
    token = await _token(ctx, source)
    answer = await ask(ctx, ORGANIZATIONS_URL, token)
    if answer.status != _NOT_FOUND:
        raise_for_kilo_status(answer)
        with suppress(RequestRefused):  # the batch came back, but the procedure in it is gone
            return parse_organizations(decoded(answer))
    answer = await ask(ctx, PROFILE_URL, token)
    raise_for_kilo_status(answer)
    return parse_organizations(decoded(answer))


def parse_organizations(body: JsonView) -> tuple[Scope, ...]:
    """Read either answer; a shape nobody knows holds no organization.

    Raises the error of a batch whose only entry is one: AuthRejected, RequestRefused (404) or ParseError.
    """
    listed = as_items(body.raw)
    entry = as_fields(listed[0] if listed else body.raw) or {}
    error = entry_error(entry)
    if error is not None:
        raise error
    scopes = [scope for item in _listed(entry) if (scope := _scope(item)) is not None]
    return tuple({scope.id: scope for scope in reversed(scopes)}.values())[::-1]


async def _token(ctx: FetchContext, source: Source) -> Secret:
    if source is Source.CLI:
        return await require_session(ctx)
    try:
        return await require_key(ctx)
    except MissingCredential:
        if source is not Source.AUTO:
            raise
        return await require_session(ctx)


def _listed(entry: Fields) -> Sequence[object]:
    data = (as_fields(entry.get("result")) or {}).get("data")
    wrapped = as_fields(data)
    payload = wrapped["json"] if wrapped is not None and "json" in wrapped else data
    inside = (as_fields(payload) or {}).get("organizations")
    return next((found for place in (payload, inside, entry.get("organizations")) if (found := as_items(place))), ())


def _scope(item: object) -> Scope | None:
    fields = as_fields(item) or {}
    name = text(fields.get("id"))
    return None if name is None else Scope(name, text(fields.get("name")) or name, text(fields.get("role")) or "")
