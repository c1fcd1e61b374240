"""Holds one program and everything it starts; when the app lets go, or dies, nothing of it is left.

Runs as a process of its own between the app and the program:
`python -I -S process_guard.py STATUS_FD pipe|pty PROGRAM ARGUMENT...` (in a frozen app: our own binary with
`GUARD_FLAG` in place of the first four words). Standard input is the lifeline, a pipe whose other end only the app
holds: the kernel closes it when the app dies, whatever killed it. Standard output and error belong to the program.

On Linux the guard is a child subreaper, so a descendant that leaves its group, session and parent still comes back to
it. Elsewhere the process group and the process table must do. What happened is written to STATUS_FD:
`E<errno>` (could not be started), or `S0` (started) and later `X<exit code>`, negative for a signal.

Only small modules are imported here: this start-up is paid for every program that is run.
"""

from __future__ import annotations

import ctypes
import errno
import os
import select
import signal
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

GUARD_FLAG = "--process-guard"
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_END_SECONDS = 5.0


def default_guard_command() -> tuple[str, ...]:
    """Return the words that start this guard from the running app; empty where there is none (Windows)."""
    if os.name != "posix" or not sys.executable:
        return ()
    if getattr(sys, "frozen", False):
        return (sys.executable, GUARD_FLAG)
    return (sys.executable, "-I", "-S", __file__)


def is_guard(argv: Sequence[str]) -> bool:
    """Whether these are the words of a guard process, of this app or of another that runs."""
    script = len(argv) > 3 and [*argv[1:3]] == ["-I", "-S"] and argv[3].endswith("process_guard.py")
    return script or GUARD_FLAG in argv[1:2]


def parent_table() -> dict[int, int]:
    """Return process id -> parent id of every visible process, from /proc, else from `ps`."""
    table: dict[int, int] = {}
    try:
        names = [entry.name for entry in os.scandir("/proc") if entry.name.isdigit()]
    except OSError:
        names = []
    for name in names:
        try:
            descriptor = os.open(f"/proc/{name}/stat", os.O_RDONLY)
        except OSError:
            continue
        try:
            fields = os.read(descriptor, 1024).rpartition(b")")[2].split()
        except OSError:
            continue
        finally:
            os.close(descriptor)
        if len(fields) > 1:
            table[int(name)] = int(fields[1])
    return table or parent_table_of_ps()


def parent_table_of_ps() -> dict[int, int]:
    """Return the same table from `ps`, for systems without /proc; empty when `ps` does not answer in 2 s."""
    import subprocess  # dear to import, and not needed on Linux

    try:
        answer = subprocess.run(
            ["/bin/ps", "-A", "-o", "pid=,ppid="],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=2,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return {}
    rows = (line.split() for line in answer.stdout.splitlines())
    return {int(row[0]): int(row[1]) for row in rows if len(row) == 2 and row[0].isdigit() and row[1].isdigit()}


def descendants(root: int, parents: Mapping[int, int]) -> list[int]:
    """Return the ids of all children, grandchildren and so on of `root`, parents before their children."""
    children: dict[int, list[int]] = {}
    for pid, parent in parents.items():
        children.setdefault(parent, []).append(pid)
    found: dict[int, None] = {}
    waiting = [root]
    for parent in waiting:
        fresh = [pid for pid in children.get(parent, ()) if pid not in found]
        found.update(dict.fromkeys(fresh))
        waiting += fresh
    return [*found]


def end_tree(root: int) -> None:
    """Kill `root` and its descendants from outside: stop all of them first, so that none forks away."""
    known: list[int] = []
    for _ in range(8):
        fresh = [pid for pid in (root, *descendants(root, parent_table())) if pid not in known]
        if not fresh:
            break
        _send_all(fresh, signal.SIGSTOP)
        known += fresh
    _send_all(known, signal.SIGKILL)


def main(arguments: Sequence[str]) -> int:
    """Start the program, wait for its end and for the lifeline's, end the whole tree; returns 0."""
    status, transport, *argv = arguments
    status_fd = int(status)
    os.set_inheritable(status_fd, False)
    prctl = _find_prctl()
    reaps = prctl is not None and prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0
    wake = _watch_signals()
    child, problem = _start(argv, transport == "pty", prctl)
    if problem:
        _tell(status_fd, b"E%d\n" % problem)
        return 0
    _tell(status_fd, b"S0\n")
    _let_go_of_output()
    _wait(child, status_fd, wake)
    if not reaps:
        _send(-child, signal.SIGKILL)
    _end_descendants()
    return 0


def _send(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except OSError:
        return


def _send_all(pids: Sequence[int], number: int) -> None:
    for pid in pids:
        _send(pid, number)


def _find_prctl() -> Callable[..., int] | None:
    try:
        found: Callable[..., int] = ctypes.CDLL(None, use_errno=True).prctl
    except (AttributeError, OSError):
        return None
    return found


def _watch_signals() -> int:
    """Route signals into a pipe: the end of a child, and every polite request to end."""
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, _note)
    return reader


def _note(_number: int, _frame: object) -> None:
    """Let the wake-up pipe speak."""


def _start(argv: Sequence[str], pty: bool, prctl: Callable[..., int] | None) -> tuple[int, int]:
    """Fork and execute; returns the child's id and 0, or an errno when the program cannot be executed."""
    guard = os.getpid()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        code = errno.EINVAL
        try:
            _become(argv, pty, prctl, guard)
        except OSError as problem:
            code = problem.errno or code
        finally:
            os.write(writer, b"%d" % code)
            os._exit(127)
    os.close(writer)
    answer = os.read(reader, 16)
    os.close(reader)
    return child, int(answer or b"0")


def _become(argv: Sequence[str], pty: bool, prctl: Callable[..., int] | None, guard: int) -> None:
    os.setsid()
    if pty:
        import fcntl  # only this rare way needs them
        import termios

        fcntl.ioctl(1, termios.TIOCSCTTY, 0)
        os.dup2(1, 0)
    else:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    if prctl is not None:
        # Should the guard itself be killed. It has one thread, so the signal cannot come from a thread's end.
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != guard:
            os._exit(127)
    for number in signal.valid_signals():
        if number not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    os.execv(argv[0], [*argv])  # noqa: S606  # no shell is exactly what is wanted


def _let_go_of_output() -> None:
    """Keep no copy of the program's output open, else its end would never be seen."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    os.close(nothing)


def _wait(child: int, status_fd: int, wake: int) -> None:
    """Report the child's end; return when the lifeline closes or a signal asks for the end."""
    poll = select.poll()
    poll.register(0, select.POLLIN)
    poll.register(wake, select.POLLIN)
    while True:
        ready = {descriptor for descriptor, _ in poll.poll()}
        if wake in ready:
            received = set(os.read(wake, 4096))
            _reap(child, status_fd)
            if received - {int(signal.SIGCHLD)}:
                return
        if 0 in ready and not os.read(0, 64):
            return


def _reap(child: int, status_fd: int) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        if pid == child:
            _tell(status_fd, b"X%d\n" % os.waitstatus_to_exitcode(status))


def _tell(status_fd: int, line: bytes) -> None:
    try:
        os.write(status_fd, line)
    except OSError:  # the app is gone: its lifeline tells the same
        return


def _end_descendants() -> None:
    """Kill until none is left: a process that forks between look and kill is found the next time."""
    deadline = time.monotonic() + _END_SECONDS
    while time.monotonic() < deadline:
        found = descendants(os.getpid(), parent_table())
        # Stopped from the top down first: else a shell has the time to print that its child was killed.
        _send_all(found, signal.SIGSTOP)
        _send_all(found, signal.SIGKILL)
        _reap(-1, -1)
        if not found:
            return
        time.sleep(0.002)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
