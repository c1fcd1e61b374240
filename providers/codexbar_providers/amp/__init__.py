"""Amp: the free allowance, subscription and credits, from its CLI, with an access token, or from the settings page.

The CLI and the API give the same text for people, whose wording has changed several times; the page knows only the free
allowance. Percentages in all of them are what is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_providers.amp.api import fetch_with_token
from codexbar_providers.amp.cli import fetch_with_cli
from codexbar_providers.amp.sentences import COOKIES_OFF, NO_SESSION, PASTED_WITHOUT_SESSION, REQUEST_FAILED
from codexbar_providers.amp.web import SETTINGS_URL, fetch_with_cookies
from codexbar_qt.provider_api import (
    ANY_FAILURE,
    CookieSourceSetting,
    Provider,
    ProviderDescriptor,
    RequestRefused,
    SecretSetting,
    Source,
    Strategy,
    ToolNotInstalled,
    WindowSpec,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codexbar_qt.provider_api import Attempt, ProviderError

_WITH_COOKIES = (Source.AUTO, Source.WEB)

DESCRIPTOR = ProviderDescriptor(
    id="amp",
    name="Amp",
    color="#DC2626",
    order=27,
    windows=WindowSpec(primary="Amp Free", secondary="Balance"),
    settings=(
        CookieSourceSetting(
            help="Automatic takes the session of ampcode.com out of a browser; only that one cookie is used.",
            shown_for=_WITH_COOKIES,
        ),
        SecretSetting(
            "apiKey",
            "Access token",
            env=("AMP_API_KEY",),
            placeholder="sgamp_...",
            help="Without the Amp CLI this shows subscription and credits, which the settings page leaves out.",
            link=SETTINGS_URL,
            shown_for=(Source.AUTO, Source.API),
        ),
        SecretSetting(
            "cookieHeader",
            "Cookie header",
            placeholder="Cookie: …",
            help="A header or a whole cURL command of ampcode.com; only the cookie named session is used.",
            link=SETTINGS_URL,
            shown_when=("cookieSource", "manual"),
            env_exempt_reason="A browser session is pasted by hand; programs use AMP_API_KEY.",
            shown_for=_WITH_COOKIES,
        ),
    ),
    source_labels=((Source.CLI, "Amp CLI"), (Source.API, "Access token"), (Source.WEB, "Browser cookies")),
    dashboard_url="https://ampcode.com/settings/usage",
    quality="complete",
)


def told_error(attempts: Sequence[Attempt]) -> ProviderError:
    """Tell what the last step said that ran: the CLI needs the program, the page a session; the token always runs."""
    errors = [attempt.error for attempt in attempts if attempt.error is not None]
    without_a_step = (COOKIES_OFF, NO_SESSION, PASTED_WITHOUT_SESSION)
    ran = [error for error in errors if not isinstance(error, ToolNotInstalled) and error.message not in without_a_step]
    return (ran or errors or [RequestRefused(REQUEST_FAILED)])[-1]


PROVIDER = Provider(
    DESCRIPTOR,
    strategies=(
        Strategy(Source.CLI, fetch_with_cli, falls_back_on=ANY_FAILURE),
        Strategy(Source.API, fetch_with_token, falls_back_on=ANY_FAILURE),
        Strategy(Source.WEB, fetch_with_cookies, falls_back_on=ANY_FAILURE, limit_seconds=90.0),
    ),
    told_error=told_error,
)
