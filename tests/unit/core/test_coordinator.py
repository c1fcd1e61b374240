"""One account: single flight, cancellation, back-off, Retry-After, what pauses and what ends a pause."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.core.account import AccountKey
from codexbar_qt.core.coordinator import Reason, RefreshCoordinator
from codexbar_qt.core.store import SnapshotStore
from codexbar_qt.provider_api import (
    AuthRejected,
    InvalidSetting,
    MissingCredential,
    NoUsageData,
    ParseError,
    ProviderError,
    RateLimited,
    RateWindow,
    ServiceUnavailable,
    Snapshot,
    ToolFailed,
    ToolNotInstalled,
)
from codexbar_qt.provider_api.fallback import FetchResult

if TYPE_CHECKING:
    from tests.unit.core.conftest import ManualClock, Service

KEY = AccountKey("acme")
EVERY: tuple[Reason, ...] = ("timer", "reconnect", "popup", "renewed", "manual")
INTERVAL = 300.0
SECRET = "test-key-1"
OFFLINE = ServiceUnavailable("Acme is away.")


@pytest.fixture
def store() -> SnapshotStore:
    return SnapshotStore()


@pytest.fixture
def coordinator(store: SnapshotStore, clock: ManualClock, service: Service) -> RefreshCoordinator:
    return RefreshCoordinator(KEY, service.fetch, store, clock, asyncio.Semaphore(8))


def start(coordinator: RefreshCoordinator, reason: Reason = "manual") -> asyncio.Task[FetchResult | None]:
    return asyncio.ensure_future(coordinator.refresh(reason, interval=INTERVAL))


async def fetch(coordinator: RefreshCoordinator, reason: Reason = "timer") -> FetchResult | None:
    return await coordinator.refresh(reason, interval=INTERVAL)


async def test_callers_share_one_fetch(
    coordinator: RefreshCoordinator, service: Service, clock: ManualClock, store: SnapshotStore
) -> None:
    service.held = True
    callers = [start(coordinator, reason) for reason in EVERY]
    await clock.settle()
    assert (service.count, store.get(KEY).refreshing) == (1, True)
    service.release()
    results = await asyncio.gather(*callers)
    assert results[0] is not None
    assert results == [results[0]] * len(EVERY)
    assert not store.get(KEY).refreshing
    await fetch(coordinator)
    assert service.count == 2


async def test_a_caller_that_goes_away_leaves_the_fetch_to_the_others(
    coordinator: RefreshCoordinator, service: Service, clock: ManualClock, store: SnapshotStore
) -> None:
    service.held = True
    leaving, staying = start(coordinator), start(coordinator)
    await clock.settle()
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    assert (service.cancelled, service.running) == (0, 1)
    service.release()
    assert await staying is not None
    assert store.get(KEY).snapshot is not None


async def test_without_any_caller_the_outcome_still_arrives(
    coordinator: RefreshCoordinator, service: Service, clock: ManualClock, store: SnapshotStore
) -> None:
    service.held = True
    caller = start(coordinator)
    await clock.settle()
    caller.cancel()
    await clock.settle()
    service.release()
    await clock.settle()
    assert store.get(KEY).snapshot is not None


async def test_only_a_person_makes_it_interactive(coordinator: RefreshCoordinator, service: Service) -> None:
    for reason in EVERY:
        await fetch(coordinator, reason)
    assert service.interactive == [False, False, False, False, True]


async def test_closing_ends_the_fetch_and_its_callers_get_nothing(
    coordinator: RefreshCoordinator, service: Service, clock: ManualClock, store: SnapshotStore
) -> None:
    service.held = True
    callers = [start(coordinator), start(coordinator)]
    await clock.settle()
    await coordinator.close()
    assert await asyncio.gather(*callers) == [None, None]
    assert (service.cancelled, store.get(KEY).refreshing, coordinator.is_busy) == (1, False, False)
    assert await fetch(coordinator, "manual") is None
    assert service.count == 1


async def test_a_late_result_of_a_closed_one_is_not_taken(clock: ManualClock, store: SnapshotStore) -> None:
    gate = asyncio.Event()

    async def stubborn(_interactive: bool) -> FetchResult:
        while not gate.is_set():
            try:
                await gate.wait()
            except asyncio.CancelledError:
                continue
        return FetchResult("api", snapshot=Snapshot(clock.now()))

    old = RefreshCoordinator(KEY, stubborn, store, clock, asyncio.Semaphore(8))
    caller = start(old)
    await clock.settle()
    old.stop()
    assert not store.get(KEY).refreshing
    store.begin(KEY)  # the one that took its place
    gate.set()
    assert await caller is None
    assert (store.get(KEY).snapshot, store.get(KEY).refreshing) == (None, True)


async def test_a_cancelled_old_fetch_does_not_take_the_mark_of_the_new_one_away(
    coordinator: RefreshCoordinator, service: Service, clock: ManualClock, store: SnapshotStore
) -> None:
    service.held = True
    start(coordinator)
    await clock.settle()
    coordinator.stop()
    store.begin(KEY)
    await coordinator.close()
    assert store.get(KEY).refreshing


async def test_a_fetch_that_breaks_is_told_once_and_leaves_nothing_behind(
    clock: ManualClock, store: SnapshotStore, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(_interactive: bool) -> FetchResult:
        raise ZeroDivisionError(SECRET)

    coordinator = RefreshCoordinator(KEY, broken, store, clock, asyncio.Semaphore(8))
    assert await fetch(coordinator) is None
    assert await fetch(coordinator) is None
    assert not store.get(KEY).refreshing
    errors = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(errors) == 1
    assert "ZeroDivisionError" in caplog.text
    assert SECRET not in caplog.text


async def test_an_outcome_without_snapshot_and_error_is_no_outcome(clock: ManualClock, store: SnapshotStore) -> None:
    async def nothing(_interactive: bool) -> FetchResult:
        return FetchResult("api")

    await fetch(RefreshCoordinator(KEY, nothing, store, clock, asyncio.Semaphore(8)))
    assert store.get(KEY).never_fetched
    assert not store.get(KEY).refreshing


async def test_a_fetch_waits_for_a_slot(service: Service, clock: ManualClock, store: SnapshotStore) -> None:
    slots = asyncio.Semaphore(1)
    coordinator = RefreshCoordinator(KEY, service.fetch, store, clock, slots)
    await slots.acquire()
    caller = start(coordinator)
    await clock.settle()
    assert (service.count, store.get(KEY).refreshing) == (0, True)
    slots.release()
    assert await caller is not None
    assert not slots.locked()


async def test_a_slot_is_given_back_by_a_cancelled_fetch(
    service: Service, clock: ManualClock, store: SnapshotStore
) -> None:
    slots = asyncio.Semaphore(1)
    coordinator = RefreshCoordinator(KEY, service.fetch, store, clock, slots)
    service.held = True
    start(coordinator)
    await clock.settle()
    assert slots.locked()
    await coordinator.close()
    assert not slots.locked()


async def due_after(coordinator: RefreshCoordinator, clock: ManualClock, reason: Reason = "timer") -> float:
    """The seconds until the next fetch for `reason` is allowed, in steps of a minute."""
    now = clock.now()
    waits = (60.0 * step for step in range(200))
    return next(wait for wait in waits if coordinator.may_run(now + timedelta(seconds=wait), reason))


@pytest.mark.parametrize("error", [OFFLINE, ToolFailed("It broke.")], ids=["service", "tool"])
async def test_repeated_failures_double_the_wait_up_to_an_hour(
    coordinator: RefreshCoordinator, service: Service, clock: ManualClock, error: ProviderError
) -> None:
    service.answer = error
    waits = []
    for _ in range(7):
        await fetch(coordinator, "manual")
        waits.append(await due_after(coordinator, clock))
    assert waits == [0, 600, 1200, 2400, 3600, 3600, 3600]


async def test_the_tick_on_which_a_wait_ends_is_used_although_the_fetch_took_a_while(
    coordinator: RefreshCoordinator, service: Service, clock: ManualClock
) -> None:
    service.answer, service.takes = OFFLINE, 20.0
    asked: list[float] = []
    started = clock.now()
    for tick in range(8):
        at = (clock.now() - started).total_seconds()
        caller = start(coordinator, "timer")
        await clock.advance(25.0)
        if service.count > len(asked):
            asked.append(at)
        assert caller.done(), tick
        await clock.advance(INTERVAL - 25.0)
    assert asked == [0, 300, 900, 2100]


async def test_success_ends_the_back_off(coordinator: RefreshCoordinator, service: Service, clock: ManualClock) -> None:
    service.answer = OFFLINE
    for _ in range(4):
        await fetch(coordinator, "manual")
    service.answer = None
    await fetch(coordinator, "manual")
    service.answer = OFFLINE
    await fetch(coordinator, "manual")
    assert await due_after(coordinator, clock) == 0


@pytest.mark.parametrize("other", [NoUsageData("None."), ParseError("Odd."), RateLimited("Wait.")])
async def test_other_outcomes_do_not_count_towards_the_back_off(
    coordinator: RefreshCoordinator, service: Service, clock: ManualClock, other: ProviderError
) -> None:
    service.answer = other
    for _ in range(3):
        await fetch(coordinator, "manual")
        await clock.advance(600)
    service.answer = OFFLINE
    await fetch(coordinator, "manual")
    assert await due_after(coordinator, clock) == 0


async def test_back_off_stops_timer_and_popup_and_nobody_else(
    coordinator: RefreshCoordinator, service: Service, clock: ManualClock
) -> None:
    service.answer = OFFLINE
    for _ in range(3):
        await fetch(coordinator, "manual")
    allowed = {reason for reason in EVERY if coordinator.may_run(clock.now(), reason)}
    assert allowed == {"reconnect", "renewed", "manual"}


@pytest.mark.parametrize(("named", "seconds"), [(timedelta(minutes=20), 1200), (None, 300), (timedelta(), 300)])
async def test_retry_after_holds_for_everybody(
    coordinator: RefreshCoordinator,
    service: Service,
    clock: ManualClock,
    store: SnapshotStore,
    named: timedelta | None,
    seconds: float,
) -> None:
    service.answer = RateLimited("Slow down.", retry_after=named)
    await fetch(coordinator)
    assert store.get(KEY).retry_at == clock.now() + timedelta(seconds=seconds)
    for reason in EVERY:
        assert await due_after(coordinator, clock, reason) == seconds
    assert await fetch(coordinator, "manual") is None
    assert service.count == 1


ALL: set[Reason] = set(EVERY)


@pytest.mark.parametrize(
    ("error", "allowed"),
    [
        (MissingCredential("No key."), {"popup", "renewed", "manual"}),
        (ToolNotInstalled("No tool."), {"popup", "renewed", "manual"}),
        (InvalidSetting("Odd setting."), {"renewed", "manual"}),
        (AuthRejected("No."), {"renewed", "manual"}),
        (ParseError("Odd."), ALL),
        (NoUsageData("None."), ALL),
        (OFFLINE, ALL),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_what_pauses(
    coordinator: RefreshCoordinator, service: Service, clock: ManualClock, error: ProviderError, allowed: set[Reason]
) -> None:
    service.answer = error
    await fetch(coordinator)
    assert {reason for reason in ALL if coordinator.may_run(clock.now(), reason)} == allowed
    assert coordinator.is_paused is (allowed != ALL)


async def test_a_manual_success_ends_a_pause(coordinator: RefreshCoordinator, service: Service) -> None:
    service.answer = AuthRejected("No.")
    await fetch(coordinator)
    assert await fetch(coordinator, "timer") is None
    service.answer = None
    assert await fetch(coordinator, "manual") is not None
    assert await fetch(coordinator, "timer") is not None


async def test_the_first_passing_failure_is_held_back(
    coordinator: RefreshCoordinator, service: Service, clock: ManualClock, store: SnapshotStore
) -> None:
    service.answer = Snapshot(clock.now(), RateWindow(10.0))
    await fetch(coordinator)
    service.answer = OFFLINE
    await fetch(coordinator)
    assert (store.get(KEY).error, store.get(KEY).last_failure) == (None, OFFLINE)
    await fetch(coordinator)
    state = store.get(KEY)
    assert (state.error, state.snapshot) == (OFFLINE, Snapshot(clock.now(), RateWindow(10.0)))


async def test_failure_and_recovery_are_logged_once(
    coordinator: RefreshCoordinator, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    service.answer = ParseError(f"{SECRET} was odd.")
    await fetch(coordinator)
    await fetch(coordinator)
    service.answer = None
    await fetch(coordinator)
    await fetch(coordinator)
    assert [record.getMessage() for record in caplog.records] == ["acme failed: ParseError", "acme works again"]


async def test_a_view_that_breaks_ends_neither_the_fetch_nor_the_other_views(
    coordinator: RefreshCoordinator, store: SnapshotStore, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[datetime | None] = []

    def broken(_key: AccountKey) -> None:
        raise RuntimeError(SECRET)

    store.subscribe(broken)
    store.subscribe(lambda key: heard.append(store.get(key).attempted_at))
    assert await fetch(coordinator) is not None
    assert len(heard) == 2
    assert "RuntimeError" in caplog.text
    assert SECRET not in caplog.text
