"""Kimi For Coding: the weekly and the 5-hour limit, by API key, by the CLI's login, or by the site's session.

The primary lane is the weekly one and the secondary the session, because the service tells them in this order;
cards and tray turn it around. The endpoints of the site are not documented.
"""

from __future__ import annotations

from codexbar_providers.kimi.code_api import check_base_url, fetch_with_api_key
from codexbar_providers.kimi.code_cli import fetch_with_cli_login
from codexbar_providers.kimi.web import fetch_with_web_token
from codexbar_qt.provider_api import (
    AuthRejected,
    CookieSourceSetting,
    Link,
    MissingCredential,
    ParseError,
    Provider,
    ProviderDescriptor,
    RateLimited,
    RequestRefused,
    SecretSetting,
    ServiceUnavailable,
    Source,
    Strategy,
    TextSetting,
    WindowSpec,
)

CONSOLE_URL = "https://www.kimi.com/code/console"

DESCRIPTOR = ProviderDescriptor(
    id="kimi",
    name="Kimi",
    color="#FE603C",
    order=20,
    aliases=("kimi-ai",),
    windows=WindowSpec(
        primary="Weekly",
        secondary="5-hour",
        card_order=("secondary", "primary", "tertiary"),
        tray=("secondary", "primary"),
        session="secondary",
        weekly="primary",
    ),
    settings=(
        SecretSetting(
            "apiKey",
            "Kimi Code API key",
            env=("KIMI_CODE_API_KEY",),
            placeholder="sk-kimi-...",
            help="The weekly limit names the plan: 1024 requests Andante (¥49 a month), 2048 Moderato (¥99), "
            "7168 Allegretto (¥199), each with 200 requests in 5 hours.",
            link=CONSOLE_URL,
        ),
        CookieSourceSetting(
            help="Automatic looks in the Kimi desktop app, then in browsers. Off also leaves out the total usage that "
            "only the site's session can read.",
        ),
        SecretSetting(
            "cookieHeader",
            "Auth Token",
            env=("KIMI_MANUAL_COOKIE", "KIMI_AUTH_TOKEN", "kimi_auth_token"),
            placeholder="kimi-auth value or Cookie: …",
            help=f"Sign in at {CONSOLE_URL}, open the browser's developer tools (F12, macOS Cmd+Option+I) → "
            "Application (Firefox: Storage) → Cookies, copy the value of kimi-auth, paste it here.",
            link=CONSOLE_URL,
            shown_when=("cookieSource", "manual"),
        ),
        TextSetting(
            "enterpriseHost",
            "Code API URL",
            env=("KIMI_CODE_BASE_URL",),
            placeholder="https://api.kimi.com/coding/v1",
            help="Only for a gateway in front of the Kimi Code API. The CLI's login is never sent to it.",
            check=check_base_url,
        ),
    ),
    dashboard_url=CONSOLE_URL,
    links=(
        Link("Log in to Kimi", CONSOLE_URL),
        Link("API documentation", "https://www.kimi.com/code/docs/en/"),
    ),
    details_are_not_resets=True,
    auto_prefers_exhausted=True,
    quality="complete",
)

# Everything but an invalid request, which the code turns into InvalidSetting: another login would not mend it.
MOVES_ON = (MissingCredential, AuthRejected, RateLimited, RequestRefused, ServiceUnavailable, ParseError)

PROVIDER = Provider(
    DESCRIPTOR,
    strategies=(
        Strategy(Source.API, fetch_with_api_key, falls_back_on=MOVES_ON),
        Strategy(Source.CLI, fetch_with_cli_login, falls_back_on=MOVES_ON, auto_only=True),
        Strategy(Source.WEB, fetch_with_web_token),
    ),
)
