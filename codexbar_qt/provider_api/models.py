"""What a provider reports: immutable values, percentages 0-100, aware UTC times, durations in minutes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime  # noqa: TC003 - decoders look these up at run time
from typing import Literal

DataConfidence = Literal["exact", "estimated", "percentOnly"]
ChartKind = Literal["bars", "line"]


@dataclass(frozen=True, slots=True)
class RateWindow:
    """One quota lane. `used_percent` may exceed 100 when the service says so.

    `window_minutes` is the length of the lane, None when unknown. `remaining_percent` is set only when the
    service states it separately from the used amount; otherwise what is left is 100 - used. `label` names a lane that
    counts something else than its place is declared for; such a lane never caps another.
    """

    used_percent: float
    window_minutes: int | None = None
    resets_at: datetime | None = None
    reset_description: str | None = None
    remaining_percent: float | None = None
    next_regen_percent: float | None = None
    is_placeholder: bool = False
    label: str | None = None

    @property
    def remaining(self) -> float:
        """Percent left, clamped to 0-100."""
        left = 100 - self.used_percent if self.remaining_percent is None else self.remaining_percent
        return min(100.0, max(0.0, left))


@dataclass(frozen=True, slots=True)
class NamedWindow:
    """A lane beyond primary, secondary and tertiary. With `usage_known` False the percentage is a placeholder.

    With `is_date` it is no lane: `window.resets_at` is a date to know, told by its title ("Renews: Jan 21, 2030").
    """

    id: str
    title: str
    window: RateWindow
    usage_known: bool = True
    is_date: bool = False


@dataclass(frozen=True, slots=True)
class ProviderCost:
    """Money or points against a limit; `limit` 0 means there is none. `currency_code` is ISO 4217 or a unit word."""

    used: float
    limit: float
    currency_code: str
    updated_at: datetime
    period: str | None = None
    resets_at: datetime | None = None
    next_regen_amount: float | None = None
    personal_used: float | None = None
    balance: float | None = None


@dataclass(frozen=True, slots=True)
class DetailRow:
    """A label and a value as shown to people. `meter_percent` (0-100 used) draws a thin bar below the row."""

    label: str
    value: str
    secondary_value: str | None = None
    meter_percent: float | None = None


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """One labelled value of a detail chart."""

    label: str
    value: float


@dataclass(frozen=True, slots=True)
class DetailChart:
    """A small chart below a detail section, at most 120 points."""

    kind: ChartKind
    points: tuple[ChartPoint, ...]
    title: str | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class DetailSection:
    """Generic information of a provider: at most 8 sections of 24 rows are shown."""

    rows: tuple[DetailRow, ...]
    title: str | None = None
    chart: DetailChart | None = None


@dataclass(frozen=True, slots=True)
class CreditLimit:
    """A monthly credit limit; amounts in credits, `remaining_percent` 0-100."""

    title: str
    used: float
    limit: float
    remaining: float
    remaining_percent: float
    updated_at: datetime
    resets_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CreditEvent:
    """One credit charge."""

    id: str
    date: datetime
    service: str
    credits_used: float


@dataclass(frozen=True, slots=True)
class Credits:
    """Prepaid credits left."""

    remaining: float
    updated_at: datetime
    events: tuple[CreditEvent, ...] = ()
    limit: CreditLimit | None = None


@dataclass(frozen=True, slots=True)
class SpendRow:
    """Spend of one model on one UTC day; `cost` in the summary's currency, token counts absolute."""

    day: date
    model: str
    cost: float
    input_tokens: int
    output_tokens: int
    reasoning_tokens: int
    requests: int


@dataclass(frozen=True, slots=True)
class CostSummary:
    """What a service says was spent over `days` days up to today (UTC)."""

    currency_code: str
    days: int
    rows: tuple[SpendRow, ...]
    updated_at: datetime
    is_estimate: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the numbers belong to. `login_method` is the plan or the way of signing in, as the sheet defines it."""

    email: str | None = field(default=None, repr=False)
    organization: str | None = None
    login_method: str | None = None
    account_id: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything one successful fetch learned.

    `updated_at` is when the numbers were right (UTC): the time of the fetch, or the one the service names. Only texts
    depend on it; whether data is stale follows from how the fetches end. `note` is a non-fatal remark for people.
    `tool_version` is the version of the local tool that answered, digits and dots only.
    """

    updated_at: datetime
    primary: RateWindow | None = None
    secondary: RateWindow | None = None
    tertiary: RateWindow | None = None
    extra_windows: tuple[NamedWindow, ...] = ()
    provider_cost: ProviderCost | None = None
    credits: Credits | None = None
    details: tuple[DetailSection, ...] = ()
    spend: CostSummary | None = None
    identity: Identity | None = None
    subscription_expires_at: datetime | None = None
    subscription_renews_at: datetime | None = None
    data_confidence: DataConfidence | None = None
    note: str | None = None
    tool_version: str | None = None

    @property
    def windows(self) -> tuple[RateWindow, ...]:
        """All lanes with a known usage, in declared order."""
        lanes = [lane for lane in (self.primary, self.secondary, self.tertiary) if lane is not None]
        lanes.extend(extra.window for extra in self.extra_windows if extra.usage_known and not extra.is_date)
        return tuple(lane for lane in lanes if not lane.is_placeholder)
