"""The failure gate and what a snapshot takes over from the one before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from codexbar_qt.core import account
from codexbar_qt.core.account import AccountState
from codexbar_qt.provider_api import (
    AuthRejected,
    Identity,
    MissingCredential,
    NoUsageData,
    ParseError,
    ProviderError,
    RateLimited,
    RateWindow,
    ServiceUnavailable,
    Snapshot,
)

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)
GOOD = Snapshot(NOW, primary=RateWindow(25.0, 300, NOW + timedelta(hours=2)), identity=Identity(email="a@example.com"))
HELD_BACK = [ServiceUnavailable("down"), RateLimited("slow")]
DEFINITE = [AuthRejected("no"), MissingCredential("none"), ParseError("odd", path="$")]


def good_state() -> AccountState:
    return account.succeed(AccountState(), GOOD, "api", NOW)


@pytest.mark.parametrize("error", HELD_BACK, ids=lambda error: type(error).__name__)
def test_a_first_passing_failure_after_good_data_is_held_back(error: ProviderError) -> None:
    once = account.fail(account.begin(good_state()), error, NOW)
    assert (once.snapshot, once.error, once.last_failure, once.refreshing) == (GOOD, None, error, False)
    twice = account.fail(once, error, NOW)
    assert (twice.snapshot, twice.error) == (GOOD, error)


@pytest.mark.parametrize("error", DEFINITE, ids=lambda error: type(error).__name__)
def test_a_definite_failure_surfaces_at_once_and_keeps_the_data(error: ProviderError) -> None:
    state = account.fail(good_state(), error, NOW)
    assert (state.snapshot, state.error) == (GOOD, error)


@pytest.mark.parametrize("error", HELD_BACK + DEFINITE, ids=lambda error: type(error).__name__)
def test_without_data_the_first_failure_surfaces(error: ProviderError) -> None:
    assert account.fail(AccountState(), error, NOW).error is error


def test_a_restored_snapshot_does_not_hold_failures_back() -> None:
    restored = AccountState(snapshot=GOOD, source="api", is_restored=True)
    state = account.fail(restored, HELD_BACK[0], NOW)
    assert (state.error, state.snapshot) == (HELD_BACK[0], GOOD)


def test_good_fail_good_starts_counting_anew() -> None:
    state = account.fail(good_state(), HELD_BACK[0], NOW)
    state = account.succeed(state, GOOD, "api", NOW)
    assert state.failures == 0
    assert account.fail(state, HELD_BACK[0], NOW).error is None


def test_no_limits_is_no_error_and_removes_the_rows() -> None:
    state = account.fail(good_state(), NoUsageData("none"), NOW)
    assert (state.error, state.snapshot, state.no_limits) == (None, None, True)


def test_cancel_takes_begin_back() -> None:
    assert account.cancel(account.begin(good_state())) == good_state()


def test_retry_time_is_kept_with_the_failure() -> None:
    later = NOW + timedelta(minutes=5)
    assert account.fail(good_state(), RateLimited("slow"), NOW, later).retry_at == later


def test_a_missing_reset_is_filled_while_it_lies_ahead() -> None:
    new = Snapshot(NOW, primary=RateWindow(30.0, 300), identity=GOOD.identity)
    filled = account.fill_resets(new, GOOD, NOW).primary
    assert filled is not None
    assert (filled.resets_at, filled.used_percent) == (NOW + timedelta(hours=2), 30.0)


@pytest.mark.parametrize(
    "new",
    [
        Snapshot(NOW, primary=RateWindow(30.0, 300), identity=Identity(email="b@example.com")),
        Snapshot(NOW, primary=RateWindow(30.0, 10080), identity=GOOD.identity),
        Snapshot(NOW, primary=RateWindow(30.0, 300, reset_description="soon"), identity=GOOD.identity),
    ],
    ids=["other person", "other lane", "own words"],
)
def test_a_missing_reset_is_not_filled_from_something_else(new: Snapshot) -> None:
    assert account.fill_resets(new, GOOD, NOW) == new


def test_a_past_reset_is_not_filled_in() -> None:
    new = Snapshot(NOW, primary=RateWindow(30.0, 300), identity=GOOD.identity)
    assert account.fill_resets(new, GOOD, NOW + timedelta(hours=3)) == new
