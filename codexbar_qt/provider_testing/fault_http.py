"""An HTTP client that answers as recorded, survives every question, and never comes back where it is told to stall."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from codexbar_qt.provider_api import (
    HttpClient,
    HttpRequest,
    HttpResponse,
    InvalidSetting,
    ParseError,
    RequestRefused,
    Secret,
    ServiceUnavailable,
)
from codexbar_qt.provider_testing.case import HttpAnswer
from codexbar_qt.provider_testing.fake_http import header_text, origin
from codexbar_qt.provider_testing.fault_contents import ECHO

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codexbar_qt.provider_api import Clock, HeaderValue
    from codexbar_qt.provider_testing.case import Fault

MOST_REDIRECTS = 5
ELSEWHERE = "https://elsewhere.example.net/collect"
_FOLLOWED = (301, 302, 303, 307, 308)
_LOGIN_HEADERS = ("authorization", "cookie", "proxy-authorization", "x-api-key")
_CLAUSES: dict[Fault, str] = {
    "timeout": "{host} did not answer within {seconds:g} seconds",
    "dns": "the name {host} was not found",
    "connect": "{host} refused the connection",
    "tls": "the certificate of {host} is not trusted",
    "reset": "{host} closed the connection before the answer was complete",
}


class FaultHttp(HttpClient):
    """Gives recorded answers in order, the last one of a URL again and again; what is not recorded is refused.

    Redirects are followed as the app's own client follows them. `ECHO` in a body becomes the headers of the request.
    A packed body counts as larger than any limit. `stalled` is the answer that does not come: after the time limit of
    its request the client gives up, without a limit of its own (`patient`) it waits for ever.
    """

    def __init__(
        self, answers: Sequence[HttpAnswer], clock: Clock, *, stalled: object = None, patient: bool = False
    ) -> None:
        self._answers: dict[tuple[str, str], list[HttpAnswer]] = {}
        for answer in answers:
            self._answers.setdefault((answer.method, answer.url), []).append(answer)
        self._clock = clock
        self._stalled = stalled
        self._patient = patient
        self.requests: list[HttpRequest] = []
        self.ports: set[int] = set()

    async def send(self, request: HttpRequest) -> HttpResponse:
        """Give the next answer, or fail as it says."""
        for _ in range(MOST_REDIRECTS + 1):
            answer = await self._next(request)
            target = answer.headers.get("location")
            if not target or not 300 <= answer.status < 400:
                return self._response(request, answer)
            if not request.follow_redirects:
                raise _refused(request, answer.status, "to another address", urljoin(request.url, target))
            if answer.status not in _FOLLOWED:
                return self._response(request, answer)
            request = _onward(request, answer.status, urljoin(request.url, target))
        raise RequestRefused(f"{request.service} answered with too many redirects. Try again later.")

    def loopback(self, port: int) -> HttpClient:
        """Return a client for one port of this machine."""
        self.ports.add(port)
        return _Loopback(self, port)

    async def _next(self, request: HttpRequest) -> HttpAnswer:
        self.requests.append(request)
        queue = self._answers.get((request.method, request.url))
        if not queue:
            return HttpAnswer(request.method, request.url, fault="connect")
        answer = queue.pop(0) if len(queue) > 1 else queue[0]
        if answer is self._stalled:
            await (asyncio.Event().wait() if self._patient else asyncio.sleep(request.timeout))
            return replace(answer, fault="timeout", headers={})
        return answer

    def _response(self, request: HttpRequest, answer: HttpAnswer) -> HttpResponse:
        if answer.fault is not None:
            clause = _CLAUSES[answer.fault].format(host=urlsplit(request.url).hostname, seconds=request.timeout)
            told = f"{request.service} network error: {clause}. Check the connection."
            raise ServiceUnavailable(told, reason=answer.fault)
        if len(answer.body) > request.max_bytes or "content-encoding" in answer.headers:
            raise ParseError(f"{request.service} answered with too much data, so it was not read.", path="$")
        body = answer.body
        if ECHO.encode() in body:
            body = body.replace(ECHO.encode(), json.dumps(echo_of(request.headers))[1:-1].encode())
        return HttpResponse(answer.status, body, request.url, self._clock.now(), answer.headers)


class _Loopback(HttpClient):
    def __init__(self, owner: FaultHttp, port: int) -> None:
        self._owner = owner
        self._port = port

    async def send(self, request: HttpRequest) -> HttpResponse:
        parts = urlsplit(request.url)
        if (parts.hostname, parts.port) != ("127.0.0.1", self._port):
            raise InvalidSetting("Only this machine can be asked here.")
        return await self._owner.send(replace(request, follow_redirects=False))

    def loopback(self, port: int) -> HttpClient:
        return self._owner.loopback(port)


def echo_of(headers: Mapping[str, HeaderValue]) -> str:
    """Return request headers as a server may show them in a page of its own, those with a credential first."""
    ordered = sorted(headers.items(), key=lambda item: not isinstance(item[1], Secret))
    return "; ".join(f"{name}: {header_text(value)}" for name, value in ordered)


def _refused(request: HttpRequest, status: int, where: str, location: str = "") -> RequestRefused:
    told = f"{request.service} answered with a redirect {where}; nothing was sent there."
    return RequestRefused(told, status=status, location=location)


def _onward(request: HttpRequest, status: int, url: str) -> HttpRequest:
    keeps_body = status in (307, 308) or request.method == "GET"
    onward = replace(request, url=url) if keeps_body else replace(request, url=url, method="GET", body=None)
    if origin(url) == origin(request.url):
        return onward
    if onward.body is not None or url.startswith("http:"):
        raise _refused(request, status, "to another address")
    kept = {
        name: value
        for name, value in request.headers.items()
        if not isinstance(value, Secret) and name.lower() not in _LOGIN_HEADERS
    }
    return replace(onward, headers=kept)
