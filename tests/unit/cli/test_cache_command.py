"""`cache clear` (cli.md 7)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from codexbar_qt.core.cookie_cache import SERVICE, SERVICE_MACOS, cache_service
from codexbar_qt.core.cost_logs import CostScanError
from codexbar_qt.provider_api import FetchContext, Provider, Secret, Snapshot, ToolFailed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ALL = [{"cache": "cookies", "cleared": 0}, {"cache": "cost", "cleared": 0}]
LOCKED = "The keyring is locked. Unlock it and run the command again."


async def never(ctx: FetchContext) -> Snapshot:
    raise AssertionError(ctx)


@pytest.fixture
def host(make_host: Any, make_provider: Callable[..., Provider]) -> Any:
    return make_host(make_provider("alpha", never, aliases=("al",)), make_provider("beta", never))


def keep(host: Any, *names: str) -> None:
    host.store.entries |= {(SERVICE, f"cookie.{name}"): Secret("test-cookie-1") for name in names}


@pytest.mark.parametrize(
    ("line", "document", "text"),
    [
        ("--cookies", ALL[:1], "cookies: nothing to clear\n"),
        ("--cost", ALL[1:], "cost: nothing to clear\n"),
        ("--all", ALL, "cookies: nothing to clear\ncost: nothing to clear\n"),
        ("--cookies --cost", ALL, "cookies: nothing to clear\ncost: nothing to clear\n"),
        (
            "--cookies --provider AL",
            [{"cache": "cookies", "cleared": 0, "provider": "alpha"}],
            "cookies: nothing to clear\n",
        ),
    ],
)
@pytest.mark.parametrize("state", ["found", "unavailable"])
def test_nothing_is_kept(host: Any, run: Any, line: str, document: list[object], text: str, state: str) -> None:
    host.store.state = state
    told = run(host, "cache", "clear", *line.split())
    assert (told.code, told.out.decode(), told.err) == (0, text, "")
    read = run(host, "cache", *line.split(), "--json")
    assert (read.code, json.loads(read.out), read.err) == (0, document, "")


def test_sessions_of_all_providers_go(host: Any, run: Any) -> None:
    keep(host, "alpha", "beta", "foreign")
    ended = run(host, "cache", "clear", "--cookies")
    assert (ended.code, ended.out) == (0, b"cookies: cleared (all providers)\n")
    assert list(host.store.entries) == [(SERVICE, "cookie.foreign")]


def test_sessions_of_one_provider_go(host: Any, run: Any) -> None:
    keep(host, "alpha", "beta")
    ended = run(host, "cache", "clear", "--cookies", "--provider", "beta", "--json")
    assert json.loads(ended.out) == [{"cache": "cookies", "cleared": 1, "provider": "beta"}]
    assert list(host.store.entries) == [(SERVICE, "cookie.alpha")]
    keep(host, "beta")
    assert run(host, "cache", "clear", "--cookies", "--provider=beta").out == b"cookies: cleared (beta)\n"


def test_a_locked_keyring_is_a_failure(host: Any, run: Any) -> None:
    host.store.state = "locked"
    told = run(host, "cache", "clear", "--all")
    assert (told.code, told.out.decode().splitlines()) == (
        1,
        [f"cookies: failed to clear (all providers) - {LOCKED}", "cost: nothing to clear"],
    )
    read = run(host, "cache", "clear", "--cookies", "--json")
    assert (read.code, json.loads(read.out)) == (1, [{"cache": "cookies", "cleared": 0, "error": LOCKED}])


def test_what_scans_and_prices_left_goes(host: Any, run: Any, tmp_path: Path) -> None:
    host.cost.kept = 2
    copy = tmp_path / "cache" / "price-catalogue.json"
    copy.parent.mkdir()
    copy.write_text("{}")
    ended = run(host, "cache", "clear", "--cost", "--json")
    assert (ended.code, json.loads(ended.out)) == (0, [{"cache": "cost", "cleared": 3}])
    assert not copy.exists()
    assert run(host, "cache", "clear", "--cost").out == b"cost: cleared\n"


def test_what_cannot_be_cleared_is_a_failure(host: Any, run: Any, tmp_path: Path) -> None:
    (tmp_path / "cache" / "price-catalogue.json").mkdir(parents=True)
    ended = run(host, "cache", "clear", "--cost")
    assert ended.code == 1
    assert ended.out.startswith(b"cost: failed to clear - The price list could not be removed: ")
    host.cost.error = CostScanError("It stays. Try again.")
    ended = run(host, "cache", "clear", "--cost", "--json")
    told = [{"cache": "cost", "cleared": 0, "error": "It stays. Try again."}]
    assert (ended.code, json.loads(ended.out)) == (1, told)


def test_an_entry_that_stays_is_a_failure(host: Any, run: Any) -> None:
    keep(host, "alpha", "beta")
    host.store.keeps = True
    ended = run(host, "cache", "clear", "--cookies", "--json")
    assert ended.code == 1
    assert json.loads(ended.out)[0]["error"] == "The keyring did not remove every entry. Run the command again."


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("", "Say what to clear: --cookies, --cost or --all."),
        ("--provider alpha", "Say what to clear: --cookies, --cost or --all."),
        ("--all --provider alpha", "--provider works with --cookies only. Leave out --cost and --all."),
        ("--cost --provider alpha", "--provider works with --cookies only. Leave out --cost and --all."),
        ("--cookies --provider gamma", "There is no provider gamma. Run codexbar config providers for the list."),
    ],
)
def test_refusals(host: Any, run: Any, line: str, told: str) -> None:
    ended = run(host, "cache", *line.split())
    assert (ended.code, ended.out, ended.err) == (1, b"", f"Error: {told}\n")


def test_the_reference_apps_entry_on_macos_is_left_alone() -> None:
    assert [cache_service(system) for system in ("linux", "windows", "macos")] == [
        SERVICE,
        SERVICE,
        SERVICE_MACOS,
    ]


def test_what_a_provider_stores_goes_too(make_host: Any, make_provider: Callable[..., Provider], run: Any) -> None:
    async def forget(ctx: FetchContext) -> int:
        assert not ctx.interactive
        return 1

    async def fail(ctx: FetchContext) -> int:
        raise ToolFailed("It stays. Delete it.")

    alpha, beta = make_provider("alpha", never), make_provider("beta", never)
    host = make_host(replace(alpha, forget=forget), beta)
    ended = run(host, "cache", "clear", "--cookies", "--json")
    assert json.loads(ended.out) == [{"cache": "cookies", "cleared": 1}]
    host = make_host(replace(alpha, forget=forget), replace(beta, forget=fail))
    ended = run(host, "cache", "clear", "--cookies")
    told = "cookies: failed to clear (all providers) - It stays. Delete it."
    assert (ended.code, ended.out.decode().strip()) == (1, told)
