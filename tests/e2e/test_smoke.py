"""The smoke test of built apps, against the programs of this environment: it passes, and it notices what is wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from codexbar_qt import __version__

pytestmark = pytest.mark.e2e
SCRIPT = Path(__file__).parents[2] / "packaging" / "smoke" / "smoke.py"
PROGRAMS = Path(sys.executable).parent


def smoke(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), str(folder), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=110)


def replaced(folder: Path, name: str, lines: str) -> Path:
    """Return a folder with the real programs, one of them replaced by a shell script."""
    for program in ("codexbar-qt", "codexbar"):
        (folder / program).symlink_to(PROGRAMS / program)
    (folder / name).unlink()
    (folder / name).write_text(f"#!/bin/sh\n{lines}\n", "utf-8")
    (folder / name).chmod(0o755)
    return folder


@pytest.mark.desktop
def test_the_programs_of_this_environment_pass(home: Path) -> None:
    done = smoke(PROGRAMS, "--version", __version__)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line.split("  ")[1].partition(":")[0] for line in done.stdout.splitlines()] == [
        "version",
        "command line",
        "self-test",
        "app",
        "nothing left running",
    ]


def test_a_folder_without_the_programs_fails(home: Path, tmp_path: Path) -> None:
    done = smoke(tmp_path)
    assert done.returncode == 1
    assert "is not there" in done.stderr


@pytest.mark.desktop
@pytest.mark.skipif(sys.platform == "win32", reason="the replaced program is a shell script")
@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("echo CodexBar 0.0.0", "call themselves"),
        (f'case "$1" in --version) echo "CodexBar {__version__}";; *) echo "openrouter: on";; esac', "sample provider"),
        (f'case "$1" in --version) echo "CodexBar {__version__}";; *) echo broken >&2; exit 3;; esac', "ended with 3"),
    ],
)
def test_what_is_wrong_is_named(home: Path, tmp_path: Path, lines: str, told: str) -> None:
    done = smoke(replaced(tmp_path, "codexbar", lines), "--version", __version__)
    assert done.returncode == 1
    assert told in done.stderr
    assert os.linesep not in done.stderr.strip()
