"""Name look-ups that never hold up the end of the process."""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from aiohttp.abc import AbstractResolver, ResolveResult

if TYPE_CHECKING:
    from collections.abc import Sequence

    _Address = tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]
    _AddressInfo = tuple[socket.AddressFamily, socket.SocketKind, int, str, _Address]

_NUMERIC = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
_CONFIGURED_FAMILIES = socket.AI_ADDRCONFIG & getattr(socket, "AI_MASK", socket.AI_ADDRCONFIG)
_MAX_LOOKUPS = 16


class DaemonResolver(AbstractResolver):
    """Asks the system in one daemon thread per look-up, at most 16 at once.

    A look-up cannot be interrupted and takes half a minute when no name server answers. In the loop's own
    executor it would occupy a worker for that long, and closing the loop would wait for it.
    """

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(_MAX_LOOKUPS)

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_INET,
    ) -> list[ResolveResult]:
        """Return the addresses of `host`; raises OSError when there are none."""
        async with self._turn:
            found = await _look_up(host, port, family)
        answers: list[ResolveResult] = []
        for kind, _, proto, _, address in found:
            if kind in {socket.AF_INET, socket.AF_INET6} and isinstance(address[0], str):
                answers.append(
                    ResolveResult(
                        hostname=host,
                        host=_scoped(address[0], address),
                        port=port,
                        family=kind,
                        proto=proto,
                        flags=_NUMERIC,
                    ),
                )
        if not answers:
            raise OSError(f"no address for {host}")
        return answers

    async def close(self) -> None:
        """Nothing to close: threads end with their look-up."""


def _scoped(text: str, address: tuple[object, ...]) -> str:
    """Keep the interface of a link-local IPv6 address, which reads `fe80::1%2`."""
    scope = address[3] if len(address) > 3 else 0
    return f"{text}%{scope}" if scope and "%" not in text else text


async def _look_up(host: str, port: int, family: int) -> Sequence[_AddressInfo]:
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Sequence[_AddressInfo]] = loop.create_future()

    def settle(found: Sequence[_AddressInfo], error: Exception | None) -> None:
        if answer.done():
            return
        if error is None:
            answer.set_result(found)
        else:
            answer.set_exception(error)

    def ask() -> None:
        found: Sequence[_AddressInfo] = ()
        failure: Exception | None = None
        try:
            found = socket.getaddrinfo(host, port, family, socket.SOCK_STREAM, 0, _CONFIGURED_FAMILIES)
        except Exception as error:  # whatever it is, the one who waits must hear of it
            failure = error
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle, found, failure)

    threading.Thread(target=ask, name="codexbar-dns", daemon=True).start()
    return await answer
