"""The HTTP that the loopback proxy speaks: one request read, one answer written, both bounded."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_HEADER_BYTES = 64 * 1024
READ_SECONDS = 60.0
_MAX_BODY_BYTES = 16 * 1024 * 1024
_PHRASES = {status.value: status.phrase for status in HTTPStatus}


@dataclass(frozen=True, slots=True)
class ProxyRequest:
    """One request as it arrived; header names are lower case, `url` is absolute, `headers` those of the client."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class ProxyAnswer:
    """What is sent back, once unless `repeat`.

    Content-Length is added when `headers` lack it. `delay_seconds` passes first. With `cut_after` the
    connection ends after that many bytes of the body; -1 ends it before the status line.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""
    repeat: bool = False
    delay_seconds: float = 0.0
    cut_after: int | None = None


async def read_request(reader: asyncio.StreamReader, authority: str) -> ProxyRequest:
    """Read one request; inside a tunnel to `authority` its address is made absolute.

    Raises EOFError at the end of the connection, ValueError for something that is not HTTP or too large,
    TimeoutError.
    """
    async with asyncio.timeout(READ_SECONDS):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head[:-4].split("\r\n")
        method, target, _version = first.split(" ")
        pairs = (line.partition(":") for line in lines)
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        length = int(headers.get("content-length", "0"))
        if "transfer-encoding" in headers or not 0 <= length <= _MAX_BODY_BYTES:
            raise ValueError("only bodies with a length are read")
        body = await reader.readexactly(length)
    if authority:
        target = f"https://{authority.removesuffix(':443')}{target}"
    return ProxyRequest(method, target, headers, body)


async def write_answer(writer: asyncio.StreamWriter, request: ProxyRequest, answer: ProxyAnswer) -> bool:
    """Send `answer`; whether the connection goes on."""
    phrase = _PHRASES.get(answer.status, "Unknown")
    head = [f"HTTP/1.1 {answer.status} {phrase}"]
    head += [f"{name}: {value}" for name, value in answer.headers.items()]
    if not {"content-length", "transfer-encoding"} & {name.lower() for name in answer.headers}:
        head.append(f"Content-Length: {len(answer.body)}")
    data = "\r\n".join([*head, "", ""]).encode("latin-1")
    if answer.cut_after is None or answer.cut_after >= 0:
        writer.write(data)
    if request.method != "HEAD":
        writer.write(answer.body if answer.cut_after is None else answer.body[: max(answer.cut_after, 0)])
    await writer.drain()
    return answer.cut_after is None and request.headers.get("connection", "").lower() != "close"


async def close_gently(writer: asyncio.StreamWriter) -> None:
    """Send what is left to send, but wait no longer than a moment for a peer that does not read."""
    writer.close()
    with suppress(TimeoutError):
        async with asyncio.timeout(1.0):
            await writer.wait_closed()
