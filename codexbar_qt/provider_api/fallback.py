"""How the strategies of a provider are tried: the declared order, each within its time limit, fall-back as data."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from codexbar_qt.provider_api.descriptor import DEFAULT_FALL_BACK, Attempt, Provider, Source, Strategy
from codexbar_qt.provider_api.errors import InvalidSetting, ProviderError, ServiceUnavailable
from codexbar_qt.provider_api.models import Snapshot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codexbar_qt.provider_api.context import FetchContext

_STOP_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class FetchResult:
    """The outcome of one fetch: exactly one of `snapshot` and `error` is set; `source` is the word shown for it."""

    source: str
    snapshot: Snapshot | None = None
    error: ProviderError | None = None
    attempts: tuple[Attempt, ...] = ()


async def run_strategies(provider: Provider, ctx: FetchContext, mode: Source) -> FetchResult:
    """Try the strategies of `mode` ("auto" keeps the declared order) until one gives a snapshot.

    An error a strategy does not fall back on ends the run. When all fail, the provider's `told_error`
    chooses what people read, by default `last_real_error`. Exceptions outside the error tree pass through.
    """
    chosen = _strategies(provider, mode)
    if not chosen:
        told = f"Source '{mode.value}' is not supported for {provider.descriptor.name}."
        return FetchResult(mode.value, error=InvalidSetting(told, setting="source"))
    if mode is not Source.AUTO:
        ctx = replace(ctx, automatic=False)
    attempts: list[Attempt] = []
    for strategy in chosen:
        try:
            snapshot = await _within_limit(provider, strategy, ctx)
        except ProviderError as error:
            attempts.append(Attempt(strategy, error))
            if not isinstance(error, strategy.falls_back_on):
                return FetchResult(mode.value, error=error, attempts=tuple(attempts))
            continue
        if attempts and strategy.fallback_note and not snapshot.note:
            snapshot = replace(snapshot, note=strategy.fallback_note)
        attempts.append(Attempt(strategy))
        return FetchResult(strategy.shown_source, snapshot=snapshot, attempts=tuple(attempts))
    told_error = provider.told_error or last_real_error
    return FetchResult(mode.value, error=told_error(attempts), attempts=tuple(attempts))


def _strategies(provider: Provider, mode: Source) -> Sequence[Strategy]:
    if mode is Source.AUTO:
        return provider.strategies
    return [item for item in provider.strategies if item.source is mode and not item.auto_only]


async def _within_limit(provider: Provider, strategy: Strategy, ctx: FetchContext) -> Snapshot:
    name = provider.descriptor.name
    work = asyncio.create_task(_call(strategy, ctx))
    try:
        await asyncio.wait([work], timeout=strategy.limit_seconds)
    except asyncio.CancelledError:
        await _stop(work)
        raise
    if not work.done():
        await _stop(work)
        told = f"{name} did not answer within {strategy.limit_seconds:g} s. Trying again later."
        raise ServiceUnavailable(told, reason="timeout")
    if work.cancelled():
        raise ServiceUnavailable(f"The request to {name} was interrupted. Trying again later.", reason="cancelled")
    try:
        return work.result()
    except TimeoutError:
        told = f"{name} did not answer in time. Trying again later."
        raise ServiceUnavailable(told, reason="timeout") from None


async def _call(strategy: Strategy, ctx: FetchContext) -> Snapshot:
    """Fetch; what a strategy must not do becomes an ordinary exception."""
    try:
        found = cast("object", await strategy.fetch(ctx))
    except SystemExit:
        raise RuntimeError("a strategy asked the application to quit") from None
    if not isinstance(found, Snapshot):
        raise TypeError(f"a strategy returned {type(found).__name__} instead of a Snapshot")
    if not has_zones(found):
        raise ValueError("a strategy returned a time without a zone")
    return found


async def _stop(work: asyncio.Task[Snapshot]) -> None:
    """Cancel a strategy. One that takes no notice is left to itself, so that it blocks nobody else."""
    work.cancel()
    await asyncio.wait([work], timeout=_STOP_SECONDS)
    work.add_done_callback(_forget)


def _forget(work: asyncio.Task[Snapshot]) -> None:
    if not work.cancelled():
        work.exception()


def has_zones(value: object) -> bool:
    """Whether every time inside a snapshot says which zone it is in, as the contract asks."""
    if value is None or isinstance(value, (str, int, float)):
        return True  # nearly all of the values, and the tests below take their time
    if isinstance(value, datetime):
        return value.utcoffset() is not None
    if isinstance(value, tuple):
        return all(has_zones(item) for item in cast("tuple[object, ...]", value))
    if is_dataclass(value) and not isinstance(value, type):
        return all(has_zones(getattr(value, name)) for name in _names(type(value)))
    return True


@lru_cache(maxsize=64)
def _names(kind: type) -> tuple[str, ...]:
    return tuple(item.name for item in fields(kind))


def last_real_error(attempts: Sequence[Attempt]) -> ProviderError:
    """Return the last error that is more than a missing credential or tool, else the last one."""
    errors = [attempt.error for attempt in attempts if attempt.error is not None]
    real = [error for error in errors if not isinstance(error, DEFAULT_FALL_BACK)]
    return (real or errors)[-1]
