"""The rows of the section "Usage", in the order in which people read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codexbar_qt.provider_api import DetailRow, format_money

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codexbar_providers.kiro.parse import UsageReport

CREDITS_LEFT = "Credits left"
CREDITS_USED = "Credits used"
CREDITS_TOTAL = "Credits total"
OVERAGE_USAGE = "Overage usage"
OVERAGE_COST = "Overage cost"


@dataclass(frozen=True, slots=True)
class PlanNumbers:
    """Credits of the plan."""

    used: float
    total: float


@dataclass(frozen=True, slots=True)
class Overage:
    """What is known about spending beyond the plan: credits, and money in `currency`."""

    status: str | None
    is_enabled: bool
    used: float | None = None
    cap: float | None = None
    cost: float | None = None
    cost_limit: float | None = None
    currency: str = "USD"


def detail_rows(
    report: UsageReport, plan: PlanNumbers, overage: Overage, context: tuple[tuple[str, float], ...]
) -> tuple[DetailRow, ...]:
    """Return the rows that have a value."""
    return (
        DetailRow("Plan", plan_name(report.plan)),
        DetailRow(CREDITS_LEFT, format_credits(max(0.0, plan.total - plan.used))),
        DetailRow(CREDITS_USED, format_credits(plan.used)),
        DetailRow(CREDITS_TOTAL, format_credits(plan.total)),
        *_bonus_rows(report),
        *_overage_rows(overage),
        *(DetailRow(label, f"{percent:.1f}%") for label, percent in context),
        *_manage_rows(report),
    )


def plan_name(plan: str) -> str:
    """Write the CLI's capitals as a name ("KIRO PRO" is "Kiro Pro"); other names stay as they are."""
    return plan.title() if "KIRO" in plan else plan


def format_credits(amount: float) -> str:
    """Write a whole number when within 0.005 of one, else two decimals."""
    whole = round(amount)
    return str(whole) if abs(amount - whole) < 0.005 else f"{amount:.2f}"


def _bonus_rows(report: UsageReport) -> Iterator[DetailRow]:
    if report.bonus is None or report.bonus[1] <= 0:
        return
    used, total = report.bonus
    of_total = f"of {format_credits(total)}"
    expiry = "" if report.bonus_days is None else f" · expires in {report.bonus_days}d"
    yield DetailRow("Bonus credits left", format_credits(max(0.0, total - used)), of_total + expiry)


def _overage_rows(overage: Overage) -> Iterator[DetailRow]:
    if overage.status:
        yield DetailRow("Overages", overage.status)
    if not overage.is_enabled:
        return
    used = overage.used
    if used is not None:
        of_cap = None if overage.cap is None else f"of {format_credits(overage.cap)}"
        yield DetailRow(OVERAGE_USAGE, f"{format_credits(used)} credits", of_cap)
    if overage.cap is not None:
        yield DetailRow("Overage credits left", format_credits(max(0.0, overage.cap - (used or 0.0))))
    if overage.cost is not None:
        limit = overage.cost_limit
        of_limit = None if limit is None else f"of {_money(limit, overage.currency)}"
        yield DetailRow(OVERAGE_COST, _money(overage.cost, overage.currency), of_limit)


def _manage_rows(report: UsageReport) -> Iterator[DetailRow]:
    if report.manage_url:
        yield DetailRow("Manage", report.manage_url)


def _money(amount: float, currency: str) -> str:
    return format_money(amount) if currency == "USD" else format_money(amount, f"{currency} ")
