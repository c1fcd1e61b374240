"""Providers with every kind of setting, and a config file in an empty folder."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.core.config_file import ConfigFile
from codexbar_qt.core.config_location import ConfigLocation
from codexbar_qt.provider_api import (
    AccountsSetting,
    Binding,
    Choice,
    ChoiceSetting,
    CookieSourceSetting,
    FetchContext,
    Provider,
    ProviderDescriptor,
    SecretSetting,
    Setting,
    Snapshot,
    Source,
    Strategy,
    TextSetting,
    ToggleSetting,
    check_https_base,
)

if TYPE_CHECKING:
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
            "Keys", injects="apiKey", related=("BETA_API_KEY", "BETA_TEAM"), usage_scopes=("personal", "team")
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
