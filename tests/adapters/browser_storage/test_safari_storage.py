"""Safari's local storage: whose folder it is, and what the table holds."""

from __future__ import annotations

import sqlite3
import struct
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codexbar_qt.adapters.browser_storage.problem import StorageUnreadable
from codexbar_qt.adapters.browser_storage.reading import Reading
from codexbar_qt.adapters.browser_storage.safari_storage import client_host, find_safari_sources

if TYPE_CHECKING:
    from pathlib import Path


def string(text: str, *, is_wide: bool = False) -> bytes:
    if is_wide:
        return struct.pack("<IB", len(text), 0) + text.encode("utf-16-le")
    return struct.pack("<IB", len(text), 1) + text.encode("latin-1")


def origin(host: str, scheme: str = "https", port: int | None = None, *, is_wide: bool = False) -> bytes:
    tail = b"\0" if port is None else b"\1" + struct.pack("<H", port)
    return string(scheme) + string(host, is_wide=is_wide) + tail


def write_site(root: Path, page: str, frame: str, data: bytes, rows: list[tuple[str, object]]) -> Path:
    folder = root / page / frame
    (folder / "LocalStorage").mkdir(parents=True)
    (folder / "origin").write_bytes(data)
    database = folder / "LocalStorage" / "localstorage.sqlite3"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(
            "CREATE TABLE ItemTable (key TEXT UNIQUE ON CONFLICT REPLACE, value BLOB NOT NULL ON CONFLICT FAIL)"
        )
        connection.executemany("INSERT INTO ItemTable VALUES (?, ?)", rows)
        connection.commit()
    return database


@pytest.mark.parametrize(
    ("data", "host"),
    [
        (origin("app.example.com") * 2, "app.example.com"),
        (origin("app.example.com", port=8443) * 2, "app.example.com"),
        (origin("App.Example.com", is_wide=True) * 2, "app.example.com"),
        (origin("other.test") + origin("app.example.com"), "app.example.com"),
        (origin("app.example.com") + origin("other.test"), "other.test"),
        (origin("app.example.com") + origin("app.example.com", "http"), None),
        (origin("a" * 45 + ".app.example.com") * 2, "a" * 45 + ".app.example.com"),
        (b"https://app.example.com", "app.example.com"),
        (b"xhttps\x0f\0\0\0\1app.example.com\0", "app.example.com"),
        (b"", None),
        (b"http://app.example.com", None),
    ],
)
def test_whose_folder_it_is(data: bytes, host: str | None) -> None:
    assert client_host(data) == host


@given(st.binary(max_size=200))
def test_any_origin_file_is_read_without_an_error(data: bytes) -> None:
    client_host(data)
    client_host(origin("app.example.com") + data)


def test_own_storage_goes_before_partitioned_storage(tmp_path: Path) -> None:
    root = tmp_path / "WebKit/WebsiteData/Default"
    inside = write_site(root, "Aother", "Bexample", origin("other.test") + origin("example.com"), [])
    own = write_site(root, "Bexample", "Bexample", origin("example.com") * 2, [])
    write_site(root, "Bexample", "Cother", origin("example.com") + origin("other.test"), [])
    write_site(root, "Dnot", "Dnot", origin("notexample.com") * 2, [])
    store = write_site(tmp_path / "Origins", "E", "E", origin("auth.example.com") * 2, [])
    (root / "salt").write_bytes(b"12345678")
    found = find_safari_sources(tmp_path, ("example.com", "auth.example.com"))
    assert [source.path for source in found] == [own, store, inside]


def test_values_are_utf_16(tmp_path: Path) -> None:
    rows: list[tuple[str, object]] = [
        ("tökén", "wért".encode("utf-16-le")),
        ("empty", b""),
        ("odd", b"abc"),
        ("long", bytes(131_074)),
        ("text", "not a blob"),
        ("number", 5),
    ]
    write_site(tmp_path / "WebKit/WebsiteData/Default", "A", "A", origin("example.com") * 2, rows)
    (source,) = find_safari_sources(tmp_path, ("example.com",))
    reading = Reading()
    entries = source.read(source.path, reading)
    found = {entry.key: entry.value.reveal() for entry in entries}
    assert found["tökén"] == "wért"
    assert found["empty"] == ""
    assert not {"odd", "long", "number"} & set(found)
    assert {(entry.kind, entry.host) for entry in entries} == {("local", "example.com")}
    assert reading.damaged == 1


def test_no_storage_and_no_database(tmp_path: Path) -> None:
    assert find_safari_sources(tmp_path / "nowhere", ("example.com",)) == []
    database = write_site(tmp_path / "Origins", "A", "A", origin("example.com") * 2, [])
    database.write_bytes(b"no database" * 500)
    (source,) = find_safari_sources(tmp_path, ("example.com",))
    with pytest.raises(StorageUnreadable):
        source.read(source.path, Reading())
