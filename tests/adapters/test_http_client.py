"""Statuses, headers and redirects, without a network."""

from __future__ import annotations

import asyncio
import functools
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from unittest.mock import Mock

import aiohttp
import pytest
from aioresponses import aioresponses
from yarl import URL

from codexbar_qt.adapters.http_transport import Transport
from codexbar_qt.provider_api import HttpRequest, ParseError, RequestRefused, Secret, ServiceUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codexbar_qt.adapters.http_client import AiohttpClient

URL_A = "https://a.test/v1/usage"
KEY = Secret("Bearer test-key-1")


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[aioresponses]:
    """Answers in place of the network."""
    # WORKAROUND: aioresponses 0.7.9 makes answers without the writer that aiohttp 3.14 wants of them
    # (https://github.com/pnuckowski/aioresponses/issues/289).
    answer = functools.partial(aiohttp.ClientResponse, stream_writer=Mock(output_size=0))
    monkeypatch.setattr("aioresponses.core.ClientResponse", answer)
    with aioresponses() as mocked:
        yield mocked


def calls(web: aioresponses, method: str, url: str) -> list[Any]:
    """What was sent to `url`."""
    return list(web.requests.get((method, URL(url)), []))


@pytest.mark.parametrize("status", [200, 204, 304, 400, 401, 404, 429, 500, 599])
async def test_every_status_is_an_answer(client: AiohttpClient, web: aioresponses, status: int) -> None:
    web.get(URL_A, status=status, body=b"{}", headers={"Retry-After": "5", "X-Two": "a"})
    answer = await client.get(URL_A, service="Acme")
    assert (answer.status, answer.body, answer.url) == (status, b"{}", URL_A)
    assert answer.headers["retry-after"] == "5"
    assert answer.received_at == datetime(2025, 3, 1, 12, 0, tzinfo=UTC)


async def test_secrets_are_revealed_to_the_socket_only(client: AiohttpClient, web: aioresponses) -> None:
    web.post(URL_A, body=b"{}")
    await client.post_json(URL_A, {"q": 1}, service="Acme", headers={"Authorization": KEY})
    (call,) = calls(web, "POST", URL_A)
    assert call.kwargs["headers"] == {
        "Content-Type": "application/json",
        "Authorization": "Bearer test-key-1",
        "User-Agent": "CodexBar/0",
        "Accept-Encoding": "gzip, deflate, br",
    }
    assert call.kwargs["data"] == b'{"q":1}'
    assert call.kwargs["allow_redirects"] is False


async def test_redirect_to_another_host_carries_no_credential(client: AiohttpClient, web: aioresponses) -> None:
    web.get(URL_A, status=302, headers={"Location": "https://b.test/landing"})
    web.get("https://b.test/landing", body=b"hello")
    answer = await client.get(
        URL_A, service="Acme", headers={"X-Token": KEY, "Cookie": "c=1", "Accept": "application/json"}
    )
    assert (answer.body, answer.url) == (b"hello", "https://b.test/landing")
    (call,) = calls(web, "GET", "https://b.test/landing")
    assert set(call.kwargs["headers"]) == {"Accept", "User-Agent", "Accept-Encoding"}


async def test_credentials_do_not_come_back_on_the_way_back(client: AiohttpClient, web: aioresponses) -> None:
    web.get(URL_A, status=302, headers={"Location": "https://b.test/"})
    web.get("https://b.test/", status=302, headers={"Location": "https://a.test/again"})
    web.get("https://a.test/again", body=b"hello")
    await client.get(URL_A, service="Acme", headers={"X-Token": KEY})
    (call,) = calls(web, "GET", "https://a.test/again")
    assert "X-Token" not in call.kwargs["headers"]


async def test_post_becomes_get(client: AiohttpClient, web: aioresponses) -> None:
    web.post(URL_A, status=302, headers={"Location": "/v2"})
    web.get("https://a.test/v2", body=b"hello")
    await client.post_json(URL_A, {"q": 1}, service="Acme", headers={"X-Token": KEY})
    (call,) = calls(web, "GET", "https://a.test/v2")
    assert call.kwargs["data"] is None
    assert call.kwargs["headers"]["X-Token"] == "Bearer test-key-1"
    assert "Content-Type" not in call.kwargs["headers"]


async def test_five_redirects_are_followed_and_a_sixth_is_not(client: AiohttpClient, web: aioresponses) -> None:
    for number in range(5):
        web.get(f"https://a.test/{number}", status=307, headers={"Location": f"/{number + 1}"})
    web.get("https://a.test/5", body=b"end")
    assert (await client.get("https://a.test/0", service="Acme")).body == b"end"
    web.get("https://a.test/loop", status=302, headers={"Location": "/loop"}, repeat=True)
    with pytest.raises(RequestRefused) as caught:
        await client.get("https://a.test/loop", service="Acme")
    assert caught.value.message == "Acme answered with more than 5 redirects. Try again later."
    assert caught.value.status == 302
    assert len(calls(web, "GET", "https://a.test/loop")) == 6


@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307, 308])
async def test_redirects_are_refused_on_request(client: AiohttpClient, web: aioresponses, status: int) -> None:
    web.get(URL_A, status=status, headers={"Location": "/other"})
    with pytest.raises(RequestRefused) as caught:
        await client.get(URL_A, service="Acme", follow_redirects=False)
    assert caught.value.message == "Acme answered with a redirect to another address; nothing was sent there."
    assert caught.value.status == status
    assert caught.value.location == "https://a.test/other"
    assert len(web.requests) == 1


@pytest.mark.parametrize("target", ["https://user:pass@a.test/", "javascript:alert(1)", "//[", "ftp://a.test/"])
async def test_a_target_that_cannot_be_used_is_not_named(client: AiohttpClient, web: aioresponses, target: str) -> None:
    web.get(URL_A, status=302, headers={"Location": target})
    with pytest.raises(RequestRefused) as caught:
        await client.get(URL_A, service="Acme", follow_redirects=False)
    assert caught.value.location == ""


async def test_a_redirect_to_nowhere_is_an_answer(client: AiohttpClient, web: aioresponses) -> None:
    web.get(URL_A, status=302)
    assert (await client.get(URL_A, service="Acme", follow_redirects=False)).status == 302


async def test_a_body_over_the_limit(client: AiohttpClient, web: aioresponses) -> None:
    web.get(URL_A, body=b"x" * 2001, repeat=True)
    with pytest.raises(ParseError) as caught:
        await client.send(HttpRequest("GET", URL_A, "Acme", max_bytes=2000))
    told = "Acme answered with more than 2000 bytes, so the answer was not read. Report it if it stays."
    assert caught.value.message == told
    answer = await client.send(HttpRequest("GET", URL_A, "Acme", max_bytes=2001))
    assert len(answer.body) == 2001


async def test_an_announced_size_is_believed(client: AiohttpClient, web: aioresponses) -> None:
    web.get(URL_A, body=b"x", headers={"Content-Length": str(20 * 1024**2)})
    with pytest.raises(ParseError, match="Acme answered with more than 8 MB"):
        await client.get(URL_A, service="Acme")
    web.head(URL_A, headers={"Content-Length": str(20 * 1024**2), "Content-Encoding": "gzip"})
    assert (await client.send(HttpRequest("HEAD", URL_A, "Acme"))).status == 200


@pytest.mark.parametrize(
    ("error", "reason", "told"),
    [
        (aiohttp.ServerDisconnectedError(), "reset", "a.test closed the connection without an answer"),
        (aiohttp.ClientOSError(104, "reset"), "reset", "a.test closed the connection without an answer"),
        (ConnectionResetError(), "reset", "a.test closed the connection without an answer"),
        (
            aiohttp.ClientPayloadError("test-key-1"),
            "reset",
            "a.test closed the connection before the answer was complete",
        ),
        (TimeoutError(), "timeout", "a.test did not answer within 15 seconds"),
        (aiohttp.ConnectionTimeoutError(URL_A), "timeout", "a.test could not be reached within 10 seconds"),
        (aiohttp.SocketTimeoutError(), "timeout", "a.test stayed silent for 20 seconds"),
    ],
)
async def test_transport_failures(
    client: AiohttpClient, web: aioresponses, error: Exception, reason: str, told: str
) -> None:
    web.get(URL_A, exception=error)
    with pytest.raises(ServiceUnavailable) as caught:
        await client.get(URL_A, service="Acme")
    assert caught.value.message == f"Acme network error: {told}. Check the connection."
    assert (caught.value.reason, caught.value.status) == (reason, None)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


async def test_cancellation_passes_through(client: AiohttpClient, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = asyncio.Event()

    async def hang(*_: object) -> None:
        sent.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(Transport, "exchange", hang)
    task = asyncio.create_task(client.get(URL_A, service="Acme"))
    await sent.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_the_log_tells_method_host_status_time_and_size(
    client: AiohttpClient, web: aioresponses, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    url = f"{URL_A}?token=hidden-query"
    web.get(url, status=503, body=b"hidden-body")
    await client.get(url, service="Acme", headers={"Authorization": KEY})
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("codexbar_qt")]
    assert len(lines) == 1
    assert lines[0].startswith("GET a.test: 503, ")
    assert lines[0].endswith(" ms, 11 bytes")
    assert "hidden" not in caplog.text
    assert "test-key-1" not in caplog.text


async def test_nothing_is_sent_after_close(make_client: Callable[..., AiohttpClient], web: aioresponses) -> None:
    client = make_client()
    await client.close()
    with pytest.raises(ServiceUnavailable) as caught:
        await client.get(URL_A, service="Acme")
    assert caught.value.reason == "cancelled"
    assert caught.value.message == "Acme was not asked, because the program is closing."
    assert not web.requests
