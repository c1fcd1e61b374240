"""The quota document: `model_remains` of the coding plan, or `services` of a plan with several services. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from codexbar_providers.minimax.answers import NO_PLAN_DATA, require_success, unwrap
from codexbar_providers.minimax.loose import as_fields, as_items, epoch, number, read, text, whole
from codexbar_providers.minimax.services import (
    BEIJING,
    DAY_MINUTES,
    UNLIMITED,
    VIDEO,
    WEEK_MINUTES,
    WEEKLY,
    Service,
    beijing_time,
    counted,
    describe_reset,
    is_text,
    named_window_minutes,
    reset_of,
    service_name,
    used_share,
    window_name,
    window_of,
    window_range,
)
from codexbar_qt.provider_api import ParseError, RateWindow, clamp_percent

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from codexbar_providers.minimax.loose import Fields

MOST_SERVICES = 24
_NOT_IN_PLAN = 3
_TITLES = ("current_subscribe_title", "plan_name", "combo_title", "current_plan_title")
_POINTS = ("points_balance", "point_balance", "credits_balance", "credit_balance", "balance")
_DATE_TIME = re.compile(r"(\d{4})[/-](\d{1,2})[/-](\d{1,2})[ T]+(\d{1,2}):(\d{2})")
_CLOCK = re.compile(r"\b(\d{1,2}):(\d{2})\b")
_LONGEST_TEXT = 80


@dataclass(frozen=True, slots=True)
class Usage:
    """What a quota document or page says. `lone` is the only lane where no service has a name; points are a balance."""

    plan: str | None = None
    services: tuple[Service, ...] = ()
    lone: RateWindow | None = None
    points: float | None = None


def parse_remains(document: object, *, now: datetime, hidden: Collection[str] = ()) -> Usage:
    """Read a quota document.

    Raises AuthRejected and RequestRefused for what `base_resp` refuses (its message without the `hidden` texts),
    ParseError without any quota.
    """
    require_success(document, hidden)
    body = unwrap(document)
    points = next((found for name in _POINTS if (found := number(read(body, name))) is not None), None)
    services = _listed_services(body, now)
    if services:
        return Usage(_plan(body), services, points=points)
    models = [as_fields(item) for item in as_items(read(body, "model_remains")) if as_fields(item)]
    if not models:
        raise ParseError(NO_PLAN_DATA, path="$.model_remains")
    named = tuple(service for model in models for service in _services_of(model, now))[:MOST_SERVICES]
    plan = _plan(body) or _inferred_plan(models)
    return Usage(plan, named, None if named else _lone_lane(models[0], now), points)


def lone_window(
    percent: float | None, total: float | None, minutes: int | None, resets_at: datetime | None
) -> RateWindow:
    """Return the lane of a plan that counts prompts alone; an unknown percentage is 0, as a placeholder."""
    span = _span(minutes)
    prompts = f"{total:,.0f} prompts" if total is not None and total > 0 else ""
    return RateWindow(
        used_percent=0.0 if percent is None else clamp_percent(percent),
        window_minutes=minutes,
        resets_at=resets_at,
        reset_description=" / ".join(part for part in (prompts, span) if part) or None,
        is_placeholder=percent is None,
    )


def _plan(body: Fields) -> str | None:
    card = as_fields(read(body, "current_combo_card"))
    titles = [*(read(body, name) for name in _TITLES), card.get("title")]
    return next((found[:_LONGEST_TEXT] for title in titles if (found := text(title))), None)


def _inferred_plan(models: list[Fields]) -> str | None:
    names = [service_name(text(read(model, "model_name")) or "") for model in models]
    has_text = any(is_text(name) for name in names)
    lacks_video = any(
        name == VIDEO and _Lane.of(model, weekly=False).is_not_in_plan
        for name, model in zip(names, models, strict=True)
    )
    return "Plus" if has_text and lacks_video else None


@dataclass(frozen=True, slots=True)
class _Lane:
    """The fields of one window of a model. `remaining` and `remaining_percent` are what is left, not what is used."""

    weekly: bool
    total: float | None
    remaining: float | None
    remaining_percent: float | None
    status: int | None
    start: datetime | None
    end: datetime | None
    remains: float | None
    boost: float | None

    @classmethod
    def of(cls, model: Fields, *, weekly: bool) -> _Lane:
        counts, times, boost = (
            ("current_weekly", "weekly_", "weekly") if weekly else ("current_interval", "", "interval")
        )
        permill, permille = (number(read(model, f"{boost}_boost_{word}")) for word in ("permill", "permille"))
        return cls(
            weekly=weekly,
            total=number(read(model, f"{counts}_total_count")),
            remaining=number(read(model, f"{counts}_usage_count")),
            remaining_percent=number(read(model, f"{counts}_remaining_percent")),
            status=whole(read(model, f"{counts}_status")),
            start=epoch(read(model, f"{times}start_time")),
            end=epoch(read(model, f"{times}end_time")),
            remains=whole(read(model, f"{times}remains_time")),
            boost=permille if permill is None else permill,
        )

    @property
    def is_full(self) -> bool:
        return self.status == _NOT_IN_PLAN and self.remaining_percent is not None and self.remaining_percent >= 100

    @property
    def is_not_in_plan(self) -> bool:
        """Such lanes are listed for plans that do not have them, with everything left of nothing."""
        return self.is_full and not self.total and not self.remaining

    @property
    def percent(self) -> float | None:
        if self.remaining_percent is not None:
            return clamp_percent(100 - self.remaining_percent)
        if self.total is None or self.total <= 0 or self.remaining is None:
            return None
        return used_share(max(0.0, self.total - self.remaining), self.total)


def _services_of(model: Fields, now: datetime) -> list[Service]:
    name = service_name(text(read(model, "model_name")) or "")
    if not name:
        return []
    lanes = [_Lane.of(model, weekly=False), *([_Lane.of(model, weekly=True)] if is_text(name) else [])]
    return [service for lane in lanes if (service := _service(name, lane, now)) is not None]


def _service(name: str, lane: _Lane, now: datetime) -> Service | None:
    if lane.weekly and lane.is_full:
        return Service(name, WEEKLY, 0.0, 0.0, 0.0, WEEK_MINUTES, reset_description=UNLIMITED, is_unlimited=True)
    percent = lane.percent
    if lane.is_not_in_plan or percent is None:
        return None
    window, minutes = (WEEKLY, WEEK_MINUTES) if lane.weekly else window_of(lane.start, lane.end)
    used, limit = _amounts(lane, percent)
    resets_at = reset_of(lane.end, lane.remains, now)
    told = describe_reset(resets_at, window, window_range(lane.start, lane.end, weekly=lane.weekly), now)
    return Service(name, window, percent, used, limit, minutes, resets_at, told)


def _amounts(lane: _Lane, percent: float) -> tuple[float, float]:
    """Return used and limit: counts, or hundredths of the plain quota, of which a boost gives more than 100."""
    if lane.remaining_percent is None:
        total = lane.total or 0.0
        return max(0.0, total - (lane.remaining or 0.0)), total
    boosted = lane.boost is not None and lane.boost > 0
    limit = float(max(1, round(lane.boost / 10))) if boosted and lane.boost is not None else 100.0
    return float(round(percent * limit / 100)), limit


def _lone_lane(model: Fields, now: datetime) -> RateWindow:
    lane = _Lane.of(model, weekly=False)
    total = None if lane.remaining_percent is not None and not lane.total else lane.total
    minutes = int((lane.end - lane.start) / timedelta(minutes=1)) if lane.start and lane.end else 0
    return lone_window(lane.percent, total, minutes if minutes > 0 else None, reset_of(lane.end, lane.remains, now))


def _span(minutes: int | None) -> str:
    if not minutes:
        return ""
    units = ((DAY_MINUTES, "day"), (60, "hour"), (1, "minute"))
    size, unit = next((size, unit) for size, unit in units if minutes % size == 0)
    return counted(minutes // size, unit)


def _listed_services(body: Fields, now: datetime) -> tuple[Service, ...]:
    found = [_listed_service(as_fields(item), now) for item in as_items(body.get("services"))]
    return tuple(service for service in found if service is not None)[:MOST_SERVICES]


def _listed_service(item: Fields, now: datetime) -> Service | None:
    name, window, span = (text(read(item, key)) for key in ("service_type", "window_type", "time_range"))
    used, limit = number(item.get("usage")), number(item.get("limit"))
    if name is None or window is None or span is None or used is None or limit is None or limit <= 0:
        return None
    percent = number(item.get("percent"))
    minutes = named_window_minutes(window)
    window, span = window_name(window[:_LONGEST_TEXT], minutes), span[:_LONGEST_TEXT]
    resets_at = _end_of_range(span, now, minutes)
    return Service(
        name=name[:_LONGEST_TEXT],
        window=window,
        used_percent=used_share(used, limit) if percent is None else clamp_percent(percent),
        used=max(0.0, used),
        limit=limit,
        minutes=minutes,
        resets_at=resets_at,
        reset_description=describe_reset(resets_at, window, span, now),
    )


def _end_of_range(span: str, now: datetime, minutes: int | None) -> datetime | None:
    """Return when a written range ends, in Beijing time: a date with a time, or a time, tomorrow's if it has passed."""
    dates = _DATE_TIME.findall(span)
    if dates:
        year, month, day, hour, minute = map(int, dates[-1])
        end = beijing_time(year, month, day, hour, minute)
        return end if end is not None and end > now else None
    clocks = _CLOCK.findall(span)
    if len(clocks) < 2 or minutes is None or minutes > DAY_MINUTES:
        return None
    today = now.astimezone(BEIJING)
    hour, minute = map(int, clocks[-1])
    end = beijing_time(today.year, today.month, today.day, hour, minute)
    return end + timedelta(days=1) if end is not None and end <= now else end
