"""Windows job objects by ctypes: the few calls that hold and end a tree of processes."""

from __future__ import annotations

import ctypes
import errno
import sys
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

_KILL_ON_JOB_CLOSE = 0x2000
_EXTENDED_LIMIT_INFORMATION = 9
_SET_QUOTA_AND_TERMINATE = 0x0101


class JobCalls(Protocol):
    """The few calls of the system that jobs need; every one raises OSError when the system refuses."""

    def create_job(self) -> int:
        """Return the handle of a new job that kills its processes when the last handle is closed."""
        ...

    def assign(self, job: int, process: int) -> None:
        """Put a process into the job."""
        ...

    def terminate(self, job: int) -> None:
        """Kill every process of the job."""
        ...

    def close(self, handle: int) -> None:
        """Close a handle."""
        ...

    def resume(self, process: int) -> None:
        """Let a process started suspended run."""
        ...

    def open_process(self, pid: int) -> int:
        """Return a handle good enough for `assign`."""
        ...


class _BasicLimits(ctypes.Structure):
    _fields_ = (
        ("PerProcessUserTimeLimit", ctypes.c_int64),
        ("PerJobUserTimeLimit", ctypes.c_int64),
        ("LimitFlags", ctypes.c_uint32),
        ("MinimumWorkingSetSize", ctypes.c_size_t),
        ("MaximumWorkingSetSize", ctypes.c_size_t),
        ("ActiveProcessLimit", ctypes.c_uint32),
        ("Affinity", ctypes.c_size_t),
        ("PriorityClass", ctypes.c_uint32),
        ("SchedulingClass", ctypes.c_uint32),
    )


class _ExtendedLimits(ctypes.Structure):
    _fields_ = (
        ("BasicLimitInformation", _BasicLimits),
        ("IoInfo", ctypes.c_uint64 * 6),
        ("ProcessMemoryLimit", ctypes.c_size_t),
        ("JobMemoryLimit", ctypes.c_size_t),
        ("PeakProcessMemoryUsed", ctypes.c_size_t),
        ("PeakJobMemoryUsed", ctypes.c_size_t),
    )


class KernelJobCalls:
    """JobCalls over kernel32 and ntdll, given as objects with their functions as attributes."""

    def __init__(self, kernel32: Any, ntdll: Any, last_error: Callable[[], int]) -> None:
        self._kernel32 = kernel32
        self._ntdll = ntdll
        self._last_error = last_error
        for name in ("CreateJobObjectW", "OpenProcess"):
            getattr(kernel32, name).restype = ctypes.c_void_p

    def create_job(self) -> int:
        """Create a job with KILL_ON_JOB_CLOSE; breaking away from it is not allowed."""
        job = self._checked(self._kernel32.CreateJobObjectW(None, None))
        limits = _ExtendedLimits()
        limits.BasicLimitInformation.LimitFlags = _KILL_ON_JOB_CLOSE
        try:
            self._checked(
                self._kernel32.SetInformationJobObject(
                    ctypes.c_void_p(job),
                    _EXTENDED_LIMIT_INFORMATION,
                    ctypes.byref(limits),
                    ctypes.sizeof(limits),
                )
            )
        except OSError:
            self.close(job)
            raise
        return job

    def assign(self, job: int, process: int) -> None:
        """Put a process into the job."""
        self._checked(self._kernel32.AssignProcessToJobObject(ctypes.c_void_p(job), ctypes.c_void_p(process)))

    def terminate(self, job: int) -> None:
        """Kill every process of the job."""
        self._checked(self._kernel32.TerminateJobObject(ctypes.c_void_p(job), 1))

    def close(self, handle: int) -> None:
        """Close a handle."""
        self._kernel32.CloseHandle(ctypes.c_void_p(handle))

    def resume(self, process: int) -> None:
        """Let a suspended process run: subprocess keeps no thread handle, so the whole process is resumed."""
        status = int(self._ntdll.NtResumeProcess(ctypes.c_void_p(process)))
        if status < 0:
            raise OSError(errno.EIO, f"NtResumeProcess {status & 0xFFFFFFFF:#x}")

    def open_process(self, pid: int) -> int:
        """Open a process for `assign`."""
        return self._checked(self._kernel32.OpenProcess(_SET_QUOTA_AND_TERMINATE, False, pid))

    def _checked(self, result: int | None) -> int:
        if not result:
            raise OSError(errno.EIO, f"Windows error {self._last_error()}")
        return int(result)


def system_job_calls() -> JobCalls:
    """Return the calls of this system; OSError elsewhere than on Windows."""
    if sys.platform == "win32":
        kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
        return KernelJobCalls(kernel32, ctypes.WinDLL("ntdll"), ctypes.get_last_error)
    raise OSError(errno.ENOSYS, "job objects exist on Windows only")
