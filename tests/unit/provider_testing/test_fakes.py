"""The fakes behave like the ports they stand for, and remember."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from codexbar_qt.provider_api import (
    AccountsSetting,
    Command,
    CommandResult,
    FetchContext,
    HttpRequest,
    MissingCredential,
    ParseError,
    Provider,
    ProviderDescriptor,
    RequestRefused,
    Secret,
    SecretSetting,
    ServiceUnavailable,
    Snapshot,
    Source,
    Strategy,
    TextSetting,
    ToggleSetting,
    ToolFailed,
    ToolNotInstalled,
)
from codexbar_qt.provider_testing import (
    Case,
    CaseError,
    CasePorts,
    context_from_case,
    parse_case,
    selected_account,
    source_mode,
)

URL = "https://example.com/x"


async def fetch(ctx: FetchContext) -> Snapshot:
    return Snapshot(ctx.clock.now())


PROVIDER = Provider(
    ProviderDescriptor(
        "acme",
        "Acme",
        "#112233",
        1,
        settings=(
            SecretSetting("apiKey", "API key", env=("ACME_KEY",)),
            TextSetting("enterpriseHost", "Host", default="h"),
            ToggleSetting("extrasEnabled", "Extras"),
            AccountsSetting("Accounts", injects="apiKey", related=("ACME_ORG",)),
        ),
    ),
    (Strategy(Source.API, fetch), Strategy(Source.WEB, fetch)),
)


def case(**parts: object) -> Case:
    return parse_case("case", json.dumps({"why": "Any.", "now": "2030-01-08T12:00:00Z", **parts}))


def ports(*, repeat: bool = False, **parts: object) -> CasePorts:
    return CasePorts.from_case(case(**parts), PROVIDER, repeat=repeat)


def request(url: str = URL, method: str = "GET", **more: object) -> HttpRequest:
    return HttpRequest(method, url, "Acme", **more)  # type: ignore[arg-type]


async def test_answers_come_in_order_and_then_are_a_problem() -> None:
    used = ports(http=[{"url": URL, "json": 1}, {"url": URL + "2", "json": 9}, {"url": URL, "json": 2}])
    assert [(await used.context.http.send(request())).body for _ in range(2)] == [b"1", b"2"]
    assert used.problems() == [f"recorded answer not used: GET {URL}2"]
    with pytest.raises(ServiceUnavailable):
        await used.context.http.send(request())
    assert f"unexpected request: GET {URL}" in used.problems()


async def test_repeated_answers_start_again() -> None:
    used = ports(repeat=True, http=[{"url": URL, "json": 1}, {"url": URL, "json": 2}])
    assert [(await used.context.http.send(request())).body for _ in range(5)] == [b"1", b"2", b"1", b"2", b"1"]
    assert used.http.problems == []


@pytest.mark.parametrize("fault", ["timeout", "dns", "connect", "tls", "reset"])
async def test_faults(fault: str) -> None:
    with pytest.raises(ServiceUnavailable, match=r"^Acme network error: .*example\.com") as caught:
        await ports(http=[{"url": URL, "fault": fault}]).context.http.send(request())
    assert caught.value.reason == fault


async def test_a_body_over_the_limit() -> None:
    with pytest.raises(ParseError):
        await ports(http=[{"url": URL, "size": 11}]).context.http.send(request(max_bytes=10))


async def test_redirects() -> None:
    elsewhere = "https://other.example.com/"
    recorded = [
        {"url": URL, "status": 302, "headers": {"Location": "/y"}},
        {"url": "https://example.com/y", "status": 307, "headers": {"location": elsewhere}},
        {"method": "GET", "url": elsewhere, "json": 1},
    ]
    used = ports(http=recorded)
    headers = {"Authorization": Secret("test-key-1"), "Accept": "a"}
    answer = await used.context.http.send(request(headers=headers))
    assert answer.url == elsewhere
    assert [dict(sent.headers) for sent in used.http.requests] == [headers, headers, {"Accept": "a"}]
    with pytest.raises(RequestRefused) as caught:
        await ports(http=recorded[:1]).context.http.send(request(follow_redirects=False))
    assert caught.value.status == 302


async def test_a_redirected_post_becomes_a_get() -> None:
    used = ports(
        http=[
            {"method": "POST", "url": URL, "status": 303, "headers": {"location": "/y"}},
            {"url": "https://example.com/y"},
        ]
    )
    await used.context.http.send(request(method="POST", body=b"{}"))
    assert (used.http.requests[1].method, used.http.requests[1].body) == ("GET", None)


async def test_endless_redirects_end() -> None:
    recorded = [{"url": URL, "status": 302, "headers": {"location": URL}}] * 6
    with pytest.raises(RequestRefused, match="too many"):
        await ports(http=recorded).context.http.send(request())


async def test_requests_are_compared() -> None:
    expected = {
        "headers": {"a": "1", "b": {"matches": "^x"}, "c": "3"},
        "absent": ["d"],
        "json": {"k": 1},
        "timeout": 2,
    }
    used = ports(http=[{"method": "POST", "url": URL, "request": expected}] * 2)
    await used.context.http.post_json(
        URL, {"k": 1}, service="Acme", headers={"A": "1", "B": Secret("xy"), "c": "3"}, timeout=2
    )
    assert used.http.problems == []
    await used.context.http.send(request(method="POST", headers={"A": "2", "B": "yx", "D": "4"}, body=b"{"))
    place = f"POST {URL}"
    assert used.http.problems == [
        f"{place}: header a is different",
        f"{place}: header b is different",
        f"{place}: header c is missing",
        f"{place}: header d has to be absent",
        f"{place}: the body is different",
        f"{place}: the time limit is 15 s",
    ]


async def test_programs() -> None:
    used = ports(
        programs={"tool": "/opt/tool", "other": "/home/user/bin/other"}, env={"TOOL": "/opt/tool", "BAD": "/x"}
    )
    find = used.context.processes.find
    assert await find("tool") == "/opt/tool"
    assert await find("nothing", env="TOOL") == "/opt/tool"
    assert await find("nothing", env="BAD") is None
    assert await find("nothing", extra=("/x", "~/bin/other")) == "/home/user/bin/other"


def accept_ok(result: CommandResult) -> bool:
    return "ok" in result.text


async def test_commands() -> None:
    recorded = [
        {"argv": ["tool", "a"], "stdout": "1"},
        {"argv": ["tool", "a"], "stdout": "2", "exit_code": 3},
        {"argv": ["tool", "b"]},
    ]
    used = ports(commands=recorded)
    command = Command(("/opt/tool", "a"), 5)
    results = [await used.context.processes.run(command) for _ in range(2)]
    assert [(result.stdout, result.exit_code) for result in results] == [("1", 0), ("2", 3)]
    assert used.problems() == ["recorded command not used: tool b (pipe)"]
    with pytest.raises(ToolFailed):
        await used.context.processes.run(command)
    assert "unexpected command: tool a" in used.problems()


async def test_repeated_commands_start_again() -> None:
    used = ports(repeat=True, commands=[{"argv": ["tool"], "stdout": "1"}])
    assert [(await used.context.processes.run(Command(("tool",), 5))).stdout for _ in range(3)] == ["1"] * 3


async def test_command_faults() -> None:
    used = ports(commands=[{"argv": ["tool"], "fault": "missing"}, {"argv": ["tool"], "fault": "cannot_start"}])
    with pytest.raises(ToolNotInstalled):
        await used.context.processes.run(Command(("C:\\bin\\tool",), 5))
    with pytest.raises(ToolFailed):
        await used.context.processes.run(Command(("tool",), 5))


@pytest.mark.parametrize(
    ("pipe", "pty", "transport"),
    [
        ({"stdout": "ok"}, {"stdout": "ok"}, "pipe"),
        ({"stdout": "odd"}, {"stdout": "ok"}, "pty"),
        ({"stopped_by": "limit"}, {"stdout": "ok"}, "pty"),
        ({"stdout": "odd", "stopped_by": "idle"}, {"stdout": "ok"}, "pipe"),
        ({"stdout": "odd", "exit_code": 1}, {"stdout": "ok"}, "pty"),
        ({"stdout": "odd"}, {"stdout": "odd"}, "pipe"),
        ({"stdout": "odd"}, {"stdout": "ok", "exit_code": 1}, "pipe"),
        ({"stdout": "odd"}, None, "pipe"),
    ],
)
async def test_pty_follows_pipe(pipe: dict[str, object], pty: dict[str, object] | None, transport: str) -> None:
    recorded = [{"argv": ["tool"], **pipe}, *([{"argv": ["tool"], "transport": "pty", **pty}] if pty else [])]
    used = ports(commands=recorded)
    result = await used.context.processes.run(Command(("tool",), 5, accept=accept_ok, pty_fallback=True))
    assert result.transport == transport


FILES = {
    "~/a/one.txt": {"text": "1", "modified_at": "2030-01-01T00:00:00Z"},
    "~/a/b/two.txt": {"texts": ["half", "whole"]},
    "~/a/locked": {"fault": "unreadable"},
    "~/a/latin": {"fault": "not_utf8"},
    "~/a/empty": {"dir": True},
    "~/db": {"tables": {"kv": {"columns": ["key", 'va"lue'], "rows": [["k", "v"], ["l", 2]]}}},
}


async def test_files() -> None:
    files = ports(files=FILES).context.files
    assert files.home == "/home/user"
    assert files.expand("~") == "/home/user"
    assert await files.read_text("~/a/one.txt") == "1"
    assert await files.read_text("/home/user/a/one.txt") == "1"
    assert [await files.read_text("~/a/b/two.txt") for _ in range(3)] == ["half", "whole", "whole"]
    assert await files.read_text("~/nothing") is None
    for path in ("~/a/locked", "~/a/latin", "~/a/empty", "~/db"):
        with pytest.raises(ParseError):
            await files.read_text(path)
    with pytest.raises(ParseError):
        await files.read_text("~/a/b/two.txt", max_bytes=4)


async def test_directories() -> None:
    files = ports(files=FILES).context.files
    now = datetime(2030, 1, 8, 12, tzinfo=UTC)
    listed = [(info.name, info.is_dir, info.modified_at) for info in await files.list_dir("~/a/")]
    assert listed == [
        ("b", True, now),
        ("empty", True, now),
        ("latin", False, now),
        ("locked", False, None),
        ("one.txt", False, datetime(2030, 1, 1, tzinfo=UTC)),
    ]
    assert await files.list_dir("~/none") == ()
    assert await files.stat("~/none") is None


async def test_windows_paths() -> None:
    files = ports(platform="windows", files={"~/a/b": "x"}).context.files
    assert await files.read_text("C:\\Users\\user\\a\\b") == "x"
    assert await files.read_text("~\\a\\b") == "x"


async def test_databases() -> None:
    files = ports(files=FILES).context.files
    assert await files.query("~/db", 'SELECT "va""lue" FROM kv WHERE key = ?', ("l",)) == ((2,),)
    assert await files.query("~/db", "SELECT nothing FROM kv") is None
    assert await files.query("~/a/one.txt", "SELECT 1") is None
    assert await files.query("~/none", "SELECT 1") is None


async def test_writes() -> None:
    used = ports(
        files={"~/there": "x"},
        writes={"~/a": {"matches": "^[0-9]+$"}, "~/b": {"text": "b"}, "~/c": {"fails": True}, "~/d": {"text": "d"}},
    )
    write = used.context.files.write_private_text
    assert await write("~/a", "12")
    assert await used.context.files.read_text("~/a") == "12"
    assert await write("~/b", "other")
    assert not await write("~/c", "c")
    assert not await write("~/there", "y")
    assert await write("~/unexpected", "z")
    assert used.problems() == [
        "the text written to ~/b is different",
        "unexpected write: ~/unexpected",
        "expected write did not happen: /home/user/d",
    ]


async def test_clock_passes_without_waiting() -> None:
    clock = context_from_case(case(), PROVIDER).clock
    before = clock.now()
    await clock.sleep(3600)
    assert clock.now() - before == timedelta(hours=1)


ACCOUNTS: dict[str, object] = {
    "apiKey": "test-key-9",
    "tokenAccounts": {
        "activeIndex": 5,
        "accounts": [{"label": "home", "token": "test-key-1"}, {"label": "work", "token": "test-key-2"}],
    },
}


async def test_credentials_settings_and_environment() -> None:
    ctx = context_from_case(case(config={"extrasEnabled": True}, env={"ACME_KEY": " 'x' ", "ACME_ORG": "o"}), PROVIDER)
    key = await ctx.credentials.get("apiKey")
    assert key is not None
    assert key.reveal() == "x"
    assert (await ctx.credentials.require("apiKey")).reveal() == "x"
    assert ctx.settings.get("enterpriseHost") == "h"
    assert ctx.settings.flag("extrasEnabled")
    assert ctx.env.get("ACME_ORG") == "o"
    assert ctx.env.get("NOTHING") is None
    with pytest.raises(MissingCredential, match=r"^None\.$"):
        await context_from_case(case(), PROVIDER).credentials.require("apiKey", message="None.")


@pytest.mark.parametrize(("named", "label", "token"), [("home", "home", "test-key-1"), (None, "work", "test-key-2")])
async def test_accounts(named: str | None, label: str, token: str) -> None:
    ctx = context_from_case(case(config=ACCOUNTS, account=named, env={"ACME_ORG": "o"}), PROVIDER)
    assert (ctx.account.label if ctx.account else None) == label
    assert (await ctx.credentials.require("apiKey")).reveal() == token
    assert ctx.env.get("ACME_ORG") is None


def test_an_unknown_account_is_a_mistake_of_the_case() -> None:
    configs: list[dict[str, object]] = [{}, ACCOUNTS, {"tokenAccounts": []}]
    for config in configs:
        with pytest.raises(CaseError):
            selected_account(case(config=config, account="other"))


def test_a_provider_without_accounts_hides_nothing() -> None:
    plain = Provider(ProviderDescriptor("acme", "Acme", "#112233", 1), ())
    assert context_from_case(case(config=ACCOUNTS, env={"ACME_ORG": "o"}), plain).env.get("ACME_ORG") == "o"


@pytest.mark.parametrize(
    ("parts", "mode"),
    [
        ({}, Source.AUTO),
        ({"source": "cli"}, Source.CLI),
        ({"config": {"source": "web"}}, Source.WEB),
        ({"config": {"source": "cli"}}, Source.AUTO),
        ({"config": {"source": "web"}, "source": "api"}, Source.API),
    ],
)
def test_source_mode(parts: dict[str, object], mode: Source) -> None:
    assert source_mode(case(**parts), PROVIDER) is mode


def test_system() -> None:
    system = context_from_case(case(platform="macos", system={"host_name": "box"}, interactive=True), PROVIDER).system
    assert (system.platform, system.os_name, system.host_name, system.app_version) == ("macos", "macOS", "box", "1.2.3")
    with pytest.raises(CaseError, match="unknown keys: colour"):
        context_from_case(case(system={"colour": "blue"}), PROVIDER)


async def test_removals_are_announced() -> None:
    used = ports(
        files={"~/a": "a", "~/b": "b", "~/c": "c", "~/d": {"dir": True}},
        writes={"~/a": {"removed": True}, "~/c": {"removed": True, "fails": True}, "~/e": {"removed": True}},
    )
    files = used.context.files
    removed = [await files.remove_private_text(f"~/{name}") for name in "abcdx"]
    assert removed == [True, True, False, False, True]
    assert [await files.read_private_text(f"~/{name}") for name in "abc"] == [None, None, "c"]
    assert used.problems() == ["unexpected removal: ~/b", "expected write did not happen: /home/user/e"]


async def test_a_refused_redirect_names_its_target() -> None:
    used = ports(http=[{"url": URL, "status": 302, "headers": {"location": "/login"}}])
    with pytest.raises(RequestRefused) as caught:
        await used.context.http.send(request(follow_redirects=False))
    assert caught.value.location == "https://example.com/login"
