"""Asks Google itself what is left, with the login of an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_providers.antigravity.credentials import (
    CLIENT_ID,
    CLIENT_SECRET,
    PROJECT,
    REFRESH_TOKEN,
    REQUEST_SECONDS,
    SERVICE,
    find_login,
    needs_renewal,
    renew,
    save_login,
)
from codexbar_providers.antigravity.lanes import build_model_snapshot
from codexbar_providers.antigravity.leaves import entries, member, text
from codexbar_providers.antigravity.oauth_client import find_client
from codexbar_providers.antigravity.parse_models import (
    Model,
    are_all_full,
    merge_verified,
    parse_available_models,
    parse_quota_buckets,
)
from codexbar_providers.antigravity.sentences import NOT_LOGGED_IN, PERMISSION_DENIED, UNREADABLE
from codexbar_qt.provider_api import (
    AuthRejected,
    Identity,
    JsonView,
    ParseError,
    ProviderError,
    RequestRefused,
    Secret,
    Snapshot,
    bearer,
    raise_for_status,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codexbar_providers.antigravity.credentials import Login
    from codexbar_qt.provider_api import FetchContext, HeaderValue

_HOST = "https://cloudcode-pa.googleapis.com"
_CLIENT: dict[str, object] = {
    "ideType": "ANTIGRAVITY",
    "platform": "PLATFORM_UNSPECIFIED",
    "pluginType": "GEMINI",
}
_PROJECT_TRIES = 5
_PROJECT_PAUSE_SECONDS = 2.0
_FORBIDDEN = 403
_PLANS = {"standard-tier": "Paid", "legacy-tier": "Legacy"}


async def fetch_with_google_login(ctx: FetchContext) -> Snapshot:
    """Renew the login when needed, find its project, read the quota of its models.

    An account that may not see its quota gives a snapshot without windows. Raises what `find_login` does,
    AuthRejected, MissingCredential without an OAuth client, RequestRefused, RateLimited, ServiceUnavailable and
    ParseError.
    """
    login = await _usable_login(ctx)
    token = login.access_token
    if token is None:
        raise AuthRejected(NOT_LOGGED_IN)
    try:
        return await _fetch(ctx, login, token)
    except ParseError as error:
        raise ParseError(UNREADABLE, path=error.path) from None


def parse_project(body: JsonView) -> str:
    """Return the project of loadCodeAssist, written as a text or as an object; "" when there is none."""
    found = member(body, "cloudaicompanionProject")
    return text(body, "cloudaicompanionProject") or text(found, "id") or text(found, "projectId")


def parse_tier(body: JsonView) -> str:
    """Return the tier to sign up for: the default one allowed, the first allowed, the paid, the current; else ""."""
    allowed = [tier for tier in entries(body, "allowedTiers") if text(tier, "id")]
    default = [tier for tier in allowed if (flag := tier.get("isDefault")) is not None and flag.raw is True]
    if allowed:
        return text((default or allowed)[0], "id")
    return text(member(body, "paidTier"), "id") or text(member(body, "currentTier"), "id")


def parse_plan(body: JsonView, claims: Mapping[str, object]) -> str | None:
    """Return the name of the plan, None when Google names none."""
    named, tier = text(member(body, "planInfo"), "planType"), member(body, "currentTier")
    tier_id = text(tier, "id")
    if tier_id == "free-tier":
        by_tier = "Workspace" if text(JsonView(claims), "hd") else "Free"
    else:
        by_tier = _PLANS.get(tier_id) or text(tier, "name")
    return named or by_tier or None


class _Google:
    """The requests with one access token."""

    def __init__(self, ctx: FetchContext, token: Secret) -> None:
        self._ctx = ctx
        self._token = token

    async def post(self, method: str, payload: Mapping[str, object]) -> JsonView:
        """Return the answer of a method, which is an object.

        Raises AuthRejected (401), RequestRefused with status 403, as `raise_for_status` for the others, ParseError.
        """
        headers: dict[str, HeaderValue] = {"Authorization": bearer(self._token), "User-Agent": "antigravity"}
        answer = await self._ctx.http.post_json(
            f"{_HOST}/v1internal:{method}",
            payload,
            service=SERVICE,
            headers=headers,
            timeout=REQUEST_SECONDS,
            follow_redirects=False,
        )
        if answer.status == _FORBIDDEN:
            raise RequestRefused(PERMISSION_DENIED, status=_FORBIDDEN)
        raise_for_status(answer, SERVICE, login_statuses=(401,), login_message=NOT_LOGGED_IN, accepted=(200,))
        body = answer.json()
        if not body.is_object():
            raise ParseError("The answer is not an object.", path=body.path)
        return body

    async def load_code_assist(self) -> JsonView:
        """Return what Google knows of the account. Raises as `post`."""
        return await self.post("loadCodeAssist", {"metadata": _CLIENT})


async def _fetch(ctx: FetchContext, login: Login, token: Secret) -> Snapshot:
    google = _Google(ctx, token)
    assist = await google.load_code_assist()
    project = login.text(PROJECT) or await _find_project(ctx, google, assist)
    if project and project != login.text(PROJECT):
        login = login.changed({PROJECT: project})
        await save_login(ctx, login)
    models = await _read_models(google, {"project": project} if project else {})
    identity = Identity(email=login.email, login_method=parse_plan(assist, login.claims))
    return build_model_snapshot(models, identity, ctx.clock.now())


async def _usable_login(ctx: FetchContext) -> Login:
    login = await find_login(ctx)
    if not needs_renewal(login, ctx.clock.now()):
        return login
    if not login.text(REFRESH_TOKEN):
        raise AuthRejected(NOT_LOGGED_IN)
    return await renew(ctx, login, await find_client(ctx, login.text(CLIENT_ID), login.text(CLIENT_SECRET)))


async def _find_project(ctx: FetchContext, google: _Google, assist: JsonView) -> str:
    """Return the project Google names, signing the account up where it has none yet; "" when it stays unknown."""
    project, tier = parse_project(assist), parse_tier(assist)
    if project or not tier:
        return project
    try:
        signed_up = await google.post("onboardUser", {"tierId": tier, "metadata": _CLIENT})
        project = parse_project(signed_up) or parse_project(member(signed_up, "response") or signed_up)
    except ProviderError as error:
        ctx.log.debug(f"The Antigravity account was not signed up. {error.message}")
    for _ in range(_PROJECT_TRIES):
        if project:
            break
        await ctx.clock.sleep(_PROJECT_PAUSE_SECONDS)
        try:
            project = parse_project(await google.load_code_assist())
        except ProviderError as error:
            ctx.log.debug(f"The Antigravity project stays unknown. {error.message}")
            break
    return project


async def _read_models(google: _Google, payload: Mapping[str, object]) -> tuple[Model, ...]:
    try:
        models = parse_available_models(await google.post("fetchAvailableModels", payload))
    except RequestRefused as refusal:
        if refusal.status != _FORBIDDEN:
            raise
        return await _read_buckets(google, payload)
    # Models that are all full may only say that they exist.
    if not are_all_full(models):
        return models
    return merge_verified(models, await _read_buckets(google, payload))


async def _read_buckets(google: _Google, payload: Mapping[str, object]) -> tuple[Model, ...]:
    """Return the models of the quota; none when the account may not see it."""
    try:
        return parse_quota_buckets(await google.post("retrieveUserQuota", payload))
    except RequestRefused as refusal:
        if refusal.status != _FORBIDDEN:
            raise
        return ()
