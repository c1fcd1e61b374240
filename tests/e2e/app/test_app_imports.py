"""What is in memory when the icon is shown, and while the popup has never been opened."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.e2e

PROGRAM = """
import json, sys, types
from codexbar_qt.bootstrap import desktop

measure = desktop.measure

def say(moment):
    print(json.dumps({"moment": moment, "modules": sorted(sys.modules)}), flush=True)

def measure_and_say():
    say("icon")
    desktop.measure = measure
    return measure()

async def run_selftest(*_):
    say("idle")
    return 0

desktop.measure = measure_and_say
selftest = types.ModuleType("codexbar_qt.ui.selftest")
selftest.run_selftest = run_selftest
sys.modules[selftest.__name__] = selftest
from codexbar_qt.__main__ import main
sys.exit(main(["--demo", "--selftest"]))
"""
AFTER_THE_ICON = {"aiohttp", "asyncio", "codexbar_providers", "keyring", "msgspec", "psutil", "pydantic", "qasync"}
WITH_THE_POPUP = {"PySide6.QtOpenGL", "PySide6.QtQml", "PySide6.QtQuick", "PySide6.QtSvg", "codexbar_qt.ui.popup_model"}


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """What is imported, by moment."""
    folder: Path = tmp_path_factory.mktemp("home")
    variables = {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    told = [json.loads(line) for line in done.stdout.splitlines()]
    return {item["moment"]: set(item["modules"]) for item in told}


def test_the_icon_comes_before_everything_that_takes_long(modules: dict[str, set[str]]) -> None:
    assert not modules["icon"] & (AFTER_THE_ICON | WITH_THE_POPUP)


def test_the_popup_is_imported_when_it_is_opened(modules: dict[str, set[str]]) -> None:
    assert not modules["idle"] & WITH_THE_POPUP
    assert modules["idle"] >= {"asyncio", "codexbar_providers", "pydantic"}
