"""Fetch contexts whose every port answers from a demo file: no network, keyring, browser or home directory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_qt.provider_api import FetchContext, NoUsageData, Provider
from codexbar_qt.provider_testing import CasePorts, load_case, run_case

if TYPE_CHECKING:
    from pathlib import Path

    from codexbar_qt.provider_api import Clock
    from codexbar_qt.provider_api.fallback import FetchResult

_EARLIER = ".earlier.json"


class DemoContexts:
    """Builds the contexts. Answers come in the order of the file and start over when they are used up."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._ports: dict[str, CasePorts] = {}

    def provider_ids(self) -> tuple[str, ...]:
        """Return the providers that have demo data."""
        return tuple(sorted(path.stem for path in self._folder.glob("*.json") if not path.name.endswith(_EARLIER)))

    def context(self, provider: Provider, entry: object, account: object | None, *, interactive: bool) -> FetchContext:
        """Return the context of a provider. Raises NoUsageData for one without demo data."""
        if provider.id not in self._ports:
            path = self._folder / f"{provider.id}.json"
            if not path.is_file():
                raise NoUsageData(f"{provider.descriptor.name} has no demo data.")
            self._ports[provider.id] = CasePorts.from_case(load_case(path), provider, repeat=True, clock=self._clock)
        return self._ports[provider.id].context

    async def earlier(self, provider: Provider) -> FetchResult | None:
        """Return what an earlier launch is supposed to have seen (`<id>.earlier.json`), None without such a file."""
        path = self._folder / f"{provider.id}{_EARLIER}"
        return (await run_case(provider, load_case(path))).result if path.is_file() else None
