"""The tray app as people start it: with and without a display, twice, ended politely and not."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

if TYPE_CHECKING:
    import subprocess

    from .conftest import Apps

pytestmark = pytest.mark.e2e
FAKE_TOOLS = Path(__file__).parents[1] / "fake_tools"


def alive(pids: list[int]) -> list[int]:
    """Return the processes that still run."""
    return [pid for pid in pids if psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE]


def await_gone(pids: list[int], seconds: float = 3.0) -> list[int]:
    """Return what is left of the processes after some time."""
    deadline = time.monotonic() + seconds
    while alive(pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    return alive(pids)


def test_selftest_opens_everything_without_a_complaint(apps: Apps, home: Path) -> None:
    done = apps.run("--demo", "--selftest")
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert (report["warnings"], report["failures"]) == ([], [])
    assert report["settings_pages"] == 5 + len(report["providers"])
    for name in ("icon_ms", "popup_first_ms", "popup_second_ms", "icon_mb", "settings_mb"):
        assert report[name] > 0
    assert not (home / ".codexbar").exists()
    assert not (home / ".config" / "codexbar").exists()


def test_without_a_display_it_says_so_and_shows_text_and_pictures(apps: Apps) -> None:
    done = apps.run("--demo", without=("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"))
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("No display was found")
    assert "== Kimi (api) ==" in lines
    pictures = [Path(line) for line in lines if line.endswith(".png")]
    assert {picture.name.split("-")[0] for picture in pictures} == {"popup", "settings"}
    assert all(picture.read_bytes().startswith(b"\x89PNG") for picture in pictures)


@pytest.mark.skipif(sys.platform == "win32", reason="programs with windows get no signals there")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_second_start_reaches_the_first_which_ends_when_asked(apps: Apps, number: signal.Signals) -> None:
    first = apps.start()
    assert first.stdout is not None
    assert first.stdout.readline().startswith("No system tray was found")
    second = apps.run()
    assert second.returncode == 0, second.stderr
    assert first.poll() is None
    first.send_signal(number)
    assert first.wait(20) == 0


def test_quit_ends_the_running_app_and_starts_none(apps: Apps) -> None:
    nobody = apps.run("--quit")
    assert (nobody.returncode, nobody.stdout, nobody.stderr) == (0, "", "")
    first = apps.start()
    assert first.stdout is not None
    assert first.stdout.readline().startswith("No system tray was found")
    asked = apps.run("--quit", without=("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"))
    assert (asked.returncode, asked.stdout, asked.stderr) == (0, "", "")
    assert first.wait(20) == 0


def _sleeps(pids: Path) -> bool:
    """Whether the part of the tool that never ends is running."""
    found = [int(word) for word in pids.read_text().split()] if pids.exists() else []
    return any(psutil.Process(pid).name() == "sleep" for pid in alive(found))


@pytest.fixture
def hanging(apps: Apps, tmp_path: Path) -> tuple[subprocess.Popen[str], list[int]]:
    """The real app while it waits for a tool that hangs, and the processes of that tool."""
    config, pids = tmp_path / "config.json", tmp_path / "pids"
    config.write_text(json.dumps({"version": 1, "providers": [{"id": "kiro", "enabled": True}]}))
    search = f"{FAKE_TOOLS}{os.pathsep}{os.environ['PATH']}"
    variables = {"PATH": search, "FAKE_KIRO_PIDS": str(pids), "CODEXBAR_CONFIG": str(config)}
    app = apps.start(KIRO_CLI_PATH=str(FAKE_TOOLS / "kiro-cli"), FAKE_KIRO_MODE="hang", **variables)
    deadline = time.monotonic() + 30
    while not _sleeps(pids):
        assert time.monotonic() < deadline, "the tool was never started"
        assert app.poll() is None, app.communicate()
        time.sleep(0.05)
    return app, [int(word) for word in pids.read_text().split()]


@pytest.mark.skipif(sys.platform == "win32", reason="the tool of this test is a shell script")
@pytest.mark.parametrize("number", [signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)])
def test_no_child_survives_the_app(hanging: tuple[subprocess.Popen[str], list[int]], number: signal.Signals) -> None:
    app, pids = hanging
    family = [*pids, *(child.pid for child in psutil.Process(app.pid).children(recursive=True))]
    assert alive(pids)
    app.send_signal(number)
    app.wait(20)
    assert await_gone(family) == []
