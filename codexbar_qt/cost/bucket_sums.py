"""Adds rows and buckets up into buckets, and takes copies out again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_qt.cost.values import TokenCounts, UsageBucket

if TYPE_CHECKING:
    from collections.abc import Iterable

    BucketKey = tuple[str, int, str, bool, bool]
    Amounts = tuple[int, int, int, int, int, int, int]


class BucketSums:
    """Sums by source, slot, model, long and fast. Amounts are requests, then the six counts of TokenCounts."""

    def __init__(self) -> None:
        self._sums: dict[BucketKey, list[int]] = {}

    def add(self, key: BucketKey, amounts: Amounts) -> None:
        """Add amounts. Called for every row there is, hence without a loop."""
        sums = self._sums.get(key)
        if sums is None:
            self._sums[key] = list(amounts)
            return
        requests, fresh, output, read, write, hour, reasoning = amounts
        sums[0] += requests
        sums[1] += fresh
        sums[2] += output
        sums[3] += read
        sums[4] += write
        sums[5] += hour
        sums[6] += reasoning

    def add_buckets(self, buckets: Iterable[UsageBucket]) -> None:
        """Add whole buckets."""
        for bucket in buckets:
            tokens = bucket.tokens
            self.add(
                (bucket.source, bucket.slot, bucket.model, bucket.is_long, bucket.is_fast),
                (
                    bucket.requests,
                    tokens.input,
                    tokens.output,
                    tokens.cache_read,
                    tokens.cache_write,
                    tokens.cache_write_1h,
                    tokens.reasoning,
                ),
            )

    def buckets(self) -> tuple[UsageBucket, ...]:
        """Return the buckets with requests, sorted, so that equal sums are equal values."""
        return tuple(
            UsageBucket(*key, sums[0], TokenCounts(*sums[1:])) for key, sums in sorted(self._sums.items()) if sums[0]
        )
