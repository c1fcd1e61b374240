"""Ollama Cloud: the session and the weekly limit of the settings page, or whether an API key is accepted.

The limits stand on a page alone; nothing here asks the local server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_providers.ollama.api import fetch_with_api_key
from codexbar_providers.ollama.web import SETTINGS_URL, fetch_with_cookies
from codexbar_qt.provider_api import (
    ANY_FAILURE,
    AccountsSetting,
    CookieSourceSetting,
    InvalidSetting,
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

KEYS_URL = "https://ollama.com/settings/keys"

DESCRIPTOR = ProviderDescriptor(
    id="ollama",
    name="Ollama",
    color="#888888",
    order=29,
    windows=WindowSpec(session="primary", weekly="secondary"),
    settings=(
        CookieSourceSetting(
            help="Automatic reads the session of Chrome, and of other browsers when Chrome has none. Manual uses a "
            "pasted header, Off leaves only the API key. The session is sent to ollama.com alone.",
        ),
        SecretSetting(
            "cookieHeader",
            "Cookie header",
            placeholder="Cookie: …",
            help="The Cookie header of the settings page, or the whole request copied as cURL.",
            link=SETTINGS_URL,
            shown_when=("cookieSource", "manual"),
            env_exempt_reason="a session belongs to one browser, and is long",
        ),
        SecretSetting(
            "apiKey",
            "API key",
            env=("OLLAMA_API_KEY", "OLLAMA_KEY"),
            placeholder="ollama-...",
            help="A key only shows that the account works. The limits need a browser session.",
            link=KEYS_URL,
        ),
        AccountsSetting(
            "Session tokens",
            injects="cookieHeader",
            placeholder="Cookie: … or a session value",
            help="The selected one is used instead of the cookie source.",
        ),
    ),
    dashboard_url=SETTINGS_URL,
    links=(Link("Sign in to Ollama", "https://ollama.com/signin"), Link("API keys", KEYS_URL)),
    plan_names=(("free", "Free"), ("pro", "Pro"), ("max", "Max")),
    quality="solid",
)


def tell_error(attempts: Sequence[Attempt]) -> ProviderError:
    """Return why the page could not be read when there is no key, else what the key met with."""
    errors = [attempt.error for attempt in attempts if attempt.error is not None]
    is_off = isinstance(errors[0], InvalidSetting) and errors[0].setting == "cookieSource"
    return errors[0] if isinstance(errors[-1], MissingCredential) and not is_off else errors[-1]


PROVIDER = Provider(
    DESCRIPTOR,
    strategies=(
        Strategy(Source.WEB, fetch_with_cookies, falls_back_on=ANY_FAILURE, limit_seconds=60.0),
        Strategy(Source.API, fetch_with_api_key, limit_seconds=45.0),
    ),
    told_error=tell_error,
)
