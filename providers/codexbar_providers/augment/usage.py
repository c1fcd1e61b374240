"""The numbers of both sources, and the snapshot made of them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codexbar_providers.augment.sentences import NOT_UNDERSTOOD
from codexbar_qt.provider_api import (
    DetailRow,
    DetailSection,
    Identity,
    ParseError,
    RateWindow,
    Snapshot,
    clamp_percent,
    parse_iso_time,
)

if TYPE_CHECKING:
    from datetime import datetime

    from codexbar_providers.augment.account_status import AccountStatus
    from codexbar_qt.provider_api import JsonView


@dataclass(frozen=True, slots=True)
class AugmentUsage:
    """Credits of the billing cycle, None where the source is silent; `ends_at` aware UTC."""

    used: float | None = None
    remaining: float | None = None
    limit: float | None = None
    plan: str | None = None
    ends_at: datetime | None = None
    email: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Subscription:
    """What the second answer adds."""

    plan: str | None = None
    ends_at: datetime | None = None
    email: str | None = field(default=None, repr=False)


def usage_of_status(status: AccountStatus) -> AugmentUsage:
    """Return the numbers the CLI printed; the plan is its monthly size, whatever it is called."""
    plan = None if status.plan_size is None else f"{status.plan_size:,} credits/month"
    return AugmentUsage(status.used, status.remaining, status.total, plan, status.ends_at)


def parse_credits(body: JsonView, subscription: Subscription) -> AugmentUsage:
    """Read the credits. An available amount of 0 means "not given"; ParseError when there is no number at all."""
    try:
        remaining, used, available = (
            _amount(body, key)
            for key in ("usageUnitsRemaining", "usageUnitsConsumedThisBillingCycle", "usageUnitsAvailable")
        )
    except ParseError as error:
        raise ParseError(NOT_UNDERSTOOD, path=error.path) from None
    if remaining is None and used is None and available is None:
        raise ParseError(NOT_UNDERSTOOD, path="$.usageUnitsRemaining")
    limit = available if available and available > 0 else None
    if limit is None and remaining is not None and used is not None:
        limit = remaining + used
    return AugmentUsage(used, remaining, limit, subscription.plan, subscription.ends_at, subscription.email)


def parse_subscription(body: JsonView) -> Subscription:
    """Read plan, end of the cycle and address. Raises ParseError for an answer of another shape."""
    ends = body.get("billingPeriodEnd")
    return Subscription(
        _text(body, "planName"),
        parse_iso_time(ends.string()) if ends else None,
        _text(body, "email"),
    )


def build_snapshot(usage: AugmentUsage, *, now: datetime) -> Snapshot:
    """Return the snapshot of the numbers."""
    told = None if usage.ends_at is None else reset_words(usage.ends_at, now)
    return Snapshot(
        updated_at=now,
        primary=RateWindow(_used_percent(usage), None, usage.ends_at, told),
        details=_details(usage),
        identity=Identity(usage.email, None, usage.plan),
    )


def reset_words(until: datetime, now: datetime) -> str:
    """Say how far away a reset is in its largest unit: "Resets in 5 days", "Resets in 1 hour", "Resets now"."""
    seconds = (until - now).total_seconds()
    for size, unit in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"Resets in {count} {unit}{'' if count == 1 else 's'}"
    return "Resets now"


def _used_percent(usage: AugmentUsage) -> float:
    if not usage.limit or usage.limit <= 0:
        return 0.0
    if usage.used is not None:
        return clamp_percent(usage.used / usage.limit * 100)
    if usage.remaining is not None:
        return clamp_percent((usage.limit - usage.remaining) / usage.limit * 100)
    return 0.0


def _details(usage: AugmentUsage) -> tuple[DetailSection, ...]:
    named = (("Used", usage.used), ("Remaining", usage.remaining), ("Limit", usage.limit))
    rows = tuple(DetailRow(label, _grouped(amount)) for label, amount in named if amount is not None)
    return (DetailSection(rows, title="Credits"),) if rows else ()


def _grouped(amount: float) -> str:
    text = f"{amount:,.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _amount(body: JsonView, key: str) -> float | None:
    view = body.get(key)
    if view is None:
        return None
    number = view.number()
    if not math.isfinite(number) or abs(number) > 1e15:
        raise ParseError(NOT_UNDERSTOOD, path=view.path)
    return number


def _text(body: JsonView, key: str) -> str | None:
    view = body.get(key)
    return (view.string().strip() or None) if view is not None else None
