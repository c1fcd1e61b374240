"""Facts about this machine: system, versions, processor, time zone."""

from __future__ import annotations

import ctypes
import os
import platform
import socket
import sys
import zoneinfo
from pathlib import Path
from typing import TYPE_CHECKING

from codexbar_qt.adapters.platform_name import current_platform
from codexbar_qt.provider_api import Platform, SystemInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_MACHINES = {"amd64": "x86_64", "x64": "x86_64", "x86_64": "x86_64", "arm64": "arm64", "aarch64": "arm64"}
_OS_NAMES: dict[Platform, str] = {"linux": "Linux", "macos": "macOS", "windows": "Windows"}


def read_system_info(app_version: str, environ: Mapping[str, str] = os.environ) -> SystemInfo:
    """Return the facts; `machine` is arm64 or x86_64 (else as the system names it), `time_zone` an IANA name."""
    system = current_platform()
    return SystemInfo(
        platform=system,
        app_version=app_version,
        os_name=_OS_NAMES[system],
        os_version=platform.mac_ver()[0] if system == "macos" else _os_version(system),
        machine=machine_name(platform.machine()),
        host_name=socket.gethostname() or "localhost",
        time_zone=find_time_zone(environ),
    )


def machine_name(name: str) -> str:
    """Return arm64 or x86_64 for the names systems use, other names in lower case."""
    return _MACHINES.get(name.lower(), name.lower())


def find_time_zone(
    environ: Mapping[str, str], root: Path = Path("/"), host_zone: Callable[[], str] | None = None
) -> str:
    """Return the IANA name: TZ, /etc/localtime's target, /etc/timezone, Windows' own library; "UTC" when unknown.

    `root` stands for `/`; `host_zone` asks the system (Windows only).
    """
    candidates = [
        environ.get("TZ", "").removeprefix(":").partition("zoneinfo/")[2] or environ.get("TZ", "").removeprefix(":"),
        *_zones_of_files(root),
    ]
    ask = host_zone or _windows_zone_reader()
    if ask is not None:
        candidates.append(ask())
    return next((zone for zone in candidates if _is_zone(zone)), "UTC")


def _zones_of_files(root: Path) -> list[str]:
    zones: list[str] = []
    local = root / "etc/localtime"
    try:
        zones.append(str(local.readlink()).partition("zoneinfo/")[2])
        zones.append(str(local.resolve()).partition("zoneinfo/")[2])
    except OSError:
        zones.append("")
    try:
        zones.append((root / "etc/timezone").read_text("utf-8")[:100].strip())
    except (OSError, UnicodeDecodeError):
        zones.append("")
    return zones


def _is_zone(name: str) -> bool:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, OSError, ValueError):
        # Windows has no zone files to look the name up in.
        return not zoneinfo.TZPATH and "/" in name
    return bool(name)


def _os_version(system: Platform) -> str:
    return platform.version() if system == "windows" else platform.release()


def read_icu_zone(get_default_zone: Callable[..., int]) -> str:
    """Return what ICU's `ucal_getDefaultTimeZone(buffer, capacity, error)` gives; "" when it fails."""
    buffer = (ctypes.c_uint16 * 128)()
    error = ctypes.c_int(0)
    length = get_default_zone(buffer, len(buffer), ctypes.byref(error))
    if error.value > 0 or not 0 < length <= len(buffer):
        return ""
    return bytes(buffer)[: length * 2].decode("utf-16-le", "replace")


def _windows_zone_reader() -> Callable[[], str] | None:
    if sys.platform == "win32":
        try:
            get_default_zone = ctypes.WinDLL("icu.dll").ucal_getDefaultTimeZone  # part of Windows 10 1903 and newer
        except (AttributeError, OSError):
            return None
        return lambda: read_icu_zone(get_default_zone)
    else:  # the type checkers leave out the branch of the other system
        return None
