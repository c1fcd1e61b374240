"""Tries the installer out on Windows: install, smoke test, upgrade while the app runs, remove. Only user data may stay.

    python packaging/windows/try_installer.py

It installs for the user who runs it and removes it again, so it is for a machine without an installed CodexBar.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from codexbar_qt import __version__
from codexbar_qt.adapters.desktop.autostart import WindowsRegistry
from codexbar_qt.adapters.desktop.autostart_plan import RUN_KEY, RUN_NAME

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "packaging" / "smoke"))
import smoke  # noqa: E402 - the line above says where it is

if TYPE_CHECKING:
    from collections.abc import Callable

QUIET = ("/VERYSILENT", "/SUPPRESSMSGBOXES", "/NORESTART")
STEP_SECONDS = 300


def main() -> int:
    """Run every step and print it; 1 and a sentence when one fails."""
    (setup,) = (ROOT / "dist").glob(f"codexbar-qt-{__version__}-windows-*-setup.exe")
    folder = Path(os.environ["LOCALAPPDATA"]) / "Programs" / "CodexBar Qt"
    try:
        run(setup, folder)
    except (smoke.SmokeError, OSError, subprocess.SubprocessError) as error:
        print(f"Failed: {error}", file=sys.stderr)
        return 1
    return 0


def run(setup: Path, folder: Path) -> None:
    """Try everything. Raises SmokeError."""
    registry = WindowsRegistry()
    smoke.require(not folder.exists(), f"{folder} is there already.")
    path_before = registry.read("Environment", "Path")
    kept = Path(os.environ["APPDATA"]) / "codexbar" / "kept.txt"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text("user data", encoding="utf-8")
    call(setup, *QUIET, "/TASKS=startatlogin,addtopath")
    command = registry.read(RUN_KEY, RUN_NAME)
    smoke.require(command == f'"{folder / "codexbar-qt.exe"}"', f"The start at login is {command!r}.")
    path_after = registry.read("Environment", "Path")
    smoke.require(isinstance(path_after, str) and str(folder) in path_after, "The command is not on PATH.")
    smoke.step("installed, starts at login, command on PATH")
    smoke.run(folder, __version__)
    upgrade(setup, folder, registry)
    call(folder / "unins000.exe", *QUIET)
    smoke.require(smoke.await_true(lambda: not folder.exists(), smoke.STEP_SECONDS), f"{folder} is still there.")
    smoke.require(registry.read(RUN_KEY, RUN_NAME) is None, "The start at login is still there.")
    smoke.require(registry.read("Environment", "Path") == path_before, "PATH is not what it was.")
    smoke.require(kept.is_file(), "The user's data is gone.")
    kept.unlink()
    smoke.step("removed, the user's data kept")


def upgrade(setup: Path, folder: Path, registry: WindowsRegistry) -> None:
    """Install again while the app runs: it is asked to quit, replaced and started again; the choices stay."""
    program = folder / "codexbar-qt.exe"
    left = folder / "_internal" / "of_an_older_version.txt"
    left.write_text("must not stay", encoding="utf-8")
    registry.remove(RUN_KEY, RUN_NAME)  # as when the user has switched it off in the app
    with subprocess.Popen([str(program)]) as app:
        wait(lambda: is_in_use(program), "The app did not start.")
        call(setup, *QUIET)
        wait(lambda: app.poll() is not None, "The upgrade did not end the running app.")
    smoke.require(app.returncode == 0, f"The app did not quit well: {app.returncode}")
    smoke.require(not left.exists(), "A file of the older version is still there.")
    smoke.require(registry.read(RUN_KEY, RUN_NAME) is None, "The upgrade switched the start at login on again.")
    wait(lambda: is_in_use(program), "The upgrade did not start the app again.")
    smoke.step("upgraded while the app was running")


def is_in_use(program: Path) -> bool:
    """Whether the program runs: Windows then lets nobody write to its file."""
    with contextlib.suppress(PermissionError), program.open("r+b"):
        return False
    return True


def wait(met: Callable[[], bool], told: str) -> None:
    """Wait until it is so. Raises SmokeError after a while."""
    smoke.require(smoke.await_true(met, smoke.STEP_SECONDS), told)


def call(program: Path, *words: str) -> None:
    """Run a program to its end. Raises CalledProcessError and TimeoutExpired."""
    subprocess.run([str(program), *words], check=True, timeout=STEP_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
