"""Asks the hosts of Factory one after another, and each again with less where it calls a session stale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codexbar_providers.factory.login import header_for, variants
from codexbar_providers.factory.sentences import NO_SESSION
from codexbar_providers.factory.service import fetch_from
from codexbar_qt.provider_api import (
    AuthRejected,
    MissingCredential,
    ProviderError,
    RateLimited,
    RequestRefused,
    ServiceUnavailable,
    Snapshot,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codexbar_providers.factory.login import Login
    from codexbar_qt.provider_api import FetchContext, Secret

_STALE = 409
_WEIGHTS: tuple[type[ProviderError], ...] = (AuthRejected, RateLimited, ServiceUnavailable)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why no host gave the numbers. `is_refusal`: the login itself was refused, and nothing else got in the way."""

    error: ProviderError
    is_refusal: bool = False

    @property
    def another_may_work(self) -> bool:
        """Whether another login is worth a try: not while the service cannot be reached or is not understood."""
        if isinstance(self.error, RequestRefused):
            return self.error.status in (403, _STALE)
        return isinstance(self.error, AuthRejected | MissingCredential)


async def ask_hosts(ctx: FetchContext, hosts: Sequence[str], login: Login) -> Snapshot | Failure:
    """Return the numbers from the first host that gives them.

    Of several failures a refused login is told, then one that passes by itself, then the first; a service that was
    asked too often is not asked at its next host.
    """
    errors: list[ProviderError] = []
    for host in hosts:
        if not login.reaches(host):
            continue
        try:
            return await _ask_host(ctx, host, login)
        except ProviderError as error:
            errors.append(error)
            if isinstance(error, RateLimited):
                break
    if not errors:
        return Failure(MissingCredential(NO_SESSION))
    told = min(errors, key=_weight)
    is_definite = all(isinstance(error, AuthRejected | RequestRefused) for error in errors)
    return Failure(told, is_refusal=isinstance(told, AuthRejected) and is_definite)


async def _ask_host(ctx: FetchContext, host: str, login: Login) -> Snapshot:
    """Try all of a login; after 401 once without the token, after 409 with less and less of it."""
    refusal: ProviderError | None = None
    is_stale = False
    for variant in _variants_for(host, login):
        try:
            return await fetch_from(ctx, host, variant)
        except (AuthRejected, RequestRefused) as error:
            refusal = error if refusal is None or isinstance(error, AuthRejected) else refusal
            is_stale = is_stale or _is_stale(error)
            goes_on = isinstance(error, AuthRejected) and variant == login and login.bearer is not None
            if not goes_on and not (is_stale and (_is_stale(error) or isinstance(error, AuthRejected))):
                break
    raise refusal or MissingCredential(NO_SESSION)


def _variants_for(host: str, login: Login) -> Iterator[Login]:
    """Give the login, then what is to be tried where it is stale; nothing that was sent to this host already."""
    sent: set[tuple[Secret | None, Secret | None]] = set()
    for variant in variants(login) if login.cookies else (login,):
        what = header_for(variant.cookies, host), variant.bearer
        if variant.reaches(host) and what not in sent:
            sent.add(what)
            yield variant


def _is_stale(error: ProviderError) -> bool:
    return isinstance(error, RequestRefused) and error.status == _STALE


def _weight(error: ProviderError) -> int:
    return next((place for place, kind in enumerate(_WEIGHTS) if isinstance(error, kind)), len(_WEIGHTS))
