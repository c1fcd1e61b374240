"""The documents of Kimi: counts are texts or numbers, times have nanoseconds, nearly everything may be missing."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from codexbar_qt.provider_api import (
    Identity,
    JsonView,
    NamedWindow,
    ParseError,
    RateWindow,
    Secret,
    Snapshot,
    clamp_percent,
    clean,
    parse_iso_time,
)

if TYPE_CHECKING:
    from datetime import datetime

WEEK_MINUTES = 7 * 24 * 60
MONTH_MINUTES = 30 * 24 * 60
SESSION_MINUTES = 5 * 60
_TIERS = {1024: "Andante", 2048: "Moderato", 7168: "Allegretto"}
_UNIT_MINUTES = {"TIME_UNIT_MINUTE": 1, "TIME_UNIT_HOUR": 60, "TIME_UNIT_DAY": 1440}
_RESET_FIELDS = ("resetTime", "resetAt", "reset_time", "reset_at")
_WHOLE_NUMBER = re.compile(r"[+-]?\d{1,15}", re.ASCII)
_LARGEST = 10**15
_NEAR_EXPIRY = timedelta(seconds=60)
_SAME_RESET = timedelta(minutes=5)


def parse_code_usage(body: JsonView, *, now: datetime) -> Snapshot:
    """Read the answer of the Code API. ParseError for a missing object or limit."""
    return _snapshot(body["usage"], body.get("limits"), now)


def parse_web_usage(body: JsonView, *, now: datetime) -> Snapshot:
    """Read the answer of the site: the entry whose scope is coding. ParseError when there is none."""
    for entry in body["usages"].items():
        if entry.is_object() and _word(entry, "scope") == "FEATURE_CODING":
            return _snapshot(entry["detail"], entry.get("limits"), now)
    raise ParseError("The answer has no limits for coding.", path="$.usages")


def parse_membership(body: JsonView, weekly: RateWindow | None) -> tuple[NamedWindow, ...]:
    """Read the lanes that only the membership tells; what is missing or odd is left out, nothing is raised."""
    found: list[NamedWindow] = []
    balance, recent = _object(body, "subscriptionBalance"), _object(body, "ratelimitCode7d")
    if (
        balance is not None
        and _raw(balance, "feature") in (None, "FEATURE_OMNI")
        and _raw(balance, "type") in (None, "SUBSCRIPTION")
    ):
        total = _ratio_window(balance, "amountUsedRatio", "expireTime", MONTH_MINUTES)
        found += [NamedWindow("kimi-monthly", "Total usage", total)] if total else []
    if recent is not None and _raw(recent, "enabled") is not False:
        week = _ratio_window(recent, "ratio", "resetTime", WEEK_MINUTES)
        if week and not _is_same_lane(week, weekly):
            found.append(NamedWindow("kimi-code-7d", "Code 7-day", week))
    return tuple(found)


def parse_cli_login(text: str | None, *, now: datetime) -> tuple[Secret, bool] | None:
    """Read the CLI's credential file: the access token and whether it is good for another minute.

    None when there is no file or it holds no token. A missing or unreadable expiry counts as expired.
    """
    try:
        body = JsonView.from_text(text or "")
    except ParseError:
        return None
    if not body.is_object():
        return None
    access, refresh = clean(_word(body, "access_token")), clean(_word(body, "refresh_token"))
    if not access and not refresh:
        return None
    return Secret(access or ""), bool(access) and _expires_after(body.get("expires_at"), now + _NEAR_EXPIRY)


def unreadable(error: ParseError) -> ParseError:
    """Return the error for people about an answer that was not understood."""
    told = "The response format may have changed. Report it on the project's issue tracker."
    return ParseError(f"Failed to parse Kimi usage data. {error.message} {told}", path=error.path)


def _snapshot(weekly: JsonView, limits: JsonView | None, now: datetime) -> Snapshot:
    first = None if limits is None else next(limits.items(), None)
    return Snapshot(
        updated_at=now,
        primary=_weekly_window(weekly),
        secondary=None if first is None else _session_window(first),
        identity=Identity(login_method=_TIERS.get(_count(weekly["limit"]) or 0)),
    )


def _weekly_window(detail: JsonView) -> RateWindow | None:
    counts = _counts(detail)
    if counts is None:
        return None
    used, limit, reliable = counts
    minutes = WEEK_MINUTES if reliable else None
    return RateWindow(_percent(used, limit), minutes, _reset(detail), f"{used}/{limit} requests")


def _session_window(entry: JsonView) -> RateWindow | None:
    detail = entry["detail"]
    counts = _counts(detail)
    if counts is None:
        return None
    used, limit, reliable = counts
    minutes = _minutes(entry.get("window")) if reliable else None
    told = f"Rate: {used}/{limit}{_per_length(minutes)}"
    return RateWindow(_percent(used, limit), minutes, _reset(detail), told)


def _counts(detail: JsonView) -> tuple[int, int, bool] | None:
    """Return used, limit and whether used is known; None without a limit above zero."""
    limit = _count(detail["limit"])
    if limit is None or limit <= 0:
        return None
    used, remaining = _count(detail.get("used")), _count(detail.get("remaining"))
    if used is not None and used >= 0:
        return used, limit, True
    if remaining is not None and 0 <= remaining <= limit:
        return limit - remaining, limit, True
    return 0, limit, False


def _count(view: JsonView | None) -> int | None:
    raw = None if view is None else view.raw
    if isinstance(raw, str):
        return int(raw) if _WHOLE_NUMBER.fullmatch(raw) else None
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not -_LARGEST <= raw <= _LARGEST:
        return None
    return int(raw) if raw == int(raw) else None


def _minutes(window: JsonView | None) -> int | None:
    if window is None:
        return SESSION_MINUTES
    if not window.is_object():
        return None
    duration, unit = _count(window.get("duration")), _UNIT_MINUTES.get(_word(window, "timeUnit") or "")
    return duration * unit if duration is not None and duration > 0 and unit else None


def _per_length(minutes: int | None) -> str:
    if minutes is None:
        return ""
    amount, unit = (minutes // 60, "hour") if minutes % 60 == 0 else (minutes, "minute")
    return f" per {amount} {unit}{'' if amount == 1 else 's'}"


def _reset(detail: JsonView) -> datetime | None:
    for field in _RESET_FIELDS:
        text = _word(detail, field)
        if text is not None:
            return parse_iso_time(text)
    return None


def _ratio_window(view: JsonView, field: str, reset_field: str, minutes: int) -> RateWindow | None:
    try:
        ratio = view[field].number()
    except ParseError:
        return None
    return RateWindow(clamp_percent(ratio * 100), minutes, parse_iso_time(_word(view, reset_field) or ""))


def _is_same_lane(week: RateWindow, weekly: RateWindow | None) -> bool:
    if weekly is None or weekly.window_minutes is None or not weekly.resets_at or not week.resets_at:
        return False
    close = abs(weekly.used_percent - week.used_percent) <= 1
    return close and abs(weekly.resets_at - week.resets_at) <= _SAME_RESET


def _expires_after(view: JsonView | None, moment: datetime) -> bool:
    try:
        return view is not None and view.loose_number() > moment.timestamp()
    except ParseError:
        return False


def _percent(used: int, limit: int) -> float:
    return clamp_percent(used / limit * 100)


def _object(view: JsonView, field: str) -> JsonView | None:
    child = view.get(field) if view.is_object() else None
    return child if child is not None and child.is_object() else None


def _raw(view: JsonView, field: str) -> object:
    child = view.get(field)
    return None if child is None else child.raw


def _word(view: JsonView, field: str) -> str | None:
    value = _raw(view, field)
    return value if isinstance(value, str) else None
