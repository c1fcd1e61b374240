"""The lists inside a card, flattened to records a view can show; -1 stands for "no bar"."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from codexbar_qt.core.card_state import CardState, DetailBlock, DetailLine, MoneyBlock, WindowRow

NO_BAR = -1.0
_EMPTY_BELOW, _FULL_FROM = 0.5, 99.5


@dataclass(frozen=True, slots=True)
class WindowItem:
    """One lane: a bar with texts. `fill` is percent as drawn."""

    row_id: str
    label: str
    value_text: str
    reset_text: str
    detail_text: str
    fill: float
    spent: bool
    accessible_text: str


@dataclass(frozen=True, slots=True)
class DetailItem:
    """One line of the detail part: a heading, a labelled value or a chart (`shares` 0-1 of its height)."""

    item_id: str
    kind: Literal["title", "line", "chart"]
    label: str = ""
    value_text: str = ""
    secondary_text: str = ""
    meter: float = NO_BAR
    shares: list[float] = field(default_factory=list[float])
    is_line: bool = False
    first_label: str = ""
    last_label: str = ""
    accessible_text: str = ""


@dataclass(frozen=True, slots=True)
class MoneyItem:
    """Credits, extra usage or cost. `more_text` holds further lines, separated by line ends."""

    item_id: str
    title: str
    left_text: str
    right_text: str
    more_text: str
    fill: float
    accessible_text: str


def drawn(fill: float | None) -> float:
    """Return a bar's percentage as drawn: a sliver shows as empty, all but a sliver as full."""
    if fill is None:
        return NO_BAR
    if fill < _EMPTY_BELOW:
        return 0.0
    return 100.0 if fill >= _FULL_FROM else fill


def window_items(card: CardState) -> tuple[WindowItem, ...]:
    """Return the lanes of a card; ids that repeat are told apart by their place."""
    seen: Counter[str] = Counter()
    return tuple(_window_item(row, _unique(row.id, seen)) for row in card.rows)


def detail_items(card: CardState) -> tuple[DetailItem, ...]:
    """Return headings, lines and charts in reading order."""
    seen: Counter[str] = Counter()
    return tuple(item for place, block in enumerate(card.details) for item in _block_items(place, block, seen))


def money_items(card: CardState) -> tuple[MoneyItem, ...]:
    """Return credits, extra usage and cost, as far as there are any."""
    blocks = (("credits", card.credits), ("extra", card.extra_usage), ("cost", card.cost))
    return tuple(_money_item(item_id, block) for item_id, block in blocks if block is not None)


def _window_item(row: WindowRow, row_id: str) -> WindowItem:
    return WindowItem(
        row_id=row_id,
        label=row.label,
        value_text=row.value_text,
        reset_text=row.reset_text,
        detail_text=row.detail_text,
        fill=drawn(row.fill),
        spent=row.spent,
        accessible_text=_spoken(row.accessible_text or f"{row.label} {row.value_text}", row.detail_text),
    )


def _block_items(place: int, block: DetailBlock, seen: Counter[str]) -> list[DetailItem]:
    items = [DetailItem(f"{place}:title", "title", label=block.title)] if block.title else []
    items.extend(_line_item(line, _unique(f"{place}:{line.label}", seen)) for line in block.lines)
    if block.chart:
        items.append(_chart_item(f"{place}:chart", block))
    return items


def _line_item(line: DetailLine, item_id: str) -> DetailItem:
    return DetailItem(
        item_id=item_id,
        kind="line",
        label=line.label,
        value_text=line.value,
        secondary_text=line.secondary,
        meter=drawn(line.meter),
        accessible_text=_spoken(line.label, line.value, line.secondary),
    )


def _chart_item(item_id: str, block: DetailBlock) -> DetailItem:
    peak = max(block.chart, key=lambda bar: bar.share)
    first, last = block.chart[0], block.chart[-1]
    return DetailItem(
        item_id=item_id,
        kind="chart",
        label=block.chart_title,
        value_text=peak.value_text,
        shares=[bar.share for bar in block.chart],
        is_line=block.chart_kind == "line",
        first_label=first.label,
        last_label=last.label if len(block.chart) > 1 else "",
        accessible_text=_spoken(
            block.chart_title or block.title,
            f"{len(block.chart)} values from {first.label} to {last.label}",
            f"highest {peak.value_text} at {peak.label}",
            f"latest {last.value_text}",
        ),
    )


def _money_item(item_id: str, block: MoneyBlock) -> MoneyItem:
    return MoneyItem(
        item_id=item_id,
        title=block.title,
        left_text=block.left_text,
        right_text=block.right_text,
        more_text="\n".join(block.lines),
        fill=drawn(block.fill),
        accessible_text=_spoken(block.title, block.left_text, block.right_text, *block.lines),
    )


def _spoken(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _unique(name: str, seen: Counter[str]) -> str:
    seen[name] += 1
    return name if seen[name] == 1 else f"{name}#{seen[name]}"
