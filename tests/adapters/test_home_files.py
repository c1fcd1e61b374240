"""Files of a made-up home, and databases of programs that are still writing."""

from __future__ import annotations

import os
import sqlite3
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.adapters import home_files, sqlite_reader
from codexbar_qt.adapters.home_files import LocalHomeFiles
from codexbar_qt.provider_api import FileInfo, ParseError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX files")
SQL = "SELECT value FROM kv WHERE key = ?"


@pytest.fixture
def files(home: Path) -> LocalHomeFiles:
    return LocalHomeFiles(str(home))


@pytest.fixture
def database(home: Path) -> Callable[..., Path]:
    """Make a database with one row, in the given journal mode."""

    def make(mode: str = "delete", name: str = "data.sqlite3") -> Path:
        path = home / name
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(f"PRAGMA journal_mode={mode}")
            connection.execute("CREATE TABLE kv (key TEXT, value)")
            connection.execute("INSERT INTO kv VALUES ('a', 'one')")
            connection.commit()
        return path

    return make


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, by name."""
    return {place.name: place.read_bytes() for place in sorted(folder.iterdir())}


def test_expands_only_the_own_home(files: LocalHomeFiles, home: Path) -> None:
    assert files.home == str(home)
    assert files.expand("~") == str(home)
    assert files.expand("~/x") == f"{home}/x"
    assert files.expand("~\\x") == f"{home}\\x"
    assert [files.expand(path) for path in ("~other/x", "/x", "x~/y", "")] == ["~other/x", "/x", "x~/y", ""]


async def test_reads_text(files: LocalHomeFiles, home: Path) -> None:
    (home / "a.json").write_bytes('\ufeff{"ü": 1}\r\n'.encode())
    assert await files.read_text("~/a.json") == '{"ü": 1}\r\n'
    assert await files.read_text(f"{home}/a.json") == '{"ü": 1}\r\n'


async def test_nothing_there(files: LocalHomeFiles, home: Path) -> None:
    (home / "file").write_text("x")
    for path in ("~/none", "~/file/below"):
        assert await files.read_text(path) is None
        assert await files.stat(path) is None
        assert await files.list_dir(path) == ()
        assert await files.query(path, SQL) is None
    assert await files.stat("~/nul\0byte") is None


async def test_text_that_cannot_be_used(files: LocalHomeFiles, home: Path) -> None:
    (home / "big").write_text("x" * 101)
    (home / "latin").write_bytes(b"caf\xe9")
    with pytest.raises(ParseError, match=r"^The file big is larger than 100 bytes and was not read\."):
        await files.read_text("~/big", max_bytes=100)
    assert await files.read_text("~/big", max_bytes=101) == "x" * 101
    with pytest.raises(ParseError, match=r"^The file latin is not UTF-8 text\."):
        await files.read_text("~/latin")
    with pytest.raises(ParseError, match=r"could not be read|is not a file"):
        await files.read_text("~/")


@posix
async def test_never_waits_for_a_pipe_or_device(files: LocalHomeFiles, home: Path) -> None:
    os.mkfifo(home / "fifo")
    (home / "zero").symlink_to("/dev/zero")
    for path in ("~/fifo", "~/zero"):
        with pytest.raises(ParseError, match="is not a file"):
            await files.read_text(path)
        assert await files.query(path, SQL) is None


async def test_no_permission(files: LocalHomeFiles, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "locked").write_text("x")

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)  # root may read everything, so modes would not do
    with pytest.raises(ParseError, match=r"^The file locked could not be read\."):
        await files.read_text("~/locked")


async def test_a_file_replaced_while_it_is_read_is_read_again(
    files: LocalHomeFiles, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = home / "quota.xml"
    target.write_text("old")
    real, calls = os.fstat, []

    def fstat(descriptor: int) -> os.stat_result:
        calls.append(descriptor)
        info = real(descriptor)
        if len(calls) == 1:
            (home / "new").write_text("new text")
            (home / "new").replace(target)
        return info

    monkeypatch.setattr(os, "fstat", fstat)
    assert await files.read_text("~/quota.xml") == "new text"
    assert len(calls) == 2


async def test_a_file_that_keeps_changing_is_read_twice(
    files: LocalHomeFiles, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = home / "log"
    target.write_text("")
    real, calls = os.fstat, []

    def fstat(descriptor: int) -> os.stat_result:
        info = real(descriptor)
        calls.append(descriptor)
        with target.open("a") as file:
            file.write("x")
        return info

    monkeypatch.setattr(os, "fstat", fstat)
    assert await files.read_text("~/log") == "xx"
    assert len(calls) == 2


async def test_stat_and_list(files: LocalHomeFiles, home: Path) -> None:
    (home / "dir").mkdir()
    (home / "dir/b").write_text("")
    (home / "dir/a").mkdir()
    os.utime(home / "dir/b", (1_900_000_000, 1_900_000_000))
    moment = datetime(2030, 3, 17, 17, 46, 40, tzinfo=UTC)
    wanted = FileInfo(f"{home}/dir/b", "b", is_dir=False, modified_at=moment)
    assert await files.stat("~/dir/b") == wanted
    listed = await files.list_dir("~/dir")
    assert [info.name for info in listed] == ["a", "b"]
    assert [info.is_dir for info in listed] == [True, False]
    assert listed[1] == wanted


@posix
async def test_list_shows_broken_links_and_is_bounded(
    files: LocalHomeFiles, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "dir").mkdir()
    (home / "dir/broken").symlink_to(home / "none")
    assert await files.list_dir("~/dir") == (FileInfo(f"{home}/dir/broken", "broken", is_dir=False, modified_at=None),)
    monkeypatch.setattr(home_files, "MOST_ENTRIES", 2)
    for name in "abc":
        (home / "dir" / name).write_text("")
    assert len(await files.list_dir("~/dir")) == 2


@posix
async def test_writes_private_text_once(files: LocalHomeFiles, home: Path) -> None:
    assert await files.write_private_text("~/.kimi/deep/device_id", "first")
    assert not await files.write_private_text("~/.kimi/deep/device_id", "second")
    path = home / ".kimi/deep/device_id"
    assert path.read_text() == "first"
    modes = [place.stat().st_mode & 0o777 for place in (path, path.parent, path.parent.parent)]
    assert modes == [0o600, 0o700, 0o700]
    (home / "link").symlink_to(home / "elsewhere")
    assert not await files.write_private_text("~/link", "x")
    assert not await files.write_private_text("~/.kimi/deep/device_id/below", "x")
    assert not await files.write_private_text("~/bad\0name", "x")


async def test_leaves_nothing_when_writing_fails(
    files: LocalHomeFiles, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr(os, "fsync", full)
    assert not await files.write_private_text("~/device_id", "x")
    assert not (home / "device_id").exists()


@pytest.mark.parametrize("mode", ["delete", "wal"])
async def test_reads_rows_and_creates_nothing(
    files: LocalHomeFiles, database: Callable[..., Path], mode: str, home: Path
) -> None:
    path = database(mode, "odd name?#%.sqlite3")
    before = path.read_bytes(), path.stat().st_mtime_ns, list(contents(home))
    assert await files.query("~/odd name?#%.sqlite3", SQL, ("a",)) == (("one",),)
    assert await files.query("~/odd name?#%.sqlite3", SQL, ("b",)) == ()
    assert (path.read_bytes(), path.stat().st_mtime_ns, list(contents(home))) == before


async def test_reads_what_a_living_writer_has_in_its_log(
    files: LocalHomeFiles, database: Callable[..., Path], home: Path
) -> None:
    path = database("wal")
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("UPDATE kv SET value = 'two'")
        writer.commit()
        before = list(contents(home))
        assert len(before) == 3
        writer.execute("UPDATE kv SET value = 'three'")  # not committed
        assert await files.query(str(path), SQL, ("a",)) == (("two",),)
        assert list(contents(home)) == before


async def test_reads_the_log_of_a_writer_that_died(
    files: LocalHomeFiles, database: Callable[..., Path], home: Path, tmp_path: Path
) -> None:
    path = database("wal")
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("UPDATE kv SET value = 'two'")
        writer.commit()
        (tmp_path / "log").write_bytes((home / "data.sqlite3-wal").read_bytes())
        (tmp_path / "main").write_bytes(path.read_bytes())
    path.write_bytes((tmp_path / "main").read_bytes())
    (home / "data.sqlite3-wal").write_bytes((tmp_path / "log").read_bytes())
    before = contents(home)
    assert len(before) == 2
    assert await files.query(str(path), SQL, ("a",)) == (("two",),)
    assert contents(home) == before


async def test_a_locked_database_is_waited_for_briefly(files: LocalHomeFiles, database: Callable[..., Path]) -> None:
    path = database()
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        assert await files.query(str(path), SQL, ("a",)) is None
        timer = threading.Timer(0.05, lambda: writer.execute("COMMIT"))
        timer.start()
        assert await files.query(str(path), SQL, ("a",)) == (("one",),)
        timer.join()


async def test_queries_cannot_write(files: LocalHomeFiles, database: Callable[..., Path]) -> None:
    path = database()
    assert await files.query(str(path), "DELETE FROM kv") is None
    assert await files.query(str(path), SQL, ("a",)) == (("one",),)


@pytest.mark.parametrize("sql", ["SELECT nothing FROM nowhere", "no SQL", "SELECT ?, ?"])
async def test_queries_that_fail(files: LocalHomeFiles, database: Callable[..., Path], sql: str) -> None:
    assert await files.query(str(database()), sql, ("a",)) is None


@pytest.mark.parametrize("content", [b"", b"no database at all, but long enough for a header", b"SQLite format 3\0"])
async def test_files_that_are_no_database(files: LocalHomeFiles, home: Path, content: bytes) -> None:
    (home / "data.sqlite3").write_bytes(content)
    assert await files.query("~/data.sqlite3", SQL, ("a",)) is None
    assert list(contents(home)) == ["data.sqlite3"]


async def test_rows_values_and_time_are_bounded(
    files: LocalHomeFiles, database: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(database())
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
    rows = await files.query(path, endless)
    assert rows is not None
    assert len(rows) == sqlite_reader.MOST_ROWS
    assert await files.query(path, "SELECT zeroblob(5000000)") is None
    monkeypatch.setattr(sqlite_reader, "_QUERY_SECONDS", 0.05)
    assert await files.query(path, f"SELECT count(*) FROM ({endless})") is None


async def test_values_keep_their_types_and_bad_text_is_replaced(
    files: LocalHomeFiles, database: Callable[..., Path]
) -> None:
    sql = "SELECT 1, 1.5, NULL, x'00ff', CAST(x'61ff' AS TEXT)"
    assert await files.query(str(database()), sql) == ((1, 1.5, None, b"\x00\xff", "a\ufffd"),)


async def test_a_database_that_keeps_changing_is_given_up(
    files: LocalHomeFiles, database: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = database("wal")
    real, calls = sqlite_reader._query, []

    def query(*arguments: object) -> object:
        calls.append(arguments)
        path.touch()
        os.utime(path, (len(calls), len(calls)))
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(sqlite_reader, "_query", query)
    assert await files.query(str(path), SQL, ("a",)) is None
    assert len(calls) == 3


async def test_a_log_too_large_to_copy(
    files: LocalHomeFiles, database: Callable[..., Path], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = database("wal")
    (home / "data.sqlite3-wal").write_bytes(b"x")
    monkeypatch.setattr(sqlite_reader, "LARGEST_COPY", 10)
    assert await files.query(str(path), SQL, ("a",)) is None
