"""Runs the strategies of one account and turns whatever happens into an outcome."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, cast

from codexbar_qt.core.declared_types import is_sound
from codexbar_qt.core.faults import log_fault
from codexbar_qt.core.snapshot_texts import fit_to_show
from codexbar_qt.provider_api import Identity, ProviderError, Source
from codexbar_qt.provider_api.fallback import FetchResult, run_strategies

if TYPE_CHECKING:
    from codexbar_qt.core.app_config import ProviderEntry, TokenAccount
    from codexbar_qt.core.credential_store import ConfigWriter
    from codexbar_qt.core.fetch_browsers import SessionImport
    from codexbar_qt.provider_api import DebugReport, FetchContext, Provider, Scope

_REPORT_SECONDS = 10.0
_log = logging.getLogger(__name__)


class UnexpectedFailure(ProviderError):
    """A provider raised something outside the error tree: a fault of ours or the plugin's, told in the log."""


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """What to fetch.

    `account` None: with the entry's own credentials; `scope` None: the person's own part of the account. `is_named`
    says that the provider is on in the config or was named on the command line. `mode` overrides the configured source.
    `writer` takes what the fetch saves, None leaves that to the factory of contexts. `part_name` is what the part is
    called where it is shown beside others; it becomes the organization of a snapshot that names none. `importing` is
    the explicit wish to take a session out of a browser now, and hears where it came from.
    """

    provider: Provider
    entry: ProviderEntry
    account: TokenAccount | None = None
    scope: Scope | None = None
    is_named: bool = True
    interactive: bool = False
    mode: Source | None = None
    writer: ConfigWriter | None = None
    part_name: str = ""
    importing: SessionImport | None = None


class ContextFactory(Protocol):
    """Builds the ports of one fetch."""

    def context(self, request: FetchRequest) -> FetchContext:
        """Return the ports for `request`; its `mode` is not theirs to know."""
        ...


class FetchService:
    """Fetches one account at a time; safe to call concurrently."""

    def __init__(self, contexts: ContextFactory) -> None:
        self._contexts = contexts
        self._told: set[tuple[str, str]] = set()

    async def fetch(self, request: FetchRequest) -> FetchResult:
        """Return a snapshot or an error of the tree; never raises but for cancellation."""
        provider, mode = request.provider, request.mode or request.entry.source
        try:
            result = await run_strategies(provider, self._contexts.context(request), mode)
            result = _with_part(_fit_to_show(result), request.part_name)
        except ProviderError as error:
            result = FetchResult(mode.value, error=error)
        except Exception as error:
            result = FetchResult(mode.value, error=self.unexpected(provider, error))
        self._note(provider.id, result)
        return result

    async def report(self, request: FetchRequest, report: DebugReport) -> Mapping[str, str]:
        """Return the extra facts of a report, empty when they cannot be had within 10 s."""
        try:
            async with asyncio.timeout(_REPORT_SECONDS):
                return _facts(await report.fetch(self._contexts.context(request)))
        except (ProviderError, TimeoutError) as error:
            _log.debug("%s %s: %s", request.provider.id, report.flag, type(error).__name__)
            return {}
        except Exception as error:
            self.unexpected(request.provider, error)
            return {}

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


def _facts(found: object) -> dict[str, str]:
    if not isinstance(found, Mapping):
        raise TypeError(f"a report is {type(found).__name__} instead of a mapping")
    pairs = cast("Mapping[object, object]", found).items()
    return {name: text for name, text in pairs if isinstance(name, str) and isinstance(text, str)}


def _with_part(result: FetchResult, name: str) -> FetchResult:
    known = result.snapshot.identity if result.snapshot else None
    if not name or result.snapshot is None or (known and known.organization):
        return result
    return replace(result, snapshot=replace(result.snapshot, identity=replace(known or Identity(), organization=name)))


def _fit_to_show(result: FetchResult) -> FetchResult:
    if result.snapshot is None:
        return result
    if not is_sound(result.snapshot):
        raise TypeError("a snapshot holds something other than the contract says")
    return replace(result, snapshot=fit_to_show(result.snapshot))
