"""Tries a built app out as a person would, with a home of its own and no network: the same on all three systems.

    python packaging/smoke/smoke.py FOLDER [--version 1.2.3]

FOLDER holds the programs `codexbar-qt` and `codexbar`: a frozen app, or the `bin` or `Scripts` of an environment.
On Linux a display is needed, or Xvfb, which is then started. Needs psutil, nothing else.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SAMPLE = Path(__file__).with_name("sample_provider.py")
STEP_SECONDS = 120.0
"""Time for one program to end. A first start on a busy machine with a scanner of viruses is slow."""
GONE_SECONDS = 20.0
_LOOK_SECONDS = 0.1
_PROGRAM_SUFFIX = ".exe" if os.name == "nt" else ""


class SmokeError(Exception):
    """Something is not as it should be; the text says what."""


@dataclass(frozen=True, slots=True)
class Profile:
    """The home of one run and what its programs get as environment."""

    home: Path
    environment: dict[str, str]

    @property
    def config(self) -> Path:
        """The config file."""
        return self.home / "config" / "config.json"


@dataclass(frozen=True, slots=True)
class Programs:
    """The two programs of the app."""

    app: Path
    command: Path

    @classmethod
    def inside(cls, folder: Path) -> Programs:
        """Find both in a folder. Raises SmokeError."""
        paths = [folder.resolve() / f"{name}{_PROGRAM_SUFFIX}" for name in ("codexbar-qt", "codexbar")]
        for path in paths:
            if not path.is_file():
                raise SmokeError(f"{path} is not there.")
        return cls(*paths)


def main() -> int:
    """Run every step and print it; 1 and a sentence when one fails."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, help="where codexbar-qt and codexbar are")
    parser.add_argument("--version", default="", help="what both programs must call themselves")
    options = parser.parse_args()
    try:
        run(options.folder, options.version)
    except (SmokeError, OSError, subprocess.SubprocessError) as error:
        print(f"Failed: {error}", file=sys.stderr)
        return 1
    return 0


def run(folder: Path, version: str) -> None:
    """Try everything. Raises SmokeError."""
    programs = Programs.inside(folder)
    home = Path(tempfile.mkdtemp(prefix="cbq-")).resolve()  # short: sockets lie below it
    profile = Profile(home, environment_of(home))
    try:
        write_profile(profile)
        with display(profile):
            check_versions(programs, profile, version)
            check_command_line(programs, profile)
            check_selftest(programs, profile)
            check_life(programs, profile)
        check_nothing_left(profile)
    finally:
        for process in left_over(profile):
            process.kill()
        shutil.rmtree(home, ignore_errors=True)


def environment_of(home: Path) -> dict[str, str]:
    """Return the environment with every folder of the user inside `home`."""
    dropped = ("CODEXBAR_", "PYTHON", "QT_", "DBUS_SESSION_BUS_ADDRESS", "XDG_", "VIRTUAL_ENV", "WAYLAND_DISPLAY")
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(dropped)}
    local, roaming = home / "AppData" / "Local", home / "AppData" / "Roaming"
    folders = {
        "HOME": home,
        "USERPROFILE": home,
        "APPDATA": roaming,
        "LOCALAPPDATA": local,
        "WIN_PD_OVERRIDE_LOCAL_APPDATA": local,  # platformdirs asks Windows itself otherwise
        "WIN_PD_OVERRIDE_APPDATA": roaming,
        "XDG_CONFIG_HOME": home / ".config",
        "XDG_CACHE_HOME": home / ".cache",
        "XDG_DATA_HOME": home / ".local" / "share",
        "XDG_STATE_HOME": home / ".local" / "state",
        "XDG_RUNTIME_DIR": home / "run",
    }
    for folder in folders.values():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    named = {name: str(folder) for name, folder in folders.items()}
    return {**kept, **named, "CODEXBAR_CONFIG": str(home / "config" / "config.json")}


def write_profile(profile: Profile) -> None:
    """Write a config in which the sample provider alone is on, and its file approved."""
    file = profile.config.parent / "providers" / "smoke.py"
    file.parent.mkdir(parents=True)
    shutil.copyfile(SAMPLE, file)
    approved = {str(file): hashlib.sha256(file.read_bytes()).hexdigest()}
    config = {"version": 1, "providers": [{"id": "smoke", "enabled": True}]}
    settings = {"approvedPlugins": approved, "providerDetectionCompleted": True}
    profile.config.write_text(json.dumps(config), encoding="utf-8")
    profile.config.with_name("settings.json").write_text(json.dumps(settings), encoding="utf-8")


@contextlib.contextmanager
def display(profile: Profile) -> Iterator[None]:
    """Give the app a screen: the one that is there, else a virtual one (Linux)."""
    if sys.platform in {"win32", "darwin"} or "DISPLAY" in profile.environment:
        yield
        return
    if shutil.which("Xvfb") is None:
        raise SmokeError("There is no display. Install Xvfb.")
    reading, writing = os.pipe()
    screen = ["Xvfb", "-displayfd", str(writing), "-nolisten", "tcp", "-screen", "0", "1280x900x24"]
    with subprocess.Popen(screen, pass_fds=(writing,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        with os.fdopen(reading) as stream:
            profile.environment["DISPLAY"] = f":{stream.readline().strip()}"
        try:
            yield
        finally:
            server.terminate()


def check_versions(programs: Programs, profile: Profile, version: str) -> None:
    """Both programs name the same version. On Windows a program with windows prints into a pipe only."""
    told = {call(profile, program, "--version").strip() for program in (programs.command, programs.app)}
    wanted = {f"CodexBar {version}"} if version else told
    require(len(told) == 1 and told == wanted, f"The programs call themselves {sorted(told)}, not {sorted(wanted)}.")
    step(f"version: {told.pop()}")


def check_command_line(programs: Programs, profile: Profile) -> None:
    """The command line lists the providers, and fetches with the one of the user's own."""
    lines = call(profile, programs.command, "config", "providers").splitlines()
    listed = [line.partition(":")[0] for line in lines if line]
    require("smoke" in listed, f"The sample provider is not among {listed}.")
    require(len(listed) > 1, "None of the built-in providers was found.")
    usage = json.loads(call(profile, programs.command, "usage", "--format", "json"))
    used = usage[0]["usage"]["primary"]["usedPercent"]
    require(used == 42, f"The sample provider reported {used}.")
    step(f"command line: {len(listed)} providers, the sample one reports {used}%")


def check_selftest(programs: Programs, profile: Profile) -> None:
    """Tray, popup and every settings page open without a complaint, and the sample provider is there."""
    lines = call(profile, programs.app, "--selftest").splitlines()
    report = next((json.loads(line) for line in reversed(lines) if line.startswith("{")), None)
    require(report is not None, "The self-test printed no report.")
    assert report is not None  # noqa: S101 - said above; for the types
    require("smoke" in report["providers"], "The app did not load the sample provider.")
    require(report["failures"] == [], f"The app did not load {report['failures']}.")
    require(report["warnings"] == [], f"Qt complained: {report['warnings']}")
    step(f"self-test: {report['settings_pages']} pages, icon after {report['icon_ms']} ms, {report['settings_mb']} MB")


def check_life(programs: Programs, profile: Profile) -> None:
    """Start as people do, wait for the first numbers on disk, hand over a second start, quit."""
    of_the_selftest = kept_numbers(profile)
    with (profile.home / "app.log").open("wb") as output:
        app = subprocess.Popen(
            [str(programs.app)],
            env=profile.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            saved = await_true(
                lambda: app.poll() is not None or kept_numbers(profile) not in ({}, of_the_selftest), STEP_SECONDS
            )
            require(app.poll() is None, f"The app ended by itself with {app.returncode}: {said(profile)}")
            require(saved, "The app runs but has fetched nothing.")
            call(profile, programs.app, "--settings")
            require(app.poll() is None, "A second start ended the first.")
            call(profile, programs.app, "--quit")
            ended = await_true(lambda: app.poll() is not None, GONE_SECONDS)
            require(ended and app.returncode == 0, f"The app did not quit well ({app.poll()}): {said(profile)}")
        finally:
            if app.poll() is None:
                app.kill()
            app.wait(GONE_SECONDS)
    step("app: started, fetched, took a second start, quit")


def check_nothing_left(profile: Profile) -> None:
    """No process of this run lives on, and nobody removed the user's files."""
    await_true(lambda: not left_over(profile), GONE_SECONDS)
    names = [process.name() for process in left_over(profile)]
    require(not names, f"Still running: {names}")
    require(profile.config.is_file(), "The config is gone.")
    step("nothing left running")


def left_over(profile: Profile) -> list[psutil.Process]:
    """Return the processes whose home is the one of this run."""
    found: list[psutil.Process] = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            is_ours = str(profile.home) in {process.environ().get(name) for name in ("HOME", "USERPROFILE")}
            if is_ours and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def kept_numbers(profile: Profile) -> dict[Path, int]:
    """Return the file, if it is there, in which the app has kept what the sample provider said, and when that was."""
    found: dict[Path, int] = {}
    for path in profile.home.rglob("snapshots.json"):
        with contextlib.suppress(OSError):  # it is replaced while we look
            if b"smoke" in path.read_bytes():
                found[path] = path.stat().st_mtime_ns
    return found


def said(profile: Profile) -> str:
    """Return the end of what the app printed."""
    return (profile.home / "app.log").read_text("utf-8", "replace")[-2000:].strip() or "it said nothing"


def call(profile: Profile, program: Path, *words: str) -> str:
    """Run a program to its end and return what it printed. Raises SmokeError when it fails."""
    try:
        done = subprocess.run(
            [str(program), *words],
            env=profile.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=STEP_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise SmokeError(f"{program.name} {' '.join(words)} did not end within {STEP_SECONDS:g} s.") from None
    if done.returncode:
        told = f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}".strip()
        raise SmokeError(f"{program.name} {' '.join(words)} ended with {done.returncode}: {told}")
    return done.stdout


def await_true(met: Callable[[], bool], seconds: float) -> bool:
    """Look again and again; return whether it came true in time."""
    deadline = time.monotonic() + seconds
    while not met():
        if time.monotonic() > deadline:
            return False
        time.sleep(_LOOK_SECONDS)
    return True


def require(met: object, told: str) -> None:
    """Raise SmokeError unless it is so."""
    if not met:
        raise SmokeError(told)


def step(told: str) -> None:
    """Print what has been seen to work."""
    print(f"ok  {told}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
