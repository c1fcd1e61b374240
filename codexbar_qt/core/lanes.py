"""Which lanes of a snapshot count where: labels, the tray pair, the lane that decides, binding caps."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from codexbar_qt.provider_api import Lane, ProviderDescriptor, RateWindow, Snapshot

_SPENT = 0.0001
_LANES: tuple[Lane, ...] = ("primary", "secondary", "tertiary")


@dataclass(frozen=True, slots=True)
class LaneView:
    """A lane with its id and label, in card order."""

    id: str
    label: str
    window: RateWindow
    usage_known: bool = True


def lane(snapshot: Snapshot, name: Lane) -> RateWindow | None:
    """Return a lane by name."""
    if name == "primary":
        return snapshot.primary
    return snapshot.secondary if name == "secondary" else snapshot.tertiary


def is_spent(window: RateWindow) -> bool:
    """Whether nothing is left."""
    return window.remaining <= _SPENT and not window.is_placeholder


def is_unlimited(window: RateWindow) -> bool:
    """Whether the service says that there is no limit: no percentage then."""
    return "unlimited" in (window.reset_description or "").lower()


def is_detail(descriptor: ProviderDescriptor, window: RateWindow) -> bool:
    """Whether a window's description is a detail line; one that says when it resets never is."""
    told = (window.reset_description or "").strip().lower()
    return bool(told) and (descriptor.details_are_not_resets or is_unlimited(window)) and not told.startswith("resets ")


def shown_percent(window: RateWindow, *, used: bool) -> float:
    """Return the percentage a surface shows: what is left or what is used; a lane without a limit is full in both."""
    if is_unlimited(window):
        return 100.0
    return 100 - window.remaining if used else window.remaining


def card_lanes(descriptor: ProviderDescriptor, snapshot: Snapshot, now: datetime) -> tuple[LaneView, ...]:
    """Return the lanes of a card in the provider's order, binding caps applied."""
    labels = dict(
        zip(
            _LANES, (descriptor.windows.primary, descriptor.windows.secondary, descriptor.windows.tertiary), strict=True
        )
    )
    capped = capped_primary(descriptor, snapshot, now)
    rows: list[LaneView] = []
    for name in descriptor.windows.card_order:
        window = capped if name == "primary" else lane(snapshot, name)
        if window is not None:
            rows.append(LaneView(name, window.label or labels[name] or name.title(), window))
    lanes = (item for item in snapshot.extra_windows if not item.is_date)
    rows.extend(LaneView(item.id, item.title, item.window, item.usage_known) for item in lanes)
    return tuple(rows)


def capped_primary(descriptor: ProviderDescriptor, snapshot: Snapshot, now: datetime) -> RateWindow | None:
    """Return the primary lane, shown as spent while a longer lane of a capping provider is exhausted.

    The reset shown is the latest of all exhausted lanes; when one of them has no date, none is promised. A lane with a
    name of its own counts something else and caps nothing.
    """
    primary = snapshot.primary
    if primary is None or not descriptor.binding_cap:
        return primary
    longer = [window for window in (snapshot.secondary, snapshot.tertiary) if window and _binds(window, now)]
    if not longer:
        return primary
    spent = [*longer, *([primary] if is_spent(primary) else [])]
    dates = [window.resets_at for window in spent]
    known = [date for date in dates if date is not None]
    return replace(
        primary,
        used_percent=max(100.0, primary.used_percent),
        remaining_percent=0.0,
        resets_at=max(known) if len(known) == len(dates) else None,
        reset_description=None,
    )


def _binds(window: RateWindow, now: datetime) -> bool:
    return is_spent(window) and window.label is None and (window.resets_at is None or window.resets_at > now)


def main_lane(descriptor: ProviderDescriptor, snapshot: Snapshot, now: datetime) -> RateWindow | None:
    """Return the lane that stands for the provider: the first tray lane unless the provider asks for another one."""
    candidates = [
        _tray_lane(descriptor, snapshot, name, now) for name in dict.fromkeys((*descriptor.windows.tray, *_LANES))
    ]
    known = [window for window in candidates if window is not None]
    if descriptor.auto_prefers_exhausted:
        for window in known:
            if is_spent(window):
                return window
    if descriptor.auto_prefers_most_used:
        rivals = [_tray_lane(descriptor, snapshot, name, now) for name in descriptor.most_used_of]
        known = sorted((window for window in rivals if window is not None), key=lambda item: item.remaining) or known
    if known:
        return known[0]
    return next((item.window for item in snapshot.extra_windows if item.usage_known and not item.is_date), None)


def tray_pair(
    descriptor: ProviderDescriptor, snapshot: Snapshot, now: datetime
) -> tuple[RateWindow | None, RateWindow | None]:
    """Return the two lanes of the tray meter; a spent bonus lane counts as absent."""
    top, bottom = descriptor.windows.tray
    return _tray_lane(descriptor, snapshot, top, now), _tray_lane(descriptor, snapshot, bottom, now)


def _tray_lane(descriptor: ProviderDescriptor, snapshot: Snapshot, name: Lane, now: datetime) -> RateWindow | None:
    window = capped_primary(descriptor, snapshot, now) if name == "primary" else lane(snapshot, name)
    is_gone = window is not None and name == descriptor.windows.bonus and is_spent(window)
    return None if is_gone else window
