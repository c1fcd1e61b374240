"""From what was read to what is shown: three lanes, the points, the plan, a line per service. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from codexbar_providers.minimax.services import UNLIMITED, WEEKLY, in_order
from codexbar_providers.minimax.subscription import Subscription
from codexbar_qt.provider_api import (
    DetailRow,
    DetailSection,
    Identity,
    ProviderCost,
    RateWindow,
    Snapshot,
    clamp_percent,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from codexbar_providers.minimax.remains import Usage
    from codexbar_providers.minimax.services import Service

SERVICES_TITLE = "Quota services"
POINTS, POINTS_PERIOD = "Points", "MiniMax points balance"


def make_snapshot(
    usage: Usage, now: datetime, subscription: Subscription | None = None, billing: DetailSection | None = None
) -> Snapshot:
    """Lay out what is known. The plan of the subscription is more exact than the one beside the quota."""
    bought = subscription or Subscription()
    services = in_order(usage.services)
    labels = _labels(services)
    lanes = [
        _window(service, label) for service, label in zip(services[:3], _lane_labels(services, labels), strict=False)
    ]
    first, second, third = (*lanes, None, None, None)[:3]
    plan = bought.plan or usage.plan
    return Snapshot(
        updated_at=now,
        primary=first or usage.lone,
        secondary=second,
        tertiary=third,
        provider_cost=_points(usage.points, now),
        details=tuple(section for section in (_services_section(services, labels), billing) if section),
        identity=Identity(login_method=plan) if plan else None,
        subscription_expires_at=bought.expires_at,
        subscription_renews_at=bought.renews_at,
    )


def _labels(services: Sequence[Service]) -> list[str]:
    """Return a label for each service; the window stands behind the name where one has several."""
    counts = Counter(service.title for service in services)
    return [
        f"{service.title} · {service.window}" if counts[service.title] > 1 else service.title for service in services
    ]


def _lane_labels(services: Sequence[Service], labels: Sequence[str]) -> list[str | None]:
    """Return the labels of lanes. The first two have declared ones, for prompts; a lane of another kind has its own."""
    weeks = sum(service.is_text and service.is_weekly for service in services)
    return [
        (WEEKLY if weeks == 1 else label)
        if service.is_text and service.is_weekly
        else (None if service.is_text and place < 2 else label)
        for place, (service, label) in enumerate(zip(services, labels, strict=True))
    ]


def _window(service: Service, label: str | None) -> RateWindow:
    return RateWindow(
        used_percent=clamp_percent(service.used_percent),
        window_minutes=service.minutes,
        resets_at=service.resets_at,
        reset_description=service.reset_description,
        label=label,
    )


def _points(amount: float | None, now: datetime) -> ProviderCost | None:
    if amount is None or amount < 0:
        return None
    return ProviderCost(amount, 0.0, POINTS, now, period=POINTS_PERIOD)


def _services_section(services: Sequence[Service], labels: Sequence[str]) -> DetailSection | None:
    rows = tuple(_service_row(service, label) for service, label in zip(services, labels, strict=True))
    return DetailSection(rows, title=SERVICES_TITLE) if rows else None


def _service_row(service: Service, label: str) -> DetailRow:
    if service.is_unlimited:
        return DetailRow(label, UNLIMITED)
    percent = f"{service.used_percent:.1f}".removesuffix(".0")
    told = " · ".join(part for part in (f"{percent}% used", service.reset_description) if part)
    return DetailRow(label, f"{service.used:,.0f} / {service.limit:,.0f}", told)
