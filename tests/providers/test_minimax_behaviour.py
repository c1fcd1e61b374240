"""What no recorded case of MiniMax can show: the next fetch, extras that come late, pages that follow the settings."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from codexbar_providers.minimax import DESCRIPTOR, PROVIDER, api, site
from codexbar_providers.minimax.endpoints import DASHBOARDS, choose_dashboard, resolve_web_endpoints
from codexbar_providers.minimax.profiles import REMEMBERED
from codexbar_providers.minimax.web import cookie_query
from codexbar_qt.core.account import AccountKey, AccountState, succeed
from codexbar_qt.core.app_config import AppConfig
from codexbar_qt.core.config_normal import normalise, read_entries
from codexbar_qt.core.config_validation import validate_config
from codexbar_qt.core.lanes import main_lane
from codexbar_qt.core.presenter import Look, present_card
from codexbar_qt.provider_api import HttpClient, HttpRequest, HttpResponse, RateWindow, SecretSetting, Snapshot, Source
from codexbar_qt.provider_api.fallback import FetchResult, run_strategies
from codexbar_qt.provider_testing import CasePorts, context_from_case, parse_case

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from codexbar_qt.provider_api import FetchContext, StorageProfile, StorageQuery

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)
HOSTS = "https://platform.minimax.io"
PAGE = f"{HOSTS}/user-center/payment/coding-plan?cycle_type=3"
REMAINS = f"{HOSTS}/v1/api/openplatform/coding_plan/remains"
HEADER = "s=test-cookie-1"
TOKEN = "test-token-" + "0123456789-" * 5
QUOTA = {"model_remains": [{"model_name": "general", "current_interval_remaining_percent": 60}]}
CHROME = {
    "label": "Chrome Default",
    "profile": "chrome/Default",
    "cookies": [{"name": "s", "value": "test-cookie-1", "domain": "minimax.io"}],
    "storage": [{"host": "platform.minimax.io", "key": "access_token", "value": json.dumps({"access_token": TOKEN})}],
}


def ports(config: dict[str, Any] | None = None, **rest: Any) -> CasePorts:
    case = {"why": "Any.", "now": NOW.isoformat(), "config": {"extrasEnabled": False, **(config or {})}, **rest}
    return CasePorts.from_case(parse_case("case", json.dumps(case)), PROVIDER, repeat=True)


def context(config: dict[str, Any] | None = None, env: dict[str, str] | None = None) -> FetchContext:
    case = {"why": "Any.", "now": NOW.isoformat(), "config": config or {}, "env": env or {}}
    return context_from_case(parse_case("case", json.dumps(case)), PROVIDER)


def answers(*statuses: int) -> list[dict[str, Any]]:
    pages = [{"url": PAGE, "status": status, "body": "<p>shell</p>"} for status in statuses or (200,)]
    return [*pages, {"url": REMAINS, "json": QUOTA}]


class CountedStorage:
    """Counts the profiles that are read."""

    def __init__(self, ports: CasePorts) -> None:
        self._ports = ports
        self.reads = 0

    async def profiles(self, query: StorageQuery) -> AsyncIterator[StorageProfile]:
        async for profile in self._ports.browsers.profiles(query):
            self.reads += 1
            yield profile

    def obstacle(self) -> str:
        return ""


async def fetch(ports: CasePorts, storage: CountedStorage) -> FetchResult:
    return await run_strategies(PROVIDER, replace(ports.context, storage=storage), Source.AUTO)


def bearers(ports: CasePorts) -> list[str | None]:
    sent = [request.headers.get("Authorization") for request in ports.http.requests if request.url == PAGE]
    return [value if value is None or isinstance(value, str) else value.reveal() for value in sent]


async def test_the_next_fetch_signs_in_as_the_last_one_without_reading_profiles() -> None:
    world = ports(browsers=[CHROME], http=answers())
    storage = CountedStorage(world)
    for _ in range(3):
        assert (await fetch(world, storage)).snapshot
    assert storage.reads == 1
    assert bearers(world) == [f"Bearer {TOKEN}"] * 3


async def test_a_session_without_token_is_remembered_too() -> None:
    world = ports(browsers=[{**CHROME, "storage": []}], http=answers())
    storage = CountedStorage(world)
    assert (await fetch(world, storage)).snapshot
    assert (await fetch(world, storage)).snapshot
    assert bearers(world) == [None, None]


async def test_what_was_remembered_is_read_again_after_a_while() -> None:
    world = ports(browsers=[CHROME], http=answers())
    storage = CountedStorage(world)
    await fetch(world, storage)
    await world.context.clock.sleep(REMEMBERED.total_seconds() + 1)
    await fetch(world, storage)
    assert storage.reads == 2


async def test_what_was_remembered_counts_for_its_own_profile_alone() -> None:
    world = ports(browsers=[CHROME], http=answers())
    await fetch(world, CountedStorage(world))
    world.browsers.cached = ("k=test-cookie-8", "Edge Default")
    await fetch(world, CountedStorage(world))
    assert bearers(world)[1:] == [None]


async def test_a_remembered_token_that_is_refused_leads_to_the_profiles() -> None:
    world = ports(browsers=[CHROME], http=answers(200, 401))
    storage = CountedStorage(world)
    await fetch(world, storage)
    result = await fetch(world, storage)
    assert result.snapshot
    assert storage.reads == 2
    assert bearers(world) == [f"Bearer {TOKEN}", f"Bearer {TOKEN}", None]


async def test_nothing_secret_is_in_what_is_kept_for_people() -> None:
    world = ports(browsers=[CHROME], http=answers())
    result = await fetch(world, CountedStorage(world))
    assert TOKEN not in repr(result)
    assert not any("test-" in line for line in world.log.lines)


class Slow(HttpClient):
    """Answers page and quota; the rest never comes."""

    def __init__(self) -> None:
        self.cancelled: list[str] = []

    async def send(self, request: HttpRequest) -> HttpResponse:
        if request.url.startswith((PAGE, REMAINS)):
            return HttpResponse(200, json.dumps(QUOTA).encode(), request.url, NOW, {"content-type": "application/json"})
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled.append(request.url.partition("?")[0].rpartition("/")[2])
            raise
        raise AssertionError

    def loopback(self, port: int) -> HttpClient:
        raise AssertionError(port)


async def test_extras_that_never_come_do_not_cost_the_quota(monkeypatch: pytest.MonkeyPatch) -> None:
    service = Slow()
    monkeypatch.setattr(site, "REQUEST_SECONDS", 0.01)
    monkeypatch.setattr(site, "BILLING_SECONDS", 0.01)
    ctx = replace(context({"cookieHeader": "minimax_group_id_v2=12345"}), http=service)
    before = asyncio.all_tasks()
    result = await run_strategies(PROVIDER, ctx, Source.WEB)
    assert result.snapshot is not None
    assert result.snapshot.primary is not None
    assert result.snapshot.primary.used_percent == 40
    assert service.cancelled == ["cycle_audio_resource_package", "amount"]
    assert asyncio.all_tasks() == before


async def test_extras_are_not_waited_for_beyond_the_whole_fetch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site, "WHOLE_SECONDS", site.RESERVE_SECONDS)
    service = Slow()
    ctx = replace(context({"cookieHeader": "minimax_group_id_v2=12345"}), http=service)
    result = await run_strategies(PROVIDER, ctx, Source.WEB)
    assert result.snapshot is not None


def test_every_wait_ends_before_its_strategy_is_stopped() -> None:
    assert {strategy.limit_seconds for strategy in PROVIDER.strategies} == {90.0}
    assert site.REQUEST_SECONDS == api.REQUEST_SECONDS == 30
    assert site.BILLING_SECONDS + site.RESERVE_SECONDS < site.WHOLE_SECONDS == api.WHOLE_SECONDS == 90


@pytest.mark.parametrize(("config", "page"), [({}, ""), ({"region": "mars"}, ""), ({"region": "cn"}, DASHBOARDS["cn"])])
def test_the_dashboard_follows_the_region(config: dict[str, Any], page: str) -> None:
    ctx = context(config, {"MINIMAX_HOST": "http://refused.example.com"})
    assert choose_dashboard(ctx.settings, ctx.env, ctx.account) == page
    assert DESCRIPTOR.dashboard_url == "https://platform.minimax.io/user-center/payment/coding-plan?cycle_type=3"
    assert DASHBOARDS["cn"] == "https://platform.minimaxi.com/user-center/payment/coding-plan?cycle_type=3"


def test_an_ipv6_address_takes_the_place_of_the_hosts() -> None:
    ctx = context(env={"MINIMAX_HOST": "[2001:db8::1]:8443"})
    endpoints = resolve_web_endpoints(ctx.settings, ctx.env)
    assert endpoints.remains_urls == ("https://[2001:db8::1]:8443/v1/api/openplatform/coding_plan/remains",)
    assert endpoints.page_url.startswith("https://[2001:db8::1]:8443/user-center/")


@pytest.mark.parametrize("host", ["minimax.io", "platform.minimax.io", "deep.below.minimaxi.com", "MINIMAX.IO."])
def test_the_strict_switch_takes_hosts_of_the_service(host: str) -> None:
    ctx = context(env={"MINIMAX_HOST": host, "MINIMAX_REQUIRE_PROVIDER_ENDPOINT_OVERRIDES": "on"})
    assert resolve_web_endpoints(ctx.settings, ctx.env).page_url.lower().startswith(f"https://{host.lower()}/")


def test_only_the_domains_of_the_region_are_asked_for() -> None:
    query = cookie_query("minimaxi.com")
    assert query.domains == ("platform.minimaxi.com", "openplatform.minimaxi.com", "minimaxi.com")
    assert (query.names, query.host, query.browsers.first) == ((), "", ("safari", "chrome", "firefox"))
    assert query.is_session(["anything"])
    assert not query.is_session([])


def test_the_most_used_of_all_three_lanes_stands_for_the_provider() -> None:
    lanes = [RateWindow(10.0), RateWindow(30.0), RateWindow(70.0)]
    for first, second, third in permutations(lanes):
        assert main_lane(DESCRIPTOR, Snapshot(NOW, first, second, third), NOW) == lanes[2]
    unlimited = RateWindow(0.0, reset_description="Unlimited")
    assert main_lane(DESCRIPTOR, Snapshot(NOW, lanes[0], unlimited), NOW) == lanes[0]


def test_a_reset_in_words_is_no_detail_and_a_number_of_prompts_is_one() -> None:
    named = RateWindow(10.0, resets_at=NOW + timedelta(hours=3), reset_description="Resets in 3 hours")
    plain = RateWindow(10.0, resets_at=NOW + timedelta(hours=3), reset_description="1,500 prompts / 5 hours")
    bare = RateWindow(10.0, reset_description="Resets in 2 days")
    state = succeed(AccountState(), Snapshot(NOW, named, plain, bare), "web", NOW)
    rows = present_card(DESCRIPTOR, AccountKey("minimax"), state, Look(), NOW).rows
    assert [row.reset_text for row in rows] == ["Resets in 3h", "Resets in 3h", "Resets in 2 days"]
    assert [row.detail_text for row in rows] == ["", "1,500 prompts / 5 hours", ""]


@pytest.mark.parametrize(
    ("entry", "found"),
    [
        ({"apiKey": "test-key-1", "region": "cn", "extrasEnabled": False}, []),
        ({"region": "mars"}, [("error", "invalid_region", "region")]),
        ({"cookieSource": "manual"}, [("warning", "cookie_header_missing", "cookieHeader")]),
        ({"cookieSource": "off", "source": "web"}, []),
        ({"source": "cli"}, [("error", "unsupported_source", "source")]),
    ],
)
def test_validation(entry: dict[str, Any], found: list[tuple[str, str, str]]) -> None:
    root = normalise({"version": 1, "providers": [{"id": "minimax", **entry}]}, [PROVIDER])
    config = AppConfig(1, read_entries(root, [PROVIDER]), root, Path("config.json"))
    issues = validate_config(config, [PROVIDER], "linux")
    assert [(issue.severity, issue.code, issue.field) for issue in issues] == found


def test_descriptor() -> None:
    assert (DESCRIPTOR.name, DESCRIPTOR.color, DESCRIPTOR.aliases) == ("MiniMax", "#FE603C", ("mini-max",))
    assert (DESCRIPTOR.windows.primary, DESCRIPTOR.windows.secondary, DESCRIPTOR.windows.tertiary) == (
        "Prompts",
        "Window",
        "",
    )
    assert not DESCRIPTOR.default_enabled
    assert DESCRIPTOR.status_url == ""
    assert PROVIDER.source_modes == (Source.AUTO, Source.API, Source.WEB)
    secrets = {item.key for item in DESCRIPTOR.settings if isinstance(item, SecretSetting)}
    sources = [getattr(item, "hidden_with", "") for item in DESCRIPTOR.settings]
    assert {name for name in sources if name} <= secrets


async def test_no_identity_of_the_environment_stands_beside_an_account() -> None:
    account = {"id": "a", "label": "work", "token": "test-session-2", "addedAt": 1}
    config = {"tokenAccounts": {"version": 1, "activeIndex": 0, "accounts": [account]}}
    names = ("MINIMAX_COOKIE", "MINIMAX_COOKIE_HEADER", "MINIMAX_API_KEY", "MINIMAX_CODING_API_KEY")
    ctx = context(config, dict.fromkeys(names, "x"))
    assert [ctx.env.get(name) for name in names] == [None] * 4
