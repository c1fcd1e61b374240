"""The HTTP port: one method to implement, typed conveniences on top, statuses mapped to the error tree."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from codexbar_qt.provider_api.errors import (
    AuthRejected,
    ParseError,
    RateLimited,
    RequestRefused,
    ServiceUnavailable,
)
from codexbar_qt.provider_api.json_view import JsonView
from codexbar_qt.provider_api.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

HeaderValue = str | Secret
DEFAULT_TIMEOUT_SECONDS = 15.0
MAX_BODY_BYTES = 8 * 1024 * 1024
_LONGEST_WAIT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request. Headers whose value is a `Secret` are dropped on a redirect to another origin.

    `service` is the name people know ("Moonshot"), used in error sentences. `timeout` is the whole exchange in
    seconds, counted from the start of the transfer. `follow_redirects` False makes any redirect a RequestRefused that
    names its target as `location`.
    """

    method: str
    url: str
    service: str
    headers: Mapping[str, HeaderValue] = field(default_factory=dict[str, HeaderValue])
    body: bytes | None = field(default=None, repr=False)
    timeout: float = DEFAULT_TIMEOUT_SECONDS
    follow_redirects: bool = True
    max_bytes: int = MAX_BODY_BYTES


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """An answer; header names are lower case, `url` is where it finally came from, `received_at` aware UTC."""

    status: int
    body: bytes = field(repr=False)
    url: str
    received_at: datetime
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)

    def json(self) -> JsonView:
        """Decode the body; ParseError when it is not JSON (an HTML page is named as such)."""
        if self.body.lstrip()[:1] == b"<":
            raise ParseError("The service answered with a web page instead of data.", path="$")
        return JsonView.from_text(self.body)

    def text(self) -> str:
        """The body as UTF-8, undecodable bytes replaced."""
        return self.body.decode("utf-8", "replace")

    def retry_after(self) -> timedelta | None:
        """The wait named by `Retry-After` (seconds or HTTP date), at most 7 days; None when absent or unreadable."""
        value = self.headers.get("retry-after", "").strip()
        if not value:
            return None
        if value.isascii() and value.isdigit():
            return min(timedelta(seconds=int(value[:9])), _LONGEST_WAIT)
        try:
            wait = parsedate_to_datetime(value) - self.received_at
        except (ValueError, TypeError, OverflowError):
            return None
        return min(max(wait, timedelta()), _LONGEST_WAIT)


class HttpClient(ABC):
    """Sends requests. Implementations verify TLS, keep no cookies, honour proxies and bound every wait and body."""

    @abstractmethod
    async def send(self, request: HttpRequest) -> HttpResponse:
        """Exchange one request for an answer of any status.

        Raises ServiceUnavailable("<service> network error: ...") for transport failures, ParseError for a body over
        `max_bytes`, RequestRefused for a redirect that may not be followed.
        """

    @abstractmethod
    def loopback(self, port: int) -> HttpClient:
        """Return a client for http(s)://127.0.0.1:<port> alone.

        It uses no proxy, follows no redirect and takes any certificate; a request to another place is an
        InvalidSetting.
        """

    async def get(
        self,
        url: str,
        *,
        service: str,
        headers: Mapping[str, HeaderValue] | None = None,
        timeout: float = DEFAULT_TIMEOUT_SECONDS,  # noqa: ASYNC109 - part of the request, enforced by the adapter
        follow_redirects: bool = True,
    ) -> HttpResponse:
        """Send a GET and return the answer whatever its status."""
        return await self.send(
            HttpRequest("GET", url, service, headers or {}, None, timeout, follow_redirects),
        )

    async def post_json(
        self,
        url: str,
        payload: object,
        *,
        service: str,
        headers: Mapping[str, HeaderValue] | None = None,
        timeout: float = DEFAULT_TIMEOUT_SECONDS,  # noqa: ASYNC109 - part of the request, enforced by the adapter
        follow_redirects: bool = True,
    ) -> HttpResponse:
        """Send `payload` as JSON (Content-Type application/json unless `headers` names another)."""
        merged: dict[str, HeaderValue] = {"Content-Type": "application/json", **(headers or {})}
        body = json.dumps(payload, separators=(",", ":")).encode()
        return await self.send(HttpRequest("POST", url, service, merged, body, timeout, follow_redirects))

    async def get_json(
        self,
        url: str,
        *,
        service: str,
        headers: Mapping[str, HeaderValue] | None = None,
        timeout: float = DEFAULT_TIMEOUT_SECONDS,  # noqa: ASYNC109 - part of the request, enforced by the adapter
    ) -> JsonView:
        """Send a GET, raise for any status but 2xx, decode the body."""
        answer = await self.get(url, service=service, headers=headers, timeout=timeout)
        raise_for_status(answer, service)
        return answer.json()


def raise_for_status(
    answer: HttpResponse,
    service: str,
    *,
    login_statuses: tuple[int, ...] = (401, 403),
    login_message: str = "",
    accepted: Container[int] = range(200, 300),
) -> None:
    """Turn a status outside `accepted` into the error tree; messages carry the number, never the body.

    `login_statuses` become AuthRejected with `login_message`; 429 RateLimited; 5xx ServiceUnavailable; others
    RequestRefused.
    """
    status = answer.status
    if status in accepted:
        return
    told = f"{service} error: HTTP {status}."
    if status in login_statuses:
        raise AuthRejected(login_message or f"{told} Check the credential in Settings.")
    if status == 429:
        raise RateLimited(f"{told} It was asked too often.", retry_after=answer.retry_after())
    if status >= 500:
        raise ServiceUnavailable(
            f"{told} The service has a problem; trying again later.", reason="status", status=status
        )
    raise RequestRefused(told, status=status)
