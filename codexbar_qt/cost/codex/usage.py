"""Token usage as Codex counts it, and what one event adds to what was used before (token-cost.md 5)."""

from __future__ import annotations

from typing import NamedTuple

from codexbar_qt.cost.values import TokenCounts

LONG_INPUT = 272_000
"""More input than this in one request has the long-context rates (token-cost.md 6)."""


class Usage(NamedTuple):
    """One usage object of a log. `input` includes `cached` and `written`, `output` includes `reasoning`."""

    input: int = 0
    cached: int = 0
    output: int = 0
    reasoning: int = 0
    written: int = 0

    def plus(self, other: Usage) -> Usage:
        """Return the sum."""
        return Usage(
            self.input + other.input,
            self.cached + other.cached,
            self.output + other.output,
            self.reasoning + other.reasoning,
            self.written + other.written,
        )

    def less(self, other: Usage) -> Usage:
        """Return the difference, no field below 0."""
        return Usage(
            max(0, self.input - other.input),
            max(0, self.cached - other.cached),
            max(0, self.output - other.output),
            max(0, self.reasoning - other.reasoning),
            max(0, self.written - other.written),
        )

    def fits_in(self, other: Usage) -> bool:
        """Whether no field is larger than the same one of `other`."""
        return (
            self.input <= other.input
            and self.output <= other.output
            and self.cached <= other.cached
            and self.reasoning <= other.reasoning
            and self.written <= other.written
        )

    def highest(self, other: Usage) -> Usage:
        """Return the larger of each field."""
        return Usage(*map(max, self, other))

    @property
    def is_long(self) -> bool:
        """Whether a request with this usage has the long-context rates."""
        return self.input > LONG_INPUT

    def consistent(self) -> Usage:
        """Return it with the parts of input and output no larger than these."""
        if self.cached + self.written <= self.input and self.reasoning <= self.output:
            return self
        cached = min(self.cached, self.input)
        return Usage(
            self.input, cached, self.output, min(self.reasoning, self.output), min(self.written, self.input - cached)
        )

    def counts(self) -> TokenCounts:
        """Return consistent usage the way all families tell it."""
        return TokenCounts(
            input=self.input - self.cached - self.written,
            output=self.output,
            cache_read=self.cached,
            cache_write=self.written,
            reasoning=self.reasoning,
        )


NOTHING = Usage()


class Increments:
    """Turns the events of one session into what each of them added.

    `baseline` is what the session had copied from its parent; `previous` is the cumulative total so far, without it.
    """

    def __init__(self, baseline: Usage = NOTHING, previous: Usage = NOTHING) -> None:
        self.previous = previous
        self._baseline = baseline
        self._copied = baseline
        self._seen: set[Usage] | None = set() if any(baseline) else None

    def take(self, total: Usage | None, last: Usage | None) -> Usage:
        """Return the increment of one event. Without a baseline the caller leaves repeated totals out."""
        if total is None:
            return self._take_last(last or NOTHING)
        if self._seen is not None:
            total = total.less(self._baseline)
            if total in self._seen:
                return NOTHING
            self._seen.add(total)
            self._copied = NOTHING
        previous, self.previous = self.previous, total
        if last is not None and previous.plus(last) == total:  # what is usual, and the quickest to tell
            return last
        growth = total.less(previous)
        if last is None or (previous.fits_in(total) and growth.fits_in(last)):
            return growth
        return last

    def _take_last(self, last: Usage) -> Usage:
        """Return what an event without a total adds: its usage, once the copied part has gone by."""
        added = last.less(self._copied)
        self._copied = self._copied.less(last)
        self.previous = self.previous.plus(added)
        return added
