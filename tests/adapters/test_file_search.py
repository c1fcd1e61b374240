"""Texts in large files: the same matches as in one piece, within bounds, and never waiting."""

from __future__ import annotations

import asyncio
import os
import random
import re
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.adapters import file_search
from codexbar_qt.adapters.file_search import search_file
from codexbar_qt.adapters.home_files import LocalHomeFiles

if TYPE_CHECKING:
    from pathlib import Path

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX files")
TOKEN = r"client-[0-9]{6}\.apps"


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> int:
    """Pieces so small that a small file has many borders."""
    monkeypatch.setattr(file_search, "_PIECE_BYTES", 1000)
    return 1000


async def test_distinct_matches_in_the_order_of_the_file(home: Path) -> None:
    (home / "program").write_bytes(b"\x00\xffclient-000002.apps\x00client-000001.apps client-000002.apps\xfe")
    files = LocalHomeFiles(str(home))
    assert await files.search("~/program", TOKEN) == ("client-000002.apps", "client-000001.apps")
    assert await files.search("~/program", TOKEN, most=1) == ("client-000002.apps",)
    assert await files.search("~/program", TOKEN, most=0) == ()
    assert await files.search("~/program", "nowhere") == ()


async def test_a_match_is_found_wherever_the_border_lies(home: Path, small_pieces: int) -> None:
    path = home / "program"
    for place in range(small_pieces - 20, small_pieces + 2):
        path.write_bytes(b"\0" * place + b"client-000001.apps" + b"\0" * 700)
        assert await search_file(str(path), TOKEN, 8) == ("client-000001.apps",), place


@pytest.mark.parametrize("size", [0, 1, 319, 320, 321, 999, 1000, 1001, 1319, 1320, 1321, 2000])
async def test_a_match_at_the_very_end(home: Path, small_pieces: int, size: int) -> None:
    (home / "program").write_bytes(b"\0" * size + b"client-000001.apps")
    assert await search_file(str(home / "program"), TOKEN, 8) == ("client-000001.apps",)


@pytest.mark.parametrize("pattern", [r"a+b", r"\b[ab]{2,9}\b", r"(?<=c)ab*", r"a.{0,200}c", r"[abc]{5}(?=d)", "a*"])
async def test_pieces_make_no_difference(home: Path, small_pieces: int, pattern: str) -> None:
    data = bytes(random.Random(pattern).choices(b"abcd \n\xff", k=7 * small_pieces + 123))
    (home / "program").write_bytes(data)
    whole = [found for found in re.findall(pattern.encode(), data) if found.isascii() and found]
    expected = tuple(dict.fromkeys(found.decode() for found in whole))
    assert len(expected) >= 3
    assert await search_file(str(home / "program"), pattern, 10_000) == expected


async def test_long_and_foreign_matches_are_passed_over(home: Path) -> None:
    (home / "program").write_bytes(b"<" + b"x" * 255 + b"><" + b"x" * 254 + b"><\xc3\xa4><y>")
    assert await search_file(str(home / "program"), r"<[^>]*", 8) == ("<" + "x" * 255, "<" + "x" * 254, "<y")
    (home / "program").write_bytes(b"<" + b"x" * 256 + b"><y>")
    assert await search_file(str(home / "program"), r"<[^>]*", 8) == ("<y",)


async def test_no_more_is_read_than_allowed(home: Path, small_pieces: int) -> None:
    (home / "program").write_bytes(b"\0" * 2500 + b"client-000001.apps")
    assert await search_file(str(home / "program"), TOKEN, 8, most_bytes=2517) == ()
    assert await search_file(str(home / "program"), TOKEN, 8, most_bytes=2518) == ("client-000001.apps",)
    assert file_search.MOST_BYTES == 512 * 1024 * 1024


async def test_only_files_that_can_be_read(home: Path) -> None:
    (home / "folder").mkdir()
    for path in ("nothing", "folder", "folder/below", "bad\0name"):
        assert await search_file(str(home / path), ".", 8) == ()
    (home / "empty").touch()
    assert await search_file(str(home / "empty"), ".", 8) == ()


@posix
async def test_never_waits_for_a_pipe_or_device(home: Path) -> None:
    os.mkfifo(home / "pipe")
    assert await search_file(str(home / "pipe"), ".", 8) == ()
    assert await search_file("/dev/zero", ".", 8) == ()


async def test_a_cancelled_search_ends_with_its_piece(
    home: Path, small_pieces: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on, ended = threading.Event(), threading.Event(), threading.Event()
    pieces: list[int] = []
    original = file_search._search

    class Slow:
        """A pattern that is looked for with patience."""

        def finditer(self, data: bytes, start: int) -> list[re.Match[bytes]]:
            pieces.append(len(data) - start)
            begun.set()
            assert go_on.wait(10)
            return []

    def search(path: str, pattern: object, *rest: object) -> tuple[str, ...]:
        try:
            return original(path, Slow(), *rest)  # type: ignore[arg-type]  # stands in for a pattern
        finally:
            ended.set()

    monkeypatch.setattr(file_search, "_search", search)
    (home / "program").write_bytes(b"\0" * 50_000)
    task = asyncio.create_task(search_file(str(home / "program"), TOKEN, 8))
    assert await asyncio.to_thread(begun.wait, 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    go_on.set()
    assert await asyncio.to_thread(ended.wait, 10)
    assert len(pieces) <= 2
