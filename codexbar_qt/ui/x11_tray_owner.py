"""Which window is the X11 system tray, asked of the X server: asking Qt would fix its kind of tray for good."""

from __future__ import annotations

import ctypes
from functools import lru_cache

from PySide6.QtGui import QGuiApplication, QNativeInterface


def x11_tray_owner() -> int:
    """Return the id of the window that is the tray of the first screen; 0 without one, or without X11."""
    app = QGuiApplication.instance()
    native = app.nativeInterface() if isinstance(app, QGuiApplication) else None
    if not isinstance(native, QNativeInterface.QX11Application):
        return 0
    calls = _x11_calls()
    if calls is None:
        return 0
    display = ctypes.c_void_p(native.display())
    atom = calls.XInternAtom(display, b"_NET_SYSTEM_TRAY_S0", 0)
    return int(calls.XGetSelectionOwner(display, atom))


@lru_cache(maxsize=1)
def _x11_calls() -> ctypes.CDLL | None:
    try:
        # Qt's own X11 plugin has loaded it already.
        library = ctypes.CDLL("libX11.so.6")
    except OSError:
        return None
    library.XInternAtom.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
    library.XInternAtom.restype = ctypes.c_ulong
    library.XGetSelectionOwner.argtypes = [ctypes.c_void_p, ctypes.c_ulong]
    library.XGetSelectionOwner.restype = ctypes.c_ulong
    return library
