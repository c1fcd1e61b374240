"""Workspaces that pay per request: what they spent this month, and their balance."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from codexbar_providers.opencode.values import number_of
from codexbar_qt.provider_api import JsonView, ParseError, ProviderCost, RateWindow, Snapshot, clamp_percent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

MONTH_MINUTES = 43_200
# Amounts are whole numbers of 1/100 000 000 dollar; the limit alone is in dollars.
_UNITS_PER_DOLLAR = 1e8
_NOTED = r"\s*:\s*(?:\$R\[\d{1,9}\]\s*=\s*)?"
_NUMBER = r"(-?[0-9]{1,400}(?:\.[0-9]{1,400})?(?:[eE][+-]?[0-9]{1,4})?)"
_CUSTOMER = re.compile(rf'\bcustomerID{_NOTED}"([^"]+)"')
_AMOUNTS = {name: re.compile(rf"\b{name}{_NOTED}{_NUMBER}") for name in ("monthlyUsage", "monthlyLimit", "balance")}
_SUBSCRIPTION = re.compile(rf"\bsubscription{_NOTED}(null\b|undefined\b|void 0\b)?")
_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Bill:
    """What a workspace that is a customer spent this month, in US dollars; `limit` 0 when none is set."""

    used: float
    limit: float
    balance: float | None
    is_subscribed: bool


def parse_billing(text: str) -> Bill | None:
    """Return the bill of an answer, script or JSON; None when it names no customer or no usage."""
    try:
        document = JsonView.from_text(text).raw
    except ParseError:
        return _in_script(text)
    return next(_in_document(document, 0), None)


def pay_as_you_go(bill: Bill, *, now: datetime) -> Snapshot:
    """Show a bill: spend, balance, and a monthly lane when there is a limit."""
    share = bill.used / bill.limit * 100 if bill.limit > 0 else None
    return Snapshot(
        updated_at=now,
        primary=None if share is None else RateWindow(clamp_percent(share), MONTH_MINUTES, label="Monthly"),
        provider_cost=ProviderCost(bill.used, bill.limit, "USD", now, period="Monthly", balance=bill.balance),
    )


def _in_script(text: str) -> Bill | None:
    found = {name: pattern.search(text) for name, pattern in _AMOUNTS.items()}
    amounts = {name: match[1] for name, match in found.items() if match}
    subscription = _SUBSCRIPTION.search(text)
    is_subscribed = subscription is not None and subscription[1] is None
    return _bill(amounts, is_subscribed=is_subscribed) if _CUSTOMER.search(text) else None


def _in_document(value: object, depth: int) -> Iterator[Bill]:
    if depth > _DEEPEST:
        return
    members = cast("dict[str, object]", value) if isinstance(value, dict) else {}
    customer = members.get("customerID")
    if isinstance(customer, str) and customer:
        bill = _bill(members, is_subscribed=members.get("subscription") is not None)
        if bill is not None:
            yield bill
    for child in (*members.values(), *(cast("list[object]", value) if isinstance(value, list) else ())):
        if isinstance(child, dict | list):
            yield from _in_document(cast("object", child), depth + 1)


def _bill(amounts: dict[str, str] | dict[str, object], *, is_subscribed: bool) -> Bill | None:
    used, balance, limit = (number_of(amounts.get(name)) for name in ("monthlyUsage", "balance", "monthlyLimit"))
    if used is None:
        return None
    return Bill(
        used=max(0.0, used / _UNITS_PER_DOLLAR),
        limit=max(0.0, limit or 0.0),
        balance=None if balance is None else balance / _UNITS_PER_DOLLAR,
        is_subscribed=is_subscribed,
    )
