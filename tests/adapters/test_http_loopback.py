"""Ports of this machine: any certificate, no proxy, no redirect, and nothing else is ever asked."""

from __future__ import annotations

import asyncio
import logging
import os
from typing import TYPE_CHECKING, Any

import pytest

from codexbar_qt.adapters import http_client
from codexbar_qt.adapters.http_limits import HttpLimits
from codexbar_qt.provider_api import (
    HttpRequest,
    InvalidSetting,
    ParseError,
    ProviderError,
    RequestRefused,
    Secret,
    ServiceUnavailable,
)

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable

    from codexbar_qt.adapters.http_client import AiohttpClient
    from codexbar_qt.provider_testing.loopback_proxy import LoopbackProxy

    Serve = Callable[..., Awaitable[Any]]
    MakeClient = Callable[..., AiohttpClient]

PROXY_NAMES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
TOKEN = {"X-Csrf-Token": Secret("test-key-1")}


def saying(body: bytes, status: str = "200 OK", *headers: str) -> Callable[..., Awaitable[None]]:
    """A script that answers every request."""

    async def script(server: Any, writer: asyncio.StreamWriter, head: bytes) -> None:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
        writer.write("\r\n".join(lines).encode() + body)

    return script


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what other tasks do."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - nobody sets an event for it
            await asyncio.sleep(0)


async def silent(server: Any, writer: asyncio.StreamWriter, head: bytes) -> None:
    """A script that never answers."""
    await asyncio.Event().wait()


async def test_a_certificate_that_vouches_for_itself_is_taken_here_alone(
    client: AiohttpClient, serve: Serve, self_signed: ssl.SSLContext
) -> None:
    server = await serve(saying(b'{"left":5}'), self_signed)
    url = f"https://127.0.0.1:{server.port}/api/quota"
    answer = await client.loopback(server.port).post_json(url, {"q": 1}, service="Acme", headers=TOKEN)
    assert (answer.status, answer.json().raw, answer.url) == (200, {"left": 5}, url)
    assert b"X-Csrf-Token: test-key-1" in server.heads[0]
    for place in (url, f"https://localhost:{server.port}/"):
        with pytest.raises(ServiceUnavailable) as caught:
            await client.get(place, service="Acme")
        assert caught.value.reason == "tls"
    assert len(server.heads) == 1


async def test_the_verifying_client_refuses_while_the_other_one_has_a_connection_open(
    client: AiohttpClient, serve: Serve, stranger: Any
) -> None:
    server = await serve(saying(b"{}"), stranger.context_for("127.0.0.1"))
    local, url = client.loopback(server.port), f"https://127.0.0.1:{server.port}/"
    assert (await local.get(url, service="Acme")).status == 200
    with pytest.raises(ServiceUnavailable, match="is not trusted"):
        await client.get(url, service="Acme")
    assert (await local.get(url, service="Acme")).status == 200
    assert (len(server.heads), server.connections) == (2, 1)  # the refused one never got through


async def test_plain_http(client: AiohttpClient, serve: Serve) -> None:
    server = await serve(saying(b"{}", "404 Not Found"))
    answer = await client.loopback(server.port).get(f"http://127.0.0.1:{server.port}/x", service="Acme")
    assert (answer.status, answer.body) == (404, b"{}")


@pytest.mark.parametrize("tls", [False, True])
async def test_no_proxy_of_the_environment_sees_anything(
    make_client: MakeClient,
    start_proxy: Callable[..., LoopbackProxy],
    serve: Serve,
    self_signed: ssl.SSLContext,
    monkeypatch: pytest.MonkeyPatch,
    tls: bool,
) -> None:
    proxy = start_proxy({})
    for name in PROXY_NAMES:
        monkeypatch.setenv(name, proxy.url)
    server = await serve(saying(b"{}"), self_signed if tls else None)
    client = make_client(dict.fromkeys(PROXY_NAMES, proxy.url))
    answer = await client.loopback(server.port).get(f"{server.scheme}://127.0.0.1:{server.port}/", service="Acme")
    assert answer.status == 200
    assert not proxy.requests
    assert not proxy.tunnels
    assert os.environ["HTTPS_PROXY"] == proxy.url


async def test_the_systems_proxy_is_not_even_looked_up(
    client: AiohttpClient, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(origin: object) -> None:
        raise AssertionError(origin)

    monkeypatch.setattr(http_client, "HAS_SYSTEM_PROXIES", True)
    monkeypatch.setattr(http_client, "system_proxy", never)
    monkeypatch.setattr(http_client, "environment_proxy", never)
    server = await serve(saying(b"{}"))
    assert (await client.loopback(server.port).get(f"http://127.0.0.1:{server.port}/", service="Acme")).status == 200


async def test_any_other_place_is_refused_before_anything_is_sent(
    client: AiohttpClient, serve: Serve, authority: Any
) -> None:
    asked, decoy = await serve(saying(b"{}")), await serve(saying(b"{}"), authority.context_for("localhost"))
    local = client.loopback(asked.port)
    places = (
        f"http://127.0.0.1:{decoy.port}/",
        f"https://localhost:{decoy.port}/",
        f"http://localhost:{asked.port}/",
        f"http://[::1]:{asked.port}/",
        f"http://127.0.0.2:{asked.port}/",
        f"http://127.1:{asked.port}/",
        f"http://2130706433:{asked.port}/",
        f"http://127.0.0.1.:{asked.port}/",
        f"http://user@127.0.0.1:{asked.port}/",
        f"http://127.0.0.1:{asked.port}@api.example.com/",
        "http://127.0.0.1/",
        "https://api.example.com/",
        f"ftp://127.0.0.1:{asked.port}/",
        "",
    )
    for place in places:
        with pytest.raises(InvalidSetting):
            await local.get(place, service="Acme", headers=TOKEN)
    assert (asked.connections, decoy.connections) == (0, 0)
    with pytest.raises(InvalidSetting) as caught:
        await local.get("https://api.example.com/hidden-path", service="Acme")
    assert caught.value.message == (
        "Acme was not asked, because its address is not on this machine. Report it if it stays."
    )


@pytest.mark.parametrize("follow", [True, False])
@pytest.mark.parametrize("status", ["301 Moved", "307 Temporary Redirect"])
async def test_a_redirect_is_refused(client: AiohttpClient, serve: Serve, status: str, follow: bool) -> None:
    decoy = await serve(saying(b"{}"))
    server = await serve(saying(b"", status, f"Location: http://127.0.0.1:{decoy.port}/"))
    request = HttpRequest("GET", f"http://127.0.0.1:{server.port}/", "Acme", TOKEN, follow_redirects=follow)
    with pytest.raises(RequestRefused) as caught:
        await client.loopback(server.port).send(request)
    assert caught.value.status == int(status[:3])
    assert (server.connections, decoy.connections) == (1, 0)


async def test_a_port_that_never_answers_is_given_up(make_client: MakeClient, serve: Serve) -> None:
    server = await serve(silent)
    request = HttpRequest("GET", f"http://127.0.0.1:{server.port}/", "Acme", timeout=0.2)
    with pytest.raises(ServiceUnavailable) as caught:
        await make_client().loopback(server.port).send(request)
    assert caught.value.reason == "timeout"
    idle = make_client(limits=HttpLimits(idle_seconds=0.2))
    with pytest.raises(ServiceUnavailable, match="stayed silent"):
        await idle.loopback(server.port).get(request.url, service="Acme")


async def test_a_handshake_that_never_ends_is_given_up(make_client: MakeClient, serve: Serve) -> None:
    server = await serve(silent)
    client = make_client(limits=HttpLimits(connect_seconds=0.2))
    with pytest.raises(ServiceUnavailable) as caught:
        await client.loopback(server.port).get(f"https://127.0.0.1:{server.port}/", service="Acme")
    assert caught.value.reason == "timeout"


async def test_the_wrong_protocol_is_a_transport_failure(
    client: AiohttpClient, serve: Serve, self_signed: ssl.SSLContext
) -> None:
    async def greets(server: Any, writer: asyncio.StreamWriter, head: bytes) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.6\r\n")

    other, secure = await serve(greets), await serve(saying(b"{}"), self_signed)
    with pytest.raises(ServiceUnavailable) as caught:
        await client.loopback(other.port).get(f"http://127.0.0.1:{other.port}/", service="Acme")
    assert caught.value.reason == "reset"
    with pytest.raises(ServiceUnavailable) as caught:
        await client.loopback(secure.port).get(f"http://127.0.0.1:{secure.port}/", service="Acme")
    assert caught.value.reason == "reset"


async def test_a_plain_port_is_not_taken_for_a_secure_one(client: AiohttpClient) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(ServiceUnavailable) as caught:
            await client.loopback(port).get(f"https://127.0.0.1:{port}/", service="Acme")
    assert caught.value.reason == "tls"


async def test_nobody_listens(client: AiohttpClient, free_port: int) -> None:
    with pytest.raises(ServiceUnavailable) as caught:
        await client.loopback(free_port).get(f"http://127.0.0.1:{free_port}/", service="Acme")
    assert caught.value.reason == "connect"


async def test_a_body_is_bounded(client: AiohttpClient, serve: Serve) -> None:
    server = await serve(saying(b"x" * 2000))
    request = HttpRequest("GET", f"http://127.0.0.1:{server.port}/", "Acme", max_bytes=1000)
    with pytest.raises(ParseError):
        await client.loopback(server.port).send(request)


async def test_a_client_of_one_port_hands_out_those_of_others(client: AiohttpClient, serve: Serve) -> None:
    first, second = await serve(saying(b"one")), await serve(saying(b"two"))
    local = client.loopback(first.port).loopback(second.port)
    assert (await local.get(f"http://127.0.0.1:{second.port}/", service="Acme")).body == b"two"
    with pytest.raises(InvalidSetting):
        await local.get(f"http://127.0.0.1:{first.port}/", service="Acme")


async def test_it_ends_with_the_client(client: AiohttpClient, serve: Serve) -> None:
    server = await serve(silent)
    local, url = client.loopback(server.port), f"http://127.0.0.1:{server.port}/"
    waiting = asyncio.create_task(local.post_json(url, {}, service="Acme"))
    await until(lambda: bool(server.heads))
    await client.close()
    with pytest.raises(ServiceUnavailable):
        await waiting
    with pytest.raises(ServiceUnavailable) as caught:
        await local.get(url, service="Acme")
    assert caught.value.reason == "cancelled"
    assert server.connections == 1


async def test_reset_drops_its_connections_too(client: AiohttpClient, serve: Serve) -> None:
    server = await serve(saying(b"{}"))
    local, url = client.loopback(server.port), f"http://127.0.0.1:{server.port}/"
    for _ in range(2):
        await local.get(url, service="Acme")
    assert server.connections == 1
    await client.reset()
    await local.get(url, service="Acme")
    assert server.connections == 2


async def test_nothing_secret_is_told(client: AiohttpClient, serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server = await serve(saying(b"hidden-body"))
    url = f"http://127.0.0.1:{server.port}/hidden-path?q=hidden-query"
    await client.loopback(server.port).get(url, service="Acme", headers=TOKEN)
    with pytest.raises(ProviderError) as caught:
        await client.loopback(server.port + 1).get(url, service="Acme", headers=TOKEN)
    told = caplog.text + repr(caught.value) + caught.value.message
    assert not [word for word in ("hidden-", "test-key-1") if word in told]
