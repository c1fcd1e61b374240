"""The price table in force: when models.dev is asked, what is kept of it, people's own prices (token-cost.md 6)."""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Never

import pytest

from codexbar_qt.core.cost_prices import CostPrices, PriceFolders
from codexbar_qt.cost.prices import built_in_table
from codexbar_qt.provider_api import HttpClient, HttpRequest, HttpResponse, ServiceUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def body(dollars: float) -> bytes:
    models = {
        "models": {"claude-x": {"cost": dict.fromkeys(("input", "output", "cache_read", "cache_write"), dollars)}}
    }
    return json.dumps({"anthropic": models, "openai": models}).encode()


@dataclass
class Clock:
    now: datetime = NOW


@dataclass
class Catalogue(HttpClient):
    """Answers with prices; `failure` is raised instead, `hangs` never answers."""

    clock: Clock
    dollars: float = 1
    status: int = 200
    body: bytes = b""
    failure: Exception | None = None
    hangs: bool = False
    asked: list[HttpRequest] = field(default_factory=list)

    async def send(self, request: HttpRequest) -> HttpResponse:
        self.asked.append(request)
        if self.hangs:
            await asyncio.Event().wait()
        if self.failure is not None:
            raise self.failure
        return HttpResponse(self.status, self.body or body(self.dollars), request.url, self.clock.now)

    def loopback(self, port: int) -> Never:
        raise AssertionError(port)


@dataclass
class World:
    """One machine; `start` is a run of the app or the command."""

    folders: PriceFolders
    clock: Clock
    catalogue: Catalogue
    is_on: bool = True

    def start(self) -> CostPrices:
        return CostPrices(
            self.folders, lambda: self.catalogue, is_catalogue_on=lambda: self.is_on, now=lambda: self.clock.now
        )

    @property
    def copy(self) -> Path:
        return self.folders.cache / "price-catalogue.json"


@pytest.fixture
def world(tmp_path: Path) -> World:
    clock = Clock()
    return World(PriceFolders(tmp_path / "cache" / "cost-usage", tmp_path / "data"), clock, Catalogue(clock))


async def price(prices: CostPrices) -> float | None:
    """What a million input tokens of the model cost that only the catalogue knows."""
    rates = (await prices.table()).rates("claude", "claude-x", NOW.timestamp(), False)
    return None if rates is None or rates.input is None else rates.input / 1_000_000


async def test_nobody_is_asked_unless_people_turned_it_on(world: World) -> None:
    assert await price(world.start()) == 1
    world.is_on = False
    world.clock.now += timedelta(days=2)
    assert await price(world.start()) is None  # what is kept is not used either
    assert len(world.catalogue.asked) == 1
    (request,) = world.catalogue.asked
    assert (request.method, request.url, dict(request.headers), request.body) == (
        "GET",
        "https://models.dev/api.json",
        {},
        None,
    )
    assert request.timeout <= 5


async def test_a_copy_is_good_for_a_day(world: World) -> None:
    assert await price(world.start()) == 1
    world.catalogue.dollars = 2
    world.clock.now += timedelta(hours=23)
    assert await price(world.start()) == 1
    world.clock.now += timedelta(hours=2)
    assert await price(world.start()) == 2
    assert len(world.catalogue.asked) == 2
    assert (await world.start().table()).origin == "models.dev on 1 December 2026, built-in table of August 2026"
    if os.name == "posix":
        assert world.copy.stat().st_mode & 0o777 == 0o600


async def test_a_running_app_asks_once_a_day(world: World) -> None:
    world.catalogue.failure = ServiceUnavailable("It is down.")
    prices = world.start()
    assert [await price(prices), await price(prices)] == [None, None]
    assert len(world.catalogue.asked) == 1
    world.catalogue.failure = None
    world.clock.now += timedelta(hours=25)
    assert [await price(prices), await price(prices)] == [1, 1]
    assert len(world.catalogue.asked) == 2


async def test_one_question_for_all_who_wait(world: World) -> None:
    prices = world.start()
    assert await asyncio.gather(*(price(prices) for _ in range(5))) == [1] * 5
    assert len(world.catalogue.asked) == 1


def answer_nothing(catalogue: Catalogue) -> None:
    catalogue.failure = ServiceUnavailable("It is down.")


def answer_error(catalogue: Catalogue) -> None:
    catalogue.status = 503


def answer_page(catalogue: Catalogue) -> None:
    catalogue.body = b"<html>Sign in to this network</html>"


def answer_half(catalogue: Catalogue) -> None:
    catalogue.body = body(9).replace(b"openai", b"closedai")


def never_answer(catalogue: Catalogue) -> None:
    catalogue.hangs = True


@pytest.mark.parametrize("fault", [answer_nothing, answer_error, answer_page, answer_half, never_answer])
async def test_the_last_good_copy_outlives_every_failure(
    world: World, fault: Callable[[Catalogue], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("codexbar_qt.core.cost_prices._LIMIT_SECONDS", 0.05)
    assert await price(world.start()) == 1
    fault(world.catalogue)
    world.clock.now += timedelta(days=30)
    assert await price(world.start()) == 1
    assert len(world.catalogue.asked) == 2


@pytest.mark.parametrize("content", [b"", b"{", b'{"version": 9}', b"\xff" * 10])
async def test_a_broken_copy_is_replaced(world: World, content: bytes) -> None:
    world.copy.parent.mkdir(parents=True)
    world.copy.write_bytes(content)
    assert await price(world.start()) == 1
    assert await price(world.start()) == 1
    assert len(world.catalogue.asked) == 1


async def test_a_copy_from_the_future_is_renewed(world: World) -> None:
    world.clock.now += timedelta(days=900)
    await price(world.start())
    world.clock.now, world.catalogue.dollars = NOW, 2
    assert await price(world.start()) == 2


async def test_no_place_for_a_copy_is_no_failure(world: World) -> None:
    world.copy.mkdir(parents=True)
    prices = world.start()
    assert [await price(prices), await price(prices)] == [1, 1]
    assert len(world.catalogue.asked) == 1


async def test_without_a_network_there_is_the_built_in_table(world: World) -> None:
    prices = CostPrices(world.folders, None, is_catalogue_on=lambda: True, now=lambda: NOW)
    assert await prices.table() == built_in_table()


async def test_what_is_kept_can_be_forgotten(world: World) -> None:
    await price(world.start())
    assert [await world.start().forget(), await world.start().forget()] == [1, 0]
    assert list(world.copy.parent.iterdir()) == []


async def test_own_prices(world: World) -> None:
    world.is_on = False
    world.folders.data.mkdir()
    custom = world.folders.data / "custom-pricing.json"
    custom.write_text('{"gpt-5": {"input": 7, "output": 70}}')
    prices = world.start()
    table = await prices.table()
    rates = table.rates("codex", "gpt-5", NOW.timestamp(), False)
    assert rates is not None
    assert (rates.input, rates.cache_read, table.notes) == (7_000_000, None, ())
    custom.write_text("[]")
    table = await prices.table()
    assert (table.custom, len(table.notes)) == ({}, 1)
    custom.unlink()
    custom.mkdir()
    (note,) = (await prices.table()).notes
    assert note.startswith("custom-pricing.json could not be read: ")
