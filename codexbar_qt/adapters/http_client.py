"""The HTTP port over aiohttp: verified TLS, proxies, no cookies, and bounds on all that could grow or wait."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from codexbar_qt.adapters.http_errors import closing, network_error, redirect_refused, too_many_redirects
from codexbar_qt.adapters.http_hop import Terms, first_hop, next_hop
from codexbar_qt.adapters.http_limits import HttpLimits, RequestSlots
from codexbar_qt.adapters.http_proxy import HAS_SYSTEM_PROXIES, environment_proxy, names_a_proxy, system_proxy
from codexbar_qt.adapters.http_tls import build_tls_context
from codexbar_qt.provider_api.errors import ProviderError
from codexbar_qt.provider_api.http import HttpClient, HttpRequest, HttpResponse

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from datetime import datetime

    from codexbar_qt.adapters.http_hop import Answer, Hop
    from codexbar_qt.adapters.http_limits import Origin
    from codexbar_qt.adapters.http_proxy import EnvGetter, Proxy
    from codexbar_qt.adapters.http_transport import Transport

_log = logging.getLogger(__name__)


class AiohttpClient(HttpClient):
    """All requests of the process, over one aiohttp session that the first request makes.

    Made on any thread, used on one loop (asyncio's or qasync's). `env` gives variables or None, `now` the
    time as aware UTC, `user_agent` the default User-Agent. Proxies are looked up for every request;
    SSL_CERT_FILE and SSL_CERT_DIR when the session is made.
    """

    def __init__(
        self,
        *,
        env: EnvGetter,
        now: Callable[[], datetime],
        user_agent: str,
        limits: HttpLimits | None = None,
    ) -> None:
        self._env = env
        self._now = now
        self._user_agent = user_agent
        self._limits = limits or HttpLimits()
        self._slots = RequestSlots(self._limits)
        self._starting = asyncio.Lock()
        self._transport: Transport | None = None
        self._retired: list[Transport] = []
        self._closed = False

    async def send(self, request: HttpRequest) -> HttpResponse:
        """Exchange one request for an answer of any status; redirects are followed as the request allows.

        `request.timeout` counts the seconds in which bytes may travel, over all redirects, but not the wait
        for a slot. Raises ServiceUnavailable for transport failures and after `close`, ParseError for a body
        over `max_bytes` or one that cannot be unpacked, RequestRefused for a redirect that may not be
        followed, InvalidSetting
        for an address, header or proxy that cannot be used.
        """
        hop = first_hop(request, self._user_agent)
        seconds = request.timeout
        redirects = 0
        while True:
            answer, spent = await self._exchange(hop, request, seconds)
            onward = _onward(hop, answer, request)
            if onward is None:
                return HttpResponse(answer.status, answer.body, hop.url, self._now(), answer.headers)
            if redirects == self._limits.redirects:
                raise too_many_redirects(request.service, redirects, answer.status)
            hop, seconds, redirects = onward, seconds - spent, redirects + 1

    async def reset(self) -> None:
        """Forget all kept connections, after sleep or a change of network; the next request makes new ones.

        Exchanges under way end on their own terms.
        """
        transport, self._transport = self._transport, None
        if transport is not None:
            self._retired = [kept for kept in self._retired if not kept.closed]
            self._retired.append(transport)
            await transport.retire()

    async def close(self) -> None:
        """Close every connection for good; exchanges under way and later ones raise ServiceUnavailable."""
        self._closed = True
        transports, self._retired = self._retired, []
        if self._transport is not None:
            transports.append(self._transport)
            self._transport = None
        await asyncio.gather(*(transport.close() for transport in transports))

    async def _exchange(self, hop: Hop, request: HttpRequest, seconds: float) -> tuple[Answer, float]:
        """Send one hop when a slot is free; returns the answer and the seconds the transfer took."""
        clock = asyncio.get_running_loop().time
        async with self._slots.slot(hop.origin):
            transport = await self._ready(request.service)
            proxy = await self._proxy_for(hop.origin, request.service)
            started = clock()
            try:
                terms = Terms(request.service, request.timeout, seconds, request.max_bytes, proxy)
                answer = await transport.exchange(hop, terms)
            except ProviderError as error:
                _log.debug("%s %s: %s", hop.method, hop.origin.host, error.message)
                raise
            spent = clock() - started
        _log_answer(hop, answer, spent)
        return answer, spent

    async def _ready(self, service: str) -> Transport:
        async with self._starting:
            if self._transport is None and not self._closed:
                files = self._env("SSL_CERT_FILE"), self._env("SSL_CERT_DIR")
                transport_class, context = await asyncio.to_thread(_load, *files)
                if not self._closed:
                    self._transport = transport_class(context, self._limits)
            if self._transport is None:
                raise closing(service)
            return self._transport

    async def _proxy_for(self, origin: Origin, service: str) -> Proxy | None:
        if names_a_proxy(self._env) or not HAS_SYSTEM_PROXIES:
            return environment_proxy(origin, self._env)
        try:
            async with asyncio.timeout(self._limits.connect_seconds):
                return await asyncio.to_thread(system_proxy, origin)
        except TimeoutError:
            pass
        raise network_error(service, "timeout", "the system did not say in time which proxy to use")


def _load(cert_file: str | None, cert_dir: str | None) -> tuple[type[Transport], ssl.SSLContext]:
    """Import aiohttp and read the certificates: some 200 ms that the loop's thread does not have."""
    from codexbar_qt.adapters.http_transport import Transport

    return Transport, build_tls_context(cert_file, cert_dir)


def _log_answer(hop: Hop, answer: Answer, seconds: float) -> None:
    told = "%s %s: %d, %d ms, %d bytes"
    _log.debug(told, hop.method, hop.origin.host, answer.status, round(seconds * 1000), len(answer.body))


def _onward(hop: Hop, answer: Answer, request: HttpRequest) -> Hop | None:
    location = answer.headers.get("location", "")
    if location and 300 <= answer.status < 400 and not request.follow_redirects:
        raise redirect_refused(request.service, answer.status)
    return next_hop(hop, answer.status, location, request.service)
