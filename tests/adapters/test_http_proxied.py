"""Through the loopback proxy: CONNECT, plain requests, logins, bypasses, and the proxy's own manners."""

from __future__ import annotations

import asyncio
import base64
import logging
import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest

from codexbar_qt.provider_api import HttpRequest, InvalidSetting, ProviderError, Secret, ServiceUnavailable
from codexbar_qt.provider_testing.loopback_proxy import UNEXPECTED_STATUS, LoopbackProxy, ProxyAnswer, ProxyRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from codexbar_qt.adapters.http_client import AiohttpClient

    MakeClient = Callable[..., AiohttpClient]
    StartProxy = Callable[..., LoopbackProxy]

URL = "https://api.example.com/v1/usage?days=7"
KEY = {"Authorization": Secret("Bearer test-key-1")}


async def test_https_at_the_real_name(make_client: MakeClient, start_proxy: StartProxy) -> None:
    proxy = start_proxy({("GET", URL): [ProxyAnswer(body=b'{"left":5}', headers={"X-Served": "yes"})]})
    answer = await make_client({"HTTPS_PROXY": proxy.url}).get(URL, service="Acme", headers=KEY)
    assert (answer.status, answer.body, answer.headers["x-served"]) == (200, b'{"left":5}', "yes")
    assert proxy.tunnels == ["api.example.com:443"]
    (request,) = proxy.requests
    assert (request.method, request.url) == ("GET", URL)
    assert request.headers["authorization"] == "Bearer test-key-1"
    assert request.headers["host"] == "api.example.com"
    assert not proxy.unexpected
    assert not proxy.unused()


async def test_plain_http(make_client: MakeClient, start_proxy: StartProxy) -> None:
    url = "http://api.example.com/v1"
    proxy = start_proxy({("POST", url): [ProxyAnswer(201)]})
    answer = await make_client({"http_proxy": proxy.url}).post_json(url, {"q": 1}, service="Acme")
    assert answer.status == 201
    assert not proxy.tunnels
    assert proxy.requests[0].body == b'{"q":1}'


async def test_a_redirect_to_another_host_over_the_proxy(make_client: MakeClient, start_proxy: StartProxy) -> None:
    second = "https://login.example.net:8443/start"
    proxy = start_proxy(
        {("GET", URL): [ProxyAnswer(302, {"Location": second})], ("GET", second): [ProxyAnswer(body=b"landed")]}
    )
    answer = await make_client({"ALL_PROXY": proxy.url}).get(URL, service="Acme", headers=KEY)
    assert (answer.body, answer.url) == (b"landed", second)
    assert proxy.tunnels == ["api.example.com:443", "login.example.net:8443"]
    assert "authorization" in proxy.requests[0].headers
    assert "authorization" not in proxy.requests[1].headers


async def test_loopback_and_no_proxy_go_straight(
    make_client: MakeClient, start_proxy: StartProxy, free_port: int
) -> None:
    proxy = start_proxy({})
    client = make_client({"HTTP_PROXY": proxy.url, "HTTPS_PROXY": proxy.url, "NO_PROXY": ".invalid"})
    for url in (f"http://127.0.0.1:{free_port}/", f"http://localhost:{free_port}/", "https://api.invalid/"):
        with pytest.raises(ServiceUnavailable):
            await client.get(url, service="Acme")
    assert not proxy.requests
    assert not proxy.tunnels


async def test_the_variable_is_read_for_every_request(make_client: MakeClient, start_proxy: StartProxy) -> None:
    proxy = start_proxy(lambda _: ProxyAnswer())
    env: dict[str, str] = {}
    client = make_client(env)
    with pytest.raises(ServiceUnavailable):
        await client.get("https://api.invalid/", service="Acme")
    client._env = {"HTTPS_PROXY": proxy.url}.get
    assert (await client.get("https://api.invalid/", service="Acme")).status == 200


async def test_login(make_client: MakeClient, start_proxy: StartProxy, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    login = base64.b64encode("user:pä:ss-1".encode()).decode()
    proxy = start_proxy({("GET", URL): [ProxyAnswer()]}, login=login)
    good = f"http://user:p%C3%A4%3Ass-1@127.0.0.1:{proxy.port}"
    assert (await make_client({"HTTPS_PROXY": good}).get(URL, service="Acme")).status == 200
    assert "proxy-authorization" not in proxy.requests[0].headers
    for bad in (f"http://user:pass-2@127.0.0.1:{proxy.port}", proxy.url):
        with pytest.raises(ServiceUnavailable) as caught:
            await make_client({"HTTPS_PROXY": bad}).get(URL, service="Acme", headers=KEY)
        told = "Acme network error: the proxy 127.0.0.1 asks for a login. Check the connection."
        assert (caught.value.message, caught.value.reason) == (told, "connect")
    for word in ("pass-2", "ss-1", login, "test-key-1", "days=7"):
        assert word not in caplog.text


async def test_failures_name_the_proxy(
    make_client: MakeClient, start_proxy: StartProxy, authority: Any, free_port: int
) -> None:
    def unreachable(host: str) -> Any:
        raise LookupError(host)

    with LoopbackProxy({}, ssl_context_for=unreachable) as proxy:
        values = {
            f"http://127.0.0.1:{free_port}": ("connect", "the proxy 127.0.0.1 could not be reached"),
            "http://proxy.invalid:3128": ("dns", "the name of the proxy proxy.invalid was not found"),
            proxy.url: ("connect", "the proxy 127.0.0.1 gave no way to api.example.com (HTTP 502)"),
        }
        for value, (reason, clause) in values.items():
            with pytest.raises(ServiceUnavailable) as caught:
                await make_client({"HTTPS_PROXY": value}).get(URL, service="Acme", headers=KEY)
            assert caught.value.message == f"Acme network error: {clause}. Check the connection."
            assert caught.value.reason == reason
            assert caught.value.__context__ is None
    with pytest.raises(InvalidSetting, match="The proxy in HTTPS_PROXY"):
        await make_client({"HTTPS_PROXY": "socks5://127.0.0.1:1"}).get(URL, service="Acme")


async def test_the_target_is_verified_behind_the_proxy(make_client: MakeClient, authority: Any) -> None:
    with LoopbackProxy({}, ssl_context_for=lambda _: authority.context_for("evil.example.com")) as proxy:
        with pytest.raises(ServiceUnavailable) as caught:
            await make_client({"HTTPS_PROXY": proxy.url}).get(URL, service="Acme", headers=KEY)
        assert not proxy.requests
    told = "Acme network error: the certificate of api.example.com is for another name. Check the connection."
    assert (caught.value.message, caught.value.reason) == (told, "tls")


async def test_kept_connections_are_used_again(make_client: MakeClient, start_proxy: StartProxy) -> None:
    proxy = start_proxy({("GET", URL): [ProxyAnswer(repeat=True)]})
    client = make_client({"HTTPS_PROXY": proxy.url})
    for _ in range(3):
        await client.get(URL, service="Acme")
    assert len(proxy.requests) == 3
    assert len(proxy.tunnels) == 1
    await client.reset()
    await client.get(URL, service="Acme")
    assert len(proxy.tunnels) == 2


async def test_large_bodies_in_both_directions(make_client: MakeClient, start_proxy: StartProxy) -> None:
    proxy = start_proxy({("POST", URL): [ProxyAnswer(body=b"y" * 5_000_000)]})
    sent = HttpRequest("POST", URL, "Acme", body=b"x" * 5_000_000)
    answer = await make_client({"HTTPS_PROXY": proxy.url}).send(sent)
    assert answer.body == b"y" * 5_000_000
    assert proxy.requests[0].body == b"x" * 5_000_000


@pytest.mark.parametrize(
    ("answer", "clause"),
    [
        (ProxyAnswer(body=b"0123456789", cut_after=4), "closed the connection before the answer was complete"),
        (ProxyAnswer(body=b"0123456789", cut_after=-1), "closed the connection without an answer"),
        (ProxyAnswer(delay_seconds=600), "did not answer within 0.5 seconds"),
    ],
)
async def test_faults(make_client: MakeClient, start_proxy: StartProxy, answer: ProxyAnswer, clause: str) -> None:
    proxy = start_proxy({("POST", URL): [answer]})
    with pytest.raises(ServiceUnavailable, match=clause):
        await make_client({"HTTPS_PROXY": proxy.url}).send(HttpRequest("POST", URL, "Acme", timeout=0.5))


async def test_answers_are_used_up_in_order(make_client: MakeClient, start_proxy: StartProxy) -> None:
    other = ("GET", "https://api.example.com/other")
    proxy = start_proxy({("GET", URL): [ProxyAnswer(200), ProxyAnswer(429)], other: [ProxyAnswer()]})
    client = make_client({"HTTPS_PROXY": proxy.url})
    got = [(await client.get(URL, service="Acme")).status for _ in range(3)]
    assert got == [200, 429, UNEXPECTED_STATUS]
    assert [request.url for request in proxy.unexpected] == [URL]
    assert proxy.unused() == [other]


async def test_a_function_answers(make_client: MakeClient, start_proxy: StartProxy) -> None:
    def handle(request: ProxyRequest) -> ProxyAnswer | None:
        return ProxyAnswer(body=request.headers["host"].encode()) if "days" in request.url else None

    proxy = start_proxy(handle)
    client = make_client({"HTTPS_PROXY": proxy.url})
    assert (await client.get(URL, service="Acme")).text() == "api.example.com"
    missing = await client.get("https://api.example.com/", service="Acme")
    assert missing.status == UNEXPECTED_STATUS
    assert missing.text() == "no answer is recorded for GET https://api.example.com/"
    assert (await client.send(HttpRequest("HEAD", URL, "Acme"))).body == b""


async def test_what_the_function_raises_comes_out_at_the_end(make_client: MakeClient) -> None:
    def handle(request: ProxyRequest) -> ProxyAnswer:
        raise AssertionError(request.method)

    proxy = LoopbackProxy(handle).start()
    with pytest.raises(ServiceUnavailable, match="closed the connection without an answer"):
        await make_client({"HTTP_PROXY": proxy.url}).send(HttpRequest("POST", "http://a.test/", "Acme"))
    with pytest.raises(AssertionError, match="POST"):
        proxy.stop()
    proxy.stop()
    with pytest.raises(KeyError), LoopbackProxy(handle) as second:  # what happened in the block matters more
        with pytest.raises(ServiceUnavailable):
            await make_client({"HTTP_PROXY": second.url}).send(HttpRequest("POST", "http://a.test/", "Acme"))
        raise KeyError


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET",
        b"\r\n\r\n",
        b"not http\r\n\r\n",
        b"GET http://a.test/ HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"GET http://a.test/ HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
        b"POST http://a.test/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET http://a.test/ HTTP/1.1\r\nX: " + b"y" * 200_000,
        b"CONNECT nowhere HTTP/1.1\r\n\r\n",
        b"CONNECT a.test:443 HTTP/1.1\r\n\r\nno client hello",
    ],
)
def test_nonsense_ends_the_connection(start_proxy: StartProxy, sent: bytes) -> None:
    proxy = start_proxy({})
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=30) as raw:
        try:
            raw.sendall(sent)
            raw.shutdown(socket.SHUT_WR)
            while raw.recv(65536):
                pass
        except TimeoutError:
            raise
        except OSError:
            pass  # the proxy was quicker to end the connection
    assert not proxy.requests


def test_stop_ends_everything_and_may_be_repeated(start_proxy: StartProxy) -> None:
    proxy = start_proxy({})
    idle = socket.create_connection(("127.0.0.1", proxy.port), timeout=30)
    proxy.stop()
    assert idle.recv(1) == b""
    idle.close()
    proxy.stop()
    with pytest.raises(ConnectionError):
        socket.create_connection(("127.0.0.1", proxy.port), timeout=30)
    assert "loopback-proxy" not in {thread.name for thread in threading.enumerate()}


def test_it_starts_again(start_proxy: StartProxy) -> None:
    proxy = start_proxy({})
    proxy.stop()
    proxy.start()
    socket.create_connection(("127.0.0.1", proxy.port), timeout=30).close()


async def test_stop_during_a_delay(make_client: MakeClient, start_proxy: StartProxy) -> None:
    reached = threading.Event()

    def handle(request: ProxyRequest) -> ProxyAnswer:
        reached.set()
        return ProxyAnswer(delay_seconds=600)

    proxy = start_proxy(handle)
    task = asyncio.create_task(make_client({"HTTPS_PROXY": proxy.url}).send(HttpRequest("POST", URL, "Acme")))
    await asyncio.to_thread(reached.wait, 60)
    await asyncio.to_thread(proxy.stop)
    with pytest.raises(ProviderError, match="closed the connection"):
        await task
