"""Parses Safari's `Cookies.binarycookies`, checking every size and offset: skips a bad record, refuses a bad file.

Layout: `cook`, page count and page sizes (big-endian); a page: 4 bytes, cookie count, offsets (little-endian); a
record: size, –, flags, –, offsets of domain, name, path, value and two comments, expiry and creation in seconds since
2001.
"""

from __future__ import annotations

import math
import struct
from typing import TYPE_CHECKING

from codexbar_qt.adapters.browser_cookies.cookie_rules import (
    FoundCookie,
    expiry_moment,
    is_within,
    make_cookie,
    normalise_domain,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_SECONDS_TO_2001 = 978_307_200
_PAGE_HEAD = b"\x00\x00\x01\x00"
_SHORTEST_RECORD = 56
_LONGEST_RECORD = 128 * 1024
_SECURE = 1
_MOST_PAGES = 10_000
_MOST_COOKIES = 100_000


class BinaryCookiesError(Exception):
    """The file is no `Cookies.binarycookies`, or is cut off or damaged as a whole."""


def parse_binary_cookies(data: bytes, domains: tuple[str, ...]) -> Iterator[FoundCookie]:
    """Give the cookies of normalised `domains` and below; the values of others are not looked at.

    Raises BinaryCookiesError before the first one if a page does not fit the file.
    """
    pages = _pages(data)
    left = _MOST_COOKIES
    for start, end in pages:
        for record in _records(data[start:end]):
            left -= 1
            if left < 0:
                return
            cookie = _cookie(record, domains)
            if cookie is not None:
                yield cookie


def _pages(data: bytes) -> list[tuple[int, int]]:
    if data[:4] != b"cook" or len(data) < 8:
        raise BinaryCookiesError
    count = int.from_bytes(data[4:8], "big")
    position = 8 + 4 * count
    if count > _MOST_PAGES or position > len(data):
        raise BinaryCookiesError
    pages = []
    for size in struct.unpack_from(f">{count}I", data, 8):
        pages.append((position, position + size))
        position += size
        if position > len(data) or size < 12 or data[position - size : position - size + 4] != _PAGE_HEAD:
            raise BinaryCookiesError
    return pages


def _records(page: bytes) -> Iterator[bytes]:
    count = int.from_bytes(page[4:8], "little")
    for index in range(min(count, (len(page) - 8) // 4)):
        (offset,) = struct.unpack_from("<I", page, 8 + 4 * index)
        size = int.from_bytes(page[offset : offset + 4], "little")
        if _SHORTEST_RECORD <= size <= _LONGEST_RECORD and offset + size <= len(page):
            yield page[offset : offset + size]


def _cookie(record: bytes, domains: tuple[str, ...]) -> FoundCookie | None:
    flags = int.from_bytes(record[8:12], "little")
    offsets = struct.unpack_from("<4I", record, 16)
    domain = _text(record, offsets[0])
    if domain is None or not is_within(normalise_domain(domain), domains):
        return None
    name, path, value = (_text(record, offset) for offset in offsets[1:])
    (expiry,) = struct.unpack_from("<d", record, 40)
    if name is None or path is None or value is None or math.isnan(expiry):
        return None
    return make_cookie(
        name,
        value,
        domain,
        path,
        secure=bool(flags & _SECURE),
        expires_at=expiry_moment(expiry + _SECONDS_TO_2001) if expiry > 0 else None,
    )


def _text(record: bytes, offset: int) -> str | None:
    end = record.find(b"\0", offset)
    if offset < _SHORTEST_RECORD or end < 0:
        return None
    try:
        return record[offset:end].decode("utf-8")
    except UnicodeDecodeError:
        return None
