"""The text of `usage` (cli.md 4.3). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING

from codexbar_qt.cli.detail_limits import limited_details
from codexbar_qt.core.lanes import is_detail, is_unlimited
from codexbar_qt.core.money_blocks import QUOTA, amount_text, quota_text
from codexbar_qt.core.plan_texts import plan_and_activity
from codexbar_qt.core.privacy import without_addresses
from codexbar_qt.core.wording import day_text, local_time, percent_text, reset_text
from codexbar_qt.json_text import plain_number
from codexbar_qt.provider_api import strip_ansi

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from codexbar_qt.cli.readings import Reading
    from codexbar_qt.provider_api import DetailSection, NamedWindow, ProviderCost, RateWindow, Snapshot

_BAR_CELLS = 12
_HEADER, _MAGENTA, _GREY = "1;95", "95", "90"
_RED, _YELLOW, _GREEN = "31", "33", "32"


@dataclass(frozen=True, slots=True)
class TextStyle:
    """How text looks. `zone` is the local time zone."""

    colors: bool = False
    absolute_resets: bool = False
    hide_personal_info: bool = False
    show_credits: bool = True
    zone: tzinfo = UTC

    def paint(self, text: str, code: str) -> str:
        """Color a text where colors are wanted."""
        return f"\x1b[{code}m{text}\x1b[0m" if self.colors else text

    def plain(self, text: str) -> str:
        """Return a text of a service as one harmless line, without addresses of people when those are hidden."""
        shown = without_addresses(text) if self.hide_personal_info else text
        return "".join(char if char.isprintable() else " " for char in strip_ansi(shown)).strip()


def usage_block(reading: Reading, style: TextStyle, now: datetime) -> str:
    """Return the block of a successful reading, without a final newline."""
    snapshot = reading.snapshot
    if snapshot is None:
        return ""
    lines = [_header(reading, snapshot, style)]
    lines += _body_lines(reading, snapshot, style, now)
    if len(lines) == 1 and snapshot.credits is None and not _plan(reading, snapshot):
        lines.append("Limits: not available")
    if snapshot.credits is not None and style.show_credits:
        left = f"{snapshot.credits.remaining:,.1f}".removesuffix(".0")
        lines.append(f"Credits: {left} left")
    lines += _identity_lines(reading, snapshot, style)
    if snapshot.note:
        lines.append(f"Note: {style.plain(snapshot.note)}")
    return "\n".join(lines)


def error_line(reading: Reading, style: TextStyle) -> str:
    """Return what standard error says about a failed reading."""
    message = style.plain(reading.error.message) if reading.error else ""
    if reading.account:
        return f"Error ({reading.descriptor.id} - {style.plain(reading.account)}): {message}"
    return f"Error: {message}"


def attempt_notes(reading: Reading, style: TextStyle) -> tuple[str, ...]:
    """Return what standard error says about the ways a failed automatic run tried, in their order.

    Nothing where only one was tried: its problem is the one that is told.
    """
    failed = [attempt for attempt in reading.attempts if attempt.error is not None]
    if reading.error is None or len(failed) < 2:
        return ()
    tried = ((attempt.strategy.shown_source, attempt.error.message) for attempt in failed if attempt.error)
    return tuple(f"  tried {source}: {style.plain(message)}" for source, message in tried)


def report_lines(reading: Reading, style: TextStyle) -> list[str]:
    """Return what standard error says of the extra facts asked for, one line for each."""
    facts = [fact for report in reading.reports.values() for fact in report.items()]
    return [f"[{reading.descriptor.id}] {style.plain(name)}: {style.plain(value)}" for name, value in facts]


def _header(reading: Reading, snapshot: Snapshot, style: TextStyle) -> str:
    version = f" {style.plain(snapshot.tool_version)}" if snapshot.tool_version else ""
    return style.paint(f"== {reading.descriptor.name}{version} ({style.plain(reading.source)}) ==", _HEADER)


def _body_lines(reading: Reading, snapshot: Snapshot, style: TextStyle, now: datetime) -> Iterator[str]:
    labels = reading.descriptor.windows
    lanes = (
        (labels.primary or "Primary", snapshot.primary),
        (labels.secondary or "Secondary", snapshot.secondary),
        (labels.tertiary or "Tertiary", snapshot.tertiary),
    )
    for label, window in lanes:
        if window is not None:
            name = style.plain(window.label or "") or label
            yield from _window_lines(reading, name, window, style, now)
    for item in snapshot.extra_windows:
        yield from _extra_lines(reading, item, style, now)
    cost = snapshot.provider_cost
    if cost is not None and cost.currency_code == QUOTA:
        yield quota_text(cost)  # beside a window too: that one ends at 100 %
    elif cost is not None and snapshot.primary is None:
        yield _cost_line(cost)
    for section in limited_details(snapshot.details):
        yield from _detail_lines(section, style)
    if cost is not None:
        yield from _balance_lines(cost)
    if reading.descriptor.plan_label and _plan(reading, snapshot):
        yield f"{reading.descriptor.plan_label}: {style.plain(_plan(reading, snapshot))}"


def _extra_lines(reading: Reading, item: NamedWindow, style: TextStyle, now: datetime) -> Iterator[str]:
    title, moment = style.plain(item.title), item.window.resets_at
    if item.usage_known and not item.is_date:
        yield from _window_lines(reading, title, item.window, style, now)
    elif not item.is_date:
        yield style.paint(f"{title}:", _MAGENTA) + " not available"
    elif moment is not None:
        local = local_time(moment, style.zone)
        yield f"{style.paint(f'{title}:', _MAGENTA)} {day_text(local)}, {local.year}"


def _window_lines(reading: Reading, label: str, window: RateWindow, style: TextStyle, now: datetime) -> Iterator[str]:
    description = style.plain(window.reset_description or "")
    if is_unlimited(window):
        yield f"{style.paint(f'{label}:', _MAGENTA)} {style.paint('Unlimited', _GREEN)} {_meter(100, style)}"
        if description.lower() != "unlimited":
            yield description
        return
    left = window.remaining
    color = _RED if left < 10 else _YELLOW if left < 25 else _GREEN
    yield f"{style.paint(f'{label}:', _MAGENTA)} {style.paint(percent_text(left), color)} left {_meter(left, style)}"
    has_detail = is_detail(reading.descriptor, window)
    resets = reset_text(
        window.resets_at, None if has_detail else description, now, style.zone, absolute=style.absolute_resets
    )
    if resets:
        yield style.paint(resets, _GREY)
    if has_detail and description not in ("", label):
        yield description


def _meter(percent: float, style: TextStyle) -> str:
    filled = int(percent / 100 * _BAR_CELLS)
    return style.paint(f"[{'=' * filled}{'-' * (_BAR_CELLS - filled)}]", _MAGENTA)


def _cost_line(cost: ProviderCost) -> str:
    limit = f" / {cost.limit:.1f}" if cost.limit > 0 else ""
    return f"Cost: {cost.used:.1f}{limit}"


def _detail_lines(section: DetailSection, style: TextStyle) -> Iterator[str]:
    for row in section.rows:
        value = " · ".join(style.plain(text) for text in (row.value, row.secondary_value) if text)
        yield f"{style.plain(row.label)}: {value}"
    if section.chart is None:
        return
    title = section.chart.title or section.title
    for point in section.chart.points:
        name = " · ".join(style.plain(text) for text in (title, point.label) if text)
        amount = plain_number(round(point.value, 6))
        yield f"{name}: {amount} {style.plain(section.chart.unit or '')}".rstrip()


def _balance_lines(cost: ProviderCost) -> Iterator[str]:
    if cost.balance is not None:
        yield f"Balance: {amount_text(cost.balance, cost.currency_code)}"
    if cost.personal_used is not None:
        yield f"Your share: {amount_text(cost.personal_used, cost.currency_code)}"


def _identity_lines(reading: Reading, snapshot: Snapshot, style: TextStyle) -> Iterator[str]:
    email = (snapshot.identity.email if snapshot.identity else None) or reading.account
    shown = style.plain(email)
    if shown:
        yield f"Account: {shown}"
    plan, activity = (style.plain(text) for text in plan_and_activity(reading.descriptor, snapshot))
    if plan and not reading.descriptor.plan_label:
        # Where the details name the plan, the login method is the way of signing in.
        rows = [row.label for section in snapshot.details for row in section.rows]
        yield f"{'Auth' if 'Plan' in rows else 'Plan'}: {plan}"
    if activity:
        yield f"Activity: {activity}"


def _plan(reading: Reading, snapshot: Snapshot) -> str:
    return plan_and_activity(reading.descriptor, snapshot)[0]
