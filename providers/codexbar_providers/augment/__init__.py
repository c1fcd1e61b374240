"""Augment: credits of the billing cycle, as the auggie CLI prints them or as the account page of the site reads them.

The endpoints of the site are not documented. Its session runs out unless somebody uses it, so the tray app keeps the
browser's session alive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_providers.augment.cli import fetch_with_cli
from codexbar_providers.augment.renewal import KEEPALIVE, REFRESH
from codexbar_providers.augment.sentences import COOKIES_OFF, NO_SESSION
from codexbar_providers.augment.session import SITE, forget_sessions
from codexbar_providers.augment.web import fetch_with_cookies
from codexbar_qt.provider_api import (
    ANY_FAILURE,
    AccountsSetting,
    AuthRejected,
    CookieSourceSetting,
    Link,
    MissingCredential,
    Provider,
    ProviderDescriptor,
    SecretSetting,
    Source,
    Strategy,
    WindowSpec,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codexbar_qt.provider_api import Attempt, ProviderError

DESCRIPTOR = ProviderDescriptor(
    id="augment",
    name="Augment",
    color="#6366F1",
    order=24,
    windows=WindowSpec(primary="Credits", secondary="Usage"),
    settings=(
        CookieSourceSetting(
            help="Automatic takes the session of app.augmentcode.com out of a browser and keeps it from running out.",
            shown_for=(Source.AUTO, Source.WEB),
        ),
        SecretSetting(
            "cookieHeader",
            "Cookie header",
            placeholder="Cookie: …",
            help="A header or a whole cURL command of app.augmentcode.com; it is sent as it is.",
            link=SITE,
            shown_when=("cookieSource", "manual"),
            env_exempt_reason="A browser session is pasted by hand; programs sign in with the auggie CLI.",
            shown_for=(Source.AUTO, Source.WEB),
        ),
        AccountsSetting(
            "Cookie headers",
            injects="cookieHeader",
            placeholder="Cookie: …",
            help="One header for each account. While one is selected, no browser is read.",
        ),
    ),
    source_labels=((Source.CLI, "auggie CLI"), (Source.WEB, "Browser cookies")),
    dashboard_url=f"{SITE}/account/subscription",
    status_url="https://status.augmentcode.com",
    links=(Link("Open Augment (Log Out & Back In)", SITE, after=(AuthRejected, MissingCredential)),),
    quality="complete",
)


def told_error(attempts: Sequence[Attempt]) -> ProviderError:
    """Tell what the last step said, the page's unless cookies are switched off."""
    errors = [attempt.error for attempt in attempts if attempt.error is not None]
    asked = [error for error in errors if error.message != COOKIES_OFF]
    return (asked or errors or [MissingCredential(NO_SESSION)])[-1]


# A browser's session, the stored one and the subscription behind each take up to 15 s.
PROVIDER = Provider(
    DESCRIPTOR,
    strategies=(
        Strategy(Source.CLI, fetch_with_cli, falls_back_on=ANY_FAILURE),
        Strategy(Source.WEB, fetch_with_cookies, falls_back_on=ANY_FAILURE, limit_seconds=90.0),
    ),
    actions=(REFRESH,),
    told_error=told_error,
    keepalive=KEEPALIVE,
    forget=forget_sessions,
)
