"""Dispatch, error payloads and output of every command; nothing but sentences reaches people."""

from __future__ import annotations

import errno
import io
import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from codexbar_qt.cli import commands
from codexbar_qt.cli.command_runner import run_command
from codexbar_qt.cli.terminal import MAX_INPUT_BYTES, Terminal
from codexbar_qt.provider_api import FetchContext, Provider, Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from _typeshed import ReadableBuffer

LINES = (
    "usage",
    "cost",
    "config validate",
    "config dump",
    "config providers",
    "config enable --provider alpha",
    "config disable --provider alpha",
    "config set-api-key --provider alpha --api-key test-key-1",
    "config allow-browser chrome",
    "config refuse-browser chrome",
    "cache clear --all",
)


async def empty(ctx: FetchContext) -> Snapshot:
    return Snapshot(ctx.clock.now())


@pytest.fixture
def host(make_host: Any, make_provider: Callable[..., Provider]) -> Any:
    return make_host(make_provider("alpha", empty, aliases=("al",)), make_provider("beta", empty))


def test_every_command_is_run_here() -> None:
    named = {tuple(word for word in line.split() if not word.startswith("--"))[:2] for line in LINES}
    assert {command.words for command in commands.COMMANDS} == named


@pytest.mark.parametrize("line", LINES)
def test_json_only_is_json_and_nothing_else(host: Any, run: Any, line: str) -> None:
    ended = run(host, *line.split(), "--format", "json", "--json-only")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.count(b"\n") == 1
    json.loads(ended.out)
    pretty = run(host, *line.split(), "--json", "--pretty")
    value = json.loads(pretty.out)
    assert pretty.out.decode() == json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("line", LINES)
def test_text_ends_with_one_newline(host: Any, run: Any, line: str) -> None:
    ended = run(host, *line.split())
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == b"" or (ended.out.endswith(b"\n") and not ended.out.endswith(b"\n\n"))


def test_dump_is_json_in_text_mode_too(host: Any, run: Any) -> None:
    run(host, "config", "set-api-key", "--provider", "al", "--api-key", "test-key-1")
    masked, shown = run(host, "config", "dump"), run(host, "config", "dump", "--show-secrets")
    assert json.loads(masked.out)["providers"][0]["apiKey"] == "[REDACTED]"
    assert json.loads(shown.out)["providers"][0]["apiKey"] == "test-key-1"


def test_dump_keeps_what_other_programs_wrote(tmp_path: Path, host: Any, run: Any) -> None:
    root = {"version": 1, "later": {"nothing": None, "half": 0.5}, "providers": [{"id": "foreign", "x": None}]}
    (tmp_path / "config.json").write_text(json.dumps(root))
    document = json.loads(run(host, "config", "dump", "--json").out)
    assert document["later"] == root["later"]
    assert document["providers"][0] == {"id": "foreign", "x": None}


@pytest.mark.parametrize("name", ["enable", "disable"])
def test_switch(host: Any, run: Any, tmp_path: Path, name: str) -> None:
    ended = run(host, "config", name, "--provider", "AL", "--json")
    assert json.loads(ended.out) == {
        "provider": "alpha",
        "displayName": "Alpha",
        "enabled": name == "enable",
        "configPath": str(tmp_path / "config.json"),
    }
    assert run(host, "config", name, "--provider", "al").out.decode() == f"Config: {name}d Alpha\n"


def test_key_from_standard_input(host: Any, run: Any) -> None:
    line = ("config", "set-api-key", "--provider", "alpha", "--stdin", "--no-enable")
    assert run(host, *line, stdin=b"\xef\xbb\xbf test-key-2 \r\n").out == b"Config: stored API key for Alpha\n"
    entry = host.backend.config_file.read().entry("alpha")
    assert (entry.raw["apiKey"], entry.enabled) == ("test-key-2", False)


@pytest.mark.parametrize(
    ("stdin", "told"),
    [
        (b"k" * (MAX_INPUT_BYTES + 1), "Standard input holds more than 64 KiB. Give one key."),
        (b"\xff\xfe", "Standard input is not UTF-8 text. Give one key."),
        (b"  ", "The API key is empty. Give one."),
    ],
)
def test_unusable_standard_input(host: Any, run: Any, stdin: bytes, told: str) -> None:
    ended = run(host, "config", "set-api-key", "--provider", "alpha", "--stdin", stdin=stdin)
    assert (ended.code, ended.out, ended.err) == (1, b"", f"Error: {told}\n")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("cards", "There is no command cards. Run codexbar --help."),
        ("--status", "usage has no option --status. Run codexbar usage --help."),
        ("usage --source x", "--source must be auto, web, cli, oauth or api."),
        ("usage --provider gamma", "There is no provider gamma. Run codexbar config providers for the list."),
        ("config enable", "No provider was named. Add --provider with the id of one."),
        ("cache clear", "Say what to clear: --cookies, --cost or --all."),
    ],
)
def test_argument_errors(host: Any, run: Any, line: str, told: str) -> None:
    text = run(host, *line.split())
    assert (text.code, text.out, text.err) == (1, b"", f"Error: {told}\n")
    document = run(host, *line.split(), "--json-only")
    assert (document.code, document.err) == (1, "")
    error = {"code": 1, "message": f"Error: {told}", "kind": "args"}
    assert json.loads(document.out) == [{"provider": "cli", "source": "cli", "error": error}]


# What these do is not in the config file.
ELSEWHERE = ("cache", "config allow-browser", "config refuse-browser")


@pytest.mark.parametrize("line", [line for line in LINES if not line.startswith(ELSEWHERE)])
def test_config_errors(host: Any, run: Any, decode_usage: Any, tmp_path: Path, line: str) -> None:
    (tmp_path / "config.json").write_text("{")
    text = run(host, *line.split())
    assert (text.code, text.out, text.err.count("\n")) == (1, b"", 1)
    document = run(host, *line.split(), "--json")
    (element,) = decode_usage(document.out)
    assert (document.code, document.err, element.provider, element.error.kind) == (1, "", "cli", "config")
    assert element.error.message in text.err
    assert (tmp_path / "config.json").read_text() == "{"


def test_internal_errors_are_one_sentence(host: Any, run: Any) -> None:
    host.problem = ZeroDivisionError("test-key-1")
    text, document = run(host, "config"), run(host, "config", "--json")
    told = "An internal error stopped the command (ZeroDivisionError). Report it with the output of -v."
    assert (text.code, text.out, text.err) == (1, b"", f"Error: {told}\n")
    error = {"code": 1, "message": told, "kind": "runtime"}
    assert json.loads(document.out) == [{"provider": "cli", "source": "cli", "error": error}]


def test_log_is_started_as_asked_for(host: Any, run: Any) -> None:
    run(host, "config")
    run(host, "config", "-v")
    run(host, "config", "--log-level", "trace", "--json-output")
    assert host.logs == [("", False), ("debug", False), ("trace", True)]


class Failing(io.RawIOBase):
    """A stream whose writes fail."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number

    def write(self, data: ReadableBuffer, /) -> int:
        del data
        raise OSError(self._number, os.strerror(self._number))


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.EPIPE, ""),
        (
            errno.ENOSPC,
            "Error: The output could not be written: No space left on device. Choose another place for it.\n",
        ),
    ],
)
def test_output_that_cannot_be_written(host: Any, number: int, told: str) -> None:
    err = io.BytesIO()
    code = run_command(["config"], host, Terminal(None, Failing(number), err))  # type: ignore[arg-type]  # a raw stream
    assert (code, err.getvalue().decode()) == (1, told)


def test_errors_that_cannot_be_written_are_no_further_errors(host: Any) -> None:
    silent = Terminal(None, None, Failing(errno.EPIPE))  # type: ignore[arg-type]  # a raw stream
    assert run_command(["cards"], host, silent) == 1
    assert run_command(["config"], host, Terminal(None, None, None)) == 0


class Slow(io.RawIOBase):
    """A stream that takes three bytes at a time, and now and then none."""

    def __init__(self) -> None:
        super().__init__()
        self.data = b""
        self._turn = 0

    def write(self, data: ReadableBuffer, /) -> int | None:
        self._turn += 1
        if self._turn % 3 == 0:
            return None
        taken = bytes(memoryview(data))[:3]
        self.data += taken
        return len(taken)


def test_everything_is_written_to_a_slow_reader(host: Any) -> None:
    out = Slow()
    assert run_command(["config", "providers"], host, Terminal(None, out, None)) == 0  # type: ignore[arg-type]
    assert out.data == b"alpha: disabled (Alpha)\nbeta: disabled (Beta)\n"


def test_half_characters_do_not_break_the_document(
    make_host: Any, run: Any, make_provider: Callable[..., Provider], tmp_path: Path
) -> None:
    async def odd(ctx: FetchContext) -> Snapshot:
        return Snapshot(ctx.clock.now(), note="a\ud800b")

    (tmp_path / "config.json").write_text('{"version":1,"providers":[{"id":"alpha","enabled":true}]}')
    ended = run(make_host(make_provider("alpha", odd)), "--json")
    assert json.loads(ended.out.decode())[0]["diagnostic"] == "a?b"


@pytest.mark.parametrize(
    ("env", "arguments", "has_colors"),
    [
        ({"TERM": "xterm"}, (), True),
        ({}, (), True),
        ({"TERM": "dumb"}, (), False),
        ({"NO_COLOR": "1"}, (), False),
        ({}, ("--no-color",), False),
        ({}, ("--json",), False),
    ],
)
def test_colors_only_on_a_terminal_that_wants_them(
    make_host: Any,
    make_provider: Callable[..., Provider],
    tmp_path: Path,
    env: dict[str, str],
    arguments: tuple[str, ...],
    has_colors: bool,
) -> None:
    class Screen(io.BytesIO):
        def isatty(self) -> bool:
            return True

    (tmp_path / "config.json").write_text('{"version":1,"providers":[{"id":"alpha","enabled":true}]}')
    host = make_host(make_provider("alpha", empty), env=env)
    screen, pipe = Screen(), io.BytesIO()
    run_command(arguments, host, Terminal(None, screen, None))
    run_command(arguments, host, Terminal(None, pipe, None))
    assert (b"\x1b[" in screen.getvalue(), b"\x1b[" in pipe.getvalue()) == (has_colors, False)
