"""Extra facts that a provider offers under a flag of its own."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from codexbar_qt.cli.arguments import UnknownOption, parse_arguments
from codexbar_qt.cli.help_texts import help_text
from codexbar_qt.cli.main import main
from codexbar_qt.provider_api import (
    AuthRejected,
    DebugReport,
    FetchContext,
    Provider,
    RateWindow,
    Snapshot,
    ToolFailed,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

FLAG = "--acme-plan-debug"
SWITCH = parse_arguments(["usage"]).command


async def good(ctx: FetchContext) -> Snapshot:
    return Snapshot(ctx.clock.now(), RateWindow(28.0))


async def refused(ctx: FetchContext) -> Snapshot:
    raise AuthRejected("Acme refused the login. Sign in again.")


async def plan(ctx: FetchContext) -> Mapping[str, str]:
    return {"planName": "Pro\x1b[31m", "owner": "user@example.com"}


async def fails(ctx: FetchContext) -> Mapping[str, str]:
    raise ToolFailed("Acme is not running. Start it.")


async def breaks(ctx: FetchContext) -> Mapping[str, str]:
    raise ZeroDivisionError("test-key-1")


async def odd(ctx: FetchContext) -> Any:
    return ["planName"]


async def empty(ctx: FetchContext) -> Mapping[str, str]:
    return {}


async def half_odd(ctx: FetchContext) -> Any:
    return {"planName": "Pro", "number": 5}


@pytest.fixture
def ask(tmp_path: Path, make_host: Any, run: Any, make_provider: Callable[..., Provider]) -> Callable[..., Any]:
    def asked(*line: str, fetch: Any = good, report: Any = plan, preferences: dict[str, object] | None = None) -> Any:
        reports = (DebugReport(FLAG, "acmePlanInfo", "the plan", report),)
        acme = replace(make_provider("acme", fetch), debug_reports=reports)
        entries = [{"id": "acme", "enabled": True}, {"id": "bolt", "enabled": True}]
        (tmp_path / "config.json").write_text(json.dumps({"version": 1, "providers": entries}))
        (tmp_path / "settings.json").write_text(json.dumps(preferences or {}))
        return run(make_host(acme, make_provider("bolt", good)), *line)

    return asked


def test_json_carries_the_facts_of_the_provider_that_has_them(ask: Any) -> None:
    ended = ask("usage", FLAG, "--json-only")
    acme, bolt = json.loads(ended.out)
    assert acme["acmePlanInfo"] == {"planName": "Pro\x1b[31m", "owner": "user@example.com"}
    assert "acmePlanInfo" not in bolt
    assert (ended.code, ended.err) == (0, "")
    assert b"\x1b" not in ended.out


def test_text_has_them_on_standard_error(ask: Any) -> None:
    plain, asked = ask("usage"), ask("usage", FLAG)
    assert asked.out == plain.out
    assert asked.err == "[acme] planName: Pro\n[acme] owner: user@example.com\n"
    assert plain.err == ""


def test_addresses_are_hidden_like_everywhere(ask: Any) -> None:
    hidden: dict[str, object] = {"hidePersonalInfo": True}
    assert "user@example.com" not in ask("usage", FLAG, preferences=hidden).err
    assert b"user@example.com" not in ask("usage", FLAG, "--json", preferences=hidden).out


@pytest.mark.parametrize("report", [fails, empty])
def test_a_failure_of_them_is_ignored(ask: Any, report: Any) -> None:
    ended = ask(FLAG, "--json", report=report)
    assert "acmePlanInfo" not in json.loads(ended.out)[0]
    assert (ended.code, ended.err) == (0, "")
    assert ask(FLAG, report=report).err == ""


@pytest.mark.parametrize("report", [breaks, odd])
@pytest.mark.logs_warnings
def test_a_fault_of_them_is_ignored(ask: Any, report: Any) -> None:
    ended = ask(FLAG, "--json", report=report)
    assert "acmePlanInfo" not in json.loads(ended.out)[0]
    assert (ended.code, b"test-key-1" in ended.out) == (0, False)


def test_only_texts_are_taken(ask: Any) -> None:
    assert json.loads(ask(FLAG, "--json", report=half_odd).out)[0]["acmePlanInfo"] == {"planName": "Pro"}


def test_a_failed_fetch_has_none(ask: Any) -> None:
    ended = ask(FLAG, "--json", fetch=refused)
    first = json.loads(ended.out)[0]
    assert set(first) == {"provider", "source", "error"}
    assert ended.code == 1


def test_a_flag_nobody_declares_is_an_unknown_option(ask: Any) -> None:
    ended = ask("--acme-plan-debugs")
    assert (ended.code, ended.out) == (1, b"")
    assert ended.err == "Error: usage has no option --acme-plan-debugs. Run codexbar usage --help.\n"
    assert ask("config", "dump", FLAG).err.startswith("Error: config dump has no option --acme-plan-debug.")


def test_the_flag_takes_no_value() -> None:
    with pytest.raises(UnknownOption):
        parse_arguments([FLAG])
    assert parse_arguments([FLAG], [FLAG]).has(FLAG)
    with pytest.raises(Exception, match=f"{FLAG} takes no value"):
        parse_arguments([f"{FLAG}=1"], [FLAG])


def test_help_names_the_flags() -> None:
    report = DebugReport(FLAG, "acmePlanInfo", "the plan", plan)
    assert f"  {FLAG}  the plan\n" in help_text(SWITCH, [report])
    assert "Of single providers" not in help_text(SWITCH)


def test_help_finds_the_flags_of_the_loaded_providers(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["usage", "--help"]) == 0
    assert "Of single providers:\n  --" in capsys.readouterr().out
