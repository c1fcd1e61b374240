"""A real browser as a process: it ends with the test, waits are for a condition, and it can be held still."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

PATIENCE = 40.0
_GRACE = 15.0
_PAUSE = 0.05


def wait_until(met: Callable[[], bool], told: str, *, pause: float = _PAUSE) -> None:
    """Look again and again, 40 s long."""
    deadline = time.monotonic() + PATIENCE
    while not met():
        assert time.monotonic() < deadline, told
        time.sleep(pause)


@dataclass
class BrowserProcess:
    """A browser and its children. `quit` asks it to end, without one it gets SIGTERM; `visit` shows a page.

    `hang_up` lets go of what the two need.
    """

    process: subprocess.Popen[bytes]
    profile: Path
    log: Path
    quit: Callable[[], object] | None = field(default=None)
    visit: Callable[[str], object] | None = field(default=None)
    hang_up: Callable[[], None] | None = field(default=None)

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def close(self) -> None:
        """End as people end it: everything is written, nothing is left running. Raises AssertionError otherwise."""
        family = self._family()
        try:
            if self.quit is not None:
                self.quit()
            else:
                self.process.terminate()
            self.process.wait(_GRACE)
            _, left = psutil.wait_procs(family, _GRACE)
            assert not left, f"still running after the end of the browser: {[one.name() for one in left]}"
        finally:
            self.kill(family)

    def kill(self, family: list[psutil.Process] | None = None) -> None:
        for one in self._family() if family is None else family:
            with contextlib.suppress(psutil.Error):
                one.kill()
        self.process.wait(_GRACE)
        if self.hang_up is not None:
            self.hang_up()

    @contextlib.contextmanager
    def held_still(self) -> Iterator[None]:
        """Stop all of its processes: what changes in its profile meanwhile was changed by somebody else."""
        assert self.is_running, self.said()
        stopped: list[psutil.Process] = []
        try:
            while fresh := [one for one in self._family() if one not in stopped]:
                for one in fresh:
                    with contextlib.suppress(psutil.NoSuchProcess):
                        one.suspend()
                stopped += fresh
            wait_until(lambda: all(map(_is_still, stopped)), "the browser does not stop")
            yield
        finally:
            for one in reversed(stopped):
                with contextlib.suppress(psutil.NoSuchProcess):
                    one.resume()

    def said(self) -> str:
        """Return the end of what the browser said."""
        return self.log.read_text(errors="replace")[-3_000:]

    def _family(self) -> list[psutil.Process]:
        try:
            first = psutil.Process(self.process.pid)
            return [first, *first.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []


def _is_still(process: psutil.Process) -> bool:
    try:
        return process.status() in (psutil.STATUS_STOPPED, psutil.STATUS_TRACING_STOP, psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def start_browser(command: list[str], environment: Mapping[str, str], profile: Path, log: Path) -> BrowserProcess:
    """Start a browser that dies with us, however we end; it says what it says to `log`."""
    if shutil.which("setpriv"):
        command = ["setpriv", "--pdeathsig", "KILL", *command]
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as stream:
        process = subprocess.Popen(
            command,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        )
    return BrowserProcess(process, profile, log)


def browser_environment(home: Path, runtime: Path, bus: str = "") -> dict[str, str]:
    """Return the variables of a plain session: system programs, an own home, a bus or none."""
    return {
        "PATH": os.pathsep.join(("/usr/bin", "/bin")),
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(runtime),
        "TMPDIR": str(runtime),
        "DBUS_SESSION_BUS_ADDRESS": bus or f"unix:path={runtime / 'no-bus'}",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
    }
