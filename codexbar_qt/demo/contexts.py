"""Fetch contexts whose every port answers from a demo file: no network, keyring, browser or home directory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from codexbar_qt.provider_api import NoUsageData, Provider, ScopesSetting
from codexbar_qt.provider_testing import CasePorts, load_case, run_case

if TYPE_CHECKING:
    from pathlib import Path

    from codexbar_qt.provider_api import Clock, FetchContext, Scope
    from codexbar_qt.provider_api.fallback import FetchResult

_EARLIER = ".earlier.json"
_IMPORTED = ("Firefox", "default-release")


class Importing(Protocol):
    """What hears where a session was taken from."""

    browser: str
    profile: str


class Asked(Protocol):
    """What the demo needs to know of a fetch."""

    @property
    def provider(self) -> Provider:
        """Who is fetched."""
        ...

    @property
    def scope(self) -> Scope | None:
        """Which part of the account."""
        ...

    @property
    def importing(self) -> Importing | None:
        """The wish to take a session out of a browser."""
        ...


class DemoContexts:
    """Builds the contexts. Answers come in the order of the file and start over when they are used up.

    A part of an account has a file of its own, `<id>.<scope id>.json`.
    """

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._ports: dict[str, CasePorts] = {}

    def provider_ids(self) -> tuple[str, ...]:
        """Return the providers that have demo data."""
        return tuple(name for name in sorted(self._names()) if "." not in name)

    def context(self, request: Asked) -> FetchContext:
        """Return the context of a provider. Raises NoUsageData for one without demo data."""
        provider = request.provider
        if request.importing is not None:
            request.importing.browser, request.importing.profile = _IMPORTED
        name = f"{provider.id}.{request.scope.id}" if request.scope else provider.id
        if name not in self._ports:
            if name not in self._names():
                raise NoUsageData(f"{provider.descriptor.name} has no demo data.")
            case = load_case(self._folder / f"{name}.json")
            self._ports[name] = CasePorts.from_case(case, provider, repeat=True, clock=self._clock)
        return self._ports[name].context

    def stored_scopes(self, provider: Provider) -> dict[str, object]:
        """Return the fields of a config entry that say which parts of the account are known and on."""
        declared = [item for item in provider.descriptor.settings if isinstance(item, ScopesSetting)]
        keys = {key for setting in declared for key in (setting.known_key, setting.enabled_key)}
        if not keys or provider.id not in self._names():
            return {}
        config = load_case(self._folder / f"{provider.id}.json").config
        return {key: value for key, value in config.items() if key in keys}

    async def earlier(self, provider: Provider) -> FetchResult | None:
        """Return what an earlier launch is supposed to have seen (`<id>.earlier.json`), None without such a file."""
        path = self._folder / f"{provider.id}{_EARLIER}"
        return (await run_case(provider, load_case(path))).result if path.is_file() else None

    def _names(self) -> frozenset[str]:
        return frozenset(path.stem for path in self._folder.glob("*.json"))
