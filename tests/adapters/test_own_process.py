"""What the process says about itself, compared with what psutil sees from outside."""

from __future__ import annotations

import subprocess
import sys
import time

import psutil
import pytest

from codexbar_qt.adapters.own_process import resident_bytes, uptime_ms

REPORT = """
import sys
from codexbar_qt.adapters.own_process import uptime_ms
print(uptime_ms(), flush=True)
sys.stdin.read()
"""


def test_uptime_lies_between_the_start_and_the_answer() -> None:
    started = time.monotonic()
    with subprocess.Popen([sys.executable, "-c", REPORT], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        told = float(process.stdout.readline())
        passed = (time.monotonic() - started) * 1000
        process.communicate(timeout=20)
    # The kernel counts in ticks of 10 ms.
    assert 0 <= told <= passed + 20


def test_uptime_grows_with_the_clock() -> None:
    before, first = time.monotonic(), uptime_ms()
    time.sleep(0.05)
    second, after = uptime_ms(), time.monotonic()
    assert 30 <= second - first <= (after - before) * 1000 + 20


def test_resident_memory_is_what_the_system_counts() -> None:
    assert resident_bytes() == pytest.approx(psutil.Process().memory_info().rss, rel=0.05)
