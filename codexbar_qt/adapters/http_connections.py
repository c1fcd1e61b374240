"""The connections of one kind of trust: made by the first request, made anew after a change of network."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from codexbar_qt.adapters.http_errors import closing
from codexbar_qt.adapters.http_hop import Terms
from codexbar_qt.adapters.http_limits import RequestSlots
from codexbar_qt.provider_api.errors import ProviderError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable

    from codexbar_qt.adapters.http_hop import Answer, Hop
    from codexbar_qt.adapters.http_limits import HttpLimits
    from codexbar_qt.adapters.http_proxy import Proxy
    from codexbar_qt.adapters.http_transport import Transport
    from codexbar_qt.provider_api.http import HttpRequest

    BuildContext = Callable[[], ssl.SSLContext]
    FindProxy = Callable[[], Awaitable[Proxy | None]]

_log = logging.getLogger(__name__)


class Connections:
    """Owns an aiohttp session and its slots.

    `choose_trust` is asked on the loop's thread when a session is made; what it returns makes the TLS context off it.
    """

    def __init__(self, choose_trust: Callable[[], BuildContext], limits: HttpLimits) -> None:
        self._choose_trust = choose_trust
        self._limits = limits
        self._slots = RequestSlots(limits)
        self._starting = asyncio.Lock()
        self._transport: Transport | None = None
        self._retired: list[Transport] = []
        self._closed = False

    async def exchange(
        self, hop: Hop, request: HttpRequest, seconds: float, find_proxy: FindProxy | None = None
    ) -> tuple[Answer, float]:
        """Send one hop when a slot is free; returns the answer and the seconds the transfer took.

        Without `find_proxy` it goes there directly. Raises what `Transport.exchange` and `find_proxy` raise, and
        ServiceUnavailable after `close`.
        """
        clock = asyncio.get_running_loop().time
        async with self._slots.slot(hop.origin):
            transport = await self._ready(request.service)
            proxy = await find_proxy() if find_proxy else None
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

    async def reset(self) -> None:
        """Forget all kept connections; exchanges under way end on their own terms."""
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

    async def _ready(self, service: str) -> Transport:
        async with self._starting:
            if self._transport is None and not self._closed:
                transport_class, context = await asyncio.to_thread(_load, self._choose_trust())
                if not self._closed:
                    self._transport = transport_class(context, self._limits)
            if self._transport is None:
                raise closing(service)
            return self._transport


def _load(build_context: BuildContext) -> tuple[type[Transport], ssl.SSLContext]:
    """Import aiohttp and read the certificates: some 200 ms that the loop's thread does not have."""
    from codexbar_qt.adapters.http_transport import Transport

    return Transport, build_context()


def _log_answer(hop: Hop, answer: Answer, seconds: float) -> None:
    told = "%s %s: %d, %d ms, %d bytes"
    _log.debug(told, hop.method, hop.origin.host, answer.status, round(seconds * 1000), len(answer.body))
