"""Reads many logs, with helper processes when there is much to read."""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from collections import deque
from typing import IO, TYPE_CHECKING

import msgspec

from codexbar_qt.cost.family import FileState
from codexbar_qt.cost.reading_wire import Done, Failed, Passed, order_for, receive_answer, send

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Generator, Iterator, Sequence

    from codexbar_qt.cost.family import LogFamily
    from codexbar_qt.cost.plan import Work

Outcome = FileState | OSError
WORTH_A_HELPER = 48 << 20
"""Bytes for each process; for less, starting one costs more than it brings."""
_MOST_WAITING = 8
_POLL_SECONDS = 0.2


class ReadingPool:
    """Reads logs here and, with `jobs` above 1, in as many processes altogether, each started by `helper_command`.

    There are no more of them than there are `worth_a_helper` bytes for each to read.
    """

    def __init__(
        self, jobs: int = 1, helper_command: Sequence[str] = (), *, worth_a_helper: int = WORTH_A_HELPER
    ) -> None:
        self._jobs = jobs if helper_command else 1
        self._command, self._worth_a_helper = tuple(helper_command), worth_a_helper

    def read(
        self, family: LogFamily, work: Sequence[Work], checkpoint: Callable[[int], None]
    ) -> Generator[tuple[Work, Outcome], None, None]:
        """Yield each file with its new state, or with why it could not be read, in any order. Close it to end helpers.

        `checkpoint` gets the numbers of bytes read and may raise, which ends everything.
        """
        size = sum(item.size for item in work)
        helpers = min(self._jobs, len(work), size // self._worth_a_helper) - 1
        if helpers < 1:
            for item in work:
                yield item, _read_here(family, item, checkpoint)
            return
        shared = _Shared(family, work)
        try:
            for _ in range(helpers):
                shared.start_helper(self._command)
            yield from shared.results(checkpoint)
        finally:
            shared.close()


class _Shared:
    """The work that is shared by this process and its helpers. A helper that fails gives its file back."""

    def __init__(self, family: LogFamily, work: Sequence[Work]) -> None:
        self._family = family
        self._pending = deque(work)
        self._left = len(work)
        self._found: queue.Queue[tuple[Work, Outcome]] = queue.Queue(_MOST_WAITING)
        self._passed = 0
        self._lock = threading.Lock()
        self._helpers: list[subprocess.Popen[bytes]] = []
        self._threads: list[threading.Thread] = []
        self._closed = False

    def start_helper(self, command: Sequence[str]) -> None:
        """Start a process, and the thread that talks with it."""
        import subprocess

        try:
            helper = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        except OSError:
            return
        self._helpers.append(helper)
        thread = threading.Thread(target=self._serve, args=(helper,), daemon=True)
        self._threads.append(thread)
        thread.start()

    def results(self, checkpoint: Callable[[int], None]) -> Iterator[tuple[Work, Outcome]]:
        """Yield what is read here and by the helpers."""

        def pass_on(size: int) -> None:
            with self._lock:
                size, self._passed = size + self._passed, 0
            checkpoint(size)

        while self._left:
            try:
                found = self._found.get_nowait()
            except queue.Empty:
                item = self._next()
                if item is not None:
                    found = item, _read_here(self._family, item, pass_on)
                else:
                    try:
                        found = self._found.get(timeout=_POLL_SECONDS)
                    except queue.Empty:
                        pass_on(0)
                        continue
            self._left -= 1
            yield found

    def close(self) -> None:
        """End the helpers and their threads."""
        self._closed = True
        for helper in self._helpers:
            helper.kill()
        with contextlib.suppress(queue.Empty):
            while True:
                self._found.get_nowait()
        for thread in self._threads:
            thread.join(timeout=5)
        for helper in self._helpers:
            helper.wait()

    def _next(self) -> Work | None:
        try:
            return self._pending.popleft()
        except IndexError:
            return None

    def _serve(self, helper: subprocess.Popen[bytes]) -> None:
        orders, answers = helper.stdin, helper.stdout
        if orders is None or answers is None:
            return
        with contextlib.suppress(OSError), answers, orders:
            while not self._closed and (item := self._next()) is not None:
                outcome = self._ask(orders, answers, item)
                if outcome is None:
                    self._pending.append(item)
                    return
                self._put(item, outcome)

    def _ask(self, orders: IO[bytes], answers: IO[bytes], item: Work) -> Outcome | None:
        """Let a helper read a file; None when it failed to."""
        try:
            send(orders, order_for(self._family.name, item.file, item.earlier))
            while isinstance(answer := receive_answer(answers), Passed):
                with self._lock:
                    self._passed += answer.size
        except (OSError, msgspec.DecodeError):
            return None
        if isinstance(answer, Done):
            return FileState(answer.offset, answer.mark, answer.packed)
        return OSError(answer.number, os.strerror(answer.number)) if isinstance(answer, Failed) else None

    def _put(self, item: Work, outcome: Outcome) -> None:
        while not self._closed:
            try:
                self._found.put((item, outcome), timeout=_POLL_SECONDS)
            except queue.Full:
                continue
            return


def _read_here(family: LogFamily, item: Work, checkpoint: Callable[[int], None]) -> Outcome:
    try:
        return family.read(item.file, item.earlier, checkpoint)
    except OSError as error:
        return error
