"""Kimi K2 (unofficial): the credits of the relay kimi-k2.ai, read with an API key.

The service belongs to a third party, not to Moonshot, and may disappear. Credits are bought once, so nothing resets.
Its answers have had many spellings; places are looked through in the order of `CONSUMED` and `REMAINING`.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, cast

from codexbar_qt.provider_api import (
    FetchContext,
    HeaderValue,
    Identity,
    JsonView,
    Link,
    ParseError,
    Provider,
    ProviderDescriptor,
    RateWindow,
    SecretSetting,
    Snapshot,
    Source,
    Strategy,
    WindowSpec,
    bearer,
    clamp_percent,
    parse_epoch_seconds,
    parse_iso_time,
    raise_for_status,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

CREDITS_URL = "https://kimi-k2.ai/api/user/credits"
DASHBOARD_URL = "https://kimrel.com/my-credits"
OFFICIAL_URL = "https://platform.moonshot.ai/console/account"
REMAINING_HEADER = "x-credits-remaining"
# "total" is what was consumed, not the grand total.
CONSUMED = (
    "total_credits_consumed",
    "totalCreditsConsumed",
    "total_credits_used",
    "totalCreditsUsed",
    "credits_consumed",
    "creditsConsumed",
    "consumedCredits",
    "usedCredits",
    "total",
    "usage.total",
    "usage.consumed",
)
REMAINING = (
    "credits_remaining",
    "creditsRemaining",
    "remaining_credits",
    "remainingCredits",
    "available_credits",
    "availableCredits",
    "credits_left",
    "creditsLeft",
    "usage.credits_remaining",
    "usage.remaining",
)
TIME = ("updated_at", "updatedAt", "timestamp", "time", "last_update", "lastUpdated")
_CONTEXTS = ("data", "data.usage", "data.credits", "result", "result.usage", "result.credits", "usage", "credits")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_FIRST_MILLISECONDS = 1_000_000_000_000

DESCRIPTOR = ProviderDescriptor(
    id="kimik2",
    name="Kimi K2 (unofficial)",
    short_name="Kimi K2",
    color="#4C00FF",
    order=69,
    aliases=("kimi-k2",),
    icon="kimi",
    windows=WindowSpec(primary="Credits", secondary="Credits"),
    settings=(
        SecretSetting(
            "apiKey",
            "API key",
            env=("KIMI_K2_API_KEY",),
            env_when_named=("KIMI_API_KEY", "KIMI_KEY"),
            placeholder="Paste API key…",
            help="The key goes to kimi-k2.ai, a relay that is not part of Moonshot. "
            "For the official API use the provider Moonshot / Kimi API.",
        ),
    ),
    dashboard_url=DASHBOARD_URL,
    links=(Link("Official Moonshot console", OFFICIAL_URL),),
    details_are_not_resets=True,
    quality="solid",
)


async def fetch_with_api_key(ctx: FetchContext) -> Snapshot:
    """Read the credits; the key goes to the one host and nowhere else."""
    missing = "Kimi K2 API key missing. Add it in Settings or set KIMI_K2_API_KEY."
    key = await ctx.credentials.require("apiKey", message=missing)
    headers: dict[str, HeaderValue] = {"Authorization": bearer(key), "Accept": "application/json"}
    answer = await ctx.http.get(CREDITS_URL, service="Kimi K2", headers=headers, follow_redirects=False)
    rejected = "Kimi K2 API key is invalid or expired. Enter another one in Settings."
    raise_for_status(answer, "Kimi K2 API", login_statuses=(401,), login_message=rejected, accepted=(200,))
    try:
        return parse_credits(answer.json(), now=ctx.clock.now(), remaining_header=answer.headers.get(REMAINING_HEADER))
    except ParseError as error:
        told = f"Kimi K2 response could not be parsed. {error.message} Report it if it stays."
        raise ParseError(told, path=error.path) from None


def parse_credits(body: JsonView, *, now: datetime, remaining_header: str | None = None) -> Snapshot:
    """Read an answer; `remaining_header` counts only when no place of the document has a number for what is left.

    The time is the service's own where it names one, else `now`. Raises ParseError when the root is not an object.
    """
    if not body.is_object():
        raise ParseError("The answer is not an object.", path=body.path)
    contexts = _contexts(cast("dict[str, object]", body.raw))
    consumed = _first_number(contexts, CONSUMED) or 0.0
    remaining = _first_number(contexts, REMAINING)
    if remaining is None:
        remaining = parse_number(remaining_header)
    remaining = max(0.0, remaining or 0.0)
    total = consumed + remaining
    is_known = math.isfinite(total) and total > 0
    window = RateWindow(
        used_percent=clamp_percent(consumed / total * 100) if is_known else 0.0,
        reset_description=f"Credits: {_whole(consumed)}/{_whole(total)}" if is_known else None,
    )
    identity = Identity(login_method=f"Credits: {_plain(remaining)} left")
    return Snapshot(updated_at=_first_time(contexts) or now, primary=window, identity=identity)


def parse_number(value: object) -> float | None:
    """Read a number or a numeric text; None for anything else and for what is not finite."""
    if isinstance(value, str):
        text = value.strip()
        value = float(text) if _NUMBER.fullmatch(text) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def parse_time(value: object) -> datetime | None:
    """Read ISO 8601, seconds or milliseconds since 1970 (also as text) as aware UTC; None for anything else."""
    number = parse_number(value)
    if number is not None:
        moment = parse_epoch_seconds(number / 1000 if number >= _FIRST_MILLISECONDS else number)
    else:
        moment = parse_iso_time(value) if isinstance(value, str) else None
    return moment if moment is not None and moment.timestamp() > 0 else None


def tray_text(snapshot: Snapshot, _preferences: Mapping[str, str]) -> str | None:
    """Return what is left, because a share of all credits ever bought says little."""
    told = (snapshot.identity.login_method if snapshot.identity else None) or ""
    left = told.removeprefix("Credits: ").removesuffix(" left")
    return f"{left} credits left" if left else None


def _contexts(root: dict[str, object]) -> list[dict[str, object]]:
    found = [root]
    for path in _CONTEXTS:
        found += [_object(value) for value in _at(root, path)]
    return found


def _object(value: object) -> dict[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _at(context: Mapping[str, object], path: str) -> Iterator[object]:
    """Give the value at a dotted path, nothing when it is not there."""
    value: object = context
    for key in path.split("."):
        members = _object(value)
        if key not in members:
            return
        value = members[key]
    yield value


def _first(contexts: list[dict[str, object]], path: str) -> object:
    return next((value for context in contexts for value in _at(context, path)), None)


def _first_number(contexts: list[dict[str, object]], paths: tuple[str, ...]) -> float | None:
    numbers = (parse_number(_first(contexts, path)) for path in paths)
    return next((number for number in numbers if number is not None), None)


def _first_time(contexts: list[dict[str, object]]) -> datetime | None:
    times = (parse_time(_first(contexts, path)) for path in TIME)
    return next((moment for moment in times if moment is not None), None)


def _whole(amount: float) -> str:
    return f"{math.floor(amount + 0.5):d}"


def _plain(amount: float) -> str:
    return f"{amount:.2f}".rstrip("0").removesuffix(".")


PROVIDER = Provider(DESCRIPTOR, strategies=(Strategy(Source.API, fetch_with_api_key),), tray_text=tray_text)
