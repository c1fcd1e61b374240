"""What runs on this machine for this user, and on which ports it listens."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import os
import sys
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, TypeVar

from codexbar_qt.adapters.process_guard import default_guard_command, is_guard
from codexbar_qt.provider_api import LocalProcess, ProcessTable, ToolFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    import psutil

    from codexbar_qt.provider_api import Platform

MOST_PROCESSES = 64
_MOST_LOOKS = 8
_MOST_REMEMBERED = 256
_LOOK_SECONDS = 10.0
_LSOF_SECONDS = 5.0
_LSOF_PLACES = ("/usr/sbin/lsof", "/usr/bin/lsof", "/opt/homebrew/bin/lsof", "/usr/local/bin/lsof")
_NOT_TOLD = "The system does not tell on which ports a program listens. Start that program again as this user."
_NO_LSOF = "Finding the ports of programs needs lsof, which was not found. Install lsof, then refresh."
_TOO_SLOW = "The system did not list its programs in time. Refresh again in a minute."

_Found = TypeVar("_Found")


class SystemProcessTable(ProcessTable):
    """The processes of this system, looked up in threads; psutil is loaded with the first question.

    Every question takes at most 10 s, then ToolFailed is raised. The callable given to `find` runs in a thread.

    Args:
        platform: The system; on macOS `lsof` is asked when the system refuses to tell the ports.
        own_programs: Tells the ids below which the app keeps programs running: `find` leaves those out like the app.
        lsof_places: Where lsof may be.
    """

    def __init__(
        self,
        *,
        platform: Platform = "linux",
        own_programs: Callable[[], Collection[int]] = tuple,
        lsof_places: Sequence[str] = _LSOF_PLACES,
    ) -> None:
        self._platform: Platform = platform
        self._own_programs = own_programs
        self._lsof_places = tuple(lsof_places)
        self._looks = threading.BoundedSemaphore(_MOST_LOOKS)
        self._lock = threading.Lock()
        self._remembered: OrderedDict[int, psutil.Process] = OrderedDict()

    async def find(self, matches: Callable[[str], bool]) -> tuple[LocalProcess, ...]:
        """Return the user's processes whose command line matches, by process id; at most 64.

        Left out are the app, the guards of the programs it runs, and the programs it holds itself.
        """
        return await self._look(lambda: self._find(matches))

    async def descendants(self, pid: int) -> tuple[LocalProcess, ...]:
        """Return the children of a process and theirs, at most 64; empty when it is gone."""
        return await self._look(lambda: self._descendants(pid))

    async def listening_ports(self, pid: int) -> tuple[int, ...]:
        """Return the TCP ports of this process, ascending; empty when it is gone or its id belongs to another by now.

        Raises ToolFailed when the system does not tell.
        """
        return await self._look(lambda: self._listening_ports(pid))

    async def _look(self, question: Callable[[], _Found]) -> _Found:
        """Answer a question in a thread: a process that hangs in the kernel can block whoever reads its arguments."""
        if not self._looks.acquire(blocking=False):
            raise ToolFailed(_TOO_SLOW)
        answer: concurrent.futures.Future[_Found] = concurrent.futures.Future()
        answer.set_running_or_notify_cancel()
        try:
            threading.Thread(target=self._answer, args=(question, answer), name="process table", daemon=True).start()
        except RuntimeError:
            self._looks.release()
            raise ToolFailed(_TOO_SLOW) from None
        try:
            return await asyncio.wait_for(asyncio.wrap_future(answer), _LOOK_SECONDS)
        except TimeoutError:
            raise ToolFailed(_TOO_SLOW) from None

    def _answer(self, question: Callable[[], _Found], answer: concurrent.futures.Future[_Found]) -> None:
        try:
            found = question()
        except BaseException as problem:  # `matches` may raise anything; the waiting task gets it
            answer.set_exception(problem)
        else:
            answer.set_result(found)
        finally:
            self._looks.release()

    def _find(self, matches: Callable[[str], bool]) -> tuple[LocalProcess, ...]:
        import psutil

        hidden = self._hidden()
        candidates = (pid for pid in sorted(psutil.pids()) if pid not in hidden)
        return self._read(_opened(candidates), lambda process, text: matches(text) and _is_mine(process))

    def _descendants(self, pid: int) -> tuple[LocalProcess, ...]:
        import psutil

        with contextlib.suppress(psutil.Error):
            return self._read(psutil.Process(pid).children(recursive=True), lambda _process, _text: True)
        return ()

    def _read(
        self, processes: Iterable[psutil.Process], wanted: Callable[[psutil.Process, str], bool]
    ) -> tuple[LocalProcess, ...]:
        """Return up to 64 wanted processes; those that have ended or belong to others are skipped."""
        import psutil

        found: list[LocalProcess] = []
        for process in processes:
            with contextlib.suppress(psutil.Error, OSError):
                argv = process.cmdline()
                text = " ".join(argv)
                if text and not is_guard(argv) and wanted(process, text):
                    found.append(LocalProcess(process.pid, text, _executable(process)))
                    self._remember(process)
            if len(found) == MOST_PROCESSES:
                break
        return tuple(found)

    def _hidden(self) -> set[int]:
        import psutil

        hidden = {os.getpid()}
        for pid in self._own_programs():
            hidden.add(pid)
            with contextlib.suppress(psutil.Error):
                hidden.update(child.pid for child in psutil.Process(pid).children(recursive=True))
        return hidden

    def _remember(self, process: psutil.Process) -> None:
        """Keep who had this id: a port of whoever gets it next must not be taken for a port of this process."""
        with self._lock:
            self._remembered[process.pid] = process
            self._remembered.move_to_end(process.pid)
            while len(self._remembered) > _MOST_REMEMBERED:
                self._remembered.popitem(last=False)

    def _listening_ports(self, pid: int) -> tuple[int, ...]:
        import psutil

        with self._lock:
            process = self._remembered.get(pid)
        try:
            process = process or psutil.Process(pid)
            ports = self._ports(process)
            return ports if process.is_running() else ()
        except psutil.NoSuchProcess:
            return ()
        except (psutil.Error, OSError):
            raise ToolFailed(_NOT_TOLD) from None

    def _ports(self, process: psutil.Process) -> tuple[int, ...]:
        import psutil

        try:
            connections = process.net_connections("tcp")
        except psutil.AccessDenied:
            if process.status() == psutil.STATUS_ZOMBIE:
                return ()
            if self._platform != "macos":
                raise
            return ports_of_lsof(process.pid, self._lsof_places)
        return _ascending(item.laddr.port for item in connections if item.status == psutil.CONN_LISTEN)


def ports_of_lsof(pid: int, places: Sequence[str]) -> tuple[int, ...]:
    """Return the TCP ports of one process by asking lsof, at most 5 s; raises ToolFailed when that cannot be done."""
    from codexbar_qt.adapters.process_capture import Spawn
    from codexbar_qt.adapters.process_posix import PosixAttempt
    from codexbar_qt.adapters.process_race import Race
    from codexbar_qt.provider_api import Command

    program = next((place for place in places if os.access(place, os.X_OK)), None)
    if program is None:
        raise ToolFailed(_NO_LSOF)
    # Without -a the conditions are alternatives, and every listener of the machine would be listed.
    argv = (program, "-nP", "-iTCP", "-sTCP:LISTEN", "-a", "-p", str(pid), "-w", "-Fpn")
    spawn = Spawn(argv, {"LC_ALL": "C", "PATH": os.defpath}, "/", "pipe")
    guard = default_guard_command()
    result = Race(Command(argv, _LSOF_SECONDS), lambda _, capture: PosixAttempt(spawn, capture, guard)).run()
    # Status 1 without a word is how lsof says that there are none.
    if result.stopped_by or result.exit_code not in (0, 1) or (result.exit_code == 1 and result.text):
        raise ToolFailed(_NOT_TOLD)
    return _ascending(_listed_ports(result.stdout, pid))


def _listed_ports(listing: str, pid: int) -> Iterator[int]:
    """Give the ports of one process from `lsof -Fpn`: `p<id>` begins a process, `n<address>:<port>` tells a socket."""
    listed = ""
    for line in listing.splitlines():
        if line.startswith("p"):
            listed = line[1:]
        elif line.startswith("n") and listed == str(pid):
            port = line.rpartition(":")[2]
            if port.isdecimal():
                yield int(port)


def _ascending(ports: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted({port for port in ports if 0 < port < 65536}))


def _opened(pids: Iterable[int]) -> Iterator[psutil.Process]:
    import psutil

    for pid in pids:
        with contextlib.suppress(psutil.Error, OSError):
            yield psutil.Process(pid)


def _is_mine(process: psutil.Process) -> bool:
    if sys.platform == "win32":
        import psutil

        return process.username() == psutil.Process().username()
    else:
        return set(process.uids()) == {os.getuid()}


def _executable(process: psutil.Process) -> str:
    import psutil

    try:
        return process.exe()
    except (psutil.Error, OSError):
        return ""
