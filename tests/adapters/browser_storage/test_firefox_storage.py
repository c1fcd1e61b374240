"""Firefox's local storage: containers, partitions, both schemas, compression."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import cramjam
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codexbar_qt.adapters.browser_storage.firefox_storage import find_firefox_sources
from codexbar_qt.adapters.browser_storage.problem import StorageUnreadable
from codexbar_qt.adapters.browser_storage.reading import Reading

if TYPE_CHECKING:
    from pathlib import Path

    from codexbar_qt.adapters.browser_storage.source import StorageSource

Row = tuple[object, object, object, object]


def snappy(data: bytes) -> bytes:
    return bytes(memoryview(cramjam.snappy.compress_raw(data)))


def write_database(path: Path, rows: list[Row], *, is_old: bool = False) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        if is_old:
            connection.execute(
                "CREATE TABLE data(key TEXT PRIMARY KEY, value TEXT, utf16Length, compressed, lastAccessTime)"
            )
            connection.executemany(
                "INSERT INTO data VALUES(?,?,0,?,0)", [(key, value, kind) for key, value, _, kind in rows]
            )
        else:
            connection.execute(
                "CREATE TABLE data(key TEXT PRIMARY KEY, utf16_length INTEGER NOT NULL,"
                " conversion_type INTEGER NOT NULL, compression_type INTEGER NOT NULL,"
                " last_access_time INTEGER NOT NULL DEFAULT 0, value BLOB NOT NULL)"
            )
            connection.executemany(
                "INSERT INTO data(key, utf16_length, value, conversion_type, compression_type) VALUES(?,0,?,?,?)", rows
            )
        connection.commit()


def read(source: StorageSource, reading: Reading | None = None) -> dict[str, str]:
    entries = source.read(source.path, reading or Reading())
    assert {entry.kind for entry in entries} <= {"local"}
    return {entry.key: entry.value.reveal() for entry in entries}


def test_values_of_all_kinds(tmp_path: Path) -> None:
    database = tmp_path / "storage/default/https+++example.com/ls/data.sqlite"
    rows: list[Row] = [
        ("utf-8", "tökén".encode(), 1, 0),
        ("snappy", snappy(b"token " * 50), 1, 1),
        ("utf-16", "値".encode("utf-16-le"), 0, 0),
        ("both", snappy("値値".encode("utf-16-le")), 0, 1),
        ("empty", b"", 1, 0),
        ("limit", b"x" * 65_536, 1, 0),
        ("long", b"x" * 65_537, 1, 0),
        ("huge", bytes(9_000_000), 1, 0),
        ("bomb", snappy(bytes(1_000_000)), 1, 1),
        ("not snappy", b"\xff\xff", 1, 1),
        ("odd", b"abc", 0, 0),
        ("unknown compression", b"abc", 1, 7),
        ("unknown conversion", b"abc", 7, 0),
        ("null", 5, 1, 0),
    ]
    write_database(database, rows)
    (source,) = find_firefox_sources(tmp_path, ("example.com",))
    assert (source.path, source.is_leveldb) == (database, False)
    reading = Reading()
    found = read(source, reading)
    assert found == {
        "utf-8": "tökén",
        "snappy": "token " * 50,
        "utf-16": "値",
        "both": "値値",
        "empty": "",
        "limit": "x" * 65_536,
    }
    assert reading.damaged == 5


def test_the_schema_before_version_80(tmp_path: Path) -> None:
    database = tmp_path / "storage/default/https+++example.com/ls/data.sqlite"
    write_database(database, [("a", "plain", 0, 0), ("b", snappy("gepäckt".encode()), 0, 1)], is_old=True)
    assert read(find_firefox_sources(tmp_path, ("example.com",))[0]) == {"a": "plain", "b": "gepäckt"}


def test_which_folders_belong_to_a_host(tmp_path: Path) -> None:
    for name in (
        "https+++example.com",
        "https+++example.com+8443",
        "https+++example.com^userContextId=2",
        "https+++example.com^partitionKey=%28https%2Cother.test%29",
        "https+++example.com^userContextId=2&partitionKey=%28https%2Cother.test%29",
        "https+++example.com^firstPartyDomain=other.test",
        "https+++example.com^privateBrowsingId=1",
        "https+++b.test",
        "http+++example.com",
        "https+++notexample.com",
        "https+++www.example.com",
        "https+++example.com.evil.test",
        "https+++example.com+8443+1",
        "https+++evil.test^partitionKey=%28https%2Cexample.com%29",
        "moz-extension+++0f0e0d0c^userContextId=4294967295",
        "file++++home+x",
    ):
        (tmp_path / "storage/default" / name).mkdir(parents=True)
    found = [source.path.parent.parent.name for source in find_firefox_sources(tmp_path, ("b.test", "example.com"))]
    assert found == [
        "https+++b.test",
        "https+++example.com",
        "https+++example.com+8443",
        "https+++example.com^userContextId=2",
        "https+++example.com^firstPartyDomain=other.test",
        "https+++example.com^partitionKey=%28https%2Cother.test%29",
        "https+++example.com^userContextId=2&partitionKey=%28https%2Cother.test%29",
    ]


def test_no_storage_at_all(tmp_path: Path) -> None:
    assert find_firefox_sources(tmp_path / "nowhere", ("example.com",)) == []


def test_a_database_without_the_table_is_empty_and_no_database_is_unreadable(tmp_path: Path) -> None:
    database = tmp_path / "storage/default/https+++example.com/ls/data.sqlite"
    write_database(database, [])
    (source,) = find_firefox_sources(tmp_path, ("example.com",))
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("DROP TABLE data")
        connection.commit()
    assert read(source) == {}
    database.write_bytes(b"this is no database at all" * 100)
    with pytest.raises(StorageUnreadable) as refused:
        read(source)
    assert refused.value.kind == "unreadable"


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0), st.binary(min_size=1, max_size=400))
def test_any_damage_is_a_refusal_or_a_result(
    tmp_path_factory: pytest.TempPathFactory, place: int, noise: bytes
) -> None:
    profile = tmp_path_factory.mktemp("profile")
    database = profile / "storage/default/https+++example.com/ls/data.sqlite"
    write_database(database, [(f"key{n}", b"value" * 20, 1, 0) for n in range(200)])
    data = bytearray(database.read_bytes())
    start = place % len(data)
    data[start : start + len(noise)] = noise
    database.write_bytes(data)
    try:
        read(find_firefox_sources(profile, ("example.com",))[0])
    except StorageUnreadable as refused:
        assert refused.kind == "unreadable"
