"""What this process has used so far: for the self-test and the benchmark."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path


def uptime_ms() -> float:
    """Return milliseconds since the process started; on Linux exact to 10 ms, the kernel's tick."""
    if sys.platform == "linux":
        # psutil would add a boot time that is rounded to whole seconds.
        fields = Path("/proc/self/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        started = int(fields[19]) / os.sysconf("SC_CLK_TCK")
        return (time.clock_gettime(time.CLOCK_BOOTTIME) - started) * 1000
    else:
        import psutil

        return (time.time() - psutil.Process().create_time()) * 1000


def resident_bytes() -> int:
    """Return how much memory the process holds."""
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    else:
        import psutil

        return int(psutil.Process().memory_info().rss)
