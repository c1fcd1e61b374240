"""From the CLI's report and the service's answer to a snapshot. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from codexbar_providers.kiro.details import Overage, PlanNumbers, detail_rows
from codexbar_providers.kiro.parse import UsageReport, local_zone, parse_reset_date
from codexbar_qt.provider_api import (
    DetailSection,
    Identity,
    NamedWindow,
    ProviderCost,
    RateWindow,
    Snapshot,
)

if TYPE_CHECKING:
    from datetime import datetime

    from codexbar_providers.kiro.api import UsageLimits

OVERAGE_WINDOW = "kiro-overage"


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything one fetch learned; only the report is sure to be there. `context` are labels and percentages."""

    report: UsageReport
    account: Identity
    context: tuple[tuple[str, float], ...] = ()
    limits: UsageLimits | None = None
    tool_version: str | None = None


def build_snapshot(findings: Findings, *, now: datetime, time_zone: str) -> Snapshot:
    """Map the findings; `time_zone` is the IANA name in which a printed date begins."""
    report, limits = findings.report, findings.limits
    overage = merge_overage(report, limits)
    service_reset = limits.resets_at if limits else None
    account = findings.account
    return Snapshot(
        updated_at=now,
        primary=RateWindow(
            _plan_percent(report, limits),
            resets_at=service_reset or _printed_reset(report, now, time_zone),
        ),
        secondary=_bonus_window(report, now),
        extra_windows=_overage_windows(overage, service_reset),
        provider_cost=_provider_cost(overage, limits, now),
        details=(
            DetailSection(detail_rows(report, _plan_numbers(report, limits), overage, findings.context), "Usage"),
        ),
        identity=account if account.email or account.login_method else None,
        tool_version=findings.tool_version,
    )


def merge_overage(report: UsageReport, limits: UsageLimits | None) -> Overage:
    """Take each overage fact from the service where it states it, else from the CLI's text."""
    status = report.overage_status
    says_enabled = status is not None and status.lower().startswith("enabled")
    if limits is None:
        return Overage(status, says_enabled, report.overage_used, cost=report.overage_cost)
    enabled = says_enabled if limits.overage_enabled is None else limits.overage_enabled
    if limits.overage_enabled is False:
        status = "Disabled"
    elif limits.overage_enabled and not says_enabled:
        status = "Enabled"
    cost = limits.charges
    if cost is None and limits.currency == "USD":
        cost = report.overage_cost
    return Overage(
        status=status,
        is_enabled=enabled,
        used=report.overage_used if limits.overage is None else limits.overage,
        cap=limits.cap,
        cost=cost,
        cost_limit=_cost_limit(limits),
        currency=limits.currency,
    )


def _plan_percent(report: UsageReport, limits: UsageLimits | None) -> float:
    if limits is not None and limits.measures_plan:
        return limits.plan_used / limits.limit * 100
    if report.percent is not None:
        return report.percent
    return report.used / report.total * 100 if report.total > 0 else 0.0


def _plan_numbers(report: UsageReport, limits: UsageLimits | None) -> PlanNumbers:
    if limits is not None and limits.measures_plan:
        return PlanNumbers(limits.plan_used, limits.limit)
    return PlanNumbers(report.used, report.total)


def _printed_reset(report: UsageReport, now: datetime, time_zone: str) -> datetime | None:
    if report.resets_on is None:
        return None
    return parse_reset_date(report.resets_on, now=now, zone=local_zone(time_zone))


def _bonus_window(report: UsageReport, now: datetime) -> RateWindow | None:
    if report.bonus is None or report.bonus[1] <= 0:
        return None
    used, total = report.bonus
    days = report.bonus_days
    return RateWindow(
        used / total * 100,
        resets_at=None if days is None else now + timedelta(days=days),
        reset_description=None if days is None else f"expires in {days}d",
    )


def _overage_windows(overage: Overage, resets_at: datetime | None) -> tuple[NamedWindow, ...]:
    if not overage.cap:
        return ()
    percent = min(100.0, (overage.used or 0.0) / overage.cap * 100)
    return (NamedWindow(OVERAGE_WINDOW, "Overage", RateWindow(percent, resets_at=resets_at)),)


def _provider_cost(overage: Overage, limits: UsageLimits | None, now: datetime) -> ProviderCost | None:
    if limits is None or limits.charges is None or overage.cost_limit is None:
        return None
    return ProviderCost(
        used=limits.charges,
        limit=overage.cost_limit,
        currency_code=limits.currency,
        updated_at=now,
        period="Overage",
        resets_at=limits.resets_at,
    )


def _cost_limit(limits: UsageLimits) -> float | None:
    product = (limits.cap or 0.0) * (limits.rate or 0.0)
    return product if 0 < product < math.inf else None
