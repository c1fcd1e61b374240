"""Optional requests never delay or break a result, and leave no task behind."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from codexbar_providers import kimi, openrouter
from codexbar_providers.kimi import membership
from codexbar_providers.kimi.site import MEMBERSHIP_URL
from codexbar_qt.provider_api import HttpClient, HttpRequest, HttpResponse, Provider, Source
from codexbar_qt.provider_api.fallback import FetchResult, run_strategies
from codexbar_qt.provider_testing import context_from_case, parse_case

if TYPE_CHECKING:
    from collections.abc import Mapping

USAGE = {"usage": {"limit": 100, "used": 10}}
TOTAL = {"subscriptionBalance": {"amountUsedRatio": 0.5}}
KIMI_URL = "https://api.kimi.com/coding/v1/usages"
BASE = "https://openrouter.ai/api/v1"


class GatedHttp(HttpClient):
    """Answers every URL when its gate opens; a URL without an answer never comes back."""

    def __init__(self, answers: Mapping[str, object]) -> None:
        self.answers = answers
        self.gates: dict[str, asyncio.Event] = {}
        self.never = asyncio.Event()
        self.asked: list[str] = []
        self.cancelled: list[str] = []
        self.changed = asyncio.Event()

    async def send(self, request: HttpRequest) -> HttpResponse:
        self.asked.append(request.url)
        self.changed.set()
        try:
            if request.url not in self.answers:
                await self.never.wait()
            elif request.url in self.gates:
                await self.gates[request.url].wait()
        except asyncio.CancelledError:
            self.cancelled.append(request.url)
            raise
        status, body = 200, self.answers[request.url]
        if isinstance(body, int):
            status, body = body, {}
        return HttpResponse(status, json.dumps(body).encode(), request.url, CASE.now)

    def loopback(self, port: int) -> HttpClient:
        raise AssertionError(f"nobody is to ask port {port}")

    async def wait_for(self, count: int) -> None:
        while len(self.asked) < count:
            self.changed.clear()
            await self.changed.wait()


CASE = parse_case(
    "case",
    json.dumps(
        {
            "why": "Any.",
            "now": "2030-01-08T12:00:00Z",
            "config": {"apiKey": "test-key-1", "pluginSecrets": {"OPENROUTER_MANAGEMENT_API_KEY": "test-key-m"}},
            "env": {"KIMI_AUTH_TOKEN": "test-web-token-1"},
        }
    ),
)


async def run(provider: Provider, http: HttpClient) -> FetchResult:
    context = replace(context_from_case(CASE, provider), http=http)
    before = asyncio.all_tasks()
    result = await run_strategies(provider, context, Source.API)
    assert asyncio.all_tasks() == before
    return result


async def test_a_membership_that_never_comes_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(membership, "GRACE_SECONDS", 0.01)
    http = GatedHttp({KIMI_URL: USAGE})
    result = await run(kimi.PROVIDER, http)
    assert result.snapshot is not None
    assert result.snapshot.primary is not None
    assert result.snapshot.extra_windows == ()
    assert http.cancelled == [MEMBERSHIP_URL]


async def test_a_membership_that_has_come_is_used_whenever_the_limits_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(membership, "GRACE_SECONDS", 0.0)
    http = GatedHttp({KIMI_URL: USAGE, MEMBERSHIP_URL: TOTAL})
    http.gates[KIMI_URL] = asyncio.Event()
    task = asyncio.create_task(run(kimi.PROVIDER, http))
    await http.wait_for(2)
    http.gates[KIMI_URL].set()
    result = await task
    assert result.snapshot is not None
    assert [lane.id for lane in result.snapshot.extra_windows] == ["kimi-monthly"]


async def test_a_failed_request_does_not_wait_for_the_membership() -> None:
    http = GatedHttp({KIMI_URL: 401})
    http.gates[KIMI_URL] = asyncio.Event()
    task = asyncio.create_task(run(kimi.PROVIDER, http))
    await http.wait_for(2)
    http.gates[KIMI_URL].set()
    result = await task
    assert type(result.error).__name__ == "AuthRejected"
    assert http.cancelled == [MEMBERSHIP_URL]


@pytest.mark.parametrize(
    ("provider", "answers", "requests"),
    [
        (kimi.PROVIDER, {}, 2),
        (kimi.PROVIDER, {KIMI_URL: USAGE}, 2),
        (openrouter.PROVIDER, {}, 1),
        (openrouter.PROVIDER, {f"{BASE}/credits": {"data": {"total_credits": 1, "total_usage": 0}}}, 4),
    ],
)
async def test_cancelling_cancels_everything(provider: Provider, answers: dict[str, object], requests: int) -> None:
    http = GatedHttp(answers)
    before = asyncio.all_tasks()
    task = asyncio.create_task(run(provider, http))
    await http.wait_for(requests)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert asyncio.all_tasks() == before
    assert sorted(http.cancelled) == sorted(url for url in http.asked if url not in answers)


async def test_the_extras_of_openrouter_run_side_by_side() -> None:
    today = f"{BASE}/activity?date=2030-01-08"
    extras: dict[str, object] = {f"{BASE}/key": {"data": {}}, f"{BASE}/activity": {"data": []}, today: {"data": []}}
    http = GatedHttp({f"{BASE}/credits": {"data": {"total_credits": 1, "total_usage": 0}}, **extras})
    http.gates.update({url: asyncio.Event() for url in extras})
    task = asyncio.create_task(run(openrouter.PROVIDER, http))
    await http.wait_for(4)
    for gate in http.gates.values():
        gate.set()
    result = await task
    assert result.snapshot is not None
    assert result.snapshot.spend is not None
    assert set(http.asked[1:]) == set(extras)
