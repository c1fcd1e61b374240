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
    module = "worker" if flag == WORKER_FLAG else "reading_helper"
    return (sys.executable, "-P", "-m", f"codexbar_qt.cost.{module}")


@dataclass(frozen=True, slots=True)
class WorkerPlace:
    """Where workers run: what they look at, where they keep state, and the environment they get."""

    places: Callable[[], Places]
    folder: Path
    environment: Callable[[], Mapping[str, str]]
    is_background: bool = False
    limit_seconds: float = LIMIT_SECONDS


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
            helper_command=worker_command(READER_FLAG) if jobs > 1 else (),
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
        self._lock = threading.Lock()
        self._worker: subprocess.Popen[bytes] | None = None
        self._is_let_go = self._timed_out = False

    def run(self) -> _Answer:
        """Start the worker, hear it out, and see it end."""
        try:
            worker = self._start()
        except OSError as error:
            return _Answer(error=_FAILED.format(reason=type(error).__name__))
        if worker is None or worker.stdin is None or worker.stdout is None:
            return _Answer()
        limit = threading.Timer(self._place.limit_seconds, self._run_out)
        limit.daemon = True
        limit.start()
        try:
            return self._hear(worker.stdin, worker.stdout)
        finally:
            limit.cancel()
            self._end(worker)

    def let_go(self) -> None:
        """Close the worker's lifeline; returns at once."""
        with self._lock:
            self._is_let_go = True
            worker = self._worker
        if worker is not None and worker.stdin is not None:
            with contextlib.suppress(OSError, ValueError):
                worker.stdin.close()

    def _start(self) -> subprocess.Popen[bytes] | None:
        with self._lock:
            if self._is_let_go:
                return None
            self._worker = subprocess.Popen(
                worker_command(WORKER_FLAG),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=dict(self._place.environment()),
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
            return self._worker

    def _hear(self, requests: IO[bytes], answers: IO[bytes]) -> _Answer:
        parts: list[PartMessage] = []
        reason = "it ended early"
        try:
            requests.write(self._request)
            requests.flush()
            while line := answers.readline(_LONGEST_ANSWER):
                message = decode_message(line)
                if isinstance(message, ProgressMessage):
                    self._tell(message.progress)
                elif isinstance(message, PartMessage):
                    parts.append(message)
                elif isinstance(message, FailedMessage):
                    reason = message.reason
                else:
                    return _Answer(message, tuple(parts))
        except (OSError, ValueError, msgspec.DecodeError) as error:
            reason = type(error).__name__
        if self._timed_out:
            return _Answer(error=_TIMED_OUT, timed_out=True)
        return _Answer(error=_FAILED.format(reason=reason))

    def _run_out(self) -> None:
        self._timed_out = True
        self.let_go()
        worker = self._worker
        if worker is not None:
            worker.kill()

    def _end(self, worker: subprocess.Popen[bytes]) -> None:
        self.let_go()
        try:
            worker.wait(_LAST_SECONDS)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()
        if worker.stdout is not None:
            worker.stdout.close()


def _unless_done(future: asyncio.Future[_Answer], call: Callable[..., object], value: object) -> None:
    if not future.done():
        call(value)
