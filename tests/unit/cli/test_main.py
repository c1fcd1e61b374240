"""The entry point: help and version without the weight of anything else."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from codexbar_qt import __version__
from codexbar_qt.cli.commands import COMMANDS, COMMON_FLAGS, COMMON_VALUES
from codexbar_qt.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = ("pydantic", "aiohttp", "keyring", "msgspec", "asyncio", "logging", "codexbar_providers")
QT = ("PySide6", "shiboken6", "qasync", "codexbar_qt.ui")


@pytest.mark.parametrize("line", ["-V", "--version", "config --version", "usage --provider x -V", "nonsense -V"])
def test_version_anywhere(capsys: pytest.CaptureFixture[str], line: str) -> None:
    assert main(line.split()) == 0
    assert capsys.readouterr().out == f"CodexBar {__version__}\n"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_help_of_a_command_names_every_option(capsys: pytest.CaptureFixture[str], command: object) -> None:
    from codexbar_qt.cli.commands import Command

    assert isinstance(command, Command)
    assert main([*command.words, "--whatever", "-h"]) == 0
    text = capsys.readouterr().out
    assert f"Usage: codexbar {command.words[0]}" in text.replace("[usage]", "usage")
    for option in (*command.values, *command.flags, *COMMON_VALUES, *COMMON_FLAGS):
        assert option in text
    assert max(map(len, text.splitlines())) <= 120


@pytest.mark.parametrize("line", ["--help", "-h", "serve --help", "config nonsense -h"])
def test_overview(capsys: pytest.CaptureFixture[str], line: str) -> None:
    assert main(line.split()) == 0
    text = capsys.readouterr().out
    assert all(command.name in text for command in COMMANDS)


def test_ctrl_c_is_quiet(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("codexbar_qt.cli.command_runner.run_command", interrupted)
    assert main(["usage"]) == 130
    assert capsys.readouterr() == ("", "")


def loaded_by(line: str, home: Path) -> set[str]:
    """The modules a command line loads in a process of its own."""
    program = (
        "import sys, json\n"
        "from codexbar_qt.cli.main import main\n"
        f"code = main({line.split()!r})\n"
        "print(json.dumps([code, sorted(sys.modules)]), file=sys.stderr)\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=home)
    code, modules = json.loads(ran.stderr.splitlines()[-1])
    assert code in (0, 1)
    return {name for name in modules if isinstance(name, str)}


def holds(modules: set[str], names: tuple[str, ...]) -> set[str]:
    return {name for name in modules if name in names or name.startswith(tuple(f"{item}." for item in names))}


def test_version_loads_nothing_heavy(home: Path) -> None:
    own = {name for name in loaded_by("--version", home) if name.startswith("codexbar_")}
    assert own == {"codexbar_qt", "codexbar_qt.cli", "codexbar_qt.cli.main"}


def test_help_loads_nothing_heavy(home: Path) -> None:
    assert not holds(loaded_by("--help", home), (*HEAVY, *QT, "codexbar_qt.core"))


def test_the_cost_of_a_named_source_waits_for_no_provider(home: Path) -> None:
    modules = loaded_by("cost --provider claude --json", home)
    assert "codexbar_qt.cost.report" in modules
    assert not holds(modules, ("codexbar_providers", "codexbar_qt.core.config_models", "aiohttp", "keyring", *QT))


@pytest.mark.parametrize("line", ["usage --provider all --json", "config dump", "cache clear --all"])
def test_no_command_loads_qt(home: Path, line: str) -> None:
    modules = loaded_by(line, home)
    assert "codexbar_qt.bootstrap" in modules
    assert not holds(modules, QT)
