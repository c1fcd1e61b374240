"""Clock and facts about the machine."""

from __future__ import annotations

import ctypes
import platform
import socket
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from codexbar_qt.adapters.platform_name import current_platform
from codexbar_qt.adapters.system_clock import SystemClock
from codexbar_qt.adapters.system_info import find_time_zone, machine_name, read_icu_zone, read_system_info

if TYPE_CHECKING:
    from pathlib import Path


async def test_clock() -> None:
    clock = SystemClock()
    before = datetime.now(UTC)
    await clock.sleep(0)
    assert before <= clock.now() <= datetime.now(UTC)
    assert clock.now().utcoffset() == timedelta(0)


def test_facts() -> None:
    info = read_system_info("1.2.3", {"TZ": "Europe/Berlin"})
    assert info.platform == current_platform(sys.platform)
    assert (info.app_version, info.time_zone, info.host_name) == ("1.2.3", "Europe/Berlin", socket.gethostname())
    assert info.os_name in {"Linux", "macOS", "Windows"}
    assert info.os_version
    assert info.machine == machine_name(platform.machine())


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("AMD64", "x86_64"), ("x86_64", "x86_64"), ("arm64", "arm64"), ("aarch64", "arm64"), ("RISCV64", "riscv64")],
)
def test_machine(name: str, wanted: str) -> None:
    assert machine_name(name) == wanted


@pytest.mark.parametrize(
    ("name", "wanted"), [("linux", "linux"), ("darwin", "macos"), ("win32", "windows"), ("freebsd14", "linux")]
)
def test_platform(name: str, wanted: str) -> None:
    assert current_platform(name) == wanted


@pytest.mark.parametrize(
    ("variable", "wanted"),
    [
        ("Asia/Tokyo", "Asia/Tokyo"),
        (":Asia/Tokyo", "Asia/Tokyo"),
        (":/usr/share/zoneinfo/Asia/Tokyo", "Asia/Tokyo"),
        ("CET-1CEST,M3.5.0,M10.5.0/3", "UTC"),
        ("../../etc/passwd", "UTC"),
        ("", "UTC"),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="needs zone files")
def test_zone_of_the_variable(tmp_path: Path, variable: str, wanted: str) -> None:
    assert find_time_zone({"TZ": variable}, tmp_path) == wanted


@pytest.mark.skipif(sys.platform == "win32", reason="needs zone files")
def test_zone_of_the_system(tmp_path: Path) -> None:
    etc = tmp_path / "etc"
    etc.mkdir()
    (etc / "timezone").write_text("Asia/Kolkata\n")
    assert find_time_zone({}, tmp_path) == "Asia/Kolkata"
    (etc / "localtime").symlink_to("../usr/share/zoneinfo/America/New_York")
    assert find_time_zone({}, tmp_path) == "America/New_York"
    (etc / "localtime").unlink()
    (etc / "localtime").symlink_to("/var/db/timezone/zoneinfo/Europe/Paris")
    assert find_time_zone({}, tmp_path) == "Europe/Paris"
    (etc / "localtime").unlink()
    (etc / "localtime").write_bytes(b"TZif2")
    (etc / "timezone").write_bytes(b"\xff")
    assert find_time_zone({}, tmp_path, lambda: "Asia/Tokyo") == "Asia/Tokyo"
    assert find_time_zone({}, tmp_path, lambda: "") == "UTC"


def test_zone_of_windows_library() -> None:
    def icu(name: str, failure: int = 0) -> Any:
        def get_default_zone(buffer: Any, capacity: int, error: Any) -> int:
            data = name.encode("utf-16-le")
            ctypes.memmove(buffer, data, min(len(data), capacity * 2))
            error._obj.value = failure
            return len(name)

        return get_default_zone

    assert read_icu_zone(icu("Europe/Berlin")) == "Europe/Berlin"
    assert read_icu_zone(icu("Europe/Berlin", failure=15)) == ""
    assert read_icu_zone(icu("x" * 200)) == ""
    assert read_icu_zone(icu("")) == ""
