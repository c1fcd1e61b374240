"""Runs programs and says how long they took, how much processor time, and how much memory with all their children."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from codexbar_qt.adapters.cost_worker import worker_command
from codexbar_qt.cost.process_flags import READER_FLAG, WORKER_FLAG
from codexbar_qt.cost.worker_wire import (
    FailedMessage,
    ScanMessage,
    ScanRequest,
    decode_message,
    encode_line,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from codexbar_qt.cost.places import Places

SAMPLE_SECONDS = 0.01
_STILL_SAMPLES = 5
_STILL_SECONDS = 0.02


@dataclass(slots=True)
class Run:
    """What one run took: seconds of the clock and of processors, children included, and bytes at the peak."""

    seconds: float = 0.0
    cpu: float = 0.0
    peak: int = 0


def run_program(command: Sequence[str], environment: Mapping[str, str], *, with_memory: bool = False) -> Run:
    """Run a program to its end; what it says is thrown away. Raises RuntimeError when it fails."""
    run = Run()
    started = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with _memory(process.pid, run, wanted=with_memory):
        _, status, used = os.wait4(process.pid, 0)
    run.seconds = time.perf_counter() - started
    run.cpu = used.ru_utime + used.ru_stime
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command[0]} has failed: {process.returncode}")
    return run


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan by a worker that waits for its request: where logs are, where state is kept, by how many processes."""

    places: Places
    folder: Path
    environment: Mapping[str, str]
    jobs: int = 1

    def run(self) -> float:
        """Return the seconds from the request to the end of the answer."""
        pipe = subprocess.PIPE
        with subprocess.Popen(worker_command(WORKER_FLAG), env=self.environment, stdin=pipe, stdout=pipe) as worker:
            _await_stillness(worker.pid)
            assert worker.stdin is not None
            started = time.perf_counter()
            worker.stdin.write(encode_line(self._request()))
            worker.stdin.flush()
            _hear(worker)
            return time.perf_counter() - started

    def _request(self) -> ScanRequest:
        helper = worker_command(READER_FLAG) if self.jobs > 1 else ()
        return ScanRequest(self.places, str(self.folder), jobs=self.jobs, helper_command=helper)


def _hear(worker: subprocess.Popen[bytes]) -> None:
    assert worker.stdout is not None
    for line in worker.stdout:
        message = decode_message(line)
        if isinstance(message, FailedMessage):
            raise RuntimeError(f"the scan has failed: {message.reason}")
        if isinstance(message, ScanMessage):
            return
    raise RuntimeError("the worker has ended early")


@contextmanager
def _memory(pid: int, run: Run, *, wanted: bool) -> Iterator[None]:
    """Sample the memory of a program and its children all the while: each page shared counts in parts (PSS)."""
    if not wanted:
        yield
        return
    over = threading.Event()

    def sample() -> None:
        program = psutil.Process(pid)
        while not over.wait(SAMPLE_SECONDS):
            with suppress(psutil.Error):
                run.peak = max(run.peak, sum(map(_share, (program, *program.children(recursive=True)))))

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _share(process: Any) -> int:
    try:
        lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text("ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def _await_stillness(pid: int) -> None:
    """Wait until a process does nothing: it has started and waits for words."""
    process = psutil.Process(pid)
    still, used = 0, -1.0
    while still < _STILL_SAMPLES:
        time.sleep(_STILL_SECONDS)
        times = process.cpu_times()
        now = times.user + times.system
        still = still + 1 if now == used and now > 0 and process.status() == psutil.STATUS_SLEEPING else 0
        used = now
