"""From what is known to what is shown: pure functions of state, preferences and now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

from codexbar_qt.core.card_state import CardState, FixAction, SubtitleKind, TabState, WindowRow
from codexbar_qt.core.lanes import LaneView, card_lanes, is_detail, is_spent, is_unlimited, main_lane, shown_percent
from codexbar_qt.core.money_blocks import cost_block, credits_block, detail_blocks, extra_usage_block
from codexbar_qt.core.plan_texts import plan_and_activity
from codexbar_qt.core.privacy import anonymous, without_addresses
from codexbar_qt.core.wording import (
    absolute_reset,
    age_text,
    day_text,
    local_time,
    percent_text,
    reset_text,
    updated_text,
)
from codexbar_qt.provider_api import (
    AuthRejected,
    Identity,
    InvalidSetting,
    MissingCredential,
    ProviderDescriptor,
    RateLimited,
    Snapshot,
    ToolNotInstalled,
)

if TYPE_CHECKING:
    from codexbar_qt.core.account import AccountKey, AccountState

_NEEDS_SETUP = (MissingCredential, ToolNotInstalled, InvalidSetting, AuthRejected)


@dataclass(frozen=True, slots=True)
class Look:
    """The preferences that change how things read. `zone` is the local time zone."""

    show_used: bool = False
    absolute_resets: bool = False
    hide_personal_info: bool = False
    show_credits: bool = True
    show_cost: bool = False
    zone: tzinfo = UTC


def present_card(
    descriptor: ProviderDescriptor,
    key: AccountKey,
    state: AccountState,
    look: Look,
    now: datetime,
    *,
    account_label: str = "",
    accent: str = "",
) -> CardState:
    """Return what the card of an account shows."""
    snapshot = anonymous(state.snapshot) if state.snapshot and look.hide_personal_info else state.snapshot
    subtitle, kind = _subtitle(state, look, now)
    fix_label, fix_action = _fix(state, now)
    rows = _rows(descriptor, snapshot, look, now) if snapshot else ()
    details = detail_blocks(snapshot, look.hide_personal_info) if snapshot else ()
    credit = credits_block(snapshot) if snapshot and look.show_credits else None
    extra = extra_usage_block(snapshot) if snapshot and look.show_credits else None
    cost = cost_block(snapshot, now) if snapshot and look.show_cost else None
    plan, activity = plan_and_activity(descriptor, snapshot)
    if plan and descriptor.plan_label and not rows:
        rows, plan = (WindowRow("plan", descriptor.plan_label, plan, None),), ""
    return CardState(
        key=key,
        name=descriptor.name,
        icon=descriptor.icon or descriptor.id,
        color=accent or descriptor.color,
        account_text=_account_text(state.snapshot, account_label, look),
        plan_text=plan,
        subtitle=subtitle,
        subtitle_kind=kind,
        error_text=_error_text(state, look, now),
        stale=state.error is not None or state.is_restored,
        refreshing=state.refreshing,
        loading=state.refreshing and state.never_fetched,
        rows=rows,
        notes=_notes(snapshot, activity, look),
        details=details,
        credits=credit,
        extra_usage=extra,
        cost=cost,
        placeholder=_placeholder(state, has_content=bool(rows or details or credit or extra or cost or plan)),
        fix_label=fix_label,
        fix_action=fix_action,
        source_text=state.source,
        dashboard_url=descriptor.dashboard_url,
        status_url=descriptor.status_url,
    )


def name_part(card: CardState, name: str, look: Look) -> CardState:
    """Return the card of a part of an account, told from the others by its name in the place of the account."""
    shown = without_addresses(name) if look.hide_personal_info else name
    return replace(card, account_text=shown) if name else card


def present_tab(
    descriptor: ProviderDescriptor, state: AccountState, look: Look, now: datetime, *, accent: str = ""
) -> TabState:
    """Return the switcher tab of a provider."""
    window = main_lane(descriptor, state.snapshot, now) if state.snapshot else None
    strip = None if window is None else shown_percent(window, used=look.show_used)
    return TabState(
        provider_id=descriptor.id,
        label=descriptor.short_name or descriptor.name,
        icon=descriptor.icon or descriptor.id,
        color=accent or descriptor.color,
        strip=strip,
        failed=state.error is not None,
    )


def _rows(descriptor: ProviderDescriptor, snapshot: Snapshot, look: Look, now: datetime) -> tuple[WindowRow, ...]:
    return tuple(_row(descriptor, item, look, now) for item in card_lanes(descriptor, snapshot, now))


def _row(descriptor: ProviderDescriptor, item: LaneView, look: Look, now: datetime) -> WindowRow:
    window = item.window
    description = window.reset_description
    has_detail = is_detail(descriptor, window)
    resets = reset_text(
        window.resets_at, None if has_detail else description, now, look.zone, absolute=look.absolute_resets
    )
    if not item.usage_known:
        return WindowRow(item.id, item.label, "Unavailable", None, resets, accessible_text=f"{item.label} unavailable")
    detail = (description or "") if has_detail and description != item.label else ""
    if is_unlimited(window):
        more = "" if detail.strip().lower() == "unlimited" else detail
        return WindowRow(item.id, item.label, "Unlimited", 100.0, "", more, accessible_text=f"{item.label} unlimited")
    shown = shown_percent(window, used=look.show_used)
    value = f"{percent_text(shown)} {'used' if look.show_used else 'left'}"
    return WindowRow(
        id=item.id,
        label=item.label,
        value_text=value,
        fill=_fill(shown),
        reset_text=resets,
        detail_text=detail,
        spent=is_spent(window),
        accessible_text=", ".join(part for part in (item.label, value, resets) if part),
    )


def _fill(percent: float) -> float:
    """Return how full the bar is drawn: a sliver that could not be seen is none, almost full is full."""
    return 0.0 if percent < 0.5 else 100.0 if percent >= 99.5 else percent


def _subtitle(state: AccountState, look: Look, now: datetime) -> tuple[str, SubtitleKind]:
    if state.error is not None:
        return _error_text(state, look, now), "error"
    if state.refreshing:
        return "Refreshing…", "refreshing"
    if state.snapshot is not None:
        age = updated_text(state.snapshot.updated_at, now, look.zone)
        return (f"{age} · {state.source}" if state.source else age), "updated"
    if state.no_limits and state.attempted_at is not None:
        return updated_text(state.attempted_at, now, look.zone), "updated"
    return "Not fetched yet", "never"


def _error_text(state: AccountState, look: Look, now: datetime) -> str:
    if state.error is None:
        return ""
    text = state.error.message
    if isinstance(state.error, RateLimited) and state.retry_at is not None and state.retry_at > now:
        text = f"{text} Limited until {absolute_reset(state.retry_at, now, look.zone)}."
    if state.snapshot is not None:
        source = f" ({state.source})" if state.source else ""
        text = f"{text} The numbers are from {age_text(state.snapshot.updated_at, now, look.zone)}{source}."
    return without_addresses(text) if look.hide_personal_info else text


def _fix(state: AccountState, now: datetime) -> tuple[str, FixAction]:
    error = state.error
    if error is None or (isinstance(error, RateLimited) and state.retry_at is not None and state.retry_at > now):
        return "", ""
    return ("Open settings", "settings") if isinstance(error, _NEEDS_SETUP) else ("Try again", "refresh")


def _placeholder(state: AccountState, *, has_content: bool) -> str:
    if state.no_limits:
        return "Limits not available"
    if has_content or state.error is not None:
        return ""
    if state.snapshot is not None:
        return "Limits not available"
    return "" if state.refreshing else "No usage yet"


def _account_text(snapshot: Snapshot | None, label: str, look: Look) -> str:
    identity = (snapshot.identity if snapshot else None) or Identity()
    text = identity.email or label or identity.organization or ""
    if not look.hide_personal_info:
        return text
    return "" if text == identity.email else without_addresses(text)


def _notes(snapshot: Snapshot | None, activity: str, look: Look) -> tuple[str, ...]:
    if snapshot is None:
        return ()
    notes = [activity] if activity else []
    for item in snapshot.extra_windows:
        if item.is_date and item.window.resets_at:
            notes.append(f"{item.title}: {_day(item.window.resets_at, look.zone)}")
    if snapshot.subscription_renews_at:
        notes.append(f"Renews: {_day(snapshot.subscription_renews_at, look.zone)}")
    if snapshot.subscription_expires_at:
        notes.append(f"Plan expires: {_day(snapshot.subscription_expires_at, look.zone)}")
    if snapshot.note:
        notes.append(without_addresses(snapshot.note) if look.hide_personal_info else snapshot.note)
    return tuple(notes)


def _day(moment: datetime, zone: tzinfo) -> str:
    local = local_time(moment, zone)
    return f"{day_text(local)}, {local.year}"
