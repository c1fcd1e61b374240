"""MiniMax: the prompts of a coding or token plan and the quotas of its other services, by API token or web session.

The service exists twice, as minimax.io and as minimaxi.com in China. The endpoints are those of the service's own pages
and are not documented; what they call usage is what remains.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_providers.minimax.api import (
    STANDARD_KEY,
    WHOLE_SECONDS,
    EndpointMissingError,
    fetch_with_api_token,
)
from codexbar_providers.minimax.endpoints import CHINA, DASHBOARDS, GLOBAL, choose_dashboard
from codexbar_providers.minimax.pasted import SESSION_COOKIE
from codexbar_providers.minimax.web import COOKIE_VARIABLES, fetch_with_web_session
from codexbar_qt.provider_api import (
    AccountsSetting,
    AuthRejected,
    Choice,
    ChoiceSetting,
    CookieSourceSetting,
    MissingCredential,
    Provider,
    ProviderDescriptor,
    RequestRefused,
    SecretSetting,
    Source,
    Strategy,
    ToggleSetting,
    WindowSpec,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codexbar_qt.provider_api import Attempt, ProviderError

TOKEN_VARIABLES = ("MINIMAX_CODING_API_KEY", "MINIMAX_API_KEY")
COOKIE_PLACEHOLDER = "Cookie: …"

DESCRIPTOR = ProviderDescriptor(
    id="minimax",
    name="MiniMax",
    color="#FE603C",
    order=18,
    aliases=("mini-max",),
    windows=WindowSpec(primary="Prompts", secondary="Window", session="primary", weekly="secondary"),
    settings=(
        ChoiceSetting(
            "region",
            "API region",
            choices=(
                Choice(GLOBAL, "Global (platform.minimax.io)"),
                Choice(CHINA, "China mainland (platform.minimaxi.com)"),
            ),
            default=GLOBAL,
            help="A plan, its tokens and its sessions belong to one region.",
            console_links=tuple(DASHBOARDS.items()),
        ),
        SecretSetting(
            "apiKey",
            "API token",
            env=TOKEN_VARIABLES,
            placeholder="Paste API token…",
            help="The coding plan key (sk-cp-) of the Token Plan page. A pay-as-you-go key (sk-api-) does not open the "
            "plan's quota.",
            link=DASHBOARDS[GLOBAL],
        ),
        CookieSourceSetting(
            help="Automatic uses the browser's cookies and the tokens its pages have stored. Manual takes a Cookie "
            "header or a cURL command from the Token Plan page.",
            hidden_with="apiKey",
        ),
        SecretSetting(
            "cookieHeader",
            "Cookie header",
            env=COOKIE_VARIABLES,
            placeholder=COOKIE_PLACEHOLDER,
            shown_when=("cookieSource", "manual"),
        ),
        ToggleSetting(
            "extrasEnabled",
            "Billing history",
            default=True,
            help="Tokens and cash of the last 30 days, read with a web session.",
        ),
        AccountsSetting(
            "Session tokens",
            injects="cookieHeader",
            placeholder=COOKIE_PLACEHOLDER,
            help="Cookie headers of several accounts. The selected one is used alone.",
            related=(*TOKEN_VARIABLES, *COOKIE_VARIABLES),
            cookie_name=SESSION_COOKIE,
        ),
    ),
    dashboard_url=DASHBOARDS[GLOBAL],
    dashboard_for=choose_dashboard,
    plan_names=(
        ("free", "Free"),
        ("pro", "Pro"),
        ("plus", "Plus"),
        ("max", "Max"),
        ("ultra", "Ultra"),
        ("tokenplanplus-年度会员", "Token Plan Plus"),
        ("tokenplanmax-年度会员", "Token Plan Max"),
        ("tokenplanultra-年度会员", "Token Plan Ultra"),
    ),
    details_are_not_resets=True,
    auto_prefers_most_used=True,
    most_used_of=("primary", "secondary", "tertiary"),
    quality="complete",
)


def tell_error(attempts: Sequence[Attempt]) -> ProviderError:
    """Choose the last real error; of missing credentials the one about a key of the wrong kind, else the last one.

    That a path is missing is told as the refusal it is.
    """
    errors = [attempt.error for attempt in attempts if attempt.error is not None]
    real = [error for error in errors if not isinstance(error, MissingCredential)]
    unsuited = [error for error in errors if error.message == STANDARD_KEY]
    told = (real or unsuited or errors)[-1]
    return RequestRefused(told.message, status=told.status) if isinstance(told, EndpointMissingError) else told


PROVIDER = Provider(
    DESCRIPTOR,
    strategies=(
        Strategy(
            Source.API,
            fetch_with_api_token,
            falls_back_on=(MissingCredential, AuthRejected, EndpointMissingError),
            limit_seconds=WHOLE_SECONDS,
        ),
        Strategy(Source.WEB, fetch_with_web_session, limit_seconds=WHOLE_SECONDS),
    ),
    told_error=tell_error,
)
