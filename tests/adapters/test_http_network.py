"""Real connections to servers on this machine: what goes wrong, what is said, and what must not be said."""

from __future__ import annotations

import asyncio
import gzip
import logging
import socket
import ssl
import struct
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import brotli  # type: ignore[import-untyped]  # ships no types
import pytest

from codexbar_qt.adapters.http_limits import HttpLimits
from codexbar_qt.provider_api import HttpRequest, ParseError, ProviderError, RequestRefused, Secret, ServiceUnavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from codexbar_qt.adapters.http_client import AiohttpClient

    Serve = Callable[..., Awaitable[Any]]
    MakeClient = Callable[..., AiohttpClient]

HIDDEN = ("test-key-1", "hidden-query", "hidden-body", "hidden-path")
HEADERS: dict[str, str | Secret] = {"Authorization": Secret("Bearer test-key-1"), "X-Plain": "test-key-1"}


def answer(body: bytes = b"{}", *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    """The bytes of one answer."""
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers]
    return "\r\n".join([*head, "", ""]).encode() + body


def writes(data: bytes, *, then_close: bool = False) -> Callable[..., Awaitable[None]]:
    """A script that answers every request with `data`."""

    async def script(server: Any, writer: asyncio.StreamWriter, head: bytes) -> None:
        writer.write(data)
        await writer.drain()
        if then_close:
            writer.close()

    return script


async def stall(server: Any, writer: asyncio.StreamWriter, head: bytes) -> None:
    """A script that never answers."""
    await asyncio.Event().wait()


async def stall_in_body(server: Any, writer: asyncio.StreamWriter, head: bytes) -> None:
    """A script that stops in the middle."""
    writer.write(answer(b"{", length=100))
    await writer.drain()
    await asyncio.Event().wait()


async def reset(server: Any, writer: asyncio.StreamWriter, head: bytes) -> None:
    """A script that answers with a TCP reset."""
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def ask(client: AiohttpClient, origin: str, **options: Any) -> bytes:
    """Send a request full of things that must not show up anywhere."""
    url = f"{origin}/hidden-path?token=hidden-query"
    request = HttpRequest("POST", url, "Acme", HEADERS, b'{"a":"hidden-body"}', **options)
    return (await client.send(request)).body


async def failure(
    client: AiohttpClient, origin: str, caplog: pytest.LogCaptureFixture, **options: Any
) -> ProviderError:
    """Return what `ask` raises, after proving that it and the log keep their mouths shut."""
    caplog.set_level(logging.DEBUG)
    with pytest.raises(ProviderError) as caught:
        await ask(client, origin, **options)
    error = caught.value
    assert error.__cause__ is None
    assert error.__context__ is None
    for text in (str(error), repr(error), caplog.text):
        assert not [word for word in HIDDEN if word in text]
    assert any("POST" in record.getMessage() for record in caplog.records if record.name.startswith("codexbar_qt"))
    return error


def told(error: ProviderError) -> str:
    """The clause between the fixed parts of the sentence."""
    start, end = "Acme network error: ", ". Check the connection."
    assert error.message.startswith(start)
    assert error.message.endswith(end)
    return error.message.removeprefix(start).removesuffix(end)


async def test_an_exchange_over_tls(client: AiohttpClient, serve: Serve, authority: Any) -> None:
    server = await serve(writes(answer(b'{"left":5}', "X-A: 1", "x-a: 2")), authority.context_for("localhost"))
    got = await client.get(f"{server.url}/v1?a=%2F&b=c+d", service="Acme", headers=HEADERS)
    assert got.json()["left"].integer() == 5
    assert got.headers["x-a"] == "1, 2"
    head = server.heads[0].decode()
    assert head.startswith("GET /v1?a=%2F&b=c+d HTTP/1.1\r\n")
    for line in ("Authorization: Bearer test-key-1", "User-Agent: CodexBar/0", "Accept-Encoding: gzip, deflate, br"):
        assert line in head


@pytest.mark.parametrize(
    ("names", "not_after", "clause"),
    [
        (("other.test",), None, "the certificate of localhost is for another name"),
        (("localhost",), datetime(2020, 1, 1, tzinfo=UTC), "the certificate of localhost has expired"),
    ],
)
async def test_wrong_certificates(
    client: AiohttpClient,
    serve: Serve,
    authority: Any,
    caplog: pytest.LogCaptureFixture,
    names: tuple[str, ...],
    not_after: datetime | None,
    clause: str,
) -> None:
    server = await serve(writes(answer()), authority.issue(*names, not_after=not_after))
    error = await failure(client, server.url, caplog)
    assert isinstance(error, ServiceUnavailable)
    assert (error.reason, told(error)) == ("tls", clause)
    assert not server.heads


async def test_a_self_signed_certificate(
    client: AiohttpClient, serve: Serve, self_signed: ssl.SSLContext, caplog: pytest.LogCaptureFixture
) -> None:
    server = await serve(writes(answer()), self_signed)
    error = await failure(client, server.url, caplog)
    assert told(error) == "the certificate of localhost is self-signed"
    assert not server.heads


async def test_an_unknown_authority(
    make_client: MakeClient, serve: Serve, authority: Any, stranger: Any, caplog: pytest.LogCaptureFixture
) -> None:
    server = await serve(writes(answer()), authority.context_for("localhost"))
    client = make_client({"SSL_CERT_FILE": str(stranger.path)})
    error = await failure(client, server.url, caplog)
    assert told(error) == "the certificate of localhost is not trusted"
    assert not server.heads


async def test_the_systems_store_does_not_trust_a_stranger(
    make_client: MakeClient, serve: Serve, authority: Any, caplog: pytest.LogCaptureFixture
) -> None:
    server = await serve(writes(answer()), authority.context_for("localhost"))
    error = await failure(make_client({"SSL_CERT_FILE": ""}), server.url, caplog)
    assert "certificate of localhost" in told(error)


async def test_tls_is_1_2_or_newer(
    client: AiohttpClient, serve: Serve, authority: Any, caplog: pytest.LogCaptureFixture
) -> None:
    old, new = authority.issue("localhost"), authority.issue("localhost")
    new.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.warns(DeprecationWarning):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")
    assert await ask(client, (await serve(writes(answer()), new)).url) == b"{}"
    server = await serve(writes(answer()), old)
    error = await failure(client, server.url, caplog)
    assert isinstance(error, ServiceUnavailable)
    assert error.reason in {"tls", "reset"}  # the server may hang up before its alert is out
    assert not server.heads


async def test_a_server_without_tls(client: AiohttpClient, caplog: pytest.LogCaptureFixture) -> None:
    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 ready\r\n")
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        error = await failure(client, f"https://localhost:{port}", caplog)
    assert told(error) == "no secure connection to localhost could be made"


async def test_a_name_that_does_not_exist(client: AiohttpClient, caplog: pytest.LogCaptureFixture) -> None:
    error = await failure(client, "https://nowhere.invalid", caplog)
    assert isinstance(error, ServiceUnavailable)
    assert (error.reason, told(error)) == ("dns", "the name nowhere.invalid was not found")


async def test_a_look_up_that_hangs(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ended = threading.Event()

    def hang(*_: object) -> list[object]:
        ended.wait(60)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    client = make_client(limits=HttpLimits(connect_seconds=0.1))
    error = await failure(client, "https://slow.invalid", caplog)
    await client.close()
    ended.set()
    assert isinstance(error, ServiceUnavailable)
    assert (error.reason, told(error)) == ("timeout", "slow.invalid could not be reached within 0.1 seconds")


async def test_a_look_up_without_result(
    client: AiohttpClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: [])
    error = await failure(client, "https://empty.invalid", caplog)
    assert told(error) == "the name empty.invalid was not found"


async def test_an_impossible_name(client: AiohttpClient, caplog: pytest.LogCaptureFixture) -> None:
    error = await failure(client, f"https://{'a' * 70}.invalid", caplog)
    assert error.message in {
        "The address for Acme cannot be used. Check it in Settings.",
        f"Acme network error: the name {'a' * 70}.invalid was not found. Check the connection.",
    }


async def test_nobody_listens(client: AiohttpClient, free_port: int, caplog: pytest.LogCaptureFixture) -> None:
    error = await failure(client, f"http://127.0.0.1:{free_port}", caplog)
    assert isinstance(error, ServiceUnavailable)
    assert (error.reason, told(error)) == ("connect", "127.0.0.1 refused the connection")


@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize("script", [stall, stall_in_body])
async def test_too_slow_as_a_whole(
    client: AiohttpClient, serve: Serve, authority: Any, caplog: pytest.LogCaptureFixture, script: Any, tls: bool
) -> None:
    server = await serve(script, authority.context_for("localhost") if tls else None)
    error = await failure(client, server.url, caplog, timeout=0.5)
    assert isinstance(error, ServiceUnavailable)
    assert (error.reason, told(error)) == ("timeout", "localhost did not answer within 0.5 seconds")


@pytest.mark.parametrize("script", [stall, stall_in_body])
async def test_silence(make_client: MakeClient, serve: Serve, caplog: pytest.LogCaptureFixture, script: Any) -> None:
    server = await serve(script)
    error = await failure(make_client(limits=HttpLimits(idle_seconds=0.3)), server.url, caplog, timeout=60)
    assert isinstance(error, ServiceUnavailable)
    assert (error.reason, told(error)) == ("timeout", "localhost stayed silent for 0.3 seconds")


@pytest.mark.parametrize(
    ("script", "clause"),
    [
        (reset, "localhost closed the connection without an answer"),
        (writes(b"", then_close=True), "localhost closed the connection without an answer"),
        (writes(b"HTTP/1.1 200 O", then_close=True), "localhost closed the connection without an answer"),
        (
            writes(answer(b"x", length=9), then_close=True),
            "localhost closed the connection before the answer was complete",
        ),
        (
            writes(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", then_close=True),
            "localhost closed the connection before the answer was complete",
        ),
        (writes(b"SSH-2.0-Server\r\n\r\n", then_close=True), "localhost answered with something that is not HTTP"),
        (
            writes(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70000 + b"\r\n\r\n"),
            "localhost answered with something that is not HTTP",
        ),
        (writes(answer(b"", *["X: 1"] * 500)), "localhost answered with something that is not HTTP"),
    ],
)
async def test_broken_answers(
    client: AiohttpClient, serve: Serve, caplog: pytest.LogCaptureFixture, script: Any, clause: str
) -> None:
    server = await serve(script)
    error = await failure(client, server.url, caplog)
    assert isinstance(error, ServiceUnavailable)
    assert (error.reason, told(error)) == ("reset", clause)
    assert len(server.heads) == 1  # a POST is never sent twice


@pytest.mark.parametrize(
    ("data", "clause"),
    [
        (answer(b"x" * 10 * 1024**2), "more than 8 MB, so the answer was not read"),
        (
            b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * 10 * 1024**2,
            "more than 8 MB, so the answer was not read",
        ),
        (
            answer(gzip.compress(b"\0" * 10 * 1024**2), "Content-Encoding: gzip"),
            "more than 8 MB, so the answer was not read",
        ),
        (
            answer(brotli.compress(b"\0" * 10 * 1024**2), "Content-Encoding: br"),
            "more than 8 MB, so the answer was not read",
        ),
        (answer(gzip.compress(b"hidden-body")[:-5], "Content-Encoding: gzip"), "data that could not be unpacked"),
        (answer(b"hidden-body", "Content-Encoding: gzip"), "data that could not be unpacked"),
        (answer(b"hidden-body", "Content-Encoding: zstd"), "data that could not be unpacked"),
    ],
    ids=["announced", "unannounced", "gzip bomb", "brotli bomb", "cut gzip", "no gzip", "unknown coding"],
)
async def test_unreadable_bodies(
    client: AiohttpClient, serve: Serve, caplog: pytest.LogCaptureFixture, data: bytes, clause: str
) -> None:
    server = await serve(writes(data, then_close=True))
    error = await failure(client, server.url, caplog)
    assert isinstance(error, ParseError)
    assert error.message == f"Acme answered with {clause}. Report it if it stays."


@pytest.mark.parametrize(("coding", "pack"), [("gzip", gzip.compress), ("br", brotli.compress)])
async def test_compressed_answers(
    client: AiohttpClient, serve: Serve, coding: str, pack: Callable[[bytes], bytes]
) -> None:
    text = b'{"left": 5}' * 50_000
    server = await serve(writes(answer(pack(text), f"Content-Encoding: {coding}")))
    assert await ask(client, server.url) == text


async def test_long_headers_of_real_sites_pass(client: AiohttpClient, serve: Serve) -> None:
    server = await serve(writes(answer(b"{}", "Content-Security-Policy: " + "x" * 20_000)))
    assert await ask(client, server.url) == b"{}"


async def test_cookies_are_not_kept_and_not_complained_about(client: AiohttpClient, serve: Serve) -> None:
    server = await serve(writes(answer(b"{}", "Set-Cookie: session=1; Path=/", "Set-Cookie: a@b,c=[1]; Path=/")))
    await ask(client, server.url)
    await ask(client, server.url)
    assert len(server.heads) == 2
    assert not any(b"cookie" in head.lower() for head in server.heads)


async def test_secrets_stay_with_the_first_host(client: AiohttpClient, serve: Serve, authority: Any) -> None:
    second = await serve(writes(answer(b"landed")), authority.context_for("localhost"))
    first = await serve(
        writes(answer(b"", f"Location: {second.url}/next", status="302 Found")), authority.context_for("localhost")
    )
    headers = {"Authorization": HEADERS["Authorization"], "X-Kept": "yes"}
    got = await client.get(first.url, service="Acme", headers=headers)
    assert got.body == b"landed"
    assert b"test-key-1" in first.heads[0]
    assert b"test-key-1" not in second.heads[0]
    assert b"X-Kept: yes" in second.heads[0]
    assert f"Host: localhost:{second.port}".encode() in second.heads[0]


async def test_a_body_stays_with_the_first_host(
    client: AiohttpClient, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    second = await serve(writes(answer()))
    first = await serve(writes(answer(b"", f"Location: {second.url}", status="307 Temporary Redirect")))
    with pytest.raises(RequestRefused, match="nothing was sent there") as caught:
        await ask(client, first.url)
    assert caught.value.status == 307
    assert not second.connections
