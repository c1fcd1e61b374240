"""The tray app as a process, with a home of its own, offscreen or on a virtual desktop."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

APP = Path(sys.executable).with_name("codexbar-qt")
_PATIENCE = 30.0


@pytest.fixture
def until() -> Callable[[Callable[[], bool], str], None]:
    """Look every 50 ms, half a minute long."""

    def wait(met: Callable[[], bool], told: str) -> None:
        deadline = time.monotonic() + _PATIENCE
        while not met():
            assert time.monotonic() < deadline, told
            time.sleep(0.05)

    return wait


@dataclass
class Apps:
    """Starts the app and ends whatever is left of it."""

    environment: dict[str, str]
    running: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [str(APP), *arguments],
            env={**self.environment, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.running.append(process)
        return process

    def run(self, *arguments: str, without: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in self.environment.items() if name not in without}
        return subprocess.run(
            [str(APP), *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=110,
            check=False,
        )

    def close(self) -> None:
        for process in self.running:
            with contextlib.suppress(psutil.Error):
                for child in psutil.Process(process.pid).children(recursive=True):
                    child.kill()
            process.kill()
            # Shown with a failed test only: what the app said is the first thing to know then.
            print(process.args, process.returncode, *process.communicate(timeout=20), sep="\n")
        self.running.clear()


@pytest.fixture
def apps(home: Path, runtime_dir: Path) -> Iterator[Apps]:
    """The app offscreen, in an empty home."""
    made = Apps({**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": str(runtime_dir)})
    yield made
    made.close()


class Desktop:
    """A virtual X11 display with a window manager and a tray at its top right."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        reading, writing = os.pipe()
        self._processes = [
            self._quiet(["Xvfb", "-displayfd", str(writing), "-screen", "0", "1000x800x24"], pass_fds=(writing,))
        ]
        os.close(writing)
        with os.fdopen(reading) as stream:
            display = f":{stream.readline().strip()}"
        self.environment = {**environment, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        self._processes.append(self._quiet(["openbox"], env=self.environment))
        tray = ["trayer", "--edge", "top", "--align", "right", "--widthtype", "request", "--height", "24"]
        self._processes.append(self._quiet([*tray, "--transparent", "true", "--alpha", "0"], env=self.environment))

    def do(self, *arguments: str) -> str:
        """Run xdotool and return what it printed."""
        done = subprocess.run(
            ["xdotool", *arguments], env=self.environment, capture_output=True, text=True, timeout=20, check=False
        )
        return done.stdout.strip()

    def picture(self, path: Path) -> Path:
        """Write what the screen shows."""
        subprocess.run(["import", "-window", "root", str(path)], env=self.environment, check=True, timeout=20)
        return path

    def windows(self, title: str) -> list[str]:
        """Return the visible windows with a title."""
        return self.do("search", "--onlyvisible", "--name", title).split()

    def end_tray(self) -> None:
        """Leave a desktop without a tray."""
        tray = self._processes.pop()
        tray.terminate()
        tray.wait(20)

    def close(self) -> None:
        for process in reversed(self._processes):
            process.terminate()
            process.wait(20)

    @staticmethod
    def _quiet(
        command: list[str], *, env: Mapping[str, str] | None = None, pass_fds: tuple[int, ...] = ()
    ) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command, env=env, pass_fds=pass_fds, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )


@pytest.fixture
def desktop(apps: Apps) -> Iterator[Desktop]:
    """A desktop; apps started from here on appear on it."""
    made = Desktop(apps.environment)
    apps.environment = made.environment
    yield made
    apps.close()
    made.close()
