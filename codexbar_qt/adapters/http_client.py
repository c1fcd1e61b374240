"""The HTTP port over aiohttp: verified TLS, proxies, no cookies, and bounds on all that could grow or wait."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from codexbar_qt.adapters.http_connections import Connections
from codexbar_qt.adapters.http_errors import network_error, too_many_redirects
from codexbar_qt.adapters.http_hop import first_hop, next_hop, refuse_redirect
from codexbar_qt.adapters.http_limits import HttpLimits
from codexbar_qt.adapters.http_loopback import LoopbackPorts
from codexbar_qt.adapters.http_proxy import HAS_SYSTEM_PROXIES, environment_proxy, names_a_proxy, system_proxy
from codexbar_qt.adapters.http_tls import build_tls_context
from codexbar_qt.provider_api.http import HttpClient, HttpRequest, HttpResponse

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from datetime import datetime

    from codexbar_qt.adapters.http_hop import Answer, Hop
    from codexbar_qt.adapters.http_limits import Origin
    from codexbar_qt.adapters.http_proxy import EnvGetter, Proxy


class AiohttpClient(HttpClient):
    """All requests of the process, over one aiohttp session that the first request makes.

    Made on any thread, used on one loop (asyncio's or qasync's). `env` gives variables or None, `now` the
    time as aware UTC, `user_agent` the default User-Agent. Proxies are looked up for every request;
    SSL_CERT_FILE and SSL_CERT_DIR when the session is made. Ports of this machine have a session of their own.
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
        self._connections = Connections(self._trust, self._limits)
        self._ports = LoopbackPorts(now=now, user_agent=user_agent, limits=self._limits)

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

    def loopback(self, port: int) -> HttpClient:
        """Return a client for http(s)://127.0.0.1:<port> alone; it ends with this one."""
        return self._ports.client(port)

    async def reset(self) -> None:
        """Forget all kept connections, after sleep or a change of network; the next request makes new ones.

        Exchanges under way end on their own terms.
        """
        await asyncio.gather(self._connections.reset(), self._ports.connections.reset())

    async def close(self) -> None:
        """Close every connection for good; exchanges under way and later ones raise ServiceUnavailable."""
        await asyncio.gather(self._connections.close(), self._ports.connections.close())

    async def _exchange(self, hop: Hop, request: HttpRequest, seconds: float) -> tuple[Answer, float]:
        async def find_proxy() -> Proxy | None:
            return await self._proxy_for(hop.origin, request.service)

        return await self._connections.exchange(hop, request, seconds, find_proxy)

    def _trust(self) -> Callable[[], ssl.SSLContext]:
        return partial(build_tls_context, self._env("SSL_CERT_FILE"), self._env("SSL_CERT_DIR"))

    async def _proxy_for(self, origin: Origin, service: str) -> Proxy | None:
        if names_a_proxy(self._env) or not HAS_SYSTEM_PROXIES:
            return environment_proxy(origin, self._env)
        try:
            async with asyncio.timeout(self._limits.connect_seconds):
                return await asyncio.to_thread(system_proxy, origin)
        except TimeoutError:
            pass
        raise network_error(service, "timeout", "the system did not say in time which proxy to use")


def _onward(hop: Hop, answer: Answer, request: HttpRequest) -> Hop | None:
    if not request.follow_redirects:
        refuse_redirect(hop, answer, request.service)
    return next_hop(hop, answer.status, answer.headers.get("location", ""), request.service)
