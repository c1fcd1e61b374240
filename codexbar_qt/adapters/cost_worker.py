"""Reads the logs of agents in a process of its own, so that no loop waits for disk or decoder (the CostLogs port)."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from codexbar_qt.core.cost_logs import CostScanError
from codexbar_qt.cost.kept_files import remove_states
from codexbar_qt.cost.process_flags import READER_FLAG, WORKER_FLAG
from codexbar_qt.cost.worker_wire import (
    FailedMessage,
    PartMessage,
    ProgressMessage,
    RowsMessage,
    RowsRequest,
    ScanMessage,
    ScanRequest,
    decode_message,
    encode_line,
    put_together,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from typing import IO

    from codexbar_qt.cost.places import Places
    from codexbar_qt.cost.values import RowsPage, ScanProgress, ScanResult

LIMIT_SECONDS = 600.0
_LONGEST_ANSWER = 64 << 20
_LAST_SECONDS = 3.0
_FAILED = "The logs could not be read ({reason}). Try again, or clear what is kept with codexbar cache clear --cost."
_TIMED_OUT = "Reading the logs took more than 10 minutes and was stopped. What was read is kept; refresh to go on."


def worker_command(flag: str) -> tuple[str, ...]:
    """Return the words that start a worker or, with `READER_FLAG`, one of its readers."""
    if getattr(sys, "frozen", False):
        return (sys.executable, flag)
    module = "worker" if flag == WORKER_FLAG else "reading_process"
    return (sys.executable, "-P", "-m", f"codexbar_qt.cost.{module}")


@dataclass(frozen=True, slots=True)
class WorkerPlace:
    """Where workers run: what they look at, where they keep state, the environment they get, and what starts them."""

    places: Callable[[], Places]
    folder: Path
    environment: Callable[[], Mapping[str, str]]
    is_background: bool = False
    limit_seconds: float = LIMIT_SECONDS
    command: Callable[[str], tuple[str, ...]] = worker_command


class WorkerCostLogs:
    """Starts a worker for every call. Cancelling one lets go of its worker, which then ends by itself or is killed."""

    def __init__(self, place: WorkerPlace) -> None:
        self._place = place

    async def scan(
        self, *, refresh: bool = False, jobs: int = 1, progress: Callable[[ScanProgress], None] | None = None
    ) -> ScanResult:
        """Scan all logs. Raises CostScanError."""
        place = self._place
        request = ScanRequest(
            places=place.places(),
            folder=str(place.folder),
            refresh=refresh,
            jobs=jobs,
            helper_command=place.command(READER_FLAG) if jobs > 1 else (),
            is_background=place.is_background,
        )
        answer = await self._ask(request, progress)
        if not isinstance(answer.end, ScanMessage):
            raise CostScanError(_FAILED.format(reason="no result"))
        return await asyncio.to_thread(put_together, answer.end, answer.parts)

    async def rows(self, source: str, first: int, last: int, limit: int = 2000) -> RowsPage:
        """Look rows up. Raises CostScanError."""
        request = RowsRequest(self._place.places(), str(self._place.folder), source, first, last, limit)
        answer = await self._ask(request, None)
        if not isinstance(answer.end, RowsMessage):
            raise CostScanError(_FAILED.format(reason="no result"))
        return answer.end.page

    async def clear(self) -> int:
        """Remove the state. Raises CostScanError."""
        try:
            return await asyncio.to_thread(remove_states, self._place.folder)
        except OSError as error:
            told = f"What is kept could not be removed: {error.strerror or type(error).__name__}. Try again."
            raise CostScanError(told) from None

    async def _ask(
        self, request: ScanRequest | RowsRequest, progress: Callable[[ScanProgress], None] | None
    ) -> _Answer:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[_Answer] = loop.create_future()

        def tell(found: ScanProgress) -> None:
            if progress is not None:
                loop.call_soon_threadsafe(_unless_done, future, progress, found)

        def finish(answer: _Answer) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(_unless_done, future, future.set_result, answer)

        call = _Call(encode_line(request), self._place, tell)
        threading.Thread(target=lambda: finish(call.run()), name="cost", daemon=True).start()
        try:
            answer = await future
        except asyncio.CancelledError:
            call.let_go()
            raise
        if answer.error:
            raise CostScanError(answer.error, timed_out=answer.timed_out)
        return answer


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a worker said: the message that ended it and the parts before, or a sentence about why there is none."""

    end: ScanMessage | RowsMessage | None = None
    parts: tuple[PartMessage, ...] = ()
    error: str = ""
    timed_out: bool = False


class _Call:
    """One worker from start to end; `run` blocks."""

    def __init__(self, request: bytes, place: WorkerPlace, tell: Callable[[ScanProgress], None]) -> None:
        self._request, self._place, self._tell = request, place, tell
        self._worker: subprocess.Popen[bytes] | None = None
        self._killer: threading.Timer | None = None
        self._is_let_go = self._timed_out = False

    def run(self) -> _Answer:
        """Start the worker, hear it out, and see it end."""
        try:
            worker = self._worker = self._started()
        except OSError as error:
            return _failed(type(error).__name__)
        if self._is_let_go:
            self.let_go()
        limit = _start_timer(self._place.limit_seconds, self._run_out)
        try:
            return self._heard(worker)
        finally:
            limit.cancel()
            self.let_go()
            worker.wait()
            if self._killer is not None:
                self._killer.cancel()

    def let_go(self) -> None:
        """Close the worker's lifeline, and see to it that it ends soon; returns at once."""
        self._is_let_go = True
        worker = self._worker
        if worker is None or worker.stdin is None:
            return
        with contextlib.suppress(OSError, ValueError):
            worker.stdin.close()
        if self._killer is None:
            self._killer = _start_timer(_LAST_SECONDS, worker.kill)

    def _started(self) -> subprocess.Popen[bytes]:
        flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
        if self._place.is_background:
            flags |= getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0)
        return subprocess.Popen(
            self._place.command(WORKER_FLAG),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=dict(self._place.environment()),
            creationflags=flags,
        )

    def _heard(self, worker: subprocess.Popen[bytes]) -> _Answer:
        if worker.stdin is None or worker.stdout is None:
            return _failed("no pipe")
        try:
            with worker.stdout as answers:
                worker.stdin.write(self._request)
                worker.stdin.flush()
                answer = self._answer(answers)
        except (OSError, ValueError, msgspec.DecodeError) as error:
            answer = _failed(type(error).__name__)
        if answer.error and self._timed_out:
            return _Answer(error=_TIMED_OUT, timed_out=True)
        return answer

    def _answer(self, answers: IO[bytes]) -> _Answer:
        parts: list[PartMessage] = []
        while line := answers.readline(_LONGEST_ANSWER):
            message = decode_message(line)
            if isinstance(message, ProgressMessage):
                self._tell(message.progress)
            elif isinstance(message, PartMessage):
                parts.append(message)
            elif isinstance(message, FailedMessage):
                return _failed(message.reason)
            else:
                return _Answer(message, tuple(parts))
        return _failed("the reader ended early")

    def _run_out(self) -> None:
        self._timed_out = True
        self.let_go()


def _failed(reason: str) -> _Answer:
    return _Answer(error=_FAILED.format(reason=reason))


def _start_timer(seconds: float, call: Callable[[], object]) -> threading.Timer:
    timer = threading.Timer(seconds, call)
    timer.daemon = True
    timer.start()
    return timer


def _unless_done(future: asyncio.Future[_Answer], call: Callable[..., object], value: object) -> None:
    if not future.done():
        call(value)
