"""Providers with every kind of setting, a config file in an empty folder, a clock and a service that tests control."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.core.config_file import ConfigFile
from codexbar_qt.core.config_location import ConfigLocation
from codexbar_qt.provider_api import (
    AccountField,
    AccountsSetting,
    Binding,
    Choice,
    ChoiceSetting,
    Clock,
    CookieSourceSetting,
    FetchContext,
    Provider,
    ProviderDescriptor,
    ProviderError,
    SecretSetting,
    Setting,
    Snapshot,
    Source,
    Strategy,
    TextSetting,
    ToggleSetting,
    check_https_base,
)
from codexbar_qt.provider_api.fallback import FetchResult
from tests.unit.core.browser_world import BrowserWorld
from tests.unit.core.cost_world import CostWorld
from tests.unit.core.session_world import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

NOW = datetime(2026, 7, 16, 12, 0, 5, tzinfo=UTC)


async def _never(ctx: FetchContext) -> Snapshot:
    raise AssertionError(ctx)


def _provider(name: str, order: int, sources: tuple[Source, ...], *settings: Setting, on: bool = False) -> Provider:
    descriptor = ProviderDescriptor(name, name.title(), "#112233", order, settings=tuple(settings), default_enabled=on)
    return Provider(descriptor, tuple(Strategy(source, _never) for source in sources))


@pytest.fixture
def catalogue() -> tuple[Provider, ...]:
    """Four providers, not in catalogue order: alpha (cookies), beta (key bound to a region), gamma (bare), delta."""
    alpha = _provider(
        "alpha",
        1,
        (Source.OAUTH, Source.WEB),
        CookieSourceSetting(manual_when=("pastedLogin",)),
        SecretSetting("cookieHeader", "Cookie header"),
        AccountsSetting("Sessions", injects="cookieHeader", cookie_name="sessionKey"),
        on=True,
    )
    beta = _provider(
        "beta",
        2,
        (Source.API,),
        SecretSetting(
            "apiKey", "API key", env=("BETA_API_KEY",), binding=Binding("region", "apiKeyRegion", "BETA_REGION")
        ),
        ChoiceSetting(
            "region",
            "Region",
            (Choice("world", "World"), Choice("china", "China")),
            default="world",
            env=("BETA_REGION",),
        ),
        AccountsSetting(
            "Keys",
            injects="apiKey",
            related=("BETA_API_KEY", "BETA_TEAM"),
            usage_scopes=("personal", "team"),
            fields=(
                AccountField("organizationId", "Organization ID", "team"),
                AccountField("workspaceID", "Project ID", "team"),
            ),
        ),
    )
    gamma = _provider("gamma", 3, (Source.CLI,))
    delta = _provider(
        "delta",
        4,
        (Source.API, Source.CLI),
        SecretSetting("apiKey", "API key", env=("DELTA_API_KEY",)),
        SecretSetting("secretKey", "Secret key", env=("DELTA_SECRET_KEY",)),
        SecretSetting("pluginSecrets.DELTA_ADMIN_KEY", "Management key", env=("DELTA_ADMIN_KEY",)),
        ChoiceSetting(
            "region",
            "Region",
            (Choice("intl", "International"), Choice("cn", "China")),
            stored_when_new="intl",
            stored_when_added="cn",
        ),
        ChoiceSetting("deltaMenuBarDisplay", "Menu bar value", (Choice("hidden", "Hidden"),), is_preference=True),
        TextSetting("enterpriseHost", "API URL", check=check_https_base),
        TextSetting("workspaceID", "Workspace"),
        ToggleSetting("extrasEnabled", "Extras"),
    )
    return (delta, gamma, beta, alpha)


@pytest.fixture
def beta(catalogue: tuple[Provider, ...]) -> Provider:
    """The provider with a key that is bound to a region."""
    return next(provider for provider in catalogue if provider.id == "beta")


@pytest.fixture
def delta(catalogue: tuple[Provider, ...]) -> Provider:
    """The last one of the catalogue."""
    return next(provider for provider in catalogue if provider.id == "delta")


@pytest.fixture
def now() -> datetime:
    """The time of every test here."""
    return NOW


@pytest.fixture
def config_path(tmp_path: Path) -> Path:
    """Where the config file of a test is; nothing stands there yet, not even the folder."""
    return tmp_path / "conf" / "config.json"


@pytest.fixture
def config_file(config_path: Path, catalogue: tuple[Provider, ...]) -> ConfigFile:
    """A config file over `config_path` at a fixed time."""
    return ConfigFile(ConfigLocation(config_path), catalogue, lambda: NOW)


class ManualClock(Clock):
    """Stands still until `advance`, which wakes sleepers in the order of their times."""

    def __init__(self, now: datetime = NOW) -> None:
        self._now = now
        self._number = itertools.count()
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        waiter = asyncio.get_running_loop().create_future()
        until = self._now + timedelta(seconds=max(0.0, seconds))
        heapq.heappush(self._sleepers, (until, next(self._number), waiter))
        await waiter

    async def advance(self, seconds: float) -> None:
        """Move on; everything that is woken has run until it waits again when this returns."""
        target = self._now + timedelta(seconds=seconds)
        await self.settle()
        while self._sleepers and self._sleepers[0][0] <= target:
            self._now, _, waiter = heapq.heappop(self._sleepers)
            if not waiter.done():
                waiter.set_result(None)
                await self.settle()
        self._now = target
        await self.settle()

    def set_back(self, seconds: float) -> None:
        """The machine's clock is corrected; nobody wakes."""
        self._now -= timedelta(seconds=seconds)

    @property
    def waiting(self) -> int:
        """How many sleepers there are."""
        return sum(not waiter.done() for _, _, waiter in self._sleepers)

    async def settle(self) -> None:
        """Let every other task run until it waits for the time or a test."""
        for _ in range(60):
            await asyncio.sleep(0)


class Service:
    """What an account is fetched from: hands out `answer` (a snapshot when none is set) and counts.

    With `held` a fetch waits for `release`; a fetch that was cancelled is counted in `cancelled`.
    """

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self.answer: ProviderError | Snapshot | None = None
        self.held = False
        self.takes = 0.0
        self.asked: list[datetime] = []
        self.interactive: list[bool] = []
        self.running = 0
        self.cancelled = 0
        self._gate = asyncio.Event()

    @property
    def count(self) -> int:
        return len(self.asked)

    async def fetch(self, interactive: bool) -> FetchResult:
        self.asked.append(self._clock.now())
        self.interactive.append(interactive)
        self.running += 1
        try:
            if self.takes:
                await self._clock.sleep(self.takes)
            if self.held:
                await self._gate.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.running -= 1
        answer = self.answer or Snapshot(self._clock.now())
        if isinstance(answer, Snapshot):
            return FetchResult("api", snapshot=answer)
        return FetchResult("api", error=answer)

    def release(self) -> None:
        self.held = False
        self._gate.set()


@pytest.fixture
def clock() -> ManualClock:
    """A clock that only the test moves."""
    return ManualClock()


@pytest.fixture
def make_service(clock: ManualClock) -> Callable[[], Service]:
    """Makes services."""
    return lambda: Service(clock)


@pytest.fixture
def service(make_service: Callable[[], Service]) -> Service:
    """One account's service."""
    return make_service()


@pytest.fixture
async def world(tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    """A session; its blocking work is done at once instead of in a thread. At the end no task may be left."""

    async def at_once(work: Callable[..., object], *arguments: object) -> object:
        return work(*arguments)

    monkeypatch.setattr(asyncio, "to_thread", at_once)
    world = World(tmp_path / "conf", clock)
    yield world
    await world.end()
    await clock.settle()
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.fixture
def browsers(tmp_path: Path, clock: ManualClock) -> BrowserWorld:
    """The shared sessions of browsers over fakes, with real files in a temporary folder."""
    return BrowserWorld(tmp_path, clock)


@pytest.fixture
async def costs(clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CostWorld]:
    """A watch over made-up logs, its blocking work done at once. At the end no task may be left."""

    async def at_once(work: Callable[..., object], *arguments: object) -> object:
        return work(*arguments)

    monkeypatch.setattr(asyncio, "to_thread", at_once)
    world = CostWorld(clock)
    world.begin()
    yield world
    await world.watch.close()
    await clock.settle()
    assert asyncio.all_tasks() == {asyncio.current_task()}
