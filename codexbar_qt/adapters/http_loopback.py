"""Requests to a port of this machine, where programs vouch for themselves: the one place without verified TLS."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from codexbar_qt.adapters.http_connections import Connections
from codexbar_qt.adapters.http_errors import not_this_machine
from codexbar_qt.adapters.http_hop import first_hop, refuse_redirect
from codexbar_qt.provider_api.http import HttpClient, HttpRequest, HttpResponse

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from codexbar_qt.adapters.http_limits import HttpLimits

THIS_MACHINE = "127.0.0.1"


class LoopbackPorts:
    """Hands out clients for single ports. Their connections are their own: nothing is shared with verified ones."""

    def __init__(self, *, now: Callable[[], datetime], user_agent: str, limits: HttpLimits) -> None:
        self.now = now
        self.user_agent = user_agent
        self.connections = Connections(lambda: _any_certificate, limits)

    def client(self, port: int) -> LoopbackClient:
        """Return a client for one port."""
        return LoopbackClient(self, port)


class LoopbackClient(HttpClient):
    """Asks http(s)://127.0.0.1:<port> alone: no proxy of environment or system, no redirect, any certificate."""

    def __init__(self, ports: LoopbackPorts, port: int) -> None:
        self._ports = ports
        self._port = port

    async def send(self, request: HttpRequest) -> HttpResponse:
        """Exchange one request for an answer of any status but a redirect.

        Raises InvalidSetting, before anything is sent, for any other place and for an address or header that cannot be
        sent; RequestRefused for a redirect; ServiceUnavailable and ParseError as the client for other machines does.
        """
        hop = first_hop(request, self._ports.user_agent)
        if (hop.origin.host, hop.origin.port) != (THIS_MACHINE, self._port):
            raise not_this_machine(request.service)
        answer, _ = await self._ports.connections.exchange(hop, request, request.timeout)
        refuse_redirect(hop, answer, request.service)
        return HttpResponse(answer.status, answer.body, hop.url, self._ports.now(), answer.headers)

    def loopback(self, port: int) -> HttpClient:
        """Return a client for another port."""
        return self._ports.client(port)


def _any_certificate() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context
