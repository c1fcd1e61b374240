"""What is known of local cost, and how views get at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime, tzinfo

    from codexbar_qt.cost.report_values import CostReport
    from codexbar_qt.cost.values import ScanProgress, UsageRow

SPANS = (7, 30, 90)
"""The days that can be chosen in Usage & Spend; cards show the history that the preferences name."""


@dataclass(frozen=True, slots=True)
class CostState:
    """The reports of every source that counts, one for each span and one for `history_days`; `zone` is that of days.

    `progress` is there only while a scan has something to read. `error` is a sentence about the last scan; the reports
    are those of the last good one, which began at `scanned_at` (UTC, None before the first).
    """

    is_on: bool = False
    history_days: int = 30
    reports: tuple[CostReport, ...] = ()
    is_scanning: bool = False
    progress: ScanProgress | None = None
    error: str = ""
    scanned_at: datetime | None = None
    zone: tzinfo = UTC

    def report(self, source_id: str, days: int) -> CostReport | None:
        """Return the report of a source over some days, None while there is none."""
        found = (one for one in self.reports if one.source == source_id and one.history_days == days)
        return next(found, None)

    def history(self, source_id: str) -> CostReport | None:
        """Return the report of a source over the history that cards show."""
        return self.report(source_id, self.history_days)

    def over(self, days: int) -> tuple[CostReport, ...]:
        """Return the reports with any use over some days, in the order of the sources."""
        return tuple(one for one in self.reports if one.history_days == days and one.requests)

    @property
    def has_data(self) -> bool:
        """Whether any source was used at all within what is known."""
        return any(one.requests for one in self.reports)


@dataclass(frozen=True, slots=True)
class RowRates:
    """US dollars for a million tokens of each kind, as they held for one request; None where no price is known."""

    input: float | None
    output: float | None
    cache_read: float | None
    cache_write: float | None
    cache_write_1h: float | None


@dataclass(frozen=True, slots=True)
class PricedRow:
    """One counted request with what it costs; both None where no price is known."""

    row: UsageRow
    cost: float | None
    rates: RowRates | None


@dataclass(frozen=True, slots=True)
class DayRows:
    """The requests of one day, the earliest first; `total` counts those beyond a page, too.

    `home` is the folder that the paths of logs are shortened by.
    """

    rows: tuple[PricedRow, ...] = ()
    total: int = 0
    home: str = ""


class Costs(Protocol):
    """Local cost as views see it. Everything but `rows` returns at once; subscribers hear what comes of it."""

    @property
    def state(self) -> CostState:
        """What is known."""
        ...

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` after every change of the state until the returned function is called."""
        ...

    def look(self) -> None:
        """Somebody looks: bring the day up to date, and scan when nothing is known yet."""
        ...

    def refresh(self) -> None:
        """Scan now on behalf of a person, at most once a minute."""
        ...

    async def rows(self, day: date) -> DayRows:
        """Return the requests of a day over all sources. Raises CostScanError with a sentence for people."""
        ...


class StillCosts:
    """Costs that stay as they are: for sessions that read no logs, and for pictures. Its intents do nothing."""

    def __init__(self, state: CostState | None = None, day_rows: DayRows | None = None) -> None:
        self.state = state or CostState()
        self._day_rows = day_rows or DayRows()

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Never call back."""
        del callback
        return lambda: None

    def look(self) -> None:
        """Change nothing."""

    def refresh(self) -> None:
        """Read nothing."""

    async def rows(self, day: date) -> DayRows:
        """Return the same rows for every day."""
        del day
        return self._day_rows

    def apply(self) -> None:
        """Change nothing."""

    def after_batch(self, interval: float | None) -> None:
        """Read nothing."""

    def set_paused(self, paused: bool) -> None:
        """Change nothing."""

    async def settled(self) -> None:
        """Return at once."""

    async def close(self) -> None:
        """Return at once."""
