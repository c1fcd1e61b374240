"""Makes the report of one source out of a ledger, a price table and a time zone (token-cost.md 7 and 9). Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_qt.cost.pricing import Pricer
from codexbar_qt.cost.project_report import projects_of
from codexbar_qt.cost.report_values import CostReport, Coverage
from codexbar_qt.cost.spend import Hours, Spend
from codexbar_qt.cost.time_window import TimeWindow
from codexbar_qt.cost.values import LeftOut

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, tzinfo

    from codexbar_qt.cost.prices import PriceTable
    from codexbar_qt.cost.report_values import DaySpend
    from codexbar_qt.cost.sources import CostSource
    from codexbar_qt.cost.values import Ledger, UsageBucket


def build_report(
    ledger: Ledger,
    source: CostSource,
    table: PriceTable,
    *,
    zone: tzinfo,
    now: datetime,
    days: int,
    read_at: datetime | None = None,
) -> CostReport:
    """Return what a source cost over `days` days (1 to 365) up to and with today in a zone.

    `read_at` is when the logs were read (aware UTC), `now` when it is not given.
    """
    window, pricer = TimeWindow(zone, now, days), Pricer(table, source.family)
    buckets = [bucket for bucket in ledger.buckets if bucket.source == source.id]
    hours = Hours()
    spend = _sorted(buckets, window, pricer, hours)
    whole, by_day = spend.whole, spend.days()
    future = sum(bucket.requests for bucket in buckets if window.is_future(bucket.slot))
    sessions = [item for item in ledger.sessions if item.source == source.id] if source.has_sessions else []
    return CostReport(
        source=source.id,
        name=source.name,
        heading=source.heading,
        today=window.today,
        history_days=window.days,
        days=by_day,
        models=spend.models(),
        hours=hours.spend(),
        tokens=whole.tokens,
        requests=whole.requests,
        cost=whole.cost if spend or not ledger.is_complete else 0.0,
        today_spend=by_day[-1] if by_day and by_day[-1].day == window.today else None,
        coverage=_coverage(by_day),
        is_complete=ledger.is_complete,
        updated_at=read_at or now,
        projects=projects_of(sessions, lambda found: _sorted(found, window, pricer)),
        left_out=ledger.left_out + ((LeftOut("future_row", future),) if future else ()),
        duplicates=ledger.duplicates,
        prices=table.origin,
    )


def _sorted(
    buckets: Iterable[UsageBucket],
    window: TimeWindow,
    pricer: Pricer,
    hours: Hours | None = None,
) -> Spend:
    """Return what of the buckets is in the window, by day and model; `hours` takes the same by hour of the week."""
    spend = Spend()
    for bucket in buckets:
        place = window.place(bucket.slot)
        if place is None:
            continue
        name, units = pricer.price(bucket)
        spend.add(place[0], name, bucket.tokens, bucket.requests, units)
        if hours is not None:
            hours.add(place[1], bucket.tokens.total, units)
    return spend


def _coverage(days: tuple[DaySpend, ...]) -> Coverage:
    priced = sum(day.cost is not None for day in days)
    return Coverage(priced, len(days) - priced)
