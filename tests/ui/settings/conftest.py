"""A real session over two temporary files and made-up providers that declare every kind of setting."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import pytest
from PySide6.QtWidgets import QApplication

from codexbar_qt.core.browser_access import AccessRecord, BrowserAccess, CachedSession
from codexbar_qt.core.cadence import Cadence
from codexbar_qt.core.config_file import ConfigFile
from codexbar_qt.core.config_location import ConfigLocation
from codexbar_qt.core.fetch_service import ContextFactory, FetchService
from codexbar_qt.core.preferences_file import PreferencesFile
from codexbar_qt.core.registry import LoadFailure, PluginFile, Registry
from codexbar_qt.core.scheduler import RefreshScheduler
from codexbar_qt.core.session import AppSession
from codexbar_qt.core.session_view import SessionParts
from codexbar_qt.core.store import SnapshotStore
from codexbar_qt.provider_api import (
    AccountField,
    AccountsSetting,
    Action,
    Binding,
    Choice,
    ChoiceSetting,
    CookieSourceSetting,
    FetchContext,
    Identity,
    Link,
    Provider,
    ProviderDescriptor,
    RateWindow,
    SecretSetting,
    Snapshot,
    Source,
    Strategy,
    TextSetting,
    ToggleSetting,
    ToolFailed,
    check_https_base,
)
from codexbar_qt.provider_testing.fakes import FakeClock, FakeEnv
from codexbar_qt.ui.settings_model import SettingsDesktop, SettingsModel
from codexbar_qt.ui.theme import SystemLook, ThemeModel

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from pathlib import Path

    from codexbar_qt.core.browser_access import AccessState

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)
DISPLAYS = (Choice("auto", "Automatic"), Choice("left", "Left"))


def sample_snapshot() -> Snapshot:
    return Snapshot(
        updated_at=NOW,
        primary=RateWindow(28.0, window_minutes=300),
        secondary=RateWindow(100.0, window_minutes=10080),
        identity=Identity(email="user@example.com", login_method="Pro"),
    )


class BrowsingSession(AppSession):
    """A session whose browsers are made up; what people answer is written down and told to subscribers."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.access: dict[str, BrowserAccess] = {}
        self.kept: dict[str, CachedSession] = {}
        self.records: tuple[AccessRecord, ...] = ()
        self.wanted = ""
        self.told = ""
        self.asked: list[object] = []
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()

    def ledger(self) -> tuple[AccessRecord, ...]:
        return self.records

    def browsers(self) -> tuple[BrowserAccess, ...]:
        return tuple(self.access.values())

    async def set_browser_access(self, browser_id: str, allowed: bool) -> str:
        await self._answer(("access", browser_id, allowed))
        if not self.told:
            state: AccessState = "allowed" if allowed else "refused"
            self.access[browser_id] = replace(self.access[browser_id], state=state)
            self.wanted = ""
            self._notify()
        return self.told

    def wanted_browser(self, provider_id: str) -> BrowserAccess | None:
        return self.access.get(self.wanted) if provider_id == "beta" else None

    def cached_session(self, provider_id: str) -> CachedSession | None:
        return self.kept.get(provider_id)

    async def forget_session(self, provider_id: str) -> str:
        await self._answer(("forget", provider_id))
        if not self.told:
            self.kept.pop(provider_id)
            self._notify()
        return self.told

    async def import_session(self, provider_id: str) -> str:
        await self._answer(("import", provider_id))
        if self.told == "Imported from Chrome, profile Work.":
            self.kept[provider_id] = CachedSession("Chrome Work", self.clock.now())
            self._notify()
        return self.told

    def change(self) -> None:
        """Say that something is different."""
        self._notify()

    async def _answer(self, asked: object) -> None:
        self.asked.append(asked)
        await self.may_go_on.wait()


@dataclass
class World:
    """What the tests can reach: the session, what happened outside, and how to wait for the session."""

    session: BrowsingSession
    clock: FakeClock
    config_file: ConfigFile
    model: SettingsModel
    theme: ThemeModel
    opened: list[Path] = field(default_factory=list)
    copied: list[str] = field(default_factory=list)
    login: list[bool] = field(default_factory=list)
    snapshot: Snapshot = field(default_factory=sample_snapshot)

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait for a condition; the limit of the test is the only limit."""
        while not condition():
            await asyncio.sleep(0.005)
            QApplication.processEvents()

    def entry(self, provider_id: str) -> dict[str, object]:
        """The entry of a provider as it is on disk now."""
        return dict(self.config_file.read().entry(provider_id).raw)


async def _fetch(_: FetchContext) -> Snapshot:
    return sample_snapshot()


async def _sign_in(_: FetchContext, progress: Callable[[str], None]) -> str:
    progress("Opening the browser…")
    await asyncio.sleep(0)
    return "Signed in."


async def _break(_: FetchContext, progress: Callable[[str], None]) -> str:
    raise ToolFailed("The tool failed. Install it again.")


async def _find(_: FetchContext) -> tuple[Choice, ...]:
    return (Choice("/opt/one", "One 1.0"), Choice("/opt/two", "Two 2.0"))


def _check_project(text: str) -> str | None:
    return None if text.startswith("p-") else "A project starts with p-. Copy it from the console."


def _alpha(variables: Mapping[str, str]) -> Provider:
    async def locate(_: FetchContext) -> str:
        return variables.get("ALPHA_KEY_FILE", "")

    settings = (
        ChoiceSetting(
            "region",
            "API region",
            choices=(Choice("world", "World"), Choice("east", "East")),
            default="world",
            env=("ALPHA_REGION",),
            console_links=(("east", "https://east.example.com/keys"),),
        ),
        SecretSetting(
            "apiKey",
            "API key",
            env=("ALPHA_API_KEY",),
            placeholder="alpha-...",
            help="Made on the keys page.",
            link="https://example.com/keys",
            binding=Binding("region", "apiKeyRegion", "ALPHA_REGION"),
            locate=locate,
        ),
        TextSetting("enterpriseHost", "API URL", placeholder="https://api.example.com", check=check_https_base),
        ToggleSetting("extrasEnabled", "Extras", default=True, help="Reads the extra numbers too."),
        AccountsSetting(
            "API keys",
            injects="apiKey",
            placeholder="alpha-...",
            usage_scopes=("personal", "team"),
            fields=(
                AccountField("organizationId", "Organization ID", "team"),
                AccountField("workspaceID", "Project ID", "team", _check_project),
            ),
        ),
    )
    descriptor = ProviderDescriptor(
        "alpha",
        "Alpha",
        "#FF9900",
        1,
        aliases=("first",),
        settings=settings,
        dashboard_url="https://example.com/usage",
        dashboard_for=lambda settings, _env, _account: (
            "https://east.example.com/usage" if settings.get("region") == "east" else ""
        ),
        links=(Link("Keys", "https://example.com/keys"),),
    )
    actions = (Action("sign-in", "Sign in", _sign_in), Action("break", "Break", _break))
    return Provider(descriptor, (Strategy(Source.API, _fetch),), actions)


def _beta() -> Provider:
    settings = (
        CookieSourceSetting(),
        SecretSetting("cookieHeader", "Cookie header", shown_when=("cookieSource", "manual")),
        ChoiceSetting("ideBasePath", "IDE", choices=(Choice("", "Auto-detect"),), discover=_find),
        ChoiceSetting("betaDisplay", "Tray value", DISPLAYS, "auto", is_preference=True),
        AccountsSetting("Session tokens", injects="cookieHeader"),
    )
    descriptor = ProviderDescriptor("beta", "Beta Code", "#4C00FF", 2, settings=settings)
    return Provider(descriptor, (Strategy(Source.API, _fetch), Strategy(Source.WEB, _fetch)))


def _gamma() -> Provider:
    return Provider(ProviderDescriptor("gamma", "Gamma", "#10A37F", 3), (Strategy(Source.CLI, _fetch),))


class _NoPorts:
    """A context of nothing: the made-up providers use no port."""

    def context(self, *_: object, **__: object) -> FetchContext:
        return cast("FetchContext", None)


class _Login:
    def __init__(self, asked: list[bool]) -> None:
        self._asked = asked

    def is_on(self) -> bool:
        return bool(self._asked and self._asked[-1])

    def set_on(self, on: bool) -> str:
        self._asked.append(on)
        return ""


@pytest.fixture
def variables() -> dict[str, str]:
    """Environment of the session; a test fills it before it asks for the world."""
    return {}


@pytest.fixture
def first_config() -> str:
    """Text of the config file at start, "" for none."""
    return ""


@pytest.fixture
def app(qapp: QApplication) -> QApplication:
    return qapp


@pytest.fixture
def theme(app: QApplication) -> ThemeModel:
    return ThemeModel(app, SystemLook())


@pytest.fixture
def providers(variables: dict[str, str]) -> tuple[Provider, ...]:
    """The providers there are."""
    return (_alpha(variables), _beta(), _gamma())


@pytest.fixture
def parts(
    tmp_path: Path, variables: dict[str, str], first_config: str, providers: tuple[Provider, ...]
) -> SessionParts:
    config_path = tmp_path / "codexbar" / "config.json"
    config_path.parent.mkdir()
    if first_config:
        config_path.write_text(first_config, "utf-8")
    clock, env, store = FakeClock(NOW), FakeEnv(variables), SnapshotStore()
    registry = Registry(
        providers,
        (LoadFailure("broken.py", "It has no PROVIDER."),),
        (PluginFile(str(tmp_path / "providers" / "acme.py"), "ab" * 32),),
    )
    contexts = cast("ContextFactory", _NoPorts())
    return SessionParts(
        registry=registry,
        config_file=ConfigFile(ConfigLocation(config_path), registry.providers, clock.now),
        preferences_file=PreferencesFile(config_path.with_name("settings.json"), env.get, clock.now),
        store=store,
        scheduler=RefreshScheduler(store, clock, Cadence()),
        service=FetchService(contexts),
        contexts=contexts,
        clock=clock,
        env=env,
        zone=UTC,
        login_item=_Login([]),
    )


@pytest.fixture
async def world(parts: SessionParts, theme: ThemeModel) -> AsyncIterator[World]:
    session = BrowsingSession(parts, parts.config_file.load(), parts.preferences_file.load())
    opened: list[Path] = []
    copied: list[str] = []

    def open_path(path: Path) -> bool:
        opened.append(path)
        return path.suffix != ".refused"

    model = SettingsModel(session, theme, SettingsDesktop(copied.append, open_path, lambda _name, _done: None))
    clock = cast("FakeClock", parts.clock)
    login = cast("_Login", parts.login_item)
    yield World(session, clock, parts.config_file, model, theme, opened, copied, login._asked)
    model.close()
    await session.close()
