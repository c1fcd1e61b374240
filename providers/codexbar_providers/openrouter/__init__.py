"""OpenRouter: prepaid credits, the spending limit of the API key, and 30 days of spend with a management key."""

from __future__ import annotations

from codexbar_providers.openrouter.api import OFFICIAL_BASE, fetch_with_api_key
from codexbar_qt.provider_api import (
    AccountsSetting,
    Link,
    Provider,
    ProviderDescriptor,
    SecretSetting,
    Source,
    Strategy,
    TextSetting,
    WindowSpec,
    check_https_base,
)

KEYS_URL = "https://openrouter.ai/settings/keys"


def check_base_url(text: str) -> str | None:
    """Say that a base URL cannot be used, None when it is https or a bare host."""
    if check_https_base(text, allow_bare_host=True) is None:
        return None
    return f"OPENROUTER_API_URL must use HTTPS or a bare host. Write it like {OFFICIAL_BASE}."


DESCRIPTOR = ProviderDescriptor(
    id="openrouter",
    name="OpenRouter",
    color="#6467F2",
    order=31,
    aliases=("or",),
    windows=WindowSpec(primary="Credits", secondary="Usage"),
    settings=(
        SecretSetting(
            "apiKey",
            "API key",
            env=("OPENROUTER_API_KEY",),
            placeholder="sk-or-v1-...",
            help="Set a spending limit on the key to get a meter. Credits are bought in advance, and their numbers may "
            "lag by a minute. Accounts with 10 or more credits get 1000 free-model requests a day.",
            link=KEYS_URL,
        ),
        TextSetting(
            "enterpriseHost",
            "API URL",
            env=("OPENROUTER_API_URL",),
            default=OFFICIAL_BASE,
            placeholder=OFFICIAL_BASE,
            help="Only for a gateway that speaks the OpenRouter API.",
            check=check_base_url,
        ),
        SecretSetting(
            "pluginSecrets.OPENROUTER_MANAGEMENT_API_KEY",
            "Management API key",
            env=("OPENROUTER_MANAGEMENT_API_KEY",),
            help="Optional: shows what was spent in the last 30 days. It is only ever sent to openrouter.ai.",
            link=KEYS_URL,
        ),
        AccountsSetting("API keys", injects="apiKey", placeholder="sk-or-v1-...", related=("OPENROUTER_API_KEY",)),
    ),
    dashboard_url="https://openrouter.ai/settings/credits",
    status_url="https://status.openrouter.ai",
    links=(Link("API keys", KEYS_URL),),
    plan_label="Balance",
    quality="solid",
)

PROVIDER = Provider(DESCRIPTOR, strategies=(Strategy(Source.API, fetch_with_api_key),))
