"""Windows' data protection: the call with a played library; the real one on Windows."""

from __future__ import annotations

import ctypes
import sys
from typing import Any

import pytest

from codexbar_qt.adapters.browser_cookies.dpapi import load_unprotect, make_unprotect


class Function:
    """A function of a library, which ctypes gives types."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.argtypes: Any = None
        self.restype: Any = None

    def __call__(self, *arguments: Any) -> Any:
        return self.answer(*arguments)


class Libraries:
    """crypt32 and kernel32 that protect by turning bytes around."""

    def __init__(self, *, opens: bool = True) -> None:
        self.opens = opens
        self.flags: list[int] = []
        self.freed: list[int] = []
        self.CryptUnprotectData = Function(self.open)
        self.LocalFree = Function(lambda memory: self.freed.append(memory.value))

    def open(self, source: Any, _a: None, _b: None, _c: None, _d: None, flags: int, target: Any) -> int:
        self.flags.append(flags)
        if not self.opens:
            return 0
        data = ctypes.string_at(source.contents.data, source.contents.size)[::-1]
        self.kept = ctypes.create_string_buffer(data, len(data) or 1)
        target.contents.size = len(data)
        target.contents.data = ctypes.cast(self.kept, ctypes.POINTER(ctypes.c_ubyte))
        return 1


def test_a_blob_is_opened_without_a_dialog() -> None:
    libraries = Libraries()
    unprotect = make_unprotect(libraries, libraries)
    assert unprotect(b"abc\0d") == b"d\0cba"
    assert unprotect(b"") == b""
    assert libraries.flags == [1, 1]
    assert len(libraries.freed) == 2
    assert all(libraries.freed)


def test_a_blob_of_someone_else() -> None:
    libraries = Libraries(opens=False)
    assert make_unprotect(libraries, libraries)(b"abc") is None
    assert libraries.freed == []


@pytest.mark.skipif(sys.platform == "win32", reason="has it")
def test_there_is_none_elsewhere() -> None:
    assert load_unprotect() is None


@pytest.mark.skipif(sys.platform != "win32", reason="only there")
def test_the_real_library_refuses_nonsense() -> None:
    unprotect = load_unprotect()
    assert unprotect is not None
    assert unprotect(b"no blob at all") is None
