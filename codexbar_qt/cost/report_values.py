"""What a report on cost says. Money is US dollars at list prices, an estimate; None where no price is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime  # noqa: TC003 - decoders look these up at run time

from codexbar_qt.cost.values import LeftOut, TokenCounts  # noqa: TC001 - likewise


@dataclass(frozen=True, slots=True)
class ModelSpend:
    """One model over some time. `name` is cleaned up (token-cost.md 9); `cost` None: no price is known."""

    name: str
    tokens: TokenCounts
    requests: int
    cost: float | None


@dataclass(frozen=True, slots=True)
class DaySpend:
    """One day in the chosen time zone; `cost` sums the priced models, None when there is none.

    `models` come by cost, then by tokens, the largest first and those without a price last.
    """

    day: date
    tokens: TokenCounts
    requests: int
    cost: float | None
    models: tuple[ModelSpend, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Days with a price, and days with tokens but no price."""

    priced: int = 0
    unpriced: int = 0


@dataclass(frozen=True, slots=True)
class ProjectSpend:
    """One folder, or one session, and its days. `name` is the folder's last part, or the session's id."""

    name: str
    path: str
    tokens: TokenCounts
    cost: float | None
    days: tuple[DaySpend, ...]
    models: tuple[ModelSpend, ...]
    sessions: tuple[ProjectSpend, ...] = ()


@dataclass(frozen=True, slots=True)
class HourSpend:
    """One hour of one weekday, for the heat map: `weekday` 0 is Monday, `hour` 0-23 in the chosen time zone."""

    weekday: int
    hour: int
    tokens: int
    cost: float | None


@dataclass(frozen=True, slots=True)
class CostReport:
    """The cost of one source over `history_days` days up to and with `today`.

    `days` holds only days with requests, the earliest first; `hours` only hours with some. `today_spend` is None when
    today has none: that counts as zero where `is_zero_known`. `is_complete` is False while logs wait for the next scan.
    `updated_at` is when the logs were read (UTC). `prices` says where the prices are from
    ("built-in table of August 2026").
    """

    source: str
    name: str
    heading: str
    today: date
    history_days: int
    days: tuple[DaySpend, ...]
    models: tuple[ModelSpend, ...]
    hours: tuple[HourSpend, ...]
    tokens: TokenCounts
    requests: int
    cost: float | None
    today_spend: DaySpend | None
    coverage: Coverage
    is_complete: bool
    updated_at: datetime
    projects: tuple[ProjectSpend, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    duplicates: int = 0
    prices: str = ""

    @property
    def is_zero_known(self) -> bool:
        """Whether a day without requests is known to have cost nothing: there is history, or all logs were read."""
        return bool(self.days) or self.is_complete
