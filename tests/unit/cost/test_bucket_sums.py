"""Sums of rows and buckets."""

from __future__ import annotations

from codexbar_qt.cost.bucket_sums import BucketSums
from codexbar_qt.cost.values import TokenCounts, UsageBucket

ONE, OTHER = ("claude", 5, "m", False, False), ("claude", 5, "m", True, False)


def test_adds_and_takes_out() -> None:
    sums = BucketSums()
    sums.add(OTHER, (1, 1, 1, 1, 1, 1, 1))
    sums.add(ONE, (1, 1, 2, 3, 4, 5, 6))
    sums.add(ONE, (2, 10, 20, 30, 40, 50, 60))
    sums.add(ONE, (-1, -1, -2, -3, -4, -5, -6))
    assert sums.buckets() == (
        UsageBucket(*ONE, 2, TokenCounts(10, 20, 30, 40, 50, 60)),
        UsageBucket(*OTHER, 1, TokenCounts(1, 1, 1, 1, 1, 1)),
    )


def test_what_has_no_requests_is_no_bucket() -> None:
    sums = BucketSums()
    sums.add(ONE, (1, 1, 2, 3, 4, 5, 6))
    sums.add(ONE, (-1, -1, -2, -3, -4, -5, -6))
    assert sums.buckets() == ()


def test_buckets_of_buckets_are_the_same() -> None:
    sums, again = BucketSums(), BucketSums()
    sums.add(OTHER, (3, 1, 2, 3, 4, 5, 6))
    sums.add(ONE, (1, 7, 8, 9, 10, 11, 12))
    again.add_buckets(sums.buckets())
    assert again.buckets() == sums.buckets()
