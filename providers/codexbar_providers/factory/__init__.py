"""Droid, the agent of Factory: token limits or the allowance of a billing period, by API key or by the site's session.

The endpoints are those of Factory's own pages and are not documented. There are two kinds of accounts: with token
limits (5 hours, week, month), and older ones with a standard and a premium allowance.
"""

from __future__ import annotations

from codexbar_providers.factory.api import KEY_VARIABLE, fetch_with_api_key, locate_key
from codexbar_providers.factory.sentences import KEYS_URL
from codexbar_providers.factory.web import fetch_with_session
from codexbar_qt.provider_api import (
    ANY_FAILURE,
    AccountsSetting,
    CookieSourceSetting,
    Link,
    Provider,
    ProviderDescriptor,
    SecretSetting,
    Source,
    Strategy,
    WindowSpec,
)

APP_URL = "https://app.factory.ai"
HEADER_PLACEHOLDER = "Cookie: … or Authorization: Bearer …"

DESCRIPTOR = ProviderDescriptor(
    id="factory",
    name="Droid",
    color="#FF6B35",
    order=11,
    aliases=("droid",),
    # Accounts with token limits name their lanes themselves.
    windows=WindowSpec(
        primary="Standard",
        secondary="Premium",
        tertiary="Monthly",
        tray=("secondary", "primary"),
        session="primary",
        weekly="secondary",
    ),
    settings=(
        SecretSetting(
            "apiKey",
            "API key",
            env=(KEY_VARIABLE,),
            placeholder="fk-...",
            help="Without one the key in ~/.factory/.env is used. Automatic takes a key before it looks at browsers.",
            link=KEYS_URL,
            locate=locate_key,
        ),
        CookieSourceSetting(
            help="Automatic looks for the session of app.factory.ai: first the last one that worked, then browsers.",
        ),
        SecretSetting(
            "cookieHeader",
            "Cookie or Authorization header",
            placeholder=HEADER_PLACEHOLDER,
            help="Copy it from a request to app.factory.ai in the browser's developer tools, or paste the whole "
            "request as cURL.",
            link=APP_URL,
            shown_when=("cookieSource", "manual"),
            env_exempt_reason="A session of the site is pasted or found; no program keeps it in a variable.",
        ),
        AccountsSetting(
            "Session tokens",
            injects="cookieHeader",
            placeholder=HEADER_PLACEHOLDER,
            help="The selected one is used alone, as if it had been pasted.",
            related=(KEY_VARIABLE,),
        ),
    ),
    dashboard_url="https://app.factory.ai/settings/billing",
    status_url="https://status.factory.ai",
    links=(Link("Open Droid in Browser", APP_URL),),
    auto_prefers_exhausted=True,
    quality="complete",
)

PROVIDER = Provider(
    DESCRIPTOR,
    strategies=(
        Strategy(Source.API, fetch_with_api_key, falls_back_on=ANY_FAILURE, limit_seconds=60.0),
        Strategy(Source.WEB, fetch_with_session, limit_seconds=90.0),
    ),
)
