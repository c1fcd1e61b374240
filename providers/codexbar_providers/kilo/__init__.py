"""Kilo: credits bought in blocks, and Kilo Pass, by API key or by the login of the Kilo CLI.

One batch of the site's own tRPC interface answers all; it is not documented. Organizations have credits of their own
and are read with the same token.
"""

from __future__ import annotations

from codexbar_providers.kilo.api import fetch_with_api_key
from codexbar_providers.kilo.attempts import told_error
from codexbar_providers.kilo.cli_session import fetch_with_cli_session
from codexbar_providers.kilo.kilo_pass import TOP_UP_LABEL
from codexbar_providers.kilo.organizations import find_organizations
from codexbar_qt.provider_api import (
    ANY_FAILURE,
    LOGIN_FAILURES,
    Provider,
    ProviderDescriptor,
    ScopesSetting,
    SecretSetting,
    Source,
    Strategy,
    WindowSpec,
)

DESCRIPTOR = ProviderDescriptor(
    id="kilo",
    name="Kilo",
    color="#F27027",
    order=21,
    aliases=("kilo-ai",),
    windows=WindowSpec(primary="Credits", secondary="Kilo Pass", card_order=("secondary", "primary", "tertiary")),
    settings=(
        SecretSetting(
            "apiKey",
            "API key",
            env=("KILO_API_KEY",),
            placeholder="kilo_...",
            help="Without one, Automatic uses the login of the Kilo CLI (kilo login).",
        ),
        ScopesSetting(
            "Organizations",
            known_key="kiloKnownOrganizations",
            enabled_key="kiloEnabledOrganizationIDs",
            own_label="Personal account",
            own_name="Personal",
            find=find_organizations,
            help="Each one that is on gets a card of its own.",
        ),
    ),
    dashboard_url="https://app.kilo.ai/usage",
    details_are_not_resets=True,
    activity_prefix=TOP_UP_LABEL,
    quality="complete",
)

PROVIDER = Provider(
    DESCRIPTOR,
    strategies=(
        Strategy(Source.API, fetch_with_api_key, falls_back_on=LOGIN_FAILURES),
        # Whatever stops it, the error told is chosen among both.
        Strategy(Source.CLI, fetch_with_cli_session, falls_back_on=ANY_FAILURE, fallback_note="Using CLI fallback"),
    ),
    told_error=told_error,
)
