"""An HTTP client that gives recorded answers and remembers what was asked."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, cast
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

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codexbar_qt.provider_api import Clock, HeaderValue
    from codexbar_qt.provider_testing.case import HttpAnswer, RequestExpectation

_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_REDIRECTS = 5
_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
_FAULT_TEXTS = {
    "timeout": "{host} did not answer within {seconds:g} seconds",
    "dns": "the name {host} was not found",
    "connect": "{host} refused the connection",
    "tls": "the certificate of {host} is not trusted",
    "reset": "{host} closed the connection without an answer",
}


class FakeHttp(HttpClient):
    """Answers requests from a recording, in order per method and URL; `repeat` starts again at the end.

    `problems` holds one sentence for every request that was not recorded or did not look as recorded.
    """

    def __init__(self, answers: Sequence[HttpAnswer], clock: Clock, *, repeat: bool = False) -> None:
        self._answers = tuple(answers)
        self._clock = clock
        self._repeat = repeat
        self._given: list[HttpAnswer] = []
        self.requests: list[HttpRequest] = []
        self.problems: list[str] = []

    async def send(self, request: HttpRequest) -> HttpResponse:
        """Give the next recorded answer, following redirects as a real client does."""
        if urlsplit(request.url).hostname in _THIS_MACHINE:
            self.problems.append(f"a request to this machine did not go through loopback: {request.url}")
        return await self.exchange(request)

    async def exchange(self, request: HttpRequest) -> HttpResponse:
        """Give the next recorded answer wherever it comes from."""
        for _ in range(_MOST_REDIRECTS):
            answer = self._next(request)
            target = answer.headers.get("location")
            if answer.status not in _REDIRECTS or not target:
                return self._response(request, answer)
            if not request.follow_redirects:
                told = f"{request.service} answered with a redirect to another address; nothing was sent there."
                raise RequestRefused(told, status=answer.status, location=urljoin(request.url, target))
            request = _redirected(request, answer.status, urljoin(request.url, target))
        raise RequestRefused(f"{request.service} answered with too many redirects. Try again later.")

    def loopback(self, port: int) -> HttpClient:
        """Return a client that gives the recorded answers of one port of this machine."""
        return _FakeLoopback(self, port)

    def unused(self) -> list[str]:
        """Say which recorded answers nobody asked for."""
        left = [answer for answer in self._answers if not answer.optional and not _is_in(answer, self._given)]
        return [f"recorded answer not used: {answer.method} {answer.url}" for answer in left]

    def _next(self, request: HttpRequest) -> HttpAnswer:
        self.requests.append(request)
        recorded = [answer for answer in self._answers if answer.is_for(request.method, request.url)]
        waiting = [answer for answer in recorded if not _is_in(answer, self._given)]
        if self._repeat and recorded and not waiting:
            self._given = [answer for answer in self._given if not _is_in(answer, recorded)]
            waiting = recorded
        if not waiting:
            self.problems.append(f"unexpected request: {request.method} {request.url}")
            raise ServiceUnavailable(f"{request.service} network error: no answer is recorded.", reason="connect")
        self._given.append(waiting[0])
        self.problems.extend(check_request(request, waiting[0].expected))
        return waiting[0]

    def _response(self, request: HttpRequest, answer: HttpAnswer) -> HttpResponse:
        if answer.fault is not None:
            host = urlsplit(request.url).hostname
            cause = _FAULT_TEXTS[answer.fault].format(host=host, seconds=request.timeout)
            told = f"{request.service} network error: {cause}. Check the connection."
            raise ServiceUnavailable(told, reason=answer.fault)
        if len(answer.body) > request.max_bytes:
            raise ParseError(f"{request.service} answered with too much data, so it was not read.", path="$")
        return HttpResponse(answer.status, answer.body, request.url, self._clock.now(), answer.headers)


class _FakeLoopback(HttpClient):
    """One port of this machine, answered from the recording of its owner."""

    def __init__(self, owner: FakeHttp, port: int) -> None:
        self._owner = owner
        self._port = port

    async def send(self, request: HttpRequest) -> HttpResponse:
        """Give the next recorded answer; a redirect or another place is refused."""
        parts = urlsplit(request.url)
        if (parts.hostname, parts.port) != ("127.0.0.1", self._port):
            raise InvalidSetting("Only this machine can be asked here.")
        return await self._owner.exchange(replace(request, follow_redirects=False))

    def loopback(self, port: int) -> HttpClient:
        """Return a client for another port."""
        return self._owner.loopback(port)


def check_request(request: HttpRequest, expected: RequestExpectation) -> list[str]:
    """Compare a request with its recording; one sentence per difference, never a value that was sent."""
    place = f"{request.method} {request.url}"
    sent = {name.lower(): header_text(value) for name, value in request.headers.items()}
    problems = [
        f"{place}: header {name} is {'different' if name in sent else 'missing'}"
        for name, wanted in expected.headers.items()
        if name not in sent or not matches_text(sent[name], wanted)
    ]
    problems += [f"{place}: header {name} has to be absent" for name in expected.absent if name in sent]
    if expected.has_json and decoded_body(request) != expected.json:
        problems.append(f"{place}: the body is different")
    if expected.timeout is not None and request.timeout != expected.timeout:
        problems.append(f"{place}: the time limit is {request.timeout:g} s")
    return problems


def header_text(value: HeaderValue) -> str:
    """Return a header's value as it goes over the wire."""
    return value.reveal() if isinstance(value, Secret) else value


def decoded_body(request: HttpRequest) -> object:
    """Return the decoded JSON body, None when there is none or it is something else."""
    try:
        return json.loads(request.body or b"null")
    except ValueError:
        return None


def matches_text(actual: str, wanted: object) -> bool:
    """Whether a text is as wanted: equal, or for {"matches": pattern} found by the pattern."""
    if isinstance(wanted, Mapping):
        pattern = cast("Mapping[str, object]", wanted).get("matches")
        return isinstance(pattern, str) and re.search(pattern, actual) is not None
    return actual == wanted


def _redirected(request: HttpRequest, status: int, url: str) -> HttpRequest:
    kept = dict(request.headers)
    if origin(url) != origin(request.url):
        kept = {name: value for name, value in kept.items() if not isinstance(value, Secret)}
    keeps_body = status in (307, 308) or request.method == "GET"
    return HttpRequest(
        request.method if keeps_body else "GET",
        url,
        request.service,
        kept,
        request.body if keeps_body else None,
        request.timeout,
        request.follow_redirects,
        request.max_bytes,
    )


def origin(url: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port of a URL."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port


def _is_in(answer: HttpAnswer, answers: Sequence[HttpAnswer]) -> bool:
    return any(item is answer for item in answers)
