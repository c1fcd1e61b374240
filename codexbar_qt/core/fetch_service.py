"""Runs the strategies of one account and turns whatever happens into an outcome."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from codexbar_qt.core.declared_types import is_sound
from codexbar_qt.core.faults import log_fault
from codexbar_qt.core.snapshot_texts import fit_to_show
from codexbar_qt.provider_api import ProviderError, Source
from codexbar_qt.provider_api.fallback import FetchResult, run_strategies

if TYPE_CHECKING:
    from codexbar_qt.core.app_config import ProviderEntry, TokenAccount
    from codexbar_qt.provider_api import FetchContext, Provider

_log = logging.getLogger(__name__)


class UnexpectedFailure(ProviderError):
    """A provider raised something outside the error tree: a fault of ours or the plugin's, told in the log."""


class ContextFactory(Protocol):
    """Builds the ports of one fetch."""

    def context(
        self, provider: Provider, entry: ProviderEntry, account: TokenAccount | None, *, interactive: bool
    ) -> FetchContext:
        """Return a context for `account` (None: the entry's own credentials)."""
        ...


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """What to fetch. `mode` overrides the configured source."""

    provider: Provider
    entry: ProviderEntry
    account: TokenAccount | None = None
    interactive: bool = False
    mode: Source | None = None


class FetchService:
    """Fetches one account at a time; safe to call concurrently."""

    def __init__(self, contexts: ContextFactory) -> None:
        self._contexts = contexts
        self._told: set[tuple[str, str]] = set()

    async def fetch(self, request: FetchRequest) -> FetchResult:
        """Return a snapshot or an error of the tree; never raises but for cancellation."""
        provider, mode = request.provider, request.mode or request.entry.source
        try:
            context = self._contexts.context(provider, request.entry, request.account, interactive=request.interactive)
            result = _fit_to_show(await run_strategies(provider, context, mode))
        except ProviderError as error:
            result = FetchResult(mode.value, error=error)
        except Exception as error:
            result = FetchResult(mode.value, error=self.unexpected(provider, error))
        self._note(provider.id, result)
        return result

    def unexpected(self, provider: Provider, error: Exception) -> UnexpectedFailure:
        """Return what people read of an exception outside the error tree; the log gets its frames once per kind."""
        known = (provider.id, type(error).__name__)
        if known not in self._told:
            self._told.add(known)
            log_fault(_log, f"{provider.id} broke", error)
        name = provider.descriptor.name
        return UnexpectedFailure(f"{name} hit an internal error. Report it with the log from Settings > Advanced.")

    def _note(self, provider_id: str, result: FetchResult) -> None:
        for attempt in result.attempts:
            outcome = type(attempt.error).__name__ if attempt.error else "ok"
            _log.debug("%s via %s: %s", provider_id, attempt.strategy.shown_source, outcome)


def _fit_to_show(result: FetchResult) -> FetchResult:
    if result.snapshot is None:
        return result
    if not is_sound(result.snapshot):
        raise TypeError("a snapshot holds something other than the contract says")
    return replace(result, snapshot=fit_to_show(result.snapshot))
