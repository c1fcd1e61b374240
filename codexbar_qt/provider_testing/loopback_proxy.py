"""A proxy on 127.0.0.1 that is every server of the world: it answers from a list and remembers what it was asked.

A program started with `HTTPS_PROXY` set to `url` and `SSL_CERT_FILE` to the authority behind
`ssl_context_for` believes that it talks to the real hosts:

    answers = {("GET", "https://api.example.com/v1/usage"): [ProxyAnswer(200, body=b"{}")]}
    with LoopbackProxy(answers, ssl_context_for=authority.context_for) as proxy:
        run(env={"HTTPS_PROXY": proxy.url, "SSL_CERT_FILE": authority.path})
        assert not proxy.unexpected
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from codexbar_qt.provider_testing.loopback_messages import (
    MAX_HEADER_BYTES,
    READ_SECONDS,
    ProxyAnswer,
    ProxyRequest,
    close_gently,
    read_request,
    write_answer,
)

if TYPE_CHECKING:
    import ssl
    from types import TracebackType

__all__ = ["UNEXPECTED_STATUS", "LoopbackProxy", "ProxyAnswer", "ProxyRequest"]

UNEXPECTED_STATUS = 599
_STOP_SECONDS = 5.0
# asyncio takes this many turns from an accepted socket to a call of `_accept`; a server closed earlier leaves it open.
_TURNS_OF_ACCEPT = 3

AnswerKey = tuple[str, str]
Handler = Callable[[ProxyRequest], ProxyAnswer | None]
Answers = Mapping[AnswerKey, Sequence[ProxyAnswer]] | Handler


class LoopbackProxy:
    """Speaks plain proxy HTTP and CONNECT, where it ends TLS itself with `ssl_context_for(host)`.

    `answers` maps (method, absolute URL) to the answers in order, or is a function that returns one or None;
    it runs on the proxy's thread. An unknown request gets status 599 and stands in `unexpected`.
    `ssl_context_for` may raise LookupError for a host that shall be unreachable: CONNECT is answered with
    502. With `login` ("user:password" in base64) every request must carry it. Lists may be read while the
    proxy runs.
    """

    def __init__(
        self,
        answers: Answers,
        *,
        ssl_context_for: Callable[[str], ssl.SSLContext] | None = None,
        login: str = "",
    ) -> None:
        self._handler = answers if callable(answers) else None
        self._queues = {} if callable(answers) else {key: list(queue) for key, queue in answers.items()}
        self._ssl_context_for = ssl_context_for
        self._login = login
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._leave: asyncio.Event | None = None
        self._connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._started = threading.Event()
        self._failures: list[BaseException] = []
        self.port = 0
        self.requests: list[ProxyRequest] = []
        self.unexpected: list[ProxyRequest] = []
        self.tunnels: list[str] = []

    @property
    def url(self) -> str:
        """The address for HTTP_PROXY and HTTPS_PROXY."""
        return f"http://127.0.0.1:{self.port}"

    def unused(self) -> list[AnswerKey]:
        """Keys of answers nobody asked for; those with `repeat` are left out."""
        return [key for key, queue in self._queues.items() for answer in queue if not answer.repeat]

    def start(self) -> Self:
        """Listen on a free port; returns when connections are accepted. Raises OSError when that fails."""
        self._started.clear()
        self._thread = threading.Thread(target=self._run, name="loopback-proxy", daemon=True)
        self._thread.start()
        self._started.wait()
        self._raise_failure()
        return self

    def stop(self) -> None:
        """Drop all connections and stop listening; does nothing when stopped.

        Raises what the function in `answers` raised, if it did, and RuntimeError when the proxy hangs.
        """
        thread, self._thread = self._thread, None
        if thread is None:
            return
        if self._loop is not None and self._leave is not None:
            with suppress(RuntimeError):  # it has stopped by itself
                self._loop.call_soon_threadsafe(self._leave.set)
        thread.join(_STOP_SECONDS)
        if thread.is_alive():
            raise RuntimeError("the loopback proxy did not stop")
        self._raise_failure()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.stop()
        else:
            with suppress(Exception):  # what happened in the block matters more
                self.stop()

    def _raise_failure(self) -> None:
        failures, self._failures = self._failures, []
        if failures:
            raise failures[0]

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except OSError as error:
            self._failures.append(error)
        finally:
            self._loop = None
            self._started.set()

    async def _serve(self) -> None:
        leave = self._leave = asyncio.Event()
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=MAX_HEADER_BYTES)
        self.port = server.sockets[0].getsockname()[1]
        self._loop = asyncio.get_running_loop()
        self._started.set()
        await leave.wait()
        for _ in range(_TURNS_OF_ACCEPT):
            await asyncio.sleep(0)
        server.close()
        open_connections = list(self._connections)
        for task in open_connections:
            task.cancel()
        await asyncio.gather(*open_connections, return_exceptions=True)
        await asyncio.sleep(0)  # lets aborted connections close their sockets

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Not a coroutine: a connection must be known from its first moment, or a stop in the next one misses it.
        task = asyncio.ensure_future(self._serve_connection(reader, writer))
        self._connections[task] = writer
        task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[None]) -> None:
        writer = self._connections.pop(task)  # named, because a writer that goes before its transport complains
        writer.transport.abort()
        failure = None if task.cancelled() else task.exception()
        if failure is not None:
            self._failures.append(failure)

    async def _serve_connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, EOFError, ValueError, asyncio.LimitOverrunError):
            await self._converse(reader, writer)
            await close_gently(writer)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until either side ends it."""
        authority = ""
        while True:
            request = await read_request(reader, authority)
            if not authority and not self._may_pass(request):
                await write_answer(writer, request, ProxyAnswer(407, {"Proxy-Authenticate": "Basic"}))
            elif request.method == "CONNECT":
                if not await self._open_tunnel(request.url, writer):
                    return
                authority = request.url
            elif not await write_answer(writer, request, await self._answer(request)):
                return

    def _may_pass(self, request: ProxyRequest) -> bool:
        return not self._login or request.headers.get("proxy-authorization") == f"Basic {self._login}"

    async def _open_tunnel(self, authority: str, writer: asyncio.StreamWriter) -> bool:
        """Take the place of the server at `authority` ("host:port"); False when there is none."""
        self.tunnels.append(authority)
        try:
            if self._ssl_context_for is None:
                raise LookupError
            context = self._ssl_context_for(authority.rpartition(":")[0].strip("[]"))
        except LookupError:
            writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
            return False
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await writer.drain()
        await writer.start_tls(context, ssl_handshake_timeout=READ_SECONDS)
        return True

    async def _answer(self, request: ProxyRequest) -> ProxyAnswer:
        self.requests.append(request)
        answer = self._handler(request) if self._handler else self._recorded(request)
        if answer is None:
            self.unexpected.append(request)
            told = f"no answer is recorded for {request.method} {request.url}"
            return ProxyAnswer(UNEXPECTED_STATUS, body=told.encode())
        if answer.delay_seconds:
            await asyncio.sleep(answer.delay_seconds)
        return answer

    def _recorded(self, request: ProxyRequest) -> ProxyAnswer | None:
        queue = self._queues.get((request.method, request.url))
        if not queue:
            return None
        return queue[0] if queue[0].repeat else queue.pop(0)
