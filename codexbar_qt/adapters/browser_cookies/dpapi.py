"""Windows' data protection for the current user (`CryptUnprotectData`), through ctypes; it never shows a dialog."""

from __future__ import annotations

import ctypes
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_NO_DIALOG = 0x1  # CRYPTPROTECT_UI_FORBIDDEN


class DataBlob(ctypes.Structure):
    """DATA_BLOB of the Windows headers."""

    _fields_ = (("size", ctypes.c_uint32), ("data", ctypes.POINTER(ctypes.c_ubyte)))


def make_unprotect(crypt32: Any, kernel32: Any) -> Callable[[bytes], bytes | None]:
    """Return a function that opens a blob, None for what it cannot open; both libraries are given from outside."""
    pointer = ctypes.c_void_p
    blob_pointer = ctypes.POINTER(DataBlob)
    crypt32.CryptUnprotectData.restype = ctypes.c_int
    crypt32.CryptUnprotectData.argtypes = (
        blob_pointer,
        pointer,
        pointer,
        pointer,
        pointer,
        ctypes.c_uint32,
        blob_pointer,
    )
    kernel32.LocalFree.restype = pointer
    kernel32.LocalFree.argtypes = (pointer,)

    def unprotect(blob: bytes) -> bytes | None:
        given = (ctypes.c_ubyte * len(blob)).from_buffer_copy(blob)
        source = DataBlob(len(blob), ctypes.cast(given, ctypes.POINTER(ctypes.c_ubyte)))
        target = DataBlob()
        opened = crypt32.CryptUnprotectData(
            ctypes.pointer(source), None, None, None, None, _NO_DIALOG, ctypes.pointer(target)
        )
        if not opened:
            return None
        try:
            return ctypes.string_at(target.data, target.size)
        finally:
            kernel32.LocalFree(ctypes.cast(target.data, ctypes.c_void_p))

    return unprotect


def load_unprotect() -> Callable[[bytes], bytes | None] | None:
    """Return the function of this system, None elsewhere than on Windows."""
    if sys.platform == "win32":
        return make_unprotect(ctypes.WinDLL("crypt32"), ctypes.WinDLL("kernel32"))
    else:  # the type checkers leave out the branch of the other system
        return None
