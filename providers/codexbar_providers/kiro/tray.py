"""The text beside the tray icon that a person may choose for Kiro."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_providers.kiro.details import CREDITS_LEFT, CREDITS_TOTAL, CREDITS_USED, OVERAGE_COST, OVERAGE_USAGE
from codexbar_qt.provider_api import Choice, ChoiceSetting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from codexbar_qt.provider_api import Snapshot

TRAY_VALUE = ChoiceSetting(
    key="kiroMenuBarDisplay",
    label="Kiro menu bar value",
    choices=(
        Choice("automatic", "Automatic"),
        Choice("hidden", "Hidden"),
        Choice("creditsLeft", "Credits left"),
        Choice("percentLeft", "Percent left"),
        Choice("creditsAndPercent", "Credits and percent left"),
        Choice("usedAndTotal", "Used and total credits"),
        Choice("overageCreditsWhenExhausted", "Overage credits when exhausted"),
        Choice("overageCostWhenExhausted", "Overage cost when exhausted"),
        Choice("overageCreditsAndCostWhenExhausted", "Overage credits and cost when exhausted"),
    ),
    default="automatic",
    help="What stands beside the tray icon. The overage values show once the plan's credits are used up.",
    is_preference=True,
)


def tray_text(snapshot: Snapshot, preferences: Mapping[str, str]) -> str | None:
    """Return the chosen value in words, "" for none at all, None for the usual text.

    The usual text also stands in where a value is not known, and for the overage values while credits are left.
    """
    chosen = preferences.get(TRAY_VALUE.key, TRAY_VALUE.default)
    if chosen == "hidden":
        return ""
    write = _WRITERS.get(chosen)
    if write is None or (chosen.endswith("WhenExhausted") and not _is_exhausted(snapshot)):
        return None
    return write(snapshot)


def _credits_left(snapshot: Snapshot) -> str | None:
    left = _row(snapshot, CREDITS_LEFT)
    return None if left is None else f"{left} credits left"


def _percent_left(snapshot: Snapshot) -> str | None:
    if snapshot.primary is None:
        return None
    left = snapshot.primary.remaining
    return "<1% left" if 0 < left < 1 else f"{left:.0f}% left"


def _credits_and_percent(snapshot: Snapshot) -> str | None:
    parts = _row(snapshot, CREDITS_LEFT), _percent_left(snapshot)
    return None if None in parts else f"{parts[0]} credits · {parts[1]}"


def _used_and_total(snapshot: Snapshot) -> str | None:
    used, total = _row(snapshot, CREDITS_USED), _row(snapshot, CREDITS_TOTAL)
    return None if used is None or total is None else f"{used} of {total} credits used"


def _overage_credits(snapshot: Snapshot) -> str | None:
    used = _row(snapshot, OVERAGE_USAGE)
    return None if used is None else f"{used} overage"


def _overage_cost(snapshot: Snapshot) -> str | None:
    cost = _row(snapshot, OVERAGE_COST)
    return None if cost is None else f"{cost} overage"


def _overage_both(snapshot: Snapshot) -> str | None:
    used, cost = _row(snapshot, OVERAGE_USAGE), _row(snapshot, OVERAGE_COST)
    if used is None or cost is None:
        return _overage_credits(snapshot) or _overage_cost(snapshot)
    return f"{used} · {cost} overage"


_WRITERS: dict[str, Callable[[Snapshot], str | None]] = {
    "creditsLeft": _credits_left,
    "percentLeft": _percent_left,
    "creditsAndPercent": _credits_and_percent,
    "usedAndTotal": _used_and_total,
    "overageCreditsWhenExhausted": _overage_credits,
    "overageCostWhenExhausted": _overage_cost,
    "overageCreditsAndCostWhenExhausted": _overage_both,
}


def _is_exhausted(snapshot: Snapshot) -> bool:
    return snapshot.primary is not None and snapshot.primary.remaining <= 0


def _row(snapshot: Snapshot, label: str) -> str | None:
    rows = snapshot.details[0].rows if snapshot.details else ()
    return next((row.value for row in rows if row.label == label), None)
