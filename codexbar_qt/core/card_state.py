"""What the views show: frozen values made by the presenter. Percentages 0-100; texts are final."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from codexbar_qt.core.account import AccountKey
    from codexbar_qt.core.cost_block import CostBlock

SubtitleKind = Literal["error", "refreshing", "updated", "never"]
TrayLayout = Literal["pair", "primary_only", "credits", "empty"]
FixAction = Literal["", "settings", "refresh"]


@dataclass(frozen=True, slots=True)
class WindowRow:
    """One lane of a card. `fill` is the bar's filled part (None: text only, no bar), already flipped for "used"."""

    id: str
    label: str
    value_text: str
    fill: float | None
    reset_text: str = ""
    detail_text: str = ""
    spent: bool = False
    accessible_text: str = ""


@dataclass(frozen=True, slots=True)
class DetailLine:
    """One row of a detail section; `meter` (0-100) draws a thin bar."""

    label: str
    value: str
    secondary: str = ""
    meter: float | None = None


@dataclass(frozen=True, slots=True)
class ChartBar:
    """One bar or point; `share` is the height 0-1 of the largest."""

    label: str
    value_text: str
    share: float


@dataclass(frozen=True, slots=True)
class DetailBlock:
    """A titled group of lines with an optional small chart."""

    title: str
    lines: tuple[DetailLine, ...] = ()
    chart_title: str = ""
    chart_kind: Literal["bars", "line"] = "bars"
    chart: tuple[ChartBar, ...] = ()


@dataclass(frozen=True, slots=True)
class MoneyBlock:
    """Credits, extra usage or cost: a title, an optional bar, up to two texts and more lines below."""

    title: str
    left_text: str = ""
    right_text: str = ""
    fill: float | None = None
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CardState:
    """One provider card. `stale` mutes the bars; `placeholder` stands where there is no row.

    `cost` is what the service says was spent, `local_cost` what logs on this machine add up to; there is one at most.
    `wants_browser` names a browser that would be read if people allowed it, while there is an error to get rid of.
    """

    key: AccountKey
    name: str
    icon: str
    color: str
    account_text: str
    plan_text: str
    subtitle: str
    subtitle_kind: SubtitleKind
    error_text: str = ""
    stale: bool = False
    refreshing: bool = False
    loading: bool = False
    rows: tuple[WindowRow, ...] = ()
    notes: tuple[str, ...] = ()
    details: tuple[DetailBlock, ...] = ()
    credits: MoneyBlock | None = None
    extra_usage: MoneyBlock | None = None
    cost: MoneyBlock | None = None
    local_cost: CostBlock | None = None
    placeholder: str = ""
    fix_label: str = ""
    fix_action: FixAction = ""
    wants_browser: str = ""
    source_text: str = ""
    dashboard_url: str = ""
    status_url: str = ""


@dataclass(frozen=True, slots=True)
class TabState:
    """One tab of the provider switcher; `strip` is what is left of the main window, None without one.

    `icon_folder` is "ui" for a tab of the app's own.
    """

    provider_id: str
    label: str
    icon: str
    color: str
    strip: float | None
    failed: bool = False
    icon_folder: Literal["providers", "ui"] = "providers"


@dataclass(frozen=True, slots=True)
class TrayState:
    """The icon: two lanes in percent as displayed, None for an empty track. `badge` is "", "dot" or "alert"."""

    layout: TrayLayout = "empty"
    top: float | None = None
    bottom: float | None = None
    dimmed: bool = False
    loading: bool = False
    badge: Literal["", "dot", "alert"] = ""
    tooltip: str = "CodexBar"
