"""`cost` over fakes: text, JSON, exit codes, what goes to standard error (cli.md 5, token-cost.md 9)."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from msgspec import UNSET

from codexbar_qt.cli.command_runner import run_command
from codexbar_qt.cli.terminal import Terminal
from codexbar_qt.core.cost_logs import CostScanError
from codexbar_qt.cost.values import Ledger, LeftOut, ScanProgress, SessionUsage, TokenCounts, UsageBucket

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from codexbar_qt.provider_api import FetchContext, Provider, Snapshot

OPUS = "claude-opus-4-5-20251101"


async def never(ctx: FetchContext) -> Snapshot:
    raise AssertionError(ctx)


@pytest.fixture
def host(make_host: Any, make_provider: Callable[..., Provider]) -> Any:
    return make_host(make_provider("acme", never), make_provider("vertexai", never, aliases=("vertex",)))


def bucket(when: str, source: str, model: str, tokens: TokenCounts) -> UsageBucket:
    slot = int(datetime.fromisoformat(when).replace(tzinfo=UTC).timestamp()) // 900
    return UsageBucket(source, slot, model, False, False, 1, tokens)


SHEET = bucket("2030-01-08T10:15", "claude", OPUS, TokenCounts(12, 50, 4000, 300, 200))
CLAUDE = Ledger(
    "claude",
    (
        SHEET,
        bucket("2030-01-07T10:15", "claude", "mystery", TokenCounts(2_000_000)),
        bucket("2030-01-07T10:15", "claude", "claude-haiku-4-5", TokenCounts(1_000_000)),
        bucket("2030-01-06T10:15", "claude", "mystery", TokenCounts(7)),
        bucket("2030-01-06T10:15", "vertexai", "claude-opus-4-5@20251101", TokenCounts(output=1_000_000)),
    ),
    left_out=(LeftOut("unreadable_file", 2), LeftOut("broken_line", 1), LeftOut("long_line", 0)),
)
CODEX_DAY = bucket("2030-01-08T10:15", "codex", "gpt-5.6", TokenCounts(1_000_000, 100_000, 2_000_000, 0, 0, 40_000))
CODEX_OLD = bucket("2030-01-02T10:15", "codex", "openrouter/x", TokenCounts(1_500, 0, 0, 500))
CODEX = Ledger(
    "codex",
    (CODEX_DAY, CODEX_OLD),
    (
        SessionUsage("0198-a", "codex", "/home/user/app", (CODEX_DAY,)),
        SessionUsage("0198-b\x1b[31m", "codex", "", (CODEX_OLD,)),
    ),
)


def test_the_example_of_the_sheet(host: Any, run: Any) -> None:
    host.cost.ledgers = (Ledger("claude", (SHEET,)),)
    ended = run(host, "cost", "--provider", "claude", "--json-only")
    coverage = {"priced": 1, "unpriced": 0, "unmetered": 0, "estimated": 0}
    tokens = {
        "inputTokens": 12,
        "outputTokens": 50,
        "cacheReadTokens": 4000,
        "cacheCreationTokens": 300,
        "totalTokens": 4362,
        "totalCost": 0.005935,
    }
    day = {
        "date": "2030-01-08",
        **tokens,
        "modelsUsed": ["claude-opus-4-5"],
        "modelBreakdowns": [{"modelName": "claude-opus-4-5", "cost": 0.005935, "totalTokens": 4362}],
    }
    assert (ended.code, ended.err) == (0, "")
    assert json.loads(ended.out) == [
        {
            "provider": "claude",
            "source": "local",
            "updatedAt": "2030-01-08T12:00:00Z",
            "currencyCode": "USD",
            "sessionTokens": 4362,
            "sessionCostUSD": 0.005935,
            "historyDays": 30,
            "historyCoverageIsEstablished": True,
            "last30DaysTokens": 4362,
            "last30DaysCostUSD": 0.005935,
            "daily": [day],
            "projects": [],
            "totals": {**tokens, "provenance": "listPriceEstimate", "coverage": coverage},
            "provenance": "listPriceEstimate",
            "coverage": coverage,
        }
    ]


@pytest.fixture
def full(host: Any, tmp_path: Path) -> Any:
    host.cost.ledgers = (CLAUDE, CODEX)
    (tmp_path / "config.json").write_text('{"version":1,"providers":[{"id":"vertexai","enabled":true}]}')
    return host


def test_everything_as_text(full: Any, run: Any, golden: Callable[[str], str]) -> None:
    ended = run(full, "cost")
    assert (ended.code, ended.out.decode()) == (0, golden("cost.txt"))
    assert ended.err == "Claude: 2 files could not be read.\nClaude: 1 line is no valid JSON and was left out.\n"


def test_everything_as_json(full: Any, run: Any, golden: Callable[[str], str], decode_cost: Callable[..., Any]) -> None:
    ended = run(full, "cost", "--json", "--pretty")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.decode() == golden("cost.json")
    codex, claude, vertex = decode_cost(ended.out)
    assert (codex.provider, claude.provider, vertex.provider) == ("codex", "claude", "vertexai")
    # Codex counts cached tokens as input, too.
    assert (codex.daily[-1].input_tokens, codex.daily[-1].total_tokens) == (3_000_000, 3_100_000)
    assert decode_cost(run(full, "cost", "--json-only").out) == [codex, claude, vertex]


def test_colors_and_grouping(full: Any, run: Any) -> None:
    by_project = run(full, "cost", "--group-by", "project", "--provider", "both")
    assert by_project.out.decode() == (
        "Codex API-equivalent estimate (not billed)\n"
        "Last 30 days by project:\n"
        "app: $9.00 · 3.1M tokens\n"
        "Unknown folder: — · 2K tokens\n"
        "Estimated from local logs · may differ from your bill\n"
    )
    assert by_project.err == "Claude cannot be told apart by project and was left out.\n"
    by_session = run(full, "cost", "--group-by=session", "--provider", "codex", "--days", "1")
    assert by_session.out.decode().splitlines()[1:3] == ["Last day by session:", "app · 0198-a: $9.00 · 3.1M tokens"]
    by_session = run(full, "cost", "--group-by=session", "--provider", "codex")
    assert "Unknown folder · 0198-b: — · 2K tokens" in by_session.out.decode()
    full.cost.ledgers = (Ledger("codex"),)
    nothing = run(full, "cost", "--group-by=session", "--provider", "codex")
    assert nothing.out.decode().splitlines()[1] == "No sessions in the last 30 days."


def test_grouping_belongs_to_the_text(full: Any, run: Any, decode_cost: Callable[..., Any]) -> None:
    ended = run(full, "cost", "--group-by", "project", "--json")
    assert (ended.code, ended.err, len(decode_cost(ended.out))) == (0, "", 3)
    refused = run(full, "cost", "--group-by", "project", "--provider", "claude")
    assert refused.code == 1
    assert refused.err.splitlines() == [
        "Claude cannot be told apart by project and was left out.",
        "Error: Nothing that was asked for can be told apart by project. Name codex with --provider.",
    ]


def test_nothing_was_logged(host: Any, run: Any, decode_cost: Callable[..., Any]) -> None:
    ended = run(host, "cost", "--provider", "claude", "--days", "7")
    assert ended.out.decode() == (
        "Claude Cost (API-rate estimate)\n"
        "Today: $0.00 · 0 tokens\n"
        "Last 7 days: $0.00 · 0 tokens\n"
        "Estimated from local logs · may differ from your bill\n"
    )
    (element,) = decode_cost(run(host, "cost", "--provider", "claude", "--json").out)
    assert (element.daily, element.session_tokens, element.session_cost) == ([], 0, 0)
    assert (element.window_tokens, element.window_cost, element.totals.total_cost) == (0, 0, 0)


def test_logs_that_wait_are_no_zero(host: Any, run: Any, decode_cost: Callable[..., Any]) -> None:
    host.cost.ledgers = (Ledger("codex", left_out=(LeftOut("postponed_file", 3),), is_complete=False),)
    ended = run(host, "cost", "--provider", "codex")
    assert ended.out.decode().splitlines()[1:3] == ["Today: —", "Last 30 days: —"]
    assert ended.err == "Codex: 3 files wait for the next scan.\n"
    (element,) = decode_cost(run(host, "cost", "--provider", "codex", "--json").out)
    assert element.is_complete is False
    assert [element.session_tokens, element.session_cost, element.window_tokens, element.window_cost] == [UNSET] * 4
    assert [(item.kind, item.count) for item in element.left_out] == [("postponed_file", 3)]


@pytest.mark.parametrize(("timed_out", "code"), [(False, 1), (True, 4)])
def test_a_failed_scan(host: Any, run: Any, decode_cost: Callable[..., Any], timed_out: bool, code: int) -> None:
    host.cost.error = CostScanError("The disk is gone. Put it back.", timed_out=timed_out)
    text = run(host, "cost", "--provider", "both")
    assert (text.code, text.out, text.err) == (code, b"", "Error: The disk is gone. Put it back.\n")
    document = run(host, "cost", "--provider", "both", "--json-only")
    assert (document.code, document.err) == (code, "")
    elements = decode_cost(document.out)
    assert [item.provider for item in elements] == ["codex", "claude"]
    assert {(item.error.code, item.error.message, item.error.kind) for item in elements} == {
        (code, "The disk is gone. Put it back.", "provider")
    }
    assert host.backend.closed == 2


def test_a_provider_without_local_cost(host: Any, run: Any, decode_cost: Callable[..., Any]) -> None:
    note = "Acme has no local cost and was left out."
    error = "Error: Nothing that was asked for has local cost. Name codex, claude or vertexai with --provider."
    text = run(host, "cost", "--provider", "acme")
    assert (text.code, text.out, text.err.splitlines()) == (1, b"", [note, error])
    document = run(host, "cost", "--provider", "acme", "--format", "json")
    assert (document.code, document.err) == (1, f"{note}\n")
    (element,) = decode_cost(document.out)
    assert (element.provider, element.source, element.error.kind, element.error.message) == (
        "cli",
        "cli",
        "args",
        error,
    )
    only = run(host, "cost", "--provider", "acme", "--json-only")
    assert (only.code, only.err, only.out) == (1, "", document.out)


def test_refresh_reads_everything_again(host: Any, run: Any) -> None:
    run(host, "cost")
    run(host, "cost", "--refresh", "--provider-native-only")
    assert host.cost.asked == [False, True]


def test_the_chosen_time_zone_decides_the_day(host: Any, run: Any, decode_cost: Callable[..., Any]) -> None:
    host.cost.ledgers = (Ledger("claude", (bucket("2030-01-07T22:00", "claude", OPUS, TokenCounts(1)),)),)
    (utc,) = decode_cost(run(host, "cost", "--provider", "claude", "--json").out)
    host.backend.preferences_file.update({"token_cost_usage_bucket_time_zone": "Asia/Tokyo"})
    (tokyo,) = decode_cost(run(host, "cost", "--provider", "claude", "--json").out)
    assert (utc.daily[0].date, tokyo.daily[0].date) == ("2030-01-07", "2030-01-08")


def test_a_broken_price_file_is_told(host: Any, run: Any, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "custom-pricing.json").write_text("{")
    told = "custom-pricing.json was ignored: it is not valid JSON. Correct it or remove the file.\n"
    assert [run(host, "cost", *more).err for more in ((), ("--json",), ("--json-only",))] == [told, told, ""]


def test_where_prices_are_from(host: Any, run: Any) -> None:
    assert run(host, "cost", "-v").err == "[cost] prices: built-in table of August 2026\n"


class Screen(io.BytesIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("arguments", "env", "is_shown"),
    [((), {}, True), (("--json",), {}, False), (("--json-only",), {}, False), ((), {"TERM": "dumb"}, False)],
)
def test_progress_is_shown_on_a_terminal_and_goes(
    make_host: Any, arguments: tuple[str, ...], env: dict[str, str], is_shown: bool
) -> None:
    host = make_host(env=env)
    host.cost.steps = (ScanProgress(1, 2, 1_000_000, 3_000_000), ScanProgress(2, 2, 3_000_000, 3_000_000))
    screen, pipe = Screen(), io.BytesIO()
    assert run_command(["cost", *arguments], host, Terminal(None, io.BytesIO(), screen)) == 0
    assert run_command(["cost", *arguments], host, Terminal(None, io.BytesIO(), pipe)) == 0
    assert pipe.getvalue() == b""
    if not is_shown:
        assert screen.getvalue() == b""
        return
    shown, gone = screen.getvalue().decode().rsplit("\r", 2)[0:2]
    assert "Reading logs: 1 of 2 files, 1 of 3 MB" in shown
    assert gone.strip() == ""
