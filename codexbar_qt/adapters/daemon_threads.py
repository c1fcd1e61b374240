"""Threads for blocking work that may never end: nothing waits for them when the program ends."""

from __future__ import annotations

import concurrent.futures
import logging
import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_Result = TypeVar("_Result")
_log = logging.getLogger(__name__)


class DaemonThreads:
    """`count` of them still run."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.count = 0

    def start(self, work: Callable[[], _Result]) -> concurrent.futures.Future[_Result | None]:
        """Begin; a failure of `work` is told in the log without its text, and gives None."""
        future: concurrent.futures.Future[_Result | None] = concurrent.futures.Future()
        future.set_running_or_notify_cancel()  # a waiter that gives up cannot cancel it any more

        def run() -> None:
            result: _Result | None = None
            try:
                result = work()
            except Exception as error:  # its text may quote what was read
                _log.error("A browser could not be read: %s", type(error).__name__)
            with self._lock:
                self.count -= 1
            future.set_result(result)

        with self._lock:
            self.count += 1
        threading.Thread(target=run, name="browsers", daemon=True).start()
        return future
