"""One leg of an exchange: what is sent where, and what a redirect makes of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import quote, urldefrag, urljoin, urlsplit

from codexbar_qt.adapters.http_errors import redirect_refused, unusable_address, unusable_header
from codexbar_qt.adapters.http_limits import Origin
from codexbar_qt.adapters.http_proxy import is_loopback
from codexbar_qt.provider_api.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codexbar_qt.adapters.http_proxy import Proxy
    from codexbar_qt.provider_api.http import HeaderValue, HttpRequest

ACCEPT_ENCODING = "gzip, deflate, br"
_FOLLOWED = frozenset({301, 302, 303, 307, 308})
_PORTS = {"http": 80, "https": 443}
_LOGIN_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization", "x-api-key"})
_BODY_HEADERS = frozenset({"content-type", "content-length", "content-encoding", "transfer-encoding"})
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_UNSENDABLE_IN_URL = re.compile(r"[\x00-\x20\x7f\\]")
_UNSENDABLE_IN_HEADER = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_URL_PUNCTUATION = "!#$%&'()*+,/:;=?@[]~"


@dataclass(frozen=True, slots=True)
class Hop:
    """What goes to one origin. `headers` keep their secrets wrapped until they are written to the socket."""

    method: str
    url: str
    origin: Origin
    headers: Mapping[str, HeaderValue]
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Terms:
    """How a hop is sent: on whose behalf, within `seconds` of the request's `timeout`, through which proxy."""

    service: str
    timeout: float
    seconds: float
    max_bytes: int
    proxy: Proxy | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one hop: decoded `body`, header names in lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


def origin_of(url: str) -> Origin:
    """Return where `url` points to.

    Raises ValueError for anything but an http(s) address with a host and without user name.
    """
    if _UNSENDABLE_IN_URL.search(url):
        raise ValueError("white space, control character or backslash")
    parts = urlsplit(url)
    scheme, host = parts.scheme.lower(), parts.hostname
    if scheme not in _PORTS or not host or "@" in parts.netloc:
        raise ValueError("not a plain http or https address")
    port = _PORTS[scheme] if parts.port is None else parts.port
    return Origin(scheme, host.lower(), port)


def first_hop(request: HttpRequest, user_agent: str) -> Hop:
    """Return the first leg of `request`, with `User-Agent` and `Accept-Encoding` unless it names its own.

    Raises InvalidSetting when the address or a header cannot be sent, which includes credentials on their way to
    another machine without encryption; the message holds none of them.
    """
    try:
        origin = origin_of(request.url)
    except ValueError:
        origin = None
    if origin is None or not _TOKEN.fullmatch(request.method):
        raise unusable_address(request.service)
    headers: dict[str, HeaderValue] = dict(request.headers)
    for name, value in headers.items():
        text = value.reveal() if isinstance(value, Secret) else value
        if not _TOKEN.fullmatch(name) or _UNSENDABLE_IN_HEADER.search(text):
            raise unusable_header(request.service)
    if origin.scheme == "http" and not is_loopback(origin.host) and _safe_elsewhere(headers) != headers:
        raise unusable_address(request.service)
    named = {name.lower() for name in headers}
    for name, value in (("User-Agent", user_agent), ("Accept-Encoding", ACCEPT_ENCODING)):
        if name.lower() not in named:
            headers[name] = value
    return Hop(request.method, urldefrag(request.url).url, origin, headers, request.body)


def next_hop(hop: Hop, status: int, location: str, service: str) -> Hop | None:
    """Return the leg that an answer of `status` with the header `location` asks for, None when it is final.

    Another origin (scheme, host or port) gets no secret, no login header and no body. Raises RequestRefused
    when the redirect leads away from https, needs the body elsewhere, or names an address that cannot be
    used.
    """
    if status not in _FOLLOWED or not location:
        return None
    url, origin = _target(hop, location)
    if origin is None:
        raise redirect_refused(service, status, "to an address that cannot be used")
    if hop.origin.scheme == "https" and origin.scheme == "http":
        raise redirect_refused(service, status, "to an address without encryption")
    onward = replace(hop, url=url, origin=origin)
    if status == 303 or (status in {301, 302} and hop.method == "POST"):
        onward = _without_body(onward)
    if origin == hop.origin:
        return onward
    if onward.body is not None:
        raise redirect_refused(service, status)
    return replace(onward, headers=_safe_elsewhere(onward.headers))


def refuse_redirect(hop: Hop, answer: Answer, service: str) -> None:
    """Raise RequestRefused when `answer` leads elsewhere; it names the target unless that cannot be used."""
    if answer.headers.get("location") and 300 <= answer.status < 400:
        url, _ = _target(hop, answer.headers["location"])
        raise redirect_refused(service, answer.status, location=url)


def _target(hop: Hop, location: str) -> tuple[str, Origin | None]:
    # Servers send spaces and raw UTF-8 here; aiohttp hands undecodable bytes on as surrogates.
    legible = quote(location.strip().encode("utf-8", "surrogateescape"), safe=_URL_PUNCTUATION)
    try:
        url = urldefrag(urljoin(hop.url, legible)).url
        return url, origin_of(url)
    except ValueError:
        return "", None


def _without_body(hop: Hop) -> Hop:
    kept = {name: value for name, value in hop.headers.items() if name.lower() not in _BODY_HEADERS}
    return replace(hop, method="HEAD" if hop.method == "HEAD" else "GET", headers=kept, body=None)


def _safe_elsewhere(headers: Mapping[str, HeaderValue]) -> dict[str, HeaderValue]:
    return {
        name: value
        for name, value in headers.items()
        if not isinstance(value, Secret) and name.lower() not in _LOGIN_HEADERS and name.lower() != "host"
    }
