"""What no recorded case of z.ai can show: extras that come late, pages and places that follow the settings."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from codexbar_providers.zai import PROVIDER, api
from codexbar_providers.zai.endpoints import CHINA_DASHBOARD, TEAM_DASHBOARD, choose_dashboard
from codexbar_providers.zai.keys import locate_key
from codexbar_qt.core.app_config import AppConfig
from codexbar_qt.core.config_normal import normalise, read_entries
from codexbar_qt.core.config_validation import validate_config
from codexbar_qt.provider_api import HttpClient, HttpRequest, HttpResponse, Source
from codexbar_qt.provider_api.fallback import run_strategies
from codexbar_qt.provider_testing import context_from_case, parse_case

if TYPE_CHECKING:
    from codexbar_qt.provider_api import FetchContext, ProviderError, Snapshot

USUAL = "https://z.ai/manage-apikey/coding-plan/personal/my-plan"
TEAM = {"usageScope": "team", "organizationId": "test-org-1", "workspaceID": "test-project-1"}
QUOTA = {
    "code": 200,
    "success": True,
    "data": {"limits": [{"type": "TOKENS_LIMIT", "unit": 3, "number": 5, "percentage": 31}]},
}
USAGE = {
    "success": True,
    "data": {"x_time": ["a"], "modelDataList": [{"modelName": "m", "tokensUsage": [1]}]},
}


def context(
    config: dict[str, Any] | None = None, env: dict[str, str] | None = None, files: dict[str, Any] | None = None
) -> FetchContext:
    case = {"why": "Any.", "now": "2030-01-08T12:00:00Z", "config": config or {}, "env": env or {}}
    return context_from_case(parse_case("case", json.dumps({**case, "files": files or {}})), PROVIDER)


def accounts(**fields: object) -> dict[str, object]:
    account = {
        "id": "11111111-2222-3333-4444-555555555555",
        "label": "work",
        "token": "test-key-a",
        "addedAt": 1,
        **fields,
    }
    return {"version": 1, "activeIndex": 0, "accounts": [account]}


class Service(HttpClient):
    """Answers the quota with `status`, and model usage once its gate for the days is open."""

    def __init__(self, *open_gates: str, status: int = 200) -> None:
        self._open = open_gates
        self._status = status
        self._never = asyncio.Event()
        self.asked: list[str] = []
        self.cancelled: list[str] = []
        self.all_asked = asyncio.Event()

    async def send(self, request: HttpRequest) -> HttpResponse:
        what = "quota" if "/quota/" in request.url else "daily" if "2029-12-09" in request.url else "hourly"
        self.asked.append(what)
        if len(self.asked) == 3:
            self.all_asked.set()
        try:
            if what != "quota" and what not in self._open:
                await self._never.wait()
        except asyncio.CancelledError:
            self.cancelled.append(what)
            raise
        status, body = (self._status, QUOTA) if what == "quota" else (200, USAGE)
        return HttpResponse(status, json.dumps(body).encode(), request.url, context().clock.now())

    def loopback(self, port: int) -> HttpClient:
        raise AssertionError(f"nobody is to ask port {port}")


async def fetch(http: HttpClient) -> tuple[Snapshot | None, ProviderError | None]:
    before = asyncio.all_tasks()
    result = await run_strategies(PROVIDER, replace(context({"apiKey": "test-key-1"}), http=http), Source.AUTO)
    assert asyncio.all_tasks() == before
    return result.snapshot, result.error


async def test_extras_that_are_late_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "WHOLE_SECONDS", 0.2)
    service = Service("hourly")
    snapshot, _ = await fetch(service)
    assert snapshot is not None
    assert [section.title for section in snapshot.details] == ["Quota details", "Hourly tokens"]
    assert service.cancelled == ["daily"]


async def test_a_failed_quota_asks_for_nothing_more() -> None:
    service = Service(status=401)
    snapshot, error = await fetch(service)
    assert snapshot is None
    assert type(error).__name__ == "AuthRejected"
    assert service.asked == ["quota"]


async def test_cancelling_cancels_everything() -> None:
    service = Service()
    before = asyncio.all_tasks()
    task = asyncio.create_task(fetch(service))
    await service.all_asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert asyncio.all_tasks() == before
    assert sorted(service.cancelled) == ["daily", "hourly"]


def test_the_whole_fetch_ends_before_its_strategy_is_stopped() -> None:
    (strategy,) = PROVIDER.strategies
    assert api.REQUEST_SECONDS < api.WHOLE_SECONDS < strategy.limit_seconds == 20


@pytest.mark.parametrize(
    ("config", "env", "page"),
    [
        ({}, {}, ""),
        ({"region": "mars"}, {}, ""),
        ({"region": "bigmodel-cn"}, {}, CHINA_DASHBOARD),
        ({"region": "bigmodel-cn", "tokenAccounts": accounts()}, {}, CHINA_DASHBOARD),
        ({"region": "bigmodel-cn", "tokenAccounts": accounts(**TEAM)}, {}, TEAM_DASHBOARD),
        ({"tokenAccounts": accounts(**TEAM)}, {}, ""),
        ({}, {"Z_AI_API_HOST": "open.bigmodel.cn"}, CHINA_DASHBOARD),
        ({"enterpriseHost": "https://open.bigmodel.cn/x"}, {}, CHINA_DASHBOARD),
        ({}, {"Z_AI_QUOTA_URL": "https://open.bigmodel.cn/q"}, CHINA_DASHBOARD),
        ({}, {"Z_AI_QUOTA_URL": "https://api.z.ai/q", "Z_AI_API_HOST": "open.bigmodel.cn"}, ""),
        ({"region": "bigmodel-cn"}, {"Z_AI_API_HOST": "api.z.ai"}, ""),
        ({"region": "bigmodel-cn"}, {"Z_AI_API_HOST": "proxy.example.com"}, CHINA_DASHBOARD),
        ({"region": "bigmodel-cn"}, {"Z_AI_API_HOST": "http://api.z.ai"}, CHINA_DASHBOARD),
    ],
)
def test_the_dashboard_follows_the_region(config: dict[str, Any], env: dict[str, str], page: str) -> None:
    ctx = context(config, env)
    assert choose_dashboard(ctx.settings, ctx.env, ctx.account) == page
    assert PROVIDER.descriptor.dashboard_url == USUAL


FILE = {"~/.config/zhipu/api_key": "test-key-f"}


@pytest.mark.parametrize(
    ("config", "env", "files", "place"),
    [
        ({}, {"GLM_API_KEY": "test-key-g"}, FILE, ""),
        ({"region": "bigmodel-cn"}, {"GLM_API_KEY": "test-key-g"}, FILE, "GLM_API_KEY"),
        ({"region": "bigmodel-cn"}, {}, FILE, "~/.config/zhipu/api_key"),
        ({"region": "bigmodel-cn"}, {}, {}, ""),
        ({"region": "bigmodel-cn", "apiKey": "test-key-1"}, {}, FILE, ""),
        ({"region": "bigmodel-cn"}, {"Z_AI_API_KEY": "test-key-1"}, FILE, ""),
        ({"region": "bigmodel-cn", "tokenAccounts": accounts(token=" ")}, {}, FILE, ""),
        ({}, {"Z_AI_API_HOST": "open.bigmodel.cn"}, FILE, "~/.config/zhipu/api_key"),
        ({"region": "bigmodel-cn"}, {"Z_AI_API_HOST": "api.z.ai"}, FILE, ""),
        ({"region": "bigmodel-cn"}, {"Z_AI_QUOTA_URL": "http://x"}, FILE, ""),
    ],
)
async def test_the_settings_page_says_where_a_china_key_comes_from(
    config: dict[str, Any], env: dict[str, str], files: dict[str, Any], place: str
) -> None:
    assert await locate_key(context(config, env, files)) == place


async def test_a_key_file_that_is_far_too_large_is_passed_by() -> None:
    files = {"~/.coding-relay/glm-api-key": "x" * 70_000, **FILE}
    assert await locate_key(context({"region": "bigmodel-cn"}, files=files)) == "~/.config/zhipu/api_key"


@pytest.mark.parametrize(
    ("entry", "found"),
    [
        ({"region": "bigmodel-cn", "apiKey": "test-key-1"}, []),
        ({"enterpriseHost": "proxy.example.com/zai?tenant=1"}, []),
        ({"tokenAccounts": accounts(**TEAM)}, []),
        ({"tokenAccounts": accounts()}, []),
        ({"region": "mars"}, [("error", "invalid_region", "region")]),
        ({"enterpriseHost": "http://x"}, [("error", "invalid_enterprise_host", "enterpriseHost")]),
        (
            {"tokenAccounts": accounts(usageScope="team", organizationId="test-org-1")},
            [("warning", "zai_team_context_missing", "tokenAccounts.accounts[0]")],
        ),
        ({"workspaceID": "x"}, [("warning", "workspace_unused", "workspaceID")]),
    ],
)
def test_validation(entry: dict[str, Any], found: list[tuple[str, str, str]]) -> None:
    root = normalise({"version": 1, "providers": [{"id": "zai", **entry}]}, [PROVIDER])
    config = AppConfig(1, read_entries(root, [PROVIDER]), root, Path("config.json"))
    issues = validate_config(config, [PROVIDER], "linux")
    assert [(issue.severity, issue.code, issue.field) for issue in issues] == found


def test_no_identity_of_the_environment_stands_beside_an_account() -> None:
    ctx = context({"tokenAccounts": accounts()}, {name: "x" for name in ("Z_AI_API_KEY", "GLM_API_KEY")})
    assert ctx.env.get("Z_AI_API_KEY") is None
    assert ctx.env.get("GLM_API_KEY") is None
