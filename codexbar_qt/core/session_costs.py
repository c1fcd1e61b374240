"""Local cost as part of a session: the watch over the logs, and what it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_qt.core.cost_reports import CostWishes
from codexbar_qt.core.cost_state import StillCosts
from codexbar_qt.core.cost_watch import CostWatch
from codexbar_qt.cost.sources import COST_SOURCES
from codexbar_qt.cost.time_window import zone_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import tzinfo

    from codexbar_qt.core.preferences import Preferences
    from codexbar_qt.core.session_view import SessionParts


def build_costs(parts: SessionParts, wishes: Callable[[], CostWishes]) -> CostWatch | StillCosts:
    """Return the watch of a session, or costs that stay empty for one that reads no logs."""
    return StillCosts() if parts.costs is None else CostWatch(parts.costs, parts.clock, wishes)


def cost_wishes(preferences: Preferences, enabled_ids: Iterable[str], zone: tzinfo) -> CostWishes:
    """Return what preferences and config ask for; days follow `zone`, the system's, unless another one is stored."""
    on = frozenset(enabled_ids)
    return CostWishes(
        is_on=preferences.token_cost_usage_enabled,
        uses_catalogue=preferences.token_cost_price_catalogue_enabled,
        history_days=preferences.cost_history_days,
        zone=zone_for(preferences.token_cost_usage_bucket_time_zone, zone),
        sources=tuple(source for source in COST_SOURCES if not source.needs_provider or source.id in on),
    )
