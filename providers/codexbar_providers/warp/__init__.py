"""Warp: the month's credits and the add-on credits, read with an API key over GraphQL."""

from __future__ import annotations

from codexbar_providers.warp.api import fetch_with_api_key
from codexbar_qt.provider_api import Link, Provider, ProviderDescriptor, SecretSetting, Source, Strategy, WindowSpec

KEY_GUIDE_URL = "https://docs.warp.dev/reference/cli/api-keys"

DESCRIPTOR = ProviderDescriptor(
    id="warp",
    name="Warp",
    color="#938BB4",
    order=33,
    aliases=("warp-ai", "warp-terminal"),
    windows=WindowSpec(primary="Credits", secondary="Add-on credits", bonus="secondary"),
    settings=(
        SecretSetting(
            "apiKey",
            "API key",
            env=("WARP_API_KEY", "WARP_TOKEN"),
            placeholder="wk-...",
            help="In Warp, open the profile menu → Settings → Platform → API Keys.",
        ),
    ),
    dashboard_url=KEY_GUIDE_URL,
    links=(Link("Open Warp API Key Guide", KEY_GUIDE_URL),),
    details_are_not_resets=True,
    quality="solid",
)

PROVIDER = Provider(DESCRIPTOR, strategies=(Strategy(Source.API, fetch_with_api_key),))
