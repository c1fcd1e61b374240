"""What is known about one account: the last good snapshot beside the latest error."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from codexbar_qt.provider_api import (
    NoUsageData,
    ProviderError,
    RateLimited,
    RateWindow,
    ServiceUnavailable,
    Snapshot,
)

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True, order=True)
class AccountKey:
    """Names one account: a provider and, where it has token accounts, the id of one.

    `scope_id` names a part of the account with numbers of its own, such as an organization; "" is the person's own.
    """

    provider_id: str
    account_id: str = ""
    scope_id: str = ""


@dataclass(frozen=True, slots=True)
class AccountState:
    """Everything the store holds of an account; times aware UTC.

    `error` is the failure people should see, `last_failure` the latest one even while it is held back. `is_restored`
    marks a snapshot from an earlier run that no fetch has confirmed yet. `no_limits` means the plan has none.
    """

    snapshot: Snapshot | None = None
    source: str = ""
    error: ProviderError | None = None
    last_failure: ProviderError | None = None
    failures: int = 0
    refreshing: bool = False
    attempted_at: datetime | None = None
    retry_at: datetime | None = None
    is_restored: bool = False
    no_limits: bool = False

    @property
    def never_fetched(self) -> bool:
        """Whether nothing has been learned yet."""
        return self.snapshot is None and self.error is None and not self.no_limits


_HELD_BACK = (ServiceUnavailable, RateLimited)


def begin(state: AccountState) -> AccountState:
    """Mark a fetch as running."""
    return replace(state, refreshing=True)


def succeed(state: AccountState, snapshot: Snapshot, source: str, now: datetime) -> AccountState:
    """Take a good answer; missing reset dates are filled from the previous one of the same identity."""
    filled = fill_resets(snapshot, state.snapshot, now)
    return AccountState(snapshot=filled, source=source, attempted_at=now)


def fail(state: AccountState, error: ProviderError, now: datetime, retry_at: datetime | None = None) -> AccountState:
    """Take a failure: good data stays, and the first transport failure, 429 or 5xx after it is held back."""
    failures = state.failures + 1
    if isinstance(error, NoUsageData):
        return AccountState(no_limits=True, source=state.source, attempted_at=now)
    held = state.snapshot is not None and not state.is_restored and failures == 1 and isinstance(error, _HELD_BACK)
    return replace(
        state,
        error=None if held else error,
        last_failure=error,
        failures=failures,
        refreshing=False,
        attempted_at=now,
        retry_at=retry_at,
    )


def cancel(state: AccountState) -> AccountState:
    """Take back `begin` when a fetch ended without an outcome."""
    return replace(state, refreshing=False)


def fill_resets(new: Snapshot, old: Snapshot | None, now: datetime) -> Snapshot:
    """Carry over reset dates the new answer leaves out, while they lie ahead and belong to the same identity."""
    if old is None or old.identity != new.identity:
        return new
    return replace(
        new,
        primary=_filled(new.primary, old.primary, now),
        secondary=_filled(new.secondary, old.secondary, now),
        tertiary=_filled(new.tertiary, old.tertiary, now),
    )


def _filled(new: RateWindow | None, old: RateWindow | None, now: datetime) -> RateWindow | None:
    if new is None or old is None or new.resets_at is not None or old.resets_at is None:
        return new
    if old.resets_at <= now or new.reset_description is not None or new.window_minutes != old.window_minutes:
        return new
    return replace(new, resets_at=old.resets_at)
