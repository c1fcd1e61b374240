"""The rows of the table and how they are shown."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_HEADS = ("what", "measured", "against", "ratio", "budget", "")


@dataclass(frozen=True, slots=True)
class Row:
    """One budget: `measured` and `against` in `unit`.

    The budget bounds `measured / against`, or `measured` itself where there is nothing to measure against.
    """

    what: str
    measured: float
    unit: str
    budget: float
    against: float | None = None
    reference: str = ""
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times the reference, None where the budget is absolute."""
        return None if self.against is None else self.measured / self.against

    @property
    def is_kept(self) -> bool:
        """Whether the budget is kept."""
        return (self.measured if self.ratio is None else self.ratio) <= self.budget

    def cells(self) -> tuple[str, ...]:
        """Return the texts of the table."""
        ratio, against = "-", self.reference or "-"
        budget = f"{_number(self.budget)} {self.unit}"
        if self.ratio is not None and self.against is not None:
            against = f"{_number(self.against)} {self.unit} {self.reference}"
            ratio, budget = f"{self.ratio:.2f} x", f"{self.budget:g} x"
        return self.what, f"{_number(self.measured)} {self.unit}", against, ratio, budget, self.verdict

    @property
    def verdict(self) -> str:
        """The last cell."""
        return "ok" if self.is_kept else "over"

    def as_json(self) -> dict[str, object]:
        """Return it for `--json`."""
        return asdict(self) | {"ratio": self.ratio, "verdict": self.verdict}


def render(rows: Sequence[Row]) -> str:
    """Return the table as text, remarks below it."""
    lines = [_HEADS, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEADS))]
    shown = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    notes = [f"{row.what}: {row.note}" for row in rows if row.note]
    return "\n".join([shown[0], "-" * len(max(shown, key=len)), *shown[1:], "", *notes])


def _number(value: float) -> str:
    return f"{value:.3f}" if value < 1 else f"{value:.1f}" if value < 1000 else f"{value:.0f}"
