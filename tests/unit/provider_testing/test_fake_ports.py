"""Memory, desktop, saved secrets, loopback clients, searches and replaced files of a case."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from codexbar_qt.provider_api import (
    AccountsSetting,
    InvalidSetting,
    Provider,
    ProviderDescriptor,
    RequestRefused,
    Scope,
    Secret,
    SecretSetting,
    SelectedAccount,
    ToolFailed,
)
from codexbar_qt.provider_api.resolution import Values
from codexbar_qt.provider_testing import CasePorts, FakeClock, FakeDesktop, FakeEnv, empty_context, parse_case

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)
NEW = Secret("test-key-2")
LOCAL = "https://127.0.0.1:9001/quota"
PROVIDER = Provider(
    ProviderDescriptor(
        "acme",
        "Acme",
        "#112233",
        1,
        settings=(
            SecretSetting("apiKey", "API key", env=("ACME_KEY",), env_when_named=("SHARED_KEY",)),
            AccountsSetting("Accounts", injects="apiKey"),
        ),
    ),
    (),
)
ACCOUNT = {
    "label": " work ",
    "token": "test-key-1",
    "usageScope": "team",
    "organizationId": "o-1",
    "workspaceID": "w-1",
}
ACCOUNTS = {"tokenAccounts": {"activeIndex": 0, "accounts": [ACCOUNT]}}


def ports(**parts: object) -> CasePorts:
    text = json.dumps({"why": "Any.", "now": "2030-01-08T12:00:00Z", **parts})
    return CasePorts.from_case(parse_case("case", text), PROVIDER)


async def test_memory() -> None:
    ctx = ports().context
    ctx.memory.remember("token", NEW, until=NOW + timedelta(seconds=10))
    assert ctx.memory.recall("token") == NEW
    await ctx.clock.sleep(10)
    assert ctx.memory.recall("token") is None
    ctx.memory.forget("token")
    ctx.memory.forget("token")
    assert ctx.memory.recall("token") is None


async def test_desktop() -> None:
    desktop = FakeDesktop(terminal=True, redirect={"code": "c"})
    assert await desktop.open_terminal(["tool", "login"])
    found = await desktop.receive_redirect(lambda url: f"https://example.com/?to={url}", path="/back", limit_seconds=60)
    assert (found, desktop.terminals) == ({"code": "c"}, [("tool", "login")])
    assert desktop.opened == ["https://example.com/?to=http://127.0.0.1:40000/back"]
    bare = ports().context.desktop
    assert not await bare.open_terminal(["tool"])
    with pytest.raises(ToolFailed, match="within 60 s"):
        await bare.receive_redirect(lambda url: url, path="/", limit_seconds=60)


async def test_account_and_scope() -> None:
    used = ports(config=ACCOUNTS, scope={"id": "o-1", "name": "Acme"})
    assert used.context.account == SelectedAccount("work", "team", "o-1", "w-1")
    assert used.context.scope == Scope("o-1", "Acme")
    assert (ports().context.account, ports().context.scope) == (None, None)


@pytest.mark.parametrize(("named", "key"), [(True, "test-key-1"), (False, None)])
async def test_variables_of_other_programs_count_for_named_providers(named: bool, key: str | None) -> None:
    found = await ports(named=named, env={"SHARED_KEY": "test-key-1"}).context.credentials.get("apiKey")
    assert (found.reveal() if found else None) == key


@pytest.mark.parametrize(
    ("config", "saves"),
    [
        ({"apiKey": "test-key-1"}, {"apiKey": {"text": "test-key-2"}}),
        ({"apiKey": "test-key-1"}, {"apiKey": {"matches": "^test-key-[0-9]$"}}),
        ({**ACCOUNTS, "apiKey": "test-key-9"}, {"tokenAccounts": {"text": "test-key-2"}}),
    ],
)
async def test_announced_saves(config: dict[str, object], saves: dict[str, object]) -> None:
    used = ports(config=config, saves=saves)
    assert used.problems() == [f"expected save did not happen: {next(iter(saves))}"]
    assert await used.context.credentials.save_rotated("apiKey", NEW)
    assert used.problems() == []
    assert used.store.saved == {next(iter(saves)): "test-key-2"}


async def test_saves_that_fail_differ_or_were_not_announced() -> None:
    stored = {"apiKey": "test-key-1"}
    failing = ports(config=stored, saves={"apiKey": {"fails": True}})
    assert not await failing.context.credentials.save_rotated("apiKey", NEW)
    assert failing.problems() == []
    other = ports(config=stored, saves={"apiKey": {"text": "test-key-3"}})
    assert await other.context.credentials.save_rotated("apiKey", NEW)
    assert other.problems() == ["the secret saved as apiKey is different"]
    unexpected = ports(config=stored)
    assert await unexpected.context.credentials.save_rotated("apiKey", NEW)
    assert unexpected.problems() == ["unexpected save of apiKey"]
    from_env = ports(env={"ACME_KEY": "test-key-1"})
    assert not await from_env.context.credentials.save_rotated("apiKey", NEW)
    assert from_env.problems() == []


async def test_an_added_account() -> None:
    used = ports(saves={"tokenAccounts": {"text": "test-key-2"}})
    await used.context.credentials.add_account("work", NEW)
    assert (used.store.accounts, used.store.saved) == (["work"], {"tokenAccounts": "test-key-2"})
    assert used.problems() == []
    env = FakeEnv({})
    empty = empty_context(Values(PROVIDER.descriptor, {"apiKey": "x"}, env.get), env, FakeClock(NOW))
    assert not await empty.credentials.save_rotated("apiKey", NEW)
    with pytest.raises(InvalidSetting):
        await empty.credentials.add_account("work", NEW)


async def test_loopback_answers_are_ordinary_rows() -> None:
    used = ports(http=[{"url": LOCAL, "json": {"left": 5}}, {"url": "http://127.0.0.1:9002/quota", "status": 500}])
    local = used.context.http.loopback(9001)
    assert (await local.get_json(LOCAL, service="Acme")).raw == {"left": 5}
    assert (await local.loopback(9002).get("http://127.0.0.1:9002/quota", service="Acme")).status == 500
    assert used.problems() == []


async def test_loopback_goes_nowhere_else_and_follows_nothing() -> None:
    used = ports(http=[{"url": LOCAL, "status": 302, "headers": {"Location": LOCAL + "2"}}])
    local = used.context.http.loopback(9001)
    for place in ("https://127.0.0.1:9002/quota", "https://localhost:9001/quota", "https://example.com/"):
        with pytest.raises(InvalidSetting):
            await local.get(place, service="Acme")
    with pytest.raises(RequestRefused):
        await local.get(LOCAL, service="Acme")
    assert used.problems() == []


async def test_this_machine_is_asked_through_loopback() -> None:
    used = ports(http=[{"url": LOCAL}])
    await used.context.http.get(LOCAL, service="Acme")
    assert used.problems() == [f"a request to this machine did not go through loopback: {LOCAL}"]


async def test_searches() -> None:
    program = f"client-2.apps client-1.apps client-2.apps <{'x' * 256}> <ä>"
    files = ports(
        files={"~/program": program, "~/gone": {"fault": "unreadable"}, "~/folder": {"dir": True}}
    ).context.files
    assert await files.search("~/program", r"client-\d\.apps") == ("client-2.apps", "client-1.apps")
    assert await files.search("~/program", r"client-\d\.apps", most=1) == ("client-2.apps",)
    assert await files.search("~/program", "<[^>]*>|y*") == ()
    for path in ("~/nothing", "~/gone", "~/folder"):
        assert await files.search(path, ".") == ()


async def test_replaced_files() -> None:
    used = ports(files={"~/auth.json": "old"}, writes={"~/auth.json": {"text": "new"}, "~/no.json": {"fails": True}})
    files = used.context.files
    assert not await files.write_private_text("~/auth.json", "new")
    assert await files.replace_private_text("~/auth.json", "new")
    assert not await files.replace_private_text("~/no.json", "new")
    assert used.problems() == []
    await files.replace_private_text("~/other.json", "new")
    assert used.problems() == ["unexpected write: ~/other.json"]
