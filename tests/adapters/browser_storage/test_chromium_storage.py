"""Chromium's local storage, session storage and IndexedDB: whose entries they are, and how they are encoded."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import cramjam
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codexbar_qt.adapters.browser_storage import chromium_indexed
from codexbar_qt.adapters.browser_storage.chromium_indexed import find_runs, read_indexed
from codexbar_qt.adapters.browser_storage.chromium_storage import decode_text, read_local_storage, read_session_storage
from codexbar_qt.adapters.browser_storage.leveldb_format import unpack_snappy
from codexbar_qt.adapters.browser_storage.origin import host_of, normalize_hosts
from codexbar_qt.adapters.browser_storage.reading import Reading
from tests.adapters.browser_storage.leveldb_writer import SNAPPY, Change, Row, batch, log, table, varint

if TYPE_CHECKING:
    from pathlib import Path

    from codexbar_qt.provider_api.browser import StoredEntry

TOKEN = "eyJ0ZXN0.placeholder-" + "a" * 60
GUID = b"0f0e0d0c_1111_4222_8333_444455556666"


def latin(text: str) -> bytes:
    return b"\1" + text.encode("latin-1")


def wide(text: str) -> bytes:
    return b"\0" + text.encode("utf-16-le")


def plain(entries: list[StoredEntry]) -> list[tuple[str, str, str]]:
    return [(entry.host, entry.key, entry.value.reveal()) for entry in entries]


def local(folder: Path, *changes: Change, hosts: tuple[str, ...] = ("example.com",)) -> list[tuple[str, str, str]]:
    (folder / "000003.log").write_bytes(log([batch(1, changes)]))
    return plain(read_local_storage(folder, hosts, Reading()))


def test_names_and_values_in_both_encodings(tmp_path: Path) -> None:
    found = local(
        tmp_path,
        (b"_https://example.com\0" + latin("naïve"), latin("café")),
        (b"_https://example.com\0" + wide("鍵"), wide("値 \N{KEY}")),
        (b"_https://example.com\0" + latin(""), latin("")),
    )
    assert found == [
        ("example.com", "", ""),
        ("example.com", "鍵", "値 \N{KEY}"),
        ("example.com", "naïve", "café"),
    ]


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        (b"https://example.com", True),
        (b"https://example.com/", True),
        (b"https://example.com:8443", True),
        (b"https://example.com/^0https://other.test", True),
        (b"https://example.com:8443/^31", True),
        (b"http://example.com", False),
        (b"https://notexample.com", False),
        (b"https://example.com.evil.test", False),
        (b"https://example.community", False),
        (b"https://www.example.com", False),
        (b"https://example.com:x", False),
        (b"https://example.com/path", False),
        (b"https://evil.test/^0https://example.com", False),
        (b"https://EXAMPLE.com", False),
        (b"chrome-extension://example.com", False),
        (b"https://", False),
    ],
)
def test_only_the_exact_host_over_https(tmp_path: Path, origin: bytes, *, expected: bool) -> None:
    found = local(tmp_path, (b"_" + origin + b"\0" + latin("k"), latin("v")))
    assert found == ([("example.com", "k", "v")] if expected else [])
    session = [(b"namespace-" + GUID + b"-" + origin, b"7"), (b"map-7-k", "v".encode("utf-16-le"))]
    (tmp_path / "000003.log").write_bytes(log([batch(1, session)]))
    assert plain(read_session_storage(tmp_path, ("example.com",), Reading())) == found


def test_own_entries_go_before_partitioned_ones(tmp_path: Path) -> None:
    found = local(
        tmp_path,
        (b"_https://example.com\0" + latin("k"), latin("own")),
        (b"_https://example.com/^0https://other.test\0" + latin("k"), latin("partitioned")),
    )
    assert [value for _, _, value in found] == ["own", "partitioned"]


def test_other_rows_and_strange_entries_are_passed_over(tmp_path: Path) -> None:
    found = local(
        tmp_path,
        (b"VERSION", b"1"),
        (b"META:https://example.com", b"\x08\x01"),
        (b"METAACCESS:https://example.com", b"\x08\x01"),
        (b"_https://example.com", latin("no name")),
        (b"_https://example.com\0" + latin("empty"), b""),
        (b"_https://example.com\0" + latin("unknown"), b"\2text"),
        (b"_https://example.com\0" + latin("odd"), b"\0abc"),
        (b"_https://example.com\0" + latin("long"), latin("x" * 65_537)),
        (b"_https://example.com\0" + latin("fits"), latin("x" * 65_536)),
        (b"_https://example.com\0" + latin("fits too"), wide("y" * 65_536)),
        (b"_https://example.com\0" + latin("lone"), b"\0\x00\xd8"),
        (b"_https://example.com\0\1nul\0inside", latin("v")),
    )
    assert [(key, len(value)) for _, key, value in found] == [
        ("nul\0inside", 1),
        ("lone", 1),
        ("fits too", 65_536),
        ("fits", 65_536),
    ]


def test_deleted_and_changed_entries_of_tables_and_logs(tmp_path: Path) -> None:
    prefix = b"_https://example.com\0"
    rows: list[Row] = [
        (prefix + latin("token"), 1, latin("old")),
        (prefix + latin("signed out"), 2, latin("x")),
        *((b"_https://other%d.test\0" % n + latin("k"), 10 + n, latin("v" * 99)) for n in range(200)),
    ]
    (tmp_path / "000005.ldb").write_bytes(table(rows, SNAPPY, 500))
    found = local(tmp_path, (prefix + latin("x"), latin("y")))
    assert [key for _, key, _ in found] == ["signed out", "x", "token"]
    (tmp_path / "000003.log").write_bytes(
        log([batch(900, [(prefix + latin("token"), latin("new")), (prefix + latin("signed out"), None)])])
    )
    assert plain(read_local_storage(tmp_path, ("example.com",), Reading())) == [("example.com", "token", "new")]


def test_at_most_two_thousand_entries_the_latest_ones(tmp_path: Path) -> None:
    found = local(tmp_path, *((b"_https://example.com\0" + latin(str(n)), latin("v")) for n in range(2_100)))
    assert len(found) == 2_000
    assert found[0][1] == "2099"


def test_several_hosts(tmp_path: Path) -> None:
    changes = [(b"_https://%s\0" % host + latin("k"), latin("v")) for host in (b"a.test", b"b.test", b"c.test")]
    assert {host for host, _, _ in local(tmp_path, *changes, hosts=("a.test", "c.test"))} == {"a.test", "c.test"}


def test_session_storage_joins_namespaces_and_maps(tmp_path: Path) -> None:
    changes: list[Change] = [
        (b"version", b"1"),
        (b"next-map-id", b"14"),
        (b"namespace-" + GUID + b"-https://example.com/", b"3"),
        (b"namespace-" + GUID + b"-https://other.test/", b"4"),
        (b"namespace-" + GUID[::-1] + b"-https://example.com/", b"13"),
        (b"namespace-" + GUID + b"-https://broken.example.com/", b"x"),
        (b"namespace-", b""),
        (b"map-3-" + "tök-en".encode(), "three".encode("utf-16-le")),
        (b"map-4-token", "four".encode("utf-16-le")),
        (b"map-13-token", "thirteen".encode("utf-16-le")),
        (b"map-3-odd", b"abc"),
        (b"map-3", b"ab"),
    ]
    (tmp_path / "000003.log").write_bytes(log([batch(1, changes)]))
    found = read_session_storage(tmp_path, ("example.com", "broken.example.com"), Reading())
    assert plain(found) == [("example.com", "token", "thirteen"), ("example.com", "tök-en", "three")]
    assert {entry.kind for entry in found} == {"session"}


def test_tokens_in_serialised_values(tmp_path: Path) -> None:
    text = f'{{"access_token":"{TOKEN}"}}'.encode()
    repeated = "abcd1234" * 10
    compressed = bytes(memoryview(cramjam.snappy.compress_raw(f'"{repeated}"'.encode())))
    assert b"abcd1234abcd1234" not in compressed
    other = "b" * 70
    changes: list[Change] = [
        (b"\0\1\1\1one", b'\x04\xff\x15\xff\x0fo"\x05token"' + varint(len(text)) + text + b"{\1"),
        (b"\0\1\1\1two", b"\x04\xff\x11\x02" + compressed),
        (b"\0\1\1\1three", ("値" + other).encode("utf-16-le")),
        (b"\0\1\1\1short", b"c" * 59),
        (b"\0\1\1\1old", b"d" * 80),
        (b"\0\1\1\1old", None),
        (b"\0\1\1\1changed", b"e" * 80),
        (b"\0\1\1\1changed", b"no token any more"),
    ]
    (tmp_path / "000003.log").write_bytes(log([batch(1, changes)]))
    found = read_indexed(tmp_path, "example.com", Reading())
    assert [value for _, _, value in plain(found)] == [other, repeated, TOKEN]
    assert {(entry.host, entry.key) for entry in found} == {("example.com", "")}
    assert {entry.kind for entry in found} == {"indexed"}


@pytest.mark.parametrize("length", [60, 97, 100, 127, 128, 200, 5_504, 6_000, 16_000])
def test_the_length_before_a_string_and_the_tag_behind_it_are_no_part_of_the_token(length: int) -> None:
    token = ("A.b-" * 4_000)[:length]
    value = b'\xff\x0fo"\x01k"' + varint(length) + token.encode() + b"0_{\1"
    runs = list(find_runs(value))
    assert runs[0] == token
    assert len(runs) <= 2


def test_a_token_in_quotation_marks_is_given_whole() -> None:
    for first in ("<", "=", "e", "z"):
        for length in (60, 61, 101, 102, 130, 300):
            token = first + "x" * (length - 1)
            if not token.startswith("<"):
                assert token in list(find_runs(b'{"a":"' + token.encode() + b'"}'))


@pytest.mark.parametrize("encoding", ["ascii", "utf-16-le"])
def test_pieces_make_no_difference(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    noise = random.Random(encoding)
    text = "".join(
        noise.choice("ab") * noise.choice((1, 59, 60, 61, 130, 700)) + " " * noise.randrange(3) for _ in range(40)
    )
    data = text.encode(encoding)
    expected = list(find_runs(data))
    assert len(expected) > 10
    for piece in (121, 200, 255, 1_000):
        monkeypatch.setattr(chromium_indexed, "_PIECE_BYTES", piece)
        assert list(find_runs(data)) == expected, piece
        for length in range(len(data) - 70, len(data)):
            runs = list(find_runs(data[:length]))
            assert runs == re.findall(r"[ab]{60,}", data[:length].decode(encoding, "ignore")), (piece, length)


def test_runs_above_the_limit_are_passed_over() -> None:
    assert list(find_runs(b"a" * 65_536 + b" " + b"b" * 65_537)) == ["a" * 65_536]


def test_many_runs_keep_the_latest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chromium_indexed, "_MOST_RUN_BYTES", 10_000)
    changes = [(b"k%d" % n, b"%04d" % n + b"x" * 96) for n in range(500)]
    (tmp_path / "000003.log").write_bytes(log([batch(1, changes)]))
    values = [value for _, _, value in plain(read_indexed(tmp_path, "h", Reading()))]
    assert values[:40] == [f"{n:04}" + "x" * 96 for n in range(499, 459, -1)]
    assert len(values) <= 100


def test_hosts_are_normalised() -> None:
    assert normalize_hosts((" Example.COM ", "", "a.test", "example.com")) == ("example.com", "a.test")


@given(st.text(max_size=40))
def test_no_storage_key_makes_a_host_of_something_else(text: str) -> None:
    assert host_of(text) is None or text.startswith("https://")
    host_of("https://" + text)


@given(st.binary(max_size=60))
def test_any_text_is_decoded_without_an_error(data: bytes) -> None:
    for prefix in (b"", b"\0", b"\1"):
        text = decode_text(prefix + data)
        assert text is None or text.encode("utf-8") is not None


@given(st.binary(max_size=300))
def test_any_value_is_searched_without_an_error(data: bytes) -> None:
    list(find_runs(data))
    list(find_runs(b"\x01\xff\x11\x02" + data))
    list(find_runs(b'"' + data + b"a" * 60 + data))


def test_the_snappy_limit_counts_unpacked_bytes() -> None:
    data = bytes(memoryview(cramjam.snappy.compress_raw(bytes(1000))))
    assert unpack_snappy(data, 1000) == bytes(1000)
