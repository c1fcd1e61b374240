"""Adds requests up: tokens, requests, and the cost of those that have a price."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_qt.cost.pricing import dollars
from codexbar_qt.cost.values import TokenCounts

if TYPE_CHECKING:
    from collections.abc import Iterable


class Sum:
    """A sum in the making. `units` is the cost of what has a price, None while nothing has."""

    __slots__ = ("_counts", "requests", "units")

    def __init__(self) -> None:
        self.requests = 0
        self.units: int | None = None
        self._counts = [0, 0, 0, 0, 0, 0]

    def add(self, tokens: TokenCounts, requests: int, units: int | None) -> None:
        """Add requests; `units` is their cost, None without a price."""
        self.requests += requests
        if units is not None:
            self.units = units + (self.units or 0)
        counts = self._counts
        counts[0] += tokens.input
        counts[1] += tokens.output
        counts[2] += tokens.cache_read
        counts[3] += tokens.cache_write
        counts[4] += tokens.cache_write_1h
        counts[5] += tokens.reasoning

    def merge(self, other: Sum) -> None:
        """Add another sum."""
        self.add(other.tokens, other.requests, other.units)

    @property
    def tokens(self) -> TokenCounts:
        """The tokens."""
        return TokenCounts(*self._counts)

    @property
    def total(self) -> int:
        """All tokens."""
        return sum(self._counts[:4])

    @property
    def cost(self) -> float | None:
        """The cost in dollars, None when nothing has a price."""
        return None if self.units is None else dollars(self.units)


def merged(sums: Iterable[Sum]) -> Sum:
    """Return the sum of sums."""
    whole = Sum()
    for item in sums:
        whole.merge(item)
    return whole


def by_cost(name: str, item: Sum) -> tuple[bool, int, int, str]:
    """Return a key that sorts by cost, then by tokens, the largest first and what has no price last."""
    return item.units is None, -(item.units or 0), -item.total, name
