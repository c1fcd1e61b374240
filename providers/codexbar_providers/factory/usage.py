"""Accounts with a token allowance per billing period (`/api/organization/subscription/usage`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_providers.factory.times import milliseconds_of, reset_text
from codexbar_qt.provider_api import ParseError, RateWindow, clamp_percent

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from codexbar_qt.provider_api import JsonView

UNLIMITED_ABOVE = 1e12
_TOKENS_OF_UNLIMITED = 100_000_000


def parse_usage(body: JsonView, *, zone: tzinfo) -> tuple[RateWindow | None, RateWindow | None]:
    """Read the standard and the premium lane; ParseError when the answer has neither."""
    usage = body["usage"]
    ends_at = milliseconds_of(usage.get("endDate"))
    standard, premium = (_lane(usage.get(field), ends_at, zone) for field in ("standard", "premium"))
    if standard is None and premium is None:
        raise ParseError("The answer has neither standard nor premium usage.", path="$.usage")
    return standard, premium


def used_percent(used: float, allowance: float, ratio: float | None) -> float:
    """Return 0-100 from tokens, allowance (0: not told) and the ratio that the service gives, where that can be so.

    A ratio of 0 beside used tokens is a quirk of the service. Above 1 e12 an allowance stands for "unlimited"; then
    100 million tokens count as everything.
    """
    is_reliable = 0 < allowance <= UNLIMITED_ABOVE
    if ratio is not None and not (ratio == 0 and used > 0 and is_reliable):
        if -0.001 <= ratio <= 1.001:
            return clamp_percent(ratio * 100)
        if not is_reliable and -0.1 <= ratio <= 100.1:
            return clamp_percent(ratio)
    if allowance > UNLIMITED_ABOVE:
        return clamp_percent(used / _TOKENS_OF_UNLIMITED * 100)
    return clamp_percent(used / allowance * 100) if allowance > 0 else 0.0


def _lane(view: JsonView | None, ends_at: datetime | None, zone: tzinfo) -> RateWindow | None:
    if view is None:
        return None
    used, allowance, ratio = (_number(view, field) for field in ("userTokens", "totalAllowance", "usedRatio"))
    if used is None and allowance is None and ratio is None:
        return None
    percent = used_percent(used or 0.0, allowance or 0.0, ratio)
    return RateWindow(percent, None, ends_at, reset_text(ends_at, zone))


def _number(view: JsonView, field: str) -> float | None:
    child = view.get(field)
    try:
        return None if child is None else child.number()
    except ParseError:
        return None
