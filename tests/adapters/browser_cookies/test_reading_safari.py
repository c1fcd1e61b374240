"""Safari's cookies: the file's layout, damage of every kind, and what macOS refuses."""

from __future__ import annotations

import contextlib
import os
import struct
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codexbar_qt.adapters.browser_cookies import private_copy
from codexbar_qt.adapters.browser_cookies.binary_cookies import BinaryCookiesError, parse_binary_cookies
from codexbar_qt.adapters.browser_cookies.catalogue import BY_ID
from codexbar_qt.adapters.browser_cookies.profiles import find_profiles
from codexbar_qt.adapters.browser_cookies.reading import ReadResult, read_cookies

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DOMAINS = ("example.com",)


def names(data: bytes) -> list[str]:
    return [found.cookie.name for found in parse_binary_cookies(data, DOMAINS)]


def values(result: ReadResult) -> dict[str, str]:
    return {cookie.name: cookie.value.reveal() for cookie in result.cookies}


@pytest.fixture
def library(macos: Any) -> Path:
    folder: Path = macos.place.home / "Library"
    folder.mkdir()
    return folder


@pytest.fixture
def write(library: Path, macos: Any) -> Callable[..., Path]:
    """Writes a file of one page below Library."""

    def make(folder: str, *rows: Any) -> Path:
        path = library / folder / "Cookies.binarycookies"
        path.parent.mkdir(parents=True)
        path.write_bytes(macos.safari_file(macos.safari_page([row.record() for row in rows])))
        return path

    return make


CONTAINER = "Containers/com.apple.Safari/Data/Library"


def test_all_fields(macos: Any) -> None:
    rows = [
        macos.safari_row(".Example.com", "a", "1", "/x", 0.0, 0),
        macos.safari_row("app.example.com", "b", "ü", "", 1.5, 1),
        macos.safari_row("example.com", "c", "", "/", -3.0, 5),
    ]
    data = macos.safari_file(macos.safari_page([row.record() for row in rows]))
    first, second, third = (found.cookie for found in parse_binary_cookies(data, DOMAINS))
    assert (first.domain, first.host_only, first.path, first.secure, first.expires_at) == (
        "example.com",
        False,
        "/x",
        False,
        None,
    )
    assert (second.domain, second.host_only, second.path, second.secure) == ("app.example.com", True, "/", True)
    assert second.value.reveal() == "ü"
    assert second.expires_at is not None
    assert second.expires_at.timestamp() == 978_307_201.5
    assert third.expires_at is None


def test_both_files_of_the_usual_profile(
    macos: Any, library: Path, write: Callable[..., Path], fingerprint: Callable[[Path], object]
) -> None:
    files = (
        write(
            "Cookies",
            macos.safari_row("example.com", "a", "old", expiry=900_000_000),
            macos.safari_row("example.com", "b"),
        ),
        write(f"{CONTAINER}/Cookies", macos.safari_row("example.com", "a", "new", expiry=950_000_000)),
    )
    before = fingerprint(library)
    (profile,) = find_profiles(BY_ID["safari"], macos.place)
    result = read_cookies(profile, macos.query(), macos.keys(), macos.now)
    assert values(result) == {"a": "new", "b": "safari-1"}
    assert result.problems == ()
    assert result.sources == tuple(str(file) for file in files)
    assert fingerprint(library) == before


def test_profiles_of_safari(macos: Any, write: Callable[..., Path]) -> None:
    write(f"{CONTAINER}/WebKit/WebsiteDataStore/1111aaaa/Cookies", macos.safari_row("example.com", "work"))
    usual, work = find_profiles(BY_ID["safari"], macos.place)
    assert read_cookies(usual, macos.query(), macos.keys(), macos.now) == ReadResult()
    assert values(read_cookies(work, macos.query(), macos.keys(), macos.now)) == {"work": "safari-1"}


def test_expired_and_foreign_cookies(macos: Any, write: Callable[..., Path]) -> None:
    write(
        "Cookies",
        macos.safari_row("example.com", "expired", expiry=1.0),
        macos.safari_row("notexample.com", "foreign"),
        macos.safari_row("example.com", "session", expiry=0.0),
    )
    (profile,) = find_profiles(BY_ID["safari"], macos.place)
    assert values(read_cookies(profile, macos.query(), macos.keys(), macos.now)) == {"session": "safari-1"}


def test_full_disk_access(macos: Any, library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> object:
        raise PermissionError(1, os.strerror(1))

    monkeypatch.setattr(private_copy, "_open", refuse)
    (profile,) = find_profiles(BY_ID["safari"], macos.place)
    (problem,) = read_cookies(profile, macos.query(), macos.keys(), macos.now).problems
    assert (problem.kind, problem.label) == ("full_disk_access", "Safari")
    assert "System Settings → Privacy & Security → Full Disk Access" in problem.sentence


def test_a_damaged_file_is_reported(macos: Any, write: Callable[..., Path]) -> None:
    file = write("Cookies", macos.safari_row("example.com", "a"))
    file.write_bytes(file.read_bytes()[:40])
    (profile,) = find_profiles(BY_ID["safari"], macos.place)
    result = read_cookies(profile, macos.query(), macos.keys(), macos.now)
    assert [problem.kind for problem in result.problems] == ["unreadable"]
    assert result.sources == ()


def test_a_cut_at_any_place(macos: Any) -> None:
    pages = [
        macos.safari_page([macos.safari_row("example.com", name).record() for name in "ab"]),
        macos.safari_page([macos.safari_row("example.com", "c").record()]),
    ]
    data = macos.safari_file(*pages)
    whole = len(data) - 12  # the checksum and the trailer after the last page
    for length in range(len(data)):
        if length < whole:
            with pytest.raises(BinaryCookiesError):
                names(data[:length])
        else:
            assert names(data[:length]) == ["a", "b", "c"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"cook",
        b"crook\0\0\0\0",
        b"cook\xff\xff\xff\xff",
        b"cook\0\0\0\1\0\0\0\x04\0\0\1\0",
        b"cook\0\0\0\1\0\0\0\x0c\0\0\2\0\0\0\0\0\0\0\0\0",
    ],
)
def test_what_is_no_such_file(data: bytes) -> None:
    with pytest.raises(BinaryCookiesError):
        names(data)


def test_a_file_without_cookies(macos: Any) -> None:
    assert names(macos.safari_file()) == []
    assert names(macos.safari_file(macos.safari_page([]))) == []


def patched(record: bytes, offset: int, value: int) -> bytes:
    return record[:offset] + struct.pack("<I", value) + record[offset + 4 :]


@pytest.mark.parametrize("offset", [0, 16, 20, 24, 28])
@pytest.mark.parametrize("value", [0, 55, 10_000, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_bad_record_is_skipped(macos: Any, offset: int, value: int) -> None:
    good = macos.safari_row("example.com", "good").record()
    bad = patched(macos.safari_row("example.com", "bad").record(), offset, value)
    assert names(macos.safari_file(macos.safari_page([bad, good, bad]))) == ["good"]


def test_a_text_without_end_is_skipped(macos: Any) -> None:
    bad = macos.safari_row("example.com", "bad").record()
    unended = bad[:-1] + b"x"
    strange = bad.replace(b"safari-1", b"\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8")
    undefined = bad[:40] + struct.pack("<d", float("nan")) + bad[48:]
    endless = bad[:40] + struct.pack("<d", float("inf")) + bad[48:]
    assert names(macos.safari_file(macos.safari_page([unended, strange, undefined, endless]))) == ["bad"]


def test_offsets_of_records_are_checked(macos: Any) -> None:
    page = macos.safari_page([macos.safari_row("example.com", "a").record()])
    for value in (0, 4, len(page) - 2, len(page), 0xFFFFFFFF):
        broken = page[:8] + struct.pack("<I", value) + page[12:]
        assert names(macos.safari_file(broken)) == []
    many = page[:4] + struct.pack("<I", 0xFFFFFFFF) + page[8:]
    assert names(macos.safari_file(many))[:1] == ["a"]


@given(st.binary(max_size=600))
def test_random_pages_do_no_harm(data: bytes) -> None:
    page = b"\x00\x00\x01\x00" + data
    whole = b"cook" + struct.pack(">II", 1, len(page)) + page
    if len(page) < 12:
        with pytest.raises(BinaryCookiesError):
            names(whole)
    else:
        assert isinstance(names(whole), list)


@given(st.data())
def test_flipped_bytes_do_no_harm(data: st.DataObject) -> None:
    record = struct.pack("<4I4I2I2d", 80, 0, 1, 0, 56, 68, 70, 72, 0, 0, 9e8, 0.0) + b"example.com\0a\0/\0value-1\0"
    page = b"\x00\x00\x01\x00" + struct.pack("<II", 1, 16) + b"\0\0\0\0" + record
    whole = bytearray(b"cook" + struct.pack(">II", 1, len(page)) + page)
    assert names(bytes(whole)) == ["a"]
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(BinaryCookiesError):
        assert len(names(bytes(whole))) <= 1
