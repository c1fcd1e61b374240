"""The process that reads logs, so that the app's own loop never waits for them: `python -m codexbar_qt.cost.worker`.

It carries out one request and ends. Standard input is the lifeline: when the app lets go of it, or dies, the scan stops
at the next block, keeps what it has read, and the process ends.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sqlite3
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from codexbar_qt.cost.families import FAMILIES
from codexbar_qt.cost.family import ScanCancelled
from codexbar_qt.cost.kept_files import remove_state
from codexbar_qt.cost.process_output import forget_output
from codexbar_qt.cost.progress import Progress
from codexbar_qt.cost.reading_pool import ReadingPool
from codexbar_qt.cost.scanner import Scanner, StateLostError
from codexbar_qt.cost.sources import cost_source
from codexbar_qt.cost.state_file import StateFile, is_busy, open_state, state_path
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

_Found = TypeVar("_Found")
_ATTEMPTS = 2
_LAST_SECONDS = 2.0
_BACKGROUND_NICE = 10
_UNUSABLE = (msgspec.DecodeError, LookupError, TypeError, ValueError, sqlite3.Error)
"""What reading state raises that something else has written, or half of it."""


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
    """Scan every family. Raises ScanCancelled."""
    began = time.time()  # noqa: TID251 - a process of its own, without the ports of the app
    pool = ReadingPool(request.jobs, request.helper_command)
    scanner = Scanner(request.places, pool, Progress(told))

    def scan(family: LogFamily) -> Ledger:
        return _with_state(
            Path(request.folder), family, lambda state: scanner.scan(family, state, refresh=request.refresh)
        )

    return ScanResult(tuple(map(scan, FAMILIES)), began)


def find_rows(request: RowsRequest) -> RowsPage:
    """Look rows up in the state of the last scan."""
    source = cost_source(request.source)
    family = next((family for family in FAMILIES if source is not None and family.name == source.family), None)
    if source is None or family is None:
        return RowsPage((), 0)
    scanner = Scanner(request.places, ReadingPool(), Progress(lambda _: None))
    return _with_state(
        Path(request.folder),
        family,
        lambda state: scanner.rows(family, state, source.id, request.first, request.last, request.limit),
    )


def _with_state(folder: Path, family: LogFamily, use: Callable[[StateFile], _Found]) -> _Found:
    """Use the state of a family; what turns out to be unusable is made anew, in memory if it cannot be otherwise."""
    for _ in range(_ATTEMPTS):
        try:
            with open_state(folder, family) as state:
                return use(state)
        except StateLostError:
            continue
        except _UNUSABLE as error:
            if is_busy(error):
                break
            with contextlib.suppress(OSError):
                remove_state(state_path(folder, family))
    with StateFile(None, family.version) as state:
        return use(state)


def main() -> int:
    """Read a request from standard input, answer on standard output."""
    gc.disable()  # rows hold no cycles, and looking for some would take a seventh of a scan

    def say(message: Message) -> None:
        sys.stdout.buffer.write(encode_line(message))
        sys.stdout.buffer.flush()

    try:
        request = decode_request(sys.stdin.buffer.readline())
        lifeline = Lifeline(sys.stdin.fileno())
        for message in _carry_out(request, lifeline, say):
            say(message)
    except (ScanCancelled, BrokenPipeError, KeyboardInterrupt):
        forget_output()
        return 1
    except Exception as error:  # the app tells people, by the kind alone
        with contextlib.suppress(OSError):
            say(FailedMessage(type(error).__name__))
            return 1
        forget_output()
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
        try:
            say(ProgressMessage(progress))
        except OSError:  # not a trouble of the log that is being read
            raise ScanCancelled from None

    return parts_of(run_scan(request, told))


if __name__ == "__main__":
    sys.exit(main())
