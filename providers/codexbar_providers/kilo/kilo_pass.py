"""Kilo Pass, the subscription: its lane in dollars, its name, and the automatic top-up beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codexbar_providers.kilo.credits import Amounts, share_used
from codexbar_providers.kilo.loose import (
    Fields,
    as_fields,
    contexts,
    first_flag,
    first_moment,
    first_text,
    inner_text,
    moment,
    money,
    number,
    text,
)
from codexbar_qt.provider_api import RateWindow, format_money

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

TOP_UP_LABEL = "Auto top-up:"
_SUBSCRIPTION_FIELDS = (
    "currentPeriodUsageUsd",
    "currentPeriodBaseCreditsUsd",
    "currentPeriodBonusCreditsUsd",
    "tier",
)
_ON = frozenset({"enabled", "active", "on"})
_OFF = frozenset({"disabled", "inactive", "off", "none"})
_RENEWALS = ("nextBillingAt", "nextRenewalAt", "renewsAt", "renewAt")
_TIERS = {"tier_19": "Starter", "tier_49": "Pro", "tier_199": "Expert"}
_RESETS = (
    "resetAt",
    "resetsAt",
    "nextResetAt",
    "renewAt",
    "renewsAt",
    "nextRenewalAt",
    "currentPeriodEnd",
    "periodEndsAt",
    "expiresAt",
    "expiryAt",
)
# Each in cents, in millionths of a dollar, in dollars.
_TOTAL = (
    (
        "amountCents",
        "totalCents",
        "planAmountCents",
        "monthlyAmountCents",
        "limitCents",
        "includedCents",
        "valueCents",
    ),
    ("amount_mUsd", "total_mUsd", "planAmount_mUsd", "limit_mUsd", "included_mUsd", "value_mUsd"),
    ("amount", "total", "limit", "included", "value", "creditsTotal", "totalCredits", "planAmount"),
)
_USED = (
    ("usedCents", "spentCents", "consumedCents", "usedAmountCents", "consumedAmountCents"),
    ("used_mUsd", "spent_mUsd", "consumed_mUsd", "usedAmount_mUsd"),
    ("used", "spent", "consumed", "usage", "creditsUsed", "usedAmount", "consumedAmount"),
)
_REMAINING = (
    ("remainingCents", "remainingAmountCents", "availableCents", "leftCents", "balanceCents"),
    ("remaining_mUsd", "available_mUsd", "left_mUsd", "balance_mUsd"),
    ("remaining", "available", "left", "balance", "creditsRemaining", "remainingAmount", "availableAmount"),
)
_BONUS = (
    ("bonusCents", "bonusAmountCents", "includedBonusCents", "bonusRemainingCents"),
    ("bonus_mUsd", "bonusAmount_mUsd"),
    ("bonus", "bonusAmount", "bonusCredits", "includedBonus"),
)
_PLAN_NAMES = ("planName", "tier", "tierName", "passName", "subscriptionName")
_PLAN_PATHS = (("plan", "name"), ("subscription", "plan", "name"), ("subscription", "name"), ("pass", "name"))
_STATE_PATHS = (("state", "name"), ("state",))


@dataclass(frozen=True, slots=True)
class _Budget:
    """Dollars of one period; `bonus` is part of the total."""

    amounts: Amounts
    bonus: float = 0.0
    resets_at: datetime | None = None


def parse_pass(payload: object) -> RateWindow | None:
    """Return the lane of the subscription, None when its size is unknown; a size of nothing is all used."""
    subscription = _subscription(payload)
    budget = _subscribed(subscription) if subscription is not None else _guessed(payload)
    if budget.amounts.total is None:
        return None
    total, used, extra = max(0.0, budget.amounts.total), budget.amounts.spent, max(0.0, budget.bonus)
    described = f"{_dollars(used)} / {_dollars(max(0.0, total - extra))}"
    if extra > 0:
        described += f" (+ {_dollars(extra)} bonus)"
    return RateWindow(used_percent=share_used(used, total), resets_at=budget.resets_at, reset_description=described)


def parse_plan(payload: object) -> str | None:
    """Return the name of the plan, None when there is none."""
    subscription = _subscription(payload)
    if subscription is not None:
        tier = text(subscription.get("tier"))
        return "Kilo Pass" if tier is None else _TIERS.get(tier, tier)
    places = contexts(payload)
    named = first_text(places, _PLAN_NAMES)
    paths = (inner_text(place, *path) for path in (*_PLAN_PATHS, *_STATE_PATHS) for place in places)
    return named or next((found for found in paths if found), None) or _name_of_a_pass(places)


def parse_top_up(payload: object, credits_payload: object) -> str | None:
    """Return what to say about the automatic top-up, None when nothing is known about it."""
    places = contexts(payload)
    enabled = first_flag(places, ("enabled", "isEnabled", "active"))
    if enabled is None:
        enabled = _switch(first_text(places, ("status",)))
    if enabled is None:
        enabled = first_flag(contexts(credits_payload), ("autoTopUpEnabled",))
    if enabled is None:
        return None
    if not enabled:
        return f"{TOP_UP_LABEL} off"
    method = first_text(places, ("paymentMethod", "paymentMethodType", "method", "cardBrand"))
    amount = money(places, ("amountCents",), plain=("amount", "topUpAmount", "amountUsd")) or 0.0
    return f"{TOP_UP_LABEL} {method or (_short_dollars(amount) if amount > 0 else 'enabled')}"


def _subscription(payload: object) -> Fields | None:
    fields = as_fields(payload)
    if fields is None:
        return None
    inner = as_fields(fields.get("subscription"))
    if inner is not None:
        return inner
    if "subscription" in fields and fields["subscription"] is None:
        return None
    return fields if any(key in fields for key in _SUBSCRIPTION_FIELDS) else None


def _subscribed(fields: Fields) -> _Budget:
    used, base, bonus = (number(fields.get(key)) for key in _SUBSCRIPTION_FIELDS[:3])
    extra = max(0.0, bonus or 0.0)
    total = None if base is None else max(0.0, base) + extra
    renewals = (moment(fields.get(key)) for key in _RENEWALS)
    return _Budget(Amounts(used, total), extra, next((found for found in renewals if found is not None), None))


def _guessed(payload: object) -> _Budget:
    places = contexts(payload)
    total, used, remaining, bonus = (money(places, *names) for names in (_TOTAL, _USED, _REMAINING, _BONUS))
    if total is None and used is not None and remaining is not None:
        total = used + remaining
    return _Budget(Amounts(used, total, remaining), bonus or 0.0, first_moment(places, _RESETS))


def _name_of_a_pass(places: Sequence[Fields]) -> str | None:
    names = (text(place.get("name")) for place in places)
    return next((name for name in names if name and "pass" in name.lower()), None)


def _switch(status: str | None) -> bool | None:
    word = (status or "").lower()
    return True if word in _ON else False if word in _OFF else None


def _dollars(amount: float) -> str:
    return format_money(amount, grouped=False)


def _short_dollars(amount: float) -> str:
    return _dollars(amount).removesuffix(".00")
