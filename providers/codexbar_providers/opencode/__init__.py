"""OpenCode: the 5-hour and the weekly limit of a workspace, or what it spends, by the site's session.

The site's pages call server functions by fixed ids, which are not documented. A workspace that pays per request has no
limits; its monthly spend is shown instead.
"""

from __future__ import annotations

from codexbar_providers.opencode.server import LIMIT_SECONDS
from codexbar_providers.opencode.session import fetch_with_session
from codexbar_providers.opencode.workspace import VARIABLE
from codexbar_qt.provider_api import (
    AccountsSetting,
    CookieSourceSetting,
    Link,
    Provider,
    ProviderDescriptor,
    SecretSetting,
    Source,
    Strategy,
    TextSetting,
    WindowSpec,
)

SITE_URL = "https://opencode.ai/auth"

DESCRIPTOR = ProviderDescriptor(
    id="opencode",
    name="OpenCode",
    color="#3B82F6",
    order=6,
    windows=WindowSpec(primary="5-hour", secondary="Weekly", session="primary", weekly="secondary"),
    settings=(
        CookieSourceSetting(
            help="Automatic reads the session of Chrome, Manual uses a pasted header. Only the cookies auth and "
            "__Host-auth are sent, to opencode.ai alone.",
        ),
        SecretSetting(
            "cookieHeader",
            "Cookie header",
            placeholder="Cookie: …",
            help="The Cookie header of a request to opencode.ai, or the whole request copied as cURL.",
            link=SITE_URL,
            shown_when=("cookieSource", "manual"),
            env_exempt_reason="a session belongs to one browser, and is long",
        ),
        TextSetting(
            "workspaceID",
            "Workspace ID",
            env=(VARIABLE,),
            placeholder="wrk_…",
            help="The address of the workspace's page does as well. Empty: the first workspace of the account.",
        ),
        AccountsSetting(
            "Session tokens",
            injects="cookieHeader",
            placeholder="Cookie: …",
            help="The selected header is used instead of the cookie source.",
            cookie_name="auth",
        ),
    ),
    dashboard_url=SITE_URL,
    links=(Link("Sign in to OpenCode", SITE_URL),),
)

PROVIDER = Provider(DESCRIPTOR, strategies=(Strategy(Source.WEB, fetch_with_session, limit_seconds=LIMIT_SECONDS),))
