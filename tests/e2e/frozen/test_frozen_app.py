"""The frozen app does what the installed one does, takes providers of people, and keeps its libraries to itself."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import codexbar_qt
from codexbar_qt.core.registry import load_registry

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType

    from .conftest import Frozen

pytestmark = pytest.mark.e2e

# Which of the modules cannot be imported. Some exist for one system only; others differ between releases of Python.
IMPORTS = """
import importlib, json, pathlib
here = pathlib.Path(__file__).parent
def missing():
    for name in json.loads((here / "names.json").read_text()):
        try:
            importlib.import_module(name)
        except ImportError:
            yield name
"""
# Lies beside the config, as people put it there. It tells what it can import and what a program it starts gets to see.
PROVIDER = f"""
{IMPORTS}
(here / "missing.json").write_text(json.dumps([*missing()]))
import os, subprocess
if os.name == "posix":
    (here / "seen.txt").write_bytes(subprocess.run(["env"], capture_output=True, check=True).stdout)
from codexbar_qt.provider_api import Provider, ProviderDescriptor, RateWindow, Snapshot, Source, Strategy, WindowSpec

async def fetch(ctx):
    return Snapshot(updated_at=ctx.clock.now(), primary=RateWindow(used_percent=25))

LANES = WindowSpec(primary="Monthly", secondary="", card_order=("primary",))
PROVIDER = Provider(
    ProviderDescriptor(id="acme", name="Acme", color="#6B7280", order=1, windows=LANES, settings=()),
    strategies=(Strategy(Source.API, fetch),),
)
"""
OF_THE_LOADER = ("LD_", "DYLD_", "_PYI", "_MEI", "QT_PLUGIN", "QML")
# Functions of this file could not be found by the processes: they are the program itself, which imports no such module.
WORKERS = """
import math, multiprocessing
from concurrent.futures import ProcessPoolExecutor
for method in multiprocessing.get_all_start_methods():
    with ProcessPoolExecutor(2, multiprocessing.get_context(method)) as pool:
        assert list(pool.map(math.isqrt, [4, 9, 16])) == [2, 3, 4], method
"""


def approve(path: Path) -> None:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    (path.parents[1] / "settings.json").write_text(json.dumps({"approvedPlugins": {str(path): digest}}))


@pytest.fixture
def provider(home: Path, packaging_script: Callable[[str], ModuleType]) -> Path:
    """A provider of the user's own, approved and turned on."""
    path = home / "providers" / "acme.py"
    path.parent.mkdir()
    path.write_text(PROVIDER)
    (path.parent / "names.json").write_text(json.dumps(packaging_script("freeze/contents.py").standard_library()))
    approve(path)
    (home / "config.json").write_text(json.dumps({"version": 1, "providers": [{"id": "acme", "enabled": True}]}))
    return path


def test_both_programs_say_their_version(frozen: Frozen) -> None:
    said = [frozen.run(program, "--version").stdout for program in ("codexbar", "codexbar-qt")]
    assert said == [f"CodexBar {codexbar_qt.__version__}\n"] * 2


def test_every_provider_is_there(frozen: Frozen) -> None:
    done = frozen.run("codexbar", "config", "providers", "--json")
    assert done.returncode == 0, done.stderr
    assert {each["provider"] for each in json.loads(done.stdout)} == {each.id for each in load_registry().providers}


def test_tray_app_opens_everything_without_a_complaint(frozen: Frozen) -> None:
    done = frozen.run("codexbar-qt", "--demo", "--selftest", QT_QPA_PLATFORM="offscreen")
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert (report["warnings"], report["failures"]) == ([], [])
    assert report["settings_pages"] == 5 + len(report["providers"])


def test_provider_of_the_user_has_the_standard_library(frozen: Frozen, provider: Path) -> None:
    done = frozen.run("codexbar", "usage", "--provider", "acme", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)[0]["usage"]["primary"]["usedPercent"] == 25
    script = f"__file__ = {str(provider)!r}\n{IMPORTS}\nprint(json.dumps([*missing()]))"
    command = [sys.executable, "-I", "-W", "ignore", "-c", script]
    here = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    assert json.loads((provider.parent / "missing.json").read_text()) == json.loads(here)


def test_provider_of_the_user_may_use_processes(frozen: Frozen, provider: Path) -> None:
    provider.write_text(provider.read_text() + WORKERS)
    approve(provider)
    done = frozen.run("codexbar", "usage", "--provider", "acme", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)[0]["usage"]["primary"]["usedPercent"] == 25


@pytest.mark.skipif(os.name == "nt", reason="the loader sets nothing there")
@pytest.mark.parametrize("own", ["", "/own/libraries"])
@pytest.mark.parametrize("start", [("codexbar", "usage"), ("codexbar-qt", "--selftest")])
def test_programs_get_the_environment_the_app_was_started_with(
    frozen: Frozen, provider: Path, own: str, start: tuple[str, str]
) -> None:
    given = {"LD_LIBRARY_PATH": own} if own else {}
    done = frozen.run(*start, **given)
    assert done.returncode == 0, done.stdout + done.stderr
    seen = [line for line in (provider.parent / "seen.txt").read_text().splitlines() if line.startswith(OF_THE_LOADER)]
    assert seen == ([f"LD_LIBRARY_PATH={own}"] if own else [])


@pytest.mark.skipif(os.name == "nt", reason="the tool is a shell script")
def test_tools_are_started_through_the_guard(frozen: Frozen, home: Path) -> None:
    tool = home / "tools" / "kiro-cli"
    tool.parent.mkdir()
    tool.write_text(f"#!/bin/sh\nenv >{home}/seen.txt\nps -o args= -p $PPID >{home}/parent.txt\nexit 3\n")
    tool.chmod(0o755)
    assert frozen.run("codexbar", "config", "enable", "--provider", "kiro").returncode == 0
    path = os.pathsep.join((str(tool.parent), frozen.environment["PATH"]))
    done = frozen.run("codexbar", "usage", "--provider", "kiro", PATH=path)
    assert "failed with status 3" in done.stdout + done.stderr
    assert [line for line in (home / "seen.txt").read_text().splitlines() if line.startswith(OF_THE_LOADER)] == []
    assert "--process-guard" in (home / "parent.txt").read_text()


def test_logs_are_read_by_processes_of_its_own(frozen: Frozen, home: Path) -> None:
    log = home / ".claude" / "projects" / "acme" / "log.jsonl"
    log.parent.mkdir(parents=True)
    usage = {"input_tokens": 1000, "output_tokens": 100}
    message = {"id": "msg_1", "model": "claude-opus-4-5", "role": "assistant", "usage": usage}
    line = {"type": "assistant", "timestamp": "2026-01-05T10:00:00Z", "sessionId": "s", "requestId": "r"}
    log.write_text(json.dumps({**line, "message": message}, separators=(",", ":")) + "\n")
    done = frozen.run("codexbar", "cost", "--provider", "claude", "--days", "365", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)[0]["totals"]["totalTokens"] == 1100
