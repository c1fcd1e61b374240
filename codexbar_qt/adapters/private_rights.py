"""Takes the rights of other people away from a file: permission bits, or on Windows an access list."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

OWNER_AND_SYSTEM = "D:P(A;;FA;;;OW)(A;;FA;;;SY)"
"""SDDL: nothing inherited, everything allowed to the owner of the file and to the system itself."""


if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _DACL = 0x4
    _PROTECTED_DACL = 0x80000000
    _SDDL_REVISION = 1

    def restrict_to_owner(path: Path) -> None:
        """Leave a file to its owner. Raises OSError when the system refuses."""
        advapi32 = ctypes.WinDLL("advapi32", use_last_error=True)
        kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
        convert = advapi32.ConvertStringSecurityDescriptorToSecurityDescriptorW
        convert.argtypes = (wintypes.LPCWSTR, wintypes.DWORD, ctypes.POINTER(ctypes.c_void_p), ctypes.c_void_p)
        convert.restype = wintypes.BOOL
        apply = advapi32.SetFileSecurityW
        apply.argtypes = (wintypes.LPCWSTR, wintypes.DWORD, ctypes.c_void_p)
        apply.restype = wintypes.BOOL
        free = kernel32.LocalFree
        free.argtypes = (ctypes.c_void_p,)
        free.restype = ctypes.c_void_p
        descriptor = ctypes.c_void_p()
        if not convert(OWNER_AND_SYSTEM, _SDDL_REVISION, ctypes.byref(descriptor), None):
            raise ctypes.WinError(ctypes.get_last_error())
        try:
            if not apply(str(path), _DACL | _PROTECTED_DACL, descriptor):
                raise ctypes.WinError(ctypes.get_last_error())
        finally:
            free(descriptor)

else:

    def restrict_to_owner(path: Path) -> None:
        """Leave a file to its owner. Raises OSError when the system refuses."""
        path.chmod(0o600)
