"""When a browser session is renewed, over a clock that stands still until the test moves it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.core.account import AccountKey, AccountState
from codexbar_qt.core.keepalive import Keepalives
from codexbar_qt.core.session_keeper import KeepaliveHands
from codexbar_qt.provider_api import (
    AuthRejected,
    Cookie,
    CookieCandidate,
    Keepalive,
    ParseError,
    Provider,
    ProviderDescriptor,
    RateLimited,
    RequestRefused,
    Secret,
    ServiceUnavailable,
    Snapshot,
)
from codexbar_qt.provider_api.resolution import Values
from codexbar_qt.provider_testing import FakeEnv, empty_context

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Sequence

    from codexbar_qt.provider_api import FetchContext
    from tests.unit.core.conftest import ManualClock

DESCRIPTOR = ProviderDescriptor("acme", "Acme", "#112233", 1)
MINUTE = 60.0
EXPIRED = AuthRejected("The session has ended.")
REFUSED = RequestRefused("No.")
OFFLINE = ServiceUnavailable("No network.", reason="dns")
BROKEN = ServiceUnavailable("HTTP 502.", reason="status", status=502)


class Bench:
    """Keepalives of one provider. `answers` are what the next renewals raise, the last one again and again."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.began = clock.now()
        self.ends: timedelta | None = None
        self.found = True
        self.find_fails: Exception | None = None
        self.answers: Sequence[Exception | None] = [None]
        self.takes = 0.0
        self.state = AccountState()
        self.opens = True
        self.renewed: list[float] = []
        self.running = 0
        self.kept = self.refreshed = 0
        self.opened: list[str] = []
        self.notices: list[tuple[str, str]] = []
        self.plan = Keepalive(
            self._find, self._renew, self._keep, "https://acme.example.com", "Acme session expired.", "renew"
        )
        self.provider = Provider(DESCRIPTOR, (), keepalive=self.plan)
        hands = KeepaliveHands(
            clock=clock,
            context=lambda _: empty_context(Values(DESCRIPTOR, {}, lambda _: None), FakeEnv({}), clock),
            state=lambda _: self.state,
            refresh=lambda _: self._refresh(),
            tell=lambda name, text: self.notices.append((name, text)),
            open_page=self._open,
        )
        self.all = Keepalives(hands)

    def begin(self) -> None:
        self.all.start({"acme": self.plan})

    async def minutes(self, count: float) -> list[float]:
        """Let time pass; the minutes after the start at which a renewal was tried."""
        before = len(self.renewed)
        await self.clock.advance(count * MINUTE)
        return self.renewed[before:]

    def fetched(self, state: AccountState) -> None:
        self.state = state
        self.all.fetched(AccountKey("acme"))

    async def _find(self, _ctx: FetchContext) -> CookieCandidate | None:
        if self.find_fails is not None:
            raise self.find_fails
        until = None if self.ends is None else self.clock.now() + self.ends
        cookies = (Cookie("session", Secret("test-1"), "acme.example.com", expires_at=until),)
        return CookieCandidate(Secret("session=test-1"), "Chrome", cookies=cookies) if self.found else None

    async def _renew(self, _ctx: FetchContext, _candidate: CookieCandidate) -> None:
        assert self.running == 0
        self.running += 1
        self.renewed.append(round((self.clock.now() - self.began).total_seconds() / MINUTE, 2))
        try:
            if self.takes:
                await self.clock.sleep(self.takes)
        finally:
            self.running -= 1
        answer, *later = self.answers
        self.answers = later or [answer]
        if answer is not None:
            raise answer

    async def _keep(self, _ctx: FetchContext, _candidate: CookieCandidate) -> None:
        self.kept += 1

    def _refresh(self) -> None:
        self.refreshed += 1

    async def _open(self, url: str) -> bool:
        self.opened.append(url)
        return self.opens


@pytest.fixture
async def bench(clock: ManualClock) -> AsyncIterator[Bench]:
    bench = Bench(clock)
    bench.begin()
    yield bench
    await bench.all.close()
    await clock.settle()
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_cookie_without_an_end_is_renewed_every_half_hour(bench: Bench) -> None:
    assert await bench.minutes(4.99) == []
    assert await bench.minutes(100) == [5, 40, 75]
    assert bench.kept == bench.refreshed == 3
    assert (bench.opened, bench.notices) == ([], [])


async def test_a_cookie_with_an_end_is_renewed_in_its_last_five_minutes(bench: Bench) -> None:
    bench.ends = timedelta(minutes=5)
    assert await bench.minutes(20) == []
    bench.ends = timedelta(minutes=5) - timedelta(seconds=1)
    assert await bench.minutes(10) == [25, 30]


async def test_the_cookie_that_ends_first_counts(bench: Bench) -> None:
    bench.ends = timedelta(days=1)
    assert await bench.minutes(60) == []


async def test_a_session_that_is_not_there_is_not_renewed(bench: Bench) -> None:
    bench.found = False
    bench.fetched(AccountState(last_failure=EXPIRED, error=EXPIRED))
    assert await bench.minutes(600) == []
    assert bench.opened == []


@pytest.mark.parametrize("refused", [EXPIRED, REFUSED, ParseError("What?")])
async def test_three_failures_end_it_with_one_notice(bench: Bench, refused: Exception) -> None:
    bench.answers, bench.opens = [refused], False
    assert await bench.minutes(600) == [5, 10, 15]
    assert bench.notices == [("acme", "Acme session expired.")]
    assert bench.refreshed == 0


async def test_failures_count_only_in_a_row(bench: Bench) -> None:
    bench.answers = [REFUSED, REFUSED, None, REFUSED, REFUSED, None]
    assert await bench.minutes(90) == [5, 10, 15, 50, 55, 60]
    assert bench.notices == []


@pytest.mark.parametrize("problem", [OFFLINE, BROKEN])
async def test_a_service_without_an_answer_says_nothing_about_the_session(bench: Bench, problem: Exception) -> None:
    bench.answers = [problem, problem, problem, problem, None]
    assert await bench.minutes(50) == [5, 10, 15, 20, 25]
    assert (bench.notices, bench.opened) == ([], [])


@pytest.mark.parametrize(("wait", "times"), [(None, [5, 10]), (timedelta(minutes=31), [5, 36])])
async def test_a_wish_to_be_left_alone_is_kept(bench: Bench, wait: timedelta | None, times: list[float]) -> None:
    bench.answers = [RateLimited("Slow.", retry_after=wait), None]
    assert await bench.minutes(39) == times


async def test_an_ended_session_shows_the_login_page_and_tries_again(bench: Bench) -> None:
    bench.answers = [EXPIRED, None]
    assert await bench.minutes(10) == [5, 5.08]
    assert bench.opened == ["https://acme.example.com"]
    assert bench.kept == bench.refreshed == 1
    # The next time it ends, the page may be shown again.
    bench.answers = [EXPIRED, None]
    assert await bench.minutes(60) == [40, 40.08]
    assert len(bench.opened) == 2


async def test_the_login_page_is_shown_once_for_one_end(bench: Bench) -> None:
    bench.answers = [EXPIRED]
    assert await bench.minutes(60) == [5, 5.08, 10, 15]
    assert len(bench.opened) == 1
    assert len(bench.notices) == 1


async def test_a_person_who_logs_out_on_the_page_is_left_alone(bench: Bench) -> None:
    async def leave(url: str) -> bool:
        bench.found = False
        bench.opened.append(url)
        return True

    bench.answers = [EXPIRED]
    object.__setattr__(bench.all._hands, "open_page", leave)
    assert await bench.minutes(60) == [5]
    assert len(bench.opened) == 1


async def test_a_refused_login_calls_for_an_attempt_at_once(bench: Bench) -> None:
    bench.ends = timedelta(days=1)
    await bench.minutes(1)
    bench.fetched(AccountState(last_failure=EXPIRED, error=EXPIRED))
    assert await bench.minutes(0.5) == [1]
    bench.fetched(AccountState(snapshot=Snapshot(bench.clock.now())))
    assert await bench.minutes(60) == []


async def test_attempts_keep_their_gap(bench: Bench) -> None:
    bench.ends = timedelta(days=1)
    await bench.minutes(1)
    for _ in range(3):
        bench.fetched(AccountState(last_failure=EXPIRED, error=EXPIRED))
        await bench.minutes(0.25)
    assert bench.renewed == [1]
    assert await bench.minutes(10) == [3]


async def test_a_renewal_that_does_not_help_the_fetch_counts_as_a_failure(bench: Bench) -> None:
    bench.ends = timedelta(days=1)
    for _ in range(6):
        bench.fetched(AccountState(last_failure=EXPIRED, error=EXPIRED))
        await bench.minutes(3)
    assert bench.renewed == [0, 3, 6]
    assert len(bench.notices) == 1


async def test_a_fetch_that_works_otherwise_proves_no_session(bench: Bench) -> None:
    bench.answers = [REFUSED]
    for _ in range(30):
        await bench.minutes(1)
        bench.fetched(AccountState(snapshot=Snapshot(bench.clock.now())))
    assert bench.renewed == [5, 10, 15]
    assert len(bench.notices) == 1


@pytest.mark.parametrize("refreshing", [True, False])
async def test_what_is_no_outcome_is_not_taken_for_one(bench: Bench, refreshing: bool) -> None:
    bench.ends = timedelta(days=1)
    bench.fetched(AccountState(last_failure=EXPIRED, refreshing=refreshing, is_restored=not refreshing))
    assert await bench.minutes(60) == []


async def test_offline_nothing_is_tried(bench: Bench) -> None:
    bench.fetched(AccountState(last_failure=OFFLINE, attempted_at=bench.clock.now()))
    assert await bench.minutes(119) == []
    bench.fetched(AccountState(snapshot=Snapshot(bench.clock.now())))
    assert await bench.minutes(5) == [120]


async def test_what_was_offline_long_ago_may_be_back(bench: Bench) -> None:
    bench.fetched(AccountState(last_failure=OFFLINE, attempted_at=bench.clock.now()))
    assert await bench.minutes(130) == [120]


async def test_a_broken_service_is_not_offline(bench: Bench) -> None:
    bench.fetched(AccountState(last_failure=BROKEN, attempted_at=bench.clock.now()))
    assert await bench.minutes(6) == [5]


async def test_asleep_nothing_is_tried(bench: Bench) -> None:
    bench.all.set_paused(True)
    assert await bench.minutes(600) == []
    bench.all.set_paused(False)
    assert await bench.minutes(1) == [600.17]


async def test_what_is_switched_on_asleep_sleeps_too(bench: Bench) -> None:
    bench.all.set_paused(True)
    bench.all.apply({}, ())
    bench.all.apply({"acme": bench.plan}, ())
    assert await bench.minutes(60) == []


async def test_a_change_of_settings_begins_anew(bench: Bench) -> None:
    bench.answers, bench.opens = [EXPIRED], False
    await bench.minutes(60)
    bench.all.apply({"acme": bench.plan}, ())
    assert await bench.minutes(60) == []
    bench.all.apply({"acme": bench.plan}, {"acme"})
    assert await bench.minutes(60) == [125, 130, 135]
    assert len(bench.notices) == 2


async def test_a_clock_set_back_delays_one_check_at_most(bench: Bench) -> None:
    await bench.minutes(6)
    bench.clock.set_back(86_400)
    bench.all.set_paused(False)
    assert len(await bench.minutes(6)) == 1
    bench.fetched(AccountState(last_failure=EXPIRED, error=EXPIRED))
    assert len(await bench.minutes(3)) == 1


async def test_a_fault_of_the_provider_ends_nothing(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bench.find_fails = ValueError("test-1")
    await bench.minutes(6)
    assert "Keeping the session of acme alive broke: ValueError" in caplog.text
    assert "test-1" not in caplog.text
    bench.find_fails = ParseError("Not read.")
    await bench.minutes(6)
    bench.find_fails = None
    assert await bench.minutes(6) == [15]


async def test_people_and_we_never_renew_at_once(bench: Bench) -> None:
    bench.takes = 60
    order: list[str] = []

    async def press() -> None:
        async with bench.all.around(bench.provider, "renew"):
            order.append(f"pressed with {bench.running} running")
            await bench.clock.sleep(600)
            order.append("done")

    await bench.minutes(5.5)
    pressed = asyncio.create_task(press())
    await bench.minutes(0.25)
    assert order == []
    assert await bench.minutes(11) == []
    await pressed
    assert order == ["pressed with 0 running", "done"]
    # What people did counts as the last success.
    assert await bench.minutes(36) == [48.02]


async def test_a_press_that_fails_still_begins_anew(bench: Bench) -> None:
    bench.answers, bench.opens = [EXPIRED], False
    await bench.minutes(60)

    @asynccontextmanager
    async def press() -> AsyncGenerator[None, None]:
        async with bench.all.around(bench.provider, "renew"):
            yield
            raise EXPIRED

    with pytest.raises(AuthRejected):
        async with press():
            pass
    assert len(await bench.minutes(60)) == 3
    assert len(bench.notices) == 2


async def test_other_buttons_and_providers_are_none_of_its_business(bench: Bench) -> None:
    bench.answers, bench.opens = [EXPIRED], False
    await bench.minutes(60)
    async with bench.all.around(bench.provider, "else"):
        pass
    async with bench.all.around(Provider(ProviderDescriptor("bolt", "Bolt", "#112233", 2), ()), "renew"):
        pass
    bench.all.fetched(AccountKey("bolt"))
    bench.all.sign_out("bolt")
    bench.all.restart("bolt")
    assert await bench.minutes(60) == []


async def test_signed_out_nothing_is_tried_until_people_begin_anew(bench: Bench) -> None:
    await bench.minutes(6)
    bench.all.sign_out("acme")
    bench.fetched(AccountState(last_failure=EXPIRED, error=EXPIRED))
    assert await bench.minutes(600) == []
    bench.all.restart("acme")
    assert await bench.minutes(10)
    assert bench.notices == []


async def test_nothing_begins_before_the_start_or_after_the_end(clock: ManualClock) -> None:
    bench = Bench(clock)
    bench.all.apply({"acme": bench.plan}, ())
    assert await bench.minutes(60) == []
    bench.begin()
    bench.takes = 60
    await bench.minutes(5.5)
    await bench.all.close()
    bench.all.apply({"acme": bench.plan}, ())
    assert await bench.minutes(60) == []
    assert bench.kept == 0
