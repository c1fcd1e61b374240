"""An address goes over the wire as it was written: nothing is encoded again, nothing is decoded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable

    from codexbar_qt.adapters.http_client import AiohttpClient


async def empty(server: Any, writer: asyncio.StreamWriter, head: bytes) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
    await writer.drain()


@pytest.mark.parametrize(
    "target",
    [
        "/api/trpc/user.getA,pass.getState,user.getB?batch=1&input=%7B%220%22%3A%7B%22json%22%3Anull%7D%2C%221%22%7D",
        "/a,b%2Cc?x=%2c&y=1,2&z=%20+",
        "/%7Euser/~user/(1)!$&'*;=:@?q=a/b?c",
        "/plain",
    ],
)
async def test_the_target_is_sent_as_written(
    client: AiohttpClient, serve: Callable[..., Awaitable[Any]], target: str
) -> None:
    server = await serve(empty)
    answer = await client.get(server.url + target, service="Acme")
    assert answer.status == 200
    assert server.heads[0].split(b"\r\n")[0] == f"GET {target} HTTP/1.1".encode()
