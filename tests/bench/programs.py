"""Starts the measured programs and talks with them."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import psutil

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_HERE = Path(__file__).parent
_ANSWER_SECONDS = 90.0
_END_SECONDS = 20.0


def bare_tray(*arguments: str) -> list[str]:
    """Return the command of the bare program."""
    return [sys.executable, str(_HERE / "bare_tray.py"), *arguments]


def app(*arguments: str) -> list[str]:
    """Return the command of the app, started as people start it."""
    return [sys.executable, str(_HERE / "watched_app.py"), *arguments]


def watched_app(*arguments: str, clones: int = 0) -> list[str]:
    """Return the command of the app that takes commands; with `clones` the demo has so many providers."""
    return app("--watched", *(["--clones", str(clones)] if clones else []), *arguments)


class Program:
    """A running program that says JSON lines; it ends with the `with` block."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._answers: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._said: list[str] = []
        self._process = subprocess.Popen(
            command,
            env={**environment, "BENCH_STARTED": str(time.monotonic_ns())},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def wait(self, what: str) -> dict[str, Any]:
        """Return the next answer of this kind. Raises RuntimeError with the program's words when it ends before."""
        while True:
            answer = self._answers.get(timeout=_ANSWER_SECONDS)
            if answer is None:
                raise RuntimeError("a measured program has ended early:\n" + "\n".join(self._said[-20:]))
            if answer["bench"] == what:
                return answer

    def do(self, command: str) -> dict[str, Any]:
        """Give a command and wait for its answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{command}\n")
        self._process.stdin.flush()
        return self.wait("done")

    @property
    def resident(self) -> int:
        """Resident memory in bytes, child processes included."""
        own = psutil.Process(self._process.pid)
        return sum(each.memory_info().rss for each in (own, *own.children(recursive=True)))

    @property
    def cpu_seconds(self) -> float:
        """User and system time so far, from the scheduler's own count where there is one (ticks are 10 ms)."""
        try:
            tasks = Path(f"/proc/{self._process.pid}/task")
            return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir()) / 1e9
        except (OSError, ValueError, IndexError):
            times = psutil.Process(self._process.pid).cpu_times()
            return times.user + times.system

    @property
    def wakeups(self) -> int:
        """How often it has gone to sleep so far."""
        tasks = Path(f"/proc/{self._process.pid}/task")
        if not tasks.is_dir():
            return int(psutil.Process(self._process.pid).num_ctx_switches().voluntary)
        found = 0
        for task in tasks.iterdir():
            lines = (task / "status").read_text().splitlines()
            found += next(int(line.split()[1]) for line in lines if line.startswith("voluntary"))
        return found

    def close(self) -> None:
        """End it: politely, then not."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        if os.name == "posix":
            self._process.terminate()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(_END_SECONDS)
        self._reader.join(_END_SECONDS)

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as stream:
            for line in stream:
                self._said.append(line.rstrip())
                if line.startswith('{"bench"'):
                    self._answers.put(json.loads(line))
        self._answers.put(None)
