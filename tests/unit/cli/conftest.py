"""What the tests of the command line share."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Never

import pytest

from codexbar_qt.cli.command_runner import run_command
from codexbar_qt.cli.terminal import Terminal
from codexbar_qt.core.access_ledger import AccessLedger
from codexbar_qt.core.browser_consent import BrowserConsent
from codexbar_qt.core.browser_sessions import BrowserParts, BrowserSessions
from codexbar_qt.core.config_file import ConfigFile
from codexbar_qt.core.config_location import ConfigLocation
from codexbar_qt.core.cookie_cache import CookieCache, cache_service
from codexbar_qt.core.cost_prices import CostPrices, PriceFolders
from codexbar_qt.core.credentials import account_env, fetch_values
from codexbar_qt.core.denial_cooldown import DenialCooldown
from codexbar_qt.core.ports import KnownBrowser, SecretLookup, SecretState
from codexbar_qt.core.preferences_file import PreferencesFile
from codexbar_qt.core.registry import Registry
from codexbar_qt.cost.values import Ledger, ScanProgress, ScanResult
from codexbar_qt.provider_api import (
    AccountsSetting,
    FetchContext,
    Platform,
    Provider,
    ProviderDescriptor,
    SecretSetting,
    Snapshot,
    Source,
    Strategy,
    WindowSpec,
)
from codexbar_qt.provider_testing import FakeClock, FakeEnv, empty_context
from tests.unit.cli import cost_payload, usage_payload

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from codexbar_qt.cli.backend import Backend
    from codexbar_qt.core.cost_logs import CostScanError
    from codexbar_qt.core.fetch_service import FetchRequest
    from codexbar_qt.provider_api import Clock, Env, Secret

NOW = datetime(2030, 1, 8, 12, 0, tzinfo=UTC)
GOLDEN = Path(__file__).parent / "golden"
Fetch = Callable[[FetchContext], "Awaitable[Snapshot]"]


@pytest.fixture
def now() -> datetime:
    """The time of every test here."""
    return NOW


@pytest.fixture
def decode_usage() -> Callable[[bytes], list[usage_payload.Element]]:
    """The strict reader of `usage` documents."""
    return usage_payload.decode_usage


@pytest.fixture
def decode_cost() -> Callable[[bytes], list[cost_payload.Element]]:
    """The strict reader of `cost` documents."""
    return cost_payload.decode_cost


@pytest.fixture
def golden() -> Callable[[str], str]:
    """Reads a file of the folder `golden`."""
    return lambda name: (GOLDEN / name).read_bytes().decode()


@pytest.fixture
def make_provider() -> Callable[..., Provider]:
    """Makes a provider with one strategy that does what the test says."""

    def make(
        name: str,
        fetch: Fetch,
        *,
        source: Source = Source.API,
        accounts: bool = False,
        windows: WindowSpec | None = None,
        **facts: object,
    ) -> Provider:
        settings = (SecretSetting("apiKey", "API key", env=(f"{name.upper()}_API_KEY",)),)
        declared = (*settings, AccountsSetting("Accounts", injects="apiKey")) if accounts else settings
        descriptor = ProviderDescriptor(
            id=name,
            name=name.title(),
            color="#000000",
            order=1,
            windows=windows or WindowSpec(),
            settings=declared,
            **facts,  # type: ignore[arg-type]  # whatever the test wants to say
        )
        return Provider(descriptor, (Strategy(source, fetch),))

    return make


@dataclass
class FakeContexts:
    """Builds contexts over empty fakes and the real credentials."""

    env: Env
    clock: Clock
    asked: list[bool] = field(default_factory=list)

    def context(self, request: FetchRequest) -> FetchContext:
        self.asked.append(request.interactive)
        descriptor, account = request.provider.descriptor, request.account
        values = fetch_values(descriptor, request.entry, self.env, {}, account, is_named=request.is_named)
        env = account_env(descriptor, self.env, account)
        return empty_context(values, env, self.clock, interactive=request.interactive)


@dataclass
class FakeStore:
    """A keyring in memory; `state` "locked" or "unavailable" is its answer to everything."""

    entries: dict[tuple[str, str], Secret] = field(default_factory=dict)
    state: SecretState = "found"
    keeps: bool = False

    async def get(self, service: str, account: str, *, interactive: bool = False) -> SecretLookup:
        assert not interactive
        if self.state != "found":
            return SecretLookup(self.state)
        secret = self.entries.get((service, account))
        return SecretLookup("missing") if secret is None else SecretLookup("found", secret)

    async def set(self, service: str, account: str, secret: Secret, *, interactive: bool = False) -> SecretState:
        raise AssertionError("nothing stores here")

    async def delete(self, service: str, account: str, *, interactive: bool = False) -> SecretState:
        assert not interactive
        if self.keeps:
            return "unavailable"
        self.entries.pop((service, account), None)
        return "missing"


class KnownBrowsers:
    """Two browsers of which nothing is ever read."""

    def known(self) -> tuple[KnownBrowser, ...]:
        return (KnownBrowser("chrome", "Chrome", "chromium"), KnownBrowser("firefox", "Firefox", "firefox"))

    async def candidates(self, *_: object, **__: object) -> Never:
        raise AssertionError

    async def profiles(self, browser_id: str) -> Never:
        raise AssertionError

    async def cookies(self, *_: object, **__: object) -> Never:
        raise AssertionError

    async def storage(self, *_: object, **__: object) -> Never:
        raise AssertionError

    def surroundings(self) -> Never:
        raise AssertionError

    def forget(self) -> Never:
        raise AssertionError


@dataclass
class FakeLogs:
    """The logs of agents: what a scan gives, or how it fails; `asked` are the scans, `kept` the files to clear."""

    ledgers: tuple[Ledger, ...] = (Ledger("claude"), Ledger("codex"))
    error: CostScanError | None = None
    steps: tuple[ScanProgress, ...] = ()
    kept: int = 0
    asked: list[bool] = field(default_factory=list)

    async def scan(
        self, *, refresh: bool = False, jobs: int = 1, progress: Callable[[ScanProgress], None] | None = None
    ) -> ScanResult:
        assert jobs >= 1
        self.asked.append(refresh)
        for step in self.steps:
            if progress is not None:
                progress(step)
        if self.error is not None:
            raise self.error
        return ScanResult(self.ledgers, NOW.timestamp())

    async def rows(self, source: str, first: int, last: int, limit: int = 2000) -> Never:
        raise AssertionError

    async def clear(self) -> int:
        if self.error is not None:
            raise self.error
        return self.kept


@dataclass
class FakeBackend:
    """The services of a test over files in a temporary folder."""

    env: Env
    clock: Clock
    platform: Platform
    zone: tzinfo
    registry: Registry
    config_file: ConfigFile
    preferences_file: PreferencesFile
    contexts: FakeContexts
    browsers: BrowserSessions
    cost: FakeLogs
    prices: CostPrices
    store: FakeStore
    closed: int = 0

    async def close(self) -> None:
        self.closed += 1


@dataclass
class FakeHost:
    """Hands out one backend; remembers how the log was started."""

    backend: FakeBackend
    logs: list[tuple[str, bool]] = field(default_factory=list)
    problem: Exception | None = None

    def start_log(self, level: str, *, json_lines: bool) -> None:
        self.logs.append((level, json_lines))

    def build(self) -> Backend:
        if self.problem is not None:
            raise self.problem
        return self.backend

    @property
    def cost(self) -> FakeLogs:
        """The logs of agents."""
        return self.backend.cost

    @property
    def store(self) -> FakeStore:
        """The keyring behind the sessions that are kept."""
        return self.backend.store


@dataclass(frozen=True)
class Ended:
    """What a command left behind."""

    code: int
    out: bytes
    err: str


@pytest.fixture
def make_host(tmp_path: Path) -> Callable[..., FakeHost]:
    """Makes a host over given providers; its config file is `tmp_path / "config.json"`."""

    def make(*providers: Provider, env: Mapping[str, str] | None = None) -> FakeHost:
        clock, variables = FakeClock(NOW), FakeEnv(env or {})
        location = ConfigLocation(tmp_path / "config.json")
        preferences_file = PreferencesFile(location.settings_path, variables.get, clock.now)
        store = FakeStore()
        parts = BrowserParts(
            reader=KnownBrowsers(),
            cache=CookieCache(store, cache_service("linux"), clock),
            ledger=AccessLedger(),
            cooldown=DenialCooldown(clock),
            consent=BrowserConsent(lambda: preferences_file.current, variables),
            clock=clock,
            surface="command line",
        )
        backend = FakeBackend(
            env=variables,
            clock=clock,
            platform="linux",
            zone=UTC,
            registry=Registry(providers),
            config_file=ConfigFile(location, providers, clock.now),
            preferences_file=preferences_file,
            contexts=FakeContexts(variables, clock),
            browsers=BrowserSessions(parts),
            cost=FakeLogs(),
            prices=CostPrices(
                PriceFolders(tmp_path / "cache", tmp_path / "data"),
                None,
                is_catalogue_on=lambda: preferences_file.current.token_cost_price_catalogue_enabled,
                now=clock.now,
            ),
            store=store,
        )
        return FakeHost(backend)

    return make


@pytest.fixture
def run() -> Callable[..., Ended]:
    """Runs a command line in this process, over a host."""

    def run_line(host: FakeHost, *arguments: str, stdin: bytes = b"") -> Ended:
        out, err = io.BytesIO(), io.BytesIO()
        code = run_command(arguments, host, Terminal(io.BytesIO(stdin), out, err))
        return Ended(code, out.getvalue(), err.getvalue().decode())

    return run_line
