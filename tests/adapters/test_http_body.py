"""Bodies are decoded within their limits."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from typing import TYPE_CHECKING

import brotli  # type: ignore[import-untyped]  # ships no types
import pytest

from codexbar_qt.adapters.http_body import PIECE_BYTES, BodyBrokenError, BodyTooLargeError, read_body

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

TEXT = bytes(range(256)) * 1200  # more than four pieces
NOISE = b"".join(zlib.crc32(i.to_bytes(4, "big")).to_bytes(4, "big") for i in range(60_000))
LIMIT = 8 * 1024 * 1024


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


async def cut(data: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


PACKED = {
    "": lambda data: data,
    "identity": lambda data: data,
    "gzip": gzip.compress,
    "X-GZIP": gzip.compress,
    "deflate": zlib.compress,
    " Deflate ": raw_deflate,
    "br": brotli.compress,
}


@pytest.mark.parametrize("size", [1, 7, 1000, 65536, 10**7])
@pytest.mark.parametrize("coding", list(PACKED))
async def test_round_trip(coding: str, size: int) -> None:
    for data in (b"x", TEXT[:5000] if size < 8 else TEXT, b"" if coding else b"y", NOISE[:3000] if size < 8 else NOISE):
        assert await read_body(cut(PACKED[coding](data), size), coding, LIMIT) == data


@pytest.mark.parametrize("coding", list(PACKED))
async def test_nothing_at_all_is_an_empty_body(coding: str) -> None:
    assert await read_body(cut(b"", 1), coding, LIMIT) == b""


async def test_several_members_and_padding() -> None:
    packed = gzip.compress(b"one ") + gzip.compress(b"two") + b"\0" * 100
    for size in (1, 3, 1000):
        assert await read_body(cut(packed, size), "gzip", LIMIT) == b"one two"


@pytest.mark.parametrize("coding", [name for name in PACKED if name not in {"", "identity"}])
async def test_cut_off(coding: str) -> None:
    packed = PACKED[coding](TEXT)
    for kept in (1, len(packed) // 2, len(packed) - 1):
        with pytest.raises(BodyBrokenError):
            await read_body(cut(packed[:kept], 1000), coding, LIMIT)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, br", "nonsense"])
async def test_not_what_it_says(coding: str) -> None:
    with pytest.raises(BodyBrokenError):
        await read_body(cut(b"\xff\xfe plain text \x00\x01" * 50, 1000), coding, LIMIT)


@pytest.mark.parametrize("coding", list(PACKED))
async def test_the_limit_counts_decoded_bytes(coding: str) -> None:
    packed = PACKED[coding](TEXT)
    assert len(await read_body(cut(packed, 1000), coding, len(TEXT))) == len(TEXT)
    with pytest.raises(BodyTooLargeError):
        await read_body(cut(packed, 1000), coding, len(TEXT) - 1)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
async def test_a_bomb_is_given_up_early(coding: str) -> None:
    packed = PACKED[coding](b"\0" * (32 * 1024 * 1024))
    read = 0

    async def counted() -> AsyncIterator[bytes]:
        nonlocal read
        async for chunk in cut(packed, 256):
            read += len(chunk)
            yield chunk

    with pytest.raises(BodyTooLargeError):
        await read_body(counted(), coding, 256 * 1024)
    assert read < len(packed) / 2 or read <= 256


async def test_endless_input_that_decodes_to_nothing() -> None:
    member, read = gzip.compress(b""), 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += len(member) * 100
            yield member * 100

    with pytest.raises(BodyTooLargeError):
        await read_body(endless(), "gzip", 1000)
    assert read < 2 * (1000 + PIECE_BYTES)


async def test_a_crowd_of_empty_members_leaves_the_loop_its_turn() -> None:
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    await asyncio.sleep(0)
    assert await read_body(cut(gzip.compress(b"") * 800, 10**7), "gzip", LIMIT) == b""
    counting.cancel()
    assert turns >= 50
