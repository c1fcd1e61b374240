"""When accounts are fetched, over a clock that stands still until the test moves it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.core.account import AccountKey
from codexbar_qt.core.cadence import Cadence
from codexbar_qt.core.scheduler import AT_ONCE, RefreshScheduler
from codexbar_qt.core.store import SnapshotStore
from codexbar_qt.provider_api import (
    AuthRejected,
    RateLimited,
    RateWindow,
    ServiceUnavailable,
    Snapshot,
)
from codexbar_qt.provider_api.fallback import FetchResult

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime

    from codexbar_qt.core.scheduler import FetchOnce
    from tests.unit.core.conftest import ManualClock, Service

KEY, OTHER = AccountKey("acme"), AccountKey("bolt")
OFFLINE = ServiceUnavailable("No network.", reason="dns")
MINUTE = 60.0


class World:
    """A scheduler over two services, started by `begin`."""

    def __init__(self, clock: ManualClock, make_service: Callable[[], Service]) -> None:
        self.clock = clock
        self.store = SnapshotStore()
        self.one, self.two = make_service(), make_service()
        self.accounts: dict[AccountKey, FetchOnce] = {KEY: self.one.fetch, OTHER: self.two.fetch}
        self.began = clock.now()
        self.scheduler = RefreshScheduler(self.store, clock, Cadence(), jitter=False)
        self.running: asyncio.Task[None] | None = None

    async def begin(self, choice: str = "adaptive", *, constrained: bool = False) -> None:
        self.scheduler.set_cadence(Cadence(choice, constrained))
        self.scheduler.apply(self.accounts, ())
        self.running = asyncio.create_task(self.scheduler.run())
        await self.clock.settle()

    def times(self, service: Service | None = None) -> list[float]:
        """The minutes after the start at which a service was asked."""
        asked = (service or self.one).asked
        return [round((at - self.began).total_seconds() / MINUTE, 2) for at in asked]

    async def minutes(self, count: float) -> None:
        await self.clock.advance(count * MINUTE)

    async def end(self) -> None:
        await self.scheduler.close()
        if self.running is not None:
            await self.running


@pytest.fixture
async def world(clock: ManualClock, make_service: Callable[[], Service]) -> AsyncIterator[World]:
    world = World(clock, make_service)
    yield world
    await world.end()
    await clock.settle()
    assert asyncio.all_tasks() == {asyncio.current_task()}


def resetting(at: datetime, later: datetime | None = None) -> Snapshot:
    return Snapshot(at, RateWindow(10.0, resets_at=at), RateWindow(10.0, resets_at=later) if later else None)


async def test_start_fetches_everything_at_once_then_waits(world: World) -> None:
    await world.begin()
    assert (world.times(world.one), world.times(world.two)) == ([0], [0])
    await world.minutes(29.9)
    assert world.times() == [0]
    await world.minutes(0.2)
    assert world.times() == [0, 30]


async def test_fixed_ticks_are_anchored_to_the_schedule(world: World) -> None:
    await world.begin("5")
    world.one.takes = 40.0
    await world.minutes(21)
    assert world.times() == [0, 5, 10, 15, 20]


async def test_ticks_missed_during_a_slow_batch_are_skipped(world: World) -> None:
    await world.begin("1")
    world.one.takes = 150.0
    await world.minutes(8.5)
    assert world.times() == [0, 1, 4, 7]


async def test_the_timer_starts_after_the_start_batch(world: World) -> None:
    world.one.takes = 90.0
    await world.begin("5")
    world.one.takes = 0.0
    await world.minutes(12)
    assert world.times() == [0, 6.5, 11.5]


async def test_opening_the_popup_brings_the_tick_forward_and_fetches_nothing_by_itself(world: World) -> None:
    await world.begin()
    await world.minutes(10)
    world.scheduler.popup_opened()
    await world.clock.settle()
    assert world.times() == [0]
    await world.minutes(10)
    assert world.times() == [0, 12, 14, 16]


async def test_after_the_popup_the_ticks_become_rarer_again(world: World) -> None:
    await world.begin()
    world.scheduler.popup_opened()
    await world.minutes(120)
    assert world.times()[:5] == [0, 2, 4, 6, 11]
    assert world.times()[-4:] == [61, 76, 91, 106]


async def test_the_popup_never_postpones(world: World) -> None:
    await world.begin()
    await world.minutes(29)
    world.scheduler.popup_opened()
    await world.minutes(1.1)
    assert world.times() == [0, 30]


async def test_the_popup_does_not_touch_a_fixed_timer(world: World) -> None:
    await world.begin("15")
    await world.minutes(4)
    world.scheduler.popup_opened()
    await world.minutes(27)
    assert world.times() == [0, 15, 30]


async def test_manual_means_never(world: World) -> None:
    await world.begin("manual")
    world.scheduler.popup_opened()
    await world.minutes(24 * 60)
    assert world.times() == [0]
    assert world.clock.waiting == 0


async def test_another_cadence_restarts_the_timer(world: World) -> None:
    await world.begin("30")
    await world.minutes(20)
    world.scheduler.set_cadence(Cadence("5"))
    await world.minutes(11)
    assert world.times() == [0, 25, 30]
    world.scheduler.set_cadence(Cadence("manual"))
    await world.minutes(60)
    assert world.times() == [0, 25, 30]
    world.scheduler.set_cadence(Cadence("2"))
    await world.minutes(3)
    assert world.times() == [0, 25, 30, 93]


async def test_the_same_cadence_again_does_not(world: World) -> None:
    await world.begin("5")
    await world.minutes(4)
    world.scheduler.set_cadence(Cadence("5"))
    await world.minutes(1)
    assert world.times() == [0, 5]


async def test_a_clock_that_is_set_back_does_not_stop_the_refreshes(world: World) -> None:
    await world.begin("5")
    world.clock.set_back(24 * 3600)
    world.scheduler.popup_opened()
    await world.minutes(5.1)
    assert world.one.count == 2


async def test_a_cadence_of_nothing_is_not_a_busy_loop(world: World) -> None:
    await world.begin("0")
    await world.minutes(3.5)
    assert world.times() == [0, 1, 2, 3]


async def test_an_offline_start_is_tried_again_until_the_network_is_there(world: World) -> None:
    world.one.answer = OFFLINE
    await world.begin("manual")
    await world.minutes(2)
    assert world.times() == [0, 0.25, 1]
    world.one.answer = None
    await world.minutes(60)
    assert world.times() == [0, 0.25, 1, 3]
    assert world.times(world.two) == [0]


async def test_being_online_once_ends_the_tries(world: World) -> None:
    world.one.answer = OFFLINE
    await world.begin("5")
    world.one.answer = None
    await world.minutes(1)
    world.one.answer = OFFLINE
    await world.minutes(9.9)
    assert world.times() == [0, 0.25, 5, 10]


async def test_the_tries_after_an_offline_start_end(world: World) -> None:
    world.one.answer = OFFLINE
    await world.begin("manual")
    await world.minutes(60)
    assert world.times() == [0, 0.25, 1, 3, 8]


@pytest.mark.parametrize(
    "answer", [ServiceUnavailable("500.", reason="status", status=500), AuthRejected("No."), RateLimited("Wait.")]
)
async def test_other_failures_at_the_start_are_not_tried_again(world: World, answer: Exception) -> None:
    world.one.answer = answer  # type: ignore[assignment]
    await world.begin("manual")
    await world.minutes(60)
    assert world.times() == [0]


async def test_going_offline_later_brings_no_extra_tries(world: World) -> None:
    await world.begin("30")
    world.one.answer = OFFLINE
    await world.minutes(59)
    assert world.times() == [0, 30]


async def test_a_reset_brings_one_extra_batch(world: World) -> None:
    world.one.answer = resetting(world.began + timedelta(minutes=10))
    await world.begin("30")
    await world.minutes(10.4)
    assert world.times() == [0]
    await world.minutes(50)
    assert world.times() == [0, 10.5, 30, 60]
    assert world.times(world.two) == [0, 10.5, 30, 60]


async def test_the_tick_covers_a_reset_just_before_it(world: World) -> None:
    world.one.answer = resetting(world.began + timedelta(minutes=29.5))
    await world.begin("30")
    await world.minutes(40)
    assert world.times() == [0, 30]


async def test_a_reset_that_is_too_near_is_left_to_the_tick_and_the_next_one_counts(world: World) -> None:
    world.one.answer = resetting(world.began + timedelta(seconds=4), world.began + timedelta(minutes=3))
    await world.begin("30")
    await world.minutes(20)
    assert world.times() == [0, 3.5]


async def test_a_reset_is_not_forgotten_when_something_wakes_the_timer_at_that_moment(world: World) -> None:
    world.one.answer = resetting(world.began + timedelta(minutes=10))
    await world.begin("30")
    await world.minutes(10.2)
    world.scheduler.popup_opened()
    await world.minutes(1)
    assert world.times() == [0, 10.5]


async def test_a_reset_learned_from_a_manual_refresh_counts(world: World) -> None:
    world.one.answer = AuthRejected("No.")
    await world.begin("30")
    await world.minutes(5)
    world.one.answer = resetting(world.began + timedelta(minutes=12))
    await world.scheduler.refresh_and_wait([KEY])
    await world.minutes(10)
    assert world.times() == [0, 5, 12.5]


@pytest.mark.parametrize(("choice", "constrained"), [("manual", False), ("30", True)])
async def test_no_extra_batch_in_manual_mode_or_with_low_power(world: World, choice: str, constrained: bool) -> None:
    world.one.answer = resetting(world.began + timedelta(minutes=10))
    await world.begin(choice, constrained=constrained)
    await world.minutes(29)
    assert world.times() == [0]


async def test_nothing_is_fetched_while_paused_and_then_once_ten_seconds_later(world: World) -> None:
    world.one.answer = resetting(world.began + timedelta(minutes=10))
    await world.begin("5")
    await world.minutes(6)
    world.scheduler.pause()
    await world.minutes(100)
    assert world.times() == [0, 5]
    assert world.clock.waiting == 0
    world.scheduler.resumed()
    await world.clock.advance(9.9)
    assert world.times() == [0, 5]
    await world.clock.advance(0.2)
    assert world.times() == [0, 5, 106.17]
    await world.minutes(5)
    assert world.times() == [0, 5, 106.17, 110]


async def test_a_person_may_refresh_while_paused(world: World) -> None:
    await world.begin("5")
    world.scheduler.pause()
    await world.minutes(1)
    await world.scheduler.refresh_and_wait()
    assert world.times() == [0, 1]


async def test_waking_up_without_having_been_told_of_the_sleep_refreshes_too(world: World) -> None:
    await world.begin("30")
    await world.minutes(1)
    world.scheduler.resumed()
    await world.minutes(1)
    assert world.times() == [0, 1.17]


async def test_waking_up_fetches_nothing_in_manual_mode(world: World) -> None:
    await world.begin("manual")
    world.scheduler.pause()
    world.scheduler.resumed()
    await world.minutes(5)
    assert world.times() == [0]


async def test_waking_up_ignores_the_back_off_but_not_retry_after(world: World) -> None:
    await world.begin("1")
    world.one.answer, world.two.answer = OFFLINE, RateLimited("Wait.", retry_after=timedelta(hours=1))
    await world.minutes(10)
    world.scheduler.pause()
    before = (world.one.count, world.two.count)
    world.scheduler.resumed()
    await world.minutes(0.2)
    assert (world.one.count, world.two.count) == (before[0] + 1, before[1])


async def test_a_refresh_during_the_start_batch_joins_it(world: World) -> None:
    world.one.held = True
    await world.begin()
    joined = asyncio.create_task(world.scheduler.refresh_and_wait())
    await world.clock.settle()
    assert (world.one.count, world.two.count) == (1, 2)
    world.one.release()
    await joined
    assert world.one.count == 1


async def test_a_provider_switched_on_during_the_start_batch_is_fetched(world: World) -> None:
    late = world.accounts.pop(OTHER)
    world.one.held = True
    await world.begin()
    world.scheduler.apply({**world.accounts, OTHER: late}, ())
    await world.clock.settle()
    assert world.times(world.two) == [0]


async def test_accounts_applied_before_the_start_are_left_to_the_start_batch(world: World) -> None:
    world.scheduler.apply(world.accounts, ())
    world.scheduler.apply(world.accounts, world.accounts)
    await world.clock.settle()
    assert world.one.count == 0
    await world.begin()
    assert world.one.count == 1


async def test_a_changed_account_starts_afresh_and_the_others_go_on(
    world: World, make_service: Callable[[], Service]
) -> None:
    world.one.held = world.two.held = True
    await world.begin()
    changed = make_service()
    world.scheduler.apply({KEY: changed.fetch, OTHER: world.two.fetch}, [KEY])
    await world.clock.settle()
    assert (world.one.cancelled, world.two.cancelled) == (1, 0)
    assert (changed.count, world.two.count) == (1, 1)
    assert world.store.get(KEY).snapshot is not None
    world.two.release()
    await world.clock.settle()
    assert world.store.get(OTHER).snapshot is not None


async def test_a_change_ends_a_pause(world: World, make_service: Callable[[], Service]) -> None:
    world.one.answer = AuthRejected("No.")
    await world.begin()
    changed = make_service()
    world.scheduler.apply({KEY: changed.fetch, OTHER: world.two.fetch}, [KEY])
    await world.clock.settle()
    assert changed.count == 1
    assert world.store.get(KEY).error is None


async def test_what_is_switched_off_is_stopped_and_forgotten(world: World) -> None:
    world.one.held = True
    await world.begin()
    world.scheduler.apply({OTHER: world.two.fetch}, ())
    await world.clock.settle()
    assert (world.one.cancelled, world.store.accounts()) == (1, (OTHER,))
    await world.scheduler.refresh_and_wait([KEY])
    assert (world.one.count, world.store.accounts()) == (1, (OTHER,))


async def test_at_most_eight_at_once(world: World, make_service: Callable[[], Service]) -> None:
    services = [make_service() for _ in range(12)]
    for service in services:
        service.held = True
    world.accounts = {AccountKey(f"p{index:02}"): service.fetch for index, service in enumerate(services)}
    await world.begin()
    assert sum(service.running for service in services) == AT_ONCE
    for service in services:
        service.release()
    await world.clock.settle()
    assert [service.count for service in services] == [1] * 12


async def test_a_batch_that_breaks_does_not_end_the_refreshes(world: World, caplog: pytest.LogCaptureFixture) -> None:
    secret = "test-key-1"

    async def broken(_interactive: bool) -> FetchResult:
        raise RuntimeError(secret)

    world.accounts = {KEY: broken, OTHER: world.two.fetch}
    await world.begin("5")
    await world.minutes(10.1)
    assert world.times(world.two) == [0, 5, 10]
    assert "RuntimeError" in caplog.text
    assert secret not in caplog.text


async def test_a_fault_of_our_own_is_logged_and_the_loop_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await world.begin("5")

    async def broken(*arguments: object, **options: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr("codexbar_qt.core.coordinator.RefreshCoordinator.refresh", broken)
        await world.minutes(5)
    assert caplog.text.count("A refresh broke: ZeroDivisionError") == 2
    await world.minutes(5)
    assert world.times() == [0, 10]


async def test_a_batch_is_spread_a_little(
    clock: ManualClock, make_service: Callable[[], Service], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("random.random", lambda: 1.0)
    services = [make_service() for _ in range(12)]
    scheduler = RefreshScheduler(SnapshotStore(), clock, Cadence())
    scheduler.apply({AccountKey(f"p{index:02}"): service.fetch for index, service in enumerate(services)}, ())
    scheduler.refresh()
    began = clock.now()
    await clock.advance(1)
    after = [round((service.asked[0] - began).total_seconds(), 2) for service in services]
    assert after == [0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.12, 0.14, 0.16, 0.16, 0.16, 0.16]
    await scheduler.close()


async def test_close_stops_everything_and_leaves_no_task(world: World) -> None:
    world.one.held = True
    before = asyncio.all_tasks()
    await world.begin("5")
    world.scheduler.refresh()
    await world.clock.settle()
    await world.scheduler.close()
    assert world.running is not None
    await world.running
    await world.clock.settle()
    assert (world.one.cancelled, asyncio.all_tasks() - before) == (1, set())
    asked = (world.one.count, world.two.count)
    world.scheduler.refresh()
    world.scheduler.apply({KEY: world.two.fetch}, [KEY])
    await world.clock.settle()
    assert (world.one.count, world.two.count) == asked


async def test_cancelling_the_run_and_closing_leaves_no_task(world: World) -> None:
    before = asyncio.all_tasks()
    await world.begin("5")
    assert world.running is not None
    world.running.cancel()
    await asyncio.gather(world.running, return_exceptions=True)
    world.running = None
    assert asyncio.all_tasks() - before == set()


async def test_close_waits_for_a_fetch_that_takes_no_notice_only_so_long(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("codexbar_qt.core.scheduler._STOP_SECONDS", 0.01)
    gate = asyncio.Event()

    async def stubborn(_interactive: bool) -> FetchResult:
        while not gate.is_set():
            try:
                await gate.wait()
            except asyncio.CancelledError:
                continue
        return FetchResult("api", snapshot=Snapshot(world.began))

    world.accounts = {KEY: stubborn}
    await world.begin()
    await world.scheduler.close()
    assert not world.store.get(KEY).refreshing
    gate.set()
    await world.clock.settle()
    assert world.store.get(KEY).snapshot is None


def test_it_may_be_built_before_there_is_a_loop(clock: ManualClock, service: Service) -> None:
    scheduler = RefreshScheduler(SnapshotStore(), clock, Cadence(), jitter=False)
    scheduler.apply({KEY: service.fetch}, ())
    scheduler.set_cadence(Cadence("5"))

    async def live() -> None:
        await scheduler.refresh_and_wait()
        await scheduler.close()

    asyncio.run(live())
    assert service.count == 1
