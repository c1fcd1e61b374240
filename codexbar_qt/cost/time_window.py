"""The days of a report and where requests fall on them, in the chosen time zone (token-cost.md 7). Pure."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from codexbar_qt.cost.values import SLOT_SECONDS

_DAY_SECONDS = 24 * 3600
_EPOCH = date(1970, 1, 1).toordinal()
MOST_DAYS = 365


def zone_for(name: str, system: tzinfo) -> tzinfo:
    """Return the time zone of a name ("Europe/Berlin"), `system` when there is none of this name."""
    try:
        return ZoneInfo(name.strip()) if name.strip() else system
    except (ZoneInfoNotFoundError, ValueError, OSError):  # the latter: the name of a folder of zones
        return system


def clamped_days(days: int) -> int:
    """Return a number of days that a report can have: 1 to 365."""
    return min(MOST_DAYS, max(1, days))


class TimeWindow:
    """The days up to and with today.

    The zone is asked twice for every day in UTC and, where its clock changes on that day, for every slot of it.
    """

    def __init__(self, zone: tzinfo, now: datetime, days: int) -> None:
        self._zone = zone
        self.days = clamped_days(days)
        self.today = now.astimezone(zone).date()
        self._last = self.today.toordinal()
        self._first = self._last - self.days + 1
        self._now = int(now.timestamp())
        # Whatever the zone, two days further away is outside. Dates far off could not be converted at all.
        self._earliest = (self._first - _EPOCH - 2) * _DAY_SECONDS
        self._latest = (self._last - _EPOCH + 3) * _DAY_SECONDS
        self._offsets: dict[int, int | None] = {}

    def place(self, slot: int) -> tuple[int, int] | None:
        """Return the day (its ordinal) and the hour of the week (0 is Monday, 0:00) of a slot, None outside."""
        at = slot * SLOT_SECONDS
        if not self._earliest <= at <= self._latest:
            return None
        day, seconds = divmod(at + self._offset(at), _DAY_SECONDS)
        day += _EPOCH
        if not self._first <= day <= self._last:
            return None
        return day, (day - 1) % 7 * 24 + seconds // 3600

    def is_future(self, slot: int) -> bool:
        """Whether a slot is on a day after today."""
        at = slot * SLOT_SECONDS
        if at <= self._now:
            return False
        return at > self._latest or (at + self._offset(at)) // _DAY_SECONDS + _EPOCH > self._last

    def _offset(self, at: int) -> int:
        """Return how many seconds the zone is ahead of UTC at a moment."""
        day = at // _DAY_SECONDS
        if day not in self._offsets:
            first, last = (self._ask(moment) for moment in (day * _DAY_SECONDS, (day + 1) * _DAY_SECONDS))
            self._offsets[day] = first if first == last else None
        known = self._offsets[day]
        return self._ask(at) if known is None else known

    def _ask(self, at: int) -> int:
        offset = datetime.fromtimestamp(at, self._zone).utcoffset()
        return 0 if offset is None else int(offset.total_seconds())
