"""How strategies are tried."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.provider_api import (
    ANY_FAILURE,
    LOGIN_FAILURES,
    AuthRejected,
    FetchContext,
    InvalidSetting,
    MissingCredential,
    NoUsageData,
    ParseError,
    Provider,
    ProviderDescriptor,
    ProviderError,
    RateLimited,
    ServiceUnavailable,
    Snapshot,
    Source,
    Strategy,
    ToolNotInstalled,
)
from codexbar_qt.provider_api.fallback import FetchResult, run_strategies
from codexbar_qt.provider_testing import context_from_case, parse_case

if TYPE_CHECKING:
    from codexbar_qt.provider_api.descriptor import FetchFunction

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)
CASE = parse_case("case", '{"why": "Any.", "now": "2030-01-08T12:00:00Z"}')


def failing(error: Exception) -> FetchFunction:
    async def fetch(ctx: FetchContext) -> Snapshot:
        raise error

    return fetch


async def working(ctx: FetchContext) -> Snapshot:
    return Snapshot(ctx.clock.now())


def provider(*strategies: Strategy) -> Provider:
    return Provider(ProviderDescriptor("acme", "Acme", "#112233", 1), strategies)


async def run(*strategies: Strategy, mode: Source = Source.AUTO) -> FetchResult:
    tried = provider(*strategies)
    return await run_strategies(tried, context_from_case(CASE, tried), mode)


async def test_the_first_success_ends_the_run() -> None:
    result = await run(
        Strategy(Source.API, failing(MissingCredential("No key."))),
        Strategy(Source.CLI, working, label="local"),
        Strategy(Source.WEB, failing(AssertionError("never reached"))),
    )
    assert result.snapshot == Snapshot(NOW)
    assert result.error is None
    assert result.source == "local"
    assert [type(attempt.error).__name__ for attempt in result.attempts] == ["MissingCredential", "NoneType"]


@pytest.mark.parametrize("error", [AuthRejected("No."), ParseError("Odd."), RateLimited("Wait."), NoUsageData("None.")])
async def test_an_error_not_declared_ends_the_run(error: ProviderError) -> None:
    result = await run(Strategy(Source.API, failing(error)), Strategy(Source.WEB, working))
    assert result.error is error
    assert result.source == "auto"
    assert len(result.attempts) == 1


@pytest.mark.parametrize(
    ("falls_back_on", "error", "moves_on"),
    [
        (LOGIN_FAILURES, AuthRejected("No."), True),
        (LOGIN_FAILURES, MissingCredential("No."), True),
        (LOGIN_FAILURES, ParseError("Odd."), False),
        (ANY_FAILURE, RateLimited("Wait."), True),
        ((), MissingCredential("No."), False),
    ],
)
async def test_fall_back_is_declared(
    falls_back_on: tuple[type[ProviderError], ...], error: ProviderError, moves_on: bool
) -> None:
    result = await run(Strategy(Source.API, failing(error), falls_back_on=falls_back_on), Strategy(Source.WEB, working))
    assert (result.snapshot is not None) is moves_on


@pytest.mark.parametrize(
    ("errors", "told"),
    [
        ([AuthRejected("1"), MissingCredential("2")], "1"),
        ([AuthRejected("1"), ParseError("2"), MissingCredential("3")], "2"),
        ([MissingCredential("1"), ToolNotInstalled("2")], "2"),
        ([MissingCredential("1"), AuthRejected("2")], "2"),
        ([ToolNotInstalled("1")], "1"),
    ],
)
async def test_the_last_real_error_is_told(errors: list[ProviderError], told: str) -> None:
    result = await run(*[Strategy(Source.API, failing(error), falls_back_on=ANY_FAILURE) for error in errors])
    assert result.error is not None
    assert result.error.message == told
    assert len(result.attempts) == len(errors)


async def test_a_mode_chooses_its_strategies() -> None:
    strategies = (
        Strategy(Source.API, failing(AuthRejected("No."))),
        Strategy(Source.CLI, working, auto_only=True),
        Strategy(Source.WEB, working),
    )
    assert (await run(*strategies, mode=Source.WEB)).source == "web"
    assert provider(*strategies).source_modes == (Source.AUTO, Source.API, Source.WEB)
    for mode in (Source.CLI, Source.OAUTH):
        result = await run(*strategies, mode=mode)
        assert isinstance(result.error, InvalidSetting)
        assert result.error.message == f"Source '{mode.value}' is not supported for Acme."
        assert result.error.setting == "source"
        assert result.attempts == ()


async def test_a_strategy_has_a_time_limit() -> None:
    async def hang(ctx: FetchContext) -> Snapshot:
        await asyncio.Event().wait()
        return Snapshot(ctx.clock.now())

    result = await run(Strategy(Source.API, hang, limit_seconds=0.01))
    assert isinstance(result.error, ServiceUnavailable)
    assert result.error.reason == "timeout"
    assert result.error.message == "Acme did not answer within 0.01 s. Trying again later."


async def test_other_exceptions_pass_through() -> None:
    with pytest.raises(ZeroDivisionError):
        await run(Strategy(Source.API, failing(ZeroDivisionError())))


async def test_cancellation_passes_through() -> None:
    started = asyncio.Event()

    async def hang(ctx: FetchContext) -> Snapshot:
        started.set()
        await asyncio.Event().wait()
        return Snapshot(ctx.clock.now())

    task = asyncio.create_task(
        run(Strategy(Source.API, hang, falls_back_on=ANY_FAILURE), Strategy(Source.WEB, working))
    )
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_provider_id_is_that_of_its_descriptor() -> None:
    assert provider().id == "acme"


async def noting(ctx: FetchContext) -> Snapshot:
    return Snapshot(ctx.clock.now(), note="Its own.")


@pytest.mark.parametrize(
    ("first", "second", "mode", "note"),
    [
        (failing(MissingCredential("No key.")), working, Source.AUTO, "Second best."),
        (failing(MissingCredential("No key.")), noting, Source.AUTO, "Its own."),
        (working, working, Source.AUTO, None),
        (failing(AssertionError("never reached")), working, Source.CLI, None),
    ],
)
async def test_a_fall_back_is_noted(
    first: FetchFunction, second: FetchFunction, mode: Source, note: str | None
) -> None:
    api, cli = Strategy(Source.API, first), Strategy(Source.CLI, second, fallback_note="Second best.")
    result = await run(api, cli, mode=mode)
    assert result.snapshot is not None
    assert result.snapshot.note == note
