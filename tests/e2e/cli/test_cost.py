"""`codexbar cost` as a process over real logs: numbers, text, exit codes, what is kept (cli.md 5, token-cost.md)."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.cli import cost_payload

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.e2e
ZONE = "CODEXBAR_PREF_TOKEN_COST_USAGE_BUCKET_TIME_ZONE"
TEXT = """\
Codex API-equivalent estimate (not billed)
Today: $16.50 · 3.1M tokens
Last 30 days: $16.50 · 3.1M tokens
Estimated from local logs · may differ from your bill

Claude Cost (API-rate estimate)
Today: $0.01 · 4.4K tokens
Last 30 days: $1.01 · 1M tokens
Estimated from local logs · may differ from your bill
"""


@pytest.fixture
def decode_cost() -> Callable[[bytes], list[cost_payload.Element]]:
    """The strict reader of `cost` documents."""
    return cost_payload.decode_cost


@dataclass
class Logs:
    """Logs of the last days. The days are those of a zone in which it is about noon, far from any midnight."""

    codexbar: Any
    home: Path
    now: datetime

    def run(self, *arguments: str, **variables: str) -> Any:
        """Run `cost`."""
        east = 12 - self.now.hour
        zone = f"Etc/GMT{-east:+d}" if east else "Etc/GMT"  # the sign is that of POSIX
        return self.codexbar.run("cost", *arguments, **{ZONE: zone}, **variables)

    def write(self, path: str, *lines: object) -> Path:
        """Add lines to a log below the home folder."""
        file = self.home / path
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as stream:
            stream.writelines(line + "\n" if isinstance(line, str) else json.dumps(line) + "\n" for line in lines)
        return file

    def claude(self, number: int, model: str, usage: dict[str, Any], *, days_ago: int = 0) -> dict[str, Any]:
        """One answer of Claude."""
        return {
            "type": "assistant",
            "timestamp": self.time(days_ago),
            "requestId": f"req_{number}",
            "sessionId": "s",
            "isSidechain": False,
            "message": {"id": f"msg_{number}", "model": model, "usage": usage},
        }

    def time(self, days_ago: int = 0) -> str:
        """A timestamp as the tools write it."""
        return (self.now - timedelta(days=days_ago)).strftime("%Y-%m-%dT%H:%M:%S.000Z")

    def codex(self, kind: str, payload: dict[str, Any]) -> dict[str, Any]:
        """One line of Codex."""
        return {"timestamp": self.time(), "type": kind, "payload": payload}


@pytest.fixture
def logs(codexbar: Any, home: Path) -> Logs:
    made = Logs(codexbar, home, datetime.now(UTC))
    sheet = {
        "input_tokens": 12,
        "cache_creation_input_tokens": 300,
        "cache_read_input_tokens": 4000,
        "output_tokens": 50,
        "cache_creation": {"ephemeral_5m_input_tokens": 100, "ephemeral_1h_input_tokens": 200},
    }
    opus = made.claude(1, "claude-opus-4-5-20251101", sheet)
    haiku = made.claude(2, "claude-haiku-4-5", {"input_tokens": 1_000_000}, days_ago=5)
    vertex = made.claude(3, "claude-opus-4-5@20251101", {"output_tokens": 1_000_000}, days_ago=1)
    made.write(".claude/projects/app/one.jsonl", {"type": "user"}, opus, haiku, vertex)
    made.write(".claude/projects/app/copy.jsonl", opus)  # a resumed session copies its history
    usage = {  # one long request: 1 x 10 + 2 x 1 + 0.1 x 45 dollars
        "input_tokens": 3_000_000,
        "cached_input_tokens": 2_000_000,
        "output_tokens": 100_000,
        "reasoning_output_tokens": 40_000,
    }
    counted = {"type": "token_count", "info": {"last_token_usage": usage, "total_token_usage": usage}}
    day = made.now.strftime("%Y/%m/%d")
    made.write(
        f".codex/sessions/{day}/rollout-{made.now:%Y-%m-%dT%H-%M-%S}-0198.jsonl",
        made.codex("session_meta", {"id": "0198", "cwd": "/home/user/app"}),
        made.codex("turn_context", {"model": "gpt-5.6"}),
        made.codex("event_msg", counted),
        made.codex("event_msg", counted),
    )
    return made


def test_text(logs: Logs) -> None:
    ended = logs.run()
    assert (ended.returncode, ended.stdout.decode(), ended.stderr.decode()) == (0, TEXT, "")


def test_json(logs: Logs, decode_cost: Callable[..., Any]) -> None:
    ended = logs.run("--provider", "all", "--json-only")
    assert (ended.returncode, ended.stderr) == (0, b"")
    codex, claude, vertex = decode_cost(ended.stdout)
    assert (codex.provider, codex.session_cost, codex.session_tokens) == ("codex", 16.5, 3_100_000)
    (day,) = codex.daily
    assert (day.input_tokens, day.cache_read_tokens, day.output_tokens, day.reasoning_tokens) == (
        3_000_000,
        2_000_000,
        100_000,
        40_000,
    )
    assert [(item.name, item.path, item.total_cost) for item in codex.projects] == [("app", "/home/user/app", 16.5)]
    assert (claude.provider, claude.session_tokens, claude.session_cost) == ("claude", 4362, 0.005935)
    assert (claude.window_tokens, claude.window_cost, claude.is_complete) == (1_004_362, 1.005935, True)
    assert [day.models_used for day in claude.daily] == [["claude-haiku-4-5"], ["claude-opus-4-5"]]
    assert (vertex.provider, vertex.session_cost, vertex.window_cost) == ("vertexai", 0, 25)
    assert vertex.daily[0].models_used == ["claude-opus-4-5@20251101"]


def test_days_and_one_provider(logs: Logs, decode_cost: Callable[..., Any]) -> None:
    (claude,) = decode_cost(logs.run("--provider", "claude", "--days", "5", "--json", "--pretty").stdout)
    assert (claude.history_days, claude.window_cost) == (5, 0.005935)
    (vertex,) = decode_cost(logs.run("--provider", "VertexAI", "--days", "999", "--format=json").stdout)
    assert (vertex.provider, vertex.history_days, vertex.window_tokens) == ("vertexai", 365, 1_000_000)


def test_vertex_counts_while_its_provider_is_on(logs: Logs, decode_cost: Callable[..., Any]) -> None:
    assert [item.provider for item in decode_cost(logs.run("--json").stdout)] == ["codex", "claude"]
    assert logs.codexbar.run("config", "enable", "--provider", "vertexai").returncode == 0
    assert [item.provider for item in decode_cost(logs.run("--json").stdout)] == ["codex", "claude", "vertexai"]


def test_what_is_new_is_added_and_what_is_kept_can_go(logs: Logs, decode_cost: Callable[..., Any]) -> None:
    assert logs.run("--json").returncode == 0
    logs.write(".claude/projects/app/one.jsonl", logs.claude(4, "claude-haiku-4-5", {"input_tokens": 500_000}))
    for more in ((), ("--refresh",)):
        _, claude = decode_cost(logs.run("--json", *more).stdout)
        assert (claude.session_tokens, claude.window_cost) == (504_362, 1.505935)
    cleared = logs.codexbar.run("cache", "clear", "--cost", "--json")
    assert json.loads(cleared.stdout)[0]["cleared"] >= 1
    assert logs.codexbar.run("cache", "clear", "--cost").stdout == b"cost: nothing to clear\n"
    _, claude = decode_cost(logs.run("--json").stdout)
    assert claude.window_cost == 1.505935


def test_projects(logs: Logs) -> None:
    ended = logs.run("--group-by", "session")
    assert ended.stdout.decode().splitlines()[1:3] == ["Last 30 days by session:", "app · 0198: $16.50 · 3.1M tokens"]
    assert ended.stderr == b"Claude cannot be told apart by session and was left out.\n"


def test_what_is_missing_is_told(logs: Logs, decode_cost: Callable[..., Any]) -> None:
    logs.write(".claude/projects/app/bad.jsonl", '{"type":"assistant","message":{"usage":{"input_tokens":')
    ended = logs.run("--provider", "claude")
    assert (ended.returncode, ended.stdout.decode()) == (0, TEXT.partition("\n\n")[2])
    assert ended.stderr == b"Claude: 1 line is no valid JSON and was left out.\n"
    (element,) = decode_cost(logs.run("--provider", "claude", "--json").stdout)
    assert [(item.kind, item.count) for item in element.left_out] == [("broken_line", 1)]


def test_own_prices_for_codex(logs: Logs, decode_cost: Callable[..., Any]) -> None:
    folder = logs.home / ".local" / "share" / "codexbar"
    if sys.platform == "darwin":
        folder = logs.home / "Library" / "Application Support" / "codexbar"
    elif os.name == "nt":
        folder = logs.home / "AppData" / "Local" / "codexbar"
    folder.mkdir(parents=True)
    custom = folder / "custom-pricing.json"
    custom.write_text('{"GPT-5.6": {"input": 1, "output": 10, "cacheRead": 0.5}}')
    (codex,) = decode_cost(logs.run("--provider", "codex", "--json").stdout)
    assert codex.session_cost == 3
    custom.write_text("{")
    ended = logs.run("--provider", "codex")
    assert ended.stdout.decode() == TEXT.partition("\n\n")[0] + "\n"
    assert ended.stderr.startswith(b"custom-pricing.json was ignored: it is not valid JSON.")


def test_no_logs_at_all(codexbar: Any, decode_cost: Callable[..., Any]) -> None:
    ended = codexbar.run("cost", "--json-only")
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert [(item.daily, item.session_tokens, item.window_cost) for item in decode_cost(ended.stdout)] == [
        ([], 0, 0)
    ] * 2


def test_refusals(codexbar: Any, decode_cost: Callable[..., Any]) -> None:
    for arguments in (("--provider", "openrouter"), ("--provider", "nobody"), ("--days", "many"), ("--source", "web")):
        ended = codexbar.run("cost", *arguments, "--json-only")
        (element,) = decode_cost(ended.stdout)
        assert (ended.returncode, ended.stderr, element.provider) == (1, b"", "cli")
        assert (element.error.kind, element.error.code) == ("args", 1)


def test_the_command_loads_no_qt(logs: Logs) -> None:
    ended = logs.run("--json", PYTHONPROFILEIMPORTTIME="1")
    loaded = {line.rpartition(b"|")[2].strip().decode() for line in ended.stderr.splitlines()}
    assert "codexbar_qt.cli.cost_command" in loaded
    assert not [name for name in loaded if name.partition(".")[0] in {"PySide6", "shiboken6", "qasync"}]
