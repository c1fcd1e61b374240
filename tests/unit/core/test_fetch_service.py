"""Whatever a strategy does ends in an outcome, and the log says no more than it may."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.core.app_config import ProviderEntry, TokenAccount
from codexbar_qt.core.fetch_service import FetchRequest, FetchService, UnexpectedFailure
from codexbar_qt.provider_api import (
    ANY_FAILURE,
    CostSummary,
    DetailRow,
    DetailSection,
    FetchContext,
    InvalidSetting,
    NoUsageData,
    Provider,
    ProviderDescriptor,
    RateWindow,
    Secret,
    ServiceUnavailable,
    Snapshot,
    Source,
    Strategy,
)
from codexbar_qt.provider_testing import context_from_case, parse_case

if TYPE_CHECKING:
    from codexbar_qt.provider_api.descriptor import FetchFunction
    from codexbar_qt.provider_api.fallback import FetchResult

SECRET = "test-key-1"
CASE = parse_case("case", '{"why": "Any.", "now": "2030-01-08T12:00:00Z"}')
NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)
ENTRY = ProviderEntry("acme", enabled=True)


class Contexts:
    """Hands out one context, or fails; remembers what it was asked for."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.asked: list[tuple[str, TokenAccount | None, bool]] = []

    def context(self, request: FetchRequest) -> FetchContext:
        self.asked.append((request.entry.id, request.account, request.interactive))
        if self.error is not None:
            raise self.error
        return context_from_case(CASE, request.provider)


def provider(*strategies: Strategy) -> Provider:
    return Provider(ProviderDescriptor("acme", "Acme", "#112233", 1), strategies)


def raising(error: BaseException) -> FetchFunction:
    async def fetch(ctx: FetchContext) -> Snapshot:
        raise error

    return fetch


def returning(value: object) -> FetchFunction:
    async def fetch(ctx: FetchContext) -> Snapshot:
        return value  # type: ignore[return-value]  # what a careless plugin does

    return fetch


async def fetch(*strategies: Strategy, service: FetchService | None = None) -> FetchResult:
    return await (service or FetchService(Contexts())).fetch(FetchRequest(provider(*strategies), ENTRY))


async def test_a_snapshot_comes_with_the_word_for_its_source() -> None:
    result = await fetch(Strategy(Source.API, returning(Snapshot(NOW)), label="local"))
    assert (result.snapshot, result.source, result.error) == (Snapshot(NOW), "local", None)


async def test_the_context_is_made_for_the_account_that_is_asked_for() -> None:
    contexts, account = Contexts(), TokenAccount("1", "work", Secret(SECRET))
    request = FetchRequest(provider(Strategy(Source.API, returning(Snapshot(NOW)))), ENTRY, account, interactive=True)
    await FetchService(contexts).fetch(request)
    assert contexts.asked == [("acme", account, True)]


async def test_the_mode_of_the_request_wins_over_the_configured_source() -> None:
    tried = provider(
        Strategy(Source.API, returning(Snapshot(NOW))), Strategy(Source.CLI, raising(NoUsageData("None.")))
    )
    entry = ProviderEntry("acme", enabled=True, source=Source.CLI)
    service = FetchService(Contexts())
    assert isinstance((await service.fetch(FetchRequest(tried, entry))).error, NoUsageData)
    assert (await service.fetch(FetchRequest(tried, entry, mode=Source.API))).snapshot == Snapshot(NOW)
    refused = await service.fetch(FetchRequest(tried, entry, mode=Source.WEB))
    assert (refused.source, type(refused.error)) == ("web", InvalidSetting)


@pytest.mark.parametrize(
    "error",
    [ValueError(SECRET), SystemExit(SECRET), KeyError(SECRET), RecursionError(SECRET)],
    ids=lambda error: type(error).__name__,
)
async def test_a_foreign_exception_becomes_a_sentence_and_its_text_stays_out_of_the_log(
    error: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    result = await fetch(Strategy(Source.API, raising(error)))
    assert isinstance(result.error, UnexpectedFailure)
    assert result.error.message == "Acme hit an internal error. Report it with the log from Settings > Advanced."
    assert "in fetch" in caplog.text
    assert SECRET not in caplog.text


async def test_the_causes_of_a_foreign_exception_stay_out_of_the_log_too(caplog: pytest.LogCaptureFixture) -> None:
    async def chained(ctx: FetchContext) -> Snapshot:
        try:
            raise ValueError(SECRET)
        except ValueError as error:
            raise KeyError from error

    await fetch(Strategy(Source.API, chained))
    assert "KeyError" in caplog.text
    assert SECRET not in caplog.text


async def test_the_same_kind_of_foreign_exception_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    service = FetchService(Contexts())
    for error in (ValueError(), ValueError(), KeyError()):
        await fetch(Strategy(Source.API, raising(error)), service=service)
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]


@pytest.mark.parametrize("error", [NoUsageData("Acme has no demo data."), ValueError(SECRET)], ids=["tree", "foreign"])
async def test_a_context_that_cannot_be_made_is_an_outcome(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    strategy = Strategy(Source.API, returning(Snapshot(NOW)))
    result = await fetch(strategy, service=FetchService(Contexts(error)))
    assert result.error is (error if isinstance(error, NoUsageData) else result.error)
    assert isinstance(result.error, NoUsageData | UnexpectedFailure)
    assert SECRET not in caplog.text


NAIVE = datetime(2030, 1, 8, 12)  # noqa: DTZ001 - what a careless plugin does


@pytest.mark.parametrize(
    "value",
    [
        None,
        {"primary": 1},
        Snapshot(NAIVE),
        Snapshot(NOW, RateWindow(1.0, resets_at=NAIVE)),
        Snapshot(NOW, details=(DetailSection((DetailRow("a", NAIVE),)),)),  # type: ignore[arg-type]
    ],
    ids=["nothing", "mapping", "naive time", "naive reset", "nested"],
)
async def test_what_is_not_a_sound_snapshot_is_a_fault_of_the_plugin(
    value: object, caplog: pytest.LogCaptureFixture
) -> None:
    result = await fetch(Strategy(Source.API, returning(value)))
    assert isinstance(result.error, UnexpectedFailure)
    assert result.snapshot is None
    assert caplog.records


async def test_a_strategy_that_never_ends_is_stopped_at_its_limit() -> None:
    ended = asyncio.Event()

    async def hang(ctx: FetchContext) -> Snapshot:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return Snapshot(NOW)

    result = await fetch(Strategy(Source.API, hang, limit_seconds=0.01))
    assert isinstance(result.error, ServiceUnavailable)
    assert result.error.reason == "timeout"
    assert ended.is_set()


async def test_a_strategy_that_takes_no_notice_of_its_limit_is_left_to_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codexbar_qt.provider_api.fallback._STOP_SECONDS", 0.01)
    gate, calls = asyncio.Event(), list[str]()

    async def stubborn(ctx: FetchContext) -> Snapshot:
        while not gate.is_set():
            try:
                await gate.wait()
            except asyncio.CancelledError:
                calls.append("cancelled")
        raise ValueError(SECRET)

    fallback = Strategy(Source.WEB, returning(Snapshot(NOW)))
    result = await fetch(Strategy(Source.API, stubborn, ANY_FAILURE, limit_seconds=0.01), fallback)
    assert (result.snapshot, calls) == (Snapshot(NOW), ["cancelled"])
    gate.set()
    await asyncio.wait([task for task in asyncio.all_tasks() if task is not asyncio.current_task()])


async def test_a_time_out_of_a_strategy_s_own_is_a_service_that_did_not_answer() -> None:
    result = await fetch(Strategy(Source.API, raising(TimeoutError(SECRET))))
    assert isinstance(result.error, ServiceUnavailable)
    assert (result.error.reason, result.error.message) == (
        "timeout",
        "Acme did not answer in time. Trying again later.",
    )


async def test_a_strategy_that_cancels_itself_does_not_look_like_a_cancelled_fetch() -> None:
    result = await fetch(Strategy(Source.API, raising(asyncio.CancelledError())))
    assert isinstance(result.error, ServiceUnavailable)
    assert result.error.reason == "cancelled"


async def test_cancelling_a_fetch_ends_its_strategy() -> None:
    started, ended = asyncio.Event(), asyncio.Event()

    async def hang(ctx: FetchContext) -> Snapshot:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return Snapshot(NOW)

    fetching = asyncio.create_task(fetch(Strategy(Source.API, hang)))
    await started.wait()
    fetching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fetching
    assert ended.is_set()


async def test_attempts_are_noted_without_messages(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await fetch(
        Strategy(Source.API, raising(ServiceUnavailable(SECRET)), ANY_FAILURE),
        Strategy(Source.WEB, returning(Snapshot(NOW))),
    )
    told = [record.getMessage() for record in caplog.records if record.name.startswith("codexbar_qt")]
    assert told == ["acme via api: ServiceUnavailable", "acme via web: ok"]


@pytest.mark.parametrize(
    "wrong",
    [
        Snapshot(NOW, RateWindow("12")),  # type: ignore[arg-type]  # what a plugin may do
        Snapshot(NOW, RateWindow(float("nan"))),
        Snapshot(NOW, details=[DetailSection(())]),  # type: ignore[arg-type]  # as above
        Snapshot(NOW, note=3),  # type: ignore[arg-type]  # as above
        Snapshot(NOW, spend=CostSummary("USD", 30, ("row",), NOW)),  # type: ignore[arg-type]  # as above
        Snapshot(NOW, spend="a lot"),  # type: ignore[arg-type]  # as above
    ],
)
async def test_a_snapshot_that_cannot_be_shown_is_an_internal_error(
    wrong: Snapshot, caplog: pytest.LogCaptureFixture
) -> None:
    async def fetch(ctx: FetchContext) -> Snapshot:
        return wrong

    service = FetchService(Contexts())
    result = await service.fetch(FetchRequest(provider(Strategy(Source.API, fetch)), ENTRY))
    assert (result.snapshot, type(result.error)) == (None, UnexpectedFailure)
    assert "acme broke: TypeError" in caplog.text


async def test_texts_of_a_snapshot_are_made_fit_to_show() -> None:
    async def fetch(ctx: FetchContext) -> Snapshot:
        return Snapshot(NOW, note="red\x1b[31m", spend=CostSummary("USD", 30, (), NOW))

    result = await FetchService(Contexts()).fetch(FetchRequest(provider(Strategy(Source.API, fetch)), ENTRY))
    assert result.snapshot == Snapshot(NOW, note="red [31m", spend=CostSummary("USD", 30, (), NOW))
