"""`usage` from the command line to its output, over providers the tests make up (cli.md 2 to 4)."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from codexbar_qt.provider_api import (
    AuthRejected,
    DetailRow,
    DetailSection,
    FetchContext,
    Identity,
    MissingCredential,
    NoUsageData,
    ParseError,
    Provider,
    RateWindow,
    ServiceUnavailable,
    Snapshot,
    Source,
    Strategy,
    ToolNotInstalled,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

UUIDS = ("00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002")


async def good(ctx: FetchContext) -> Snapshot:
    now = ctx.clock.now()
    return Snapshot(now, RateWindow(28.0, 300, now + timedelta(hours=2)), identity=Identity(login_method="Pro"))


async def keyed(ctx: FetchContext) -> Snapshot:
    key = (await ctx.credentials.require("apiKey")).reveal()
    if key == "test-key-2":
        raise AuthRejected("Beta refused the key. Enter another one.")
    return Snapshot(ctx.clock.now(), RateWindow(50.0))


async def balance(ctx: FetchContext) -> Snapshot:
    return Snapshot(ctx.clock.now(), identity=Identity(login_method="Balance: $31.07"))


async def detailed(ctx: FetchContext) -> Snapshot:
    rows = (DetailRow("Plan", "Pro"), DetailRow("Used", "5", "of 10"))
    return Snapshot(ctx.clock.now(), details=(DetailSection(rows, "Usage"),), tool_version="2.1.4")


async def refused(ctx: FetchContext) -> Snapshot:
    raise AuthRejected("Gamma refused the login of user@example.com. Sign in again.")


async def not_installed(ctx: FetchContext) -> Snapshot:
    raise ToolNotInstalled("The Delta CLI is required. Install it.")


async def unlimited(ctx: FetchContext) -> Snapshot:
    raise NoUsageData("This plan has no limits.")


async def endless(ctx: FetchContext) -> Snapshot:
    await asyncio.Event().wait()
    raise AssertionError


async def broken(ctx: FetchContext) -> Snapshot:
    raise ZeroDivisionError("test-key-1")


def write(folder: Path, *entries: dict[str, object], preferences: dict[str, object] | None = None) -> None:
    (folder / "config.json").write_text(json.dumps({"version": 1, "providers": entries}))
    if preferences is not None:
        (folder / "settings.json").write_text(json.dumps(preferences))


def on(*names: str) -> list[dict[str, object]]:
    return [{"id": name, "enabled": True} for name in names]


ACCOUNTS: dict[str, object] = {
    "version": 1,
    "activeIndex": 0,
    "accounts": [
        {"id": UUIDS[0], "label": "home", "token": "test-key-1", "addedAt": 1},
        {"id": UUIDS[1], "label": "work", "token": "test-key-2", "addedAt": 1},
    ],
}


@pytest.fixture
def providers(make_provider: Callable[..., Provider]) -> tuple[Provider, ...]:
    return (
        make_provider("alpha", good),
        make_provider("beta", keyed, accounts=True),
        make_provider("balance", balance, plan_label="Balance"),
        make_provider("details", detailed, source=Source.CLI),
        make_provider("gamma", refused),
        make_provider("delta", not_installed, source=Source.CLI, missing_tool_exit_code=2),
        make_provider("epsilon", not_installed, source=Source.CLI),
        make_provider("unlimited", unlimited),
        make_provider("endless", endless),
        make_provider("broken", broken),
    )


@pytest.mark.parametrize(("arguments", "out"), [((), b""), (("--json",), b"[]\n"), (("--json", "--pretty"), b"[]\n")])
def test_nothing_enabled_is_success(
    make_host: Any, run: Any, providers: tuple[Provider, ...], arguments: tuple[str, ...], out: bytes
) -> None:
    host = make_host(*providers)
    ended = run(host, *arguments)
    assert (ended.code, ended.out, ended.err) == (0, out, "")
    assert host.backend.closed == 1


def test_text_and_json_of_everything_that_worked(
    tmp_path: Path, make_host: Any, run: Any, providers: tuple[Provider, ...], golden: Any, decode_usage: Any
) -> None:
    write(tmp_path, *on("details", "gamma", "balance", "alpha"))
    text = run(make_host(*providers), "usage")
    assert (text.code, text.out.decode()) == (1, golden("mixed.txt"))
    assert text.err == "Error: Gamma refused the login of user@example.com. Sign in again.\n"
    document = run(make_host(*providers), "usage", "--json", "--pretty")
    assert (document.code, document.out.decode(), document.err) == (1, golden("mixed.json"), "")
    assert [element.provider for element in decode_usage(document.out)] == ["details", "gamma", "balance", "alpha"]


def test_every_account(
    tmp_path: Path, make_host: Any, run: Any, providers: tuple[Provider, ...], golden: Any, decode_usage: Any
) -> None:
    write(tmp_path, {"id": "beta", "enabled": True, "apiKey": "test-key-2", "tokenAccounts": ACCOUNTS})
    text = run(make_host(*providers), "--all-accounts")
    assert (text.code, text.out.decode()) == (1, golden("accounts.txt"))
    assert text.err == "Error (beta - work): Beta refused the key. Enter another one.\n"
    document = run(make_host(*providers), "--all-accounts", "--format=json", "--pretty")
    assert document.out.decode() == golden("accounts.json")
    decode_usage(document.out)


@pytest.mark.parametrize(("arguments", "code"), [((), 0), (("--account", "WORK"), 1), (("--account-index=1",), 0)])
def test_one_account(
    tmp_path: Path, make_host: Any, run: Any, providers: tuple[Provider, ...], arguments: tuple[str, ...], code: int
) -> None:
    write(tmp_path, {"id": "beta", "enabled": True, "tokenAccounts": ACCOUNTS})
    ended = run(make_host(*providers), "--json", *arguments)
    (element,) = json.loads(ended.out)
    assert (ended.code, element["account"]) == (code, "work" if code else "home")


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (("alpha",), 0),
        (("gamma", "alpha"), 1),
        (("delta",), 2),
        (("epsilon",), 1),
        (("delta", "gamma", "alpha"), 1),
        (("gamma", "delta", "alpha"), 2),
        (("unlimited",), 0),
        (("broken",), 1),
    ],
)
@pytest.mark.logs_warnings
def test_exit_code_is_that_of_the_last_failure(
    tmp_path: Path, make_host: Any, run: Any, providers: tuple[Provider, ...], names: tuple[str, ...], code: int
) -> None:
    write(tmp_path, *on(*names))
    text, document = run(make_host(*providers)), run(make_host(*providers), "--json")
    assert (text.code, document.code) == (code, code)
    codes = [element.get("error", {}).get("code", 0) for element in json.loads(document.out)]
    assert [item for item in codes if item][-1:] == ([code] if code else [])


def test_a_plan_without_limits_is_no_failure(
    tmp_path: Path, make_host: Any, run: Any, providers: tuple[Provider, ...], decode_usage: Any
) -> None:
    write(tmp_path, *on("unlimited"))
    text = run(make_host(*providers))
    assert text.out.decode() == "== Unlimited (api) ==\nLimits: not available\nNote: This plan has no limits.\n"
    (element,) = decode_usage(run(make_host(*providers), "--json").out)
    assert (element.source, element.diagnostic, element.usage.primary) == ("api", "This plan has no limits.", None)


@pytest.mark.logs_warnings
def test_a_fault_of_a_provider_stays_its_own(
    tmp_path: Path, make_host: Any, run: Any, providers: tuple[Provider, ...]
) -> None:
    write(tmp_path, *on("broken", "alpha"))
    ended = run(make_host(*providers), "--json")
    first, second = json.loads(ended.out)
    assert first["error"]["message"].startswith("Broken hit an internal error.")
    assert b"test-key-1" not in ended.out
    assert second["usage"]["primary"]["usedPercent"] == 28


def test_time_limit_of_one_does_not_touch_the_others(
    tmp_path: Path, make_host: Any, run: Any, providers: tuple[Provider, ...]
) -> None:
    write(tmp_path, *on("endless", "alpha"))
    host = make_host(*providers)
    ended = run(host, "--json", "--web-timeout", "0.05")
    first, second = json.loads(ended.out)
    told = "Endless did not answer within 0.05 s. Set a longer --web-timeout."
    assert first == {"provider": "endless", "source": "auto", "error": {"code": 1, "message": told, "kind": "provider"}}
    assert "usage" in second
    assert (ended.code, host.backend.closed) == (1, 1)


@pytest.mark.parametrize(
    ("arguments", "stored", "source"),
    [(("--source", "web"), None, "web"), ((), "api", "api"), ((), "cli", "auto"), ((), None, "auto")],
)
def test_source_of_a_failure_is_what_was_asked_for(
    tmp_path: Path,
    make_host: Any,
    run: Any,
    providers: tuple[Provider, ...],
    arguments: tuple[str, ...],
    stored: str | None,
    source: str,
) -> None:
    write(tmp_path, {"id": "gamma", "enabled": True, "source": stored})
    (element,) = json.loads(run(make_host(*providers), "--json", *arguments).out)
    assert element["source"] == source
    if arguments:
        assert element["error"]["message"] == "Source 'web' is not supported for Gamma."


def test_hidden_personal_info_is_hidden_everywhere(
    tmp_path: Path, make_host: Any, run: Any, providers: tuple[Provider, ...]
) -> None:
    write(tmp_path, *on("gamma"), preferences={"hidePersonalInfo": True})
    text, document = run(make_host(*providers)), run(make_host(*providers), "--json")
    assert text.err == "Error: Gamma refused the login of . Sign in again.\n"
    assert b"@" not in document.out


def test_absolute_resets_follow_the_preference(
    tmp_path: Path, make_host: Any, run: Any, providers: tuple[Provider, ...]
) -> None:
    write(tmp_path, *on("alpha"), preferences={"resetTimesShowAbsolute": True})
    assert b"\nResets 14:00\n" in run(make_host(*providers)).out


def test_verbose_tells_what_was_tried(tmp_path: Path, make_host: Any, run: Any) -> None:
    async def missing(ctx: FetchContext) -> Snapshot:
        raise MissingCredential("There is no key. Add one.")

    async def unreadable(ctx: FetchContext) -> Snapshot:
        raise ParseError("The answer was not understood. Try again later.")

    from codexbar_qt.provider_api import ANY_FAILURE, ProviderDescriptor

    ways = (
        Strategy(Source.API, missing),
        Strategy(Source.WEB, unreadable, falls_back_on=ANY_FAILURE),
        Strategy(Source.CLI, good, label="local"),
    )
    provider = Provider(ProviderDescriptor("alpha", "Alpha", "#000000", 1), ways)
    write(tmp_path, *on("alpha"))
    expected = (
        "[alpha] fetch strategies:\n"
        "  - api (api) unavailable error=MissingCredential\n"
        "  - web (web) available error=ParseError\n"
        "  - local (cli) available\n"
    )
    assert run(make_host(provider), "-v").err == expected
    assert run(make_host(provider), "-v", "--json").err == expected
    assert run(make_host(provider), "-v", "--json-output").err == ""
    assert run(make_host(provider)).err == ""


def test_eight_run_at_once_in_the_background_and_the_order_stays(
    tmp_path: Path, make_host: Any, run: Any, make_provider: Callable[..., Provider]
) -> None:
    running, most = 0, 0

    async def counted(ctx: FetchContext) -> Snapshot:
        nonlocal running, most
        running += 1
        most = max(most, running)
        for _ in range(20 - running):
            await asyncio.sleep(0)
        running -= 1
        return Snapshot(ctx.clock.now())

    names = [f"p{number:02}" for number in range(20)]
    host = make_host(*(make_provider(name, counted) for name in names))
    write(tmp_path, *on(*reversed(names)))
    ended = run(host, "--json")
    assert [element["provider"] for element in json.loads(ended.out)] == list(reversed(names))
    assert (most, host.backend.contexts.asked) == (8, [False] * 20)


def test_services_are_closed_when_a_fetch_is_given_up(
    tmp_path: Path, make_host: Any, run: Any, make_provider: Callable[..., Provider]
) -> None:
    async def interrupted(ctx: FetchContext) -> Snapshot:
        raise KeyboardInterrupt

    write(tmp_path, *on("alpha"))
    host = make_host(make_provider("alpha", interrupted))
    with pytest.raises(KeyboardInterrupt):
        run(host)
    assert host.backend.closed == 1


def test_unavailable_service_is_a_plain_failure(
    tmp_path: Path, make_host: Any, run: Any, make_provider: Callable[..., Provider]
) -> None:
    async def slow(ctx: FetchContext) -> Snapshot:
        raise ServiceUnavailable("Alpha did not answer. Try again later.", reason="timeout")

    write(tmp_path, *on("alpha"))
    assert run(make_host(make_provider("alpha", slow))).code == 1
