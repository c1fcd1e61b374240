"""Overage and exact plan numbers from the service the CLI itself asks, with the login the CLI keeps. Best effort."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from codexbar_qt.provider_api import (
    HeaderValue,
    JsonView,
    ParseError,
    ProviderError,
    Secret,
    bearer,
    raise_for_status,
)

if TYPE_CHECKING:
    from codexbar_qt.provider_api import FetchContext

API_URL = "https://codewhisperer.us-east-1.amazonaws.com/"
API_SECONDS = 10.0
TOKEN_ROW = "kirocli:odic:token"  # noqa: S105 - the name of a row; the spelling is the CLI's
PROFILE_ROW = "api.codewhisperer.profile"
_EARLIEST_RESET, _LATEST_RESET = 1_000_000_000, 4_102_444_800
# Sums of credits may miss the limit by the last binary digit.
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class UsageLimits:
    """The CREDIT entry of GetUsageLimits, amounts in credits, `charges` and `rate` (per credit) in `currency`.

    `used` includes `overage`. `overage_enabled` and the numbers after it are None when the service does not say;
    `cap` is set only while overage is enabled.
    """

    used: float
    limit: float
    overage: float | None
    has_bonuses: bool
    resets_at: datetime | None = None
    overage_enabled: bool | None = None
    cap: float | None = None
    charges: float | None = None
    rate: float | None = None
    currency: str = "USD"

    @property
    def plan_used(self) -> float:
        """Credits of the plan itself, never above `limit` while there are no bonuses."""
        own = self.used - (self.overage or 0.0)
        return own if self.has_bonuses else min(own, self.limit)

    @property
    def measures_plan(self) -> bool:
        """Whether the plan's share is known: bonus spending cannot be told apart."""
        return not self.has_bonuses and self.limit > 0


async def fetch_usage_limits(ctx: FetchContext) -> UsageLimits | None:
    """Ask the service; None when there is no login on disk, no answer, or one that does not add up."""
    login = await _stored_login(ctx)
    if login is None:
        return None
    token, profile = login
    headers: dict[str, HeaderValue] = {
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": "AmazonCodeWhispererService.GetUsageLimits",
        "Authorization": bearer(token),
    }
    try:
        answer = await ctx.http.post_json(
            API_URL,
            {"profileArn": profile},
            service="Kiro",
            headers=headers,
            timeout=API_SECONDS,
            follow_redirects=False,
        )
        raise_for_status(answer, "Kiro")
        return parse_usage_limits(answer.json())
    except ProviderError as error:
        ctx.log.debug(f"Kiro: overage data skipped: {error.message}")
        return None


def parse_usage_limits(body: JsonView) -> UsageLimits:
    """Read and check an answer of GetUsageLimits.

    Raises ParseError when anything in it is missing, of another type, or does not add up.
    """
    entries = [_entry(item) for item in body["usageBreakdownList"].items()]
    credit = [entry for entry in entries if entry["resourceType"].string() == "CREDIT"]
    if len(credit) != 1:
        raise ParseError("The answer has not exactly one entry for credits.", path="$.usageBreakdownList")
    entry = credit[0]
    bonuses = entry.get("bonuses")
    enabled, cap = _overage_switch(body, entry)
    charges, rate, currency = _optional(entry, "overageCharges"), _optional(entry, "overageRate"), entry.get("currency")
    limits = UsageLimits(
        used=_amount(entry["currentUsageWithPrecision"]),
        limit=_amount(entry["usageLimitWithPrecision"]),
        overage=_optional_amount(entry, "currentOveragesWithPrecision"),
        has_bonuses=bonuses is not None and any(True for _ in bonuses.items()),
        resets_at=_reset(entry.get("nextDateReset") or body.get("nextDateReset")),
        overage_enabled=enabled,
        cap=cap,
        charges=charges if charges is not None and charges >= 0 else None,
        rate=rate if rate is not None and rate > 0 else None,
        currency=_currency(currency),
    )
    _check_sums(limits)
    return limits


async def _stored_login(ctx: FetchContext) -> tuple[Secret, str] | None:
    for path in _database_paths(ctx):
        token = await _stored_field(ctx, path, ("auth_kv", TOKEN_ROW), "access_token")
        profile = await _stored_field(ctx, path, ("state", PROFILE_ROW), "arn")
        # A token with anything else in it is no header value.
        if token and profile and token.isascii() and token.isprintable() and " " not in token:
            return Secret(token), profile
    return None


def _database_paths(ctx: FetchContext) -> tuple[str, ...]:
    own = ctx.env.get("KIRO_DATA_DIR")
    if own:
        return (ctx.files.expand(f"{own.rstrip('/')}/data.sqlite3"),)
    if ctx.system.platform == "macos":
        folders: tuple[str, ...] = ("~/Library/Application Support",)
    elif ctx.system.platform == "windows":
        local, roaming = ctx.env.get("LOCALAPPDATA"), ctx.env.get("APPDATA")
        folders = (local or "~/AppData/Local", roaming or "~/AppData/Roaming")
    else:
        folders = (ctx.env.get("XDG_DATA_HOME") or "~/.local/share",)
    return tuple(ctx.files.expand(f"{folder}/kiro-cli/data.sqlite3") for folder in folders)


async def _stored_field(ctx: FetchContext, path: str, place: tuple[str, str], field: str) -> str | None:
    table, key = place
    try:
        rows = await ctx.files.query(path, f"SELECT value FROM {table} WHERE key = ?", (key,))  # noqa: S608 - a constant
        value = rows[0][0] if rows and rows[0] else None
        if not isinstance(value, str | bytes):
            return None
        found = JsonView.from_text(value).get(field)
        return found.string().strip() if found else None
    except ProviderError:
        return None


def _entry(view: JsonView) -> JsonView:
    view["resourceType"].string()
    view["currentUsageWithPrecision"].number()
    view["usageLimitWithPrecision"].number()
    return view


def _overage_switch(body: JsonView, entry: JsonView) -> tuple[bool | None, float | None]:
    configuration = body.get("overageConfiguration")
    status = configuration.get("overageStatus") if configuration else None
    word = status.string().strip().upper() if status else ""
    if word == "DISABLED":
        return False, None
    cap = entry.get("overageCapWithPrecision")
    if word != "ENABLED" or cap is None:
        return None, None
    return True, _amount(cap)


def _reset(view: JsonView | None) -> datetime | None:
    if view is None:
        return None
    seconds = view.number()
    if not _EARLIEST_RESET <= seconds <= _LATEST_RESET:
        raise ParseError("The answer names a reset that cannot be.", path=view.path)
    return datetime.fromtimestamp(seconds, UTC)


def _check_sums(limits: UsageLimits) -> None:
    overage = limits.overage or 0.0
    if limits.used < overage:
        raise ParseError("The answer has more overage than usage.", path="$.usageBreakdownList")
    if not limits.has_bonuses and limits.used - overage > limits.limit + _ROUNDING:
        raise ParseError("The answer has more plan usage than the plan allows.", path="$.usageBreakdownList")


def _amount(view: JsonView) -> float:
    number = view.number()
    if number < 0:
        raise ParseError(f"The answer has a negative amount at {view.path}.", path=view.path)
    return number


def _optional(entry: JsonView, key: str) -> float | None:
    found = entry.get(key)
    return found.number() if found else None


def _optional_amount(entry: JsonView, key: str) -> float | None:
    found = entry.get(key)
    return _amount(found) if found else None


def _currency(view: JsonView | None) -> str:
    return (view.string().strip().upper()[:8] if view else "") or "USD"
