"""Manual pages and completions of the Linux packages: made of the command line's own words, so nothing is missing."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.__main__ import build_parser
from codexbar_qt.cli.commands import COMMANDS, COMMON_FLAGS, COMMON_VALUES, SHORT_FORMS
from codexbar_qt.core.registry import load_registry
from command_parser import command_line_parser
from completions import SHELLS, completion
from manual_pages import manual_page

if TYPE_CHECKING:
    from pathlib import Path

PROGRAMS = ("codexbar", "codexbar-qt")
DAY = datetime(2026, 1, 6, tzinfo=UTC)
CHECKS = {"bash": ["bash", "-n"], "zsh": ["zsh", "-n"], "fish": ["fish", "--no-execute"]}
COMPLETE = """
source "$1"
shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_shtab_codexbar
printf '%s\\n' "${COMPREPLY[@]}"
"""


def options(command: int) -> set[str]:
    found = COMMANDS[command]
    return {*found.values, *found.flags, *COMMON_VALUES, *COMMON_FLAGS, "--help"} - {found.operand}


def section(page: str, name: str) -> str:
    return page.partition(f".SS {name}\n")[2].partition(".SS")[0]


@pytest.fixture(scope="module")
def page() -> str:
    return manual_page("codexbar", "0.1.0", DAY).replace("\\-", "-")


@pytest.mark.parametrize("number", range(len(COMMANDS)), ids=[command.name for command in COMMANDS])
def test_page_has_every_command_with_its_options(page: str, number: int) -> None:
    command = COMMANDS[number]
    part = section(page, command.name)
    assert part
    assert [name for name in (*command.values, *command.flags) if name != command.operand and name not in part] == []


def test_page_has_the_common_options_once(page: str) -> None:
    common = page.partition(".SH OUTPUT\n")[2].partition(".SH")[0]
    assert [name for name in (*COMMON_VALUES, *COMMON_FLAGS, *SHORT_FORMS, "--help") if name not in common] == []
    assert page.count("\n.B --log-level") == 1


def test_page_of_the_tray_app_has_every_option() -> None:
    page = manual_page("codexbar-qt", "0.1.0", DAY).replace("\\-", "-")
    shown = [name for name in build_parser().format_help().split() if name.startswith("--")]
    assert shown
    assert [name for name in shown if name.rstrip("],") not in page] == []


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("checker", [("mandoc", "-T", "lint", "-W", "warning"), ("man", "--warnings", "-l")])
def test_pages_are_without_complaint(tmp_path: Path, program: str, checker: tuple[str, ...]) -> None:
    if shutil.which(checker[0]) is None:
        pytest.skip(f"needs {checker[0]}; packaging/linux/package-tools.sh could not install it")
    path = tmp_path / f"{program}.1"
    path.write_text(manual_page(program, "0.1.0", DAY), encoding="utf-8")
    done = subprocess.run([*checker, str(path)], capture_output=True, text=True, check=False)
    complaints = done.stdout if checker[0] == "mandoc" else done.stderr
    assert (done.returncode, complaints) == (0, "")


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("program", PROGRAMS)
def test_completions_are_sound(tmp_path: Path, program: str, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"needs {shell}; packaging/linux/package-tools.sh could not install it")
    path = tmp_path / "completion"
    path.write_text(completion(program, shell), encoding="utf-8")
    done = subprocess.run([*CHECKS[shell], str(path)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("shell", SHELLS)
def test_completions_have_every_command_and_option(shell: str) -> None:
    text = completion("codexbar", shell)
    for command in COMMANDS:
        assert [word for word in command.words if word not in text] == []
        names = [*command.values, *command.flags, *COMMON_VALUES, *COMMON_FLAGS]
        looked_for = [name.removeprefix("--") if shell == "fish" else name for name in names if name != command.operand]
        assert [name for name in looked_for if name not in text] == []


def completed(tmp_path: Path, *words: str) -> set[str]:
    path = tmp_path / "completion"
    path.write_text(completion("codexbar", "bash"), encoding="utf-8")
    command = ["bash", "-c", COMPLETE, "bash", str(path), *words]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_completes(tmp_path: Path) -> None:
    providers = {provider.id for provider in load_registry().providers}
    assert completed(tmp_path, "codexbar", "") >= {command.words[0] for command in COMMANDS}
    assert completed(tmp_path, "codexbar", "config", "") >= {"enable", "validate", "set-api-key"}
    assert completed(tmp_path, "codexbar", "usage", "--provider", "") == {*providers, "both", "all"}
    assert completed(tmp_path, "codexbar", "usage", "--format", "j") == {"json"}
    for number, command in enumerate(COMMANDS):
        assert completed(tmp_path, "codexbar", *command.words, "--") >= options(number), command.name
    assert "firefox" in completed(tmp_path, "codexbar", "config", "allow-browser", "fire")


def test_parser_takes_what_the_command_takes() -> None:
    parser = command_line_parser()
    for line in ("usage --provider all --json -v", "config enable --provider kiro", "cache clear --all"):
        parser.parse_args(line.split())
