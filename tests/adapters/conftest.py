"""Loopback servers and clients for the tests of the HTTP adapter."""

from __future__ import annotations

import asyncio
import socket
import ssl
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from codexbar_qt.adapters.http_client import AiohttpClient
from codexbar_qt.provider_testing.loopback_proxy import LoopbackProxy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
    from pathlib import Path

    from codexbar_qt.adapters.http_limits import HttpLimits
    from codexbar_qt.provider_testing.loopback_proxy import Answers
    from tests.conftest import Authority

NOW = datetime(2025, 3, 1, 12, 0, tzinfo=UTC)


class RawServer:
    """Writes what a script says after each request head; remembers the heads."""

    def __init__(self, script: Callable[[RawServer, asyncio.StreamWriter, bytes], Awaitable[None]]) -> None:
        self._script = script
        self._tasks: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._server: asyncio.Server | None = None
        self.heads: list[bytes] = []
        self.connections = 0
        self.port = 0
        self.scheme = "http"

    @property
    def url(self) -> str:
        return f"{self.scheme}://localhost:{self.port}"

    async def start(self, context: ssl.SSLContext | None = None) -> None:
        self.scheme = "https" if context else "http"
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._tasks[task] = writer
        task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[None]) -> None:
        writer = self._tasks.pop(task)
        writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, EOFError):
            while not writer.is_closing():
                head = await reader.readuntil(b"\r\n\r\n")
                self.heads.append(head)
                await self._script(self, writer, head)
                await writer.drain()

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)


@pytest.fixture
def self_signed(tmp_path: Path) -> ssl.SSLContext:
    """A server context whose certificate for localhost vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(datetime(2020, 1, 1, tzinfo=UTC)).not_valid_after(
        datetime(2100, 1, 1, tzinfo=UTC)
    )
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    pem = builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "self.pem").write_bytes(private + pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "self.pem")
    return context


@pytest.fixture
def free_port() -> Iterator[int]:
    """A port on 127.0.0.1 at which nobody listens, taken so that nobody else gets it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.fixture
async def make_client(authority: Authority) -> AsyncIterator[Callable[..., AiohttpClient]]:
    """Makes clients with an own environment; they are closed at the end."""
    made: list[AiohttpClient] = []

    def make(env: dict[str, str] | None = None, limits: HttpLimits | None = None) -> AiohttpClient:
        variables = {"SSL_CERT_FILE": str(authority.path), **(env or {})}
        client = AiohttpClient(env=variables.get, now=lambda: NOW, user_agent="CodexBar/0", limits=limits)
        made.append(client)
        return client

    yield make
    for client in made:
        await client.close()


@pytest.fixture
def client(make_client: Callable[..., AiohttpClient]) -> AiohttpClient:
    """A client that trusts the authority and knows no proxy."""
    return make_client()


@pytest.fixture
async def serve() -> AsyncIterator[Callable[..., Awaitable[RawServer]]]:
    """Starts raw servers; they stop at the end."""
    servers: list[RawServer] = []

    async def start(
        script: Callable[[RawServer, asyncio.StreamWriter, bytes], Awaitable[None]],
        context: ssl.SSLContext | None = None,
    ) -> RawServer:
        server = RawServer(script)
        await server.start(context)
        servers.append(server)
        return server

    yield start
    for server in servers:
        await server.stop()


@pytest.fixture
def start_proxy(authority: Authority) -> Iterator[Callable[..., LoopbackProxy]]:
    """Starts loopback proxies whose certificates the clients trust; they stop at the end."""
    proxies: list[LoopbackProxy] = []

    def start(answers: Answers, *, login: str = "") -> LoopbackProxy:
        proxy = LoopbackProxy(answers, ssl_context_for=authority.context_for, login=login)
        proxies.append(proxy)
        return proxy.start()

    yield start
    for proxy in proxies:
        proxy.stop()
