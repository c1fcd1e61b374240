"""Sorts priced requests by day and model, and says what they add up to."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING

from codexbar_qt.cost.pricing import dollars
from codexbar_qt.cost.report_values import DaySpend, HourSpend, ModelSpend
from codexbar_qt.cost.sums import Sum, by_cost, merged

if TYPE_CHECKING:
    from codexbar_qt.cost.values import TokenCounts

_WEEK = 7 * 24


class Spend:
    """Requests by day (its ordinal) and model (its name in reports)."""

    def __init__(self) -> None:
        self._cells: defaultdict[tuple[int, str], Sum] = defaultdict(Sum)

    def add(self, day: int, model: str, tokens: TokenCounts, requests: int, units: int | None) -> None:
        """Add requests of one day and model; `units` is their cost, None without a price."""
        self._cells[day, model].add(tokens, requests, units)

    def merge(self, other: Spend) -> None:
        """Add everything of another one."""
        for key, item in other._cells.items():
            self._cells[key].merge(item)

    def __bool__(self) -> bool:
        return bool(self._cells)

    @property
    def whole(self) -> Sum:
        """Everything."""
        return merged(self._cells.values())

    def days(self) -> tuple[DaySpend, ...]:
        """Return the days, the earliest first."""
        by_day: defaultdict[int, dict[str, Sum]] = defaultdict(dict)
        for (day, model), item in self._cells.items():
            by_day[day][model] = item
        return tuple(_day(day, by_day[day]) for day in sorted(by_day))

    def models(self) -> tuple[ModelSpend, ...]:
        """Return the models over all days, the most expensive first."""
        by_model: defaultdict[str, Sum] = defaultdict(Sum)
        for (_, model), item in self._cells.items():
            by_model[model].merge(item)
        return _models(by_model)


class Hours:
    """Requests by hour of the week, 0 is Monday, 0:00."""

    def __init__(self) -> None:
        self._tokens = [0] * _WEEK
        self._units: list[int | None] = [None] * _WEEK

    def add(self, hour: int, tokens: int, units: int | None) -> None:
        """Add requests; `units` is their cost, None without a price."""
        self._tokens[hour] += tokens
        if units is not None:
            self._units[hour] = units + (self._units[hour] or 0)

    def spend(self) -> tuple[HourSpend, ...]:
        """Return the hours that have tokens."""
        return tuple(
            HourSpend(*divmod(hour, 24), tokens, None if units is None else dollars(units))
            for hour, (tokens, units) in enumerate(zip(self._tokens, self._units, strict=True))
            if tokens
        )


def _day(day: int, models: dict[str, Sum]) -> DaySpend:
    whole = merged(models.values())
    return DaySpend(date.fromordinal(day), whole.tokens, whole.requests, whole.cost, _models(models))


def _models(models: dict[str, Sum]) -> tuple[ModelSpend, ...]:
    ordered = sorted(models.items(), key=lambda item: by_cost(*item))
    return tuple(ModelSpend(name, item.tokens, item.requests, item.cost) for name, item in ordered)
