"""The HTTP port: conveniences over one method, statuses as errors, Retry-After."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from codexbar_qt.provider_api import (
    AuthRejected,
    HttpClient,
    HttpRequest,
    HttpResponse,
    ParseError,
    ProviderError,
    RateLimited,
    RequestRefused,
    Secret,
    ServiceUnavailable,
    raise_for_status,
)

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)
URL = "https://example.com/x"


def answer(status: int = 200, body: bytes = b"{}", **headers: str) -> HttpResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpResponse(status, body, URL, NOW, named)


class Recorder(HttpClient):
    def __init__(self, response: HttpResponse) -> None:
        self.response = response
        self.requests: list[HttpRequest] = []

    async def send(self, request: HttpRequest) -> HttpResponse:
        self.requests.append(request)
        return self.response

    def loopback(self, port: int) -> HttpClient:
        raise AssertionError(f"nobody is to ask port {port}")


async def test_get() -> None:
    client = Recorder(answer(500))
    headers = {"Authorization": Secret("test-key-1")}
    response = await client.get(URL, service="Example", headers=headers, timeout=3, follow_redirects=False)
    assert response.status == 500
    assert client.requests == [HttpRequest("GET", URL, "Example", headers, None, 3, False)]


async def test_get_has_defaults() -> None:
    client = Recorder(answer())
    await client.get(URL, service="Example")
    assert client.requests == [HttpRequest("GET", URL, "Example")]
    assert client.requests[0].timeout == 15
    assert client.requests[0].follow_redirects
    assert client.requests[0].max_bytes == 8 * 1024 * 1024


async def test_post_json() -> None:
    client = Recorder(answer())
    await client.post_json(
        URL, {"a": [1, "ü"]}, service="Example", headers={"X": "y"}, timeout=2, follow_redirects=False
    )
    request = client.requests[0]
    assert (request.method, request.body, request.timeout, request.follow_redirects) == (
        "POST",
        b'{"a":[1,"\\u00fc"]}',
        2,
        False,
    )
    assert request.headers == {"Content-Type": "application/json", "X": "y"}


async def test_post_json_with_own_content_type() -> None:
    client = Recorder(answer())
    await client.post_json(URL, {}, service="Example", headers={"Content-Type": "application/x-amz-json-1.0"})
    assert client.requests[0].headers == {"Content-Type": "application/x-amz-json-1.0"}


async def test_get_json() -> None:
    view = await Recorder(answer(body=b'{"a": 1}')).get_json(URL, service="Example")
    assert view["a"].integer() == 1
    with pytest.raises(AuthRejected):
        await Recorder(answer(401)).get_json(URL, service="Example")


@pytest.mark.parametrize("body", [b"<html>", b" \n<!doctype html>"])
def test_a_web_page_is_named_as_such(body: bytes) -> None:
    with pytest.raises(ParseError, match="web page"):
        answer(body=body).json()


def test_text_replaces_what_is_not_utf8() -> None:
    assert answer(body=b"a\xffb").text() == "a�b"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("30", 30),
        (" 0 ", 0),
        ("99999999999999", 7 * 86400),
        ("Tue, 08 Jan 2030 12:01:30 GMT", 90),
        ("Tue, 08 Jan 2030 11:00:00 GMT", 0),
        ("Tue, 08 Jan 2040 11:00:00 GMT", 7 * 86400),
        ("Tue, 08 Jan 2030 12:01:30 -0000", None),
        ("Tue, 99 Jan 2030 12:01:30 GMT", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("", None),
    ],
)
def test_retry_after(value: str, seconds: int | None) -> None:
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert answer(429, retry_after=value).retry_after() == expected


def test_no_retry_after() -> None:
    assert answer(429).retry_after() is None


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, AuthRejected),
        (403, AuthRejected),
        (429, RateLimited),
        (500, ServiceUnavailable),
        (503, ServiceUnavailable),
        (302, RequestRefused),
        (400, RequestRefused),
        (404, RequestRefused),
        (101, RequestRefused),
    ],
)
def test_statuses_become_errors(status: int, kind: type[ProviderError]) -> None:
    with pytest.raises(kind) as caught:
        raise_for_status(answer(status, b"body with test-key-1", retry_after="7"), "Example")
    error = caught.value
    assert error.message.startswith(f"Example error: HTTP {status}.")
    assert "test-key-1" not in error.message
    if isinstance(error, RateLimited):
        assert error.retry_after == timedelta(seconds=7)
    if isinstance(error, ServiceUnavailable | RequestRefused):
        assert error.status == status
    if isinstance(error, ServiceUnavailable):
        assert error.reason == "status"


@pytest.mark.parametrize("status", [200, 204, 299])
def test_success_raises_nothing(status: int) -> None:
    raise_for_status(answer(status), "Example")


def test_login_statuses_and_message_may_differ() -> None:
    with pytest.raises(AuthRejected, match=r"^Sign in again\.$"):
        raise_for_status(answer(401), "Example", login_statuses=(401,), login_message="Sign in again.")
    with pytest.raises(RequestRefused):
        raise_for_status(answer(403), "Example", login_statuses=(401,))


def test_accepted_statuses_may_be_fewer() -> None:
    raise_for_status(answer(200), "Example", accepted=(200,))
    with pytest.raises(RequestRefused):
        raise_for_status(answer(204), "Example", accepted=(200,))
