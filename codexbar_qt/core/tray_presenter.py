"""The tray icon and its tooltip, chosen from remaining values and only then flipped to "used"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codexbar_qt.core.card_state import TrayLayout, TrayState
from codexbar_qt.core.lanes import is_spent, is_unlimited, main_lane, shown_percent, tray_pair
from codexbar_qt.core.privacy import without_addresses
from codexbar_qt.core.wording import age_text, percent_text, reset_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from codexbar_qt.core.account import AccountState
    from codexbar_qt.core.presenter import Look
    from codexbar_qt.provider_api import ProviderDescriptor, RateWindow, Snapshot

_FULL_CREDITS = 1000.0
_MAX_TOOLTIP_LINES = 6


@dataclass(frozen=True, slots=True)
class TraySubject:
    """One enabled provider as the tray sees it; `own_text` replaces the usual tooltip text when set."""

    descriptor: ProviderDescriptor
    state: AccountState
    own_text: str | None = None


def choose_subject(subjects: Sequence[TraySubject], selected: str) -> TraySubject | None:
    """Return the provider whose lanes the merged icon shows: selected, first with data, first."""
    for subject in subjects:
        if subject.descriptor.id == selected:
            return subject
    return next((item for item in subjects if item.state.snapshot), subjects[0] if subjects else None)


def present_tray(subjects: Sequence[TraySubject], selected: str, look: Look, now: datetime) -> TrayState:
    """Return the merged icon for all enabled providers."""
    subject = choose_subject(subjects, selected)
    tooltip = _tooltip(subjects, look, now)
    if subject is None:
        return TrayState(tooltip=tooltip)
    state = subject.state
    dimmed = state.error is not None or state.is_restored
    if state.snapshot is None:
        return TrayState(dimmed=dimmed, loading=state.refreshing and state.error is None, tooltip=tooltip)
    layout, top, bottom = _layout(subject.descriptor, state.snapshot, look, now)
    return TrayState(layout=layout, top=top, bottom=bottom, dimmed=dimmed, tooltip=tooltip)


def _layout(
    descriptor: ProviderDescriptor, snapshot: Snapshot, look: Look, now: datetime
) -> tuple[TrayLayout, float | None, float | None]:
    top, bottom = tray_pair(descriptor, snapshot, now)
    credits = _credits_share(snapshot, look)
    if bottom is not None:
        # A spent lower lane gives its place to the credits, whichever way the bars are filled.
        is_thick = is_spent(bottom) and credits is not None
        return "credits" if is_thick else "pair", credits if is_thick else _shown(top, look), _shown(bottom, look)
    if top is not None:
        return "primary_only", _shown(top, look), None
    if credits is not None:
        return "credits", credits, None
    extra = main_lane(descriptor, snapshot, now)
    return ("primary_only", _shown(extra, look), None) if extra else ("empty", None, None)


def _shown(window: RateWindow | None, look: Look) -> float | None:
    return None if window is None else shown_percent(window, used=look.show_used)


def _credits_share(snapshot: Snapshot, look: Look) -> float | None:
    if snapshot.credits is None:
        return None
    left = min(100.0, max(0.0, snapshot.credits.remaining / _FULL_CREDITS * 100))
    return 100 - left if look.show_used else left


def _tooltip(subjects: Sequence[TraySubject], look: Look, now: datetime) -> str:
    if not subjects:
        return "CodexBar · no provider is on"
    lines = [_tooltip_line(subject, look, now) + _age(subject.state, look, now) for subject in subjects]
    if look.hide_personal_info:
        lines = [without_addresses(line) if "@" in line else line for line in lines]
    if len(lines) > _MAX_TOOLTIP_LINES:
        rest = len(lines) - (_MAX_TOOLTIP_LINES - 1)
        lines = [*lines[: _MAX_TOOLTIP_LINES - 1], f"{rest} more"]
    return "\n".join(lines)


def _tooltip_line(subject: TraySubject, look: Look, now: datetime) -> str:
    name = subject.descriptor.short_name or subject.descriptor.name
    snapshot = subject.state.snapshot
    if snapshot is None:
        return f"{name}: {_without_data(subject.state)}"
    if subject.own_text is not None:
        return f"{name}: {subject.own_text}" if subject.own_text else name
    window = main_lane(subject.descriptor, snapshot, now)
    if window is None:
        plan = snapshot.identity.login_method if snapshot.identity else None
        return f"{name}: {plan}" if plan else f"{name}: no limits"
    if is_unlimited(window):
        return f"{name}: unlimited"
    text = f"{percent_text(shown_percent(window, used=look.show_used))} {'used' if look.show_used else 'left'}"
    resets = (
        ""
        if window.resets_at is None
        else reset_text(window.resets_at, None, now, look.zone, absolute=look.absolute_resets)
    )
    return f"{name}: {text} · {resets[0].lower()}{resets[1:]}" if resets else f"{name}: {text}"


def _age(state: AccountState, look: Look, now: datetime) -> str:
    """Say how old numbers are that no fetch has confirmed lately."""
    if state.snapshot is None or not (state.error is not None or state.is_restored):
        return ""
    return f" · {age_text(state.snapshot.updated_at, now, look.zone)}"


def _without_data(state: AccountState) -> str:
    if state.error is not None:
        return "needs attention"
    return "no limits" if state.no_limits else "loading" if state.refreshing else "not fetched yet"
