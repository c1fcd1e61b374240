"""Reading an answer within its limits: bytes are counted before and after decompression."""

from __future__ import annotations

import asyncio
import zlib
from typing import TYPE_CHECKING, Protocol

import brotli  # type: ignore[import-untyped]  # ships no types

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

# No step of a decoder makes more than this, so a small bomb cannot grow past the limit by much before it is
# noticed.
PIECE_BYTES = 64 * 1024
_PIECES_PER_TURN = 8
_GZIP, _ZLIB, _RAW = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS


class BodyTooLargeError(Exception):
    """The body is larger than its limit."""


class BodyBrokenError(Exception):
    """The body is not what its Content-Encoding says, or is cut off."""


class _Decoder(Protocol):
    finished: bool

    def feed(self, data: bytes) -> Iterator[bytes]: ...


async def read_body(chunks: AsyncIterator[bytes], coding: str, limit: int) -> bytes:
    """Return the decoded body of at most `limit` bytes; `coding` is the value of Content-Encoding.

    Raises BodyTooLargeError as soon as more arrives, BodyBrokenError for an unknown coding or bad or missing
    data.
    """
    decoder = _decoder_for(coding.strip().lower())
    body, received, pieces = bytearray(), 0, 0
    async for chunk in chunks:
        received += len(chunk)
        if received > limit + PIECE_BYTES:  # compression may add a little to data that does not compress
            raise BodyTooLargeError
        for piece in _guarded(decoder, chunk):
            body += piece
            pieces += 1
            if len(body) > limit:
                raise BodyTooLargeError
            if pieces % _PIECES_PER_TURN == 0:
                await asyncio.sleep(0)
    if received and not decoder.finished:
        raise BodyBrokenError
    return bytes(body)


def _decoder_for(coding: str) -> _Decoder:
    if coding in {"", "identity"}:
        return _Plain()
    if coding in {"gzip", "x-gzip"}:
        return _Zlib(_GZIP)
    if coding == "deflate":
        return _Zlib(_ZLIB)
    if coding == "br":
        return _Brotli()
    raise BodyBrokenError


def _guarded(decoder: _Decoder, chunk: bytes) -> Iterator[bytes]:
    try:
        yield from decoder.feed(chunk)
    except (zlib.error, brotli.error):
        raise BodyBrokenError from None


class _Plain:
    finished = True

    def feed(self, data: bytes) -> Iterator[bytes]:
        yield data


class _Zlib:
    """gzip (several members, trailing padding ignored) and deflate (with or without its zlib header)."""

    def __init__(self, wbits: int) -> None:
        self._wbits = wbits
        self._inflate: zlib._Decompress | None = None
        self.finished = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        more = bool(data)
        while more and not self._is_padding(data):
            inflate = self._inflate or self._begin(data)
            piece = inflate.decompress(data, PIECE_BYTES)
            yield piece  # an empty one too: thousands of empty members would leave the reader no pause
            self.finished = inflate.eof
            if inflate.eof:
                data, self._inflate = inflate.unused_data, None
                more = bool(data)
            else:
                data = inflate.unconsumed_tail
                more = bool(data) or len(piece) == PIECE_BYTES

    def _is_padding(self, data: bytes) -> bool:
        return self.finished and (self._wbits != _GZIP or data[:1] != b"\x1f")

    def _begin(self, data: bytes) -> zlib._Decompress:
        if self._wbits == _ZLIB and data[0] & 0x0F != zlib.DEFLATED:
            self._wbits = _RAW
        self._inflate = zlib.decompressobj(self._wbits)
        return self._inflate


class _Brotli:
    def __init__(self) -> None:
        self._brotli = brotli.Decompressor()
        self.finished = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        piece = self._brotli.process(data, output_buffer_limit=PIECE_BYTES)
        while True:
            yield piece
            self.finished = self._brotli.is_finished()
            # Output may be left although more input is welcome: only an empty piece says that there is none.
            if self.finished or (not piece and self._brotli.can_accept_more_data()):
                return
            piece = self._brotli.process(b"", output_buffer_limit=PIECE_BYTES)
