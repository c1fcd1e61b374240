"""Antigravity: what is left of its model quotas, from its own running programs or from Google.

The app, the IDE and the `agy` CLI each run a server on this machine that only they speak with; it is found by the
command line of its process and asked over the loopback interface. Nothing of it is documented.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_providers.antigravity.agy import fetch_from_cli
from codexbar_providers.antigravity.credentials import LOGIN_KEY, LOGIN_VARIABLE
from codexbar_providers.antigravity.local import fetch_from_app, fetch_from_ide, read_plan_info
from codexbar_providers.antigravity.login import LOGIN
from codexbar_providers.antigravity.oauth import fetch_with_google_login
from codexbar_providers.antigravity.offline import count_conversations
from codexbar_providers.antigravity.sentences import NOT_DETECTED
from codexbar_qt.provider_api import (
    ANY_FAILURE,
    DEFAULT_FALL_BACK,
    AccountsSetting,
    AuthRejected,
    DebugReport,
    NoUsageData,
    ParseError,
    Provider,
    ProviderDescriptor,
    RequestRefused,
    SecretSetting,
    ServiceUnavailable,
    Source,
    Strategy,
    ToggleSetting,
    ToolFailed,
    ToolNotInstalled,
    WindowSpec,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codexbar_qt.provider_api import Attempt, ProviderError

EXHAUSTED_TOGGLE = "antigravityPrioritizeExhaustedQuotas"

DESCRIPTOR = ProviderDescriptor(
    id="antigravity",
    name="Antigravity",
    short_name="Anti",
    color="#60BA7E",
    order=14,
    windows=WindowSpec(primary="Claude", secondary="Gemini Pro", tertiary="Gemini Flash"),
    settings=(
        ToggleSetting(
            EXHAUSTED_TOGGLE,
            "Prioritize exhausted quotas",
            help="A quota that is used up stands for Antigravity in tabs and tooltips until it resets.",
        ),
        AccountsSetting(
            "Google accounts",
            injects=LOGIN_KEY,
            placeholder='{"refresh_token": "..."}',
            help="Login with Google adds one. Without any, the programs on this machine are read.",
            related=(LOGIN_VARIABLE,),
        ),
        SecretSetting(
            LOGIN_KEY,
            "Google login",
            env=(LOGIN_VARIABLE,),
            placeholder='{"refresh_token": "..."}',
            help="Only for a machine without a browser: the JSON of a login made elsewhere.",
        ),
    ),
    status_url="https://www.google.com/appsstatus/dashboard/products/npdyhgECDJ6tB66MxXyo/history",
    exhausted_toggle=EXHAUSTED_TOGGLE,
    quality="complete",
)


def told_error(attempts: Sequence[Attempt]) -> ProviderError:
    """Tell what a program said that was found, else what Google said, else that nothing was found."""
    failures = {attempt.strategy.shown_source: attempt.error for attempt in attempts}
    for source in ("app", "cli", "ide"):
        error = failures.get(source)
        if error is not None and not isinstance(error, DEFAULT_FALL_BACK):
            return error
    google = failures.get("oauth")
    if google is not None and not isinstance(google, ToolNotInstalled):
        return google
    # Not a ToolNotInstalled: a program that is started later is to be noticed without anybody asking.
    return ToolFailed(NOT_DETECTED)


# Google's wish to be left alone for a while is kept, and a login that cannot be read has to be put right.
_GOOGLE_FALLS_BACK_ON = (
    *DEFAULT_FALL_BACK,
    AuthRejected,
    ServiceUnavailable,
    RequestRefused,
    ToolFailed,
    ParseError,
    NoUsageData,
)

# Each step bounds itself; the limits here are only for what hangs nevertheless.
PROVIDER = Provider(
    DESCRIPTOR,
    strategies=(
        Strategy(Source.CLI, fetch_from_app, falls_back_on=ANY_FAILURE, label="app", limit_seconds=10.0),
        Strategy(Source.CLI, fetch_from_cli, falls_back_on=ANY_FAILURE, label="cli", limit_seconds=22.0),
        Strategy(Source.CLI, fetch_from_ide, falls_back_on=ANY_FAILURE, label="ide", limit_seconds=10.0),
        Strategy(
            Source.OAUTH,
            fetch_with_google_login,
            falls_back_on=_GOOGLE_FALLS_BACK_ON,
            label="oauth",
            limit_seconds=60.0,
        ),
        Strategy(Source.CLI, count_conversations, falls_back_on=ANY_FAILURE, label="offline"),
    ),
    actions=(LOGIN,),
    told_error=told_error,
    debug_reports=(
        DebugReport(
            "--antigravity-plan-debug",
            "antigravityPlanInfo",
            "the plan as the local Antigravity server names it",
            read_plan_info,
        ),
    ),
)
