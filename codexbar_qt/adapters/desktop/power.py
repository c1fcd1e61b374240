"""Whether the machine is to be spared."""

from __future__ import annotations

import asyncio
import ctypes
import ctypes.util
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

LOW_CHARGE = 20.0
_LONGEST_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class PowerFacts:
    """What is known; None where the system does not say. `charge` is percent."""

    on_battery: bool | None = None
    charge: float | None = None
    saver: bool | None = None


def is_low_power(facts: PowerFacts) -> bool:
    """Return whether automatic work should be rare.

    On battery with the system's power saver on, or, where the system knows no power saver, nearly empty. macOS applies
    its saver also on mains when told so; elsewhere a machine on mains is not spared.
    """
    if facts.on_battery is False:
        return False
    if facts.saver is not None:
        return facts.saver
    return bool(facts.on_battery) and facts.charge is not None and facts.charge <= LOW_CHARGE


class PowerReader:
    """Reads the facts on request, within three seconds and outside the event loop.

    `read_saver` answers where the power saver is known to somebody else (on Linux a D-Bus service).
    """

    def __init__(
        self,
        read_saver: Callable[[], Awaitable[bool | None]] | None = None,
        read_battery: Callable[[], PowerFacts] | None = None,
    ) -> None:
        self._read_saver = read_saver
        self._read_battery = read_battery or read_battery_facts

    async def is_low(self) -> bool:
        """Return whether automatic work should be rare; False when nothing can be learned."""
        try:
            async with asyncio.timeout(_LONGEST_SECONDS):
                facts = await asyncio.to_thread(self._read_battery)
                if self._read_saver is not None and facts.saver is None and facts.on_battery:
                    facts = PowerFacts(facts.on_battery, facts.charge, await self._read_saver())
        except (OSError, TimeoutError):
            return False
        return is_low_power(facts)


def read_battery_facts() -> PowerFacts:
    """Read the battery and, on Windows and macOS, the power saver; a machine without a battery has no facts."""
    try:
        battery = psutil.sensors_battery()
    except (psutil.Error, NotImplementedError, RuntimeError):
        battery = None
    plugged = None if battery is None else battery.power_plugged
    charge = None if battery is None else float(battery.percent)
    return PowerFacts(None if plugged is None else not plugged, charge, _native_saver())


def _native_saver() -> bool | None:
    if sys.platform == "win32":
        return _windows_saver()
    if sys.platform == "darwin":
        return _macos_saver()
    return None


class _PowerStatus(ctypes.Structure):
    """SYSTEM_POWER_STATUS; the flag is 1 while battery saver is on (Windows 10 and newer)."""

    _fields_ = (
        ("ac_line", ctypes.c_ubyte),
        ("battery_flag", ctypes.c_ubyte),
        ("battery_percent", ctypes.c_ubyte),
        ("saver_flag", ctypes.c_ubyte),
        ("seconds_left", ctypes.c_uint32),
        ("seconds_full", ctypes.c_uint32),
    )


def _windows_saver() -> bool | None:
    status = _PowerStatus()
    kernel = ctypes.CDLL("kernel32")
    return status.saver_flag == 1 if kernel.GetSystemPowerStatus(ctypes.byref(status)) else None


def _macos_saver() -> bool | None:
    """Ask NSProcessInfo through the Objective-C runtime."""
    path = ctypes.util.find_library("objc")
    if path is None:
        return None
    runtime = ctypes.CDLL(path)
    for function in ("objc_getClass", "sel_registerName"):
        getattr(runtime, function).restype = ctypes.c_void_p
        getattr(runtime, function).argtypes = [ctypes.c_char_p]
    address = ctypes.cast(runtime.objc_msgSend, ctypes.c_void_p).value
    if address is None:
        return None
    ask = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)(address)
    ask_flag = ctypes.CFUNCTYPE(ctypes.c_bool, ctypes.c_void_p, ctypes.c_void_p)(address)
    info = ask(runtime.objc_getClass(b"NSProcessInfo"), runtime.sel_registerName(b"processInfo"))
    return bool(ask_flag(info, runtime.sel_registerName(b"isLowPowerModeEnabled"))) if info else None
