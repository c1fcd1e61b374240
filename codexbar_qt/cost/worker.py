"""The process that reads logs, so that the app's own loop never waits for them: `python -m codexbar_qt.cost.worker`.

It carries out one request and ends. Standard input is the lifeline: when the app lets go of it, or dies, the scan stops
at the next block, keeps what it has read, and the process ends.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from codexbar_qt.cost.families import FAMILIES
from codexbar_qt.cost.family import ScanCancelled
from codexbar_qt.cost.progress import Progress
from codexbar_qt.cost.reading_pool import ReadingPool
from codexbar_qt.cost.scanner import Scanner
from codexbar_qt.cost.sources import cost_source
from codexbar_qt.cost.state_file import StateFile, open_state
from codexbar_qt.cost.values import RowsPage, ScanProgress, ScanResult
from codexbar_qt.cost.worker_wire import (
    FailedMessage,
    Message,
    ProgressMessage,
    RowsMessage,
    RowsRequest,
    ScanRequest,
    decode_request,
    encode_line,
    parts_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from codexbar_qt.cost.family import LogFamily
    from codexbar_qt.cost.values import Ledger

_LAST_SECONDS = 2.0
_BACKGROUND_NICE = 10
_BAD_STATE = (LookupError, msgspec.DecodeError, ValueError, sqlite3.Error)


class Lifeline:
    """Watches standard input. Once it is closed, `check` ends the scan, and a while later the process ends anyway."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._is_cut = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def check(self) -> None:
        """Raise ScanCancelled when nobody waits for the result."""
        if self._is_cut.is_set():
            raise ScanCancelled

    def _watch(self) -> None:
        with contextlib.suppress(OSError):
            while os.read(self._descriptor, 1):
                pass
        self._is_cut.set()
        time.sleep(_LAST_SECONDS)
        os._exit(1)


def run_scan(request: ScanRequest, told: Callable[[ScanProgress], None]) -> ScanResult:
    """Scan every family. Raises ScanCancelled and sqlite3.Error."""
    began = time.time()  # noqa: TID251 - a process of its own, without the ports of the app
    pool = ReadingPool(request.jobs, request.helper_command)
    scanner = Scanner(request.places, pool, Progress(told))
    ledgers = [_scan_family(scanner, family, Path(request.folder), refresh=request.refresh) for family in FAMILIES]
    return ScanResult(tuple(ledgers), began)


def find_rows(request: RowsRequest) -> RowsPage:
    """Look rows up in the state of the last scan. Raises LookupError and sqlite3.Error."""
    source = cost_source(request.source)
    family = next((family for family in FAMILIES if source is not None and family.name == source.family), None)
    if source is None or family is None:
        return RowsPage((), 0)
    scanner = Scanner(request.places, ReadingPool(), Progress(lambda _: None))
    with open_state(Path(request.folder), family) as state:
        return scanner.rows(family, state, source.id, request.first, request.last, request.limit)


def _scan_family(scanner: Scanner, family: LogFamily, folder: Path, *, refresh: bool) -> Ledger:
    """Scan; state that turns out to be unusable is read from the logs again."""
    try:
        with open_state(folder, family) as state:
            return scanner.scan(family, state, refresh=refresh)
    except _BAD_STATE:
        with StateFile(None, family.version) as state:
            ledger = scanner.scan(family, state, refresh=True)
        with contextlib.suppress(sqlite3.Error), open_state(folder, family) as state:
            state.clear()
        return ledger


def main() -> int:
    """Read a request from standard input, answer on standard output."""
    answers = sys.stdout.buffer
    lock = threading.Lock()

    def say(message: Message) -> None:
        with lock:
            answers.write(encode_line(message))
            answers.flush()

    try:
        request = decode_request(sys.stdin.buffer.readline())
        lifeline = Lifeline(sys.stdin.fileno())
        for message in _carry_out(request, lifeline, say):
            say(message)
    except (ScanCancelled, BrokenPipeError, KeyboardInterrupt):
        return 1
    except Exception as error:  # the app tells people, by the kind alone
        with contextlib.suppress(OSError):
            say(FailedMessage(type(error).__name__))
        return 1
    return 0


def _carry_out(
    request: ScanRequest | RowsRequest, lifeline: Lifeline, say: Callable[[Message], None]
) -> Iterable[Message]:
    if isinstance(request, RowsRequest):
        return (RowsMessage(find_rows(request)),)
    if request.is_background and hasattr(os, "nice"):
        os.nice(_BACKGROUND_NICE)

    def told(progress: ScanProgress) -> None:
        lifeline.check()
        say(ProgressMessage(progress))

    return parts_of(run_scan(request, told))


if __name__ == "__main__":
    sys.exit(main())
