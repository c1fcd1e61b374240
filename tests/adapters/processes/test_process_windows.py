"""The Windows attempts with recorded system calls, over real local processes where a process is needed."""

from __future__ import annotations

import ctypes
import errno
import queue
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from codexbar_qt.adapters import process_windows
from codexbar_qt.adapters.process_capture import Capture, Spawn
from codexbar_qt.adapters.process_job import KernelJobCalls, system_job_calls

if TYPE_CHECKING:
    from collections.abc import Callable

PROGRAM = "import sys; print('out'); print('err', file=sys.stderr); sys.stdout.flush(); {then}"


class FakeCalls:
    """Job calls that remember, and end what was put into the job."""

    def __init__(self, failing: str = "") -> None:
        self.names: list[str] = []
        self.failing = failing
        self.end: Callable[[], None] = lambda: None

    def _note(self, name: str) -> None:
        self.names.append(name)
        if name == self.failing:
            raise OSError(errno.EIO, name)

    def create_job(self) -> int:
        self._note("create")
        return 7

    def assign(self, job: int, process: int) -> None:
        assert job == 7
        assert process > 0
        self._note("assign")

    def terminate(self, job: int) -> None:
        assert job == 7
        self._note("terminate")
        self.end()

    def close(self, handle: int) -> None:
        self._note(f"close {handle}")

    def resume(self, process: int) -> None:
        del process
        self._note("resume")

    def open_process(self, pid: int) -> int:
        self._note(f"open {pid}")
        return 9


class FakeTerminal:
    """A ConPTY whose program prints what it is told and ends when it is closed or killed."""

    pid = 42

    def __init__(self) -> None:
        self.output: queue.Queue[str | None] = queue.Queue()
        self.ended = threading.Event()
        self.code = 0
        self.closed = False

    def read(self, size: int = 1024) -> str:
        del size
        text = self.output.get()
        if text is None:
            raise EOFError
        return text

    def wait(self) -> int:
        self.ended.wait()
        return self.code

    def close(self, force: bool = False) -> None:
        assert force
        self.closed = True


def spawn(*words: str, transport: Any = "pipe") -> Spawn:
    return Spawn(words, {}, ".", transport)


def start_piped(calls: FakeCalls) -> Callable[[Spawn], subprocess.Popen[bytes]]:
    def start(given: Spawn) -> subprocess.Popen[bytes]:
        program = subprocess.Popen(given.argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        calls.end = program.kill
        return program

    return start


def test_a_program_on_pipes() -> None:
    calls, capture = FakeCalls(), Capture(threading.Condition())
    given = spawn(sys.executable, "-c", PROGRAM.format(then="sys.exit(3)"))
    attempt = process_windows.WindowsPipeAttempt(given, capture, calls, start_piped(calls))
    assert attempt.join(10)
    result = capture.result("pipe", None)
    assert (result.exit_code, result.stdout, result.stderr) == (3, "out\n", "err\n")
    assert capture.ended
    attempt.stop()
    attempt.stop()
    assert calls.names == ["create", "assign", "resume", "terminate", "close 7"]


def test_stopping_ends_the_job() -> None:
    calls, capture = FakeCalls(), Capture(threading.Condition())
    given = spawn(sys.executable, "-c", PROGRAM.format(then="import time; time.sleep(60)"))
    attempt = process_windows.WindowsPipeAttempt(given, capture, calls, start_piped(calls))
    assert not attempt.join(0.05)
    attempt.stop()
    assert attempt.join(10)
    assert calls.names[-2:] == ["terminate", "close 7"]


@pytest.mark.parametrize("failing", ["assign", "resume"])
def test_a_program_that_cannot_be_held_does_not_run(failing: str) -> None:
    calls = FakeCalls(failing)
    programs: list[subprocess.Popen[bytes]] = []

    def start(given: Spawn) -> subprocess.Popen[bytes]:
        programs.append(start_piped(calls)(given))
        return programs[0]

    given = spawn(sys.executable, "-c", "import time; time.sleep(60)")
    with pytest.raises(OSError, match=failing):
        process_windows.WindowsPipeAttempt(given, Capture(threading.Condition()), calls, start)
    assert programs[0].poll() is not None
    assert calls.names[-1] == "close 7"


def test_a_program_that_is_missing_leaves_no_job() -> None:
    calls = FakeCalls()
    with pytest.raises(FileNotFoundError):
        process_windows.WindowsPipeAttempt(
            spawn("/no/such/tool"), Capture(threading.Condition()), calls, start_piped(calls)
        )
    assert calls.names == ["create", "terminate", "close 7"]


def test_a_program_in_a_terminal() -> None:
    calls, capture, terminal = FakeCalls(), Capture(threading.Condition()), FakeTerminal()
    calls.end = terminal.ended.set
    attempt = process_windows.WindowsTerminalAttempt(spawn("x", transport="pty"), capture, calls, lambda _: terminal)
    terminal.output.put("\u2588 31%\r\n")
    terminal.output.put(None)
    terminal.ended.set()
    assert attempt.join(10)
    result = capture.result("pty", None)
    assert (result.exit_code, result.stdout, result.transport) == (0, "\u2588 31%\n", "pty")
    assert terminal.closed
    attempt.stop()
    assert calls.names == ["create", "open 42", "assign", "close 9", "terminate", "close 7"]


def test_stopping_a_terminal() -> None:
    calls, capture, terminal = FakeCalls(), Capture(threading.Condition()), FakeTerminal()
    calls.end = terminal.ended.set
    attempt = process_windows.WindowsTerminalAttempt(spawn("x", transport="pty"), capture, calls, lambda _: terminal)
    attempt.stop()
    terminal.output.put(None)
    assert attempt.join(10)
    assert terminal.closed


def test_a_terminal_that_cannot_be_held_is_closed() -> None:
    calls, terminal = FakeCalls("assign"), FakeTerminal()
    with pytest.raises(OSError, match="assign"):
        process_windows.WindowsTerminalAttempt(
            spawn("x", transport="pty"), Capture(threading.Condition()), calls, lambda _: terminal
        )
    assert terminal.closed
    assert calls.names[-3:] == ["close 9", "terminate", "close 7"]


@pytest.mark.parametrize("argument", ['a"b', "a&b", "%PATH%", "a|b", "a>b", "a^b", "!x!", "a\nb"])
def test_batch_files_take_no_shell_characters(argument: str) -> None:
    with pytest.raises(OSError, match="batch"):
        process_windows.refuse_shell_characters(("C:\\tool.CMD", argument))
    process_windows.refuse_shell_characters(("C:\\tool.exe", argument))
    process_windows.refuse_shell_characters(("C:\\tool.cmd", "chat", "--no-interactive", "/usage"))


class FakeKernel:
    """kernel32 and ntdll in one, answering with prepared results."""

    def __init__(self, **results: int) -> None:
        self.calls: list[tuple[str, tuple[Any, ...]]] = []
        for name in (
            "CreateJobObjectW", "SetInformationJobObject", "AssignProcessToJobObject", "TerminateJobObject",
            "CloseHandle", "OpenProcess", "NtResumeProcess",
        ):  # fmt: skip
            result = results.get(name, 0 if name == "NtResumeProcess" else 5)
            setattr(self, name, FakeFunction(self.calls, name, result))


class FakeFunction:
    """A function of a loaded library: it can be called and has a type of result."""

    def __init__(self, calls: list[tuple[str, tuple[Any, ...]]], name: str, result: int) -> None:
        self._calls = calls
        self._name = name
        self._result = result
        self.restype: Any = None

    def __call__(self, *arguments: Any) -> int:
        self._calls.append((self._name, arguments))
        return self._result


def test_kernel_calls_of_a_job() -> None:
    kernel = FakeKernel()
    calls = KernelJobCalls(kernel, kernel, lambda: 0)
    job = calls.create_job()
    calls.assign(job, 11)
    calls.resume(11)
    calls.terminate(job)
    calls.close(job)
    assert calls.open_process(42) == 5
    assert [name for name, _ in kernel.calls] == [
        "CreateJobObjectW", "SetInformationJobObject", "AssignProcessToJobObject", "NtResumeProcess",
        "TerminateJobObject", "CloseHandle", "OpenProcess",
    ]  # fmt: skip
    _, kind, pointer, size = kernel.calls[1][1]
    assert kind == 9
    assert size == (144 if ctypes.sizeof(ctypes.c_void_p) == 8 else 112)
    limits = ctypes.string_at(ctypes.addressof(pointer._obj), size)
    assert int.from_bytes(limits[16:20], "little") == 0x2000  # LimitFlags: KILL_ON_JOB_CLOSE


def test_refused_kernel_calls() -> None:
    kernel = FakeKernel(SetInformationJobObject=0, AssignProcessToJobObject=0, NtResumeProcess=-1073741790)
    calls = KernelJobCalls(kernel, kernel, lambda: 5)
    with pytest.raises(OSError, match="Windows error 5"):
        calls.create_job()
    assert kernel.calls[-1][0] == "CloseHandle"
    with pytest.raises(OSError, match="Windows error 5"):
        calls.assign(7, 11)
    with pytest.raises(OSError, match="0xc0000022"):
        calls.resume(11)


@pytest.mark.skipif(sys.platform == "win32", reason="there it works")
def test_elsewhere_there_are_no_jobs() -> None:
    with pytest.raises(OSError, match="Windows only"):
        system_job_calls()
