"""A rectangle in whole pixels, y from the top."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Position and size; `right` and `bottom` lie one past it."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The first column behind it."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first row below it."""
        return self.y + self.height

    @property
    def center(self) -> tuple[int, int]:
        """The middle."""
        return self.x + self.width // 2, self.y + self.height // 2

    def contains(self, x: int, y: int) -> bool:
        """Whether a point lies inside."""
        return self.x <= x < self.right and self.y <= y < self.bottom

    def inset(self, pixels: int) -> Rectangle:
        """Return it made smaller on all sides, larger for a negative number."""
        return Rectangle(self.x + pixels, self.y + pixels, self.width - 2 * pixels, self.height - 2 * pixels)
