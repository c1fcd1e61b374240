"""From the first import to the last socket: limits, reuse, reset, close, and both event loops."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import subprocess
import sys
import textwrap
import threading
import warnings
from typing import TYPE_CHECKING, Any

import pytest

from codexbar_qt.adapters.http_hop import Answer
from codexbar_qt.adapters.http_limits import HttpLimits
from codexbar_qt.adapters.http_transport import Transport
from codexbar_qt.provider_api import HttpRequest, ServiceUnavailable

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from codexbar_qt.adapters.http_client import AiohttpClient
    from codexbar_qt.adapters.http_hop import Hop, Terms
    from codexbar_qt.provider_testing.loopback_proxy import LoopbackProxy

    Serve = Callable[..., Awaitable[Any]]
    MakeClient = Callable[..., AiohttpClient]

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class Gauge:
    """Stands in for the network: holds every exchange until `go`, and counts."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.go = asyncio.Event()
        self.running: dict[str, int] = {}
        self.most: dict[str, int] = {}
        self.most_together = 0
        self.seconds: list[float] = []
        gauge = self

        async def exchange(_: Transport, hop: Hop, terms: Terms) -> Answer:
            host = hop.origin.host
            gauge.seconds.append(terms.seconds)
            gauge.running[host] = gauge.running.get(host, 0) + 1
            gauge.most[host] = max(gauge.most.get(host, 0), gauge.running[host])
            gauge.most_together = max(gauge.most_together, sum(gauge.running.values()))
            await gauge.go.wait()
            gauge.running[host] -= 1
            return Answer(200, {}, b"")

        monkeypatch.setattr(Transport, "exchange", exchange)


async def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition."""
    while not condition():  # noqa: ASYNC110 - what is waited for sets no event
        await asyncio.sleep(0.001)


async def test_two_at_once_to_one_origin(client: AiohttpClient, monkeypatch: pytest.MonkeyPatch) -> None:
    gauge = Gauge(monkeypatch)
    urls = [f"https://a.test/{n}" for n in range(5)] + ["https://a.test:8443/", "http://a.test/"]
    tasks = [asyncio.create_task(client.get(url, service="Acme")) for url in urls]
    await until(lambda: sum(gauge.running.values()) == 4)  # two, and one each for the other port and scheme
    for _ in range(20):
        await asyncio.sleep(0)
    assert gauge.most_together == 4
    gauge.go.set()
    await asyncio.gather(*tasks)
    assert gauge.most_together == 4


async def test_eight_at_once_and_a_busy_host_holds_up_nobody(
    client: AiohttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    gauge = Gauge(monkeypatch)
    crowd = [asyncio.create_task(client.get("https://busy.test/", service="Acme")) for _ in range(10)]
    await until(lambda: gauge.running.get("busy.test") == 2)
    others = [asyncio.create_task(client.get(f"https://h{n}.test/", service="Acme")) for n in range(9)]
    await until(lambda: sum(gauge.running.values()) == 8)
    for _ in range(20):
        await asyncio.sleep(0)
    assert gauge.most_together == 8
    gauge.go.set()
    await asyncio.gather(*crowd, *others)
    assert (gauge.most_together, gauge.most["busy.test"]) == (8, 2)


async def test_a_cancelled_wait_frees_its_place(client: AiohttpClient, monkeypatch: pytest.MonkeyPatch) -> None:
    gauge = Gauge(monkeypatch)
    tasks = [asyncio.create_task(client.get("https://a.test/", service="Acme")) for _ in range(4)]
    await until(lambda: gauge.running.get("a.test") == 2)
    for task in (tasks[0], tasks[2]):  # one that runs, one that waits
        task.cancel()
    await asyncio.wait([tasks[0], tasks[2]])
    gauge.running["a.test"] -= 1
    await until(lambda: len(gauge.seconds) == 3)
    gauge.go.set()
    await asyncio.gather(tasks[1], tasks[3])
    assert not client._connections._slots._gates


async def test_the_limit_counts_from_the_start_of_the_transfer(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make_client(limits=HttpLimits(per_host=1))
    gauge = Gauge(monkeypatch)
    request = HttpRequest("GET", "https://a.test/", "Acme", timeout=0.05)
    tasks = [asyncio.create_task(client.send(request)) for _ in range(2)]
    await until(lambda: len(gauge.seconds) == 1)
    await asyncio.sleep(0.06)  # the second one waits longer than it may take
    gauge.go.set()
    await asyncio.gather(*tasks)
    assert gauge.seconds == [0.05, 0.05]


async def test_waiting_is_not_taken_from_what_follows_a_redirect(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, go, seconds = make_client(limits=HttpLimits(per_host=1)), asyncio.Event(), dict[str, float]()

    async def exchange(_: Transport, hop: Hop, terms: Terms) -> Answer:
        seconds[hop.url] = terms.seconds
        if hop.url == "https://a.test/first":
            await go.wait()
        return Answer(302, {"location": "/end"}, b"") if hop.url == "https://a.test/second" else Answer(200, {}, b"")

    monkeypatch.setattr(Transport, "exchange", exchange)
    tasks = [
        asyncio.create_task(client.send(HttpRequest("GET", f"https://a.test/{name}", "Acme", timeout=1.0)))
        for name in ("first", "second")
    ]
    await until(lambda: bool(seconds))
    await asyncio.sleep(1.1)
    go.set()
    await asyncio.gather(*tasks)
    assert seconds["https://a.test/end"] > 0


async def test_redirects_share_the_limit(client: AiohttpClient, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds: list[float] = []

    async def exchange(_: Transport, hop: Hop, terms: Terms) -> Answer:
        seconds.append(terms.seconds)
        await asyncio.sleep(0.01)
        return Answer(302, {"location": "/next"}, b"") if len(seconds) < 3 else Answer(200, {}, b"")

    monkeypatch.setattr(Transport, "exchange", exchange)
    await client.send(HttpRequest("GET", "https://a.test/", "Acme", timeout=7))
    assert seconds[0] == 7
    assert seconds[0] > seconds[1] > seconds[2] > 0


async def test_a_kept_connection_that_has_died_is_replaced_for_a_get(client: AiohttpClient, serve: Serve) -> None:
    async def script(server: Any, writer: asyncio.StreamWriter, head: bytes) -> None:
        if len(server.heads) == 2:
            writer.transport.abort()  # before any byte of an answer
        else:
            writer.write(OK)

    server = await serve(script)
    for _ in range(2):
        assert (await client.get(server.url, service="Acme")).status == 200
    assert (len(server.heads), server.connections) == (3, 2)


async def test_a_get_is_repeated_once_at_most(client: AiohttpClient, serve: Serve) -> None:
    async def script(server: Any, writer: asyncio.StreamWriter, head: bytes) -> None:
        if len(server.heads) > 1:
            writer.transport.abort()
        else:
            writer.write(OK)

    server = await serve(script)
    await client.get(server.url, service="Acme")
    with pytest.raises(ServiceUnavailable) as caught:
        await client.get(server.url, service="Acme")
    assert caught.value.reason == "reset"
    assert len(server.heads) == 3


async def test_a_post_is_never_repeated(client: AiohttpClient, serve: Serve) -> None:
    async def script(server: Any, writer: asyncio.StreamWriter, head: bytes) -> None:
        if len(server.heads) == 2:
            writer.transport.abort()
        else:
            writer.write(OK)

    server = await serve(script)
    await client.get(server.url, service="Acme")
    with pytest.raises(ServiceUnavailable) as caught:
        await client.send(HttpRequest("POST", server.url, "Acme"))
    assert caught.value.reason == "reset"
    assert len(server.heads) == 2


async def test_reset_drops_idle_connections_and_spares_the_others(client: AiohttpClient, serve: Serve) -> None:
    go = asyncio.Event()

    async def script(server: Any, writer: asyncio.StreamWriter, head: bytes) -> None:
        if b"/slow" in head:
            await go.wait()
        writer.write(OK)

    server = await serve(script)
    await client.get(server.url, service="Acme")
    slow = asyncio.create_task(client.get(f"{server.url}/slow", service="Acme"))
    await until(lambda: len(server.heads) == 2)
    await client.reset()
    await client.reset()
    assert (await client.get(server.url, service="Acme")).status == 200
    assert server.connections == 2
    go.set()
    assert (await slow).status == 200
    await client.reset()
    await client.get(server.url, service="Acme")
    assert server.connections == 3
    assert len(client._connections._retired) == 1  # the one before the last stays known until the next reset, closed


async def test_close_ends_what_is_under_way(client: AiohttpClient, serve: Serve) -> None:
    async def script(server: Any, writer: asyncio.StreamWriter, head: bytes) -> None:
        await asyncio.Event().wait()

    server = await serve(script)
    task = asyncio.create_task(client.send(HttpRequest("POST", server.url, "Acme")))
    await until(lambda: bool(server.heads))
    await client.close()
    with pytest.raises(ServiceUnavailable) as caught:
        await task
    assert caught.value.reason == "reset"
    await client.close()


async def test_close_during_a_look_up_is_not_a_cancellation(
    client: AiohttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, ended = threading.Event(), threading.Event()

    def hang(*_: object) -> list[object]:
        asked.set()
        ended.wait(60)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    task = asyncio.create_task(client.get("https://slow.invalid/", service="Acme"))
    await until(asked.is_set)
    await client.close()
    try:
        with pytest.raises(ServiceUnavailable) as caught:
            await task
    finally:
        ended.set()
    assert caught.value.reason == "cancelled"


async def test_close_during_the_start(make_client: MakeClient) -> None:
    client = make_client()
    task = asyncio.create_task(client.get("https://a.invalid/", service="Acme"))
    await asyncio.sleep(0)
    await client.close()
    with pytest.raises(ServiceUnavailable) as caught:
        await task
    assert caught.value.reason == "cancelled"


def test_a_peer_that_fell_silent_leaves_no_socket(make_client: MakeClient, authority: Any) -> None:
    """A stalled peer never answers the TLS good-bye; the loop must still end with every socket closed."""
    context: ssl.SSLContext = authority.context_for("localhost")
    accepted: list[ssl.SSLSocket] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            raw, _ = listener.accept()
            accepted.append(context.wrap_socket(raw, server_side=True))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()

        async def run() -> None:
            client = make_client()
            url = f"https://localhost:{listener.getsockname()[1]}/"
            with pytest.raises(ServiceUnavailable):
                await client.send(HttpRequest("POST", url, "Acme", timeout=0.5))
            await client.close()

        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            asyncio.run(run())
            gc.collect()
        thread.join(30)
    accepted[0].close()
    assert not caught


def run_python(code: str, tmp_path: Path, **env: str) -> str:
    """Run a program with every warning an error; returns what it printed."""
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **env},
    )
    assert done.stderr == ""
    assert done.returncode == 0
    return done.stdout


def test_aiohttp_is_imported_by_the_first_request_off_the_loop(tmp_path: Path) -> None:
    code = """
        import asyncio, sys, threading
        from datetime import UTC, datetime
        import codexbar_qt.adapters.http_client as http_client
        import codexbar_qt.adapters.http_connections as http_connections
        from codexbar_qt.provider_api import ProviderError
        assert not {"aiohttp", "yarl", "brotli", "truststore"} & set(sys.modules)
        seen = []
        load = http_connections._load
        http_connections._load = lambda *names: seen.append(threading.current_thread()) or load(*names)
        async def main():
            client = http_client.AiohttpClient(env={}.get, now=lambda: datetime.now(UTC), user_agent="t")
            assert "aiohttp" not in sys.modules
            async def ask():
                try:
                    await client.get("http://127.0.0.1:1/", service="Acme")
                except ProviderError as error:
                    return error.reason
            reasons = await asyncio.gather(ask(), ask(), ask())
            await client.close()
            return reasons
        print(asyncio.run(main()), len(seen), seen[0] is threading.main_thread(), "aiohttp" in sys.modules)
    """
    assert run_python(code, tmp_path) == "['connect', 'connect', 'connect'] 1 False True\n"


SESSION = """
    import asyncio, os
    from datetime import UTC, datetime
    from codexbar_qt.adapters.http_client import AiohttpClient
    async def main():
        client = AiohttpClient(env=os.environ.get, now=lambda: datetime.now(UTC), user_agent="t")
        statuses = await asyncio.gather(
            *(client.get(f"https://h{n % 3}.example.com/", service="Acme") for n in range(12))
        )
        await client.reset()
        statuses.append(await client.get("https://h0.example.com/", service="Acme"))
        await client.close()
        print(sum(answer.status == 200 for answer in statuses))
"""


@pytest.fixture
def world(start_proxy: Callable[..., LoopbackProxy], authority: Any) -> dict[str, str]:
    """Variables for a process in whose world every address answers 200."""
    from codexbar_qt.provider_testing.loopback_proxy import ProxyAnswer

    proxy = start_proxy(lambda _: ProxyAnswer(body=b"{}"))
    return {"HTTPS_PROXY": proxy.url, "SSL_CERT_FILE": str(authority.path)}


def test_a_whole_process_without_a_warning(tmp_path: Path, world: dict[str, str]) -> None:
    assert run_python(f"{SESSION}\n    asyncio.run(main())\n", tmp_path, **world) == "13\n"


def test_the_same_under_qasync(tmp_path: Path, world: dict[str, str]) -> None:
    code = f"""{SESSION}
    from PySide6.QtCore import QCoreApplication
    import qasync
    app = QCoreApplication([])
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    with loop:
        loop.run_until_complete(main())
    """
    assert run_python(code, tmp_path, **world) == "13\n"
