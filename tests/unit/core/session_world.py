"""A whole session for tests: real files in a temporary folder, two providers, a clock that stands still."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING, Any

from codexbar_qt.core import config_edit
from codexbar_qt.core.account import AccountKey
from codexbar_qt.core.cadence import Cadence
from codexbar_qt.core.config_file import ConfigFile
from codexbar_qt.core.config_location import ConfigLocation
from codexbar_qt.core.credential_store import ConfigCredentialStore, FileConfigWriter
from codexbar_qt.core.credentials import account_env, fetch_values
from codexbar_qt.core.fetch_service import FetchService
from codexbar_qt.core.preferences_file import PreferencesFile
from codexbar_qt.core.registry import LoadFailure, PluginFile, Registry
from codexbar_qt.core.scheduler import RefreshScheduler
from codexbar_qt.core.session import AppSession
from codexbar_qt.core.session_memory import SessionMemories
from codexbar_qt.core.session_view import SessionParts
from codexbar_qt.core.snapshot_archive import SnapshotArchive
from codexbar_qt.core.store import SnapshotStore
from codexbar_qt.provider_api import (
    AccountsSetting,
    Action,
    Binding,
    Choice,
    ChoiceSetting,
    FetchContext,
    Provider,
    ProviderDescriptor,
    RateWindow,
    SecretSetting,
    Snapshot,
    Source,
    Strategy,
    TextSetting,
    check_https_base,
)
from codexbar_qt.provider_api.resolution import ResolvedCredentials
from codexbar_qt.provider_testing import FakeEnv, empty_context

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path

    from codexbar_qt.core.browser_sessions import BrowserSessions
    from codexbar_qt.core.cost_watch import CostParts
    from codexbar_qt.core.fetch_service import FetchRequest
    from codexbar_qt.provider_api import Env, SelectedAccount, SettingsView
    from tests.unit.core.conftest import ManualClock

SECRET = "test-key-1"
ACME, BOLT = AccountKey("acme"), AccountKey("bolt")
Root = dict[str, object]


class World:
    """A session over real files in a temporary folder, two providers and a clock that stands still.

    `answers` says what a provider gives (a snapshot when nothing is said), `asked` who was fetched with which key,
    `during` what the next fetch of a provider or the button `act` does first.
    """

    def __init__(self, folder: Path, clock: ManualClock) -> None:
        self.clock = clock
        self.answers: dict[str, Exception | Snapshot] = {}
        self.asked: list[tuple[str, str | None]] = []
        self.held: set[str] = set()
        self.gate = asyncio.Event()
        self.during: dict[str, Callable[[FetchContext], Coroutine[Any, Any, None]]] = {}
        self.memories = SessionMemories(clock)
        self.env = FakeEnv({"BOLT_API_KEY": "test-key-2"})
        self.location = ConfigLocation(folder / "config.json")
        self.archive_path = folder / "cache" / "snapshots.json"
        self.providers: tuple[Provider, ...] = (self._acme(), self._bolt())
        self.running: asyncio.Task[None] | None = None
        self.told = 0
        self.is_demo = False
        self.browsers: BrowserSessions | None = None
        self.costs: CostParts | None = None

    def build(self) -> AppSession:
        self.config_file = ConfigFile(self.location, self.providers, self.clock.now)
        self.preferences_file = PreferencesFile(self.location.settings_path, self.env.get, self.clock.now)
        self.store = SnapshotStore()
        parts = SessionParts(
            registry=Registry(self.providers, (LoadFailure("x", "It broke."),), (PluginFile("/p.py", "00"),)),
            config_file=self.config_file,
            preferences_file=self.preferences_file,
            store=self.store,
            scheduler=RefreshScheduler(self.store, self.clock, Cadence(), jitter=False),
            service=FetchService(self),
            contexts=self,
            clock=self.clock,
            env=self.env,
            zone=UTC,
            archive=SnapshotArchive(self.archive_path),
            memories=self.memories,
            browsers=self.browsers,
            costs=self.costs,
            is_demo=self.is_demo,
        )
        session = AppSession(parts, self.config_file.load(), self.preferences_file.load())
        session.subscribe(self._tell)
        return session

    async def begin(self) -> AppSession:
        self.session = self.build()
        self.running = asyncio.create_task(self.session.run())
        await self.clock.settle()
        return self.session

    async def end(self) -> None:
        if self.running is not None:
            self.running.cancel()
            await asyncio.gather(self.running, return_exceptions=True)
            await self.session.close()

    @staticmethod
    def switch(name: str, on: bool) -> Callable[[dict[str, object]], None]:
        """An edit that turns a provider on or off."""
        return lambda root: config_edit.set_enabled(root, name, on)

    def names(self) -> list[str]:
        """Who was fetched since the last look."""
        names = [name for name, _ in self.asked]
        self.asked.clear()
        return names

    def context(self, request: FetchRequest) -> FetchContext:
        descriptor, account = request.provider.descriptor, request.account
        values = fetch_values(descriptor, request.entry, self.env, {}, account, is_named=request.is_named)
        env = account_env(descriptor, self.env, account)
        store = ConfigCredentialStore(request, request.writer or FileConfigWriter(self.config_file), self.clock.now)
        memory = self.memories.of(
            descriptor.id, account.id if account else "", request.scope.id if request.scope else ""
        )
        empty = empty_context(values, env, self.clock, interactive=request.interactive)
        context = replace(empty, credentials=ResolvedCredentials(values, store), memory=memory)
        if self.browsers is None:
            return context
        browsers = self.browsers.of(descriptor.id, request.importing)
        return replace(context, cookies=browsers, storage=browsers)

    def _tell(self) -> None:
        self.told += 1

    def _fetches(self, name: str) -> Callable[[FetchContext], Coroutine[Any, Any, Snapshot]]:
        async def fetch(ctx: FetchContext) -> Snapshot:
            key = await ctx.credentials.get("apiKey")
            self.asked.append((name, key.reveal() if key else None))
            if name in self.during:
                await self.during.pop(name)(ctx)
            if name in self.held:
                await self.gate.wait()
            answer = self.answers.get(name, Snapshot(ctx.clock.now(), RateWindow(10.0)))
            if isinstance(answer, Exception):
                raise answer
            return answer

        return fetch

    def _acme(self) -> Provider:
        settings = (
            SecretSetting(
                "apiKey",
                "API key",
                env=("ACME_API_KEY",),
                binding=Binding("region", "apiKeyRegion", "ACME_REGION"),
                locate=self._locate,
            ),
            ChoiceSetting("region", "Region", (Choice("world", "World"), Choice("east", "East")), default="world"),
            TextSetting("host", "Host", check=check_https_base),
            ChoiceSetting("shown", "Shown", (Choice("a", "A"), Choice("b", "B")), is_preference=True),
            ChoiceSetting("place", "Place", discover=self._discover),
            AccountsSetting("Keys", injects="apiKey"),
        )
        descriptor = ProviderDescriptor(
            "acme",
            "Acme",
            "#112233",
            1,
            settings=settings,
            default_enabled=True,
            dashboard_url="https://acme.example.com",
            dashboard_for=self._dashboard,
        )
        actions = (Action("plain", "Plain", self._act), Action("login", "Log in", self._act, refreshes=True))
        return Provider(descriptor, (Strategy(Source.API, self._fetches("acme")),), actions, self._tray_text)

    def _bolt(self) -> Provider:
        settings = (SecretSetting("apiKey", "API key", env=("BOLT_API_KEY",), env_when_named=("SHARED_API_KEY",)),)
        descriptor = ProviderDescriptor("bolt", "Bolt", "#112233", 2, settings=settings)
        return Provider(descriptor, (Strategy(Source.API, self._fetches("bolt")),))

    async def _act(self, ctx: FetchContext, progress: Callable[[str], None]) -> str:
        progress("Working")
        if "act" in self.during:
            await self.during.pop("act")(ctx)
        if "act" in self.answers:
            raise self.answers["act"]  # type: ignore[misc]
        return "Done." if ctx.interactive else "Not asked by a person."

    async def _discover(self, ctx: FetchContext) -> tuple[Choice, ...]:
        if "discover" in self.answers:
            raise self.answers["discover"]  # type: ignore[misc]
        return (Choice("here", "Here"),)

    async def _locate(self, ctx: FetchContext) -> str:
        if "locate" in self.answers:
            raise self.answers["locate"]  # type: ignore[misc]
        return f"~/keys/{ctx.settings.get('region')}"

    def _dashboard(self, settings: SettingsView, env: Env, account: SelectedAccount | None) -> str:
        if "dashboard" in self.answers:
            raise self.answers["dashboard"]  # type: ignore[misc]
        place = account.label if account else env.get("ACME_PAGE") or settings.get("region")
        return "" if place == "world" else f"https://{place}.example.com"

    def _tray_text(self, snapshot: Snapshot, values: Any) -> str | None:
        if "tray" in self.answers:
            raise self.answers["tray"]  # type: ignore[misc]
        return f"own {values.get('shown', 'none')}"
