"""The one request, and what the service says when it refuses it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, cast

from codexbar_providers.warp.parse import join_reasons, local_zone, parse_limits, parse_refusal
from codexbar_qt.provider_api import (
    AuthRejected,
    FetchContext,
    HeaderValue,
    HttpResponse,
    ParseError,
    ProviderError,
    RateLimited,
    RequestRefused,
    ServiceUnavailable,
    Snapshot,
    bearer,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codexbar_qt.provider_api import Secret, SystemInfo

LIMITS_URL = "https://app.warp.dev/graphql/v2?op=GetRequestLimitInfo"
# The edge of the service answers any other user agent with a rate limit.
USER_AGENT = "Warp/1.0"
QUERY = """query GetRequestLimitInfo($requestContext: RequestContext!) {
  user(requestContext: $requestContext) {
    __typename
    ... on UserOutput {
      user {
        requestLimitInfo { isUnlimited nextRefreshTime requestLimit requestsUsedSinceLastRefresh }
        bonusGrants { requestCreditsGranted requestCreditsRemaining expiration }
        workspaces { bonusGrantsInfo { grants { requestCreditsGranted requestCreditsRemaining expiration } } }
      }
    }
  }
}"""
_LONGEST_SUMMARY = 200
_VERSION = re.compile(r"[0-9]+(?:\.[0-9]+){0,2}")
_ADDRESS = re.compile(r"[^\s<>@\"']{1,64}@[^\s<>@\"']{1,255}")
_BEARER = re.compile(r"bearer\s+\S+", re.IGNORECASE)


async def fetch_with_api_key(ctx: FetchContext) -> Snapshot:
    """Ask for the limits of the key's account."""
    missing = "Warp API key missing. Add it in Settings → Providers → Warp, or set WARP_API_KEY."
    key = await ctx.credentials.require("apiKey", message=missing)
    system = os_words(ctx.system)
    payload = {
        "operationName": "GetRequestLimitInfo",
        "variables": {"requestContext": {"clientContext": {}, "osContext": system}},
        "query": QUERY,
    }
    try:
        answer = await ctx.http.post_json(
            LIMITS_URL, payload, service="Warp", headers=_headers(key, system), follow_redirects=False
        )
    except ServiceUnavailable as error:
        cause = error.message.removesuffix(" Check the connection.")
        told = f"{cause} Check that this machine can reach app.warp.dev."
        raise ServiceUnavailable(told, reason=error.reason) from None
    if answer.status != 200:
        raise refusal(answer, key)
    try:
        body = answer.json()
        reasons = parse_refusal(body)
        if reasons is not None:
            told = _sentence(_redacted(reasons or "no reason was given", key))
            raise RequestRefused(f"Warp API error (200): {told} Try again later.", status=200)
        return parse_limits(body, now=ctx.clock.now(), zone=local_zone(ctx.system.time_zone))
    except ParseError as error:
        told = f"Warp response could not be parsed: {error.message} Report it if it stays."
        raise ParseError(told, path=error.path) from None


def os_words(system: SystemInfo) -> dict[str, str]:
    """Return what the service calls this system, its version in three numbers: those a Linux release begins with."""
    found = _VERSION.match(system.os_version)
    numbers = found[0].split(".") if found else []
    version = ".".join([*numbers, "0", "0", "0"][:3])
    return {"category": system.os_name, "name": system.os_name, "version": version}


def refusal(answer: HttpResponse, key: Secret) -> ProviderError:
    """Return the error of a status other than 200, with what the service says about it."""
    status = answer.status
    told = f"Warp API error ({status}): {_sentence(_redacted(_summary(answer), key))} Check that the token is valid."
    if status in (401, 403):
        return AuthRejected(told)
    if status == 429:
        return RateLimited(told, retry_after=answer.retry_after())
    if status >= 500:
        return ServiceUnavailable(told, reason="status", status=status)
    return RequestRefused(told, status=status)


def _headers(key: Secret, system: Mapping[str, str]) -> dict[str, HeaderValue]:
    return {
        "Accept": "application/json",
        "Authorization": bearer(key),
        "User-Agent": USER_AGENT,
        "x-warp-client-id": "warp-app",
        **{f"x-warp-os-{word}": text for word, text in system.items()},
    }


def _summary(answer: HttpResponse) -> str:
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        text = answer.text().strip()
        if text.startswith("<"):
            return "a web page instead of data"
    else:
        facts = cast("dict[str, object]", body) if isinstance(body, dict) else {}
        words = [item for item in (facts.get("error"), facts.get("message")) if isinstance(item, str)]
        text = join_reasons(facts.get("errors")) or next((word for word in words if word.strip()), "")
    return text or f"HTTP {answer.status} ({len(answer.body)} bytes)."


def _redacted(text: str, key: Secret) -> str:
    """Return a text of the service on one line, without key and addresses, cut to its first 200 characters."""
    line = " ".join(_BEARER.sub("Bearer …", text.replace(key.reveal(), "…")).split())
    line = _ADDRESS.sub("(address)", line)
    return line if len(line) <= _LONGEST_SUMMARY else f"{line[:_LONGEST_SUMMARY]}..."


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
