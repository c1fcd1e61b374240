"""Waits on this machine for the one request with which a browser comes back from a sign-in page."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_MOST_REQUEST_BYTES = 16 * 1024
_MOST_FIELDS = 32
_MOST_CONNECTIONS = 8
_REQUEST_SECONDS = 5.0
_ADDRESS = "127.0.0.1"
_SIGNED_IN = "Signed in. You can close this tab."
_NOT_SIGNED_IN = "The sign-in was not completed. You can close this tab."
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>CodexBar</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<style>body{font:1.1rem system-ui,sans-serif;margin:20vh auto;max-width:26rem;padding:0 1rem;text-align:center}</style>
</head><body><h1>CodexBar</h1><p>%s</p></body></html>
"""
_HEADERS = (
    "Content-Type: text/html; charset=utf-8",
    "Cache-Control: no-store",
    "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'",
    "Referrer-Policy: no-referrer",
    "X-Content-Type-Options: nosniff",
    "Connection: close",
)


class RedirectListener:
    """Answers the first GET of `path` with a page, everything else with 404. Made by `listen`."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._port = 0
        self._came_back: asyncio.Future[dict[str, str]] = asyncio.get_running_loop().create_future()
        self._taken = False
        self._tasks: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    @property
    def url(self) -> str:
        """Where the sign-in page has to send the browser to."""
        return f"http://{_ADDRESS}:{self._port}{self._path}"

    @property
    def has_answer(self) -> bool:
        """Whether the browser has come back."""
        return self._came_back.done()

    async def answer(self) -> dict[str, str]:
        """Wait for the browser and return the query it came with."""
        return await self._came_back

    def start(self, server: asyncio.Server) -> None:
        """Take the port of a server that listens."""
        self._port = server.sockets[0].getsockname()[1]

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a connection, or hang up when there are too many."""
        if len(self._tasks) >= _MOST_CONNECTIONS:
            writer.transport.abort()
            return
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._tasks[task] = writer
        task.add_done_callback(self._ended)

    async def close(self) -> None:
        """Hang up on everybody."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _ended(self, task: asyncio.Task[None]) -> None:
        # What was said is with the system by now; a peer that does not say good-bye is not waited for.
        self._tasks.pop(task).close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, EOFError, asyncio.LimitOverrunError, TimeoutError):
            async with asyncio.timeout(_REQUEST_SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
                query = None if self._taken else self._query_of(head)
                if query is None:
                    writer.write(_response("404 Not Found", "There is nothing here."))
                    await writer.drain()
                    return
                self._taken = True
                try:
                    writer.write(_response("200 OK", _NOT_SIGNED_IN if "error" in query else _SIGNED_IN))
                    await writer.drain()
                finally:
                    # A browser that left before it saw the page has come back all the same.
                    if not self._came_back.done():
                        self._came_back.set_result(query)

    def _query_of(self, head: bytes) -> dict[str, str] | None:
        """Read the request; None for anything but our redirect."""
        try:
            line, *fields = head.decode("ascii").split("\r\n")
            method, target, _ = line.split(" ")
            parts = urlsplit(target)
            query = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
        except ValueError:
            return None
        hosts = [value.strip() for name, _, value in (item.partition(":") for item in fields) if name.lower() == "host"]
        # Another name for this machine in `Host` means that some web page leads the browser here.
        if method != "GET" or parts.path != self._path or hosts != [f"{_ADDRESS}:{self._port}"]:
            return None
        return dict(query)


@asynccontextmanager
async def listen(path: str) -> AsyncIterator[RedirectListener]:
    """Listen on a free port of 127.0.0.1 while the block lasts. Raises OSError when the system does not allow it."""
    listener = RedirectListener(path)
    server = await asyncio.start_server(listener.accept, _ADDRESS, 0, limit=_MOST_REQUEST_BYTES)
    listener.start(server)
    try:
        yield listener
    finally:
        server.close()
        await listener.close()


def _response(status: str, sentence: str) -> bytes:
    body = (_PAGE % sentence).encode()
    lines = (f"HTTP/1.1 {status}", *_HEADERS, f"Content-Length: {len(body)}", "", "")
    return "\r\n".join(lines).encode() + body
